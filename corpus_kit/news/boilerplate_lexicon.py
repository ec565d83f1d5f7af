"""The phrases by which boilerplate is known: a TOML file such as lexicons/boilerplate.toml."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from corpus_kit._base.files import read_toml, read_whole
from corpus_kit.corpus.storage import reason
from corpus_kit.errors import InputError, nearest, shown
from corpus_kit.text.normalization import Normalizer, normalize_series
from corpus_kit.text.tokenization import tokens

__all__ = ["LISTED_KINDS", "Lexicon", "Phrase", "built_in_lexicon"]

LISTED_KINDS = ("caption", "credit", "related", "share", "footer", "navigation")
_USES = (
    "openings", "labels", "alone", "endings", "controls", "buttons", "short", "below", "moments", "contacts", "stamps",
)  # fmt: skip
_KEPT = ("formulas", "dateline", "holders", "counters", "times", "invitations", "channels")

_BUILT_IN = Path(__file__).parent / "lexicons" / "boilerplate.toml"


class Phrase(NamedTuple):
    """A listed phrase: its folded words, the kind of boilerplate, and the list it is from, which is how it is used."""

    words: tuple[str, ...]
    kind: str
    use: str


@dataclass(frozen=True)
class Lexicon:
    """The content of a lexicon of boilerplate, folded.

    Attributes:
        phrases: The phrases of boilerplate.
        formulas: Formulas that are no boilerplate however often they are repeated.
        dateline: Words of a dateline.
        holders: First words of holders of rights to a picture.
        counters: Words that, with numbers, are a line of the page.
        times: Other words of such a line.
        invitations: How a page invites to follow it.
        channels: Where a page invites to follow it.
        digest: The SHA-256 of the file.
    """

    phrases: tuple[Phrase, ...]
    formulas: tuple[Phrase, ...]
    dateline: frozenset[str]
    holders: frozenset[str]
    counters: frozenset[str]
    times: frozenset[str]
    invitations: tuple[Phrase, ...]
    channels: frozenset[str]
    digest: str

    @classmethod
    def read(cls, path: Path) -> Lexicon:
        """Read a lexicon.

        Raises:
            InputError: If the file cannot be read, or has an unknown kind or list, or a phrase without a word.
        """
        try:
            content = read_whole(path)
            tables = read_toml(content)
        except (OSError, ValueError) as error:
            raise InputError(f"cannot read the lexicon {path}: {reason(error)}.") from None
        kept = _lists(path, tables.pop("kept", {}), "kept", _KEPT)
        for kind in tables:
            if kind not in LISTED_KINDS:
                raise _unknown(path, f"table [{kind}]", kind, (*LISTED_KINDS, "kept"))
        phrases = [
            Phrase(words, kind, use)
            for kind, table in tables.items()
            for use, listed in _lists(path, table, kind, _USES).items()
            for words in listed
        ]
        if not phrases:
            raise InputError(f"{path}: the lexicon has no phrases.")
        return cls(
            tuple(phrases),
            _phrases(kept, "formulas"),
            _words(kept, "dateline"),
            frozenset(words[0] for words in kept.get("holders", [])),
            _words(kept, "counters"),
            _words(kept, "times"),
            _phrases(kept, "invitations"),
            _words(kept, "channels"),
            hashlib.sha256(content).hexdigest(),
        )

    def used_as(self, *uses: str) -> list[Phrase]:
        """Return the phrases of some lists."""
        return [phrase for phrase in self.phrases if phrase.use in uses]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """A number from 1 for each word of a phrase, formula or invitation."""
        phrases = (*self.phrases, *self.formulas, *self.invitations)
        words = dict.fromkeys(word for phrase in phrases for word in phrase.words)
        return {word: number for number, word in enumerate(words, start=1)}


def _phrases(kept: Mapping[str, list[tuple[str, ...]]], name: str) -> tuple[Phrase, ...]:
    return tuple(Phrase(words, "", name) for words in kept.get(name, []))


def _words(kept: Mapping[str, list[tuple[str, ...]]], name: str) -> frozenset[str]:
    return frozenset(word for words in kept.get(name, []) for word in words)


@cache
def built_in_lexicon() -> Lexicon:
    """Return the lexicon of the library."""
    return Lexicon.read(_BUILT_IN)


def _lists(path: Path, table: object, name: str, allowed: Sequence[str]) -> dict[str, list[tuple[str, ...]]]:
    """Return the lists of one table of a lexicon; each phrase as its folded words."""
    if not isinstance(table, Mapping):
        raise InputError(f"{path}: [{name}] must be a table of lists, got {shown(table)}.")
    folded = {}
    for key, phrases in table.items():
        if key not in allowed:
            raise _unknown(path, f"list {key!r} in [{name}]", key, allowed)
        if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
            raise InputError(f"{path}: {key} in [{name}] must be a list of phrases, got {shown(phrases)}.")
        folded[key] = _folded(path, phrases, f"{key} in [{name}]")
    return folded


def _unknown(path: Path, what: str, name: str, allowed: Iterable[str]) -> InputError:
    hint = " ".join(part for part in (nearest(name, allowed), f"Allowed: {', '.join(allowed)}.") if part)
    return InputError(f"{path}: unknown {what}. {hint}")


def _folded(path: Path, phrases: Sequence[str], where: str) -> list[tuple[str, ...]]:
    """Return the folded words of each phrase."""
    split = tokens(phrases)
    words: list[tuple[str, ...]] = [()] * len(phrases)
    folded = normalize_series(split["token"], Normalizer.preset("search"))
    for number, word in zip(split["document"], folded, strict=True):
        if any(map(str.isalnum, word)):
            words[number] += (word,)
    for phrase, found in zip(phrases, words, strict=True):
        if not found:
            raise InputError(f"{path}: {where} contains {shown(phrase)}, which has no word.")
    return words
