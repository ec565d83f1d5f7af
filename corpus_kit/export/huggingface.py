"""A dataset of Hugging Face: a folder that `datasets.load_dataset` reads and that can be uploaded as it is."""

from __future__ import annotations

import json

from corpus_kit.corpus.view import CorpusView
from corpus_kit.export.documents import ROWS, document_batches, document_schema
from corpus_kit.export.output import Output
from corpus_kit.export.streamed_parquet import stream_parquet
from corpus_kit.export.texts import text_option

__all__ = ["write_huggingface"]

_DATA = "train-00000-of-00001.parquet"


def write_huggingface(corpus: CorpusView, output: Output, *, text: str = "cleaned") -> None:
    """Write the documents as Parquet, and a dataset card (README.md) that says where they are.

    Args:
        corpus: The corpus.
        output: The folder.
        text: "cleaned" without the spans that `exclude` left out, or "whole".
    """
    whole = text_option(text)
    folder = output.path / "data"
    folder.mkdir()
    schema = document_schema(corpus)
    stream_parquet(lambda: document_batches(corpus, list(schema), whole=whole), schema, folder / _DATA, rows=ROWS)
    card = [
        "---",
        "language:",
        "- ar",
        f"pretty_name: {json.dumps(output.stem, ensure_ascii=False)}",
        "configs:",
        "- config_name: default",
        "  data_files:",
        "  - split: train",
        "    path: data/train-*",
        "---",
        "",
        f"# {output.stem}",
        "",
        f"{len(corpus):,} documents of the corpus `{corpus.id}`, exported by corpus-kit. The corpus has the SHA-256",
        f"`{corpus.checksum}`.",
        "",
        "| column | type |",
        "|---|---|",
        *(f"| {_cell(name)} | {_cell(str(dtype))} |" for name, dtype in schema.items()),
        "",
    ]
    (output.path / "README.md").write_text("\n".join(card), encoding="utf-8", newline="\n")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
