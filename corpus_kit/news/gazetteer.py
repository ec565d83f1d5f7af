"""Names of actors: the built-in states, territories and cities, and the user's own file.

The built-in names are those of the CLDR (lexicons/gazetteer.tsv) and a few added by hand
(lexicons/gazetteer_additions.toml). Names are kept as they are listed; `folded` says which spellings are one.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from corpus_kit._arguments import path_argument
from corpus_kit.errors import InputError, choose
from corpus_kit.normalization import Normalizer, normalize_series
from corpus_kit.tokenization import tokens

__all__ = ["Actor", "Gazetteer", "Key", "folded", "keys_of"]

# The forms of the words of a name, as they are compared.
Key = tuple[str, ...]

_LEXICONS = Path(__file__).with_name("lexicons")
_LISTS = ("names", "anaphors", "metonyms")
_ACTOR_KEYS = ("id", "kind", *_LISTS, "labels")
_FILE_KEYS = ("actor", "groups", "not_a_mention")
_HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2014")

# What makes no difference between two spellings of a name: marks and tatweel, hamza on or under alef, ta marbuta or ha,
# Farsi letters. Madda does (آلان is not الآن without it), and so do ى and ي (على is not علي).
_UNMARKED = Normalizer.preset("dediac").replace(farsi="arabic")
_SAME = {"أ": "ا", "إ": "ا", "ٱ": "ا", "ة": "ه"}


def folded(words: pl.Series) -> pl.Series:
    """Words as matching compares them.

    >>> folded(pl.Series(["الإماراتِ", "غزّة", "آلان", "على"])).to_list()
    ['الامارات', 'غزه', 'آلان', 'على']
    """
    return normalize_series(words, _UNMARKED).str.replace_many(_SAME)


def keys_of(names: Iterable[str]) -> list[Key]:
    """The words of each name as matching compares them, without hyphens; () for a name without any."""
    listed = list(names)
    words = tokens(listed)
    words = words.filter(~is_hyphen(words["token"]))
    keys: list[list[str]] = [[] for _ in listed]
    for name, form in zip(words["document"].to_list(), folded(words["token"]).to_list(), strict=True):
        if form:
            keys[name].append(form)
    return [tuple(key) for key in keys]


def is_hyphen(words: pl.Series) -> pl.Series:
    """Whether each is a hyphen or a dash, which may stand between the words of a name."""
    return words.is_in(sorted(_HYPHENS))


@dataclass(frozen=True)
class Actor:
    """One actor of a gazetteer.

    id: what tables call it (an ISO code for a state). kind: state, territory, organisation, city, person, ...
    names: full names and spellings. anaphors: what refers to it in a text that names it (التنظيم). metonyms: what
    stands for it (a capital for its state). labels: names under which others are gathered; none: each name is its own.
    """

    id: str
    kind: str
    names: tuple[str, ...] = ()
    anaphors: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def label_of(self, name: str) -> str:
        """The label of a listed name: that in whose list it stands, or the name itself.

        >>> Actor("G", "group", names=("a", "b"), labels={"self": ("a",)}).label_of("a")
        'self'
        """
        return next((label for label, names in self.labels.items() if name in names), name)


class Doubts(NamedTuple):
    """Built-in names that need their context; what each list is for stands in the file of additions."""

    common_words: Mapping[Key, frozenset[str]] = {}  # and the words after one of which each counts
    spelled_alike: frozenset[str] = frozenset()
    told: Mapping[Key, tuple[str, frozenset[str]]] = {}  # the actor that a name is after one of some words
    after_definite: frozenset[Key] = frozenset()
    also_definite: frozenset[str] = frozenset()
    not_definite: frozenset[str] = frozenset()
    indefinite: Mapping[Key, frozenset[str]] = {}  # and the words after which each is a name

    def without(self, claimed: Container[Key]) -> Doubts:
        """The same without names that the user has listed: those are taken as they are."""
        return self._replace(
            common_words={key: words for key, words in self.common_words.items() if key not in claimed},
            told={key: told for key, told in self.told.items() if key not in claimed},
            after_definite=frozenset(key for key in self.after_definite if key not in claimed),
            indefinite={key: words for key, words in self.indefinite.items() if key not in claimed},
        )


@dataclass(frozen=True)
class Gazetteer:
    """Actors and their names. Made by `Gazetteer.states` and `Gazetteer.read`.

    actors: in the order in which they are listed, the user's first. groups: lists of ids.
    """

    actors: tuple[Actor, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    not_mentions: tuple[str, ...] = ()  # expressions that hold a name and mention nobody
    rivals: tuple[tuple[str, str], ...] = ()  # (id, name) of built-in cities that are not in it and share a name
    doubts: Doubts = field(default_factory=lambda: Doubts(), hash=False)  # of built-in names
    own: frozenset[Key] = frozenset()  # the names of the user's file

    @classmethod
    def states(cls, *, cities: bool = False, organisations: bool = False) -> Gazetteer:
        """The built-in states and territories of the CLDR, with added names, capitals as metonyms, and groups.

        Args:
            cities: with 418 cities, of the kind "city"; the id is the name of their time zone (Asia/Amman).
            organisations: with the European Union and the United Nations (ids EU and UN).

        A state is a member or an observer of the United Nations; every other code of the CLDR is a territory.
        44 names are those of a state or territory and of a city: they are the former, and `ambiguous`.

        >>> import corpus_kit as ck
        >>> states = ck.news.Gazetteer.states()
        >>> states["SA"].names
        ('المملكة العربية السعودية', 'السعودية', 'العربية السعودية')
        >>> states.group("gcc")
        ('AE', 'BH', 'KW', 'OM', 'QA', 'SA')
        """
        for name, value in (("cities", cities), ("organisations", organisations)):
            if not isinstance(value, bool):
                raise InputError(f"{name}= takes True or False, not {value!r:.60}")
        left_out = {kind for kind, there in (("city", cities), ("organisation", organisations)) if not there}
        return _built_in(frozenset(left_out))

    @classmethod
    def read(cls, path: str | PathLike[str], *, base: Gazetteer | str | None = "states") -> Gazetteer:
        """Read the actors of a TOML file, beside built-in ones.

        Args:
            path: a file of tables ``[[actor]]`` with id, kind, names, anaphors, metonyms (lists of names) and labels (a
                table: label = [names]). A table ``[groups]`` may list ids, and not_a_mention = [...] expressions that
                hold a name and mention nobody.
            base: what stands beside them: "states" (`Gazetteer.states()`), another Gazetteer, or None.

        An actor with the id and the kind of one of `base` adds to it. With another kind it is another actor, and the
        one of `base` gets its kind into its id: beside an organisation "IS", Iceland is "state:IS". A name of the
        file that `base` has for another id is the file's. Actors that share an anaphor are told apart by the text;
        two that share a name are an error.

        Raises:
            InputError: a file that cannot be read, is no TOML, or holds what cannot be; it names file, actor and
                name.

        >>> import corpus_kit as ck, tempfile, pathlib
        >>> file = pathlib.Path(tempfile.mkdtemp(), "actors.toml")
        >>> text = '[[actor]]\\nid = "G"\\nkind = "organisation"\\nnames = ["تنظيم السهل"]\\nanaphors = ["التنظيم"]'
        >>> _ = file.write_text(text, encoding="utf-8")
        >>> ck.news.Gazetteer.read(file, base=None)["G"].anaphors
        ('التنظيم',)
        """
        file = path_argument(path, "path")
        if isinstance(base, str):
            choose(base, ["states"], "base")
            base = cls.states()
        if base is not None and not isinstance(base, Gazetteer):
            raise InputError(f'base= takes "states", a Gazetteer or None, not {type(base).__name__}: {base!r:.60}')
        return _joined(_UserFile(file), base or Gazetteer(()))

    @cached_property
    def _by_id(self) -> dict[str, Actor]:
        return {actor.id: actor for actor in self.actors}

    def __getitem__(self, id: str) -> Actor:
        """The actor with an id."""
        return self._by_id[choose(id, self._by_id, "actor")]

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def __iter__(self) -> Iterator[Actor]:
        return iter(self.actors)

    def __len__(self) -> int:
        return len(self.actors)

    def __repr__(self) -> str:
        kinds = pl.Series([actor.kind for actor in self.actors], dtype=pl.String).value_counts(sort=True)
        return f"<Gazetteer of {len(self):,} actors: {', '.join(f'{n:,} {kind}' for kind, n in kinds.iter_rows())}>"

    def group(self, name: str) -> tuple[str, ...]:
        """The ids of a group: a built-in one, or one of the user's file.

        Built in are arab_league, gcc, eu, nato, g7, un_security_council_permanent: members on 1 January 2025.

        Raises InputError for an unknown name and says which there are.

        >>> import corpus_kit as ck
        >>> ck.news.Gazetteer.states().group("g7")
        ('CA', 'DE', 'FR', 'GB', 'IT', 'JP', 'US')
        """
        return self.groups[choose(name, self.groups, "group")]

    def names(self) -> pl.DataFrame:
        """Every listed name: actor, kind, name, match ("name", "metonym", "anaphor"), label (String).

        >>> import corpus_kit as ck
        >>> ck.news.Gazetteer.states().names().filter(actor="OM").select("name", "match").rows()
        [('عُمان', 'name'), ('سلطنة عمان', 'name'), ('مسقط', 'metonym')]
        """
        rows = [
            (actor.id, actor.kind, name, match, actor.label_of(name))
            for actor in self.actors
            for match, listed in (("name", actor.names), ("metonym", actor.metonyms), ("anaphor", actor.anaphors))
            for name in listed
        ]
        return pl.DataFrame(
            rows, schema=dict.fromkeys(("actor", "kind", "name", "match", "label"), pl.String), orient="row"
        )

    def _repr_html_(self) -> str:
        from corpus_kit.display import show

        return show(self.names(), caption=repr(self)).html

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that matching looks at; the record of a result holds it."""
        told = [
            [[a.id, a.kind, a.names, a.anaphors, a.metonyms, list(a.labels.items())] for a in self.actors],
            list(self.groups.items()),
            self.not_mentions,
            self.rivals,
            [_plain(part) for part in self.doubts],
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()

    @property
    def name(self) -> str:
        """What the record of a result calls it."""
        return repr(self)


def gazetteer_of(actors: object, argument: str = "actors") -> Gazetteer:
    """What a user gives where actors are wanted: a Gazetteer, the path of a TOML file, or None for the built-in states.

    >>> len(gazetteer_of(None)) == len(Gazetteer.states())
    True
    """
    if actors is None:
        return Gazetteer.states()
    if isinstance(actors, Gazetteer):
        return actors
    if isinstance(actors, str | PathLike):
        return Gazetteer.read(actors)
    raise InputError(
        f"{argument}= takes a Gazetteer, the path of a TOML file, a table of ck.news.actors or None, not "
        f"{type(actors).__name__}: {actors!r:.60}"
    )


def _plain(part: Any) -> Any:
    """Tables and sets as sorted lists."""
    if isinstance(part, Mapping):
        return sorted([key, _plain(value)] for key, value in part.items())
    if isinstance(part, frozenset):
        return sorted(part)
    return [_plain(each) for each in part] if isinstance(part, tuple) else part


# ------------------------------------------------------------------------------------------- built in


@cache
def _built_in(left_out: frozenset[str]) -> Gazetteer:
    """The built-in actors without those of some kinds."""
    with (_LEXICONS / "gazetteer_additions.toml").open("rb") as file:
        added = tomllib.load(file)
    every = [_extended(actor, added["additions"].get(actor.id, {})) for actor in _cldr()]
    actors = tuple(actor for actor in every if actor.kind not in left_out)
    return Gazetteer(
        actors,
        groups={name: tuple(ids) for name, ids in added["groups"].items()},
        not_mentions=tuple(added["not_a_mention"]["expressions"]),
        rivals=tuple((actor.id, name) for actor in every if actor.kind in left_out for name in actor.names),
        doubts=_doubts(added),
    )


def _doubts(added: Mapping[str, Any]) -> Doubts:
    common, told = added["common_words"], added["told_by_the_word_before"]
    words = {
        key: _forms(common[f"{kind}_after"])
        for kind, listed in (("state", common["states"]), ("city", common["cities"]))
        for key in keys_of(listed)
    }
    adjectives = added["adjectives"]
    return Doubts(
        common_words=words,
        spelled_alike=_forms(common["spelled_alike"]),
        told={keys_of([each["name"]])[0]: (actor, _forms(each["after"])) for actor, each in told.items()},
        after_definite=frozenset(keys_of(adjectives["after_definite"])),
        also_definite=_forms(adjectives["also_definite"]),
        not_definite=_forms(adjectives["not_definite"]),
        indefinite=dict.fromkeys(keys_of(adjectives["indefinite"]), _forms(adjectives["name_after"])),
    )


def _forms(words: Iterable[str]) -> frozenset[str]:
    return frozenset(form for key in keys_of(words) for form in key)


def _cldr() -> Iterator[Actor]:
    """The territories and cities of the CLDR, without what explains a name (in parentheses, after a comma)."""
    with (_LEXICONS / "gazetteer.tsv").open(encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    for id, kind, name in rows[1:]:
        if kind != "placeholder":
            yield Actor(id, kind, (name.partition(" (")[0].partition("،")[0],))


def _extended(actor: Actor, more: Mapping[str, Iterable[str]]) -> Actor:
    """An actor with more names, each of them once."""
    lists: dict[str, Any] = {key: tuple(dict.fromkeys((*getattr(actor, key), *more.get(key, ())))) for key in _LISTS}
    return replace(actor, **lists)


# ------------------------------------------------------------------------------------- the user's file


class _UserFile:
    """A checked TOML file of actors."""

    def __init__(self, path: Path) -> None:
        self.path = path
        content = self._content()
        self._known(content, _FILE_KEYS, "the file")
        if not content:
            raise self.error("holds no actors")
        tables = content.get("actor", [])
        if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
            raise self.error("actors are tables [[actor]]")
        self.actors = [self._actor(number, table) for number, table in enumerate(tables, start=1)]
        self._check_ids()
        self._check_names()
        self.not_mentions = self._names(content, "not_a_mention", "the file")
        groups = content.get("groups", {})
        if not isinstance(groups, dict):
            raise self.error(f"[groups] is a table of lists of ids, not {_what(groups)}")
        self.groups = {name: self._names(groups, name, "[groups]") for name in groups}

    def error(self, problem: str) -> InputError:
        return InputError(f"{self.path}: {problem}")

    def _content(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise InputError(f"cannot read {self.path}: {error.strerror or error}") from None
        except UnicodeDecodeError:
            raise self.error("is not UTF-8") from None
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise self.error(f"is no TOML: {error}") from None

    def _actor(self, number: int, table: dict[str, Any]) -> Actor:
        id = table.get("id")
        if not isinstance(id, str) or not id.strip():
            near = f" ({table['names'][0]!r:.60})" if isinstance(table.get("names"), list) and table["names"] else ""
            problem = f"the id is a text that is not empty, not {_what(id)}" if "id" in table else "has no id"
            raise self.error(f"actor {number}{near} {problem}")
        where = f"actor {id!r}"
        self._known(table, _ACTOR_KEYS, where)
        kind = table.get("kind", "")
        if not isinstance(kind, str) or ("kind" in table and not kind.strip()):
            raise self.error(f"{where}: kind is a text that is not empty, not {_what(kind)}")
        lists: dict[str, Any] = {key: self._names(table, key, where) for key in _LISTS}
        actor = Actor(id, kind, **lists)
        return replace(actor, labels=self._labels(table, actor, where))

    def _labels(self, table: dict[str, Any], actor: Actor, where: str) -> dict[str, tuple[str, ...]]:
        labels = table.get("labels", {})
        if not isinstance(labels, dict):
            raise self.error(f"{where}: labels is a table of lists of names, not {_what(labels)}")
        listed = (*actor.names, *actor.anaphors, *actor.metonyms)
        seen: dict[str, str] = {}
        for label in labels:
            for name in self._names(labels, label, f"{where}, label {label!r}"):
                if name not in listed:
                    raise self.error(f"{where}: label {label!r} has {name!r}, which is none of its listed names")
                if name in seen:
                    raise self.error(f"{where}: {name!r} is in two labels, {seen[name]!r} and {label!r}")
                seen[name] = label
        return {label: tuple(labels[label]) for label in labels}

    def _names(self, table: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
        """A list of names, none of them empty."""
        names = table.get(key, [])
        if not isinstance(names, list):
            raise self.error(f"{where}: {key} is a list of texts, not {_what(names)}")
        for name in names:
            if not isinstance(name, str):
                raise self.error(f"{where}: {key} is a list of texts, but one of them is {_what(name)}")
        for name, form in zip(names, keys_of(names), strict=True):
            if not form:
                raise self.error(f"{where}: {key} holds {name!r}, which is empty")
        return tuple(names)

    def _known(self, table: dict[str, Any], allowed: Iterable[str], where: str) -> None:
        for key in table:
            try:
                choose(key, allowed, "key")
            except InputError as error:
                raise self.error(f"{where}: {error}") from None

    def _check_ids(self) -> None:
        seen: set[str] = set()
        for actor in self.actors:
            if actor.id in seen:
                raise self.error(f"the id {actor.id!r} stands twice")
            seen.add(actor.id)

    def _check_names(self) -> None:
        """No name is that of two actors; an anaphor may be shared, but is not the name of another actor."""
        owner: dict[Key, tuple[str, str]] = {}
        for actor in self.actors:
            names = (*actor.names, *actor.metonyms)
            for name, key in zip(names, keys_of(names), strict=True):
                other, spelled = owner.setdefault(key, (actor.id, name))
                if other != actor.id:
                    raise self.error(_taken(actor.id, name, other, spelled))
        for actor in self.actors:
            for name, key in zip(actor.anaphors, keys_of(actor.anaphors), strict=True):
                other, spelled = owner.get(key, (actor.id, name))
                if other != actor.id:
                    raise self.error(_taken(actor.id, name, other, spelled))


def _taken(id: str, name: str, other: str, spelled: str) -> str:
    same = "" if name == spelled else f", spelled {spelled!r}"
    return f"actor {id!r}: {name!r} is already a name of actor {other!r}{same}"


def _what(value: object) -> str:
    return f"{type(value).__name__}: {value!r:.60}"


def _joined(file: _UserFile, base: Gazetteer) -> Gazetteer:
    """The actors of a file beside those of another gazetteer; where both claim a name it is the file's."""
    claims = _Claims(file.actors)
    kinds = {actor.id: actor.kind for actor in file.actors if actor.kind}
    base = _renamed(base, {actor.id for actor in base.actors if kinds.get(actor.id, actor.kind) != actor.kind})
    known = {actor.id: actor for actor in claims.rest_of(base.actors)}
    own = []
    for actor in file.actors:
        before = known.pop(actor.id, Actor(actor.id, ""))
        if not (actor.kind or before.kind):
            raise file.error(f"actor {actor.id!r} has no kind")
        more = {key: getattr(before, key) for key in _LISTS}
        labels = {**before.labels, **actor.labels}
        whole = replace(_extended(actor, more), kind=actor.kind or before.kind, labels=labels)
        if not (whole.names or whole.metonyms):
            raise file.error(f"actor {actor.id!r} has no names")
        own.append(whole)
    actors = (*own, *known.values())
    ids = {actor.id for actor in actors}
    for group, members in file.groups.items():
        for member in members:
            if member not in ids:
                raise file.error(f"[groups]: {group} lists {member!r}, which is no actor")
    rival_keys = keys_of(name for _, name in base.rivals)
    return Gazetteer(
        actors,
        groups={**base.groups, **file.groups},
        not_mentions=(*file.not_mentions, *base.not_mentions),
        rivals=tuple(rival for rival, key in zip(base.rivals, rival_keys, strict=True) if key not in claims.keys),
        doubts=base.doubts.without(claims.keys),
        own=base.own | claims.keys,
    )


def _renamed(base: Gazetteer, taken: set[str]) -> Gazetteer:
    """A gazetteer in which these ids have their kind before them: IS, the state, becomes state:IS."""
    if not taken:
        return base
    new = {id: f"{base[id].kind}:{id}" for id in taken}
    told = {key: (new.get(actor, actor), after) for key, (actor, after) in base.doubts.told.items()}
    return replace(
        base,
        actors=tuple(replace(actor, id=new.get(actor.id, actor.id)) for actor in base.actors),
        groups={name: tuple(new.get(id, id) for id in ids) for name, ids in base.groups.items()},
        rivals=tuple((new.get(id, id), name) for id, name in base.rivals),
        doubts=base.doubts._replace(told=told),
    )


class _Claims:
    """The spellings that the actors of a file have, and whose they are."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self._names: dict[Key, set[str]] = {}
        self._anaphors: dict[Key, set[str]] = {}
        for actor in actors:
            for claimed, listed in ((self._names, (*actor.names, *actor.metonyms)), (self._anaphors, actor.anaphors)):
                for key in keys_of(listed):
                    claimed.setdefault(key, set()).add(actor.id)
        self.keys = frozenset((*self._names, *self._anaphors))

    def rest_of(self, actors: Iterable[Actor]) -> list[Actor]:
        """Actors without the names that are claimed for others; anaphors may be shared."""
        before = list(actors)
        listed = [name for actor in before for key in _LISTS for name in getattr(actor, key)]
        forms = dict(zip(listed, keys_of(listed), strict=True))

        def kept(actor: Actor, key: str) -> tuple[str, ...]:
            claims = [self._names] if key == "anaphors" else [self._names, self._anaphors]
            return tuple(
                name
                for name in getattr(actor, key)
                if all(claimed.get(forms[name], {actor.id}) == {actor.id} for claimed in claims)
            )

        return [
            replace(
                actor, names=kept(actor, "names"), anaphors=kept(actor, "anaphors"), metonyms=kept(actor, "metonyms")
            )
            for actor in before
        ]
