"""The flags of tokens, one byte for each token, and the units of text that they delimit."""

from __future__ import annotations

__all__ = ["BARRIERS", "BEGINS_PARAGRAPH", "BEGINS_SENTENCE", "BEGINS_WORD", "GLUED", "OF_SOURCE", "UNITS"]

# Set by the tokeniser. The first token of a document begins both a sentence and a paragraph.
BEGINS_SENTENCE = 1
BEGINS_PARAGRAPH = 2
GLUED = 4  # no white space between it and the token before

BEGINS_WORD = 8  # of characters as tokens; set when n-grams of characters are counted

OF_SOURCE = 16  # given by the source, not made by the tokeniser: all tokens of a document, or none

UNITS = ("sentence", "paragraph", "document")
# The flags that an n-gram, a phrase or a window does not cross, by the unit it is within.
BARRIERS = {
    "token": BEGINS_PARAGRAPH | BEGINS_WORD,
    "sentence": BEGINS_SENTENCE | BEGINS_PARAGRAPH,
    "paragraph": BEGINS_PARAGRAPH,
    "document": 0,
}
