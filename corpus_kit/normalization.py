"""Normalisation of Arabic: named steps, presets that can be cited, offsets into the original.

A `Normalizer` is a set of options. It changes a text in this order:

1. presentation forms become letters (``presentation``, ``ligatures``), invisible characters go (``controls``,
   ``zwnj``), odd spaces become U+0020 (``spaces``), tatweel goes (``tatweel``), and so do the signs of ``marks`` and
   ``quranic`` that are no combining marks (U+06E5, U+06DD ...);
2. each letter and the Arabic marks after it are brought into canonical order and composed (``composition``);
3. code points are removed or folded, one by one, in the order ``marks``, ``quranic``, ``dagger``, ``lookalikes``,
   ``farsi``, ``hamza``, ``alef``, ``maksura``, ``teh_marbuta``, ``digits``, ``case``;
   2 and 3 are repeated while a cluster changes, so that U+0649 U+0654 becomes one letter too;
4. long runs of one letter are cut (``elongation``).

U+0670 follows ``dagger`` alone and the marks U+0654 and U+0655 follow ``hamza`` and ``alef`` alone, whatever ``marks``
says. A text normalised twice is the text normalised once. An unpaired surrogate is no text and is refused.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, TypeAlias, TypeVar, overload

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import arabic, machine
from corpus_kit._columns import series_from_core, text_series, text_stream
from corpus_kit._normalize import Program
from corpus_kit.errors import InputError, choose

__all__ = ["PRESETS", "Normalizer", "Profile", "normalize", "normalize_series", "resolve_profile"]

# Raised whenever the same options would give another result.
VERSION = "1"

Table: TypeAlias = dict[int, tuple[int, ...]]
T = TypeVar("T", str, list[str], list[str | None], pl.Series, pl.Expr)

# What each option may be; the first value changes nothing.
_CHOICES: dict[str, tuple[str | None, ...]] = {
    "presentation": ("keep", "letters"),
    "ligatures": ("keep", "expand"),
    "controls": ("keep", "drop"),
    "zwnj": ("keep", "drop"),
    "spaces": ("keep", "ascii"),
    "tatweel": ("keep", "drop"),
    "composition": ("keep", "nfc"),
    "marks": (None, "core", "extended"),
    "quranic": ("keep", "drop"),
    "dagger": ("keep", "drop", "alef"),
    "lookalikes": ("off", "on"),
    "farsi": ("keep", "arabic"),
    "hamza": ("keep", "seat", "bare"),
    "alef": ("keep", "hamza", "wasla", "all"),
    "maksura": ("keep", "yeh"),
    "teh_marbuta": ("keep", "heh"),
    "digits": ("keep", "ascii"),
    "case": ("keep", "lower"),
}
_OPTIONS = (*_CHOICES, "elongation")

_REPAIR: dict[str, Any] = {"presentation": "letters", "controls": "drop", "spaces": "ascii", "composition": "nfc"}
_DEDIAC = {**_REPAIR, "tatweel": "drop", "marks": "extended", "dagger": "drop"}
_FOLD = {"maksura": "yeh", "teh_marbuta": "heh"}
_SEARCH = {**_DEDIAC, **_FOLD, "alef": "all", "farsi": "arabic", "digits": "ascii", "case": "lower"}
_PRESETS: dict[str, dict[str, Any]] = {
    "repair": _REPAIR,
    "dediac": _DEDIAC,
    "lucene": {**_FOLD, "alef": "hamza", "tatweel": "drop", "marks": "core"},
    "camel": {**_FOLD, "alef": "wasla", "marks": "core", "dagger": "drop"},
    "search": _SEARCH,
    "classical": {**_REPAIR, "tatweel": "drop", "quranic": "drop", "dagger": "keep"},
    "social": {**_SEARCH, "elongation": 2},
}
PRESETS: tuple[str, ...] = tuple(_PRESETS)


@dataclass(frozen=True, kw_only=True, repr=False)
class Normalizer:
    """What is done to a text, as a value: frozen, hashable, with a digest for citation.

    Made by `Normalizer.preset` and `replace`; without arguments it changes nothing.

    Args:
        name: the name that tables and citations show.
        version: of the steps and their order; "1".
        presentation: "letters" turns presentation forms (U+FB50-FDFF, U+FE70-FEFF) into letters; an isolated mark
            becomes the mark without a space. Word ligatures such as U+FDFA stay.
        ligatures: "expand" writes word ligatures and ornate brackets out.
        controls: "drop" removes bidi controls, zero-width characters and the soft hyphen; ZWJ stays between emoji.
        zwnj: "drop" removes the zero-width non-joiner U+200C.
        spaces: "ascii" turns all other spaces (category Zs) into U+0020; tabs and line breaks stay.
        tatweel: "drop" removes U+0640.
        composition: "nfc" puts Arabic letters and marks into NFC.
        marks: "core" removes tashkeel (U+064B-0652), "extended" all marks of the script but the hamzas and U+0670.
        quranic: "drop" removes Quranic annotation signs and keeps tashkeel.
        dagger: what becomes of the dagger alef U+0670: "drop" or "alef".
        lookalikes: "on" (or True) turns letters of other orthographies into the Arabic letter they resemble.
        farsi: "arabic" turns Farsi yeh and keheh into yeh and kaf.
        hamza: "seat" leaves the seat of U+0624 and U+0626 alone and drops the marks U+0654 and U+0655; "bare" turns
            all four into U+0621.
        alef: "hamza" folds U+0622, U+0623, U+0625 to U+0627, "wasla" also U+0671, "all" also U+0672, U+0673 and
            drops a decomposed hamza on any alef.
        maksura: "yeh" turns U+0649 into U+064A.
        teh_marbuta: "heh" turns U+0629 into U+0647.
        digits: "ascii" turns Arabic-Indic and extended digits into 0-9.
        case: "lower" gives Latin letters their simple lower case.
        elongation: the longest run of one Arabic letter that stays, or None; the lams of Allah become two.

    Raises:
        InputError: an option has a value that it cannot have.

    Examples:
        >>> loose = Normalizer.preset("search").replace(hamza="seat")
        >>> loose
        Normalizer('search(hamza=seat)', version='1')
        >>> loose("المؤتمر الأوّل")
        'الموتمر الاول'
    """

    name: str = "custom"
    version: str = VERSION
    presentation: Literal["keep", "letters"] = "keep"
    ligatures: Literal["keep", "expand"] = "keep"
    controls: Literal["keep", "drop"] = "keep"
    zwnj: Literal["keep", "drop"] = "keep"
    spaces: Literal["keep", "ascii"] = "keep"
    tatweel: Literal["keep", "drop"] = "keep"
    composition: Literal["keep", "nfc"] = "keep"
    marks: Literal["core", "extended"] | None = None
    quranic: Literal["keep", "drop"] = "keep"
    dagger: Literal["keep", "drop", "alef"] = "keep"
    lookalikes: Literal["off", "on"] | bool = "off"
    farsi: Literal["keep", "arabic"] = "keep"
    hamza: Literal["keep", "seat", "bare"] = "keep"
    alef: Literal["keep", "hamza", "wasla", "all"] = "keep"
    maksura: Literal["keep", "yeh"] = "keep"
    teh_marbuta: Literal["keep", "heh"] = "keep"
    digits: Literal["keep", "ascii"] = "keep"
    case: Literal["keep", "lower"] = "keep"
    elongation: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.lookalikes, bool):
            object.__setattr__(self, "lookalikes", "on" if self.lookalikes else "off")
        for option, allowed in _CHOICES.items():
            _check_choice(option, getattr(self, option), allowed)
        if self.elongation is not None:
            if isinstance(self.elongation, bool) or not isinstance(self.elongation, int) or self.elongation < 1:
                raise InputError(f"elongation= takes None or a whole number of letters from 1, not {self.elongation!r}")
            if self.elongation > 2**31:
                raise InputError(f"elongation= takes at most 2,147,483,648 letters, not {self.elongation}")
        choose(self.version, [VERSION], "version of the normaliser")
        if not isinstance(self.name, str):
            raise InputError(f"name= takes a str, not {type(self.name).__name__}: {self.name!r:.60}")
        if self.name in _PRESETS and _difference(self.name, self.options):
            raise InputError(f"the name {self.name!r} belongs to the preset of that name; give another name=")

    @cached_property
    def _core(self) -> Program:
        """The tables in the form of the compiled core; made on first use and kept."""
        return _program(self)

    def __getstate__(self) -> dict[str, Any]:
        """Without the core, which is made anew where it is needed."""
        return {name: value for name, value in self.__dict__.items() if name != "_core"}

    @classmethod
    def preset(cls, name: str) -> Normalizer:
        """The preset of this name: repair, dediac, lucene, camel, search, classical or social.

        Raises:
            InputError: there is no such preset; the message names the nearest.

        Examples:
            >>> Normalizer.preset("dediac")("هٰذا الرَّحْمٰن")
            'هذا الرحمن'
        """
        chosen = choose(name, PRESETS, "profile")
        return cls(name=chosen, **_PRESETS[chosen])

    def replace(self, **options: Any) -> Normalizer:
        """The same with other options; the new name says which, unless `name` is given.

        Raises:
            InputError: an unknown option or value; the message names the nearest.

        Examples:
            >>> Normalizer.preset("repair").replace(tatweel="drop").name
            'repair(tatweel=drop)'
        """
        for option in options:
            choose(option, ["name", *_OPTIONS], "option")
        changed = dataclasses.replace(self, **{"name": "custom", **options})
        if "name" in options:
            return changed
        name = self.name if changed.options == self.options else _describe(self.name, changed)
        return dataclasses.replace(changed, name=name)

    @property
    def options(self) -> dict[str, Any]:
        """All options by name, in the order of the steps."""
        return {option: getattr(self, option) for option in _OPTIONS}

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of the steps that are on, in the order in which they work.

        Examples:
            >>> Normalizer.preset("lucene").steps
            ('tatweel', 'marks', 'alef', 'maksura', 'teh_marbuta')
        """
        return tuple(option for option, value in self.options.items() if value != _CHOICES.get(option, (None,))[0])

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over version, Unicode version, options and the tables made from them; not over the name.

        Examples:
            >>> len(Normalizer.preset("search").digest)
            64
        """
        return _digest(self)

    def __call__(self, obj: T) -> T:
        """The same as ``normalize(obj, self)``.

        Examples:
            >>> Normalizer.preset("search")(["أحمد", None])
            ['احمد', None]
        """
        return normalize(obj, self)

    def with_offsets(self, text: str) -> tuple[str, npt.NDArray[np.int64]]:
        """Normalise a string and say where each code point of the result came from.

        Args:
            text: a str.

        Returns:
            The normalised str, and for each of its code points the index in `text` of the code point that it came
            from: a composed letter from its base, each letter of a ligature from the ligature. Marks may change
            their order, so the indices need not rise.

        Raises:
            InputError: `text` is no str or holds an unpaired surrogate.

        Examples:
            >>> Normalizer.preset("dediac").with_offsets("كَتَبَ")
            ('كتب', array([0, 2, 4]))
        """
        if not isinstance(text, str):
            raise InputError(f"with_offsets takes a str, not {type(text).__name__}: {text!r:.60}")
        try:
            instructions = machine.instructions()
            result, offsets = self._core.text_with_offsets(str.__str__(text), instructions=instructions)
        except ValueError as error:
            raise InputError(str(error)) from None
        return result, np.frombuffer(offsets, dtype=np.int64)

    def changes(self) -> pl.DataFrame:
        """The code points that this normaliser changes by themselves, and to what.

        What depends on neighbours is not in the table: composition, hamza marks on alefs, elongation, and that
        U+200D stays between emoji.

        Returns:
            A row for each code point, in their order: code_point (UInt32), hex (String), result (String; empty:
            removed), result_hex (String), step (String; several joined by ", ").

        Examples:
            >>> Normalizer.preset("camel").changes().filter(pl.col("step") == "alef")["hex"].to_list()
            ['U+0622', 'U+0623', 'U+0625', 'U+0671']
        """
        plan = _plan(self)
        rows = []
        for code_point in sorted(plan.early.keys() | plan.late.keys()):
            result, steps = plan.trace(code_point)
            if steps:
                rows.append((code_point, _hex([code_point]), "".join(map(chr, result)), _hex(result), ", ".join(steps)))
        schema = {"code_point": pl.UInt32, "hex": pl.String, "result": pl.String}
        return pl.DataFrame(rows, schema={**schema, "result_hex": pl.String, "step": pl.String}, orient="row")

    def __repr__(self) -> str:
        if self.name.partition("(")[0] in _PRESETS and self.name == _describe(self.name, self):
            return f"Normalizer({self.name!r}, version={self.version!r})"
        on = "".join(f", {option}={getattr(self, option)!r}" for option in self.steps)
        return f"Normalizer({self.name!r}, version={self.version!r}{on})"

    def _repr_html_(self) -> str:
        from corpus_kit.display import show

        steps = [(option, str(self.options[option])) for option in self.steps]
        return show(pl.DataFrame(steps, ["step", "value"], orient="row"), caption=repr(self)).html


Profile: TypeAlias = str | Normalizer | None


def _check_choice(option: str, value: object, allowed: tuple[str | None, ...]) -> None:
    words = [word for word in allowed if word is not None]
    if value is None and None in allowed:
        return
    if not isinstance(value, str) or value not in words:
        choose(value, [*words, "None"] if None in allowed else words, f"value of {option}=")
        raise InputError(f"{option}= takes None itself, not the word {value!r}")


def _difference(preset: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that are not those of the preset."""
    plain = {option: _PRESETS[preset].get(option, _CHOICES.get(option, (None,))[0]) for option in _OPTIONS}
    return {option: value for option, value in options.items() if value != plain[option]}


def _describe(name: str, normalizer: Normalizer) -> str:
    """The name after a change: a preset's with the options that differ from it, another's with a star."""
    base = name.partition("(")[0]
    if base not in _PRESETS:
        return name if name == "custom" or name.endswith("*") else f"{name}*"
    difference = _difference(base, normalizer.options)
    details = ", ".join(f"{option}={value}" for option, value in difference.items())
    return f"{base}({details})" if details else base


def _hex(code_points: Iterable[int]) -> str:
    return " ".join(f"U+{code_point:04X}" for code_point in code_points)


# ---------------------------------------------------------------------------------------- tables


@dataclass(frozen=True)
class _Plan:
    """The tables of a normaliser: what each step does to a code point, before and after composition."""

    early_steps: tuple[tuple[str, Table], ...]
    late_steps: tuple[tuple[str, Table], ...]
    early: Table
    late: Table

    def trace(self, code_point: int) -> tuple[tuple[int, ...], list[str]]:
        """What becomes of one code point by itself, and by which steps."""
        current: tuple[int, ...] = (code_point,)
        steps = []
        for name, table in (*self.early_steps, *self.late_steps):
            changed = _apply(table, current)
            if changed != current and name not in steps:
                steps.append(name)
            current = changed
        return current, steps


def _apply(table: Table, code_points: Iterable[int]) -> tuple[int, ...]:
    return tuple(result for code_point in code_points for result in table.get(code_point, (code_point,)))


def _to(table: Mapping[int, int]) -> Table:
    return {code_point: (result,) for code_point, result in table.items()}


def _fold(code_points: Iterable[int], result: int) -> Table:
    return dict.fromkeys(code_points, (result,))


def _drop(code_points: Iterable[int]) -> Table:
    return dict.fromkeys(code_points, ())


def _combining(table: Table) -> tuple[Table, Table]:
    """A table of removals, parted: what is no combining mark goes before composition, the marks after it."""
    early = {code_point: result for code_point, result in table.items() if code_point not in arabic.COMBINING_CLASSES}
    return early, {code_point: result for code_point, result in table.items() if code_point not in early}


def _ligatures() -> Table:
    words = {**arabic.WORD_LIGATURES, **arabic.ORNATE_BRACKETS}
    return {code_point: tuple(map(ord, word)) for code_point, word in words.items()}


def _hamza(kind: str) -> Table:
    if kind == "bare":
        return _fold([*arabic.HAMZA_SEATS, *arabic.COMBINING_HAMZAS], arabic.HAMZA)
    return {**_to(arabic.HAMZA_SEATS), **_drop(arabic.COMBINING_HAMZAS)}


def _alefs(kind: str) -> frozenset[int]:
    more = {"hamza": (), "wasla": {arabic.ALEF_WASLA}, "all": arabic.ALEFS - {arabic.ALEF}}[kind]
    return arabic.ALEF_WITH_HAMZA_OR_MADDA.union(more)


def _merge(steps: Iterable[tuple[str, Table]]) -> Table:
    """One table that does what the steps do one after the other."""
    tables = [table for _, table in steps]
    changed = frozenset().union(*tables)
    merged: Table = {}
    for number, table in enumerate(tables):
        for code_point, result in table.items():
            if code_point not in merged:
                # later steps are asked only where one of them may change something, which is rare
                merged[code_point] = result if changed.isdisjoint(result) else _in_turn(tables[number + 1 :], result)
    return {code_point: result for code_point, result in merged.items() if result != (code_point,)}


def _in_turn(tables: Iterable[Table], code_points: tuple[int, ...]) -> tuple[int, ...]:
    for table in tables:
        code_points = _apply(table, code_points)
    return code_points


@lru_cache(maxsize=64)
def _plan(normalizer: Normalizer) -> _Plan:
    on = {option: getattr(normalizer, option) for option in normalizer.steps}
    marks = {"core": arabic.CORE_MARKS, "extended": arabic.EXTENDED_MARKS}.get(on.get("marks", ""), frozenset[int]())
    early_marks, late_marks = _combining(_drop(marks))
    early_signs, late_signs = _combining(_drop(arabic.QURANIC_SIGNS if "quranic" in on else ()))
    early = {
        "presentation": arabic.PRESENTATION_FORMS,
        "ligatures": _ligatures(),
        "controls": _drop(arabic.CONTROLS),
        "zwnj": _drop([arabic.ZWNJ]),
        "spaces": _fold(arabic.ODD_SPACES, 0x20),
        "tatweel": _drop([arabic.TATWEEL]),
        "marks": early_marks,
        "quranic": early_signs,
    }
    late = {
        "marks": late_marks,
        "quranic": late_signs,
        "dagger": _fold([arabic.DAGGER_ALEF], arabic.ALEF)
        if on.get("dagger") == "alef"
        else _drop([arabic.DAGGER_ALEF]),
        "lookalikes": _to(arabic.LOOKALIKES),
        "farsi": _to(arabic.FARSI_LETTERS),
        "hamza": _hamza(on.get("hamza", "seat")),
        "alef": _fold(_alefs(on.get("alef", "all")), arabic.ALEF),
        "maksura": _fold([arabic.ALEF_MAKSURA], arabic.YEH),
        "teh_marbuta": _fold([arabic.TEH_MARBUTA], arabic.HEH),
        "digits": _to(arabic.DIGITS),
        "case": _to(arabic.LOWER_CASE),
    }
    early_steps = tuple((name, table) for name, table in early.items() if name in on)
    late_steps = tuple((name, table) for name, table in late.items() if name in on)
    return _Plan(early_steps, late_steps, _merge(early_steps), _merge(late_steps))


def _tables(normalizer: Normalizer) -> dict[str, Any]:
    """The arguments of the core's Program."""
    plan = _plan(normalizer)
    composed = normalizer.composition == "nfc"
    groups: dict[str, Iterable[int]] = {}
    if normalizer.alef == "all":
        groups |= {"alefs": arabic.ALEFS, "hamzas": arabic.COMBINING_HAMZAS}
    if normalizer.elongation is not None:
        groups |= {
            "letters": arabic.LETTERS,
            "transparent": {arabic.TATWEEL, *arabic.COMBINING_CLASSES},
            "lam": [arabic.LAM],
            "heh": [arabic.HEH],
            "before_lam": arabic.ALEFS,
            "proclitics": [arabic.WAW, arabic.FEH, arabic.BEH, arabic.TEH, arabic.LAM, arabic.KAF],
        }
    if normalizer.controls == "drop":
        groups |= {"emoji": arabic.JOINED_EMOJI, "selectors": [arabic.EMOJI_SELECTOR]}
    return {
        "early": {code_point: result for code_point, result in plan.early.items() if code_point != arabic.ZWJ},
        "late": plan.late,
        "marks": arabic.COMBINING_CLASSES if composed or "hamzas" in groups else {},
        "pairs": [(letter, *parts) for letter, parts in arabic.DECOMPOSITIONS.items()] if composed else [],
        "groups": groups,
        "joiner": arabic.ZWJ if normalizer.controls == "drop" else -1,
        "elongation": normalizer.elongation or 0,
    }


@lru_cache(maxsize=64)
def _program(normalizer: Normalizer) -> Program:
    return Program(**_tables(normalizer))


@lru_cache(maxsize=64)
def _digest(normalizer: Normalizer) -> str:
    tables = _tables(normalizer)
    canonical = {
        "version": normalizer.version,
        "unicode": arabic.UNICODE_VERSION,
        "options": sorted((option, value) for option, value in normalizer.options.items()),
        "early": sorted((code_point, list(result)) for code_point, result in tables["early"].items()),
        "late": sorted((code_point, list(result)) for code_point, result in tables["late"].items()),
        "marks": sorted(tables["marks"].items()),
        "pairs": sorted(tables["pairs"]),
        "groups": sorted((name, sorted(members)) for name, members in tables["groups"].items()),
        "joiner": tables["joiner"],
    }
    return hashlib.sha256(json.dumps(canonical, separators=(",", ":"), ensure_ascii=True).encode()).hexdigest()


# ------------------------------------------------------------------------------------- functions

# The presets by name: made once, so that a call with a name finds its tables at once.
_presets: dict[str, Normalizer] = {name: Normalizer.preset(name) for name in PRESETS}


def resolve_profile(profile: Profile) -> Normalizer | None:
    """The normaliser that a `profile` argument means: a preset name, a Normalizer, or None for the text as it is.

    Raises:
        InputError: an unknown name (the message names the nearest) or something else.

    Examples:
        >>> resolve_profile("search")
        Normalizer('search', version='1')
        >>> resolve_profile("serach")
        Traceback (most recent call last):
        ...
        corpus_kit.errors.InputError: unknown profile 'serach'; did you mean 'search'? Allowed: repair, dediac, \
lucene, camel, search, classical, social
    """
    if isinstance(profile, str):
        return _presets.get(profile) or Normalizer.preset(profile)
    if profile is None or isinstance(profile, Normalizer):
        return profile
    raise InputError(
        f"profile= takes a preset's name, a Normalizer or None, not {type(profile).__name__}: {profile!r:.60}"
    )


def normalize_series(series: pl.Series, normalizer: Normalizer | None, *, threads: int | None = None) -> pl.Series:
    """Normalise a column; name and nulls stay, the result is of the type String. None leaves the text as it is.

    Args:
        series: of strings.
        normalizer: what is done, or None.
        threads: how many work on it at most; None: `corpus_kit.threads()`. They do not change the result.

    Raises:
        InputError: the column holds no strings.

    Examples:
        >>> normalize_series(pl.Series("word", ["مدرسة", None]), Normalizer.preset("search")).to_list()
        ['مدرسه', None]
    """
    texts = text_series(series)
    if normalizer is None:
        return texts
    try:
        capsules = normalizer._core.column(
            text_stream(texts),
            threads=machine.threads() if threads is None else threads,
            instructions=machine.instructions(),
        )
    except (ValueError, OverflowError) as error:
        raise InputError(f"the column {series.name!r} cannot be normalised: {error}") from None
    return series_from_core(series.name, capsules)


@overload
def normalize(obj: str, profile: Profile = "search") -> str: ...
@overload
def normalize(obj: list[str], profile: Profile = "search") -> list[str]: ...
@overload
def normalize(obj: list[str | None], profile: Profile = "search") -> list[str | None]: ...
@overload
def normalize(obj: pl.Series, profile: Profile = "search") -> pl.Series: ...
@overload
def normalize(obj: pl.Expr, profile: Profile = "search") -> pl.Expr: ...
def normalize(obj: Any, profile: Profile = "search") -> Any:
    """Normalise Arabic text: what is given comes back in the same form.

    Args:
        obj: a str, a list of str (None stays None), a Polars Series of strings or a Polars expression.
        profile: a preset's name (see `Normalizer.preset`), a Normalizer, or None for the text as it is.

    Returns:
        A str, list, Series (String; name and nulls kept) or expression (String; the same in eager, lazy and
        streaming execution).

    Raises:
        InputError: an unknown profile; something that holds no text; an unpaired surrogate in a str.

    Examples:
        >>> normalize("إلى المدرسة")
        'الي المدرسه'
        >>> normalize(["ﷺ", None, "كتاب"], "repair")
        ['ﷺ', None, 'كتاب']
        >>> pl.DataFrame({"word": ["أحمد"]}).select(normalize(pl.col("word"))).item()
        'احمد'
    """
    normalizer = resolve_profile(profile)
    if isinstance(obj, str):
        text = obj if type(obj) is str else str.__str__(obj)  # the core takes no subclass, such as numpy's
        if normalizer is None:
            return text
        try:  # here and not in a function of its own, which would take as long as the work on a few words
            return normalizer._core.text(text, instructions=machine.instructions())
        except ValueError as error:
            raise InputError(str(error)) from None
    if isinstance(obj, pl.Series):
        return normalize_series(obj, normalizer)
    if isinstance(obj, pl.Expr):
        if normalizer is None:
            return obj
        return obj.map_batches(
            # Polars calls this for each part of the column, its streaming engine from several threads at a time;
            # nothing tells which engine it is
            lambda series: normalize_series(series, normalizer, threads=1),
            return_dtype=pl.String,
            is_elementwise=True,
        )
    if isinstance(obj, list):
        return _normalize_list(obj, normalizer)
    raise InputError(
        f"obj= takes a str, a list of str, a Polars Series or an expression, not {type(obj).__name__}: {obj!r:.60}"
    )


def _normalize_list(texts: list[Any], normalizer: Normalizer | None) -> list[str | None]:
    if normalizer is None:
        return text_series(texts, argument="obj").to_list()
    try:
        return normalizer._core.texts(texts, instructions=machine.instructions())
    except (TypeError, ValueError) as error:
        text_series(texts, argument="obj")  # finds out what is no text, and says so as it does of a column
        raise InputError(str(error)) from None
