"""Normalisation of Arabic: named steps, citable presets, offsets into the original.

A `Normalizer` is a set of options. It changes a text in this order:

0. The Uthmani spelling of printed Qurans becomes that of modern texts (``uthmani``); what follows is repeated with it
   until nothing changes.
1. Presentation forms become letters (``presentation``, ``ligatures``); invisible characters are removed
   (``controls``, ``zwnj``); unusual spaces become U+0020 (``spaces``); tatweel is removed (``tatweel``), and so are
   those signs of ``marks`` and ``quranic`` that are not combining marks (U+06E5, U+06DD, ...).
2. Each letter and the Arabic marks after it are put into canonical order and composed (``composition``).
3. Code points are removed or folded one by one, in the order ``marks``, ``quranic``, ``dagger``, ``lookalikes``,
   ``farsi``, ``hamza``, ``alef``, ``maksura``, ``teh_marbuta``, ``digits``, ``case``.
   Steps 2 and 3 are repeated while a cluster changes, so that U+0649 U+0654 becomes one letter, too. Then the hamza
   marks that are left are removed, if ``hamza`` says so.
4. Long runs of one letter are shortened (``elongation``).

U+0670 follows ``dagger`` alone, and the marks U+0654 and U+0655 follow ``hamza`` and ``alef`` alone, whatever
``marks`` says; with ``uthmani``, its rules come first. Normalisation is idempotent. A text with an unpaired surrogate
is refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, overload

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import integer, text_argument
from corpus_kit._base.columns import (
    ArrowArray,
    ArrowStream,
    arrow_column,
    series_from_core,
    text_series,
    text_stream,
)
from corpus_kit._core import Program
from corpus_kit.errors import InputError, choose, invalid, nearest
from corpus_kit.machine.instructions import instructions
from corpus_kit.machine.threads import threads_or_default
from corpus_kit.text.folding_tables import core_program, digest_of, plan_of

if TYPE_CHECKING:
    from corpus_kit.text.uthmani_program import UthmaniProgram

__all__ = ["PRESETS", "VERSION", "Normalizer", "Profile", "normalize", "normalize_series", "resolve_profile"]

# Incremented whenever the same options would give another result.
VERSION = "2"

T = TypeVar("T", str, list[str], list[str | None], pl.Series, pl.Expr)

# The values of each option; the first one changes nothing.
_CHOICES: dict[str, tuple[str | None, ...]] = {
    "uthmani": ("keep", "modern"),
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
    "hamza": ("keep", "marks", "seat", "bare"),
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
_SEARCH = {
    **_DEDIAC, **_FOLD, "quranic": "drop", "farsi": "arabic", "hamza": "marks", "alef": "all", "digits": "ascii",
    "case": "lower",
}  # fmt: skip
_PRESETS: dict[str, dict[str, Any]] = {
    "repair": _REPAIR,
    "dediac": _DEDIAC,
    "lucene": {**_FOLD, "alef": "hamza", "tatweel": "drop", "marks": "core"},
    "camel": {**_FOLD, "alef": "wasla", "marks": "core", "dagger": "drop"},
    "search": _SEARCH,
    "classical": {**_REPAIR, "tatweel": "drop", "quranic": "drop", "dagger": "keep"},
    "social": {**_SEARCH, "elongation": 2},
    "quran": {**_SEARCH, "uthmani": "modern", "dagger": "alef"},
}
PRESETS: tuple[str, ...] = tuple(_PRESETS)


@dataclass(frozen=True, kw_only=True, repr=False)
class Normalizer:
    """A normalisation as a value: frozen, hashable, with a digest that can be cited.

    Start from a preset (`Normalizer.preset`) and change it with `replace`. Without arguments it changes nothing.

    Args:
        name: The name shown in tables and citations.
        version: The version of the steps and their order, "2".
        uthmani: "modern" writes the Uthmani spelling of printed Qurans in modern letters, by the rules in
            `corpus_kit.text.uthmani`.
        presentation: "letters" turns presentation forms (U+FB50-FDFF, U+FE70-FEFF) into letters; an isolated mark
            becomes the mark without a space. Word ligatures such as U+FDFA stay.
        ligatures: "expand" spells out word ligatures and ornate brackets.
        controls: "drop" removes bidi controls, zero-width characters and the soft hyphen; ZWJ stays between emoji.
        zwnj: "drop" removes the zero-width non-joiner U+200C.
        spaces: "ascii" turns all other spaces (category Zs) into U+0020; tabs and line breaks stay.
        tatweel: "drop" removes U+0640.
        composition: "nfc" puts Arabic letters and marks into NFC.
        marks: "core" removes tashkeel (U+064B-0652), "extended" all marks of the script except hamzas and U+0670.
        quranic: "drop" removes Quranic annotation signs and keeps tashkeel.
        dagger: "drop" removes the dagger alef U+0670, "alef" turns it into alef.
        lookalikes: "on" (or True) turns letters of other orthographies into the Arabic letter they resemble.
        farsi: "arabic" turns Farsi yeh and keheh into yeh and kaf.
        hamza: "marks" removes the marks U+0654 and U+0655 from letters that have no form with hamza; "seat" keeps only
            the seat of U+0624 and U+0626 and removes both marks; "bare" turns all four into U+0621.
        alef: "hamza" folds U+0622, U+0623, U+0625 to U+0627, "wasla" also U+0671, "all" also U+0672 and U+0673, and
            removes a decomposed hamza on any alef.
        maksura: "yeh" turns U+0649 into U+064A.
        teh_marbuta: "heh" turns U+0629 into U+0647.
        digits: "ascii" turns Arabic-Indic and extended digits into 0-9.
        case: "lower" gives Latin letters their simple lower case.
        elongation: The longest run of one Arabic letter that is kept, or None; the lams of Allah become two, alefs at
            the end of a word, where there is never more than one, become one.

    Raises:
        InputError: If an option has an invalid value.

    Examples:
        >>> loose = Normalizer.preset("search").replace(hamza="seat")
        >>> loose
        Normalizer('search(hamza=seat)', version='2')
        >>> loose("المؤتمر الأوّل")
        'الموتمر الاول'
    """

    name: str = "custom"
    version: str = VERSION
    uthmani: Literal["keep", "modern"] = "keep"
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
    hamza: Literal["keep", "marks", "seat", "bare"] = "keep"
    alef: Literal["keep", "hamza", "wasla", "all"] = "keep"
    maksura: Literal["keep", "yeh"] = "keep"
    teh_marbuta: Literal["keep", "heh"] = "keep"
    digits: Literal["keep", "ascii"] = "keep"
    case: Literal["keep", "lower"] = "keep"
    elongation: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise invalid("name", "a str", self.name)
        choose(self.version, [VERSION], "version")
        if isinstance(self.lookalikes, bool):
            object.__setattr__(self, "lookalikes", "on" if self.lookalikes else "off")
        for option, allowed in _CHOICES.items():
            _check_choice(option, getattr(self, option), allowed)
        if self.elongation is not None:
            # the digest and the core take a plain int
            object.__setattr__(self, "elongation", _elongation(self.elongation))
        if self.name in _PRESETS and _difference(self.name, self.options):
            raise invalid("name", "another name than that of a preset", self.name, "The options differ from it.")

    @cached_property
    def _core(self) -> Program | UthmaniProgram:
        """The compiled tables, made on first use."""
        return core_program(self)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without the compiled tables, which cannot be pickled."""
        return {name: value for name, value in self.__dict__.items() if name != "_core"}

    @classmethod
    def preset(cls, name: str) -> Normalizer:
        """Return the preset of this name.

        Args:
            name: repair, dediac, lucene, camel, search, classical, social or quran.

        Raises:
            InputError: If there is no such preset; the message names the nearest.

        Examples:
            >>> Normalizer.preset("dediac")("هٰذا الرَّحْمٰن")
            'هذا الرحمن'
        """
        chosen = choose(name, PRESETS, "name")
        return cls(name=chosen, **_PRESETS[chosen])

    def replace(self, **options: Any) -> Normalizer:
        """Return a copy with other options; its name lists them unless `name` is given.

        Args:
            **options: Options of `Normalizer`.

        Raises:
            InputError: If an option or its value is unknown; the message names the nearest.

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
        """The names of the active steps, in the order in which they are applied.

        Examples:
            >>> Normalizer.preset("lucene").steps
            ('tatweel', 'marks', 'alef', 'maksura', 'teh_marbuta')
        """
        return tuple(option for option, value in self.options.items() if value != _CHOICES.get(option, (None,))[0])

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of version, Unicode version, options and the tables made from them, but not of the name.

        Examples:
            >>> len(Normalizer.preset("search").digest)
            64
        """
        return digest_of(self)

    def __call__(self, obj: T) -> T:
        """Return ``normalize(obj, self)``.

        Args:
            obj: What `normalize` takes.

        Examples:
            >>> Normalizer.preset("search")(["أحمد", None])
            ['احمد', None]
        """
        return normalize(obj, self)

    def with_offsets(self, text: str) -> tuple[str, npt.NDArray[np.int64]]:
        """Normalise a string and return where each code point of the result came from.

        Args:
            text: One text.

        Returns:
            The normalised str, and for each of its code points the index in `text` of its source: of a composed
            letter the base, of each letter of a ligature the ligature. Marks may be reordered, so the indices are
            not always ascending.

        Raises:
            InputError: If `text` is not a str or holds an unpaired surrogate.

        Examples:
            >>> Normalizer.preset("dediac").with_offsets("كَتَبَ")
            ('كتب', array([0, 2, 4]))
        """
        if not isinstance(text, str):
            raise invalid("text", "a str", text)
        try:  # the core finds surrogates while it reads: a check before it would read every text twice
            result, offsets = self._core.text_with_offsets(str.__str__(text), instructions=instructions())
        except ValueError as error:
            raise InputError(f"text must be a str without unpaired surrogates: {error}.") from None
        return result, np.frombuffer(offsets, dtype=np.int64)

    def changes(self) -> pl.DataFrame:
        """Return the code points that this normaliser changes, and what they become.

        The table leaves out what depends on neighbours: composition, hamza marks on alefs, elongation, the Uthmani
        spelling, and U+200D, which stays between emoji.

        Returns:
            A row for each code point, in ascending order: code_point (UInt32), hex (String), result (String, empty
            if removed), result_hex (String), step (String; several are joined by ", ").

        Examples:
            >>> Normalizer.preset("camel").changes().filter(pl.col("step") == "alef")["hex"].to_list()
            ['U+0622', 'U+0623', 'U+0625', 'U+0671']
        """
        plan = plan_of(self)
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
        from corpus_kit.display.show import show  # keeps the display out of `import corpus_kit`

        steps = [(option, str(self.options[option])) for option in self.steps]
        return show(pl.DataFrame(steps, ["step", "value"], orient="row"), caption=repr(self)).html


Profile: TypeAlias = str | Normalizer | None


def _check_choice(option: str, value: object, allowed: tuple[str | None, ...]) -> None:
    if value is None and None in allowed:
        return
    words = [word for word in allowed if word is not None]
    if None not in allowed:
        choose(value, words, option)
    elif not isinstance(value, str) or value not in words:
        raise invalid(option, f"{', '.join(map(repr, words))} or None", value, nearest(value, words))


def _elongation(value: object) -> int:
    number = integer(value, "elongation", least=1)
    if number > 2**31:
        raise invalid("elongation", "at most 2,147,483,648 letters", value)
    return number


def _difference(preset: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that differ from those of the preset."""
    plain = {option: _PRESETS[preset].get(option, _CHOICES.get(option, (None,))[0]) for option in _OPTIONS}
    return {option: value for option, value in options.items() if value != plain[option]}


def _describe(name: str, normalizer: Normalizer) -> str:
    """Return the name after a change: of a preset with the options that differ, of any other with a star."""
    base = name.partition("(")[0]
    if base not in _PRESETS:
        return name if name == "custom" or name.endswith("*") else f"{name}*"
    difference = _difference(base, normalizer.options)
    details = ", ".join(f"{option}={value}" for option, value in difference.items())
    return f"{base}({details})" if details else base


def _hex(code_points: Iterable[int]) -> str:
    return " ".join(f"U+{code_point:04X}" for code_point in code_points)


# ------------------------------------------------------------------------------------- functions

# Made once, so that a call with a preset's name is fast.
_presets: dict[str, Normalizer] = {name: Normalizer.preset(name) for name in PRESETS}


def resolve_profile(profile: Profile) -> Normalizer | None:
    """Return the normaliser that a `profile` argument means, or None for the text as it is.

    Args:
        profile: The name of a preset, a Normalizer, or None.

    Raises:
        InputError: If it is anything else; the message names the nearest preset.

    Examples:
        >>> resolve_profile("search")
        Normalizer('search', version='2')
        >>> resolve_profile("serach")
        Traceback (most recent call last):
        ...
        corpus_kit.errors.InputError: profile must be one of 'repair', 'dediac', 'lucene', 'camel', 'search', \
'classical', 'social', 'quran', got 'serach'. Did you mean 'search'?
    """
    if isinstance(profile, str):
        return _presets.get(profile) or _presets[choose(profile, PRESETS, "profile")]
    if profile is None or isinstance(profile, Normalizer):
        return profile
    raise invalid("profile", "the name of a preset, a Normalizer or None", profile, f"Presets: {', '.join(PRESETS)}.")


def normalize_series(series: pl.Series, normalizer: Normalizer | None, *, threads: int | None = None) -> pl.Series:
    """Normalise a column, keeping its name and its nulls; None leaves the text as it is.

    Args:
        series: A Series of strings.
        normalizer: The normaliser, or None.
        threads: The most threads to use, or None for `corpus_kit.threads`. The result does not depend on it.

    Returns:
        A Series (String).

    Raises:
        InputError: If the column does not hold strings.

    Examples:
        >>> normalize_series(pl.Series("word", ["مدرسة", None]), Normalizer.preset("search")).to_list()
        ['مدرسه', None]
    """
    texts = text_series(series, argument="obj")
    if normalizer is None:
        return texts
    try:
        capsules = normalizer._core.column(
            text_stream(texts),
            threads=threads_or_default(threads),
            instructions=instructions(),
        )
    except (ValueError, OverflowError) as error:
        raise InputError(f"cannot normalise the column {series.name!r}: {error}") from None
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
@overload
def normalize(obj: ArrowStream | ArrowArray, profile: Profile = "search") -> pl.Series: ...
def normalize(obj: Any, profile: Profile = "search") -> Any:
    """Normalise Arabic text and return it in the form in which it was given.

    Args:
        obj: A str, a list of str (None stays None), a Polars Series of strings, a Polars expression, or a column of
            another library that exports Arrow data (pyarrow, pandas, DuckDB, ...), which becomes a Polars Series.
        profile: The name of a preset (see `Normalizer.preset`), a Normalizer, or None for the text as it is.

    Returns:
        A str, list, Series (String; name and nulls are kept) or expression (String; the same in eager, lazy and
        streaming execution).

    Raises:
        InputError: If `profile` is unknown, `obj` is not text, or a str holds an unpaired surrogate.

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
        try:  # inlined: a further call would take as long as normalising a few words
            return normalizer._core.text(text, instructions=instructions())
        except ValueError as error:
            text_argument(text, "obj")
            raise InputError(f"cannot normalise the text: {error}") from None
    if isinstance(obj, pl.Series):
        return normalize_series(obj, normalizer)
    if isinstance(obj, pl.Expr):
        if normalizer is None:
            return obj
        return obj.map_batches(
            # One thread: Polars calls this for each chunk, and its streaming engine does so from several threads.
            lambda series: normalize_series(series, normalizer, threads=1),
            return_dtype=pl.String,
            is_elementwise=True,
        )
    if isinstance(obj, list):
        return _normalize_list(obj, normalizer)
    series = arrow_column(obj, "obj")
    if series is not None:
        return normalize_series(series, normalizer)
    raise invalid("obj", "a str, a list of str, a Polars Series or expression, or another Arrow column", obj)


def _normalize_list(texts: list[Any], normalizer: Normalizer | None) -> list[str | None]:
    if normalizer is None:
        return text_series(texts, argument="obj").to_list()
    try:
        return normalizer._core.texts(texts, instructions=instructions())
    except (TypeError, ValueError) as error:
        text_series(texts, argument="obj")  # finds the item that is not text and raises the usual error
        raise InputError(f"cannot normalise the texts: {error}") from None
