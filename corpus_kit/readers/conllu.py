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


_META = re.compile(r"# ?meta::([^=]*[^=\s])\s*= ?(.*)")  # metadata of a document, as `Corpus.export` writes them
_SPACES = re.compile(r"\\([srntp\\])")  # as UDPipe writes them
_SPACE_OF = {"s": " ", "r": "\r", "n": "\n", "t": "\t", "p": "|", "\\": "\\"}


class TreebankToken(NamedTuple):
    """A token: its text, its words, whether white space follows, its line, and which white space is around it."""

    text: str
    words: list[Word]
    has_space: bool
    line: int
    before: str
    after: str | None


class Sentence(NamedTuple):
    """A sentence: its tokens, its name, whether a paragraph or a document (of this name, or "") begins with it.

    And what its comments say of the document.
    """

    tokens: list[TreebankToken]
    name: str
    begins_paragraph: bool
    document: str | None
    metadata: dict[str, str]


def sentences(lines: Iterable[str]) -> Iterator[Sentence]:
    """Yield the sentences of a file. Raises ValueError for a line that is none of CoNLL-U.

    Some treebanks, such as PUD, name the document at each of its sentences: it begins at the first of them.
    """
    tokens: list[TreebankToken] = []
    name, paragraph, document, running = "", False, None, ""
    metadata: dict[str, str] = {}
    end = 0  # the last word of the token of several words that is being read
    for number, given in enumerate([*lines, ""] if isinstance(lines, list) else _with_end(lines), start=1):
        line = given.rstrip("\r\n")
        if line.startswith("#"):
            key, _, value = (part.strip() for part in line[1:].partition("="))
            if key == "sent_id":
                name = value
            elif key in ("newdoc", "newdoc id"):
                if not value or value != running:
                    document = value or document or ""
                running = value
            elif key in ("newpar", "newpar id"):
                paragraph = True
            elif said := _META.fullmatch(line):
                metadata[said[1]] = said[2]
        elif line.strip():
            end = _add(line, tokens, end, number)
        elif tokens:
            yield Sentence(tokens, name, paragraph, document, metadata)
            tokens, name, paragraph, document, metadata, end = [], "", False, None, {}, 0


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
    if kind[2]:
        return end
    form, around = fields[1], _white_space(fields[9])
    if kind[1]:
        sentence.append(TreebankToken(form, [], around[0], number, *around[1:]))
        return int(kind[1][1:])
    values: dict[str, str | None] = dict(zip(COLUMNS, (*fields[2:6], fields[7]), strict=True))
    said: Record = {key: None if value == "_" else value for key, value in values.items()}
    word = Word(form, said["pos"], said)
    if int(fields[0]) <= end and sentence:
        sentence[-1].words.append(word)
    else:
        sentence.append(TreebankToken(form, [word], around[0], number, *around[1:]))
    return end


def _white_space(misc: str) -> tuple[bool, str, str | None]:
    r"""Return whether white space follows a token, which is before it, and which after it if it is not usual.

    >>> _white_space(r"SpacesAfter=\s\n|start_char=0"), _white_space("SpaceAfter=No"), _white_space("_")
    ((True, '', ' \n'), (False, '', None), (True, '', None))
    """
    if "Space" not in misc:
        return True, "", None
    said = dict(part.partition("=")[::2] for part in misc.split("|"))
    found = {name: _SPACES.sub(lambda code: _SPACE_OF[code[1]], said[name]) for name in said if "Spaces" in name}
    return said.get("SpaceAfter") != "No", found.get("SpacesBefore", ""), found.get("SpacesAfter")


# ------------------------------------------------------------------ as documents


def conllu() -> Reader:
    r"""Return the reader of CoNLL-U files.

    Tokens, sentences and their words stay as they are in the file: the corpus has them as its tokens, and a layer
    "given" with the columns lemma, pos, xpos, feats and deprel. Of a token of several words, such as ولكتابهم, it has
    what is said of the word that it is about. A document begins at "newdoc", a paragraph at "newpar"; where a file has
    no paragraphs, each sentence is a line. White space is that of SpacesBefore and SpacesAfter (UDPipe), where a file
    has them. The names of sentences are spans of the kind "sentence"; comments such as ``# meta::date = 2026-01-05``,
    as `Corpus.export` writes them, are metadata of the document.

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
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    begins: list[int] = []
    named: list[Span] = []
    records: list[Record] = []
    gaps, length = _gaps(held), 0
    for sentence in held:
        begins.append(len(spans))
        for token in sentence.tokens:
            first = length + len(token.before)
            spans.append((first, first + len(token.text)))
            records.append(content_word(token.words).record if token.words else dict.fromkeys(COLUMNS))
            parts.append(token.before + token.text + next(gaps))
            length += len(parts[-1])
        if sentence.name:
            named.append(Span("sentence", spans[begins[-1]][0], spans[-1][1], sentence.name))
    layers = {name: [record[name] for record in records] for name in COLUMNS}
    tokens = Tokens(spans, begins, {name: values for name, values in layers.items() if any(values)})
    metadata = {key: value for sentence in held for key, value in sentence.metadata.items()}
    return Document("".join(parts), held[0].document or None, metadata, spans=named, tokens=tokens)


def _gaps(held: list[Sentence]) -> Iterator[str]:
    """Yield what is between each token of a document and the next one, and after the last."""
    has_paragraphs = any(sentence.begins_paragraph for sentence in held)
    begins_line = [sentence.begins_paragraph or not has_paragraphs for sentence in held[1:]]
    for sentence, is_line in zip(held, [*begins_line, None], strict=True):
        *tokens, last = sentence.tokens
        for token in tokens:
            yield " " * token.has_space if token.after is None else token.after
        if last.after is not None:
            yield last.after
        else:
            yield "" if is_line is None else "\n" if is_line else " " * last.has_space
