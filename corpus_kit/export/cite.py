"""`ck.cite`: the sentence for a paper on where numbers come from."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import corpus_kit
from corpus_kit._base.records import corpus_facts, jsonable, provenance_of, table_of
from corpus_kit._version import __version__
from corpus_kit.display.isolation import has_arabic
from corpus_kit.errors import InputError, choose
from corpus_kit.export.citation_words import CONNECTIVES, FUNCTIONS, OPTIONS, STEPS, VALUES

__all__ = ["cite"]

_LANGUAGES = ("en", "ar")
_SOFTWARE = "The corpus-kit developers. corpus-kit: a research toolkit for Arabic text, version {}. Computer software."
_LONGEST = 100  # characters of a value
_MOST = 10  # steps, filters and other options
_FIRST, _END = "\u2068", "\u2069"  # around a text of the other direction
_LATIN = re.compile("[A-Za-z]")
_STEP = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_ROWS = "5"  # of head and tail, if they are not told how many


def cite(table: Any = None, *, language: str = "en") -> str:
    """Return the sentence for a paper that says where the numbers of a table come from.

    It names what was counted, by which function and version, in which corpus (its folder, sizes and id; of a
    subcorpus how it was selected), the options that decide on the numbers, and what was done with the table since. It
    has no date, so that the same table is cited in the same way.

    Args:
        table: A table as a function returned it, or one derived from it that still has its record (see `ck.save`);
            a Concordance; a corpus, which is cited itself; or None for the entry of the program in the references.
        language: "en" or "ar". The entry of the program is in English.

    Returns:
        The sentence. Texts of the other direction are isolated (U+2068, U+2069), so that it reads well in a line.

    Raises:
        InputError: If the table has no record of how it was made.

    Examples:
        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> print(ck.cite(ck.frequency(corpus, min_count=5).head(20)))  # doctest: +NORMALIZE_WHITESPACE
        Frequencies (ck.frequency, corpus-kit 0.1.0) in the corpus sample (240 documents, 22,804 words;
        id 946f982063202f9f): forms folded by the profile search, within a paragraph, at least 5 occurrences.
        Then: the first 20 rows.
        >>> print(ck.cite())
        The corpus-kit developers. corpus-kit: a research toolkit for Arabic text, version 0.1.0. Computer software.
    """
    words = _Words(choose(language, _LANGUAGES, "language"))
    if table is None:
        return _SOFTWARE.format(__version__)
    if hasattr(table, "manifest") and hasattr(table, "selection"):
        return words.corpus(table)
    record = provenance_of(table_of(table))
    if record is None:
        raise InputError(
            "table must have the record of how it was made, got one without. Cite the table that a function returned; "
            "filter, select, head, sort and join keep its record, group_by, pivot, pl.concat and lazy do not."
        )
    return words.table(record)


class _Words:
    """The sentences of a language."""

    def __init__(self, language: str) -> None:
        self._place = _LANGUAGES.index(language)
        self._comma, self._semicolon = (", ", "; ") if language == "en" else ("، ", "؛ ")

    def table(self, record: dict[str, Any]) -> str:
        """Return the sentence on a table."""
        function, options = record["function"], record["options"]
        named = FUNCTIONS.get(function)
        what = self._say("results") if named is None else named[self._place]
        program = f"corpus-kit {record['version']}"
        parts = [f"{what} ({self._value(function)}{self._comma}{self._value(program)})"]
        parts += self._of_corpus(record)
        said = self._comma.join(self._options(function, options, record["corpus_id"]))
        sentence = " ".join(parts) + (f": {said}." if said else ".")
        steps = self._steps(record)
        return f"{sentence} {self._say('then', self._semicolon.join(steps))}." if steps else sentence

    def corpus(self, corpus: Any) -> str:
        """Return the sentence on a corpus."""
        facts, manifest = corpus_facts(corpus), corpus.manifest
        sizes = [self._say(what, f"{facts[what]:,}") for what in ("documents", "words", "tokens") if facts[what]]
        checksum = self._value(f"SHA-256 {corpus.checksum}")
        profile = (manifest.get("profile") or {}).get("name")
        folded = self._option("profile", profile)
        built = self._say("built", self._value(manifest["library_version"]))
        said = [f"{self._say('whole')} {self._value(facts['name'])}: {self._comma.join(sizes)}", folded, built]
        identity = self._value(f"id {corpus.id}")
        return self._semicolon.join([*said, identity, checksum, *self._selection(corpus.selection)]) + "."

    def _say(self, key: str, *values: str) -> str:
        return CONNECTIVES[key][self._place].format(*values)

    def _value(self, value: object) -> str:
        """Return a value as a sentence has it: of bounded length, and apart from text of the other direction."""
        text = value if isinstance(value, str) else str(value)
        text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        is_other = has_arabic(text) if self._place == 0 else bool(_LATIN.search(text))
        return f"{_FIRST}{text}{_END}" if is_other else text

    def _of_corpus(self, record: dict[str, Any]) -> Iterator[str]:
        facts, identity = record.get("corpus") or {}, record["corpus_id"]
        if identity is None:
            return
        sizes = [self._say(what, f"{facts[what]:,}") for what in ("documents", "words") if facts.get(what)]
        name = f" {self._value(facts['name'])}" if facts.get("name") else ""
        selected = self._selection(record["options"].get("subcorpus"))
        known = [self._comma.join(sizes), self._value(f"id {identity}"), self._comma.join(selected)]
        yield f"{self._say('of')}{name} ({self._semicolon.join(filter(None, known))})"

    def _selection(self, selection: dict[str, Any] | None) -> list[str]:
        """Return how a subcorpus was selected."""
        if not selection:
            return []
        said = [self._say("selected", f"{selection['documents']:,}")]
        filters = [self._value(each) for each in selection["filters"]]
        if filters:
            said.append(self._say("filters", self._listed(filters)))
        if "without" in selection:
            said.append(self._say("spans", f"{selection['without']['spans']:,}"))
        return said

    def _listed(self, items: list[str]) -> str:
        more = [self._say("more", f"{len(items) - _MOST:,}")] if len(items) > _MOST else []
        return self._comma.join([*items[:_MOST], *more])

    def _options(self, function: str, options: dict[str, Any], identity: str | None) -> Iterator[str]:
        """Yield the options that decide on the numbers, then others that are not as they are by default."""
        defaults = _defaults(function)
        for side in ("target", "reference"):
            if isinstance(options.get(side), dict):
                yield self._say(side, self._side(options[side], identity))
        bootstrapped = bool(options.get("n_bootstrap"))
        for name in OPTIONS:
            if name not in options or (name == "confidence" and not bootstrapped):
                continue
            if name == "seed" and not bootstrapped and options.get("sample") is None and options[name] in (None, 0):
                continue
            said = self._option(name, options[name])
            if said:
                yield said
        known = {*OPTIONS, "target", "reference", "lexicon"}  # of which the record has the digest
        others = {name: value for name, value in options.items() if name in defaults and name not in known}
        changed = {
            name: value
            for name, value in others.items()
            if value != defaults[name] and not (name in _OF_PERIODS and value is None)
        }
        yield from [self._value(f"{name}={_plain(value)}") for name, value in changed.items() if value != []][:_MOST]

    def _side(self, side: dict[str, Any], identity: str | None) -> str:
        """Return one side of a comparison: its words, and how its documents were selected."""
        said = [self._say("words", f"{side['words']:,}")] + self._selection(side.get("subcorpus"))
        made = side.get("made_by")
        said += [self._value(made["function"])] if made else []
        said += [self._value(f"id {side['corpus_id']}")] if side.get("corpus_id") not in (None, identity) else []
        return f"({self._comma.join(said)})"

    def _option(self, name: str, value: Any) -> str:
        """Return an option in words; nothing if it changes nothing."""
        if name == "profile" and value is None:
            return self._say("unfolded")
        is_default = value in (None, False, [], {}) or (name, value) in _NOTHING
        if is_default or (name == "n_bootstrap" and not value):
            return ""
        if name == "stopwords":
            value = f"{value['items'] if isinstance(value, dict) else len(value):,}"
        if name == "window" and isinstance(value, list):
            value = " + ".join(f"{each}" for each in value) if len(set(value)) > 1 else value[0]
        said = VALUES.get(value, (value, value))[self._place] if isinstance(value, str) else _plain(value)
        return OPTIONS[name][self._place].format(self._value(said))

    def _steps(self, record: dict[str, Any]) -> list[str]:
        steps = record.get("then", [])
        left_out = record.get("steps_left_out", 0) + max(len(steps) - _MOST, 0)
        said = [self._step(step) for step in steps[:_MOST]]
        return [*said, self._say("more", f"{left_out:,}")] if left_out else said

    def _step(self, step: str) -> str:
        call = _STEP.fullmatch(step)
        if call is None or call[1] not in STEPS:
            return self._value(step)
        return STEPS[call[1]][self._place].format(self._value(call[2] or _ROWS))


_OF_PERIODS = ("week_start", "date")  # None without periods
_NOTHING = (("unit", "word"), ("min_count", 1), ("min_documents", 0), ("min_documents", 1))


def _defaults(function: str) -> dict[str, Any]:
    """Return the defaults of a public function, as records have them."""
    found: Any = corpus_kit
    for part in function.split(".")[1:]:
        found = getattr(found, part, None)
    if not callable(found):
        return {}
    parameters = inspect.signature(found).parameters.values()
    return {each.name: jsonable(each.default) for each in parameters if each.default is not each.empty}


def _plain(value: Any) -> str:
    """Return a value of a record as words: a list by its items, an annotator by its name and version."""
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict) and "name" in value:
        return " ".join(str(value[key]).strip("<>") for key in ("name", "version") if value.get(key) is not None)
    if isinstance(value, dict) and "function" in value:
        return str(value["function"])
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items())
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
