"""N-grams: from a text column to a table of counts.

All ways split at white space. It is reduced to single spaces first, so that all find the same tokens; Polars and DuckDB
split at one space, which is their fastest way. Their rows may have any order, and Polars may return codes without
words; corpus-kit sorts by count and returns the words of its ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import polars as pl

import corpus_kit as ck
from corpus_kit.benchmarks.tasks import Make, Task, Way, ways_by_instructions

__all__ = ["TASKS"]

Orders = range


def _ours(orders: Orders, *, strings: bool = False, documents: bool = False, min_count: int = 1) -> Make:
    count: Callable[..., Any] = ck.count_ngrams if strings else ck.count_ngram_ids

    def make(texts: pl.Series) -> Callable[[], Any]:
        return lambda: count(
            texts,
            (orders[0], orders[-1]),
            min_count=min_count,
            profile=None,
            tokenizer="whitespace",
            document_frequency=documents,
        )

    return make


def _ours_search(orders: Orders) -> Make:
    return lambda texts: lambda: ck.count_ngrams(texts, (orders[0], orders[-1]))


# ------------------------------------------------------------------------------------------ Polars


def _polars(orders: Orders, *, codes: bool, strings: bool = False, documents: bool = False, min_count: int = 1) -> Make:
    """Group each word with those that follow it, as codes of a Categorical or as strings.

    The call returns a list of tables, one for each n, and the Categorical column of the codes.
    """

    def make(texts: pl.Series) -> Callable[[], tuple[list[pl.DataFrame], pl.Series | None]]:
        def run() -> tuple[list[pl.DataFrame], pl.Series | None]:
            frame = texts.to_frame("text").with_row_index("d").filter(pl.col("text") != "")
            words = frame.select("d", w1=pl.col("text").str.split(" ")).explode("w1")
            coded: pl.Series | None = None
            if codes:
                coded = words["w1"].cast(pl.Categorical)
                words = words.with_columns(w1=coded.to_physical())
            frames = [_polars_grouped(words, n, documents=documents, min_count=min_count) for n in orders]
            if strings:
                named = None if coded is None else _categories(coded)
                frames = [_joined(frame, named) for frame in frames]
            return frames, coded

        return run

    return make


def _polars_grouped(words: pl.DataFrame, n: int, *, documents: bool, min_count: int) -> pl.DataFrame:
    columns = [f"w{place}" for place in range(1, n + 1)]
    query = words.lazy().with_columns(pl.col("w1").shift(-place).alias(f"w{place + 1}") for place in range(1, n))
    if n > 1:
        query = query.filter(pl.col("d").shift(1 - n) == pl.col("d"))
    measures = {"count": pl.len()} | ({"documents": pl.col("d").n_unique()} if documents else {})
    grouped = query.group_by(columns).agg(**measures)
    return (grouped.filter(pl.col("count") >= min_count) if min_count > 1 else grouped).collect()


def _categories(coded: pl.Series) -> pl.Series:
    """Return the word of each code; the row number is the code."""
    pairs = pl.DataFrame({"code": coded.to_physical(), "word": coded}).unique("code").sort("code")
    size = (pairs["code"][-1] if pairs.height else -1) + 1
    if pairs.height == size:
        return pairs["word"].cast(pl.String)
    every = pl.DataFrame({"code": pl.arange(0, size, eager=True).cast(pairs["code"].dtype)})
    return every.join(pairs, on="code", how="left", maintain_order="left")["word"].cast(pl.String)


def _joined(frame: pl.DataFrame, named: pl.Series | None) -> pl.DataFrame:
    """Join the words of each n-gram, given as words or codes, to one string."""
    words = [name for name in frame.columns if name[0] == "w"]
    parts = [frame[name] if named is None else named.gather(frame[name]).alias(name) for name in words]
    ngram = pl.DataFrame(parts).select(pl.concat_str(pl.all(), separator=" ").alias("ngram")).to_series()
    return frame.select(ngram, pl.exclude(words))


# ------------------------------------------------------------------------------------------ DuckDB


class _Stream:
    """A Polars table as an Arrow stream, which DuckDB reads without pyarrow."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def _duckdb(orders: Orders, *, strings: bool = False, documents: bool = False, min_count: int = 1) -> Make:
    """Count with SQL over lists; the call returns the connection, whose tables hold the counts."""

    def make(texts: pl.Series) -> Callable[[], Any]:
        import duckdb  # a peer, which may not be installed

        stream = _Stream(texts.to_frame("t"))

        def run() -> Any:
            base = duckdb.connect()
            base.execute(f"set threads = {ck.threads()}")
            base.execute("set preserve_insertion_order = false")
            base.register("given", stream)
            base.execute(
                "create table l as select row_number() over () d, string_split(t, ' ') l from given where t <> ''"
            )
            for n in orders:
                base.execute(_duckdb_query(n, strings=strings, documents=documents, min_count=min_count))
            return base

        return run

    return make


def _duckdb_query(n: int, *, strings: bool, documents: bool, min_count: int) -> str:
    columns = [f"w{place + 1}" for place in range(n)]
    cut = ", ".join(f"unnest(l[{place + 1} : len(l) - {n - 1 - place}]) {name}" for place, name in enumerate(columns))
    shown = f"concat_ws(' ', {', '.join(columns)}) ngram" if strings else ", ".join(columns)
    return (
        f"create table r{n} as select {shown}, count(*) as count"
        + (", count(distinct d) documents" if documents else "")
        + f" from (select d, {cut} from l where len(l) >= {n}) group by {', '.join(columns)}"
        + (f" having count(*) >= {min_count}" if min_count > 1 else "")
    )


# ------------------------------------------------------------------------- Python and its libraries


def _sklearn(orders: Orders, *, documents: bool) -> Make:
    """Count with CountVectorizer and str.split; the call returns the sums of its matrix, and the names."""

    def make(texts: list[str]) -> Callable[[], Any]:
        from sklearn.feature_extraction.text import CountVectorizer  # a peer, which may not be installed

        def run() -> Any:
            vectorizer = CountVectorizer(
                tokenizer=str.split, token_pattern=None, lowercase=False, ngram_range=(orders[0], orders[-1])
            )
            matrix = vectorizer.fit_transform(texts)
            counts = np.asarray(matrix.sum(axis=0)).ravel()
            in_documents = np.bincount(matrix.indices, minlength=matrix.shape[1]) if documents else None
            return vectorizer.vocabulary_, counts, in_documents

        return run

    return make


def _counter(orders: Orders, *, documents: bool = False, min_count: int = 1) -> Make:
    def make(texts: list[str]) -> Callable[[], Any]:
        def run() -> Any:
            counts: Counter[Any] = Counter()
            in_documents: Counter[Any] = Counter()
            for text in texts:
                tokens = text.split()
                for n in orders:
                    found = list(zip(*(tokens[place:] for place in range(n)), strict=False))
                    counts.update(found)
                    if documents:
                        in_documents.update(set(found))
            kept = counts if min_count == 1 else {key: count for key, count in counts.items() if count >= min_count}
            return kept, in_documents if documents else None

        return run

    return make


def _nltk(orders: Orders) -> Make:
    def make(texts: list[str]) -> Callable[[], Any]:
        from nltk import FreqDist  # a peer, which may not be installed
        from nltk.util import ngrams  # likewise

        def run() -> Any:
            counts = FreqDist()
            for text in texts:
                tokens = text.split()
                for n in orders:
                    counts.update(ngrams(tokens, n))
            return counts, None

        return run

    return make


# ------------------------------------------------------------------------------- results, compared


def _frame(ngrams: Iterable[Any], counts: Any, documents: Any) -> pl.DataFrame:
    columns = {"ngram": list(ngrams), "count": counts} | ({} if documents is None else {"documents": documents})
    return pl.DataFrame(columns)


def counts_of(result: Any, *, documents: bool = False) -> pl.DataFrame:
    """Return the result of any way as a table (ngram, count[, documents]), sorted by n-gram."""
    names = ["ngram", "count", *(["documents"] if documents else [])]
    frame = pl.concat([part.select(names).with_columns(pl.exclude("ngram").cast(pl.Int64)) for part in _parts(result)])
    return frame.sort("ngram")


def _parts(result: Any) -> list[pl.DataFrame]:
    if isinstance(result, pl.DataFrame):  # ours, strings
        return [result]
    if not isinstance(result, tuple):  # DuckDB
        tables = [
            name
            for (name,) in result.execute(
                "select table_name from duckdb_tables() where table_name like 'r%'"
            ).fetchall()
        ]
        return [_of_duckdb(result, name) for name in tables]
    first, second = result[0], result[1]
    if isinstance(first, pl.DataFrame):  # ours, ids
        return [
            _joined(part.select(pl.exclude([f"w{place}" for place in range(n + 1, 9)], "n")), second)
            for (n,), part in first.partition_by("n", as_dict=True).items()
        ]
    if isinstance(first, list):  # Polars
        named = None if second is None else _categories(second)
        return [frame if "ngram" in frame.columns else _joined(frame, named) for frame in first]
    if len(result) == 3:  # scikit-learn
        vocabulary, counts, documents = result
        places = list(vocabulary.values())
        return [_frame(vocabulary, counts[places], None if documents is None else documents[places])]
    pairs = list(first.items())  # not `for key in first`: a FreqDist iterates over its keys in an order of its own
    documents = None if second is None else [second[key] for key, _ in pairs]
    return [_frame((" ".join(key) for key, _ in pairs), [count for _, count in pairs], documents)]


def _of_duckdb(base: Any, table: str) -> pl.DataFrame:
    columns = [name for name, *_ in base.execute(f"describe {table}").fetchall()]
    values = base.execute(f"from {table}").fetchnumpy()
    frame = pl.DataFrame({name: list(values[name]) for name in columns})
    return frame if "ngram" in columns else _joined(frame, None)


def totals_of(result: Any) -> list[int]:
    """Return the number of distinct n-grams and the sum of their counts."""
    if isinstance(result, pl.DataFrame):
        return [result.height, int(result["count"].sum())]
    if not isinstance(result, tuple):
        tables = [
            name
            for (name,) in result.execute(
                "select table_name from duckdb_tables() where table_name like 'r%'"
            ).fetchall()
        ]
        sums = [result.execute(f"select count(*), coalesce(sum(count), 0) from {name}").fetchone() for name in tables]
        return [sum(int(row[0]) for row in sums), sum(int(row[1]) for row in sums)]
    first = result[0]
    if isinstance(first, pl.DataFrame):
        return [first.height, int(first["count"].sum())]
    if isinstance(first, list):
        return [sum(frame.height for frame in first), sum(int(frame["count"].sum()) for frame in first)]
    if len(result) == 3:
        return [len(first), int(result[1].sum())]
    return [len(first), sum(first.values())]


def _task(
    name: str, title: str, orders: Orders, *, documents: bool = False, min_count: int = 1, strings: bool = False,
    in_quick: bool = False,
) -> Task:  # fmt: skip
    options: dict[str, Any] = {"documents": documents, "min_count": min_count}
    nltk: dict[str, Any] = {"modules": ("nltk",), "package": "nltk"}
    sklearn: dict[str, Any] = {"modules": ("sklearn",), "package": "scikit-learn"}
    duckdb: dict[str, Any] = {"modules": ("duckdb",), "package": "duckdb"}
    make = _ours(orders, strings=strings, **options)
    ours = [Way("corpus-kit", "ours", make), *(ways_by_instructions(make) if in_quick else [])]
    if not documents and min_count == 1 and not strings:
        ours.append(
            Way(
                "corpus-kit, search", "context", _ours_search(orders),
                note="does more: full tokeniser, `search`, documents, strings",
            )
        )  # fmt: skip
    ways = [
        *ours,
        Way("Polars, codes", "peer", _polars(orders, codes=True, strings=strings, **options), package="polars"),
        Way("Polars, strings", "peer", _polars(orders, codes=False, strings=strings, **options), package="polars"),
        Way("DuckDB", "peer", _duckdb(orders, strings=strings, **options), **duckdb),
    ]
    if min_count == 1:  # it has no threshold for counts
        ways.append(
            Way("scikit-learn CountVectorizer", "peer", _sklearn(orders, documents=documents), "list", **sklearn)
        )
    if not strings:
        ways.append(Way("collections.Counter", "peer", _counter(orders, **options), "list"))
    if not (documents or strings or min_count > 1):
        ways.append(Way("NLTK FreqDist", "peer", _nltk(orders), "list", **nltk))
    return Task(
        name, title, "spaced", tuple(ways), lambda result: counts_of(result, documents=documents), totals_of,
        in_quick=in_quick,
    )  # fmt: skip


TASKS = (
    _task("ngrams-1", "n-grams, n = 1", range(1, 2)),
    _task("ngrams-2", "n-grams, n = 2", range(2, 3), in_quick=True),
    _task("ngrams-3", "n-grams, n = 3", range(3, 4)),
    _task("ngrams-1to5", "n-grams, n = 1 to 5", range(1, 6)),
    _task("ngrams-documents", "n-grams, n = 1 to 3, with document frequency", range(1, 4), documents=True),
    _task("ngrams-pruned", "n-grams, n = 5, those seen twice or more", range(5, 6), min_count=2),
    _task("ngrams-strings", "n-grams, n = 2, as strings", range(2, 3), strings=True),
)
