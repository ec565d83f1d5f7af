"""CoNLL-U files (https://universaldependencies.org/format.html): texts with their tokens and what is said of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from corpus_kit.readers.documents import Document, Event, File, Reader, Span, Tokens
from corpus_kit.text.treebank_words import Record, Word, content_word

__all__ = ["COLUMNS", "Sentence", "TreebankToken", "conllu", "sentences"]

COLUMNS = ("lemma", "pos", "xpos", "feats", "deprel")
_FIELDS = 10
_ID = re.compile(r"[1-9]\d*(?:(-[1-9]\d*)|(\.[1-9]\d*))?")  # a word; a token of several words; an empty node


class TreebankToken(NamedTuple):
    """A token: its text, its words, whether white space follows, and its line."""

    text: str
    words: list[Word]
    has_space: bool
    line: int


class Sentence(NamedTuple):
    """A sentence: its tokens, its name, and whether a paragraph or a document (of this name, or "") begins with it."""

    tokens: list[TreebankToken]
    name: str
    begins_paragraph: bool
    document: str | None


def sentences(lines: Iterable[str]) -> Iterator[Sentence]:
    """Yield the sentences of a file. Raises ValueError for a line that is none of CoNLL-U."""
    tokens: list[TreebankToken] = []
    name, paragraph, document = "", False, None
    end = 0  # the last word of the token of several words that is being read
    for number, given in enumerate([*lines, ""] if isinstance(lines, list) else _with_end(lines), start=1):
        line = given.rstrip("\r\n")
        if line.startswith("#"):
            key, _, value = (part.strip() for part in line[1:].partition("="))
            if key == "sent_id":
                name = value
            elif key in ("newdoc", "newdoc id"):
                document = value or document or ""
            elif key in ("newpar", "newpar id"):
                paragraph = True
        elif line.strip():
            end = _add(line, tokens, end, number)
        elif tokens:
            yield Sentence(tokens, name, paragraph, document)
            tokens, name, paragraph, document, end = [], "", False, None, 0


def _with_end(lines: Iterable[str]) -> Iterator[str]:
    yield from lines
    yield ""


def _add(line: str, sentence: list[TreebankToken], end: int, number: int) -> int:
    """Add what a line says to a sentence; return the number of the last word of the token that it belongs to."""
    fields = line.split("\t")
    kind = _ID.fullmatch(fields[0])
    if len(fields) != _FIELDS or not kind:
        hint = f"A word has {_FIELDS} columns, between tabs, of which the first is its number."
        raise ValueError(f"line {number:,} is not CoNLL-U: {line!r:.100}. {hint}")
    form, has_space = fields[1], "SpaceAfter=No" not in fields[9].split("|")
    if kind[2]:
        return end
    if kind[1]:
        sentence.append(TreebankToken(form, [], has_space, number))
        return int(kind[1][1:])
    values: dict[str, str | None] = dict(zip(COLUMNS, (*fields[2:6], fields[7]), strict=True))
    said: Record = {key: None if value == "_" else value for key, value in values.items()}
    word = Word(form, said["pos"], said)
    if int(fields[0]) <= end and sentence:
        sentence[-1].words.append(word)
    else:
        sentence.append(TreebankToken(form, [word], has_space, number))
    return end


# ------------------------------------------------------------------ as documents


def conllu() -> Reader:
    r"""Return the reader of CoNLL-U files.

    Tokens, sentences and their words stay as they are in the file: the corpus has them as its tokens, and a layer
    "given" with the columns lemma, pos, xpos, feats and deprel. Of a token of several words, such as ولكتابهم, it has
    what is said of the word that it is about. A document begins at "newdoc", a paragraph at "newpar"; where a file has
    no paragraphs, each sentence is a line. The names of sentences are spans of the kind "sentence".

    Examples:
        >>> import corpus_kit as ck, pathlib, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> words = [("قال", "VERB", "root"), ("الوزير", "NOUN", "nsubj")]
        >>> lines = [f"{n}\t{w}\t_\t{pos}\t_\t_\t_\t{rel}\t_\t_" for n, (w, pos, rel) in enumerate(words, start=1)]
        >>> _ = (folder / "gold.conllu").write_text("\n".join([*lines, ""]), encoding="utf-8")
        >>> corpus = ck.Corpus.build(folder / "gold.conllu", folder / "corpus")
        >>> ck.kwic(corpus, "[deprel=nsubj]", show="pos").frame.select("node", "pos").row(0)
        ('الوزير', 'NOUN')
    """
    return _read


def _read(file: File) -> Iterator[Event]:
    held: list[Sentence] = []
    for sentence in sentences(file.text().split("\n")):
        if sentence.document is not None and held:
            yield _document(held)
            held = []
        held.append(sentence)
    if held:
        yield _document(held)


def _document(held: list[Sentence]) -> Document:
    has_paragraphs = any(sentence.begins_paragraph for sentence in held)
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    begins: list[int] = []
    named: list[Span] = []
    records: list[Record] = []
    length = 0
    for number, sentence in enumerate(held):
        if number:
            parts.append("\n" if sentence.begins_paragraph or not has_paragraphs else " ")
            length += 1
        first = length
        begins.append(len(spans))
        for place, token in enumerate(sentence.tokens):
            spans.append((length, length + len(token.text)))
            records.append(content_word(token.words).record if token.words else dict.fromkeys(COLUMNS))
            space = " " if token.has_space and place + 1 < len(sentence.tokens) else ""
            parts.append(token.text + space)
            length += len(token.text) + len(space)
        if sentence.name:
            named.append(Span("sentence", first, spans[-1][1], sentence.name))
    layers = {name: [record[name] for record in records] for name in COLUMNS}
    tokens = Tokens(spans, begins, {name: values for name, values in layers.items() if any(values)})
    return Document("".join(parts), id=held[0].document or None, spans=named, tokens=tokens)
