"""The column `spelling` of tables of words and n-grams: equal to a slow twin over tokens, in every analysis."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles_counting import slow_ngrams
from polars.testing import assert_frame_equal
from unit_twins import roots_annotated

import corpus_kit as ck
from corpus_kit.analysis.corpus_forms import forms_of
from corpus_kit.analysis.spellings import most_frequent_types
from corpus_kit.corpus.checked import CheckedArray, IndexTexts
from corpus_kit.display.spelled import key_column
from corpus_kit.text.forms import NO_FORM, forms_of_types

pytestmark = pytest.mark.interface

COUNTED = {"word", "number", "hashtag", "mention"}
FATHA = "\u064e"
Words = tuple[str, ...]
TEXTS = [
    "زار السعودية وفد من السعوديه. قال إن على الوفد أن يعود الى السعودية",
    "علي في السعودية\nقال ان علي عاد إلى السعوديه، السعوديه",
    "قال أن الوفد عاد إلى السعودية",
    "#وسم وسم ١٢ 12 @user",
    "؟",
]

# ------------------------------------------------------------------------------------ the twin

folded = cache(ck.normalize)


def stretches(text: str, profile: str | None, within: str = "paragraph") -> list[list[tuple[str, str]]]:
    """Return the words of a text as form and original spelling, one list for each unit of text."""
    found: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for sentence, start, token, kind in ck.tokens([text]).select("sentence", "start", "token", "kind").iter_rows():
        form = token if profile is None else folded(token, profile)
        paragraph = text.count("\n", 0, start)
        place = {"sentence": (paragraph, sentence), "paragraph": (paragraph, 0), "document": (0, 0)}[within]
        if kind in COUNTED and form:
            found.setdefault(place, []).append((form, token))
    return list(found.values())


def most_frequent(pairs: Iterable[tuple[Words, Words]]) -> dict[str, str]:
    """Return the most frequent original of each form, of equally frequent ones the first."""
    counts: dict[Words, Counter[Words]] = {}
    for forms, originals in pairs:
        counts.setdefault(forms, Counter())[originals] += 1
    # of equal counts, those that were counted first come first
    return {" ".join(forms): " ".join(found.most_common(1)[0][0]) for forms, found in counts.items()}


def spelled(
    texts: Sequence[str], n: int = 1, *, skip: int = 0, within: str = "paragraph", profile: str | None = "search"
) -> dict[str, str]:
    ngrams = (
        ngram
        for text in texts
        for stretch in stretches(text, profile, within)
        for ngram in slow_ngrams(stretch, n, skip)
    )
    return most_frequent((tuple(form for form, _ in ngram), tuple(token for _, token in ngram)) for ngram in ngrams)


def shown(table: pl.DataFrame, key: str = "ngram") -> dict[str, str]:
    assert table.columns[table.columns.index(key) + 1] == "spelling"
    assert table.schema["spelling"] == pl.String
    return dict(table.select(key, "spelling").iter_rows())


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame({"text": TEXTS, "outlet": ["x", "y", "x", None, "y"]})
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("spellings") / "c", progress=False) as built:
        with roots_annotated():
            built.annotate()
        yield built


# --------------------------------------------------------------------------------- small cases


def test_word_is_shown_in_its_most_frequent_spelling(corpus: ck.Corpus) -> None:
    words = shown(ck.frequency(corpus), "word")
    assert words == spelled(TEXTS)
    assert words["السعوديه"] == "السعودية"  # 4 of 7
    assert (words["علي"], words["الي"], words["ان"]) == ("علي", "إلى", "أن")


def test_ngram_is_shown_as_a_sequence_that_occurs(corpus: ck.Corpus) -> None:
    bigrams = shown(ck.ngrams(corpus, 2, min_count=1))
    assert bigrams == spelled(TEXTS, 2)
    assert bigrams["ان علي"] == "إن على"  # the usual spellings alone would be أن علي, which occurs nowhere
    assert bigrams["السعوديه السعوديه"] == "السعوديه السعوديه"


def test_spelling_is_that_of_the_documents_given(corpus: ck.Corpus) -> None:
    second = corpus.filter(pl.col("outlet") == "y")
    assert shown(ck.frequency(second), "word") == {**spelled([TEXTS[1]])}
    assert shown(ck.frequency(second), "word")["السعوديه"] == "السعوديه"
    assert shown(ck.ngrams(second, 2, min_count=1)) == spelled([TEXTS[1]], 2)
    gaps = pl.DataFrame({"document": [1], "start": [0], "end": [15]}, schema_overrides={"document": pl.UInt32})
    assert shown(ck.frequency(corpus.exclude(gaps)), "word")["علي"] == "على"
    assert ck.frequency(corpus.filter(pl.lit(value=False))).height == 0
    assert ck.ngrams(corpus.filter(pl.lit(value=False)), (1, 2)).schema["spelling"] == pl.String


def test_form_is_shown_alike_in_all_groups(corpus: ck.Corpus) -> None:
    for function, key, options in (
        (ck.frequency, "word", {}),
        (ck.dispersion, "word", {"measure": "range_proportion"}),
        (ck.ngrams, "ngram", {"n": (1, 3), "min_count": 1}),
    ):
        whole, by = function(corpus, **options), function(corpus, by="outlet", **options)
        assert by.columns[:3] == ["outlet", key, "spelling"]
        assert dict(by.select(key, "spelling").iter_rows()) == shown(whole, key)
        assert by.select(pl.struct(key, "spelling").n_unique() == pl.col(key).n_unique()).item()


def test_rare_in_each_group_but_not_in_all(build: Callable[..., ck.Corpus]) -> None:
    # in the rows that min_count keeps, الي مكه is the most frequent; in all documents إلى مكة is
    texts = ["الي مكه الي مكه", "إلى مكة", "إلى مكة", "إلى مكة"]
    corpus = build(texts, outlet=["x", "y", "z", "w"])
    table = ck.ngrams(corpus, 2, by="outlet", min_count=2)
    assert table.select("outlet", "ngram", "spelling", "count").rows() == [("x", "الي مكه", "إلى مكة", 2)]


def test_original_spelling_is_its_own(corpus: ck.Corpus) -> None:
    tables = [
        (ck.frequency(corpus, profile=None), "word"),
        (ck.ngrams(corpus, (1, 3), profile=None, min_count=1), "ngram"),
        (ck.dispersion(corpus, profile=None), "word"),
        (ck.frequency(corpus, profile=None, pattern="قال []"), "word"),
    ]
    for table, key in tables:
        assert table.height
        assert table["spelling"].to_list() == table[key].to_list()


def test_types_without_a_form_are_no_words(build: Callable[..., ck.Corpus]) -> None:
    texts = [f"قال {FATHA} إن ـ على. {FATHA} ان علي"]
    corpus = build(texts)
    assert shown(ck.ngrams(corpus, (2, 2), min_count=1)) == spelled(texts, 2)
    assert shown(ck.ngrams(corpus, 2, min_count=1, within="sentence")) == spelled(texts, 2, within="sentence")


def test_one_spelling_of_two_kinds_is_one(build: Callable[..., ck.Corpus]) -> None:
    types = build(["نصّ #نصّ نص_نص"]).vocabulary.collect()
    assert types["surface"].is_unique().all()  # otherwise their counts are added


# ------------------------------------------------------------------------------- every analysis


def test_tables_of_words_agree(corpus: ck.Corpus) -> None:
    words, bigrams = shown(ck.frequency(corpus), "word"), shown(ck.ngrams(corpus, 2, min_count=1))
    assert shown(ck.dispersion(corpus), "word") == words
    for window in (5, "sentence"):
        found = shown(ck.collocations(corpus, "قال", min_count=1, window=window), "collocate")
        assert found
        assert found.items() <= words.items()
    assert shown(ck.document_term_matrix(corpus).terms, "term") == words
    assert shown(ck.document_term_matrix(corpus, n=2).terms, "term") == bigrams
    assert shown(ck.document_term_matrix(corpus, n=(1, 2)).terms, "term") == {**spelled(TEXTS), **bigrams}
    assert shown(ck.ngram_collocations(corpus, min_count=1, min_documents=1)) == bigrams
    bundles = ck.lexical_bundles(corpus, 2, min_documents=2, within="paragraph")
    assert bundles.height
    assert shown(bundles).items() <= bigrams.items()


def test_bundles_are_those_of_all_ngrams() -> None:
    sample = ck.sample_corpus()
    size = int(ck.frequency(sample)["count"].sum())
    everything = ck.ngrams(sample, 3, min_count=1, within="sentence")
    everything = everything.with_columns(per_million=pl.col("count") * 1e6 / size)
    for rate, documents in ((20.0, 5), (3 * 1e6 / size, 1), (0.0, 2)):
        kept = everything.filter(pl.col("per_million") >= rate, pl.col("documents") >= documents)
        assert_frame_equal(ck.lexical_bundles(sample, 3, min_per_million=rate, min_documents=documents), kept)


@pytest.mark.parametrize("pattern", ["قال [] []", "السعودية", "السعودية|علي []", "[kind=punctuation]"])
def test_hits_of_a_pattern(corpus: ck.Corpus, pattern: str) -> None:
    nodes = ck.kwic(corpus, pattern).frame["node"]
    pairs = [[pair for stretch in stretches(node, "search") for pair in stretch] or [(node, node)] for node in nodes]
    expected = most_frequent((tuple(form for form, _ in hit), tuple(token for _, token in hit)) for hit in pairs)
    found = shown(ck.frequency(corpus, pattern=pattern), "word")
    assert found
    assert found == expected
    assert shown(ck.frequency(corpus, pattern=pattern, by="outlet").drop("outlet"), "word") == expected


def test_hits_are_words_as_they_were_given(tmp_path: Path) -> None:
    lines = [f"{n}\t{token}\t_\tX\t_\t_\t0\troot\t_\t_\n" for n, token in enumerate(["الواي فاي", "الـ84", "مدرسة"], 1)]
    (tmp_path / "given.conllu").write_text("".join([*lines, "\n"]), encoding="utf-8")
    with ck.Corpus.build(tmp_path / "given.conllu", tmp_path / "c", progress=False) as corpus:
        words, hits = ck.frequency(corpus), ck.frequency(corpus, pattern="[pos=X]")
        assert words["word"].to_list() == ["الواي فاي", "ال84", "مدرسه"]
        assert_frame_equal(hits.select("word", "spelling", "count"), words.select("word", "spelling", "count"))
        pairs = shown(ck.frequency(corpus, pattern="[pos=X] [pos=X]"), "word")
        assert pairs == {"الواي فاي ال84": "الواي فاي الـ84", "ال84 مدرسه": "الـ84 مدرسة"}


@pytest.mark.parametrize("unit", ["stem", "lemma", "root"])
def test_units_are_shown_unfolded(corpus: ck.Corpus, unit: str) -> None:
    types = corpus.vocabulary.select("type", unit).collect()
    words = corpus.tokens.collect().join(types, on="type", how="left", maintain_order="left")
    words = words.filter(pl.col("kind").cast(pl.String).is_in(sorted(COUNTED)))
    table = ck.frequency(corpus, unit=unit)
    if unit == "root":  # in a spelling of its own
        assert table["spelling"].to_list() == table["word"].to_list()
        return
    pairs = (((ck.normalize(text),), (text,)) for text in words[unit] if text)
    assert shown(table, "word") == most_frequent(pairs)
    assert shown(ck.ngrams(corpus, 1, unit=unit, min_count=1)) == shown(table, "word")
    hits = shown(ck.frequency(corpus, unit=unit, pattern="من [] [] []"), "word")
    assert hits
    fourgrams = shown(ck.ngrams(corpus, 4, unit=unit, min_count=1))
    assert hits == {words: fourgrams[words] for words in hits}


# ------------------------------------------------------------------------------------- keyness


def test_keyness_shows_the_spelling_on_both_sides(corpus: ck.Corpus) -> None:
    x, y = corpus.filter(pl.col("outlet") == "x"), corpus.filter(pl.col("outlet") == "y")
    expected = spelled([TEXTS[0], TEXTS[2], TEXTS[1]])
    table = ck.keyness(x, y, min_documents=1)
    assert shown(table, "word") == spelled([TEXTS[0], TEXTS[1], TEXTS[2]])  # ties: first in the corpus
    surfaces = table.select(pl.col("variants").list.first().struct.field("surface")).to_series()
    assert surfaces.to_list() == table["spelling"].to_list()
    assert table.drop("variants").equals(ck.keyness(x, y, min_documents=1, variants=False))
    assert set(shown(table, "word")) == set(expected)


def test_keyness_of_two_corpora(corpus: ck.Corpus, build: Callable[..., ck.Corpus]) -> None:
    other = build(["السعوديه السعوديه السعوديه الرّياض"])
    table = ck.keyness(corpus, other, min_documents=1)
    assert shown(table, "word") == spelled([*TEXTS, "السعوديه السعوديه السعوديه الرّياض"])
    surfaces = table.select(pl.col("variants").list.first().struct.field("surface")).to_series()
    assert surfaces.to_list() == table["spelling"].to_list()


def test_keyness_of_tables(corpus: ck.Corpus) -> None:
    words, other = ck.frequency(corpus), pl.DataFrame({"word": ["السعوديه", "زحل"], "count": [2, 3]})
    table = ck.keyness(words, other)
    assert shown(table, "word") == {**spelled(TEXTS), "زحل": "زحل"}
    assert_frame_equal(ck.keyness(corpus, other, profile="search").select(table.columns), table)
    named = other.with_columns(spelling=pl.Series(["السعوديّة", None]))
    assert shown(ck.keyness(other, named), "word") == {"السعوديه": "السعوديّة", "زحل": "زحل"}
    assert "spelling" not in ck.keyness(other, words.drop("spelling")).columns
    bigrams = ck.keyness(ck.ngrams(corpus, 2, min_count=1), pl.DataFrame({"ngram": ["ان علي"], "count": [1]}))
    assert shown(bigrams, "word") == spelled(TEXTS, 2)


# ------------------------------------------------------------------------- tables without words


def test_counted_beyond_memory_has_no_spellings(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXTS[0], encoding="utf-8")
    counted = ck.scale.count_ngrams(tmp_path / "a.txt", 2, tmp_path / "table", progress=False)
    assert ck.ngrams(counted, 2, min_count=1).columns == ["ngram", "n", "count", "documents"]


def test_saved_first_for_people_and_second_for_programs(corpus: ck.Corpus, tmp_path: Path) -> None:
    table = ck.frequency(corpus, by="outlet")
    heads = {}
    for ending in (".csv", ".xlsx", ".tsv"):
        path = ck.save(table, tmp_path / f"words{ending}", verbatim=True)
        if ending == ".xlsx":  # the texts of a sheet, of which names of columns are the first
            heads[ending] = re.findall("<t>([^<]*)</t>", ZipFile(path).read("xl/sharedStrings.xml").decode())[:4]
        else:
            saved = pl.read_csv(path, separator="\t" if ending == ".tsv" else ",")
            assert_frame_equal(saved.select(table.columns[:3]), table.select(table.columns[:3]))
            assert key_column(saved) == "word"  # shown again, no column of labels is taken for the key
            heads[ending] = saved.columns[:4]
        moved = "the column spelling written before word" in path.with_name(f"{path.name}.json").read_text()
        assert moved == (ending != ".tsv")
    assert heads[".csv"] == heads[".xlsx"] == ["outlet", "spelling", "word", "count"]
    assert heads[".tsv"] == ["outlet", "word", "spelling", "count"]


def test_column_of_this_name_is_refused(build: Callable[..., ck.Corpus]) -> None:
    corpus = build(["نص"], spelling=["x"])
    for function in (ck.frequency, ck.ngrams, ck.dispersion):
        with pytest.raises(ck.InputError, match="by must be"):
            function(corpus, by="spelling")


# ----------------------------------------------------------------------------- equal to the twin

# spellings that fold together, marks alone, a hashtag, ends of sentences and paragraphs
PIECES = ["على", "علي", "علَي", "إن", "أن", "ان", "كتاب", "#وسم", FATHA, "ـ", "،", ".", "\n"]
TEXT = st.lists(st.sampled_from(PIECES), max_size=24).map(lambda pieces: " ".join(["كتاب", *pieces]))


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(TEXT, min_size=1, max_size=4),
    st.sampled_from([(1, 1), (2, 2), (1, 3), (2, 4)]),
    st.integers(0, 2),
    st.integers(1, 3),
    st.sampled_from(["sentence", "paragraph", "document"]),
)
def test_ngrams_equal_the_twin(texts: list[str], n: tuple[int, int], skip: int, min_count: int, within: str) -> None:
    frame = pl.DataFrame({"text": texts, "outlet": [f"{row % 2}" for row in range(len(texts))]})
    expected: dict[str, str] = {}
    for size in range(n[0], n[1] + 1):
        expected |= spelled(texts, size, skip=skip, within=within)
    options: dict[str, Any] = {"skip": skip, "within": within}
    with TemporaryDirectory() as folder, ck.Corpus.build(frame, Path(folder) / "c", progress=False) as corpus:
        table = ck.ngrams(corpus, n, min_count=min_count, **options)
        assert shown(table).items() <= expected.items()
        assert min_count > 1 or shown(table) == expected
        by = ck.ngrams(corpus, n, min_count=min_count, by="outlet", **options)
        assert shown(by).items() <= expected.items()
        first = corpus.filter(pl.col("outlet") == "0")
        assert shown(ck.ngrams(first, n[0], min_count=min_count, **options)).items() <= (
            spelled(texts[::2], n[0], skip=skip, within=within).items()
        )
        if n[0] > 1:
            pairs = shown(ck.ngram_collocations(corpus, n[0], min_count=min_count, min_documents=1, **options))
            assert pairs == {key: text for key, text in shown(table).items() if key.count(" ") == n[0] - 1}
        assert shown(ck.frequency(corpus), "word") == spelled(texts)


def test_other_sequences_than_the_usual_words(build: Callable[..., ck.Corpus]) -> None:
    """Ties, and sequences that beat the usual spelling of each word, in longer n-grams than a key of 64 bits holds."""
    texts = [
        " ".join(["أن على إن علي أن"] * 2),
        "\n".join(["ان علي ان علي ان علي ان علي"] * 2 + ["إن على ان على إن على إن على"] * 2),
        "\n".join(["أن"] * 9 + ["على"] * 9 + ["ان على أن على ان علي أن علي"] * 2),
    ]
    corpus = build(texts)
    for n in range(1, 9):
        assert shown(ck.ngrams(corpus, n, min_count=1)) == spelled(texts, n)
        assert shown(ck.ngrams(corpus, n, min_count=2)).items() <= spelled(texts, n).items()


def test_sample_equals_the_twin() -> None:
    sample = ck.sample_corpus()
    texts = sample.documents.select("text").collect()["text"].to_list()
    assert shown(ck.frequency(sample), "word") == spelled(texts)
    bigrams = spelled(texts, 2)
    assert shown(ck.ngrams(sample, 2, min_count=1)) == bigrams
    assert shown(ck.ngrams(sample, 2, by="outlet")).items() <= bigrams.items()
    assert bigrams["اماره السهل"] == "إمارة السهل"


def test_number_of_threads_changes_nothing() -> None:
    sample = ck.sample_corpus()
    before = ck.threads()
    try:
        tables = []
        for number in (1, os.cpu_count() or 2, 5):
            ck.set_threads(number)
            tables.append((ck.ngrams(sample, (1, 3)), ck.ngrams(sample, 2, by="outlet"), ck.frequency(sample)))
    finally:
        ck.set_threads(before)
    for others in tables[1:]:
        for table, other in zip(tables[0], others, strict=True):
            assert_frame_equal(table, other)


class Types:
    """What `most_frequent_types` asks of a corpus."""

    def __init__(self, surfaces: list[str], kinds: list[int]) -> None:
        self.type_kinds = np.array(kinds, np.uint8)
        texts = [surface.encode() for surface in surfaces]
        offsets = np.cumsum([0, *map(len, texts)]).astype(np.uint64)
        self.surfaces = IndexTexts(CheckedArray(np.frombuffer(b"".join(texts), np.uint8)), CheckedArray(offsets))


FORMS = {"ا": 0, "ب": 0, "ت": 1, "،": NO_FORM}


@settings(max_examples=examples(200), deadline=None)
@given(
    types=st.lists(
        st.tuples(st.sampled_from([*FORMS]), st.integers(0, 2), st.integers(0, 4)), unique_by=lambda each: each[:2]
    ),
)
def test_most_frequent_types_equal_the_twin(types: list[tuple[str, int, int]]) -> None:
    """Types have a surface, a kind and a count; those with one surface are one spelling, shown by the first."""
    counts = Counter[str]()
    for surface, _, count in types:
        counts[surface] += count
    first = {surface: types.index(next(each for each in types if each[0] == surface)) for surface in counts}
    forms = sorted({FORMS[surface] for surface in counts} - {NO_FORM})
    of_form = [[surface for surface in counts if FORMS[surface] == form] for form in forms]
    expected = [first[max(surfaces, key=lambda each: (counts[each], -first[each]))] for surfaces in of_form]
    of_type = np.array([FORMS[surface] for surface, _, _ in types], np.uint32)
    if 0 not in forms:
        of_type[of_type == 1] = 0
    corpus: Any = Types([surface for surface, _, _ in types], [kind for _, kind, _ in types])
    chosen = most_frequent_types(corpus, of_type, len(forms), np.array([count for _, _, count in types], np.int64))
    assert chosen.tolist() == expected


@pytest.mark.parametrize("texts", [TEXTS, ["؟"], [f"ـ {FATHA}"], ["قال الوزير" for _ in range(3)]])
def test_forms_of_the_index_are_those_of_the_vocabulary(texts: list[str], build: Callable[..., ck.Corpus]) -> None:
    corpus = build(texts)
    types = corpus.vocabulary.collect()
    expected = forms_of_types(types.select("kind", surface="folded"), normalizer=None)
    found = forms_of(corpus, ck.Normalizer.preset("search"))
    assert found.of_type is not None
    assert expected.of_type is not None
    assert found.of_type.tolist() == expected.of_type.tolist()
    assert found.words.to_list() == expected.words.to_list()
    assert found.words.name == expected.words.name
    some = np.arange(0, len(found), 2)
    assert found.named(some).to_list() == expected.named(some).to_list()
    assert len(found) == len(expected)
