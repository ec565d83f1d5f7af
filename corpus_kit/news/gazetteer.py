"""The gazetteer of actors: built-in states, territories and cities, and the user's own file.

The built-in names are those of the CLDR (lexicons/gazetteer.tsv), with additions made by hand
(lexicons/gazetteer_additions.toml).
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

from corpus_kit._base.arguments import boolean, path_argument
from corpus_kit.display.show import show
from corpus_kit.errors import choose, invalid
from corpus_kit.news.actor_file import ActorFile, Claims, with_more_names
from corpus_kit.news.actor_names import NAME_LISTS, Actor, Key, keys_of
from corpus_kit.safe_text import one_line

__all__ = ["Gazetteer", "gazetteer_of"]

_LEXICONS = Path(__file__).with_name("lexicons")


class OtherPlace(NamedTuple):
    """When a name is not that of a state but that of another place.

    Attributes:
        id: The id of the other place.
        after: Words after which it is.
        words: Words that a text has if it is about the other place.
        unless: Words that a text has if it is about the state.
    """

    id: str
    after: frozenset[str]
    words: frozenset[str]
    unless: frozenset[str]


class Doubts(NamedTuple):
    """Built-in names that need their context; the file of additions explains each list.

    Attributes:
        common_words: Names that are common words, and the words after one of which each counts as a name.
        spelled_alike: Words that are spelled like a name.
        by_context: Names of two actors, and the context in which each is the other one's.
        after_definite: Names that are adjectives after a definite noun.
        also_definite: Nouns that count as definite without the article.
        not_definite: Words that look definite and are not.
        indefinite: Names that are adjectives after a feminine noun, and the words after which each is a name.
        feminine: Words that count as feminine nouns without the ending of one.
        heads: Words that with a name after them make the name of something else.
        heads_before_li: Words that do so if ل and the article follow the name.
        not_before: Forms of state, and the words before which each is another thing.
        other_place: Names of two places, and words that a text has if it is about the other one.
        home_words: Ids of states, and words that show that a text speaks of each.
    """

    common_words: Mapping[Key, frozenset[str]] = {}
    spelled_alike: frozenset[str] = frozenset()
    by_context: Mapping[Key, OtherPlace] = {}
    after_definite: frozenset[Key] = frozenset()
    also_definite: frozenset[str] = frozenset()
    not_definite: frozenset[str] = frozenset()
    indefinite: Mapping[Key, frozenset[str]] = {}
    feminine: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    heads_before_li: frozenset[str] = frozenset()
    not_before: Mapping[Key, frozenset[str]] = {}
    other_place: Mapping[Key, frozenset[str]] = {}
    home_words: Mapping[str, frozenset[str]] = {}

    def without(self, claimed: Container[Key]) -> Doubts:
        """Return the doubts about other names only: names that the user has listed are not doubted."""
        return self._replace(
            common_words={key: words for key, words in self.common_words.items() if key not in claimed},
            by_context={key: other for key, other in self.by_context.items() if key not in claimed},
            after_definite=frozenset(key for key in self.after_definite if key not in claimed),
            indefinite={key: words for key, words in self.indefinite.items() if key not in claimed},
            not_before={key: words for key, words in self.not_before.items() if key not in claimed},
            other_place={key: words for key, words in self.other_place.items() if key not in claimed},
        )

    def with_heads(self, heads: Iterable[str]) -> Doubts:
        """Return the doubts with other words in place of both lists of heads."""
        return self._replace(heads=_words(heads), heads_before_li=frozenset())


@dataclass(frozen=True)
class Gazetteer:
    """Actors and their names, made by `Gazetteer.states` and `Gazetteer.read`.

    Attributes:
        actors: The actors in the order in which they are listed, the user's first.
        groups: Lists of ids by the name of the group.
        not_mentions: Expressions that contain a name and mention nobody.
        rivals: Id and name of built-in cities that are not in the gazetteer and share a name with an actor.
        doubts: What is known of built-in names that are ambiguous.
        own: The names of the user's file.
    """

    actors: tuple[Actor, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    not_mentions: tuple[str, ...] = ()
    rivals: tuple[tuple[str, str], ...] = ()
    doubts: Doubts = field(default_factory=lambda: Doubts(), hash=False)
    own: frozenset[Key] = frozenset()

    @classmethod
    def states(cls, *, cities: bool = False, organisations: bool = False) -> Gazetteer:
        """Return the states and territories of the CLDR, with added names, capitals as metonyms, and groups.

        A state is a member or an observer of the United Nations; every other code of the CLDR is a territory.
        44 names are those of a state or territory and of a city; they refer to the former and are `ambiguous`.

        Args:
            cities: Whether to include 418 cities of the kind "city". Their ids are names of time zones (Asia/Amman).
            organisations: Whether to include the European Union and the United Nations (ids EU and UN).

        Raises:
            InputError: If an argument is not True or False.

        Examples:
            >>> import corpus_kit as ck
            >>> states = ck.news.Gazetteer.states()
            >>> states["SA"].names
            ('المملكة العربية السعودية', 'السعودية', 'العربية السعودية', 'المملكة السعودية')
            >>> states.group("gcc")
            ('AE', 'BH', 'KW', 'OM', 'QA', 'SA')
        """
        optional = {"city": boolean(cities, "cities"), "organisation": boolean(organisations, "organisations")}
        return _built_in(frozenset(kind for kind, included in optional.items() if not included))

    @classmethod
    def read(cls, path: str | PathLike[str], *, base: Gazetteer | str | None = "states") -> Gazetteer:
        r"""Read the actors of a TOML file and add them to built-in ones.

        An actor with the id and the kind of one in `base` adds to it. With another kind it is another actor, and the
        one in `base` gets its kind as a prefix: beside an organisation "IS", Iceland is "state:IS". If the file and
        `base` give a name to different ids, the file wins. Two actors of the file may share an anaphor, which the
        text resolves; sharing a name is an error.

        Args:
            path: A file of ``[[actor]]`` tables with id, kind, names, anaphors, metonyms, forms (lists of names) and
                labels (a table: label = [names]). A table ``[groups]`` may list ids, not_a_mention = [...] expressions
                that contain a name and mention nobody, and heads = [...] the words that take the place of the built-in
                ones in names of something else (طيران الإمارات).
            base: What the actors are added to: "states" (`Gazetteer.states()`), another Gazetteer, or None.

        Raises:
            InputError: If an argument is invalid, or the file cannot be read, is not TOML or has an invalid entry;
                the message names the file, the actor and the name.

        Examples:
            >>> import corpus_kit as ck, tempfile, pathlib
            >>> file = pathlib.Path(tempfile.mkdtemp(), "actors.toml")
            >>> text = '[[actor]]\nid = "G"\nkind = "organisation"\nnames = ["تنظيم السهل"]\nanaphors = ["التنظيم"]'
            >>> _ = file.write_text(text, encoding="utf-8")
            >>> ck.news.Gazetteer.read(file, base=None)["G"].anaphors
            ('التنظيم',)
        """
        file = path_argument(path, "path")
        if isinstance(base, str):
            choose(base, ["states"], "base")
            base = cls.states()
        if base is not None and not isinstance(base, Gazetteer):
            raise invalid("base", "'states', a Gazetteer or None", base)
        return _combined(ActorFile(file), base or Gazetteer(()))

    @cached_property
    def _by_id(self) -> dict[str, Actor]:
        return {actor.id: actor for actor in self.actors}

    def __getitem__(self, id: str) -> Actor:
        """Return the actor with an id."""
        return self._by_id[choose(id, self._by_id, "id")]

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def __iter__(self) -> Iterator[Actor]:
        return iter(self.actors)

    def __len__(self) -> int:
        return len(self.actors)

    def __repr__(self) -> str:
        kinds = pl.Series([actor.kind for actor in self.actors], dtype=pl.String).value_counts(sort=True)
        counts = ", ".join(f"{n:,} {kind}" for kind, n in kinds.iter_rows())
        return f"<Gazetteer of {len(self):,} actors: {one_line(counts)}>"

    def group(self, name: str) -> tuple[str, ...]:
        """Return the ids of a group: a built-in one, or one of the user's file.

        Built in are arab_league, gcc, eu, nato, g7 and un_security_council_permanent, as of 1 January 2025.

        Args:
            name: The name of the group.

        Raises:
            InputError: If there is no such group; the message lists those there are.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.news.Gazetteer.states().group("g7")
            ('CA', 'DE', 'FR', 'GB', 'IT', 'JP', 'US')
        """
        return self.groups[choose(name, self.groups, "name")]

    def names(self) -> pl.DataFrame:
        """Return every listed name.

        Returns:
            A DataFrame with the String columns actor (id), kind, name, match ("name", "metonym", "anaphor" or "form")
            and label.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.news.Gazetteer.states().names().filter(actor="OM").select("name", "match").rows()
            [('عُمان', 'name'), ('سلطنة عمان', 'name'), ('مسقط', 'metonym'), ('السلطنة', 'form')]
        """
        rows = [
            (actor.id, actor.kind, name, match, actor.label_of(name))
            for actor in self.actors
            for match, listed in actor.names_by_match().items()
            for name in listed
        ]
        return pl.DataFrame(
            rows, schema=dict.fromkeys(("actor", "kind", "name", "match", "label"), pl.String), orient="row"
        )

    def _repr_html_(self) -> str:
        return show(self.names(), caption=repr(self)).html

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of everything that matching uses; the record of a result holds it."""
        content = [
            [[a.id, a.kind, a.names, a.anaphors, a.metonyms, a.forms, list(a.labels.items())] for a in self.actors],
            list(self.groups.items()),
            self.not_mentions,
            self.rivals,
            [_plain(part) for part in self.doubts],
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

    @property
    def name(self) -> str:
        """The name of the gazetteer in the record of a result."""
        return repr(self)


def gazetteer_of(actors: object, argument: str = "actors") -> Gazetteer:
    """Return the gazetteer that an argument stands for: itself, a TOML file's, or for None the built-in states.

    >>> len(gazetteer_of(None)) == len(Gazetteer.states())
    True
    """
    if actors is None:
        return Gazetteer.states()
    if isinstance(actors, Gazetteer):
        return actors
    if isinstance(actors, str | PathLike):
        return Gazetteer.read(actors)
    table = ", a table of ck.news.actors" if argument == "actors" else ""
    raise invalid(argument, f"a Gazetteer, the path of a TOML file{table} or None", actors)


def _plain(part: Any) -> Any:
    """Return tables and sets as sorted lists."""
    if isinstance(part, Mapping):
        return sorted([key, _plain(value)] for key, value in part.items())
    if isinstance(part, frozenset):
        return sorted(part)
    return [_plain(each) for each in part] if isinstance(part, tuple) else part


# ------------------------------------------------------------------------------------------- built in


@cache
def _built_in(left_out: frozenset[str]) -> Gazetteer:
    """Return the built-in actors without some kinds."""
    with (_LEXICONS / "gazetteer_additions.toml").open("rb") as file:
        added = tomllib.load(file)
    forms = _forms_by_actor(added["forms"])
    every = [
        with_more_names(actor, {**added["additions"].get(actor.id, {}), "forms": forms.get(actor.id, ())})
        for actor in _cldr()
    ]
    actors = tuple(actor for actor in every if actor.kind not in left_out)
    return Gazetteer(
        actors,
        groups={name: tuple(ids) for name, ids in added["groups"].items()},
        not_mentions=tuple(added["not_a_mention"]["expressions"]),
        rivals=tuple((actor.id, name) for actor in every if actor.kind in left_out for name in actor.names),
        doubts=_doubts(added),
    )


def _doubts(added: Mapping[str, Any]) -> Doubts:
    common, by_context = added["common_words"], added["by_context"]
    words = {
        key: _words(common[f"{kind}_after"])
        for kind, listed in (("state", common["states"]), ("city", common["cities"]))
        for key in keys_of(listed)
    }
    adjectives = added["adjectives"]
    return Doubts(
        common_words=words,
        spelled_alike=_words(common["spelled_alike"]),
        by_context={
            keys_of([each["name"]])[0]: OtherPlace(id, *(_words(each[key]) for key in ("after", "with", "without")))
            for id, each in by_context.items()
        },
        after_definite=frozenset(keys_of(adjectives["after_definite"])),
        also_definite=_words(adjectives["also_definite"]),
        not_definite=_words(adjectives["not_definite"]),
        indefinite=dict.fromkeys(keys_of(adjectives["indefinite"]), _words(adjectives["name_after"])),
        feminine=_words(adjectives["feminine"]),
        heads=_words(added["heads"]["always"]),
        heads_before_li=_words(added["heads"]["before_li"]),
        not_before={keys_of([form])[0]: _words(each["not_before"]) for form, each in added["forms"].items()},
        other_place={keys_of([name])[0]: _words(listed) for name, listed in added["other_place"].items()},
        home_words={id: _words(listed) for id, listed in added["home_words"].items()},
    )


def _forms_by_actor(forms: Mapping[str, Any]) -> dict[str, list[str]]:
    by_actor: dict[str, list[str]] = {}
    for form, each in forms.items():
        for id in each["actors"]:
            by_actor.setdefault(id, []).append(form)
    return by_actor


def _words(words: Iterable[str]) -> frozenset[str]:
    return frozenset(form for key in keys_of(words) for form in key)


def _cldr() -> Iterator[Actor]:
    """Yield the territories and cities of the CLDR, without explanations in parentheses or after a comma."""
    with (_LEXICONS / "gazetteer.tsv").open(encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    for id, kind, name in rows[1:]:
        if kind != "placeholder":
            yield Actor(id, kind, (name.partition(" (")[0].partition("،")[0],))


# -------------------------------------------------------------------------------- beside the built-in names


def _combined(file: ActorFile, base: Gazetteer) -> Gazetteer:
    """Return the actors of a file and those of another gazetteer; if both claim a name, the file has it."""
    claims = Claims(file.actors)
    kinds = {actor.id: actor.kind for actor in file.actors if actor.kind}
    base = _renamed(base, {actor.id for actor in base.actors if kinds.get(actor.id, actor.kind) != actor.kind})
    known = {actor.id: actor for actor in claims.rest_of(base.actors)}
    own = []
    for actor in file.actors:
        before = known.pop(actor.id, Actor(actor.id, ""))
        if not (actor.kind or before.kind):
            raise file.error(f'actor {actor.id!r}: the kind is missing, such as kind = "organisation".')
        more = {key: getattr(before, key) for key in NAME_LISTS}
        labels = {**before.labels, **actor.labels}
        whole = replace(with_more_names(actor, more), kind=actor.kind or before.kind, labels=labels)
        if not (whole.names or whole.metonyms):
            raise file.error(f"actor {actor.id!r}: names are missing.")
        own.append(whole)
    actors = (*own, *known.values())
    ids = {actor.id for actor in actors}
    for group, members in file.groups.items():
        for member in members:
            if member not in ids:
                raise file.error(f"[groups]: {group} lists {member!r}, but there is no such actor.")
    rival_keys = keys_of(name for _, name in base.rivals)
    doubts = base.doubts.without(claims.keys)
    return Gazetteer(
        actors,
        groups={**base.groups, **file.groups},
        not_mentions=(*file.not_mentions, *base.not_mentions),
        rivals=tuple(rival for rival, key in zip(base.rivals, rival_keys, strict=True) if key not in claims.keys),
        doubts=doubts if file.heads is None else doubts.with_heads(file.heads),
        own=base.own | claims.keys,
    )


def _renamed(base: Gazetteer, taken: set[str]) -> Gazetteer:
    """Return a gazetteer with the kind before these ids: IS, the state, becomes state:IS."""
    if not taken:
        return base
    new = {id: f"{base[id].kind}:{id}" for id in taken}
    by_context = {key: each._replace(id=new.get(each.id, each.id)) for key, each in base.doubts.by_context.items()}
    home_words = {new.get(id, id): words for id, words in base.doubts.home_words.items()}
    return replace(
        base,
        actors=tuple(replace(actor, id=new.get(actor.id, actor.id)) for actor in base.actors),
        groups={name: tuple(new.get(id, id) for id in ids) for name, ids in base.groups.items()},
        rivals=tuple((new.get(id, id), name) for id, name in base.rivals),
        doubts=base.doubts._replace(by_context=by_context, home_words=home_words),
    )
