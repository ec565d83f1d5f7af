"""corpus-kit: a research toolkit for Arabic text.

Use it as ``import corpus_kit as ck``. Names are loaded when they are first
used, so that importing the package stays fast and needs no plotting library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from corpus_kit._version import __version__

# Where each public name is defined.
_HOMES = {
    "Normalizer": "normalization",
    "normalize": "normalization",
    "tokenize": "tokenization",
    "tokens": "tokenization",
    "sentences": "tokenization",
    "stopwords": "tokenization",
    "segment": "segmentation",
    "lemmatize": "segmentation",
    "count_ngrams": "counting",
    "ngrams": "counting",
    "frequency": "counting",
    "folding_steps": "folding",
    "collisions": "folding",
    "keyness": "comparison",
    "collocations": "collocation",
    "dispersion": "distribution",
    "diversity": "distribution",
    "lexical_bundles": "frequency_laws",
    "fit_zipf_mandelbrot": "frequency_laws",
    "fit_heaps": "frequency_laws",
    "vocabulary_growth": "frequency_laws",
    "DocumentTermMatrix": "document_terms",
    "document_term_matrix": "document_terms",
    "Corpus": "corpus",
    "kwic": "concordance",
    "Concordance": "concordance",
    "sample_corpus": "samples",
    "sample_truth": "samples",
    "show": "display",
    "explore": "display.widget",
    "save": "export",
    "show_versions": "versions",
    "threads": "machine",
    "set_threads": "machine",
    "instructions": "machine",
    "set_instructions": "machine",
    "CorpusKitError": "errors",
    "InputError": "errors",
    "SourceError": "errors",
    "CorpusError": "errors",
}
_MODULES = {"plot": "display.plots", "errors": "errors", "measures": "measures", "news": "news", "scale": "scale"}

__all__ = ["__version__", *_HOMES, *_MODULES]

if TYPE_CHECKING:
    from corpus_kit import errors as errors
    from corpus_kit import measures as measures
    from corpus_kit import news as news
    from corpus_kit import scale as scale
    from corpus_kit.collocation import collocations as collocations
    from corpus_kit.comparison import keyness as keyness
    from corpus_kit.concordance import Concordance as Concordance
    from corpus_kit.concordance import kwic as kwic
    from corpus_kit.corpus import Corpus as Corpus
    from corpus_kit.counting import count_ngrams as count_ngrams
    from corpus_kit.counting import frequency as frequency
    from corpus_kit.counting import ngrams as ngrams
    from corpus_kit.display import plots as plot  # noqa: F401 (a public name)
    from corpus_kit.display import show as show
    from corpus_kit.display.widget import explore as explore
    from corpus_kit.distribution import dispersion as dispersion
    from corpus_kit.distribution import diversity as diversity
    from corpus_kit.document_terms import DocumentTermMatrix as DocumentTermMatrix
    from corpus_kit.document_terms import document_term_matrix as document_term_matrix
    from corpus_kit.errors import CorpusError as CorpusError
    from corpus_kit.errors import CorpusKitError as CorpusKitError
    from corpus_kit.errors import InputError as InputError
    from corpus_kit.errors import SourceError as SourceError
    from corpus_kit.export import save as save
    from corpus_kit.folding import collisions as collisions
    from corpus_kit.folding import folding_steps as folding_steps
    from corpus_kit.frequency_laws import fit_heaps as fit_heaps
    from corpus_kit.frequency_laws import fit_zipf_mandelbrot as fit_zipf_mandelbrot
    from corpus_kit.frequency_laws import lexical_bundles as lexical_bundles
    from corpus_kit.frequency_laws import vocabulary_growth as vocabulary_growth
    from corpus_kit.machine import instructions as instructions
    from corpus_kit.machine import set_instructions as set_instructions
    from corpus_kit.machine import set_threads as set_threads
    from corpus_kit.machine import threads as threads
    from corpus_kit.normalization import Normalizer as Normalizer
    from corpus_kit.normalization import normalize as normalize
    from corpus_kit.samples import sample_corpus as sample_corpus
    from corpus_kit.samples import sample_truth as sample_truth
    from corpus_kit.segmentation import lemmatize as lemmatize
    from corpus_kit.segmentation import segment as segment
    from corpus_kit.tokenization import sentences as sentences
    from corpus_kit.tokenization import stopwords as stopwords
    from corpus_kit.tokenization import tokenize as tokenize
    from corpus_kit.tokenization import tokens as tokens
    from corpus_kit.versions import show_versions as show_versions


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(import_module(f"corpus_kit.{_HOMES[name]}"), name)
    elif name in _MODULES:
        value = import_module(f"corpus_kit.{_MODULES[name]}")
    else:
        raise AttributeError(f"module 'corpus_kit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


# Registers `.arabic` with Polars' expressions and series.
from corpus_kit import namespace as _namespace  # noqa: E402, F401
