"""The sentences of a text; the rules are those of `corpus_kit.text.tokenization`."""

from __future__ import annotations

from itertools import pairwise

from corpus_kit._base.arguments import text_argument
from corpus_kit.text.token_flags import BEGINS_SENTENCE
from corpus_kit.text.tokenization import Tokenizer

__all__ = ["sentences"]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, each without the white space around it; nothing else is lost.

    Args:
        text: One text. A line end ends a sentence.

    Returns:
        The sentences, in order.

    Raises:
        InputError: If `text` is not a str or holds an unpaired surrogate.

    Examples:
        >>> sentences('قال د. سامي: "هل جاء؟" ثم مضى.')
        ['قال د. سامي: "هل جاء؟"', 'ثم مضى.']
    """
    batch = Tokenizer().add([text_argument(text, "text", "Use tokens() for several texts.")], threads=1)
    begins: list[int] = batch.starts[(batch.flags & BEGINS_SENTENCE) != 0].tolist()
    bounds = [0, *begins[1:], len(text)]
    pieces = (text[start:end].strip() for start, end in pairwise(bounds))
    return [piece for piece in pieces if piece]
