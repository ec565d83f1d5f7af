"""Lemmatisers, ours and peers: `measure.py` runs each in a process of its own for `tests/bench/lemmatizers.py`.

Some look at words: they get how often each distinct word occurs, and return a lemma for each. Others look at sentences:
they get lists of words, and return a list of lemmas for each. Programs that remember words begin anew with each call,
but for CAMeL Tools, whose data take seconds to load: only its first call counts.
"""

from collections.abc import Callable
from importlib import import_module
from itertools import islice

from corpus_kit.annotators.tagging import SentenceTagger
from corpus_kit.errors import CorpusKitError

Counts = dict[str, int]
Sentences = list[list[str]]
Lemmas = list[str]


def own(counts: Counts) -> Callable[[], Lemmas]:
    lemmatize = import_module("corpus_kit").lemmatize
    words = list(counts)
    lemmatize(words[:1])  # loads the lexicon
    return lambda: lemmatize(words)


def own_with_counts(counts: Counts) -> Callable[[], Lemmas]:
    annotate = import_module("corpus_kit.text.annotators").annotate
    words, numbers = list(counts), list(counts.values())
    annotate(words[:1])
    return lambda: annotate(words, numbers)["lemma"].to_list()


def simplemma(counts: Counts) -> Callable[[], Lemmas]:
    module = import_module("simplemma")
    module.lemmatize("قال", lang="ar")  # loads its dictionary

    def run() -> Lemmas:
        lemmatizer = module.Lemmatizer()
        return [lemmatizer.lemmatize(word, lang="ar") for word in counts]

    return run


def qalsadi(counts: Counts) -> Callable[[], Lemmas]:
    module = import_module("qalsadi.lemmatizer")
    module.Lemmatizer().lemmatize("قال")

    def run() -> Lemmas:
        lemmatizer = module.Lemmatizer()
        return [lemmatizer.lemmatize(word) or word for word in counts]

    return run


def farahidi(sentences: Sentences) -> Callable[[], Sentences]:
    make = import_module("corpus_kit.annotators").farahidi
    tagged(make(), [["قال", "الوزير"]])  # loads its tables
    return lambda: tagged(make(), sentences)


def camel_tools(sentences: Sentences) -> Callable[[], Sentences]:
    try:
        annotator = import_module("corpus_kit.annotators").camel_tools()
    except CorpusKitError:
        raise
    except Exception as error:  # of a download, a catalogue or a file
        install = "camel_data -i disambig-mle-calima-msa-r13"
        raise SystemExit(f"its data could not be had ({error}); {install} installs them") from None
    return lambda: tagged(annotator, sentences)


def tagged(annotator: SentenceTagger, sentences: Sentences) -> Sentences:
    """Return the lemmas of sentences."""
    records = annotator(sentences)
    return [[record["lemma"] or "" for record in islice(records, len(sentence))] for sentence in sentences]


WAYS = {
    "corpus-kit": own,
    "corpus-kit-counts": own_with_counts,
    "simplemma": simplemma,
    "qalsadi": qalsadi,
    "farahidi": farahidi,
    "camel-tools": camel_tools,
}
