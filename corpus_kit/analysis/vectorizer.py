"""`ck.ArabicVectorizer`: texts to a document-term matrix inside scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import text_argument
from corpus_kit._base.distribution import how_to_install
from corpus_kit.analysis.counted_texts import CountedTexts, Learned, Rules, columns_of, given_terms, kinds_argument
from corpus_kit.analysis.term_counts import csr_of
from corpus_kit.errors import CorpusKitError, InputError
from corpus_kit.text.normalization import Normalizer
from corpus_kit.text.tokenization import COUNTED_KINDS, Tokenizer

try:
    from sklearn import get_config
    from sklearn.base import BaseEstimator, TransformerMixin
    from sklearn.utils.validation import check_is_fitted
except ModuleNotFoundError:  # without it the class can be looked at, but not made
    get_config = None
    BaseEstimator, TransformerMixin = type("BaseEstimator", (), {}), type("TransformerMixin", (), {})

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["ArabicVectorizer"]

_Rules, _Learned = Rules, Learned  # the names that earlier pickles have


class ArabicVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Count words or n-grams in each text, as an estimator of scikit-learn.

    It has the tokens, forms and filters of `ck.document_term_matrix`, whose columns and counts it gives for the same
    texts, and the methods of scikit-learn's CountVectorizer: it stands in pipelines and searches of parameters in its
    place, and is a vectorizer_model of BERTopic. Weights such as tf-idf are those of scikit-learn's TfidfTransformer,
    behind it in a pipeline. It needs the extra `learning`.

    Arguments are checked by `fit`.

    Args:
        n: Words in a term, a number from 1 to 8, or (low, high).
        unit: What is counted: "word", "stem", "lemma" or "root". The library finds the last three with the counts of
            the texts of `fit`, as `corpus.annotate` does; words that have none are left out.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the original spelling.
        within: The unit of text that an n-gram does not cross: "sentence", "paragraph" or "document".
        kinds: The kinds of tokens that are counted, such as "word", or ("word", "emoji").
        min_count: The lowest count of a term that is kept, in all texts together.
        min_documents: The lowest number of texts that contain a term that is kept; a float is a share of the texts.
        max_documents: The highest number of texts that contain a term that is kept; a float is a share of the texts.
        stopwords: Words (with unit="lemma", lemmas), in any spelling that `profile` folds; they are left out, with all
            n-grams that contain one.
        vocabulary: The terms to count, in the order of the columns and in any spelling that `profile` folds, with one
            space between the words of an n-gram; or a mapping from terms to columns. None takes those of the texts.
            With it, counts of terms and texts and stop words do not matter.
        binary: Whether to say only that a text has a term: all counts are 1.
        dtype: The type of the matrix.

    Attributes:
        vocabulary_: The column of each term, a dict.
        terms_: The columns: term (String), n (UInt8), and how often they are in the texts of `fit`: count and documents
            (Int64).

    Raises:
        CorpusKitError: If scikit-learn is not installed.

    Examples:
        >>> import corpus_kit as ck
        >>> vectorizer = ck.ArabicVectorizer()
        >>> vectorizer.fit_transform(["الكتابُ الجديد", "هذا الكتاب"]).toarray().tolist()
        [[1, 1, 0], [1, 0, 1]]
        >>> vectorizer.get_feature_names_out().tolist()
        ['الكتاب', 'الجديد', 'هذا']
        >>> vectorizer.transform(["كتاب من هذا الكتاب"]).toarray().tolist()
        [[1, 0, 1]]
        >>> vectorizer.inverse_transform(vectorizer.transform(["الكتاب كله"]))[0].tolist()
        ['الكتاب']
    """

    def __init__(
        self,
        *,
        n: int | tuple[int, int] = 1,
        unit: str = "word",
        profile: str | Normalizer | None = "search",
        within: str = "paragraph",
        kinds: str | Sequence[str] = COUNTED_KINDS,
        min_count: int = 1,
        min_documents: int | float = 1,
        max_documents: int | float | None = None,
        stopwords: Collection[str] = (),
        vocabulary: Iterable[str] | Mapping[str, int] | None = None,
        binary: bool = False,
        dtype: npt.DTypeLike = np.int64,
    ) -> None:
        if get_config is None:
            raise CorpusKitError(f"ArabicVectorizer needs scikit-learn. {how_to_install('learning')}")
        self.n = n
        self.unit = unit
        self.profile = profile
        self.within = within
        self.kinds = kinds
        self.min_count = min_count
        self.min_documents = min_documents
        self.max_documents = max_documents
        self.stopwords = stopwords
        self.vocabulary = vocabulary
        self.binary = binary
        self.dtype = dtype

    # ------------------------------------------------------------------ fit and transform

    def fit(self, X: Any, y: object = None) -> ArabicVectorizer:  # noqa: N803  # as scikit-learn calls it
        """Learn the terms of texts.

        Args:
            X: A list of str, a String Series or another Arrow column of strings (pandas, pyarrow, ...). A null is a
                text without words.
            y: Ignored.

        Raises:
            InputError: If an argument is invalid, or no term is left.
        """
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: Any, y: object = None) -> Any:  # noqa: ARG002, N803  # as scikit-learn calls them
        """Learn the terms of texts, and return how often each is in each text.

        Args:
            X: As in `fit`.
            y: Ignored.

        Returns:
            A sparse matrix (CSR) with a row for each text and a column for each term: count descending, then n, then
            first occurrence, as in `ck.document_term_matrix`; with `vocabulary`, its order.

        Raises:
            InputError: If an argument is invalid, or no term is left.
        """
        rules = Rules.of(self)
        texts = CountedTexts(X, rules)
        if self.vocabulary is None:
            terms = texts.terms(rules.filter(texts.size))
            if not terms.height:
                hint = "Check min_count, min_documents, max_documents and stopwords."
                raise InputError(f"X must hold terms that are kept, got none in {texts.size:,} texts. {hint}")
            words = texts.words_of(terms)
            entries = texts.entries(terms)
        else:
            terms, words = given_terms(self.vocabulary, rules)
            entries = texts.entries_of(words, columns_of(terms))
        matrix = csr_of(entries, (texts.size, terms.height))
        if self.vocabulary is not None:
            documents = np.bincount(matrix.indices, minlength=terms.height)
            terms = terms.with_columns(count=pl.Series(matrix.sum(axis=0)), documents=pl.Series(documents))
        self.vocabulary_ = columns_of(terms)
        self.terms_ = terms.select("term", "n", "count", "documents")
        self._rules, self._words, self._types = rules, words, texts.learned
        return self._finished(matrix)

    def transform(self, X: Any) -> Any:  # noqa: N803  # as scikit-learn calls it
        """Return how often each term that `fit` learned is in each text.

        Args:
            X: As in `fit`.

        Returns:
            A sparse matrix (CSR) with a row for each text and a column for each term.

        Raises:
            InputError: If these are not texts.
        """
        check_is_fitted(self)
        texts = CountedTexts(X, self._rules, self._types)
        return self._finished(csr_of(texts.entries_of(self._words, self.vocabulary_), (texts.size, self.terms_.height)))

    def inverse_transform(self, X: Any) -> list[npt.NDArray[Any]]:  # noqa: N803  # as scikit-learn calls it
        """Return the terms of each row of a matrix, in the order of the columns.

        Args:
            X: A matrix of `transform`, sparse or not.
        """
        from scipy.sparse import csr_array  # slow to import

        check_is_fitted(self)
        rows, terms = csr_array(X), self.get_feature_names_out()
        if rows.shape[1] != len(terms):
            raise InputError(f"X must have {len(terms):,} columns, one for each term, got {rows.shape[1]:,}.")
        rows.sum_duplicates()
        rows.eliminate_zeros()
        return [terms[rows.indices[rows.indptr[row] : rows.indptr[row + 1]]] for row in range(rows.shape[0])]

    def get_feature_names_out(self, input_features: object = None) -> npt.NDArray[Any]:  # noqa: ARG002
        """Return the terms in the order of the columns, as an array of str.

        Args:
            input_features: Ignored; texts have no names.
        """
        check_is_fitted(self)
        return np.asarray(self.terms_["term"].to_list(), dtype=object)

    # ------------------------------------------------------------------ one text

    def build_analyzer(self) -> Callable[[str], list[str]]:
        """Return a function from a text to its terms, each as often as it occurs: by n, then in the order of the text.

        It needs no `fit`, except for the units that are found with the counts of texts. The filters do not apply; stop
        words do.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.ArabicVectorizer(n=(1, 2)).build_analyzer()("الكتابُ الجديد!")
            ['الكتاب', 'الجديد', 'الكتاب الجديد']
        """
        return _Analyzer(getattr(self, "_rules", None) or Rules.of(self), getattr(self, "_types", None))

    def build_tokenizer(self) -> Callable[[str], list[str]]:
        """Return a function from a text to its words, those of `kinds`, in their original spelling.

        Examples:
            >>> import corpus_kit as ck
            >>> ck.ArabicVectorizer().build_tokenizer()("الكتابُ الجديد!")
            ['الكتابُ', 'الجديد']
        """
        return _Words(kinds_argument(self.kinds))

    # ------------------------------------------------------------------ for scikit-learn

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def _finished(self, matrix: csr_array) -> Any:
        """Return the matrix as it was asked for; of the kind that scikit-learn's own vectorizers return."""
        if self._rules.binary:
            matrix.data[:] = 1
        result = matrix.astype(self._rules.dtype, copy=False)
        if get_config().get("sparse_interface", "spmatrix") == "sparray":
            return result
        from scipy.sparse import csr_matrix  # slow to import

        return csr_matrix(result)


@dataclass(frozen=True)
class _Analyzer:
    """A function from a text to its terms."""

    rules: Rules
    learned: Learned | None

    def __call__(self, text: str) -> list[str]:
        return CountedTexts([text_argument(text, "text")], self.rules, self.learned).listed()


@dataclass(frozen=True)
class _Words:
    """A function from a text to its words."""

    kinds: tuple[str, ...]

    def __call__(self, text: str) -> list[str]:
        tokenizer = Tokenizer()
        batch = tokenizer.add([text_argument(text, "text")], starts=False, threads=1)
        types = tokenizer.types()
        surfaces, is_kept = types["surface"].to_list(), types["kind"].is_in(self.kinds).to_list()
        return [surfaces[type_id] for type_id in batch.type_ids.tolist() if is_kept[type_id]]
