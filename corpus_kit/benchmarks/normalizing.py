"""Normalisation: strings, lists of strings, columns, and offsets into the original."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any

import polars as pl

import corpus_kit as ck
from corpus_kit.benchmarks.tasks import Make, Task, Way, ways_by_instructions

__all__ = ["TASKS"]

# What every peer can do: remove the marks U+064B-0652 and tatweel; fold alefs with hamza or madda, final yeh and teh
# marbuta. It is exactly the preset `lucene`. Code points on which the peers disagree are removed from the text first.
FOLD = "lucene"
MARKS = ck.Normalizer(name="marks", marks="core", tatweel="drop")

_MARKS = [chr(code_point) for code_point in range(0x64B, 0x653)]
_TABLES: dict[str, dict[str, str]] = {
    "marks": dict.fromkeys([*_MARKS, "ـ"], ""),
    "fold": {**dict.fromkeys([*_MARKS, "ـ"], ""), "أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه"},
}

Texts = list[str]


def _ours_each(profile: Any) -> Make:
    return lambda texts: lambda: [ck.normalize(text, profile) for text in texts]


def _ours_whole(profile: Any) -> Make:
    return lambda texts: lambda: ck.normalize(texts, profile)


def _translate(work: str) -> Make:
    table = str.maketrans(_TABLES[work])
    return lambda texts: lambda: [text.translate(table) for text in texts]


def _replace(work: str) -> Make:
    pairs = list(_TABLES[work].items())

    def one(text: str) -> str:
        for letter, result in pairs:
            text = text.replace(letter, result)
        return text

    return lambda texts: lambda: [one(text) for text in texts]


def _pyarabic_marks(texts: Texts) -> Callable[[], Texts]:
    from pyarabic import araby  # a peer, which may not be installed

    return lambda: [araby.strip_tatweel(araby.strip_tashkeel(text)) for text in texts]


def _pyarabic_fold(texts: Texts) -> Callable[[], Texts]:
    from pyarabic import araby  # a peer, which may not be installed

    def one(text: str) -> str:
        # normalize_alef would turn a final yeh into alef, and pyarabic has no function that turns it into yeh.
        text = araby.strip_tatweel(araby.strip_tashkeel(text)).replace("ى", "ي")
        folded: str = araby.normalize_teh(araby.normalize_alef(text))
        return folded

    return lambda: [one(text) for text in texts]


def _arabic_norm_options(work: str) -> dict[str, bool]:
    fold = work == "fold"
    return {"normalize_alif": fold, "normalize_ya": fold, "ta_marbuta": fold}


def _arabic_norm_each(work: str) -> Make:
    def make(texts: Texts) -> Callable[[], Texts]:
        import arabic_norm  # a peer, which may not be installed

        options = _arabic_norm_options(work)
        return lambda: [arabic_norm.normalize(text, **options) for text in texts]

    return make


def _arabic_norm_batch(work: str) -> Make:
    def make(texts: Texts) -> Callable[[], Any]:
        import arabic_norm  # a peer, which may not be installed

        options = _arabic_norm_options(work)
        return lambda: arabic_norm.normalize_batch(texts, **options)

    return make


def _arabic_normalize(work: str, *, many: bool) -> Make:
    def make(texts: Texts) -> Callable[[], Any]:
        import arabic_normalize  # a peer, which may not be installed

        fold = work == "fold"
        program = arabic_normalize.Normalizer(alef=fold, alef_maqsura=fold, ta_marbuta=fold, bidi_marks=False)
        if many:
            return lambda: program.normalize_many(texts)
        return lambda: [program.normalize(text) for text in texts]

    return make


def _string_ways(work: str, *, whole_list: bool) -> tuple[Way, ...]:
    profile = FOLD if work == "fold" else MARKS
    norm: dict[str, Any] = {"modules": ("arabic_norm",), "package": "arabic-norm"}
    normalize: dict[str, Any] = {"modules": ("arabic_normalize",), "package": "arabic-normalize"}
    ours = _ours_whole if whole_list else _ours_each
    ways = [Way("corpus-kit", "ours", ours(profile), "list")]
    if work == "fold":
        ways.append(Way("corpus-kit, search", "context", ours("search"), "list", note="does more: all of `search`"))
    if whole_list:
        ways += [
            *ways_by_instructions(ours(profile), "list"),
            Way("arabic-norm, batch", "peer", _arabic_norm_batch(work), "list", **norm),
            Way("arabic-normalize, many", "peer", _arabic_normalize(work, many=True), "list", **normalize),
        ]
    else:
        pyarabic = _pyarabic_fold if work == "fold" else _pyarabic_marks
        ways += [
            Way("arabic-norm", "peer", _arabic_norm_each(work), "list", **norm),
            Way("arabic-normalize", "peer", _arabic_normalize(work, many=False), "list", **normalize),
            Way("camel-tools", "peer", None, "list", package="camel-tools", environment="camel"),
            Way("pyarabic", "peer", pyarabic, "list", ("pyarabic",), "pyarabic"),
            Way("chained str.replace", "peer", _replace(work), "list"),
        ]
    return (*ways, Way("str.translate", "peer", _translate(work), "list"))


def _lazily(engine: Any) -> Make:
    def make(texts: pl.Series) -> Callable[[], pl.Series]:
        frame = texts.to_frame("text").lazy()
        query = frame.select(ck.normalize(pl.col("text"), FOLD))
        return lambda: query.collect(engine=engine)["text"]

    return make


def _replace_many(texts: pl.Series) -> Callable[[], pl.Series]:
    old, new = list(_TABLES["fold"]), list(_TABLES["fold"].values())
    return lambda: texts.str.replace_many(old, new)


def _map_elements(texts: pl.Series) -> Callable[[], pl.Series]:
    table = str.maketrans(_TABLES["fold"])
    return lambda: texts.map_elements(lambda text: text.translate(table), return_dtype=pl.String)


def _beside_a_busy_thread(make: Make) -> Make:
    """Let another thread of this interpreter compute as long as the call exists, as a notebook's or a server's may."""

    def made(texts: pl.Series) -> Callable[[], pl.Series]:
        call = make(texts)
        wanted = weakref.ref(call)

        def compute() -> None:
            while wanted() is not None:
                sum(range(1000))

        threading.Thread(target=compute, daemon=True, name="busy").start()
        return call

    return made


def _arabic_norm_column(texts: pl.Series) -> Callable[[], pl.Series]:
    import arabic_norm  # a peer, which may not be installed

    options = _arabic_norm_options("fold")
    return lambda: pl.Series(arabic_norm.normalize_batch(texts.to_list(), **options))


def _offsets_ours(texts: Texts) -> Callable[[], list[Any]]:
    program = ck.Normalizer.preset(FOLD)
    return lambda: [program.with_offsets(text) for text in texts]


def _offsets_python(texts: Texts) -> Callable[[], list[Any]]:
    """Use a plain loop: no library that we know of returns offsets."""
    table = _TABLES["fold"]

    def one(text: str) -> tuple[str, list[int]]:
        letters, offsets = [], []
        for place, letter in enumerate(text):
            result = table.get(letter, letter)
            if result:
                letters.append(result)
                offsets.append(place)
        return "".join(letters), offsets

    return lambda: [one(text) for text in texts]


def _texts_with_offsets(results: list[Any]) -> list[str]:
    return [f"{text} {list(map(int, offsets))}" for text, offsets in results]


def _code_points(texts: list[str] | pl.Series) -> list[int]:
    if isinstance(texts, pl.Series):
        return [int(texts.str.len_chars().sum())]
    return [sum(map(len, texts))]


TASKS = (
    Task(
        "normalize-marks", "Remove marks and tatweel: a str at a time", "agreed",
        _string_ways("marks", whole_list=False), list, _code_points,
    ),
    Task(
        "normalize-str", "Remove marks and fold letters: a str at a time", "agreed",
        _string_ways("fold", whole_list=False), list, _code_points, in_quick=True,
    ),
    Task(
        "normalize-list", "Remove marks and fold letters: a list of str", "agreed",
        _string_ways("fold", whole_list=True), list, _code_points,
    ),
    Task(
        "normalize-column", "Remove marks and fold letters: a Polars column", "agreed",
        (
            Way("corpus-kit", "ours", _ours_whole(FOLD)),
            *ways_by_instructions(_ours_whole(FOLD)),
            Way("corpus-kit, lazy", "ours", _lazily("in-memory")),
            Way("corpus-kit, streaming", "ours", _lazily("streaming")),
            Way(
                "corpus-kit, search", "context", _ours_whole("search"),
                note="does more: all of `search`",
            ),
            Way("Polars replace_many", "peer", _replace_many, package="polars"),
            Way("Polars map_elements, str.translate", "peer", _map_elements, package="polars"),
            Way(
                "arabic-norm, to a list and back", "peer", _arabic_norm_column, modules=("arabic_norm",),
                package="arabic-norm",
            ),
        ),
        lambda series: series.to_list(), _code_points, in_quick=True,
    ),
    Task(
        "normalize-busy", "Remove marks and fold letters: a Polars column, beside a busy Python thread", "agreed",
        (
            Way("corpus-kit", "ours", _beside_a_busy_thread(_ours_whole(FOLD))),
            Way("Polars replace_many", "peer", _beside_a_busy_thread(_replace_many), package="polars"),
        ),
        lambda series: series.to_list(), _code_points,
    ),
    Task(
        "normalize-offsets", "Remove marks and fold letters: with offsets", "agreed",
        (
            Way("corpus-kit", "ours", _offsets_ours, "list"),
            Way("a loop in Python", "peer", _offsets_python, "list"),
        ),
        _texts_with_offsets, lambda results: [sum(len(text) for text, _ in results)],
    ),
)  # fmt: skip
