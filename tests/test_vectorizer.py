"""ck.ArabicVectorizer: equal to a twin in plain Python, to ck.document_term_matrix, and at home in scikit-learn."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sklearn
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, csr_matrix, hstack
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import NMF
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from sklearn.utils.validation import check_is_fitted

import corpus_kit as ck
from corpus_kit.analysis import counted_texts
from corpus_kit.corpus.annotation import reader_of

COUNTED = ("word", "number", "hashtag", "mention")
TEXTS = [
    "قال الوزير إن الوزيرَ في المدينة. قال: نعم!",
    "في المدينة\nفي المدينة ١٢، في المدينة 12 🙂",
    "...",
    "الوزير قال @مدى",
    "قال الوزير إلى المدينة. إلى المدينة قال الوزير #وسم",
]
NEW = ["المدينةُ في المدينه", "كتاب جديد", "", "قال إن الوزير 🙂"]


# ----------------------------------------------------------------------------------------------------
# The twin
# ----------------------------------------------------------------------------------------------------


def terms_of(text: str, low: int, high: int, within: str, profile: Any, kinds: Any, stopwords: Any) -> list[str]:
    """Return the terms of a text by n, then in their order."""
    left_out = {word if profile is None else ck.normalize(word, profile) for word in stopwords}
    stretches: dict[tuple[int, int], list[str]] = {}
    for sentence, start, token, kind in ck.tokens([text]).select("sentence", "start", "token", "kind").iter_rows():
        word = token if profile is None else ck.normalize(token, profile)
        paragraph = text.count("\n", 0, start)
        place = {"sentence": (paragraph, sentence), "paragraph": (paragraph, 0), "document": (0, 0)}[within]
        if kind in kinds and word:
            stretches.setdefault(place, []).append(word)
    return [
        " ".join(words[begin : begin + n])
        for n in range(low, high + 1)
        for words in stretches.values()
        for begin in range(len(words) - n + 1)
        if not left_out.intersection(words[begin : begin + n])
    ]


def slow_rows(
    texts: list[str],
    new: list[str],
    *,
    n: Any = 1,
    within: str = "paragraph",
    profile: Any = "search",
    kinds: Any = COUNTED,
    stopwords: Any = (),
    min_count: int = 1,
    min_documents: int = 1,
    max_documents: int | None = None,
    binary: bool = False,
) -> list[Counter[str]]:
    """Return the terms of new texts that are terms of others and pass the filters."""
    low, high = (n, n) if isinstance(n, int) else n
    options = (low, high, within, profile, kinds, stopwords)
    counts = [Counter(terms_of(text, *options)) for text in texts]
    total, documents = sum(counts, Counter()), Counter(term for count in counts for term in count)
    most = max_documents or len(texts)
    kept = {term for term in total if total[term] >= min_count and min_documents <= documents[term] <= most}
    found = [Counter(terms_of(text, *options)) for text in new]
    return [Counter({term: 1 if binary else row[term] for term in row if term in kept}) for row in found]


def rows_of(matrix: Any, names: Any) -> list[Counter[str]]:
    dense = matrix.toarray()
    return [Counter({names[column]: int(row[column]) for column in np.flatnonzero(row)}) for row in dense]


OPTIONS: list[dict[str, Any]] = [
    {},
    {"n": 2},
    {"n": (1, 3)},
    {"n": (1, 3), "within": "document"},
    {"n": (2, 3), "within": "sentence", "profile": None},
    {"profile": None},
    {"profile": "dediac", "n": (1, 2)},
    {"kinds": "word"},
    {"kinds": ["word", "emoji", "punctuation"], "n": (1, 2)},
    {"min_count": 3},
    {"min_documents": 2, "n": (1, 2)},
    {"max_documents": 2},
    {"min_documents": 2, "max_documents": 3, "min_count": 3},
    {"stopwords": ["في", "الوَزير"], "n": (1, 3)},
    {"stopwords": {"الي"}, "binary": True},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_texts_equal_the_twin(options: dict[str, Any]) -> None:
    vectorizer = ck.ArabicVectorizer(**options)
    matrix = vectorizer.fit_transform(TEXTS)
    names = vectorizer.get_feature_names_out()
    assert rows_of(matrix, names) == slow_rows(TEXTS, TEXTS, **options)
    assert rows_of(vectorizer.transform(NEW), names) == slow_rows(TEXTS, NEW, **options)
    assert matrix.has_canonical_format
    assert (vectorizer.transform(TEXTS) != matrix).nnz == 0
    fitted = ck.ArabicVectorizer(**options).fit(TEXTS)
    assert fitted.vocabulary_ == vectorizer.vocabulary_ == {name: column for column, name in enumerate(names)}
    if not options.get("binary"):
        assert vectorizer.terms_["count"].to_list() == np.asarray(matrix.sum(axis=0)).ravel().tolist()
    assert vectorizer.terms_["documents"].to_list() == np.bincount(matrix.indices, minlength=len(names)).tolist()


PIECES = ["مئة", "مئه", "مِئة", "إلى", "الى", "في", "١٢", "12", "#وسم", "@مدى", "،", "!", ".", "\n", "\u064e", "🙂"]
TEXT = st.lists(st.sampled_from(PIECES), max_size=9).map(" ".join)


@given(
    texts=st.lists(TEXT, max_size=5),
    new=st.lists(TEXT, max_size=4),
    options=st.fixed_dictionaries(
        {"n": st.sampled_from([1, 2, (1, 2), (2, 4)])},
        optional={
            "within": st.sampled_from(["sentence", "paragraph", "document"]),
            "profile": st.sampled_from(["search", "dediac", None]),
            "stopwords": st.sampled_from([["إلى"], {"مئه", "12"}]),
            "kinds": st.sampled_from(["word", ("word", "emoji")]),
            "binary": st.booleans(),
        },
    ),
)
@settings(max_examples=examples(60))
def test_random_texts_equal_the_twin(texts: list[str], new: list[str], options: dict[str, Any]) -> None:
    texts = [*texts, "قال النهر في المدينة أمس"]
    vectorizer = ck.ArabicVectorizer(**options).fit(texts)
    names = vectorizer.get_feature_names_out()
    assert rows_of(vectorizer.transform(new), names) == slow_rows(texts, new, **options)


@pytest.mark.parametrize("options", [{}, {"n": (1, 2)}, {"n": 3, "within": "document"}, {"stopwords": ["في"]}], ids=str)
def test_analyzers_equal_the_twin(options: dict[str, Any]) -> None:
    vectorizer = ck.ArabicVectorizer(**options)
    n = options.get("n", 1)
    low, high = (n, n) if isinstance(n, int) else n
    expected = [
        terms_of(text, low, high, options.get("within", "paragraph"), "search", COUNTED, options.get("stopwords", ()))
        for text in [*TEXTS, *NEW]
    ]
    assert [vectorizer.build_analyzer()(text) for text in [*TEXTS, *NEW]] == expected
    counted = CountVectorizer(analyzer=pickle.loads(pickle.dumps(vectorizer.build_analyzer()))).fit(TEXTS)
    assert set(counted.vocabulary_) == set(vectorizer.fit(TEXTS).vocabulary_)


def test_tokenizers_keep_the_spelling() -> None:
    assert ck.ArabicVectorizer().build_tokenizer()("إلى المدينةِ، ١٢ 🙂") == ["إلى", "المدينةِ", "١٢"]
    assert ck.ArabicVectorizer(kinds="emoji").build_tokenizer()("إلى المدينةِ، ١٢ 🙂") == ["🙂"]


# ----------------------------------------------------------------------------------------------------
# Equal to the library's own matrix
# ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def texts(corpus: ck.Corpus) -> list[str]:
    return list(corpus.documents.select("text").collect()["text"])


def assert_equal(found: ck.DocumentTermMatrix, vectorizer: ck.ArabicVectorizer, matrix: Any) -> None:
    assert vectorizer.terms_.equals(found.terms.drop("spelling"))
    for name in ("data", "indices", "indptr"):
        assert np.array_equal(getattr(matrix, name), getattr(found.matrix, name))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"n": (1, 2), "min_count": 2},
        {"n": 3, "within": "sentence"},
        {"min_documents": 5, "max_documents": 60, "stopwords": ck.stopwords()},
        {"unit": "stem"},
        {"unit": "lemma", "n": (1, 2), "min_count": 2},
        {"unit": "root", "stopwords": ["قال"]},
        {"unit": "lemma", "profile": None},
        {"profile": ck.Normalizer.preset("search").replace(ligatures="expand"), "n": (1, 2)},
    ],
    ids=lambda options: "-".join(options),
)
def test_columns_and_counts_are_those_of_the_corpus(corpus: ck.Corpus, texts: list[str], options: Any) -> None:
    vectorizer = ck.ArabicVectorizer(**options)
    assert_equal(ck.document_term_matrix(corpus, **options), vectorizer, vectorizer.fit_transform(texts))


@pytest.mark.parametrize("unit", ["stem", "lemma", "root"])
def test_new_texts_do_not_change_units(texts: list[str], unit: str) -> None:
    """They are found with the counts of the texts of `fit`, whatever else is transformed at the same time."""
    vectorizer = ck.ArabicVectorizer(unit=unit).fit(texts[:20])
    together = vectorizer.transform(texts[40:43])
    alone = vectorizer.transform(texts[41:42])
    assert alone.nnz == together[1].nnz > 0
    assert (alone != together[1]).nnz == 0
    if unit != "lemma":
        return
    expected = vectorizer.fit_transform(texts[:20])
    assert (vectorizer.transform(texts[:20]) != expected).nnz == 0
    terms = vectorizer.build_analyzer()(texts[0])
    assert Counter(terms) == rows_of(expected[0], vectorizer.get_feature_names_out())[0]


def test_shares_of_the_texts(texts: list[str]) -> None:
    """As min_df and max_df of scikit-learn, without its errors of rounding."""
    ours = ck.ArabicVectorizer(min_documents=0.1, max_documents=0.5).fit(texts[:30])
    exact = ck.ArabicVectorizer(min_documents=3, max_documents=15).fit(texts[:30])
    assert ours.vocabulary_ == exact.vocabulary_
    assert ours.terms_["documents"].min() == 3
    everywhere = ck.ArabicVectorizer(min_documents=1.0).fit(["قال نهر", "قال بحر"])
    assert everywhere.vocabulary_ == {"قال": 0}


# ----------------------------------------------------------------------------------------------------
# A vocabulary that is given
# ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "vocabulary",
    [
        ["الوزيرَ", "إلى المدينة", "كتاب"],
        {"كتاب": 2, "الوزير": 0, "الي المدينه": 1},
        pl.Series(["الوزير", "إلى المدينة", "كتاب"]),
    ],
)
def test_given_terms_are_the_columns(vocabulary: Any) -> None:
    vectorizer = ck.ArabicVectorizer(n=(1, 2), vocabulary=vocabulary, min_documents=2)
    matrix = vectorizer.fit_transform(TEXTS)
    assert vectorizer.get_feature_names_out().tolist() == ["الوزير", "الي المدينه", "كتاب"]
    assert matrix.toarray().tolist() == [[2, 0, 0], [0, 0, 0], [0, 0, 0], [1, 0, 0], [2, 2, 0]]
    assert vectorizer.terms_.rows() == [("الوزير", 1, 5, 3), ("الي المدينه", 2, 2, 1), ("كتاب", 1, 0, 0)]
    assert vectorizer.transform(["كتاب الوزير"]).toarray().tolist() == [[1, 0, 1]]
    learned = ck.ArabicVectorizer(n=(1, 2), vocabulary=ck.ArabicVectorizer(n=(1, 2)).fit(TEXTS).vocabulary_)
    assert (learned.fit_transform(TEXTS) != ck.ArabicVectorizer(n=(1, 2)).fit_transform(TEXTS)).nnz == 0


def test_given_roots() -> None:
    vectorizer = ck.ArabicVectorizer(unit="root", vocabulary=["قول", "كتب"])
    assert vectorizer.fit_transform(["قال الكاتب", "كتاب قيل"]).toarray().tolist() == [[1, 1], [1, 1]]


# ----------------------------------------------------------------------------------------------------
# In scikit-learn
# ----------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Can't test estimator")
def test_check_estimator() -> None:
    """For estimators of texts, scikit-learn has one check; the others that need no numbers are called one by one."""
    results = estimator_checks.check_estimator(ck.ArabicVectorizer())
    assert [result["status"] for result in results] == ["passed"] * len(results)
    assert results


@pytest.mark.parametrize(
    "name",
    [
        "check_estimator_cloneable",
        "check_estimator_repr",
        "check_estimator_tags_renamed",
        "check_get_params_invariance",
        "check_mixin_order",
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_set_params",
        "check_valid_tag_types",
    ],
)
def test_checks_without_data(name: str) -> None:
    getattr(estimator_checks, name)("ArabicVectorizer", ck.ArabicVectorizer())


def test_clones_and_pickles() -> None:
    profile = ck.Normalizer.preset("search").replace(ligatures="expand")
    vectorizer = ck.ArabicVectorizer(n=(1, 2), profile=profile, stopwords=frozenset({"في"}), unit="lemma").fit(TEXTS)
    again = pickle.loads(pickle.dumps(vectorizer))
    assert (again.transform(NEW) != vectorizer.transform(NEW)).nnz == 0
    copy = clone(vectorizer)
    with pytest.raises(NotFittedError):
        copy.transform(TEXTS)
    assert (copy.fit_transform(TEXTS) != vectorizer.transform(TEXTS)).nnz == 0
    assert copy.set_params(n=1, unit="word").get_params()["n"] == 1
    assert set(copy.fit(TEXTS).terms_["n"]) == {1}
    check_is_fitted(copy)


def test_what_finds_units_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not again for each call, for a copy, or for other options and the same texts."""
    made: list[pl.DataFrame] = []
    monkeypatch.setattr(counted_texts, "reader_of", lambda types: made.append(types) or reader_of(types))
    texts = ["كتب الطالب رسالتين من مدينة بعيدة", "قرأت الطالبة رسالتها"]
    vectorizer = ck.ArabicVectorizer(unit="lemma").fit(texts)
    copy = pickle.loads(pickle.dumps(vectorizer))
    assert (copy.transform(texts) != vectorizer.transform(texts)).nnz == 0
    ck.ArabicVectorizer(unit="root", profile=None, n=(1, 2)).fit(texts).transform(["رسالة"])
    assert len(made) == 1
    ck.ArabicVectorizer(unit="lemma").fit([*texts, "كتب"])
    ck.ArabicVectorizer(unit="lemma").fit(["كتب الطالب رسالتين من مدينة بعيد ة", texts[1]])
    assert len(made) == 3


def test_threads_share_a_vectorizer(texts: list[str]) -> None:
    vectorizer = ck.ArabicVectorizer(unit="lemma").fit(texts[:10])
    expected = [vectorizer.transform([text]) for text in texts[:20]]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: vectorizer.transform([text]), texts[:20]))
    assert all((one != other).nnz == 0 for one, other in zip(found, expected, strict=True))


def test_fitting_again_forgets() -> None:
    vectorizer = ck.ArabicVectorizer().fit(TEXTS)
    assert vectorizer.fit(["كتاب"]).vocabulary_ == {"كتاب": 0}
    vectorizer.set_params(n=2)  # without a new fit, the terms are those that were learned
    assert vectorizer.transform(["كتاب كتاب"]).toarray().tolist() == [[2]]


@pytest.mark.parametrize(("interface", "kind"), [("spmatrix", csr_matrix), ("sparray", csr_array)])
def test_matrices_are_of_the_kind_of_scikit_learn(interface: str, kind: type) -> None:
    """BERTopic multiplies them with *, which is the product of matrices for one kind only."""
    if "sparse_interface" not in sklearn.get_config() and interface == "sparray":
        pytest.skip("this version has no sparse_interface")
    options = {"sparse_interface": interface} if "sparse_interface" in sklearn.get_config() else {}
    with sklearn.config_context(**options):
        vectorizer = ck.ArabicVectorizer()
        for matrix in (vectorizer.fit_transform(TEXTS), vectorizer.transform(TEXTS)):
            assert type(matrix) is kind
            assert type(CountVectorizer().fit_transform(TEXTS)) is kind
            assert (matrix.dtype, matrix.indices.dtype) == (np.int64, np.int32)


@pytest.mark.parametrize("dtype", ["float32", np.float64, np.uint8, int])
def test_types_of_numbers(dtype: Any) -> None:
    matrix = ck.ArabicVectorizer(dtype=dtype).fit_transform(TEXTS)
    assert matrix.dtype == np.dtype(dtype)
    assert (matrix != ck.ArabicVectorizer().fit_transform(TEXTS)).nnz == 0


def test_terms_of_rows() -> None:
    vectorizer = ck.ArabicVectorizer()
    matrix = vectorizer.fit_transform(TEXTS)
    expected = [sorted(row) for row in slow_rows(TEXTS, TEXTS)]
    for given_rows in (matrix, matrix.toarray(), csr_array(matrix), TfidfTransformer().fit_transform(matrix)):
        assert [sorted(row) for row in vectorizer.inverse_transform(given_rows)] == expected
    with pytest.raises(ck.InputError, match=r"^X must have 10 columns, one for each term, got 11\."):
        vectorizer.inverse_transform(hstack([matrix, matrix[:, :1]]))


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(TEXTS),
        pd.Series(TEXTS, dtype=object),
        pa.array(TEXTS),
        pl.Series(TEXTS),
        np.array(TEXTS),
        tuple(TEXTS),
    ],
    ids=["pandas", "objects", "pyarrow", "polars", "numpy", "tuple"],
)
def test_columns_of_libraries_are_texts(column: Any) -> None:
    expected = ck.ArabicVectorizer().fit_transform(TEXTS)
    assert (ck.ArabicVectorizer().fit_transform(column) != expected).nnz == 0


def test_missing_texts_have_no_words() -> None:
    assert ck.ArabicVectorizer().fit_transform(["خبر", None]).toarray().tolist() == [[1], [0]]
    assert ck.ArabicVectorizer().fit(["خبر"]).transform([]).shape == (0, 1)


def test_pipelines_and_searches(corpus: ck.Corpus) -> None:
    """The outlets of the sample from the texts, with parameters that are searched."""
    documents = corpus.documents.select("text", "outlet", "words").collect().to_pandas()
    texts, outlets = documents["text"], documents["outlet"]
    pipeline = make_pipeline(ck.ArabicVectorizer(), TfidfTransformer(), MultinomialNB(alpha=0.01))
    grid = {"arabicvectorizer__n": [1, (1, 2)], "arabicvectorizer__min_documents": [2, 0.02]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(texts, outlets)
    assert search.best_score_ > 2 * outlets.value_counts(normalize=True).max()
    assert set(search.best_params_) == set(grid)
    columns = ColumnTransformer([("words", ck.ArabicVectorizer(min_documents=5), "text")], remainder="passthrough")
    names = columns.fit(documents[["text", "words"]]).get_feature_names_out()
    assert names[-1] == "remainder__words"
    assert names[0].startswith("words__")


def test_topics_are_the_same_each_time(texts: list[str]) -> None:
    both = []
    for _ in range(2):
        counts = ck.ArabicVectorizer(min_documents=5, stopwords=ck.stopwords()).fit_transform(texts)
        both.append(NMF(n_components=5, init="nndsvd", random_state=0, max_iter=400).fit_transform(counts))
    assert np.array_equal(*both)


def test_the_calls_of_bertopic(texts: list[str]) -> None:
    """Its topics are weighted as in ClassTfidfTransformer, with * between sparse matrices."""
    from scipy import sparse
    from sklearn.preprocessing import normalize

    vectorizer = ck.ArabicVectorizer(n=(1, 2))
    topics = [" ".join(texts[start : start + 40]) for start in range(0, len(texts), 40)]
    counts = vectorizer.fit(topics).transform(topics)
    frequency = np.squeeze(np.asarray(counts.sum(axis=0)))
    idf = np.log(int(counts.sum(axis=1).mean()) / frequency + 1)
    diagonal = sparse.diags(idf, offsets=0, shape=(len(idf), len(idf)), format="csr", dtype=np.float64)
    weights = normalize(counts, axis=1, norm="l1", copy=False) * diagonal
    assert weights.shape == (len(topics), len(vectorizer.get_feature_names_out()))
    tokens = vectorizer.build_tokenizer()(texts[0])
    assert vectorizer.transform([" ".join(tokens[:4])]).nnz


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_give_the_same_bytes(texts: list[str], threads: int) -> None:
    def run() -> tuple[bytes, list[str]]:
        vectorizer = ck.ArabicVectorizer(n=(1, 2))
        return vectorizer.fit_transform(texts).data.tobytes(), list(vectorizer.vocabulary_)

    expected = run()
    ck.set_threads(threads)
    try:
        assert run() == expected
    finally:
        ck.set_threads(None)


# ----------------------------------------------------------------------------------------------------
# Bad input
# ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "^n must be .*got 0"),
        ({"n": (3, 2)}, "^n must be "),
        ({"unit": "lema"}, "^unit must be .*Did you mean 'lemma'"),
        ({"profile": "serach"}, "^profile must be .*Did you mean 'search"),
        ({"within": "token"}, "^within must be "),
        ({"kinds": "wrod"}, "^kinds must be .*Did you mean 'word'"),
        ({"kinds": []}, "^kinds must be at least one"),
        ({"kinds": None}, "^kinds must be "),
        ({"min_count": 0}, "^min_count must be .*got 0"),
        ({"min_documents": 0}, "^min_documents must be .*got 0"),
        ({"min_documents": 1.5}, "^min_documents must be a number above 0 and at most 1, got 1.5"),
        ({"max_documents": "2"}, "^max_documents must be .*got '2'"),
        ({"min_documents": 3, "max_documents": 2}, "^max_documents must be at least min_documents, got 2 texts and 3"),
        ({"min_documents": 0.9, "max_documents": 0.2}, "^max_documents must be at least min_documents"),
        ({"stopwords": "في"}, "^stopwords must be .*got 'في'"),
        ({"binary": 1}, "^binary must be True or False, got 1"),
        ({"dtype": "text"}, "^dtype must be a type of numbers"),
        ({"dtype": str}, "^dtype must be a type of numbers"),
        ({"min_count": 1000}, "^X must hold terms that are kept, got none in 5 texts"),
        ({"vocabulary": []}, "^vocabulary must be terms, at least one"),
        ({"vocabulary": ["قال", None]}, "^vocabulary must be terms"),
        ({"vocabulary": "قال"}, "^vocabulary must be "),
        ({"vocabulary": ["قال الوزير"]}, "^vocabulary must be terms of 1 to 1 words, got 'قال الوزير'. See n"),
        ({"vocabulary": ["إلى", "الي"]}, "^vocabulary must be different terms, got 'الي'"),
        ({"vocabulary": {"قال": 1}}, "^vocabulary must map terms to the columns 0 to 0"),
    ],
)
def test_bad_arguments(options: dict[str, Any], message: str) -> None:
    vectorizer = ck.ArabicVectorizer(**options)  # scikit-learn expects errors from fit alone
    with pytest.raises(ck.InputError, match=message):
        vectorizer.fit(TEXTS)


@pytest.mark.parametrize("given_texts", ["خبر", 5, None, [1, 2], np.zeros((2, 2)), [["خبر"]], {"خبر"}])
def test_bad_texts(given_texts: Any) -> None:
    vectorizer = ck.ArabicVectorizer().fit(TEXTS)
    for call in (vectorizer.transform, ck.ArabicVectorizer().fit):
        with pytest.raises(ck.InputError, match=r"^X(\[0\])? must be "):
            call(given_texts)


def test_nothing_was_learned() -> None:
    vectorizer = ck.ArabicVectorizer()
    for call in (vectorizer.transform, vectorizer.inverse_transform, vectorizer.get_feature_names_out):
        with pytest.raises(NotFittedError):
            call(TEXTS)


def test_without_scikit_learn() -> None:
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "import corpus_kit as ck\n"
        "from corpus_kit import *\n"
        "try: ArabicVectorizer()\n"
        "except ck.CorpusKitError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (
        done.stdout
        == 'ArabicVectorizer needs scikit-learn. Install it with pip install "arabic-corpus-kit[learning]".\n'
    )


def test_a_corpus_of_the_same_texts() -> None:
    with TemporaryDirectory() as folder:
        frame = pl.DataFrame({"text": TEXTS})
        with ck.Corpus.build(frame, Path(folder) / "c", progress=False) as built:
            vectorizer = ck.ArabicVectorizer(n=(1, 2))
            assert_equal(ck.document_term_matrix(built, n=(1, 2)), vectorizer, vectorizer.fit_transform(TEXTS))
