"""The normaliser in each of its variants, and the peers that can be imported.

``python tests/bench/bench_normalize.py [articles.parquet]`` prints the table: MB/s of UTF-8 input, the best of several
runs that take turns. ``--cpu`` measures CPU time instead of wall-clock time, for a shared machine. Peers are compared
on steps that all of them have, after their results were compared.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit._base.columns import text_stream
from corpus_kit._core import INSTRUCTIONS
from corpus_kit.text.normalization import Normalizer

Work = Callable[[], Any]

# Steps that peers have, too: remove tashkeel, dagger alef and tatweel; fold alefs, alef maksura and teh marbuta.
COMMON = Normalizer(marks="core", dagger="drop", tatweel="drop", alef="wasla", maksura="yeh", teh_marbuta="heh")
FOLDED = {"آ": "ا", "أ": "ا", "إ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه"}
TABLE = FOLDED | dict.fromkeys([*map(chr, range(0x64B, 0x653)), "\u0670", "\u0640"], "")
TRANSLATION = str.maketrans(TABLE)
MADDAH_ABOVE = "\u0653"  # arabic_norm and arabic_normalize remove it, too


def chained(text: str) -> str:
    for old, new in TABLE.items():
        text = text.replace(old, new)
    return text


def peers_of_str() -> dict[str, Callable[[str], str]]:
    """Return the installed peers that take one string."""
    found: dict[str, Callable[[str], str]] = {
        "str.translate": lambda text: text.translate(TRANSLATION),
        "chained str.replace": chained,
    }
    for name in ("arabic_norm", "arabic_normalize"):
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        if name == "arabic_norm":
            found[name] = lambda text, call=module.normalize: call(text, ta_marbuta=True)  # type: ignore[misc]
        else:
            found[name] = module.Normalizer(alef_maqsura=True, ta_marbuta=True, bidi_marks=False).normalize
    return found


def polars_many(texts: pl.Series) -> pl.Series:
    return texts.str.replace_many(list(TABLE), list(TABLE.values()))


def with_instructions(name: str, work: Work) -> Work:
    def run() -> Any:
        ck.set_instructions(name)
        try:
            return work()
        finally:
            ck.set_instructions(None)

    return run


def with_threads(number: int, work: Work) -> Work:
    def run() -> Any:
        ck.set_threads(number)
        try:
            return work()
        finally:
            ck.set_threads(None)

    return run


def variants(texts: pl.Series, normalizer: Normalizer) -> dict[str, Work]:
    """Return each path of the normaliser, by name."""
    articles = texts.to_list()
    whole = "\n".join(articles)
    frame = texts.to_frame("t").lazy().select(normalizer(pl.col("t")))
    stream = pl.concat([texts, texts[:0]], rechunk=True)
    works: dict[str, Work] = {}
    for name in INSTRUCTIONS:
        ways: dict[str, Work] = {
            "str, all in one": lambda: normalizer(whole),
            "str, each article": lambda: [normalizer(article) for article in articles],
            "list of str": lambda: normalizer(articles),
            "with_offsets, all in one": lambda: normalizer.with_offsets(whole),
            "column, core only": lambda: normalizer._core.column(text_stream(stream), instructions=ck.instructions()),
            "column, 1 thread": with_threads(1, lambda: normalizer(texts)),
            "column, 2 threads": with_threads(2, lambda: normalizer(texts)),
            "lazy, in memory": lambda: frame.collect(engine="in-memory"),
            "lazy, streaming": lambda: frame.collect(engine="streaming"),
        }
        works |= {f"{name}: {way}": with_instructions(name, work) for way, work in ways.items()}
    return works


def peers(texts: pl.Series) -> dict[str, Work]:
    """Return the peers, and ours with the same steps."""
    articles = texts.to_list()
    works: dict[str, Work] = {
        name: lambda call=call: [call(article) for article in articles]  # type: ignore[misc]
        for name, call in peers_of_str().items()
    }
    works["polars replace_many"] = lambda: polars_many(texts)
    for name in INSTRUCTIONS:
        works[f"{name}: list of str"] = with_instructions(name, lambda: COMMON(articles))
        works[f"{name}: column, 1 thread"] = with_instructions(name, with_threads(1, lambda: COMMON(texts)))
    return works


def disagreeing(texts: pl.Series) -> list[str]:
    """Return the peers whose results differ from ours, on articles without characters that peers treat differently."""
    texts = texts.filter(~texts.str.contains(MADDAH_ABOVE, literal=True))
    articles, expected = texts.to_list(), COMMON(texts).to_list()
    results = {name: [call(article) for article in articles] for name, call in peers_of_str().items()}
    results["polars replace_many"] = polars_many(texts).to_list()
    return [name for name, result in results.items() if result != expected]


def seconds(works: dict[str, Work], rounds: int, clock: Callable[[], float] = time.perf_counter) -> dict[str, float]:
    """Return the shortest time of each; all take turns, so that a busy moment affects all."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            begun = clock()
            result = work()
            best[name] = min(best[name], clock() - begun)
            del result
    return best


def short_string() -> dict[str, float]:
    """Return the nanoseconds of a whole call on a phrase of 20 letters."""
    phrase, calls = "المدرسة الابتدائية ال", 20_000
    search = Normalizer.preset("search")
    ways: dict[str, Work] = {
        'ck.normalize(word, "search")': lambda: ck.normalize(phrase, "search"),
        "normalizer(word)": lambda: search(phrase),
        "str.translate": lambda: phrase.translate(TRANSLATION),
    }
    many: dict[str, Work] = {way: lambda work=work: [work() for _ in range(calls)] for way, work in ways.items()}
    return {way: 1e9 * best / calls for way, best in seconds(many, 7).items()}


@pytest.mark.parametrize("instructions", INSTRUCTIONS)
@pytest.mark.parametrize("way", ["list of str", "with_offsets, all in one", "column, 1 thread", "column, 2 threads"])
def test_variants(benchmark: Any, articles: pl.Series, way: str, instructions: str) -> None:
    work = variants(articles, Normalizer.preset("search"))[f"{instructions}: {way}"]
    assert benchmark.pedantic(work, rounds=5, warmup_rounds=1) is not None


def test_peers_agree(benchmark: Any, articles: pl.Series) -> None:
    """Times are comparable only if the results are equal."""
    assert disagreeing(articles.head(2000)) == []
    benchmark.pedantic(lambda: None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path, help="Parquet file with a column content")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", default="search")
    parser.add_argument("--cpu", action="store_true", help="measure CPU time instead of wall-clock time")
    given = parser.parse_args()
    texts = pl.read_parquet(given.articles, columns=["content"])["content"].drop_nulls().rechunk()
    clock = time.process_time if given.cpu else time.perf_counter
    megabytes = int(texts.str.len_bytes().sum()) / 1e6
    print(f"{len(texts)} articles, {megabytes:.1f} MB; peers with other results: {disagreeing(texts) or 'none'}")
    for works in (variants(texts, Normalizer.preset(given.profile)), peers(texts)):
        for name, best in seconds(works, given.rounds, clock).items():
            print(f"{name:42} {megabytes / best:8.0f} MB/s")
    for name, nanoseconds in short_string().items():
        print(f"{name:42} {nanoseconds:8.0f} ns")


if __name__ == "__main__":
    main()
