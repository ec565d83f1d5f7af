"""CoNLL-U files (https://universaldependencies.org/format.html): their texts, and a layer of what they say of words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

import polars as pl

from corpus_kit._base.arguments import path_argument
from corpus_kit.errors import InputError, SourceError
from corpus_kit.readers.conllu import COLUMNS, sentences
from corpus_kit.safe_text import one_line
from corpus_kit.text.treebank_words import Record, Word, content_word

__all__ = ["ConlluFile", "read_conllu"]

_NOTHING: Record = dict.fromkeys(COLUMNS)


class _Token(NamedTuple):
    """A token of the file: its text, its words, its line, and its sentence."""

    text: str
    words: list[Word]
    line: int
    sentence: str


class ConlluFile:
    """A CoNLL-U file, from `ck.annotators.read_conllu`: texts to build a corpus from, and the annotator of a layer.

    Attributes:
        documents: The texts of the file: id and text (String). Each sentence is a line.
    """

    def __init__(self, path: Path) -> None:
        self.__name__ = path.name
        self._tokens: list[_Token] = []
        self._stream: _Stream | None = None
        self.documents = self._read(path)

    # ---- reading

    def _read(self, path: Path) -> pl.DataFrame:
        ids, texts = [path.stem], [list[str]()]
        try:
            for sentence in sentences(_lines(path)):
                if sentence.document is not None and (texts[-1] or sentence.document):
                    ids.append(sentence.document or f"{path.stem}-{len(ids)}")
                    texts.append([])
                texts[-1].append("".join(each.text + " " * each.has_space for each in sentence.tokens).strip())
                self._tokens += [_Token(each.text, each.words, each.line, sentence.name) for each in sentence.tokens]
        except ValueError as error:
            where, _, rest = str(error).partition(" is not ")
            raise SourceError(f"{where} of {path.name} is not {rest}") from error
        kept = [(each, "\n".join(lines)) for each, lines in zip(ids, texts, strict=True) if lines]
        if not kept:
            raise SourceError(f"{path} has no sentences.")
        return pl.DataFrame(kept, schema={"id": pl.String, "text": pl.String}, orient="row")

    # ---- annotating

    def __enter__(self) -> Self:
        self._stream = _Stream(self._tokens, self.__name__)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        stream, self._stream = self._stream, None
        if kind is None and stream is not None:
            stream.expect_end()

    def __call__(self, sentences: list[list[str]]) -> Iterator[Record]:
        """Yield a record for each token of a corpus, within a `with` block, in which all sentences follow one another.

        Raises:
            InputError: If the tokens are not those of the file.
        """
        stream = self._stream or _Stream(self._tokens, self.__name__)
        for sentence in sentences:
            for token in sentence:
                words = stream.words_of(token)
                yield content_word(words).record if words else _NOTHING

    def __repr__(self) -> str:
        return f"<CoNLL-U {self.__name__!r}: {self.documents.height:,} documents, {len(self._tokens):,} tokens>"


def read_conllu(path: Any) -> ConlluFile:
    r"""Read a CoNLL-U file: its texts, and an annotator that says of each token what the file says of it.

    The corpus must have the texts of the file, in its order: build it from `documents`, or from the same texts. Tokens
    need not be divided in the same way. A token that is several words in the file, such as ولكتابهم, has what is said
    of the word that it is about: no conjunction, pronoun, preposition or particle if there is another word; of several
    the longest. Of a word that is several tokens, each has what is said of the word.

    Args:
        path: The file, in UTF-8.

    Returns:
        A `ConlluFile`: `documents` has the columns id ("newdoc id", or the name of the file) and text, with a sentence
        on each line. As an annotator, it gives the columns lemma, pos, xpos, feats and deprel; "_" becomes null.

    Raises:
        SourceError: If the file cannot be read, or a line is none of CoNLL-U.

    Examples:
        >>> import corpus_kit as ck, tempfile
        >>> from pathlib import Path
        >>> folder = Path(tempfile.mkdtemp())
        >>> words = [("قال", "VERB", "root"), ("الوزير", "NOUN", "nsubj")]
        >>> lines = [f"{n}\t{w}\t_\t{pos}\t_\t_\t_\t{rel}\t_\t_" for n, (w, pos, rel) in enumerate(words, start=1)]
        >>> path = folder / "gold.conllu"
        >>> _ = path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        >>> gold = ck.annotators.read_conllu(path)
        >>> corpus = ck.Corpus.build(gold.documents, folder / "corpus", id="id").annotate(gold, layer="gold")
        >>> ck.kwic(corpus, "[deprel=nsubj]", show="pos").frame.select("node", "pos").row(0)
        ('الوزير', 'NOUN')
    """
    return ConlluFile(path_argument(path, "path"))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not in UTF-8: {error.reason} at byte {error.start:,}.") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}.") from error


class _Stream:
    """The characters of a file, without white space and invisible signs, as tokens of a corpus take them one by one."""

    def __init__(self, tokens: list[_Token], name: str) -> None:
        self._tokens = tokens
        self._name = name
        self._next = 0
        self._left = ""  # of the token that is being read
        self._skip()

    def _skip(self) -> None:
        """Go on to the next token that has visible characters, if the last one is used up."""
        while not self._left and self._next < len(self._tokens):
            self._left = _visible(self._tokens[self._next].text)
            self._next += 1

    def words_of(self, token: str) -> list[Word]:
        """Return the words of the file that a token of the corpus covers, and go on after it."""
        wanted = _visible(token)
        words: list[Word] = []
        first = self._next - 1
        while wanted:
            if not self._left:
                raise InputError(f"the corpus must have the texts of {self._name}, which ends before {token!r:.60}.")
            length = min(len(wanted), len(self._left))
            if wanted[:length] != self._left[:length]:
                raise self._differs(token, self._tokens[first])
            words += self._tokens[self._next - 1].words
            wanted, self._left = wanted[length:], self._left[length:]
            self._skip()
        return words

    def _differs(self, token: str, place: _Token) -> InputError:
        sentence = f", sentence {one_line(place.sentence)}" if place.sentence else ""
        return InputError(
            f"the corpus must have the texts of {self._name}, which has {place.text!r:.60} in line "
            f"{place.line:,}{sentence}, where the corpus has {token!r:.60}."
        )

    def expect_end(self) -> None:
        """Raise InputError if something is left."""
        if self._left:
            place = self._tokens[self._next - 1]
            raise InputError(
                f"the corpus must have the texts of {self._name}, which goes on with {place.text!r:.60} in line "
                f"{place.line:,} where the corpus ends."
            )


def _visible(text: str) -> str:
    """Return a text without white space and invisible signs such as those of direction.

    >>> _visible("10\u00a0000\u200f")
    '10000'
    """
    if text.isalnum():
        return text
    return "".join(sign for sign in text if not sign.isspace() and unicodedata.category(sign) != "Cf")
