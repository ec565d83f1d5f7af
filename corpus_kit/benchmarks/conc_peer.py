"""conc, run by `measure.py` in an environment of its own (see `peers.py`).

conc needs a spaCy pipeline with seven named pipes. spaCy has none for Arabic, so sentence splitters take the names.
Importing and making the pipeline is outside the clock.
"""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import spacy
from conc.conc import Conc
from conc.corpus import Corpus

WORD = "في"
# As in corpora.py: the pattern of a search, and its replacement in texts without it.
SEARCHES = {
    "corpus-word": ("في", "في"),
    "corpus-name": ("السعودية", "حتى"),
    "corpus-rarer": ("داعش", "أمام"),
    "corpus-phrase": ("في المملكة", "على أن"),
    "corpus-pair": ("من خلال", "في من"),
}
PIPES = ("tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "ner")


def build(texts: list[str], name: str = "peer") -> Callable[[], Any]:
    pipeline = spacy.blank("ar")
    for pipe in PIPES:
        pipeline.add_pipe("sentencizer", name=pipe)
    pipeline.to_disk("pipeline")
    with Path(f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["number", "content"])
        writer.writerows((number, text) for number, text in enumerate(texts) if text)

    def run() -> Any:
        shutil.rmtree(f"{name}.corpus", ignore_errors=True)
        return Corpus(name, name).build_from_csv(
            f"{name}.csv", ".", text_column="content", metadata_columns=["number"], model="pipeline"
        )

    return run


def asked(question: Callable[[Any], Any]) -> Callable[[list[str]], Callable[[], Any]]:
    def make(texts: list[str]) -> Callable[[], Any]:
        conc = Conc(build(texts)())
        return lambda: question(conc).to_frame()

    return make


def searched(name: str) -> Callable[[list[str]], Callable[[], Any]]:
    """Return the first page in conc's own order, by the three words after the node, and the number of hits."""

    def make(texts: list[str]) -> Callable[[], Any]:
        wanted, instead = SEARCHES[name]
        pattern = wanted if any(wanted in text for text in texts) else instead
        conc = Conc(build(texts)())

        def run() -> Any:
            found = conc.concordance(pattern, page_size=20)
            return found.to_frame(), [found.summary_data.get("total_count", 0)]

        return run

    return make


def keyness(texts: list[str]) -> Callable[[], Any]:
    conc = Conc(build(texts[::2], "target")())
    conc.set_reference_corpus(build(texts[1::2], "reference")())
    return lambda: conc.keywords(page_size=0, exclude_negative_keywords=False, show_document_frequency=True).to_frame()


WAYS = {
    "corpus-build": build,
    "corpus-frequency": asked(lambda conc: conc.frequencies(page_size=0, show_document_frequency=True)),
    "corpus-bigrams": asked(lambda conc: conc.ngram_frequencies(ngram_length=2, page_size=20)),
    "corpus-concordance": asked(lambda conc: conc.concordance(WORD, page_size=20)),
    **{name: searched(name) for name in SEARCHES},
    "corpus-keyness": keyness,
    "corpus-collocates": asked(lambda conc: conc.collocates(WORD, page_size=20)),
}
