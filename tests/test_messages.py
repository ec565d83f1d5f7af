"""Messages about arguments have one form: ``NAME must be WHAT, got VALUE.``

Every public function is called with `object()` for each of its arguments in turn, the others being valid.
"""

from __future__ import annotations

import datetime
import inspect
import re
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, wraps
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.samples import sample_actors

Call = Callable[..., Any]


FOLDER = Path("a-folder-that-is-not-there")


@cache
def corpus() -> ck.Corpus:
    return ck.sample_corpus()


@cache
def part() -> ck.Corpus:
    """Return thirty items, enough for computations that precede the check of an argument."""
    return corpus().filter(pl.col("document") < 30)


@cache
def rest() -> ck.Corpus:
    return corpus().filter(pl.col("document") >= 30)


@pytest.fixture(scope="module", autouse=True)
def whole(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    """Return a corpus that tests may change, in a writable folder."""
    VALID["save.path"] = lambda: tmp_path_factory.getbasetemp() / "table.csv"
    VALID["export_codes.path"] = lambda: tmp_path_factory.getbasetemp() / "tasks.jsonl"
    texts = pl.DataFrame({"text": ["قال الوزير نعم.", "غادر الوفد."], "outlet": ["a", "b"]})
    INSTANCES["Corpus"] = cache(lambda: ck.Corpus.build(texts, tmp_path_factory.mktemp("messages") / "corpus"))
    return INSTANCES["Corpus"]()


@cache
def pairs() -> pl.DataFrame:
    return ck.news.near_duplicates(corpus())


@cache
def edges() -> pl.DataFrame:
    return ck.news.network(part())


@cache
def concordance() -> ck.Concordance:
    return ck.kwic(part(), "في")


@cache
def coding_project() -> ck.CodingProject:
    folder = tempfile.mkdtemp()
    project = ck.coding_project(folder, concordance(), coders=["sara", "ali"], sample=4)
    VALID["CodingProject.give.item"] = VALID["CodingProject.decide.item"] = lambda: project.sample.row(0, named=True)
    return project


@cache
def sheet() -> pl.DataFrame:
    columns = {"hit": [0], "id": ["x"], "position": [0], "dimension": ["level"], "category": ["دولي"]}
    return pl.DataFrame({**columns, "coder1": ["yes"], "coder2": ["yes"]})


# Valid values of required arguments, by function and argument or by argument name.
VALID: dict[str, Callable[[], Any]] = {
    "by": lambda: "outlet",
    "code": lambda: "x",
    "coder": lambda: "sara",
    "corpus": part,
    "document": lambda: 0,
    "edges": edges,
    "folder": lambda: FOLDER,
    "format": lambda: "conllu",
    "graph_or_edges": edges,
    "hits": lambda: ck.news.frames(part()),
    "line": lambda: 0,
    "lines": concordance,
    "news.side_by_side.pair": lambda: ("mada-2026-01-05-1", "unqud-2026-01-05-2"),
    "metadata": lambda: "outlet",
    "clusters": lambda: ck.news.duplicate_clusters(corpus()),
    "n": lambda: 2,
    "name": lambda: "scalar",
    "layer": lambda: "tags",
    "limit": lambda: None,
    "number": lambda: 1,
    "obj": lambda: "نص",
    "out": lambda: FOLDER / "out",
    "page": lambda: 1,
    "path": lambda: FOLDER / "file.csv",
    "pattern": lambda: "في",
    "rows": lambda: [0],
    "query": lambda: '"في"',
    "reference": rest,
    "sheet": sheet,
    "size": lambda: 2,
    "sheets": lambda: [pl.DataFrame({"id": ["a", "b"], "code": ["x", "y"]})] * 2,
    "sort": lambda: "node",
    "source": lambda: pl.DataFrame({"text": ["نص"]}),
    "table": lambda: ck.frequency(part()),
    "target": part,
    "text": lambda: "نص",
    "texts": lambda: ["نص"],
    "window": lambda: 3,
    "word": lambda: "في",
    "other": lambda: "من",
    "words": lambda: ["نص"],
    "Concordance.match_codes.codes": lambda: concordance().frame.head(1).with_columns(code=pl.lit("x")),
    "Concordance.with_provenance.frame": lambda: concordance().frame,
    "Corpus.others.part": lambda: INSTANCES["Corpus"](),
    "Corpus.exclude.spans": lambda: pl.DataFrame({"document": [0], "start": [0], "end": [1]}),
    "FrameDictionary.of.tables": dict,
    "Gazetteer.group.name": lambda: "states",
    "cqp.query": lambda: '"في"',
    "export_codes.source": part,
    "fit_zipf_mandelbrot.source": part,
    "news.period_names.every": lambda: "year",
    "news.period_names.periods": lambda: pl.Series([datetime.date(2026, 1, 1)]),
    "news.write_graphml.path": lambda: FOLDER / "network.graphml",
    "plot.bursts.table": lambda: ck.news.bursts(corpus(), "المسيرات"),
    "plot.collocations.table": lambda: ck.collocations(part(), "السهل"),
    "plot.frame_rates.table": lambda: ck.news.frame_rates(part(), by="outlet", n_bootstrap=0),
    "plot.frequency_dispersion.table": lambda: ck.dispersion(part()),
    "plot.growth.table": lambda: ck.vocabulary_growth(part()),
    "plot.keyness.table": lambda: ck.keyness(part(), rest()),
    "plot.labels.table": lambda: ck.news.labels(part(), sample_actors(), by="outlet"),
    "plot.near_duplicates.table": lambda: ck.news.near_duplicates(corpus(), by="outlet"),
    "plot.png.chart": lambda: ck.plot.frequency(ck.frequency(part())),
    "plot.trend.table": lambda: ck.trend(corpus(), "المسيرات", every="month"),
    "period_names.every": lambda: "year",
    "period_names.periods": lambda: pl.Series([datetime.date(2026, 1, 1)]),
    "trend.patterns": lambda: "في",
    "trend_tests.patterns": lambda: "في",
    "plot.scaling.table": lambda: pl.DataFrame({"million_tokens": [1.0], "seconds": [1.0]}),
    "precision.sheets": lambda: ck.validate(concordance(), n=2),
    "validate.table": concordance,
    "scale.count_ngrams.source": lambda: FOLDER / "texts.parquet",
}
# Options without which an argument is not checked.
OPTIONS: dict[str, dict[str, Any]] = {
    "Corpus.annotate.name": {"annotator": lambda words: [([word], word) for word in words]},
    "frequency.date": {"every": "week"},
    "keyness": {"reference": pl.DataFrame({"word": ["في"], "count": [1]})},
    "keyness.by": {"reference": None},
    "kwic.seed": {"sample": 3},
    "news.coding_sheet": {"dimension": "means"},
    "news.coding_sheet.seed": {"sample": 3},
    "news.coding_sheet.stratify": {"sample": 3},
    "news.dictionary_precision": {"dimension": "level"},
    "news.edits": {"pairs": None},
    "news.frame_rates.date": {"every": "week"},
    "news.frame_rates.week_start": {"every": "week"},
    "news.label_log_odds": {"actors": sample_actors(), "by": "outlet"},
    "news.labels": {"actors": sample_actors()},
    "news.labels.confidence": {"interval": "wilson"},
    "news.labels.date": {"every": "week"},
    "news.labels.seed": {"n_bootstrap": 10},
    "news.labels.week_start": {"every": "week"},
}
# Created by functions, not by users; some have methods to call.
RESULTS = {
    *("Chart", "CodingProject", "Concordance", "Corpus", "DocumentTermMatrix", "FrameDictionary", "Gazetteer"),
    "NgramTable",
}
INSTANCES: dict[str, Callable[[], Any]] = {
    "CodingProject": coding_project,
    "Concordance": concordance,
    "FrameDictionary": lambda: ck.news.FrameDictionary.builtin("frames"),
    "Gazetteer": lambda: ck.news.Gazetteer.states(),
}
TASKS = {"count_partition", "merge_bucket"}  # called by engines and job scripts with internal values


def methods(name: str) -> Iterator[tuple[str, Call]]:
    made = INSTANCES[name]()
    for method in [*vars(type(made)), *(["exclude"] if name == "Corpus" else [])]:
        if not method.startswith("_") and callable(getattr(made, method)):
            yield f"{name}.{method}", getattr(made, method)


def calls(module: Any, prefix: str, name: str) -> Iterator[tuple[str, Call]]:
    value = getattr(module, name)
    if name in RESULTS:
        yield from methods(name) if name in INSTANCES else ()
    elif value is ck.ArabicVectorizer:  # as all estimators, it checks arguments when it is fitted
        yield name, fitted
    elif callable(value) and name not in TASKS and not (inspect.isclass(value) and issubclass(value, Exception)):
        yield f"{prefix}{name}", value


@wraps(ck.ArabicVectorizer)
def fitted(**options: Any) -> Any:
    return ck.ArabicVectorizer(**options).fit(["خبر"])


def valid_arguments(name: str, function: Call) -> dict[str, Any]:
    required = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    return {each: (VALID.get(f"{name}.{each}") or VALID[each])() for each in required} | OPTIONS.get(name, {})


def wrong_messages(name: str, function: Call) -> Iterator[str]:
    valid = valid_arguments(name, function)
    for parameter in inspect.signature(function).parameters.values():
        argument = f"{name}.{parameter.name}"
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        options = valid | OPTIONS.get(argument, {})
        try:
            if parameter.kind is parameter.VAR_POSITIONAL:
                function(object(), **options)
            else:
                function(**options | {parameter.name: object()})
        except ck.InputError as error:
            if not re.match(rf"{parameter.name} must be .+, got .+\.", str(error)):
                yield f"{argument}: {error}"
        except Exception as error:
            yield f"{argument}: {type(error).__name__}: {error}"
        else:
            yield f"{argument}: no error"


PUBLIC = [
    *((ck, "", name) for name in ck.__all__ if not inspect.ismodule(getattr(ck, name))),
    *((ck.news, "news.", name) for name in ck.news.__all__),
    *((ck.plot, "plot.", name) for name in ck.plot.__all__),
    *((ck.scale, "scale.", name) for name in ck.scale.__all__),
]


@pytest.mark.parametrize(("module", "prefix", "name"), PUBLIC, ids=[prefix + name for _, prefix, name in PUBLIC])
def test_messages_name_the_argument(module: Any, prefix: str, name: str) -> None:
    wrong = [line for each, function in calls(module, prefix, name) for line in wrong_messages(each, function)]
    assert not wrong, "\n".join(["", *wrong])


def test_a_notebook_shows_the_message_and_the_line_that_was_refused() -> None:
    """IPython calls `_render_traceback_`; without it, it shows every call inside the library."""
    with pytest.raises(InputError) as refused:
        ck.normalize("نص", "serach")
    message = "profile must be "
    first, *line = refused.value._render_traceback_()
    assert first.startswith(f"InputError: {message}")
    assert line == ['    ck.normalize("نص", "serach")']
    with pytest.raises(InputError) as raised:
        raise InputError("WORD must be a word of this corpus, got 'x'.")
    assert raised.value._render_traceback_() == ["InputError: WORD must be a word of this corpus, got 'x'."]
