"""Vertical text, one token a line, for the Corpus Workbench (CWB) and for Sketch Engine and NoSketch Engine.

By the Corpus Encoding Tutorial of CWB (https://cwb.sourceforge.io/files/CWB_Encoding_Tutorial/): attributes are
separated by tabs, tags stand on lines of their own, ``< > & "`` are entities, names of attributes are a-z, 0-9 and _,
sets of features are ``|a|b|``, and what is missing is ``__UNDEF__``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from typing import BinaryIO

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array
from corpus_kit.corpus.storage import joined
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import choose, invalid
from corpus_kit.export.metadata_texts import as_texts
from corpus_kit.export.output import Output, one_line_texts
from corpus_kit.export.token_batches import Column, TokenBatch, all_columns, metadata_names, token_batches
from corpus_kit.export.vrt_files import GLUE, STRUCTURES, Attribute, write_cwb_files, write_sketch_files
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE, GLUED

__all__ = ["attributes_of", "write_vrt"]

ENGINES = ("cwb", "sketch")

_UNDEFINED = "__UNDEF__"
_LONGEST_VALUE = 4094  # bytes; CWB cuts what is longer, and leaves a dollar sign
_LONGEST_LINE = 65_534  # bytes that cwb-encode reads
_TAB = pl.Series(["\t"])
_GLUE_VALUES, _GLUE_TAGS = pl.Series(["\tno", "\tyes"]), pl.Series(["", "<g/>\n"])


def write_vrt(corpus: CorpusView, output: Output, *, engine: str = "cwb", name: str | None = None) -> None:
    """Write vertical text, what an engine needs to index it, and a README.txt that says how.

    Args:
        corpus: The corpus.
        output: The folder.
        engine: "cwb" (glued tokens have the attribute `glue`) or "sketch" (they follow a line ``<g/>``).
        name: The name of the corpus there: a-z, 0-9 and _, a letter first. By default that of the folder.
    """
    choose(engine, ENGINES, "engine")
    identifier = _identifier(output.stem if name is None else name, given=name is not None)
    columns = all_columns(corpus)
    metadata = metadata_names(corpus, id=True)
    labels = [corpus.labels(each, selected=False) for each in metadata]
    of_texts = attributes_of(metadata, labels, [])
    taken = ["word", GLUE, *STRUCTURES, *(f"text_{each.name}" for each in of_texts)]
    positional = attributes_of(list(columns), [column.values for column in columns.values()], taken)
    writer = _Writer(corpus, output, engine, columns, labels, of_texts)
    with (output.path / f"{identifier}.vrt").open("wb") as file:
        for batch in token_batches(corpus):
            writer.write(batch, file)
    empty = len(corpus) - writer.n_documents
    output.note("documents without tokens, left out", empty)
    output.facts["attributes"] = {each.name: each.column for each in positional}
    output.facts["attributes of texts"] = {each.name: each.column for each in of_texts}
    if engine == "cwb":
        write_cwb_files(output.path, identifier, positional, of_texts)
    else:
        write_sketch_files(output.path, identifier, positional, of_texts)


# ------------------------------------------------------------------------- names


def _identifier(name: str, *, given: bool) -> str:
    """Return a name that both engines take."""
    is_valid = re.fullmatch("[a-z][a-z0-9_]{0,59}", name) is not None
    if given and not is_valid:
        raise invalid("name", "a-z, 0-9 and _, a letter first, at most 60 in all", name)
    return name if is_valid else _plain(name, "corpus")[:60]


def _plain(name: str, otherwise: str) -> str:
    """Return a name in a-z, 0-9 and _, a letter first.

    >>> _plain("Gold.POS", "column"), _plain("صحيفة", "column"), _plain("2nd", "column")
    ('gold_pos', 'column', 'column_2nd')
    """
    plain = re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")
    return plain if re.match("[a-z]", plain) else f"{otherwise}_{plain}".rstrip("_")


def attributes_of(columns: Sequence[str], values: Sequence[pl.Series], taken: Sequence[str]) -> list[Attribute]:
    """Return the attributes for some columns, whose names differ from one another and from those taken."""
    names = set(taken)
    attributes = []
    for column, series in zip(columns, values, strict=True):
        plain = _plain(column, "column")
        name = next(each for number in count(1) if (each := plain if number == 1 else f"{plain}_{number}") not in names)
        names.add(name)
        attributes.append(Attribute(name, column, isinstance(series.dtype, pl.List)))
    return attributes


# ------------------------------------------------------------------------- values


def _escaped(values: pl.Series, what: str, output: Output) -> pl.Series:
    """Return texts as XML holds them, on one line."""
    texts = one_line_texts(values, what, output)
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        texts = texts.str.replace_all(sign, entity, literal=True)
    return texts


def _feature_sets(values: pl.Series, what: str, output: Output, engine: str) -> pl.Series:
    """Return lists as sets of features, |a|b|; for Sketch Engine as a|b."""
    parts = pl.DataFrame({"row": np.arange(len(values)), "part": values.alias("")}).explode("part")
    texts = as_texts(parts["part"])
    bars = int(texts.str.contains("|", literal=True).sum())
    output.note(f"{what}: the sign | within a value of a list written as ¦", bars)
    rows = parts.with_columns(part=texts.str.replace_all("|", "¦", literal=True)).filter(pl.col("part") != "")
    sets = rows.group_by("row", maintain_order=True).agg(pl.col("part").unique(maintain_order=True).str.join("|"))
    found = pl.DataFrame({"row": np.arange(len(values))}).join(sets, on="row", how="left", maintain_order="left")
    if engine == "sketch":
        return found["part"].fill_null("")
    return found.select(pl.concat_str(pl.lit("|"), "part", pl.lit("|"))).to_series().fill_null("|")


def _cut(values: pl.Series, what: str, output: Output) -> pl.Series:
    """Return values as far as CWB keeps them."""
    is_long = values.str.len_bytes() > _LONGEST_VALUE
    if not is_long.any():
        return values
    output.note(f"{what}: values of more than {_LONGEST_VALUE:,} bytes, cut as CWB would do", int(is_long.sum()))
    cut = [None if value is None else value.encode()[:_LONGEST_VALUE].decode(errors="ignore") for value in values]
    return pl.Series(cut, dtype=pl.String)


def _value_texts(values: pl.Series, what: str, output: Output, engine: str) -> pl.Series:
    """Return the values of a column as an engine reads them."""
    is_list = isinstance(values.dtype, pl.List)
    texts = _feature_sets(values, what, output, engine) if is_list else as_texts(values)
    return _escaped(_cut(texts, what, output) if engine == "cwb" else texts, what, output)


# ------------------------------------------------------------------------- lines


def _paragraph_end(of_headline: bool) -> str:
    return "</s>\n</p>\n</headline>\n" if of_headline else "</s>\n</p>\n"


def _paragraph_begin(of_headline: bool) -> str:
    return "<headline>\n<p>\n<s>\n" if of_headline else "<p>\n<s>\n"


class _Writer:
    """Writes tokens and the tags around them."""

    def __init__(
        self,
        corpus: CorpusView,
        output: Output,
        engine: str,
        columns: dict[str, Column],
        labels: Sequence[pl.Series],
        of_texts: Sequence[Attribute],
    ) -> None:
        self.n_documents = 0
        self._corpus = corpus
        self._output = output
        self._engine = engine
        self._of_texts = of_texts
        self._labels = labels
        missing = _UNDEFINED if engine == "cwb" else ""
        shown = [
            Column(_value_texts(column.values, f"column {name!r}", output, engine).fill_null(missing), column.layer)
            for name, column in columns.items()
        ]
        word = _value_texts(corpus.type_column("surface"), "tokens", output, engine)
        of_types = [word, *(column.values for column in shown if column.layer is None)]
        self._types = pl.select(pl.concat_str(of_types, separator="\t")).to_series()
        self._layers = [column for column in shown if column.layer is not None]
        headlines = corpus.all_documents().select(pl.col("headline").struct.unnest()).collect()
        self._headlines = headlines["start"].to_numpy(), headlines["end"].to_numpy()

    def write(self, batch: TokenBatch, file: BinaryIO) -> None:
        """Write the tokens of some documents, each of which has some."""
        self.n_documents += len(batch.documents)
        tags, codes, is_open = self._tags(batch)
        glued = batch.flags & GLUED != 0
        parts = [tags.gather(codes)]
        if self._engine == "sketch":
            parts.append(_GLUE_TAGS.gather(glued.astype(np.uint8)))
        parts.append(self._types.gather(batch.types))
        for column in self._layers:
            parts += [_TAB, column.at(batch)]
        if self._engine == "cwb":
            parts.append(_GLUE_VALUES.gather(glued.astype(np.uint8)))
        lines = pl.select(pl.concat_str(*map(pl.lit, parts), pl.lit("\n"))).to_series()
        file.write(joined(lines))
        file.write(f"{_paragraph_end(is_open)}</text>\n".encode())

    def _tags(self, batch: TokenBatch) -> tuple[pl.Series, Array, bool]:
        """Return what can stand before a token, which of it does, and whether the last token is in a headline."""
        opens, closes = self._headline_edges(batch)
        begins = batch.flags & BEGINS_PARAGRAPH != 0
        tags = ["", "</s>\n<s>\n"]
        tags += [_paragraph_end(close) + _paragraph_begin(open) for close in (False, True) for open in (False, True)]
        edges = 2 * closes + opens
        codes = np.where(begins, 2 + edges, (batch.flags & BEGINS_SENTENCE != 0).astype(np.int64))
        ends_open = self._last_in_headline(batch, opens, closes)
        end = ""
        for tag, first, ended in zip(self._text_tags(batch.documents), batch.firsts, ends_open, strict=True):
            tags.append(f"{end}{tag}{_paragraph_begin(bool(opens[first]))}")
            end = f"{_paragraph_end(bool(ended))}</text>\n"
        codes[batch.firsts] = 6 + np.arange(len(batch.documents))
        return pl.Series(tags), codes, bool(ends_open[-1])

    @staticmethod
    def _last_in_headline(batch: TokenBatch, opens: Array, closes: Array) -> Array:
        """Return for each document whether its last token is in a headline."""
        depth = np.concatenate(([0], np.cumsum(opens.astype(np.int64) - closes)))
        last: Array = depth[batch.firsts + batch.counts] - depth[batch.firsts] > 0
        return last

    def _headline_edges(self, batch: TokenBatch) -> tuple[Array, Array]:
        """Return for each token whether a headline begins with it, and whether one ended before it.

        Headlines that begin or end within a paragraph have no tags, since these would not be nested.
        """
        of = batch.document_of
        low, high = (each[batch.documents][of] for each in self._headlines)
        inside = (batch.starts >= low) & (batch.starts < high)
        is_first = np.zeros(len(of), bool)
        is_first[batch.firsts] = True
        before = np.concatenate(([False], inside[:-1])) & ~is_first
        opens, closes = inside & ~before, before & ~inside
        within = (opens | closes) & ~(is_first | (batch.flags & BEGINS_PARAGRAPH != 0))
        if within.any():
            bad = np.unique(of[within])
            self._output.note("headlines that begin or end within a paragraph, without tags", len(bad))
            keep = ~np.isin(of, bad)
            opens, closes = opens & keep, closes & keep
        return opens, closes

    def _text_tags(self, documents: Array) -> pl.Series:
        """Return the start tags of texts, with their metadata; what is missing is left out."""
        parts = []
        for attribute, labels in zip(self._of_texts, self._labels, strict=True):
            what = f"column {attribute.column!r}"
            values = _value_texts(labels.gather(documents), what, self._output, self._engine)
            part = pl.concat_str(pl.lit(f' {attribute.name}="'), pl.lit(values), pl.lit('"'))
            parts.append(part.fill_null(""))
        tags = pl.select(pl.concat_str(pl.lit("<text"), *parts, pl.lit(">\n"))).to_series()
        if self._engine == "cwb":
            longer = int((tags.str.len_bytes() > _LONGEST_LINE).sum())
            self._output.note(f"lines of more than {_LONGEST_LINE:,} bytes, which cwb-encode refuses", longer)
        return tags
