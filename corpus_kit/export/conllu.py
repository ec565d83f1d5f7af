"""CoNLL-U (https://universaldependencies.org/format.html), as UDPipe, Stanza, Grew and many others read it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from typing import NamedTuple

import numpy as np
import polars as pl

from corpus_kit._base.arguments import boolean
from corpus_kit._base.arrays import Array, Integers
from corpus_kit._base.columns import series_from_core
from corpus_kit.corpus.storage import joined, reading
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError
from corpus_kit.export.metadata_texts import as_texts
from corpus_kit.export.output import Output, one_line_texts
from corpus_kit.export.token_batches import Column, TokenBatch, known_columns, metadata_names, token_batches
from corpus_kit.text import closed_classes
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE, GLUED

__all__ = ["write_conllu"]

_NONE = "_"
_FIELDS = ("lemma", "pos", "xpos", "feats", "head", "deprel")
_OF_WORDS = ("form", "lemma", "pos")
_TAGS_BEFORE = {
    **dict.fromkeys(closed_classes.CONJUNCTION_CLITICS, "CCONJ"),
    **dict.fromkeys(closed_classes.PREPOSITION_CLITICS, "ADP"),
    closed_classes.FUTURE_CLITIC: "AUX",
}
_PRONOUNS = frozenset((*closed_classes.PRONOUN_CLITICS, *closed_classes.FIRST_PERSON_CLITICS))


def write_conllu(corpus: CorpusView, output: Output, *, segments: bool = False) -> None:
    """Write a CoNLL-U file: what is known of each token, and where it is in the text as read.

    Args:
        corpus: The corpus.
        output: The file.
        segments: Whether the segments of an annotated corpus are the words, as in Universal Dependencies, under a line
            for the token (2-3). Otherwise each token is a word.
    """
    if boolean(segments, "segments") and not corpus.has_annotation("segments"):
        raise InputError("segments must be False for a corpus without segments, got True. corpus.annotate() adds them.")
    writer = _Writer(corpus, output, segments)
    with output.path.open("wb") as file:
        for batch in token_batches(corpus):
            writer.n_documents += len(batch.documents)
            file.write(writer.text_of(batch))
    output.note("documents without tokens, left out", len(corpus) - writer.n_documents)


class _Words(NamedTuple):
    """The lines of each type, one type after another.

    Attributes:
        offsets: Where the lines of each type begin (types + 1).
        table: form, lemma and pos of each line (String, "_" for none); is_range, whether it stands for several words;
            is_core, whether it is the word that says what the token is.
    """

    offsets: Integers
    table: pl.DataFrame


class _Writer:
    """Makes the lines of tokens."""

    def __init__(self, corpus: CorpusView, output: Output, segments: bool) -> None:
        self.n_documents = 0
        self._corpus = corpus
        self._output = output
        known, others = known_columns(corpus)
        if segments:
            known.pop("head", None)  # numbers of tokens, not of words
        self._known = {name: self._checked(name, column) for name, column in known.items()}
        self._others = {name: Column(_misc(column.values), column.layer) for name, column in others.items()}
        self._surfaces = one_line_texts(corpus.type_column("surface"), "tokens", output)
        self._words = self._words_of_types(segments)
        self._metadata = {name: corpus.labels(name, selected=False) for name in metadata_names(corpus)}

    def _checked(self, name: str, column: Column) -> Column:
        """Return a column whose values stay within their field; only lemmas may have spaces."""
        what = f"column {name!r}"
        values = one_line_texts(column.values, what, self._output)
        if name != "lemma":
            spaced = values.str.contains(" ", literal=True)
            self._output.note(f"{what}: spaces written as _", int(spaced.sum()))
            values = values.str.replace_all(" ", _NONE, literal=True)
        return Column(values.set(values.is_null() | (values == ""), _NONE), column.layer)

    def _words_of_types(self, segments: bool) -> _Words:
        n = self._corpus.n_types
        of_types = {
            name: column.values for name, column in self._known.items() if column.layer is None and name in _OF_WORDS
        }
        blank = pl.Series([_NONE]).new_from_index(0, n)
        whole = {"form": self._surfaces, "lemma": of_types.get("lemma", blank), "pos": of_types.get("pos", blank)}
        if not segments:
            table = pl.DataFrame(whole).with_columns(is_range=False, is_core=True)
            return _Words(np.arange(n + 1), table)
        return _with_segments(whole, self._corpus.type_column("segments"), self._corpus.type_column("stem"))

    # ---- lines

    def text_of(self, batch: TokenBatch) -> bytes:
        """Return the lines of the tokens of some documents."""
        begins = batch.flags & BEGINS_SENTENCE != 0
        begins[batch.firsts] = True
        sentences = np.flatnonzero(begins)
        first_line = self._words.offsets[batch.types]
        n_lines = self._words.offsets[batch.types.astype(np.int64) + 1] - first_line
        token = np.repeat(np.arange(len(batch.types)), n_lines)
        of_token = np.arange(len(token)) - np.repeat(np.cumsum(n_lines) - n_lines, n_lines)
        frame = self._words.table[first_line[token] + of_token]
        is_first = of_token == 0
        number = _numbers(~frame["is_range"].to_numpy(), (begins[token] & is_first))
        ids = self._ids(number, frame["is_range"].to_numpy(), n_lines[token])
        fields = self._fields(batch, frame, token)
        misc = self._misc(batch).gather(token).set(pl.Series(~is_first), _NONE)
        before = np.zeros(len(token), np.int64)
        before[np.flatnonzero(is_first)[sentences]] = 1 + np.arange(len(sentences))
        comments = pl.concat([pl.Series([""]), self._comments(batch, sentences)]).gather(before)
        columns = [comments, ids, frame["form"], *fields, pl.Series([_NONE]), misc]
        separated = [part for column in columns[1:] for part in (pl.lit(column), pl.lit("\t"))][:-1]
        lines = pl.select(pl.concat_str(pl.lit(columns[0]), *separated, pl.lit("\n"))).to_series()
        return joined(lines)[1:] + b"\n"  # a blank line stands before each sentence

    @staticmethod
    def _ids(number: Integers, is_range: Array, n_lines: Integers) -> pl.Series:
        ids = pl.Series(number).cast(pl.String)
        if not is_range.any():
            return ids
        last = pl.Series(number + n_lines - 1).cast(pl.String)  # a range has the number of the word before its first
        first = pl.Series(number + 1).cast(pl.String)
        ranges = pl.select(pl.concat_str(first, pl.lit("-"), last)).to_series()
        return ranges.zip_with(pl.Series(is_range), ids)

    def _fields(self, batch: TokenBatch, frame: pl.DataFrame, token: Array) -> list[pl.Series]:
        """Return the columns from LEMMA to DEPREL."""
        fields = []
        for name in _FIELDS:
            column = self._known.get(name)
            if column is None or (column.layer is None and name in _OF_WORDS):
                fields.append(frame[name] if name in _OF_WORDS else pl.Series([_NONE]))
                continue
            values = column.at(batch).gather(token)
            others = frame[name] if name in _OF_WORDS else pl.Series([_NONE]).new_from_index(0, len(values))
            fields.append(values.zip_with(frame["is_core"], others))
        return fields

    def _misc(self, batch: TokenBatch) -> pl.Series:
        """Return what the last column says of each token: its place, white space, and columns of layers."""
        is_last = np.zeros(len(batch.types), bool)
        is_last[batch.firsts + batch.counts - 1] = True
        no_space = np.append(batch.flags[1:] & GLUED != 0, False) & ~is_last
        parts = [
            pl.Series(["", "SpaceAfter=No|"]).gather(no_space.astype(np.uint8)),
            pl.Series(["start_char="]),
            pl.Series(batch.starts).cast(pl.String),
            pl.Series(["|end_char="]),
            pl.Series(batch.ends(self._corpus)).cast(pl.String),
        ]
        for name, column in self._others.items():
            values = column.at(batch)
            part = pl.select(pl.concat_str(pl.lit(f"|{name}="), pl.lit(values))).to_series()
            parts.append(part.fill_null(""))
        return pl.select(pl.concat_str(*map(pl.lit, parts))).to_series()

    def _comments(self, batch: TokenBatch, sentences: Array) -> pl.Series:
        """Return what stands before each sentence, from the blank line on."""
        of = batch.document_of[sentences]
        ids = one_line_texts(self._corpus.ids(batch.documents), "ids", self._output)
        begins_document = np.diff(of, prepend=-1) > 0
        number = _numbers(np.ones(len(of), bool), begins_document)
        heads = pl.concat([pl.Series([""]), self._document_comments(batch.documents, ids)])
        begins_paragraph = (batch.flags[sentences] & BEGINS_PARAGRAPH != 0) | begins_document
        ends = np.append(sentences[1:], len(batch.types)) - 1
        with reading(self._corpus.path):
            first, end = (np.ascontiguousarray(batch.tokens[each], np.int64) for each in (sentences, ends))
            texts = series_from_core("", self._corpus.token_texts.join(first, end + 1, self._corpus.surfaces))
        return pl.select(
            pl.concat_str(
                pl.lit("\n"),
                pl.lit(heads.gather(np.where(begins_document, of + 1, 0))),
                pl.lit(pl.Series(["", "# newpar\n"]).gather(begins_paragraph.astype(np.uint8))),
                pl.lit("# sent_id = "),
                pl.lit(ids.gather(of)),
                pl.lit("-"),
                pl.lit(pl.Series(number).cast(pl.String)),
                pl.lit("\n# text = "),
                pl.lit(one_line_texts(texts, "sentences")),
                pl.lit("\n"),
            )
        ).to_series()

    def _document_comments(self, documents: Array, ids: pl.Series) -> pl.Series:
        parts = [pl.lit("# newdoc id = "), pl.lit(ids), pl.lit("\n")]
        for name, labels in self._metadata.items():
            values = one_line_texts(as_texts(labels.gather(documents)), f"column {name!r}", self._output)
            key = one_line_texts(pl.Series([name]), "names of columns").str.replace_all("=", _NONE, literal=True).item()
            part = pl.concat_str(pl.lit(f"# meta::{key} = "), pl.lit(values), pl.lit("\n"))
            parts.append(part.fill_null(""))
        return pl.select(pl.concat_str(*parts)).to_series()


def _numbers(counted: Array, begins: Array) -> Integers:
    """Return how many have been counted, with each one itself, since the last beginning.

    >>> counted, begins = np.array([1, 1, 1, 0, 1], bool), np.array([1, 0, 1, 0, 0], bool)
    >>> _numbers(counted, begins).tolist()
    [1, 2, 1, 1, 2]
    """
    so_far = np.cumsum(counted, dtype=np.int64)
    places = np.flatnonzero(begins)
    before = so_far[places] - counted[places]
    numbers: Integers = so_far - np.repeat(before, np.diff(np.append(places, len(counted))))
    return numbers


def _misc(values: pl.Series) -> pl.Series:
    r"""Return values for the last column, where | separates them and \p stands for it, as in Udapi."""
    escaped = values.str.replace_all("\\", "\\\\", literal=True)
    for sign, code in (("|", "\\p"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        escaped = escaped.str.replace_all(sign, code, literal=True)
    return one_line_texts(escaped, "layers")


# ------------------------------------------------------------------------- segments


def _with_segments(whole: Mapping[str, pl.Series], segments: pl.Series, stems: pl.Series) -> _Words:
    """Return the lines of types whose segments are words: those of several have a line more, for the token."""
    lines: list[tuple[str, str, str, bool, bool]] = []
    offsets = [0]
    for form, lemma, pos, pieces, stem in zip(
        whole["form"], whole["lemma"], whole["pos"], segments.to_list(), stems, strict=True
    ):
        if pieces is None or len(pieces) < 2:
            lines.append((form, lemma, pos, False, True))
        else:
            lines.append((form, _NONE, _NONE, True, False))
            core = _core_of(pieces, stem)
            for place, piece in enumerate(pieces):
                is_core = place == core
                tag = pos if is_core else _tag_of_clitic(piece, before=place < core)
                lines.append((piece, lemma if is_core else piece, tag, False, is_core))
        offsets.append(len(lines))
    names = {"form": pl.String, "lemma": pl.String, "pos": pl.String, "is_range": pl.Boolean, "is_core": pl.Boolean}
    table = pl.DataFrame(lines, schema=names, orient="row")
    return _Words(np.array(offsets), table.with_columns(one_line_texts(table["form"], "segments").alias("form")))


def _tag_of_clitic(piece: str, *, before: bool) -> str:
    if before:
        return _TAGS_BEFORE.get(piece, _NONE)
    return "PRON" if piece in _PRONOUNS else _NONE


def _core_of(pieces: list[str], stem: str | None) -> int:
    """Return which piece of a word is neither a clitic before it nor a pronoun after it.

    >>> _core_of(["و", "ب", "ساعات"], "ساعات"), _core_of(["ل", "ها"], "ل"), _core_of(["ب", "مدرست", "ها"], "مدرسة")
    (2, 0, 1)
    """
    if stem in pieces:
        return pieces.index(stem)
    before = sum(1 for _ in takewhile(_TAGS_BEFORE.__contains__, pieces[:-1]))
    after = sum(1 for _ in takewhile(_PRONOUNS.__contains__, reversed(pieces[before + 1 :])))
    return len(pieces) - 1 - after
