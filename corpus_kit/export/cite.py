"""`ck.cite`: the sentence for a paper on where numbers come from."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Iterator
from typing import Any

import corpus_kit
from corpus_kit._base.records import corpus_facts, jsonable
from corpus_kit._version import __version__
from corpus_kit.display.isolation import has_arabic
from corpus_kit.errors import InputError, choose
from corpus_kit.export.citation_words import CONNECTIVES, FUNCTIONS, OPTIONS, OPTIONS_OF, STEPS, VALUES
from corpus_kit.export.latex import latex_text
from corpus_kit.export.markdown import markdown_text
from corpus_kit.export.plain_expressions import plain_expression
from corpus_kit.export.record_of import record_of
from corpus_kit.text.normalization import PRESETS

__all__ = ["cite", "sentence_of"]

_LANGUAGES = ("en", "ar")
_DAMAGED = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)  # what a wrong record ends in
_FORMATS = ("text", "latex", "markdown", "bibtex")
_AUTHOR, _TITLE = "The corpus-kit developers", "corpus-kit: a research toolkit for Arabic text"
_SOFTWARE = f"{_AUTHOR}. {_TITLE}, version {__version__}. Computer software."
_BIBTEX = f"""@software{{corpus_kit,
  author = {{{{{_AUTHOR}}}}},
  title = {{{{{_TITLE}}}}},
  version = {{{__version__}}}
}}"""
_LONGEST = 100  # characters of a value
_MOST = 10  # steps, filters and other options
_FIRST, _END = "\u2068", "\u2069"  # around a text of the other direction
_LATIN = re.compile("[A-Za-z]")
_ISOLATES = re.compile("[\u2066-\u2069]")
_STEP = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_QUOTED = re.compile(r'"([^\W\d]\w*)"')
_ROWS = "5"  # of head and tail, if they are not told how many


def cite(table: Any = None, *, language: str = "en", format: str = "text") -> str:
    """Return the sentence for a paper that says where the numbers of a table come from.

    It names what was counted, by which function and version, in which corpus (its folder, sizes and id; of a
    subcorpus how it was selected), the options that decide on the numbers, and what was done with the table since.
    Tables that were joined to it, or that it was made of, have a sentence of their own. It has no date, so that the
    same table is cited in the same way.

    Args:
        table: A table as a function returned it, or one derived from it that still has its record (see `ck.save`);
            the path of a file that `ck.save` wrote, with its record beside it; a Concordance; a corpus, which is cited
            itself; or None for the entry of the program in the references.
        language: "en" or "ar". The entry of the program is in English.
        format: "text"; "latex", for XeLaTeX or LuaLaTeX, with the commands that `ck.save` names in a .tex file;
            "markdown"; or, of the program, "bibtex".

    Returns:
        The sentence. Texts of the other direction are isolated (U+2068, U+2069), so that it reads well in a line; in
        LaTeX they are marked by commands.

    Raises:
        InputError: If the table has no record of how it was made.

    Warns:
        UserWarning: If a file was changed since it was saved.

    Examples:
        >>> import corpus_kit as ck
        >>> corpus = ck.sample_corpus()
        >>> print(ck.cite(ck.frequency(corpus, min_count=5).head(20)))  # doctest: +NORMALIZE_WHITESPACE, +ELLIPSIS
        Frequencies (ck.frequency, corpus-kit ...) in the corpus sample (240 documents, 22,804 words;
        id 946f982063202f9f): forms folded by the profile search, within a paragraph, at least 5 occurrences.
        Then: the first 20 rows.
        >>> print(ck.cite())  # doctest: +ELLIPSIS
        The corpus-kit developers. corpus-kit: a research toolkit for Arabic text, version .... Computer software.
    """
    words = _Words(choose(language, _LANGUAGES, "language"))
    choose(format, _FORMATS if table is None else _FORMATS[:-1], "format")
    if table is None:
        return _BIBTEX if format == "bibtex" else _formatted(_SOFTWARE, "en", format)
    if hasattr(table, "manifest") and hasattr(table, "selection"):
        return _formatted(words.corpus(table), language, format)
    is_file = isinstance(table, str | os.PathLike)
    record = record_of(table)
    if record is None:
        raise InputError(
            "table must have the record of how it was made, got one without. Cite the table that a function returned; "
            "filter, select, head, sort, join and pivot keep its record, group_by, pl.concat and lazy do not."
        )
    try:
        return _formatted(words.table(record), language, format)
    except _DAMAGED as error:
        if not is_file:
            raise
        raise InputError("table must be a file with the record that ck.save wrote, got a damaged record.") from error


def sentence_of(record: dict[str, Any]) -> str:
    """Return the sentence on a table that has this record, in English."""
    return _Words("en").table(record)


def _formatted(sentence: str, language: str, form: str) -> str:
    if form == "latex":
        return latex_text(sentence, right_to_left=language == "ar")
    return markdown_text(sentence) if form == "markdown" else sentence


class _Words:
    """The sentences of a language."""

    def __init__(self, language: str) -> None:
        self._place = _LANGUAGES.index(language)
        self._comma, self._semicolon = (", ", "; ") if language == "en" else ("، ", "؛ ")

    def table(self, record: dict[str, Any], *, beside: dict[str, Any] | None = None) -> str:
        """Return the sentence on a table, and of those that it was made of; `beside` is one that was named before."""
        function, options = record["function"], record["options"]
        named = FUNCTIONS.get(function)
        what = self._say("results") if named is None else named[self._place]
        program = f"corpus-kit {record['version']}"
        parts = [f"{what} ({self._value(function)}{self._comma}{self._value(program)})"]
        parts += self._of_corpus(record, beside)
        said = self._comma.join(self._options(function, options, record))
        steps = self._semicolon.join(self._steps(record))
        made_by, joined = options.get("made_by"), record.get("joined", [])
        sentences = [
            f"{' '.join(parts)}: {said}." if said else f"{' '.join(parts)}.",
            *([self._say("made_by", self.table(made_by, beside=record))] if isinstance(made_by, dict) else []),
            *([self._say("then", steps) + "."] if steps else []),
            *(self._say("joined", self.table(each, beside=record)) for each in joined),
        ]
        return " ".join(sentences)

    def corpus(self, corpus: Any) -> str:
        """Return the sentence on a corpus."""
        facts, manifest = corpus_facts(corpus), corpus.manifest
        sizes = [self._count(what, facts[what]) for what in ("documents", "words", "tokens") if facts[what]]
        checksum = self._value(f"SHA-256 {corpus.checksum}")
        profile = manifest.get("profile") or {}
        folded = self._option("profile", profile.get("name") and _profile(profile["name"], profile.get("digest")))
        built = self._say("built", self._value(manifest["library_version"]))
        said = [f"{self._say('whole')} {self._value(facts['name'])}: {self._comma.join(sizes)}", folded, built]
        identity = self._value(f"id {corpus.id}")
        return self._semicolon.join([*said, identity, checksum, *self._selection(corpus.selection)]) + "."

    def _say(self, key: str, *values: str) -> str:
        return CONNECTIVES[key][self._place].format(*values)

    def _count(self, key: str, count: int) -> str:
        return CONNECTIVES[key][self._place].format(f"{count:,}", s=_plural(count))

    def _value(self, value: object) -> str:
        """Return a value as a sentence has it: of bounded length, and apart from text of the other direction."""
        text = _ISOLATES.sub("", str(value))
        text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
        is_other = has_arabic(text) if self._place == 0 else bool(_LATIN.search(text))
        return f"{_FIRST}{text}{_END}" if is_other else text

    def _of_corpus(self, record: dict[str, Any], beside: dict[str, Any] | None = None) -> Iterator[str]:
        facts, identity = record.get("corpus") or {}, record["corpus_id"]
        if identity is None:
            return
        selected = self._selection(record["options"].get("subcorpus"))
        if beside is not None and beside["corpus_id"] == identity:
            if beside["options"].get("subcorpus") and not selected and "target" not in record["options"]:
                selected = [self._say("all")]
            yield self._say("of_same") + (f" ({self._comma.join(selected)})" if selected else "")
            return
        sizes = [self._count(what, facts[what]) for what in ("documents", "words") if facts.get(what)]
        name = f" {self._value(facts['name'])}" if facts.get("name") else ""
        known = [self._comma.join(sizes), self._value(f"id {identity}"), self._comma.join(selected)]
        yield f"{self._say('of')}{name} ({self._semicolon.join(filter(None, known))})"

    def _selection(self, selection: dict[str, Any] | None) -> list[str]:
        """Return how a subcorpus was selected."""
        if not selection:
            return []
        said = [self._count("selected", selection["documents"])]
        filters = [self._value(plain_expression(each)) for each in selection["filters"]]
        if filters:
            said.append(self._say("filters", self._listed(filters)))
        if "without" in selection:
            said.append(self._count("spans", selection["without"]["spans"]))
        return said

    def _listed(self, items: list[str]) -> str:
        more = [self._say("more", f"{len(items) - _MOST:,}")] if len(items) > _MOST else []
        return self._comma.join([*items[:_MOST], *more])

    def _enumerated(self, items: list[str]) -> str:
        if len(items) > _MOST or len(items) < 2:
            return self._listed(items)
        return self._say("and").join([self._comma.join(items[:-1]), items[-1]])

    def _options(self, function: str, options: dict[str, Any], record: dict[str, Any]) -> Iterator[str]:
        """Yield the options that decide on the numbers, then others that are not as they are by default."""
        defaults = _defaults(function)
        for side in ("target", "reference"):
            if isinstance(options.get(side), dict):
                yield self._say(side, self._side(options[side], record))
        bootstrapped = bool(options.get("n_bootstrap"))
        for name in OPTIONS:
            if name not in options or (name == "confidence" and not bootstrapped):
                continue
            if name == "seed" and not bootstrapped and options.get("sample") is None and options[name] in (None, 0):
                continue
            value = options[name]
            if name == "profile" and isinstance(value, str):
                value = _profile(value, record.get("profile_digest"))
            if name == "sample" and value is not None and "hits" in options:  # of a concordance
                value = self._say("of_all", f"{min(value, options['hits']):,}", f"{options['hits']:,}")
            said = self._option(name, value, function)
            if said:
                yield said
        known = {*OPTIONS, "target", "reference", *_UNTOLD}
        others = {name: value for name, value in options.items() if name in defaults and name not in known}
        changed = {
            name: value
            for name, value in others.items()
            if value != defaults[name] and not (name in _OF_PERIODS and value is None)
        }
        yield from [self._value(f"{name}={_plain(value)}") for name, value in changed.items() if value != []][:_MOST]

    def _side(self, side: dict[str, Any], record: dict[str, Any]) -> str:
        """Return one side of a comparison: its words or occurrences, and where they are."""
        said = [self._count(what, side[what]) for what in ("words", "hits") if what in side]
        made = side.get("made_by")
        said += [self.table(made, beside=record).removesuffix(".")] if made else []
        if side.get("corpus_id") not in (None, record["corpus_id"]):
            said += self._of_corpus({**side, "options": side})
        else:
            said += self._selection(side.get("subcorpus"))
        return f"({self._comma.join(said)})"

    def _option(self, name: str, value: Any, function: str = "") -> str:
        """Return an option in words; nothing if it changes nothing."""
        if name == "profile" and value is None:
            return self._say("unfolded")
        if value is None or value is False or value in ([], {}) or (name, value) in _NOTHING:
            return ""
        if name == "structures":
            value = _digests(value)
        if name == "definitions":
            value = [each for kind in value.values() for each in _digests(kind)]
        plural = _plural(value)
        if name == "stopwords":
            value = f"{value['items'] if isinstance(value, dict) else len(value):,}"
        if name in ("pattern", "patterns") and isinstance(value, dict):
            value = [f"{each}: {_plain(pattern)}" for each, pattern in value.items()]
        if name == "window" and isinstance(value, list):
            plural = _plural(sum(value))
            value = " + ".join(f"{each}" for each in value) if len(set(value)) > 1 else value[0]
        if isinstance(value, list):
            said = self._enumerated([self._value(_plain(each)) for each in value])
        else:
            known = VALUES.get(value) if isinstance(value, str) else None
            said = self._value(known[self._place] if known else _plain(value))
        words = OPTIONS_OF.get((function, name), OPTIONS[name])
        return words[self._place].format(said, s=plural)

    def _steps(self, record: dict[str, Any]) -> list[str]:
        steps = record.get("then", [])
        left_out = record.get("steps_left_out", 0) + max(len(steps) - _MOST, 0)
        said = [self._step(step) for step in steps[:_MOST]]
        return [*said, self._say("more", f"{left_out:,}")] if left_out else said

    def _step(self, step: str) -> str:
        call = _STEP.fullmatch(step)
        if call is None:
            return self._value(step)
        method, said = call[1], plain_expression(call[2])
        if method not in STEPS:
            return self._value(f"{method}({said})")
        said = _QUOTED.sub(r"\1", said) if method in _OF_COLUMNS else said or _ROWS
        return STEPS[method][self._place].format(self._value(said), s=_plural(said))


_OF_COLUMNS = ("select", "sort", "drop", "group_by")  # whose texts are names
_OF_PERIODS = ("week_start", "date")  # None without periods
_UNTOLD = ("lexicon", "names", "metadata", "show")  # digests, and columns beside the numbers
_NOTHING = (
    ("unit", "word"), ("min_count", 0), ("min_count", 1), ("min_documents", 0), ("min_documents", 1),
    ("min_per_million", 0), ("n_bootstrap", 0),
)  # fmt: skip


def _defaults(function: str) -> dict[str, Any]:
    """Return the defaults of a public function, as records have them."""
    found: Any = corpus_kit
    for part in function.split(".")[1:]:
        found = getattr(found, part, None)
    if not callable(found):
        return {}
    parameters = inspect.signature(found).parameters.values()
    return {each.name: jsonable(each.default) for each in parameters if each.default is not each.empty}


def _profile(name: str, digest: str | None) -> str:
    """Return the name of a profile, of one's own with the beginning of its digest, which says what it does."""
    return name if digest is None or name.partition("(")[0] in PRESETS else f"{name} ({digest[:16]})".strip()


def _digests(named: dict[str, Any]) -> list[str]:
    """Return names, each with the beginning of the digest of what it stands for, or, of a macro, with its text."""
    return [f"{name} ({of['sha256'][:16] if isinstance(of, dict) else of})" for name, of in named.items()]


def _plural(value: Any) -> str:
    """Return the sign of the plural in English for a number, its text, or a list."""
    count = len(value) if isinstance(value, list) else value
    is_text = isinstance(count, str) and not count.replace(",", "").isdigit()
    return "" if is_text or count in (1, "1") else "s"


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
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
