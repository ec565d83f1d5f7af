"""`ck.columns`: every column of every table is explained, in English and Arabic, in one place.

A new function that returns a table belongs into `CALLS` and into columns.toml; a new column into columns.toml alone.
Columns and their types are public: they are those of tests/public/interface.txt (test_public_interface.py).
"""

from __future__ import annotations

import inspect
import operator
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from public_interface import COMMAND, of_table, stored

import corpus_kit as ck
from corpus_kit import measures, news
from corpus_kit.display.columns import LANGUAGES, explain
from corpus_kit.display.isolation import has_arabic
from corpus_kit.errors import InputError
from corpus_kit.samples import sample_actors

CORPUS = ck.sample_corpus()
FEW = CORPUS.filter(pl.col("document") < 40)
OUTLET = pl.col("outlet") == "وكالة مدى"
# Columns whose names are those of metadata, or of the user's choice.
OWN = {"before1", "outlet", "first_outlet", "second_outlet", "group", "sara", "ali"}
WITHOUT_TABLE = {
    *("log_ratio_interval", "krippendorff_alpha", "krippendorff_alpha_interval", "percent_agreement"),
    *("percent_agreement_interval", "cohen_kappa", "cohen_kappa_interval"),
}


def of_family(*families: str) -> list[str]:
    return [name for family in families for name in measures.FAMILIES[family] if name not in WITHOUT_TABLE]


def keyness() -> pl.DataFrame:
    options: dict[str, Any] = {"min_count": 20, "n_bootstrap": 2}
    return ck.keyness(
        CORPUS.filter(OUTLET), CORPUS.filter(~OUTLET), measure=[*of_family("keyness"), "log_likelihood_four_cells"],
        **options,
    )  # fmt: skip


def edits() -> pl.DataFrame:
    return news.edits(FEW, news.near_duplicates(FEW, by="outlet"))


def coded_hits(tmp_path: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    hits = news.frames(FEW)
    sheet = news.coding_sheet(FEW, hits, path=tmp_path / "sheet.csv", dimension="level", show_dictionary=True)
    filled = sheet.with_columns(coder1=pl.lit("x"), coder2=pl.lit("y"))
    return filled, hits


def joined_codes() -> pl.DataFrame:
    sheet = pl.DataFrame({"id": ["a", "b"], "position": [1, 2], "node": ["خبر", "قال"], "code": ["x", "y"]})
    return ck.join_codes([sheet, sheet], coders=["sara", "ali"])


def coding(path: Path, method: str) -> Any:
    """Return a table of a coding project in which all is coded, without much sense."""
    project = ck.coding_project(path / "p", ck.kwic(CORPUS, "هدنة"), coders=["sara", "ali"], sample=12)
    for coder in project.coders:
        sheet = pl.read_csv(project.sheet(coder), infer_schema=False)
        codes = pl.Series("code", ["x", "y"] * 6) if coder == "sara" else pl.lit("x").alias("code")
        sheet.with_columns(codes).write_csv(project.sheet(coder))
    if method != "disagreements":
        for row in project.disagreements().iter_rows(named=True):
            project.decide(row, "y")
    found = getattr(project, method)
    arguments: dict[str, tuple[Any, ...]] = {"lines": ("sara",), "extend": (2,)}
    return found(*arguments.get(method, ())) if callable(found) else found


CODING = ("sample", "lines", "progress", "agreement", "disagreements", "codes", "accuracy", "rank", "extend",
          "prevalence")  # fmt: skip


CALLS: dict[str, Callable[[Path], Any]] = {
    "ck.frequency": lambda _: ck.frequency(FEW, by="outlet", n_bootstrap=2),
    "ck.trend": lambda _: ck.trend(CORPUS, "هدنة", by="outlet"),
    "ck.trend_tests": lambda _: ck.trend_tests(CORPUS, "هدنة", by="outlet"),
    "ck.readability": lambda _: ck.readability(FEW),
    "ck.spaced_spellings": lambda _: ck.spaced_spellings(FEW),
    "ck.validate": lambda _: ck.validate(ck.kwic(FEW, "هدنة"), n=4),
    "ck.precision": lambda _: ck.precision(ck.validate(ck.kwic(FEW, "هدنة"), n=4)),
    "ck.join_codes": lambda _: joined_codes(),
    **{f"CodingProject.{method}": partial(coding, method=method) for method in CODING},
    "Corpus.head": lambda _: FEW.head(),
    "ck.ngrams": lambda _: ck.ngrams(FEW, n=2, by="outlet"),
    "ck.count_ngrams": lambda _: ck.count_ngrams(["a b c"], n=2),
    "ck.count_ngram_ids": lambda _: ck.count_ngram_ids(["a b c"], n=(1, 3))[0],
    "ck.lexical_bundles": lambda _: ck.lexical_bundles(FEW, n=3),
    "ck.keyness": lambda _: keyness(),
    "ck.compare_collocations": lambda _: ck.compare_collocations(
        CORPUS, CORPUS, ("هدنة", "المسيرات"), measure=of_family("keyness")
    ),
    "ck.collocations": lambda _: ck.collocations(CORPUS, "هدنة", measure=of_family("association")),
    "ck.word_sketch": lambda _: ck.word_sketch(FEW, "قال", min_count=1),
    "ck.sketch_difference": lambda _: ck.sketch_difference(FEW, "قال", "أعلن", min_count=1),
    "ck.thesaurus": lambda _: ck.thesaurus(FEW, "قال", min_count=5),
    "ck.shared_collocates": lambda _: ck.shared_collocates(FEW, "قال", "أعلن", min_count=2),
    "ck.collocation_network": lambda _: ck.collocation_network(FEW, ["السهل", "تنظيم"]),
    "ck.ngram_collocations": lambda _: ck.ngram_collocations(FEW, measure=of_family("association")),
    "ck.dispersion": lambda _: ck.dispersion(FEW, measure=of_family("dispersion", "distances"), by="outlet"),
    "ck.diversity": lambda _: ck.diversity(FEW, measure=of_family("diversity"), by="outlet"),
    "ck.folding_steps": lambda _: ck.folding_steps(FEW),
    "ck.conflations": lambda _: ck.conflations(FEW),
    "ck.fit_zipf_mandelbrot": lambda _: ck.fit_zipf_mandelbrot(FEW),
    "ck.fit_heaps": lambda _: ck.fit_heaps(FEW),
    "ck.vocabulary_growth": lambda _: ck.vocabulary_growth(FEW),
    "ck.document_term_matrix": lambda _: ck.document_term_matrix(FEW).terms,
    "ck.kwic": lambda _: ck.kwic(FEW, "هدنة", metadata="outlet"),
    "ck.lines": lambda _: ck.lines(ck.frequency(FEW)[0], FEW),
    "ck.tokens": lambda _: ck.tokens(["قال نعم."]),
    "ck.readings": lambda _: ck.readings(["كتب"]),
    "ck.columns": lambda _: ck.columns(),
    "ck.licences": lambda _: ck.licences(),
    "Concordance.variants": lambda _: ck.kwic(FEW, "هدنة").variants,
    "Concordance.code": lambda path: ck.kwic(FEW, "هدنة").code(path / "codes.csv"),
    "Concordance.group": lambda _: ck.kwic(FEW, "هدنة").group("outlet", "before1"),
    "Corpus.saved_hits": lambda path: FEW.saved_hits(folder=path),
    "Corpus.documents": lambda _: FEW.documents,
    "Corpus.tokens": lambda _: FEW.tokens,
    "Corpus.vocabulary": lambda _: FEW.vocabulary,
    "Corpus.spans": lambda _: FEW.spans(),
    "Corpus.offset_map": lambda _: FEW.offset_map(),
    "Normalizer.changes": lambda _: ck.Normalizer().changes(),
    "ck.news.boilerplate": lambda _: news.boilerplate(FEW),
    "ck.news.quotations": lambda _: news.quotations(FEW),
    "ck.news.speech": lambda _: news.speech(FEW),
    "ck.news.indirect_quotations": lambda _: news.indirect_quotations(FEW),
    "ck.news.name_chains": lambda _: news.name_chains(FEW),
    "ck.news.actors": lambda _: news.actors(FEW, sample_actors()),
    "ck.news.labels": lambda _: news.labels(FEW, sample_actors(), actor="group", by="outlet", every="week"),
    "ck.news.label_log_odds": lambda _: news.label_log_odds(FEW, sample_actors(), actor="group", by="outlet"),
    "ck.news.near_duplicates": lambda _: news.near_duplicates(FEW, by="outlet"),
    "ck.news.duplicate_clusters": lambda _: news.duplicate_clusters(FEW, news.near_duplicates(FEW)),
    "ck.news.cluster_checks": lambda _: news.cluster_checks(FEW, news.duplicate_clusters(FEW)),
    "ck.news.passages": lambda _: news.passages(FEW, min_words=5, by="outlet"),
    "ck.news.edits": lambda _: edits(),
    "ck.news.substitutions": lambda _: news.substitutions(FEW, edits()),
    "ck.news.dates": lambda _: news.dates(FEW),
    "ck.news.article_days": lambda _: news.article_days(FEW),
    "ck.news.bursts": lambda _: news.bursts(CORPUS, "المسيرات", every="week", by="outlet"),
    "ck.news.network": lambda _: news.network(FEW),
    "ck.news.nodes": lambda _: news.nodes(FEW),
    "ck.news.actor_lists": lambda _: news.actor_lists(FEW),
    "ck.news.frames": lambda _: news.frames(FEW),
    "ck.news.frame_rates": lambda _: news.frame_rates(FEW, by="outlet", every="week", n_bootstrap=2),
    "ck.news.frame_entries": lambda _: news.frame_entries(FEW),
    "ck.news.coding_sheet": lambda path: coded_hits(path)[0],
    "ck.news.agreement": lambda path: news.agreement(coded_hits(path)[0], n_bootstrap=2),
    "ck.news.dictionary_precision": lambda path: news.dictionary_precision(*coded_hits(path), dimension="level"),
    "ck.news.structure": lambda _: news.structure(FEW),
}
# Their tables need a file of another program, and their columns are in the docstrings.
NOT_CALLED = {"ck.read_codes", "ck.read_codebook"}


def functions_with_a_table() -> Iterator[str]:
    """Yield the public functions that return a DataFrame, as their annotations say."""
    for prefix, module in (("ck", ck), ("ck.news", news)):
        for name in module.__all__:
            function = getattr(module, name)
            if inspect.isfunction(function) and function.__annotations__.get("return") == "pl.DataFrame":
                yield f"{prefix}.{name}"


@pytest.mark.parametrize("function", CALLS)
def test_every_column_is_explained_in_both_languages(function: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = CALLS[function](tmp_path)
    frame = table.collect() if isinstance(table, pl.LazyFrame) else getattr(table, "frame", table)
    listed = ck.columns(function)["column"].to_list()
    for name in set(frame.columns) - OWN:
        assert name in listed or name.partition("_bootstrap")[1], f"{name} is not in the table of {function}"
        for language in LANGUAGES:
            assert explain(name, language, function) is not None, f"{name} is not in columns.toml"
    name = f"ck.{function.removeprefix('ck.')}"
    assert of_table(name, table, OWN) == [line for line in stored() if line.startswith(f"{name} column ")], COMMAND


def test_every_function_with_a_table_is_called() -> None:
    assert set(functions_with_a_table()) - CALLS.keys() - NOT_CALLED == set()
    assert {*CALLS, *NOT_CALLED} <= set(ck.columns().explode("functions")["functions"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_short_and_explanations_are_sentences(language: str) -> None:
    for row in ck.columns(language=language).iter_rows(named=True):
        assert 0 < len(row["label"]) <= 60, row
        assert row["explanation"].endswith("."), row
        assert language == "en" or has_arabic(row["explanation"]), row
        assert not row["unit"] or has_arabic(row["unit"]) == (language == "ar")


def test_formulas_are_measures_and_measures_are_explained() -> None:
    for formula in ck.columns()["formula"].drop_nulls():
        assert callable(operator.attrgetter(formula.removeprefix("ck."))(ck))
    explained = set(ck.columns()["formula"].drop_nulls())
    tested = {family: set(of_family(family)) for family in measures.FAMILIES}
    assert {f"ck.measures.{name}" for names in tested.values() for name in names} <= explained
    assert "ck.measures.association.log_likelihood" in explained


def test_one_column_has_a_row_for_each_meaning() -> None:
    rows = ck.columns("weight")
    assert rows["functions"].to_list() == [["ck.news.bursts"], ["ck.news.network"]]
    assert rows["label"].to_list() == ["weight of the burst", "times together"]
    assert ck.columns("percent_diff", language="ar")["label"].to_list() == ["فرق النسبة %DIFF"]


def test_a_table_has_its_columns_in_order_and_own_columns_without_text() -> None:
    table = ck.frequency(FEW, by="outlet")
    rows = ck.columns(table)
    assert rows["column"].to_list() == table.columns
    assert rows.filter(pl.col("explanation").is_null())["column"].to_list() == ["outlet"]
    assert ck.columns(ck.frequency).equals(ck.columns("ck.frequency"))
    assert ck.columns("frequency").equals(ck.columns(ck.frequency))
    assert ck.columns(ck.kwic(FEW, "هدنة"))["column"][0] == "document"
    assert ck.columns(FEW.spans)["column"].to_list() == ["document", "kind", "start", "end", "value"]


def test_the_record_of_a_table_tells_the_meaning() -> None:
    network = news.network(FEW)
    meaning = {row["column"]: row["explanation"] for row in ck.columns(network).iter_rows(named=True)}
    assert "both actors" in meaning["weight"]


def test_tables_made_of_others_tell_what_their_columns_mean() -> None:
    lines = ck.kwic(FEW, "هدنة")
    assert ck.columns(lines.variants)["label"].null_count() == 0
    sheet = ck.columns(ck.validate(news.dates(FEW), n=4))
    assert sheet.filter(pl.col("label").is_null()).is_empty()
    assert ck.columns(lines.frame.select("node", outlet=pl.lit("x")))["label"].null_count() == 1


def test_names_made_of_others() -> None:
    low = explain("share_low", "en", "ck.news.labels")
    assert low is not None
    assert (low.label, low.unit) == ("share of the label, from", "share, 0 to 1")
    assert explain("school_end", "en") is None  # a column of the user, which only looks like one of ours
    assert explain("log_ratio_bootstrap_low", "ar") is not None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ck.columns("log_ration"), "^table must be .*Did you mean 'log_ratio'"),
        (lambda: ck.columns(3), "^table must be .*got 3"),
        (lambda: ck.columns([1]), "^table must be"),
        (lambda: ck.columns(print), "^table must be"),
        (lambda: ck.columns(language="fr"), "^language must be .*got 'fr'"),
    ],
)
def test_bad_arguments(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_columns_of_users_are_not_explained_as_those_of_the_library() -> None:
    """A newspaper in `source` is no actor of an edge, in whatever table it is."""
    renamed = FEW.documents.collect().rename({"outlet": "source"}).head(5)
    lines = ck.kwic(FEW, "هدنة").frame.with_columns(source=pl.lit("أ"), kind=pl.lit("ب"))
    pairs = news.near_duplicates(FEW, by="outlet").rename({"first_outlet": "first_source"})
    for table, theirs in ((renamed, ["source"]), (lines, ["source", "kind"]), (pairs, ["first_source"])):
        explained = ck.columns(table)
        assert explained.filter(pl.col("column").is_in(theirs))["label"].to_list() == [None] * len(theirs)
        assert explained.filter(column="document").height == 0 or explained.filter(column="document")["label"].item()
    assert ck.columns(news.network(FEW))["label"][0] == "source"
    assert ck.columns(FEW.vocabulary.head(1).collect())["label"][:4].null_count() == 0  # its first columns tell
    assert ck.columns("source").height == 2


def test_no_two_labels_of_a_table_are_the_same() -> None:
    for function in CALLS:
        for language in LANGUAGES:
            labels = ck.columns(function, language=language)["label"]
            assert labels.is_unique().all(), (function, labels.filter(labels.is_duplicated()).to_list())
