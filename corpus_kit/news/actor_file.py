"""The user's file of actors: read, checked, and laid beside other actors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from corpus_kit._base.files import read_toml, read_whole
from corpus_kit.errors import InputError, nearest, shown
from corpus_kit.news.actor_names import NAME_LISTS, SHARED_LISTS, Actor, Key, keys_of

__all__ = ["ActorFile", "Claims", "with_more_names"]

_ACTOR_KEYS = ("id", "kind", *NAME_LISTS, "labels")
_FILE_KEYS = ("actor", "groups", "not_a_mention", "heads")


class ActorFile:
    """A checked TOML file of actors.

    Attributes:
        actors: As listed; an actor that extends a known one may lack its kind.
        not_mentions: Expressions that contain a name and mention nobody.
        heads: Words that with a name make another name, in place of the built-in ones; None without the key.
        groups: Lists of ids by the name of the group; not yet checked against the ids.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        content = self._content()
        self._check_keys(content, _FILE_KEYS, "")
        if not content:
            raise self.error("the file has no actors.")
        tables = content.get("actor", [])
        if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
            raise self.error(f"actors must be [[actor]] tables, got {shown(tables)}.")
        self.actors = [self._actor(number, table) for number, table in enumerate(tables, start=1)]
        self._check_ids()
        self._check_names()
        self.not_mentions = self._names(content, "not_a_mention", "")
        self.heads = self._names(content, "heads", "") if "heads" in content else None
        groups = content.get("groups", {})
        if not isinstance(groups, dict):
            raise self.error(f"[groups] must be a table of lists of ids, got {shown(groups)}.")
        self.groups = {name: self._names(groups, name, "[groups]: ") for name in groups}

    def error(self, problem: str) -> InputError:
        """Return an error that names the file."""
        return InputError(f"{self.path}: {problem}")

    def _content(self) -> dict[str, Any]:
        try:
            return read_toml(read_whole(self.path))
        except OSError as error:
            raise InputError(f"cannot read {self.path}: {error.strerror or error}.") from None
        except UnicodeDecodeError:
            raise self.error("the file is not UTF-8.") from None
        except ValueError as error:
            raise self.error(f"the file is not valid TOML: {error}.") from None

    def _actor(self, number: int, table: dict[str, Any]) -> Actor:
        id = table.get("id")
        if not isinstance(id, str) or not id.strip():
            first = f" ({table['names'][0]!r:.60})" if isinstance(table.get("names"), list) and table["names"] else ""
            problem = f"id must be a non-empty string, got {shown(id)}." if "id" in table else "the id is missing."
            raise self.error(f"actor {number}{first}: {problem}")
        where = f"actor {id!r}: "
        self._check_keys(table, _ACTOR_KEYS, where)
        kind = table.get("kind", "")
        if not isinstance(kind, str) or ("kind" in table and not kind.strip()):
            raise self.error(f"{where}kind must be a non-empty string, got {shown(kind)}.")
        lists: dict[str, Any] = {key: self._names(table, key, where) for key in NAME_LISTS}
        actor = Actor(id, kind, **lists)
        return replace(actor, labels=self._labels(table, actor, where))

    def _labels(self, table: dict[str, Any], actor: Actor, where: str) -> dict[str, tuple[str, ...]]:
        labels = table.get("labels", {})
        if not isinstance(labels, dict):
            raise self.error(f"{where}labels must be a table of lists of names, got {shown(labels)}.")
        listed = tuple(name for key in NAME_LISTS for name in getattr(actor, key))
        seen: dict[str, str] = {}
        for label in labels:
            for name in self._names(labels, label, f"{where}label "):
                if name not in listed:
                    raise self.error(f"{where}label {label!r} has {name!r}, which is not among the names of the actor.")
                if name in seen:
                    raise self.error(f"{where}{name!r} is in two labels, {seen[name]!r} and {label!r}.")
                seen[name] = label
        return {label: tuple(labels[label]) for label in labels}

    def _names(self, table: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
        """Return a list of names after checking that each has a word."""
        names = table.get(key, [])
        if not isinstance(names, list):
            raise self.error(f"{where}{key} must be a list of strings, got {shown(names)}.")
        for name in names:
            if not isinstance(name, str):
                raise self.error(f"{where}{key} must be a list of strings, but contains {shown(name)}.")
        for name, form in zip(names, keys_of(names), strict=True):
            if not form:
                raise self.error(f"{where}{key} contains {name!r}, which has no word.")
        return tuple(names)

    def _check_keys(self, table: dict[str, Any], allowed: Iterable[str], where: str) -> None:
        for key in table:
            if key not in allowed:
                hint = " ".join(part for part in (nearest(key, allowed), f"Keys: {', '.join(allowed)}.") if part)
                raise self.error(f"{where}unknown key {key!r}. {hint}")

    def _check_ids(self) -> None:
        seen: set[str] = set()
        for actor in self.actors:
            if actor.id in seen:
                raise self.error(f"two actors have the id {actor.id!r}.")
            seen.add(actor.id)

    def _check_names(self) -> None:
        """Check that no two actors share a name; they may share an anaphor or form that is not another's name."""
        owner: dict[Key, tuple[str, str]] = {}
        for actor in self.actors:
            names = (*actor.names, *actor.metonyms)
            for name, key in zip(names, keys_of(names), strict=True):
                other, spelled = owner.setdefault(key, (actor.id, name))
                if other != actor.id:
                    raise self.error(_taken(actor.id, name, other, spelled))
        for actor in self.actors:
            shared = _shared(actor)
            for name, key in zip(shared, keys_of(shared), strict=True):
                other, spelled = owner.get(key, (actor.id, name))
                if other != actor.id:
                    raise self.error(_taken(actor.id, name, other, spelled))


def _shared(actor: Actor) -> tuple[str, ...]:
    """Return the anaphors and forms of an actor."""
    return tuple(name for key in SHARED_LISTS for name in getattr(actor, key))


def _taken(id: str, name: str, other: str, spelled: str) -> str:
    same = "" if name == spelled else f", spelled {spelled!r}"
    return f"actor {id!r}: {name!r} is already a name of actor {other!r}{same}."


class Claims:
    """The spellings that the actors of a file claim.

    Attributes:
        keys: All of them.
    """

    def __init__(self, actors: Iterable[Actor]) -> None:
        self._names: dict[Key, set[str]] = {}
        self._shared: dict[Key, set[str]] = {}
        for actor in actors:
            for claimed, listed in ((self._names, (*actor.names, *actor.metonyms)), (self._shared, _shared(actor))):
                for key in keys_of(listed):
                    claimed.setdefault(key, set()).add(actor.id)
        self.keys = frozenset((*self._names, *self._shared))

    def rest_of(self, actors: Iterable[Actor]) -> list[Actor]:
        """Return other actors without the names that are claimed for somebody else; `SHARED_LISTS` may be shared."""
        others = list(actors)
        listed = [name for actor in others for key in NAME_LISTS for name in getattr(actor, key)]
        forms = dict(zip(listed, keys_of(listed), strict=True))

        def unclaimed(actor: Actor, key: str) -> tuple[str, ...]:
            claims = [self._names] if key in SHARED_LISTS else [self._names, self._shared]
            return tuple(
                name
                for name in getattr(actor, key)
                if all(claimed.get(forms[name], {actor.id}) == {actor.id} for claimed in claims)
            )

        rest = []
        for actor in others:
            lists: dict[str, Any] = {key: unclaimed(actor, key) for key in NAME_LISTS}
            rest.append(replace(actor, **lists))
        return rest


def with_more_names(actor: Actor, more: Mapping[str, Iterable[str]]) -> Actor:
    """Return an actor with further names, each of them once."""
    lists: dict[str, Any] = {
        key: tuple(dict.fromkeys((*getattr(actor, key), *more.get(key, ())))) for key in NAME_LISTS
    }
    return replace(actor, **lists)
