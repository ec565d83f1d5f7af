r"""CoNLL-U (https://universaldependencies.org/format.html), as UDPipe, Stanza, Grew and many others read it.

White space that is no single space is in SpacesBefore and SpacesAfter, as UDPipe has them
(https://ufal.mff.cuni.cz/udpipe/1/users-manual), so that a text can be made again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import takewhile
from typing import NamedTuple
from urllib.parse import quote

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
from corpus_kit.export.texts import starts_in_texts, text_batches
from corpus_kit.export.token_batches import Column, TokenBatch, known_columns, metadata_names, tokens_of
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
_ESCAPES = str.maketrans({" ": "\\s", "\t": "\\t", "\r": "\\r", "\n": "\\n", "|": "\\p", "\\": "\\\\"})
_NOT_ON_A_LINE = (
    (re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]"), r"\\n", "rare line breaks written as common ones"),
    (re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f]"), "\ufffd", "control characters written as U+FFFD"),
)
_BYTES = 1 << 20  # of the texts whose lines are made at once
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
    n_documents = 0
    with output.path.open("wb") as file:
        for texts in text_batches(corpus, [], size=_BYTES):
            batch = tokens_of(corpus, texts["document"].to_numpy())
            if not batch.counts.all():
                texts = texts.filter(pl.Series(batch.counts > 0))
                batch = tokens_of(corpus, texts["document"].to_numpy())
            if len(batch.documents):
                n_documents += len(batch.documents)
                file.write(writer.text_of(batch, texts["text"]))
    output.note("documents without tokens, left out", len(corpus) - n_documents)


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
        self._keys = self._checked_keys(list(self._metadata))

    def _checked(self, name: str, column: Column) -> Column:
        """Return a column whose values stay within their field; only lemmas may have spaces."""
        what = f"column {name!r}"
        values = one_line_texts(column.values, what, self._output)
        if name != "lemma":
            spaced = values.str.contains(" ", literal=True)
            self._output.note(f"{what}: spaces written as _", int(spaced.sum()))
            values = values.str.replace_all(" ", _NONE, literal=True)
        return Column(values.set(values.is_null() | (values == ""), _NONE), column.layer)

    def _checked_keys(self, names: list[str]) -> dict[str, str]:
        """Return the keys of comments for columns, all different."""
        keys: dict[str, str] = {}
        for name in names:
            key = re.sub(r"[^\S ]|=", _NONE, name)
            while key in keys.values():
                key += _NONE
            keys[name] = key
        renamed = sum(name != key for name, key in keys.items())
        self._output.note("names of columns: signs written as _, or _ added", renamed)
        return keys

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

    def text_of(self, batch: TokenBatch, texts: pl.Series) -> bytes:
        """Return the lines of the tokens of some documents, each of which has some; these are their texts."""
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
        misc = self._misc(batch, texts).gather(token).set(pl.Series(~is_first), _NONE)
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

    def _misc(self, batch: TokenBatch, texts: pl.Series) -> pl.Series:
        """Return what the last column says of each token: white space, its place, and columns of layers."""
        parts = [
            self._white_space(batch, texts),
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

    def _white_space(self, batch: TokenBatch, texts: pl.Series) -> pl.Series:
        """Return what is said of the white space around each token; nothing of a single space after it.

        Signs that are no tokens, such as marks of direction, are among the white space.
        """
        whole, lengths = "".join(texts), texts.str.len_chars().to_numpy().astype(np.int64)
        codes = np.frombuffer(whole.encode("utf-32-le"), np.uint32)
        first_of_text = np.cumsum(lengths) - lengths
        starts = starts_in_texts(self._corpus, batch) + first_of_text[batch.document_of]
        ends = starts + batch.ends(self._corpus) - batch.starts
        lasts = batch.firsts + batch.counts - 1
        following = np.append(starts[1:], 0)
        following[lasts] = first_of_text + lengths
        is_last = np.zeros(len(starts), bool)
        is_last[lasts] = True
        glued = np.append(batch.flags[1:] & GLUED != 0, False) & ~is_last
        has_space = (following == ends + 1) & ~glued & ~is_last
        has_space[has_space] = codes[ends[has_space]] == ord(" ")
        found = {int(token): "SpaceAfter=No|" for token in np.flatnonzero(glued)}
        for token in np.flatnonzero((following > ends) & ~has_space):
            after = f"SpacesAfter={self._escaped(whole[ends[token] : following[token]])}|"
            found[int(token)] = found.get(int(token), "") + after
        for token, start in zip(batch.firsts, first_of_text, strict=True):
            if starts[token] > start:
                before = f"SpacesBefore={self._escaped(whole[start : starts[token]])}|"
                found[int(token)] = before + found.get(int(token), "")
        values = dict.fromkeys(["", *found.values()])
        numbers = {value: number for number, value in enumerate(values)}
        said = np.zeros(len(starts), np.int64)
        said[list(found)] = [numbers[value] for value in found.values()]
        return pl.Series(list(values)).gather(said)

    def _escaped(self, space: str) -> str:
        escaped = space.translate(_ESCAPES)
        for pattern, instead, change in _NOT_ON_A_LINE:
            escaped, count = pattern.subn(instead, escaped)
            self._output.note(f"white space: {change}", count)
        return escaped

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
                pl.lit(_sentence_ids(ids).gather(of)),
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
            part = pl.concat_str(pl.lit(f"# meta::{self._keys[name]} = "), pl.lit(values), pl.lit("\n"))
            parts.append(part.fill_null(""))
        return pl.select(pl.concat_str(*parts)).to_series()


def _sentence_ids(ids: pl.Series) -> pl.Series:
    """Return ids without white space and slashes, which Universal Dependencies do not allow there.

    >>> _sentence_ids(pl.Series(["a/b 1", "خبر"])).to_list()
    ['a%2Fb%201', 'خبر']
    """
    odd = ids.str.contains(r"[\s/%]")
    if not odd.any():
        return ids
    return pl.Series([re.sub(r"[\s/%]", lambda sign: quote(sign[0], safe=""), id) for id in ids], dtype=pl.String)


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
