"""Tokens and sentences: `tokenize`, `tokens`, `sentences`, `stopwords`, and `Tokenizer` for other modules.

**What a token is** (tokenizer ``standard``)

- *word*: letters and marks of any script; marks never split a word. Tatweel is a letter. Format
  characters (zero-width joiners, bidirectional controls) and underscores belong to a word inside
  it, not at its edges. A word in another script may hold digits and apostrophes (F16, don't). A
  mark without a letter before it begins a word or is one.
- *number*: decimal digits of any script, with ``. , ٫ ٬`` between digits. Letters and digits that
  touch are two tokens where the letter is Arabic (كوفيد | 19), and so is و before a number (و | 5).
- *punctuation* and *symbol*: a sign and its direct repetitions. Hyphens are punctuation. Private-use
  and unassigned code points are symbols.
- *url*, *email*, *hashtag*, *mention*, *emoji*: whole. The punctuation after a URL is not part of it.

White space, line ends and control characters separate tokens and belong to none. Every token has
the spelling of the text.

**Paragraphs** are separated by line ends. **Sentences** end at ``. ! ? ؟ ؛`` and with the
paragraph; at ``...`` and ``…`` outside quotations only; not after abbreviations and single letters,
and not at a full stop between Latin letters or digits. Closing quotation marks and brackets belong
to the sentence they close; a comma or colon after them carries it on.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import arabic, machine
from corpus_kit._columns import Capsules, series_from_core, text_series, text_stream
from corpus_kit._tokenize import TypeTable
from corpus_kit.errors import InputError, choose

__all__ = [
    "BEGINS_PARAGRAPH",
    "BEGINS_SENTENCE",
    "COUNTED_KINDS",
    "GLUED",
    "KINDS",
    "KIND_DTYPE",
    "RULES_VERSION",
    "TOKENIZERS",
    "TokenBatch",
    "Tokenizer",
    "sentences",
    "stopwords",
    "tokenize",
    "tokens",
]

KINDS = arabic.TOKEN_KINDS
COUNTED_KINDS = arabic.COUNTED_KINDS
KIND_DTYPE = pl.Enum(KINDS)
TOKENIZERS = ("standard", "whitespace", "character")
RULES_VERSION = 1  # of the rules above; a corpus records it, since its numbers depend on them

# Flags of a token.
BEGINS_SENTENCE = 1
BEGINS_PARAGRAPH = 2
GLUED = 4  # no white space between it and the token before

Numbers = npt.NDArray[np.uint32]


class TokenBatch(NamedTuple):
    """The tokens of a batch of texts, one after another; the arrays cannot be written to."""

    type_ids: Numbers
    starts: Numbers  # code points within the text; empty where they were not asked for
    flags: npt.NDArray[np.uint8]
    counts: Numbers  # tokens of each text; 0 for a null

    @property
    def offsets(self) -> npt.NDArray[np.int64]:
        """Where each text begins in the other arrays, and at last their length."""
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(self.counts, dtype=np.int64)])


class Tokenizer:
    """Texts to numbered tokens, batch after batch; the numbers of types go on.

    Args:
        tokenizer: ``"standard"``; ``"whitespace"``, which splits as ``str.split`` does and calls
            everything a word; or ``"character"``, in which each code point is a token and white
            space between two of them one space (kind symbol).

    >>> tokenizer = Tokenizer()
    >>> tokenizer.add(["كتاب وكتاب", "كتاب"]).type_ids.tolist()
    [0, 1, 0]
    >>> tokenizer.types()["surface"].to_list()
    ['كتاب', 'وكتاب']
    """

    def __init__(self, tokenizer: str = "standard") -> None:
        self.tokenizer = choose(tokenizer, TOKENIZERS, "tokenizer")
        self._table = TypeTable()

    def __len__(self) -> int:
        return len(self._table)

    def add(self, texts: Any, *, starts: bool = True, threads: int | None = None) -> TokenBatch:
        """Tokenise texts: a Series or an iterable of str or None.

        Args:
            texts: the texts.
            starts: whether the starts of tokens are wanted; who only counts does without.
            threads: how many threads to use at most; None: as many as `machine.threads` says.

        Raises:
            InputError: not texts, not UTF-8, or more distinct tokens than 32 bits number. The
                tokenizer is then as it was before and can be used on.
        """
        return self._add(text_series(texts), starts, machine.threads() if threads is None else threads)

    def _add(self, series: pl.Series, starts: bool = True, threads: int = 1) -> TokenBatch:
        try:
            columns = self._table.tokenize(
                text_stream(series),
                self.tokenizer,
                starts=starts,
                threads=threads,
                instructions=machine.instructions(),
            )
        except (ValueError, TypeError, OverflowError) as error:
            raise InputError(str(error)) from error
        type_ids, starts_of_tokens, flags, counts = columns
        return TokenBatch(
            _array(type_ids),
            np.empty(0, np.uint32) if starts_of_tokens is None else _array(starts_of_tokens),
            _array(flags),
            _array(counts),
        )

    def types(self, start: int = 0) -> pl.DataFrame:
        """The types in the order of their ids, from id `start` on.

        Returns:
            surface (String), kind (Enum of KINDS).
        """
        if start < 0:
            raise InputError(f"start={start} is not the id of a type; ids begin at 0")
        kinds = series_from_core("kind", self._table.kinds(start))
        return pl.DataFrame([self.surfaces(start), kinds.cat.to(KIND_DTYPE)])

    def surfaces(self, start: int = 0) -> pl.Series:
        """The column `surface` of `types` alone."""
        return series_from_core("surface", self._table.surfaces(start))


def _array(column: Capsules) -> npt.NDArray[Any]:
    return series_from_core("", column).to_numpy()


def _add_one(text: Any, function: str) -> tuple[Tokenizer, TokenBatch]:
    if not isinstance(text, str):
        raise InputError(
            f"{function}() takes one text as a str, not {type(text).__name__}: {text!r:.60}. "
            "For many texts use tokens()."
        )
    tokenizer = Tokenizer()
    return tokenizer, tokenizer._add(text_series([text], argument="text"))


def tokenize(text: str) -> list[str]:
    """The tokens of a text in their original spelling.

    Args:
        text: one text.

    Raises:
        InputError: `text` is not a str or holds an unpaired surrogate.

    >>> tokenize('قال:"نعم،لا".')
    ['قال', ':', '"', 'نعم', '،', 'لا', '"', '.']
    """
    tokenizer, batch = _add_one(text, "tokenize")
    surfaces: list[str] = tokenizer.types()["surface"].to_list()
    return [surfaces[type_id] for type_id in batch.type_ids.tolist()]


def sentences(text: str) -> list[str]:
    """The sentences of a text, each without the white space around it; nothing else is lost.

    Args:
        text: one text. Line ends end sentences.

    Raises:
        InputError: `text` is not a str or holds an unpaired surrogate.

    >>> sentences('قال د. سامي: "هل جاء؟" ثم مضى.')
    ['قال د. سامي: "هل جاء؟"', 'ثم مضى.']
    """
    _, batch = _add_one(text, "sentences")
    begins: list[int] = batch.starts[(batch.flags & BEGINS_SENTENCE) != 0].tolist()
    bounds = [0, *begins[1:], len(text)]
    pieces = (text[start:end].strip() for start, end in pairwise(bounds))
    return [piece for piece in pieces if piece]


def tokens(texts: Any) -> pl.DataFrame:
    """The tokens of texts as a table, in the order of the texts.

    Args:
        texts: a Series or an iterable of str or None. A null has no tokens.

    Returns:
        document (UInt32): row of the text, from 0.
        sentence, position (UInt32): number of the sentence and of the token in the document, from 0.
        token (String): its original spelling.
        kind (Enum of KINDS).
        start, end (UInt32): span in code points: ``text[start:end] == token``.

    Raises:
        InputError: not texts, or an unpaired surrogate.

    >>> tokens(["نعم. لا", "٣٫١٤"]).select("document", "sentence", "position", "token", "kind").rows()
    [(0, 0, 0, 'نعم', 'word'), (0, 0, 1, '.', 'punctuation'), (0, 1, 2, 'لا', 'word'), (1, 0, 0, '٣٫١٤', 'number')]
    """
    tokenizer = Tokenizer()
    batch = tokenizer.add(texts)
    types = tokenizer.types()
    lengths = types["surface"].str.len_chars().to_numpy()
    offsets = batch.offsets[:-1]
    # Sentences are counted through all texts, then from the first token of each.
    sentence = np.cumsum(batch.flags & BEGINS_SENTENCE, dtype=np.uint32)
    first_sentence = sentence[np.minimum(offsets, max(len(sentence) - 1, 0))] if len(sentence) else offsets
    ids = pl.Series(batch.type_ids)
    return pl.DataFrame(
        {
            "document": np.repeat(np.arange(len(batch.counts), dtype=np.uint32), batch.counts),
            "sentence": sentence - np.repeat(first_sentence, batch.counts).astype(np.uint32),
            "position": (np.arange(len(ids)) - np.repeat(offsets, batch.counts)).astype(np.uint32),
            "token": types["surface"].gather(ids),
            "kind": types["kind"].gather(ids),
            "start": batch.starts,
            "end": batch.starts + lengths[batch.type_ids],
        }
    )


def stopwords() -> frozenset[str]:
    """Arabic function words, undecorated (أن, not أَنْ); compare them with text without marks.

    >>> "في" in stopwords()
    True
    """
    return arabic.STOP_WORDS
