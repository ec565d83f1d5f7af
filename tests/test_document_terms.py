"""ck.document_term_matrix: equal to a Counter twin and to scikit-learn's CountVectorizer; order and use."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

import corpus_kit as ck
from corpus_kit._base.records import provenance_of

Term = tuple[str, ...]
COUNTED = {"word", "number", "hashtag", "mention"}
WITHIN = ["sentence", "paragraph", "document"]


# ----------------------------------------------------------------------------------------------------
# The twin: tokens, stretches, Counters
# ----------------------------------------------------------------------------------------------------


def stretches(text: str, profile: Any, within: str) -> list[list[str]]:
    """Return the words of a text, one list for each sentence, paragraph or document."""
    found: dict[tuple[int, int], list[str]] = {}
    for sentence, start, token, kind in ck.tokens([text]).select("sentence", "start", "token", "kind").iter_rows():
        word = token if profile is None else ck.normalize(token, profile)
        paragraph = text.count("\n", 0, start)
        place = {"sentence": (paragraph, sentence), "paragraph": (paragraph, 0), "document": (0, 0)}[within]
        if kind in COUNTED and word:
            found.setdefault(place, []).append(word)
    return list(found.values())


def terms_of(text: str, low: int, high: int, within: str = "paragraph", profile: Any = "search") -> list[Term]:
    """Return all n-grams of a text as tuples of words, since words may contain spaces."""
    return [
        tuple(words[begin : begin + n])
        for words in stretches(text, profile, within)
        for n in range(low, high + 1)
        for begin in range(len(words) - n + 1)
    ]


def slow_counts(
    texts: Sequence[str],
    low: int = 1,
    high: int = 1,
    *,
    within: str = "paragraph",
    profile: Any = "search",
    stopwords: Collection[str] = (),
    min_count: int = 1,
    min_documents: int = 1,
    max_documents: int | None = None,
) -> list[Counter[Term]]:
    """Return the terms of each text that pass the filters."""
    left_out = {word if profile is None else ck.normalize(word, profile) for word in stopwords}
    counts = [Counter(terms_of(text, low, high, within, profile)) for text in texts]
    total = sum(counts, Counter())
    documents = Counter(term for count in counts for term in count)
    kept = {
        term
        for term in total
        if total[term] >= min_count
        and min_documents <= documents[term] <= (max_documents or len(texts))
        and not left_out.intersection(term)
    }
    return [Counter({term: often for term, often in count.items() if term in kept}) for count in counts]


def strings(counter: Counter[Term]) -> Counter[tuple[str, int]]:
    """Return terms as shown, with the number of their words."""
    return Counter({(" ".join(term), len(term)): often for term, often in counter.items()})


def rows_of(found: ck.DocumentTermMatrix) -> list[Counter[tuple[str, int]]]:
    """Return each row of the matrix as a Counter of its terms."""
    names = list(found.terms.select("term", "n").iter_rows())
    dense = found.matrix.toarray()
    return [Counter({names[column]: int(row[column]) for column in np.flatnonzero(row)}) for row in dense]


def assert_in_form(found: ck.DocumentTermMatrix, corpus: ck.Corpus) -> None:
    """Assert the invariants of every matrix: format, margins, order of columns and rows."""
    matrix, documents, terms = found
    assert isinstance(matrix, csr_array)
    assert matrix.dtype == np.int64
    assert matrix.shape == (documents.height, terms.height) == (len(corpus), terms.height)
    assert matrix.has_canonical_format
    again = csr_array((matrix.data, matrix.indices, matrix.indptr), shape=matrix.shape)  # without cached flags
    assert again.has_sorted_indices
    assert again.has_canonical_format
    for begin, end in pairwise(matrix.indptr.tolist()):
        assert (np.diff(matrix.indices[begin:end]) > 0).all()
    assert (matrix.data > 0).all()
    assert documents.schema == {"document": pl.UInt32, "id": pl.String}
    assert documents.rows() == corpus.documents.select("document", "id").collect().rows()
    text, number = pl.String, pl.Int64
    assert terms.schema == {"term": text, "spelling": text, "n": pl.UInt8, "count": number, "documents": number}
    assert terms["count"].to_list() == matrix.sum(axis=0).tolist()
    assert terms["documents"].to_list() == np.bincount(matrix.indices, minlength=terms.height).tolist()
    keys = [(-count, n) for n, count in terms.select("n", "count").iter_rows()]
    assert keys == sorted(keys)


def build(texts: Sequence[str], folder: str | Path, **columns: Any) -> ck.Corpus:
    return ck.Corpus.build(pl.DataFrame({"text": texts, **columns}), Path(folder) / "c", progress=False)


def bytes_of(found: ck.DocumentTermMatrix) -> bytes:
    arrays = (found.matrix.indptr, found.matrix.indices, found.matrix.data)
    parts = [hashlib.sha256(array.tobytes()).hexdigest() for array in arrays]
    return json.dumps([*parts, found.documents.rows(), found.terms.rows()], ensure_ascii=False).encode()


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def texts(corpus: ck.Corpus) -> list[str]:
    return list(corpus.documents.select("text").collect()["text"])


TEXTS = [
    "قال الوزير إن الوزيرَ في المدينة. قال: نعم!",
    "في المدينة\nفي المدينة ١٢، في المدينة 12",
    "...",
    "الوزير قال",
    "قال الوزير إلى المدينة. إلى المدينة قال الوزير",
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame({"text": TEXTS, "name": list("abcde"), "outlet": ["x", "y", "x", "y", "x"]})
    folder = tmp_path_factory.mktemp("terms") / "c"
    with ck.Corpus.build(frame, folder, id="name", progress=False) as built:
        yield built


@pytest.fixture
def _threads() -> Iterator[None]:
    yield
    ck.set_threads(None)


# ----------------------------------------------------------------------------------------------------
# Equal to the twin
# ----------------------------------------------------------------------------------------------------

N: list[Any] = [1, 2, (1, 3), (2, 2), [1, 2], 8]


def low_high(n: Any) -> tuple[int, int]:
    return (n, n) if isinstance(n, int) else tuple(n)


@pytest.mark.parametrize("n", N)
@pytest.mark.parametrize("within", WITHIN)
def test_small_corpus_equals_the_twin(small: ck.Corpus, n: Any, within: str) -> None:
    found = ck.document_term_matrix(small, n=n, within=within)
    assert rows_of(found) == [strings(each) for each in slow_counts(TEXTS, *low_high(n), within=within)]
    assert_in_form(found, small)


@pytest.mark.parametrize(
    "options",
    [
        {"min_count": 3},
        {"min_documents": 3},
        {"max_documents": 2},
        {"min_documents": 2, "max_documents": 3, "min_count": 4},
        {"stopwords": ["في", "الوَزير"]},
        {"stopwords": {"الي"}, "min_count": 2},
        {"stopwords": ["إلى"], "profile": None},
        {"stopwords": ["الوزير"], "profile": "dediac"},
    ],
)
@pytest.mark.parametrize("n", [1, 2, (1, 3)])
def test_filters_equal_the_twin(small: ck.Corpus, options: dict[str, Any], n: Any) -> None:
    found = ck.document_term_matrix(small, n=n, **options)
    if n != 2:  # no pair of words is frequent
        everything = ck.document_term_matrix(small, n=n, profile=options.get("profile", "search"))
        assert 0 < found.terms.height < everything.terms.height
    assert rows_of(found) == [strings(each) for each in slow_counts(TEXTS, *low_high(n), **options)]
    assert_in_form(found, small)


def test_ngrams_with_stop_words_are_dropped(small: ck.Corpus) -> None:
    """Stop words stay in the text: الوزير and المدينة do not become adjacent."""
    terms = ck.document_term_matrix(small, n=(1, 3), within="document", stopwords=["إلي"]).terms["term"]
    assert not any("الي" in term.split() for term in terms)
    assert "الوزير المدينه" not in terms
    assert {"الوزير", "المدينه", "قال الوزير"} <= set(terms)


PIECES = ["مئة", "مئه", "مِئة", "إلى", "الى", "في", "١٢", "12", "#وسم", "@مدى", "،", "!", ".", "\n", "\u064e", "🙂"]
# Each text ends in punctuation, since white space alone is not a document.
TEXT = st.lists(st.sampled_from(PIECES), max_size=9).map(lambda some: " ".join([*some, ".!"]))
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "min_count": st.integers(1, 3),
        "min_documents": st.integers(1, 2),
        "max_documents": st.integers(2, 4),
        "stopwords": st.sampled_from([["إلى"], {"مئه", "12"}]),
        "within": st.sampled_from(WITHIN),
        "profile": st.sampled_from(["search", "dediac", None]),
    },
)


@given(
    texts=st.lists(TEXT, min_size=1, max_size=6),
    n=st.sampled_from([1, 2, 3, (1, 2), (1, 3), (2, 4)]),
    options=OPTIONS,
    data=st.data(),
)
@settings(max_examples=examples(50))
def test_random_corpora_equal_the_twin(texts: list[str], n: Any, options: dict[str, Any], data: st.DataObject) -> None:
    rows = data.draw(st.sets(st.integers(0, len(texts) - 1)))
    with TemporaryDirectory() as folder, build(texts, folder) as corpus:
        part = corpus.filter(pl.col("document").is_in(sorted(rows)))
        for chosen, kept in ((corpus, texts), (part, [text for row, text in enumerate(texts) if row in rows])):
            found = ck.document_term_matrix(chosen, n=n, **options)
            assert rows_of(found) == [strings(each) for each in slow_counts(kept, *low_high(n), **options)]
            assert_in_form(found, chosen)


def test_sample_equals_the_twin(corpus: ck.Corpus, texts: list[str]) -> None:
    options: dict[str, Any] = {"min_count": 3, "max_documents": 100, "stopwords": ck.stopwords()}
    found = ck.document_term_matrix(corpus, n=(1, 2), **options)
    assert found.terms.height > 500
    assert rows_of(found) == [strings(each) for each in slow_counts(texts, 1, 2, **options)]
    assert_in_form(found, corpus)


# ----------------------------------------------------------------------------------------------------
# Equal to scikit-learn and to the other tables of the library
# ----------------------------------------------------------------------------------------------------


def ngrams_of(text: str, n: Any) -> list[str]:
    """Return the library's n-grams of a text, repeated by count."""
    rows = ck.count_ngrams([text], n).select("ngram", "count").iter_rows()
    return [ngram for ngram, count in rows for _ in range(count)]


def assert_equals_vectorizer(found: ck.DocumentTermMatrix, texts: Sequence[str], n: Any) -> None:
    vectorizer = CountVectorizer(analyzer=lambda text: ngrams_of(text, n))
    expected = vectorizer.fit_transform(texts)
    assert found.matrix.shape == expected.shape
    assert set(found.terms["term"]) == set(vectorizer.vocabulary_)
    columns = [vectorizer.vocabulary_[term] for term in found.terms["term"]]
    assert (expected[:, columns] != found.matrix).nnz == 0


@pytest.mark.parametrize("n", [1, 2, (1, 3)])
def test_sample_equals_the_vectorizer(corpus: ck.Corpus, texts: list[str], n: Any) -> None:
    assert_equals_vectorizer(ck.document_term_matrix(corpus, n=n), texts, n)


@given(texts=st.lists(TEXT, max_size=6))
@settings(max_examples=examples(30))
def test_random_corpora_equal_the_vectorizer(texts: list[str]) -> None:
    texts = [*texts, "قال نهر"]  # the vectorizer raises on an empty vocabulary
    with TemporaryDirectory() as folder, build(texts, folder) as corpus:
        for n in (1, 2):
            assert_equals_vectorizer(ck.document_term_matrix(corpus, n=n), texts, n)


def test_document_frequency_filters_equal_the_vectorizer(corpus: ck.Corpus, texts: list[str]) -> None:
    """min_documents and max_documents are min_df and max_df of the vectorizer."""
    found = ck.document_term_matrix(corpus, min_documents=5, max_documents=60)
    vectorizer = CountVectorizer(analyzer=lambda text: ngrams_of(text, 1), min_df=5, max_df=60).fit(texts)
    assert set(found.terms["term"]) == set(vectorizer.vocabulary_)


@pytest.mark.parametrize("least", [1, 4])
def test_words_equal_frequency(corpus: ck.Corpus, least: int) -> None:
    part = corpus.filter(pl.col("document") % 3 == 1)
    for chosen in (corpus, part):
        found = ck.document_term_matrix(chosen, min_count=least).terms.drop("n")
        expected = ck.frequency(chosen, min_count=least).select("word", "spelling", "count", "documents")
        assert found.rows() == expected.rows()


@pytest.mark.parametrize("n", [2, (1, 3)])
@pytest.mark.parametrize("within", WITHIN)
def test_ngrams_equal_ngrams(corpus: ck.Corpus, n: Any, within: str) -> None:
    part = corpus.filter(pl.col("document") % 3 == 1)
    for chosen in (corpus, part):
        found = ck.document_term_matrix(chosen, n=n, within=within)
        assert found.terms.rows() == ck.ngrams(chosen, n, min_count=1, within=within).rows()


def test_words_can_contain_spaces(tmp_path: Path) -> None:
    """A token with spaces is not the n-gram that looks the same: two columns have the same name."""
    profile = ck.Normalizer.preset("search").replace(ligatures="expand")
    texts = ["النبي ﷺ قال", "صلى الله عليه وسلم"]
    with build(texts, tmp_path) as corpus:
        found = ck.document_term_matrix(corpus, n=(1, 4), profile=profile)
        twin = slow_counts(texts, 1, 4, profile=profile)
        assert rows_of(found) == [strings(each) for each in twin]
        assert_in_form(found, corpus)
    named = found.terms.filter(pl.col("term") == "صلي الله عليه وسلم").sort("n")
    assert named.rows() == [
        ("صلي الله عليه وسلم", "ﷺ", 1, 1, 1),
        ("صلي الله عليه وسلم", "صلى الله عليه وسلم", 4, 1, 1),
    ]


# ----------------------------------------------------------------------------------------------------
# Rows and columns
# ----------------------------------------------------------------------------------------------------


def test_rows_of_a_subcorpus(corpus: ck.Corpus, texts: list[str]) -> None:
    """Rows keep the order, numbers and names of the corpus."""
    rows = [3, 40, 41, 200]
    part = corpus.filter(pl.col("document").is_in(rows))
    names = corpus.documents.select("id").collect()["id"].to_list()
    for n in (1, 2):
        found = ck.document_term_matrix(part, n=n)
        assert found.documents.rows() == [(row, names[row]) for row in rows]
        assert rows_of(found) == [strings(each) for each in slow_counts([texts[row] for row in rows], n, n)]
        assert_in_form(found, part)


def test_documents_without_words_have_a_row(small: ck.Corpus) -> None:
    for n in (1, 2, 8):
        found = ck.document_term_matrix(small, n=n)
        assert found.documents["id"].to_list() == list("abcde")
        assert found.matrix[[2]].nnz == 0


@pytest.mark.parametrize("n", [1, 2, (1, 3)])
def test_no_terms_or_no_documents(small: ck.Corpus, n: Any) -> None:
    """No term passes the filters, or no document is selected."""
    empty = small.filter(pl.lit(False))
    for part, options in (
        (small, {"min_count": 1000}),
        (small, {"min_documents": 6}),
        (empty, {}),
        (small.filter(pl.col("id") == "c"), {}),
    ):
        found = ck.document_term_matrix(part, n=n, **options)
        assert found.matrix.shape == (len(part), 0)
        assert_in_form(found, part)


def test_all_words_are_stop_words(small: ck.Corpus) -> None:
    everything = ck.frequency(small)["word"].to_list()
    for n in (1, 2):
        assert ck.document_term_matrix(small, n=n, stopwords=everything).matrix.shape == (5, 0)


def test_ties_keep_the_order_of_the_text(tmp_path: Path) -> None:
    """By count descending, then n, then first occurrence, not alphabetically."""
    texts = ["نهر بحر بحر", "سفينة نهر وزير", "وزير سفينة قال"]
    words = ["نهر", "بحر", "سفينه", "وزير", "قال"]
    pairs = ["نهر بحر", "بحر بحر", "سفينه نهر", "نهر وزير", "وزير سفينه", "سفينه قال"]
    with build(texts, tmp_path) as corpus:
        for n, expected in ((1, words), (2, pairs), ((1, 2), [*words, *pairs])):
            assert ck.document_term_matrix(corpus, n=n).terms["term"].to_list() == expected


@pytest.mark.usefixtures("_threads")
@pytest.mark.parametrize("n", [1, 2, (1, 3)])
def test_repeated_runs_and_threads_give_the_same_bytes(corpus: ck.Corpus, n: Any) -> None:
    first = bytes_of(ck.document_term_matrix(corpus, n=n, min_count=2))
    for number in (None, 1, 2, 1):
        ck.set_threads(number)
        assert bytes_of(ck.document_term_matrix(corpus, n=n, min_count=2)) == first


def test_result_is_a_named_tuple(small: ck.Corpus) -> None:
    found = ck.document_term_matrix(small)
    assert isinstance(found, ck.DocumentTermMatrix)
    assert found._fields == ("matrix", "documents", "terms")
    matrix, documents, terms = found
    assert (matrix is found.matrix, documents is found.documents, terms is found.terms) == (True, True, True)


def test_provenance(small: ck.Corpus) -> None:
    part = small.filter(pl.col("outlet") == "x")
    options: dict[str, Any] = {
        "n": (1, 2),
        "min_count": 2,
        "min_documents": 1,
        "max_documents": 3,
        "within": "sentence",
    }
    record = provenance_of(ck.document_term_matrix(part, stopwords={"في", "إلى"}, **options).terms)
    assert record is not None
    assert (record["function"], record["corpus_id"]) == ("ck.document_term_matrix", small.id)
    assert record["profile_digest"] == ck.Normalizer.preset("search").digest
    noted = record["options"]
    assert {name: noted[name] for name in options} == options | {"n": [1, 2]}
    assert noted["stopwords"] == sorted(["في", "إلى"])
    assert noted["profile"] == "search"
    assert noted["subcorpus"] == part.selection
    assert noted["subcorpus"] is not None
    other = provenance_of(ck.document_term_matrix(small, profile=None).terms)
    assert other is not None
    assert (other["profile_digest"], other["options"]["profile"], other["options"]["subcorpus"]) == (None, None, None)


# ----------------------------------------------------------------------------------------------------
# Use
# ----------------------------------------------------------------------------------------------------


def test_topic_model_of_the_sample(corpus: ck.Corpus) -> None:
    """Weighting and factorisation with scikit-learn, as in the documentation."""
    found = ck.document_term_matrix(corpus, min_documents=5, max_documents=120, stopwords=ck.stopwords())
    weights = TfidfTransformer().fit_transform(found.matrix)
    assert weights.shape == found.matrix.shape
    lengths = np.sqrt(weights.multiply(weights).sum(axis=1))
    assert lengths[np.diff(found.matrix.indptr) > 0] == pytest.approx(1)
    both = []
    for _ in range(2):
        model = NMF(n_components=7, init="nndsvd", random_state=0, max_iter=500)
        both.append((model.fit_transform(weights), model.components_))
    documents, topics = both[0]
    assert documents.shape == (len(corpus), 7)
    assert topics.shape == (7, found.terms.height)
    assert documents.min() >= 0
    assert topics.min() >= 0
    assert (topics.sum(axis=1) > 0).all()
    assert all(np.array_equal(one, other) for one, other in zip(*both, strict=True))
    best = found.terms["term"].gather(np.argsort(-topics, axis=1)[:, :5].ravel())
    assert len(best) == 35
    outlets = corpus.documents.select("document", "outlet").collect()
    assert found.documents.join(outlets, on="document", how="left")["outlet"].n_unique() == 7


# ----------------------------------------------------------------------------------------------------
# Bad input
# ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "^n must be .*got 0"),
        ({"n": 9}, "^n must be .*got 9"),
        ({"n": (3, 2)}, r"^n must be .*got \(3, 2\)"),
        ({"n": (1, 2, 3)}, r"^n must be .*got \(1, 2, 3\)"),
        ({"n": 1.0}, r"^n must be .*got 1\.0"),
        ({"n": True}, "^n must be .*got True"),
        ({"n": "2"}, "^n must be .*got '2'"),
        ({"min_count": 0}, "^min_count must be .*got 0"),
        ({"min_count": 1.5}, r"^min_count must be .*got 1\.5"),
        ({"min_documents": 0}, "^min_documents must be .*got 0"),
        ({"min_documents": "1"}, "^min_documents must be .*got '1'"),
        ({"max_documents": 0}, "^max_documents must be .*got 0"),
        ({"min_documents": 3, "max_documents": 2}, "^max_documents must be .*got 2"),
        ({"within": "token"}, "^within must be .*got 'token'"),
        ({"within": "paragraf"}, "^within must be .*Did you mean 'paragraph"),
        ({"profile": "serach"}, "^profile must be .*Did you mean 'search"),
        ({"stopwords": "في"}, "^stopwords must be .*got 'في'"),
        ({"stopwords": [1]}, "^stopwords must be "),
        ({"stopwords": None}, "^stopwords must be .*got None"),
    ],
)
def test_bad_arguments(small: ck.Corpus, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.document_term_matrix(small, **options)


@pytest.mark.parametrize("given", [TEXTS, pl.DataFrame({"text": TEXTS}), "c", None])
def test_corpus_is_required(given: Any) -> None:
    with pytest.raises(ck.InputError, match=r"^corpus must be a Corpus"):
        ck.document_term_matrix(given)
