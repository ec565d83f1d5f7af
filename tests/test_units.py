"""Counting by stems, lemmas and roots: equal to counting words in a corpus where each word is its unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from unit_twins import roots_annotated, twin_of, units_of_tokens, without_none

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.text.annotators import annotator_record

pytestmark = pytest.mark.interface

UNITS = [*(pytest.param(unit, marks=pytest.mark.slow) for unit in ("stem", "lemma")), "root"]
TARGET = pl.col("outlet") == "وكالة مدى"

Function = Callable[..., pl.DataFrame]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    """Yield a part of the sample with roots."""
    documents = ck.sample_corpus().documents.select("id", "date", "outlet", "text").head(80).collect()
    folder = tmp_path_factory.mktemp("units") / "c"
    with ck.Corpus.build(documents, folder, date="date", progress=False) as built:
        with roots_annotated():
            built.annotate()
        yield built


class Twins(dict[str, ck.Corpus]):
    """Twins by unit, built when they are first needed."""

    def __init__(self, corpus: ck.Corpus, folder: Path) -> None:
        self.corpus, self.folder = corpus, folder

    def __missing__(self, unit: str) -> ck.Corpus:
        self[unit] = twin_of(self.corpus, unit, self.folder / unit)
        return self[unit]


@pytest.fixture(scope="module")
def twins(corpus: ck.Corpus, tmp_path_factory: pytest.TempPathFactory) -> Twins:
    return Twins(corpus, tmp_path_factory.mktemp("twins"))


# ------------------------------------------------------------------------- equal to the twins


def keyness(corpus: ck.Corpus, **options: Any) -> pl.DataFrame:
    return ck.keyness(corpus.filter(TARGET), corpus.filter(~TARGET), variants=False, correction=None, **options)


def terms(corpus: ck.Corpus, **options: Any) -> pl.DataFrame:
    """Return the cells of the matrix: row, term, its counts, and the cell."""
    found = ck.document_term_matrix(corpus, **options)
    cells = found.matrix.tocoo()
    table = pl.DataFrame({"row": cells.row, "column": cells.col, "cell": cells.data}).cast(pl.Int64)
    numbered = found.terms.with_row_index("column").cast({"column": pl.Int64})
    return table.join(numbered, on="column").drop("column").sort("row", "term")


def assert_equal_counts(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    """Compare tables; the words of a twin are units in folded form, which is their spelling there."""
    assert_frame_equal(found.drop("spelling", strict=False), expected.drop("spelling", strict=False))


CALLS: dict[str, tuple[Function, dict[str, Any]]] = {
    "frequency": (ck.frequency, {}),
    "frequency by a column": (ck.frequency, {"by": "outlet", "dispersion": "juilland_d", "min_count": 2}),
    "frequency with intervals": (ck.frequency, {"n_bootstrap": 10, "min_count": 12}),
    "bigrams": (ck.ngrams, {"n": 2, "min_count": 1}),
    "n-grams": (ck.ngrams, {"n": (1, 4), "by": "outlet"}),
    "skip-grams": (ck.ngrams, {"n": 2, "skip": 2, "within": "document", "min_count": 3}),
    "bundles": (ck.lexical_bundles, {"n": 3, "min_documents": 3, "within": "paragraph"}),
    "key words": (keyness, {}),
    "key words with filters": (keyness, {"min_documents": 3, "measure": ["log_dice", "percent_diff"]}),
    "dispersion": (ck.dispersion, {"measure": [*ck.measures.FAMILIES["dispersion"], "average_waiting_time"]}),
    "dispersion over parts": (ck.dispersion, {"parts": 7, "by": "outlet", "min_count": 3}),
    "terms": (terms, {"min_documents": 2}),
    "terms of n-grams": (terms, {"n": (1, 2), "min_count": 3}),
    "collocations of n-grams": (ck.ngram_collocations, {"min_count": 4, "measure": "mi"}),
}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("name", CALLS)
def test_equal_to_the_twin(corpus: ck.Corpus, twins: Twins, name: str, unit: str) -> None:
    function, options = CALLS[name]
    part = pl.col("document") % 3 > 0
    for here, there in ((corpus, twins[unit]), (corpus.filter(part), twins[unit].filter(part))):
        found, expected = function(here, unit=unit, **options), without_none(function(there, **options))
        assert found.height > 5
        assert_equal_counts(found, expected)


NODES = {"stem": "تنظيم", "lemma": "قال", "root": "خبر"}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    "options",
    [{"window": 4}, {"window": (0, 2), "expectation": "span_factor"}, {"window": "paragraph"}, {"within": "document"}],
)
def test_collocations_equal_those_of_the_twin(
    corpus: ck.Corpus, twins: Twins, unit: str, options: dict[str, Any]
) -> None:
    arguments = {"min_count": 2, "stopwords": ["وزير", "حكم"], "measure": ["mi", "log_dice"], **options}
    found = ck.collocations(corpus, NODES[unit], unit=unit, **arguments)
    assert found.height > 5
    assert_equal_counts(found, without_none(ck.collocations(twins[unit], NODES[unit], **arguments)))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("by", [None, "outlet"])
def test_diversity_is_that_of_the_units_alone(corpus: ck.Corpus, tmp_path: Path, unit: str, by: str | None) -> None:
    alone = twin_of(corpus, unit, tmp_path / "c", nameless="")
    options: dict[str, Any] = {"by": by, "measure": ["ttr", "mattr", "mtld", "yule_k"], "window": 20}
    assert_frame_equal(ck.diversity(corpus, unit=unit, **options), ck.diversity(alone, **options))
    for function in (ck.vocabulary_growth, ck.fit_heaps, ck.fit_zipf_mandelbrot):
        assert_frame_equal(function(corpus, unit=unit), function(alone))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("pattern", ["node", "node []", "[]{0,2} (node|سهل) []?", "[kind=punctuation] (node)?"])
def test_what_a_pattern_finds(corpus: ck.Corpus, twins: Twins, unit: str, pattern: str) -> None:
    pattern = pattern.replace("node", NODES[unit])
    found = ck.frequency(corpus, pattern=pattern, unit=unit)
    assert found.height
    assert_equal_counts(found, without_none(ck.frequency(twins[unit], pattern=pattern)))
    bursts = ck.news.bursts(corpus, pattern, unit=unit, count="words")
    assert_frame_equal(bursts, ck.news.bursts(twins[unit], pattern, count="words"))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("profile", ["search", pytest.param("dediac", marks=pytest.mark.slow), None])
def test_frequency_equals_a_counter_of_the_tokens(corpus: ck.Corpus, unit: str, profile: str | None) -> None:
    headlines = pl.DataFrame({"document": range(len(corpus)), "start": 0, "end": 40})
    part = corpus.filter(pl.col("document") % 2 == 1)
    for view in (corpus, part, corpus.exclude(headlines), part.exclude(headlines)):
        tokens = units_of_tokens(view, unit, profile)
        named = tokens.filter(pl.col("unit").is_not_null())
        counts, documents = Counter(named["unit"]), Counter(named.unique(["document", "unit"])["unit"])
        table = ck.frequency(view, unit=unit, profile=profile)
        assert dict(table.select("word", "count").iter_rows()) == counts
        assert dict(table.select("word", "documents").iter_rows()) == documents
        rates = table["count"] / tokens.height * 1e6  # per million words, with the unit or without
        assert table["per_million"].to_list() == pytest.approx(rates.to_list())


# ------------------------------------------------------------------------- invented corpora

WORDS = ("كتب", "كتاب", "مكتبة", "قال", "يقول", "من", "زيد", "١٢", "#وسم", "@زيد", "؟")
LEMMAS = {"يقول": "قال", "مكتبة": "كتاب", "من": ""}
ROOTS = {"كتب": ["كتب"], "كتاب": ["كتب", "تكب"], "قال": ["قول"], "زيد": []}

texts_of_words = st.lists(
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([" ", " ", " ", "\n", ". "])), max_size=20).map(
        lambda pieces: "".join(word + gap for word, gap in pieces)
    ),
    min_size=1,
    max_size=4,
)


def annotator(words: list[str]) -> list[tuple[list[str], str]]:
    return [([word], LEMMAS.get(word, word)) for word in words]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as path:
        yield Path(path)


@pytest.mark.filterwarnings("ignore:not all of the source was read")
@settings(max_examples=examples(25), deadline=None)
@given(
    texts_of_words,
    st.sampled_from(["stem", "lemma", "root"]),
    st.sampled_from(["sentence", "paragraph", "document"]),
    st.integers(0, 2),
    st.sampled_from([None, "group"]),
)
def test_invented_corpora(folder: Path, texts: list[str], unit: str, within: str, skip: int, by: str | None) -> None:
    with TemporaryDirectory(dir=folder) as place, roots_annotated(ROOTS.get):
        frame = pl.DataFrame({"text": ["كتب", *texts], "group": [number % 2 for number in range(len(texts) + 1)]})
        corpus = ck.Corpus.build(frame, Path(place, "c"), progress=False).annotate(annotator)
        twin = twin_of(corpus, unit, Path(place, "twin"))
        node = "قول" if unit == "root" else "قال"
        grams = {"n": (1, 3), "within": within, "skip": skip, "by": by, "min_count": 1}
        calls: list[tuple[Function, tuple[str, ...], dict[str, Any]]] = [
            (ck.frequency, (), {"by": by}),
            (ck.ngrams, (), grams),
            (ck.frequency, (), {"pattern": f"{node} []", "within": within}),
            (ck.collocations, (node,), {"within": within, "min_count": 1}),
            (ck.collocations, (node,), {"window": within, "min_count": 1}),
        ]
        for function, arguments, options in calls:
            found = function(corpus, *arguments, unit=unit, **options)
            assert_equal_counts(found, without_none(function(twin, *arguments, **options)))


# ------------------------------------------------------------------------- arguments, records


@pytest.fixture(scope="module")
def small(folder: Path) -> Iterator[ck.Corpus]:
    """Yield a corpus with lemmas of another annotator, and without roots."""
    frame = pl.DataFrame(
        {"text": ["كتب زيد مكتبة", "قال يقول من زيد ١٢"], "date": ["2024-01-01", "2024-02-01"], "part": [0, 1]}
    )
    with ck.Corpus.build(frame, folder / "small", date="date", progress=False) as built:
        yield built.annotate(annotator, name="mine")


COUNTS: dict[str, Function] = {
    "ck.frequency": ck.frequency,
    "ck.ngrams": ck.ngrams,
    "ck.lexical_bundles": ck.lexical_bundles,
    "ck.keyness": lambda corpus, **options: ck.keyness(corpus, corpus, **options),
    "ck.collocations": lambda corpus, **options: ck.collocations(corpus, "قال", **options),
    "ck.ngram_collocations": ck.ngram_collocations,
    "ck.dispersion": ck.dispersion,
    "ck.diversity": ck.diversity,
    "ck.vocabulary_growth": ck.vocabulary_growth,
    "ck.fit_heaps": lambda corpus, **options: ck.fit_heaps(corpus, points=1000, **options),
    "ck.fit_zipf_mandelbrot": ck.fit_zipf_mandelbrot,
    "ck.document_term_matrix": lambda corpus, **options: ck.document_term_matrix(corpus, **options).terms,
    "ck.news.bursts": lambda corpus, **options: ck.news.bursts(corpus, "قال", count="words", **options),
}


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("unit", [None, "Lemma", "roots", "lemmas", 3, b"word", ["word"], ""])
def test_unknown_units(small: ck.Corpus, name: str, unit: object) -> None:
    with pytest.raises(ck.InputError, match=r"^unit must be one of 'word', 'stem', 'lemma', 'root', got") as raised:
        COUNTS[name](small, unit=unit)
    if unit in ("Lemma", "lemmas", "roots"):
        assert f"Did you mean '{str(unit).lower().rstrip('s')}'?" in str(raised.value)


@pytest.mark.parametrize("name", COUNTS)
def test_missing_annotations(small: ck.Corpus, tmp_path: Path, name: str) -> None:
    message = r"^unit='{0}' needs the column '{0}', which this corpus does not have\. corpus\.annotate\(\) adds it\.$"
    with ck.Corpus.build(pl.DataFrame({"text": ["قال"]}), tmp_path / "c", progress=False) as plain:
        for unit in ("stem", "lemma", "root"):
            with pytest.raises(ck.InputError, match=message.format(unit)):
                COUNTS[name](plain, unit=unit)
    with pytest.raises(ck.InputError, match=message.format("root")):  # as annotated by another function
        COUNTS[name](small, unit="root")


@pytest.mark.parametrize("name", COUNTS)
def test_records_name_the_unit_and_the_annotator(corpus: ck.Corpus, small: ck.Corpus, name: str) -> None:
    cases = [(corpus, "root", annotator_record()), (small, "lemma", {"name": "mine"})]
    for annotated, unit, expected in cases[:1] if name.startswith("ck.fit_") else cases:  # a fit needs many words
        found = provenance_of(COUNTS[name](annotated, unit=unit))
        assert found is not None
        assert found["function"] == name
        assert (found["options"]["unit"], found["options"]["annotator"]) == (unit, expected)
    plain = provenance_of(COUNTS[name](corpus))
    assert plain is not None
    assert (plain["options"]["unit"], "annotator" in plain["options"]) == ("word", False)


def test_patterns_with_annotations_name_the_annotator(small: ck.Corpus) -> None:
    for pattern, clitics in (("[stem!=قال]", False), ("قال|([lemma=قال] من)", False), ("قال", True)):
        for table in (
            ck.frequency(small, pattern=pattern, clitics=clitics),
            ck.collocations(small, pattern, clitics=clitics),
            ck.kwic(small, pattern, clitics=clitics).frame,
            ck.news.bursts(small, pattern, clitics=clitics, count="words", s=1.1),
        ):
            found = provenance_of(table)
            assert found is not None
            assert found["options"]["annotator"] == {"name": "mine"}


def test_words_without_a_unit_keep_their_place(small: ck.Corpus) -> None:
    table = ck.frequency(small, unit="lemma")
    assert table["word"].to_list() == ["زيد", "قال", "كتب", "كتاب", "12"]  # من has an empty lemma
    assert table["per_million"][0] == 2 / 8 * 1e6
    assert ck.ngrams(small, 2, unit="lemma", min_count=1)["ngram"].to_list() == [
        "كتب زيد",
        "زيد كتاب",
        "قال قال",
        "زيد 12",
    ]
    near = ck.collocations(small, "قال", unit="lemma", window=(0, 1), min_count=1)
    assert near["collocate"].to_list() == []  # its only neighbour is من
    assert ck.collocations(small, "قال", unit="lemma", window=(0, 2), min_count=1)["collocate"].to_list() == ["زيد"]
    assert ck.diversity(small, unit="lemma", measure="ttr").row(0)[1:3] == (7, 5)


@pytest.mark.parametrize("exact", [False, True])
def test_words_that_are_no_lemmas(small: ck.Corpus, exact: bool) -> None:
    calls: list[Function] = [
        lambda pattern: ck.frequency(small, pattern=pattern, unit="lemma", exact=exact),
        lambda pattern: ck.collocations(small, pattern, unit="lemma", exact=exact),
        lambda pattern: ck.news.bursts(small, [pattern, "زيد"], unit="lemma", exact=exact, count="words"),
    ]
    for call in calls:
        with pytest.warns(UserWarning, match=r"^ck\.[a-z.]+: no lemma of the corpus is 'يقول' \(but 'قال'\)$") as given:
            call("يقول زيد|غائب")
        assert {warning.filename for warning in given} == {__file__}
        call("قال|غائب|[word=يقول]|يقو*")  # what is absent altogether is no mistake
    with pytest.warns(UserWarning, match=r"is 'مكتبه' \(but 'كتاب'\), 'يقول' \(but 'قال'\)$"):
        ck.frequency(small, pattern="مكتبة|يقول|كتاب", unit="lemma")


def test_no_word_has_a_root(tmp_path: Path) -> None:
    with ck.Corpus.build(pl.DataFrame({"text": ["كتب زيد", "زيد"]}), tmp_path / "c", progress=False) as corpus:
        with roots_annotated(lambda _: None):
            corpus.annotate()
        part = pl.col("document") == 0
        tables = [
            ck.frequency(corpus, unit="root", by="id", n_bootstrap=5),
            ck.frequency(corpus, unit="root", pattern="كتب"),
            ck.frequency(corpus, unit="root", pattern="[word=كتب] []"),
            ck.ngrams(corpus, (1, 2), unit="root", min_count=1),
            ck.lexical_bundles(corpus, 1, unit="root", min_documents=1),
            ck.dispersion(corpus, unit="root"),
            ck.keyness(corpus.filter(part), corpus.filter(~part), unit="root", min_documents=1),
            ck.collocations(corpus, "[word=زيد]", unit="root", min_count=1),
            ck.ngram_collocations(corpus, unit="root", min_count=1),
            ck.document_term_matrix(corpus, unit="root").terms,
        ]
        assert [table.height for table in tables] == [0] * len(tables)
        assert ck.diversity(corpus, unit="root", measure="ttr").row(0) == (2, 0, 0, 0, None)
        assert len(ck.kwic(corpus, "[root!=كتب]")) == 3
        with pytest.raises(ck.InputError, match=r"^corpus must contain words that have the unit, got none in 2"):
            ck.vocabulary_growth(corpus, unit="root")
        with pytest.raises(ck.InputError, match=r"^source must hold at least 3 words"):
            ck.fit_zipf_mandelbrot(corpus, unit="root")


def test_profile_of_lemmas(tmp_path: Path) -> None:
    def name(words: list[str]) -> list[tuple[list[str], str]]:
        return [([word], "إجابة") for word in words]

    with ck.Corpus.build(pl.DataFrame({"text": ["كتب زيد"]}), tmp_path / "c", progress=False) as corpus:
        corpus.annotate(name)
        assert ck.frequency(corpus, unit="lemma")["word"].to_list() == ["اجابه"]
        assert ck.frequency(corpus, unit="lemma", profile=None)["word"].to_list() == ["إجابة"]
        assert ck.frequency(corpus, pattern="إجابه", unit="lemma", profile=None)["word"].to_list() == ["إجابة"]
        assert ck.frequency(corpus, pattern="إجابه", unit="lemma", exact=True).height == 0


def test_stop_words_are_units(corpus: ck.Corpus) -> None:
    for unit, word in (("lemma", "قالَ"), ("root", "خ-ب-ر")):
        folded = "قال" if unit == "lemma" else "خبر"
        for function in (ck.dispersion, ck.document_term_matrix):
            found = function(corpus, unit=unit, stopwords=[word])
            table = found if isinstance(found, pl.DataFrame) else found.terms.rename({"term": "word"})
            everything = ck.frequency(corpus, unit=unit)
            assert folded in everything["word"]
            assert set(table["word"]) == set(everything["word"]) - {folded}
    with pytest.raises(ck.InputError, match=r"^each of stopwords with unit='root' must be three to five"):
        ck.dispersion(corpus, unit="root", stopwords=ck.stopwords())


def test_variants_are_the_spellings_of_a_lemma(small: ck.Corpus) -> None:
    part = pl.col("part") == 1
    table = ck.keyness(small.filter(part), small.filter(~part), unit="lemma", min_documents=1)
    said = table.filter(word="قال")
    assert [(each["surface"], each["target"]) for each in said["variants"][0]] == [("قال", 1), ("يقول", 1)]
    assert None not in table["word"]


def test_key_words_of_two_corpora(small: ck.Corpus, tmp_path: Path) -> None:
    frame = pl.DataFrame({"text": ["من زيد من", "يقول كتاب"]})
    with ck.Corpus.build(frame, tmp_path / "c", progress=False) as other:
        other.annotate(annotator, name="other")
        with pytest.warns(UserWarning, match=r"^ck\.keyness: target and reference were annotated by different"):
            table = ck.keyness(small, other, unit="lemma", n_bootstrap=5, min_documents=1)
        counts = {
            word: (here, there) for word, here, there in table.select("word", "target_count", "reference_count").rows()
        }
        assert counts == {"زيد": (2, 1), "قال": (2, 1), "كتب": (1, 0), "كتاب": (1, 1), "12": (1, 0)}
        assert table.filter(word="كتب")["target_per_million"].item() == 1 / 8 * 1e6
        found = provenance_of(table)
        assert found is not None
        assert found["options"]["annotator"] == [{"name": "mine"}, {"name": "other"}]


def test_tables_of_another_unit_are_refused(small: ck.Corpus) -> None:
    lemmas = ck.frequency(small, unit="lemma")
    assert ck.keyness(small, lemmas, unit="lemma", variants=False).height == lemmas.height
    for target, reference, unit in ((small, lemmas, "word"), (lemmas, ck.frequency(small), "word")):
        with pytest.raises(ck.InputError, match=r"^target and reference must count the same unit, got '(word|lemma)'"):
            ck.keyness(target, reference, unit=unit, variants=False)
    selected = lemmas.select("word", "count")  # still says that it counts lemmas
    with pytest.raises(ck.InputError, match=r"^target and reference must count the same unit"):
        ck.keyness(small, selected, variants=False)
    assert ck.keyness(small, pl.DataFrame(selected), variants=False).height  # does not say what it counts


def test_what_has_no_units(corpus: ck.Corpus, small: ck.Corpus, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("قال زيد", encoding="utf-8")
    table = ck.scale.count_ngrams(tmp_path / "a.txt", 2, tmp_path / "t", progress=False)
    with pytest.raises(ck.InputError, match=r"^unit must be 'word' for a table of n-grams, which has no annotations"):
        ck.ngrams(table, unit="lemma")
    with pytest.raises(ck.InputError, match=r"^clitics must be False with unit='lemma'"):
        ck.frequency(small, pattern="قال", unit="lemma", clitics=True)
    with pytest.raises(ck.InputError, match=r"^each word of the pattern 'قال مستشفى' must be three to five"):
        ck.news.bursts(corpus, ["قال مستشفى", "كتب"], unit="root")


@pytest.mark.slow
def test_plots_take_the_tables(small: ck.Corpus) -> None:
    part = pl.col("part") == 1
    words = ck.frequency(small, unit="lemma")
    ck.plot.frequency(words)
    ck.plot.zipf(words)
    ck.plot.keyness(ck.keyness(small.filter(part), small.filter(~part), unit="lemma", min_documents=1))
    ck.plot.collocations(ck.collocations(small, "زيد", unit="lemma", min_count=1))
