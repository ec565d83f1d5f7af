"""corpus-kit: a research toolkit for Arabic text.

Use it as ``import corpus_kit as ck``. Names are loaded when they are first
used, so that importing the package stays fast and needs no plotting library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_kit._base.lazy import load_lazily
from corpus_kit._version import __version__

# Where each public name is defined.
_HOMES = {
    "Normalizer": "text.normalization",
    "normalize": "text.normalization",
    "tokenize": "text.tokenization",
    "tokens": "text.tokenization",
    "sentences": "text.sentences",
    "stopwords": "text.stopwords",
    "segment": "text.segmentation",
    "lemmatize": "text.lemmas",
    "readings": "text.readings",
    "period_names": "text.periods",
    "count_ngrams": "analysis.ngrams",
    "count_ngram_ids": "analysis.ngrams",
    "ngrams": "analysis.ngrams",
    "frequency": "analysis.frequency",
    "trend": "analysis.trend",
    "trend_tests": "analysis.trend_tests",
    "folding_steps": "analysis.folding",
    "conflations": "analysis.conflations",
    "spaced_spellings": "analysis.spaced_spellings",
    "keyness": "analysis.keyness",
    "collocations": "analysis.collocations",
    "ngram_collocations": "analysis.ngram_collocations",
    "collocation_network": "analysis.collocation_network",
    "compare_collocations": "analysis.compare_collocations",
    "word_sketch": "analysis.word_sketch",
    "sketch_difference": "analysis.word_sketch",
    "thesaurus": "analysis.thesaurus",
    "shared_collocates": "analysis.shared_collocates",
    "dispersion": "analysis.dispersion",
    "diversity": "analysis.diversity",
    "readability": "analysis.readability",
    "lexical_bundles": "analysis.lexical_bundles",
    "fit_zipf_mandelbrot": "analysis.zipf",
    "fit_heaps": "analysis.heaps",
    "vocabulary_growth": "analysis.vocabulary_growth",
    "DocumentTermMatrix": "analysis.document_terms",
    "document_term_matrix": "analysis.document_terms",
    "ArabicVectorizer": "analysis.vectorizer",
    "Corpus": "corpus.corpus",
    "join_codes": "coding.join_codes",
    "coding_project": "coding.coding_project",
    "CodingProject": "coding.project",
    "precision": "analysis.precision",
    "validate": "analysis.validate",
    "kwic": "search.kwic",
    "cqp": "query.cqp",
    "Concordance": "search.concordance",
    "sample_corpus": "samples.sample_corpus",
    "sample_truth": "samples.sample_truth",
    "show": "display.show",
    "columns": "display.columns",
    "explore": "explore.explore",
    "lines": "explore.lines",
    "save": "export.save",
    "cite": "export.cite",
    "record_of": "export.record_of",
    "export_codes": "export.export_codes",
    "read_codes": "export.read_codes",
    "read_codebook": "export.read_codes",
    "show_versions": "versions",
    "licences": "licences",
    "threads": "machine.threads",
    "set_threads": "machine.threads",
    "instructions": "machine.instructions",
    "set_instructions": "machine.instructions",
    "block_cache": "machine.block_cache",
    "set_block_cache": "machine.block_cache",
    "release_memory": "machine.memory",
    "memory_limit": "machine.memory",
    "set_memory_limit": "machine.memory",
    "CorpusKitError": "errors",
    "InputError": "errors",
    "SourceError": "errors",
    "CorpusError": "errors",
}
_MODULES = {
    "annotators": "annotators", "plot": "plots", "errors": "errors", "measures": "measures", "news": "news",
    "readers": "readers", "scale": "scale",
}  # fmt: skip

__all__ = ["__version__", *_HOMES, *_MODULES]

if TYPE_CHECKING:
    from corpus_kit import annotators as annotators
    from corpus_kit import errors as errors
    from corpus_kit import measures as measures
    from corpus_kit import news as news
    from corpus_kit import plots as plot  # noqa: F401 (a public name)
    from corpus_kit import readers as readers
    from corpus_kit import scale as scale
    from corpus_kit.analysis.collocation_network import collocation_network as collocation_network
    from corpus_kit.analysis.collocations import collocations as collocations
    from corpus_kit.analysis.compare_collocations import compare_collocations as compare_collocations
    from corpus_kit.analysis.conflations import conflations as conflations
    from corpus_kit.analysis.dispersion import dispersion as dispersion
    from corpus_kit.analysis.diversity import diversity as diversity
    from corpus_kit.analysis.document_terms import DocumentTermMatrix as DocumentTermMatrix
    from corpus_kit.analysis.document_terms import document_term_matrix as document_term_matrix
    from corpus_kit.analysis.folding import folding_steps as folding_steps
    from corpus_kit.analysis.frequency import frequency as frequency
    from corpus_kit.analysis.heaps import fit_heaps as fit_heaps
    from corpus_kit.analysis.keyness import keyness as keyness
    from corpus_kit.analysis.lexical_bundles import lexical_bundles as lexical_bundles
    from corpus_kit.analysis.ngram_collocations import ngram_collocations as ngram_collocations
    from corpus_kit.analysis.ngrams import count_ngram_ids as count_ngram_ids
    from corpus_kit.analysis.ngrams import count_ngrams as count_ngrams
    from corpus_kit.analysis.ngrams import ngrams as ngrams
    from corpus_kit.analysis.precision import precision as precision
    from corpus_kit.analysis.readability import readability as readability
    from corpus_kit.analysis.shared_collocates import shared_collocates as shared_collocates
    from corpus_kit.analysis.spaced_spellings import spaced_spellings as spaced_spellings
    from corpus_kit.analysis.thesaurus import thesaurus as thesaurus
    from corpus_kit.analysis.trend import trend as trend
    from corpus_kit.analysis.trend_tests import trend_tests as trend_tests
    from corpus_kit.analysis.validate import validate as validate
    from corpus_kit.analysis.vectorizer import ArabicVectorizer as ArabicVectorizer
    from corpus_kit.analysis.vocabulary_growth import vocabulary_growth as vocabulary_growth
    from corpus_kit.analysis.word_sketch import sketch_difference as sketch_difference
    from corpus_kit.analysis.word_sketch import word_sketch as word_sketch
    from corpus_kit.analysis.zipf import fit_zipf_mandelbrot as fit_zipf_mandelbrot
    from corpus_kit.coding.coding_project import coding_project as coding_project
    from corpus_kit.coding.join_codes import join_codes as join_codes
    from corpus_kit.coding.project import CodingProject as CodingProject
    from corpus_kit.corpus.corpus import Corpus as Corpus
    from corpus_kit.display.columns import columns as columns
    from corpus_kit.display.show import show as show
    from corpus_kit.errors import CorpusError as CorpusError
    from corpus_kit.errors import CorpusKitError as CorpusKitError
    from corpus_kit.errors import InputError as InputError
    from corpus_kit.errors import SourceError as SourceError
    from corpus_kit.explore.explore import explore as explore
    from corpus_kit.explore.lines import lines as lines
    from corpus_kit.export.cite import cite as cite
    from corpus_kit.export.export_codes import export_codes as export_codes
    from corpus_kit.export.read_codes import read_codebook as read_codebook
    from corpus_kit.export.read_codes import read_codes as read_codes
    from corpus_kit.export.record_of import record_of as record_of
    from corpus_kit.export.save import save as save
    from corpus_kit.licences import licences as licences
    from corpus_kit.machine.block_cache import block_cache as block_cache
    from corpus_kit.machine.block_cache import set_block_cache as set_block_cache
    from corpus_kit.machine.instructions import instructions as instructions
    from corpus_kit.machine.instructions import set_instructions as set_instructions
    from corpus_kit.machine.memory import memory_limit as memory_limit
    from corpus_kit.machine.memory import release_memory as release_memory
    from corpus_kit.machine.memory import set_memory_limit as set_memory_limit
    from corpus_kit.machine.threads import set_threads as set_threads
    from corpus_kit.machine.threads import threads as threads
    from corpus_kit.query.cqp import cqp as cqp
    from corpus_kit.samples.sample_corpus import sample_corpus as sample_corpus
    from corpus_kit.samples.sample_truth import sample_truth as sample_truth
    from corpus_kit.search.concordance import Concordance as Concordance
    from corpus_kit.search.kwic import kwic as kwic
    from corpus_kit.text.lemmas import lemmatize as lemmatize
    from corpus_kit.text.normalization import Normalizer as Normalizer
    from corpus_kit.text.normalization import normalize as normalize
    from corpus_kit.text.periods import period_names as period_names
    from corpus_kit.text.readings import readings as readings
    from corpus_kit.text.segmentation import segment as segment
    from corpus_kit.text.sentences import sentences as sentences
    from corpus_kit.text.stopwords import stopwords as stopwords
    from corpus_kit.text.tokenization import tokenize as tokenize
    from corpus_kit.text.tokenization import tokens as tokens
    from corpus_kit.versions import show_versions as show_versions


load_lazily(__name__, _HOMES, _MODULES)

# Registers `.arabic` with Polars' expressions and series.
from corpus_kit._base.recorded_frame import RecordedFrame as _RecordedFrame  # noqa: E402
from corpus_kit.text import namespace as _namespace  # noqa: E402, F401


def _html(table: _RecordedFrame) -> str:
    from corpus_kit.display.show import frame_html  # nothing may be shown

    return frame_html(table)


# Notebooks show tables as `ck.show` does; what shows a table stands above what makes it.
_RecordedFrame.html_of = _html
