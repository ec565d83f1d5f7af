"""Build and search a corpus with conc, the closest peer; prints the measures as JSON.

Runs in an environment of its own (``pip install conc==0.1.13``), given by
CORPUS_KIT_CONC_PYTHON. conc asks for a spaCy pipeline with seven named pipes;
spaCy has none for Arabic, so sentence splitters carry the names.

Usage: peer_conc.py ARTICLES.parquet WORD
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
import spacy

articles, word = sys.argv[1:3]
work = tempfile.mkdtemp()
pipeline = spacy.blank("ar")
for name in ("tok2vec", "tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "ner"):
    pipeline.add_pipe("sentencizer", name=name)
pipeline.to_disk(Path(work) / "pipeline")
frame = pl.read_parquet(articles).filter(pl.col("content").str.len_chars() > 0)
frame.select("source", "content").write_csv(Path(work) / "articles.csv")

from conc.conc import Conc  # noqa: E402  (its import must not count as part of the build)
from conc.corpus import Corpus  # noqa: E402

measures = {"articles": frame.height}
start = time.perf_counter()
corpus = Corpus("peer", "peer").build_from_csv(
    str(Path(work) / "articles.csv"),
    work,
    text_column="content",
    metadata_columns=["source"],
    model=str(Path(work) / "pipeline"),
)
measures["build"] = time.perf_counter() - start
# not ru_maxrss, which begins with the peak of the parent
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
measures["peak_mib"] = int(peak.split()[1]) / 1024
conc = Conc(corpus)
for label, job in {
    "frequency": lambda: conc.frequencies(page_size=0, show_document_frequency=True).to_frame(),
    "bigrams": lambda: conc.ngram_frequencies(ngram_length=2, page_size=20).to_frame(),
    "concordance": lambda: conc.concordance(word, page_size=20).to_frame(),
}.items():
    times = []
    for _ in range(4):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    measures[label] = sorted(times[1:])[1]
print("MEASURES " + json.dumps(measures))
