"""Tokenisation: the rules, `tokenize` and `tokens`, and the `Tokenizer` that numbers the types of many texts.

**What a token is** (tokenizer ``standard``)

- *word*: letters and marks of any script; marks never split a word. Tatweel is a letter. Format
  characters (zero-width joiners, bidi controls) and underscores are part of a word when inside it, not
  at its edges. A word in another script may hold digits and apostrophes (F16, don't). A mark without a
  letter before it starts a word or is one.
- In Arabic in Latin letters, one of the digits 2 to 9 may begin a word (7abibi, 3'ali): alone, before
  Latin letters and digits that have two letters or more, not all of them capitals, or a vowel before a
  digit (9a7), and are no unit, ordinal or time (`NUMBER_SUFFIXES` in arabic.py: 5km, 2nd, 3am) and no
  size (4x4s).
- *number*: decimal digits of any script, with ``. , ٫ ٬ ر`` between digits (5ر32). Other adjacent letters
  and digits are two tokens where the letter is Arabic (كوفيد | 19), and so is و before a number (و | 5).
- *punctuation* and *symbol*: a sign and its direct repetitions. Hyphens are punctuation. Private-use
  and unassigned code points are symbols.
- *url*, *email*, *hashtag*, *mention*, *emoji*: kept whole. Punctuation after a URL is not part of it. A
  hashtag ends where a URL begins; a URL at a hashtag with an Arabic letter, at another URL after a letter
  or digit, and at an Arabic letter after a letter or digit that is not Arabic, or after punctuation.

White space, line ends and control characters separate tokens and belong to none. Every token keeps
the spelling of the text.

**Paragraphs** are separated by line ends. **Sentences** end at ``. ! ? ؟ ؛`` and with the
paragraph; at ``...`` and ``…`` outside quotations only; not at ``..``; not after abbreviations and single
letters (these also with white space before the full stop), not after a number that begins a paragraph,
and not at a full stop between Latin letters or digits. Closing quotation marks and brackets belong
to the sentence they close; a comma or colon after them continues it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arguments import integer, text_argument
from corpus_kit._base.arrays import Numbers
from corpus_kit._base.columns import Capsules, series_from_core, text_series, text_stream
from corpus_kit._core import TypeTable
from corpus_kit.errors import InputError, choose
from corpus_kit.machine.instructions import instructions
from corpus_kit.machine.threads import threads_or_default
from corpus_kit.text import arabic
from corpus_kit.text.token_flags import BEGINS_SENTENCE

__all__ = [
    "COUNTED_KINDS",
    "KINDS",
    "KIND_DTYPE",
    "RULES_VERSION",
    "TOKENIZERS",
    "TokenBatch",
    "Tokenizer",
    "tokenize",
    "tokens",
]

KINDS = arabic.TOKEN_KINDS
COUNTED_KINDS = arabic.COUNTED_KINDS
KIND_DTYPE = pl.Enum(KINDS)
TOKENIZERS = ("standard", "whitespace", "character")
RULES_VERSION = 2  # of the rules above; recorded in a corpus, whose numbers depend on them


class TokenBatch(NamedTuple):
    """The tokens of a batch of texts, one text after another, in read-only arrays."""

    type_ids: Numbers
    starts: Numbers  # code points within the text; empty if not requested
    flags: npt.NDArray[np.uint8]
    counts: Numbers  # tokens of each text; 0 for a null

    @property
    def offsets(self) -> npt.NDArray[np.int64]:
        """Where each text begins in the other arrays, followed by their length."""
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(self.counts, dtype=np.int64)])


class Tokenizer:
    """A tokeniser of batches of texts that numbers types in order of appearance, across batches.

    Args:
        tokenizer: ``"standard"``; ``"whitespace"``, which splits as ``str.split`` does and calls everything a word;
            or ``"character"``, in which each code point is a token and white space between two of them is one
            space (kind symbol).

    Raises:
        InputError: If there is no such tokenizer.

    Examples:
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
        """Tokenise texts.

        Args:
            texts: A Series of strings, another Arrow column of them, or an iterable of str or None.
            starts: Whether to return the starts of tokens, which counting does not need.
            threads: The most threads to use, or None for `corpus_kit.threads`.

        Returns:
            The tokens.

        Raises:
            InputError: If `texts` are not texts or not UTF-8, or the types no longer fit 32 bits. The tokenizer then
                stays as it was and can be used further.
        """
        series = text_series(texts)
        try:
            columns = self._table.tokenize(
                text_stream(series),
                self.tokenizer,
                starts=starts,
                threads=threads_or_default(threads),
                instructions=instructions(),
            )
        except (ValueError, TypeError, OverflowError) as error:
            raise InputError(f"cannot tokenise the texts: {error}") from error
        type_ids, starts_of_tokens, flags, counts = columns
        return TokenBatch(
            _array(type_ids),
            np.empty(0, np.uint32) if starts_of_tokens is None else _array(starts_of_tokens),
            _array(flags),
            _array(counts),
        )

    def number(self, tokens: pl.Series) -> npt.NDArray[np.uint32]:
        """Return the types of tokens that something else has divided, in order.

        Args:
            tokens: Their spellings (String), none null or empty. One that is a single token by the rules has its kind;
                any other is a word if it has a letter, a number if it has a digit, otherwise punctuation.

        Raises:
            InputError: If the types no longer fit 32 bits. The tokenizer then stays as it was and can be used further.

        Examples:
            >>> tokenizer = Tokenizer()
            >>> tokenizer.number(pl.Series(["أ.ف.ب", "قالت", "أ.ف.ب"])).tolist()
            [0, 1, 0]
            >>> tokenizer.types()["kind"].to_list()
            ['word', 'word']
        """
        distinct = tokens.alias("token").unique(maintain_order=True)
        kinds = _kinds_of(distinct).cast(KIND_DTYPE).to_physical().cast(pl.UInt8).to_numpy()
        try:
            ids = series_from_core("id", self._table.number(text_stream(distinct), kinds))
        except (ValueError, OverflowError) as error:
            raise InputError(f"cannot number the tokens: {error}") from error
        table = pl.DataFrame([distinct, ids])
        joined = tokens.alias("token").to_frame().join(table, on="token", how="left", maintain_order="left")
        return joined["id"].to_numpy()

    def types(self, start: int = 0) -> pl.DataFrame:
        """Return the types in order of id.

        Args:
            start: The first id.

        Returns:
            surface (String), kind (Enum of KINDS).

        Raises:
            InputError: If `start` is negative.
        """
        start = integer(start, "start", least=0)
        kinds = series_from_core("kind", self._table.kinds(start))
        return pl.DataFrame([self.surfaces(start), kinds.cat.to(KIND_DTYPE)])

    def surfaces(self, start: int = 0) -> pl.Series:
        """Return the column `surface` of `types` alone."""
        return series_from_core("surface", self._table.surfaces(start))


def _kinds_of(tokens: pl.Series) -> pl.Series:
    """Return the kind of each token: that which it has by the rules, or what its characters suggest."""
    probe = Tokenizer()
    batch = probe.add(tokens, threads=1)
    types = probe.types()
    firsts = np.minimum(batch.offsets[:-1], max(len(batch.type_ids) - 1, 0))
    found = types.select("surface", "kind").clear() if not len(batch.type_ids) else types[batch.type_ids[firsts]]
    is_one = pl.Series(batch.counts == 1) & (found["surface"] == tokens if found.height else False)
    suggested = (
        pl.when(tokens.str.contains(r"\p{L}")).then(pl.lit("word")).when(tokens.str.contains(r"\p{N}"))
        .then(pl.lit("number")).otherwise(pl.lit("punctuation"))
    )  # fmt: skip
    kinds = found["kind"].cast(pl.String) if found.height else pl.repeat(None, len(tokens), dtype=pl.String, eager=True)
    return pl.select(pl.when(is_one).then(kinds).otherwise(suggested).alias("kind")).to_series()


def _array(column: Capsules) -> npt.NDArray[Any]:
    return series_from_core("", column).to_numpy()


def tokenize(text: str) -> list[str]:
    """Return the tokens of a text in their original spelling.

    Args:
        text: One text.

    Returns:
        The tokens, in order.

    Raises:
        InputError: If `text` is not a str or holds an unpaired surrogate.

    Examples:
        >>> tokenize('قال:"نعم،لا".')
        ['قال', ':', '"', 'نعم', '،', 'لا', '"', '.']
    """
    tokenizer = Tokenizer()
    batch = tokenizer.add([text_argument(text, "text", "Use tokens() for several texts.")], starts=False, threads=1)
    surfaces: list[str] = tokenizer.surfaces().to_list()
    return [surfaces[type_id] for type_id in batch.type_ids.tolist()]


def tokens(texts: Any) -> pl.DataFrame:
    """Return the tokens of texts as a table.

    Args:
        texts: A Series of strings, another Arrow column of them (pyarrow, pandas, DuckDB, ...), or an iterable of str
            or None. A null has no tokens.

    Returns:
        A row for each token, in the order of the texts:

        - document (UInt32): The row of the text, from 0.
        - sentence, position (UInt32): The number of the sentence and of the token in the document, from 0.
        - token (String): The original spelling.
        - kind (Enum of KINDS).
        - start, end (UInt32): The span in code points: ``text[start:end] == token``.

    Raises:
        InputError: If `texts` are not texts, or one holds an unpaired surrogate.

    Examples:
        >>> tokens(["نعم. لا", "٣٫١٤"]).select("document", "sentence", "position", "token", "kind").rows()
        [(0, 0, 0, 'نعم', 'word'), (0, 0, 1, '.', 'punctuation'), (0, 1, 2, 'لا', 'word'), (1, 0, 0, '٣٫١٤', 'number')]
    """
    tokenizer = Tokenizer()
    batch = tokenizer.add(texts)
    types = tokenizer.types()
    lengths = types["surface"].str.len_chars().to_numpy()
    offsets = batch.offsets[:-1]
    # Sentences are counted over all texts, then relative to the first token of each.
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
