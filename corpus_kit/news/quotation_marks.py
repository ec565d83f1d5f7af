"""Quotation marks in pairs: which opens, which closes, and how deep.

A mark is told by its neighbours before it is told by its shape: newspapers use the same sign at both ends
(``"كذا"``, ``”كذا”``), so counting would turn the whole rest of a paragraph inside out after one missing mark.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit.arabic import BRACKET_PAIRS
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.forms import BEGINS_PARAGRAPH
from corpus_kit.news.running_text import selected_tokens
from corpus_kit.storage import Array, reading
from corpus_kit.tokenization import GLUED, KINDS

__all__ = ["STYLES", "MarkedSpans", "marks_of_types", "pair_marks", "styles_of_types"]

Integers = npt.NDArray[np.int64]


class MarkedSpans(NamedTuple):
    """Pairs of quotation marks, in the order of their opening marks.

    open, close: the mark tokens, as global token numbers. depth: how many other pairs the pair lies in.
    The words between the marks are the tokens ``open + 1`` to ``close`` (not included).
    """

    open: Integers
    close: Integers
    depth: Integers


# Families of marks: a closing mark first looks for an opening one of its own family.
_GUILLEMETS, _CURLY, _STRAIGHT, _SINGLE_GUILLEMETS, _SINGLE_CURLY, _SINGLE_STRAIGHT = range(6)
STYLES = ("guillemets", "curly", "straight", "single guillemets", "single curly", "single straight")
_SINGLES = (_SINGLE_GUILLEMETS, _SINGLE_CURLY, _SINGLE_STRAIGHT)

# sign: (family, direction that its shape says: 1 opening, -1 closing, 0 either)
_SIGNS: dict[str, tuple[int, int]] = {
    "«": (_GUILLEMETS, 1),
    "»": (_GUILLEMETS, -1),
    "“": (_CURLY, 1),
    "”": (_CURLY, -1),
    "„": (_CURLY, 1),
    "‟": (_CURLY, 1),
    '"': (_STRAIGHT, 0),
    "＂": (_STRAIGHT, 0),  # noqa: RUF001
    "″": (_STRAIGHT, 0),
    "‹": (_SINGLE_GUILLEMETS, 1),  # noqa: RUF001
    "›": (_SINGLE_GUILLEMETS, -1),  # noqa: RUF001
    "‘": (_SINGLE_CURLY, 1),
    "’": (_SINGLE_CURLY, -1),
    "‚": (_SINGLE_CURLY, 1),  # noqa: RUF001
    "‛": (_SINGLE_CURLY, 1),  # noqa: RUF001
    "'": (_SINGLE_STRAIGHT, 0),
    "＇": (_SINGLE_STRAIGHT, 0),  # noqa: RUF001
}
_LONGEST_RUN = 2  # the tokeniser keeps a sign and its repetitions together; longer runs are ornaments

# What stands glued to a mark, and what it says of the mark: 1 opening, -1 closing.
_OPENING_BRACKETS = tuple(opening for opening, _ in BRACKET_PAIRS)
_OPENERS = (*_OPENING_BRACKETS, ":", "-", "–", "—", "/", "؛", "=", "*", "•")
_PROCLITICS = ("ب", "ل", "ك", "و", "ف", "ال", "بال", "لل", "وب", "ول", "وك", "فل", "فب", "وال")
_TATWEEL = "\u0640"


class _Codes(NamedTuple):
    """For each type: its mark (0: none, else 1 + row of `_MARKS`), and what it says of a mark glued to it."""

    mark: npt.NDArray[np.uint8]
    before: npt.NDArray[np.int8]  # where the mark comes after the type
    after: npt.NDArray[np.int8]  # where the mark comes before it


_MARKS = [*_SIGNS]
_FAMILY = [family for family, _ in _SIGNS.values()]
_SHAPE = [shape for _, shape in _SIGNS.values()]


def pair_marks(corpus: CorpusView) -> MarkedSpans:
    """Pair the quotation marks of the selected documents.

    Arguments:
        corpus: a Corpus, a subcorpus or a cleaned view.

    Guillemets, curly and straight marks are paired, double and single, and their fullwidth forms. A mark opens if a
    word is glued to it and none before it; it closes in the mirrored case; a proclitic (ب ل ك و ف) may
    be glued before an opening mark. Where the neighbours say nothing, its shape decides, then whether a mark of its
    family is open. A closing mark of another style closes the innermost open mark (a single one only a single one).
    Marks that stay open at the end of the paragraph, and closing marks without an opening one, have no pair. No
    pair crosses a paragraph.

    Returns MarkedSpans: the Int64 arrays open, close (token numbers of the marks) and depth.

    >>> import corpus_kit as ck
    >>> pairs = pair_marks(ck.sample_corpus())
    >>> len(pairs.open), int(pairs.depth.max())
    (221, 0)
    """
    expect_corpus(corpus, "news.pair_marks")
    with reading(corpus.path):
        codes = _codes(corpus)
        tokens = selected_tokens(corpus)
        tokens = tokens[codes.mark[corpus.token_types[tokens]] > 0]
        lean = _lean(corpus, codes, tokens)
        paragraphs = _paragraphs(corpus, tokens)
        types = corpus.token_types[tokens]
    marks = (codes.mark[types] - 1).tolist()
    doubled = (corpus.type_column("surface").str.len_chars().to_numpy()[types] == _LONGEST_RUN).tolist()
    pairs = _pairs(tokens.tolist(), marks, doubled, lean.tolist(), paragraphs.tolist())
    open_, close = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    return MarkedSpans(open_, close, _depths(open_.tolist(), close.tolist()))


def marks_of_types(corpus: CorpusView) -> Array:
    """For each type, whether it is a quotation mark (bool)."""
    marks: Array = _codes(corpus).mark > 0
    return marks


def styles_of_types(corpus: CorpusView) -> Integers:
    """For each type that is a quotation mark, the row of `STYLES`; -1 for the others."""
    families = np.array([-1, *_FAMILY], np.int64)
    styles: Integers = families[_codes(corpus).mark]
    return styles


# ------------------------------------------------------------------------------------- reading marks


def _codes(corpus: CorpusView) -> _Codes:
    return corpus.derive("quotation marks", lambda: _read_codes(corpus))


def _read_codes(corpus: CorpusView) -> _Codes:
    surfaces = corpus.type_column("surface")
    kinds = corpus.type_kinds
    mark = np.zeros(len(surfaces), np.uint8)
    before = np.full(len(surfaces), -1, np.int8)
    after = np.ones(len(surfaces), np.int8)
    signs = np.flatnonzero(kinds == KINDS.index("punctuation"))
    for row, surface in zip(signs.tolist(), surfaces.gather(signs).to_list(), strict=True):
        sign = surface[0]
        if sign in _SIGNS:
            before[row], after[row] = _SHAPE[_MARKS.index(sign)], _SHAPE[_MARKS.index(sign)]
            if len(surface) <= _LONGEST_RUN:
                mark[row] = 1 + _MARKS.index(sign)
            continue
        before[row] = 1 if sign in _OPENERS else -1
        after[row] = 1 if sign in _OPENING_BRACKETS else 0 if surface in ("..", "...", "…") else -1
    proclitic = surfaces.str.strip_chars(_TATWEEL).is_in(_PROCLITICS).to_numpy()
    before[proclitic] = 1
    return _Codes(mark, before, after)


def _lean(corpus: CorpusView, codes: _Codes, tokens: Integers) -> Integers:
    """What the neighbours of each mark say: 2 it opens, 1 and -1 more likely, 0 nothing, -2 it closes."""
    last = len(corpus.token_types) - 1
    glued_before = (corpus.token_flags[tokens] & GLUED) > 0
    following = np.minimum(tokens + 1, last)
    glued_after = ((corpus.token_flags[following] & GLUED) > 0) & (tokens < last)
    says_before = np.where(glued_before, codes.before[corpus.token_types[np.maximum(tokens - 1, 0)]], 1)
    says_before[glued_before & _end_of_a_word(corpus, tokens - 1)] = -1  # 12ب is no proclitic
    says_after = np.where(glued_after, codes.after[corpus.token_types[following]], -1)
    return says_before.astype(np.int64) + says_after


def _end_of_a_word(corpus: CorpusView, tokens: Integers) -> npt.NDArray[np.bool_]:
    """Whether a token and the one before it are letters or digits that are glued together."""
    tokens = np.maximum(tokens, 1)
    written = np.isin(corpus.type_kinds, [KINDS.index(kind) for kind in ("word", "number")])
    glued = (corpus.token_flags[tokens] & GLUED) > 0
    together: npt.NDArray[np.bool_] = (
        glued & written[corpus.token_types[tokens]] & written[corpus.token_types[tokens - 1]]
    )
    return together


def _paragraphs(corpus: CorpusView, tokens: Integers) -> Integers:
    """A number for each token that is the same within a paragraph only."""
    begins = np.flatnonzero(corpus.token_flags & BEGINS_PARAGRAPH)
    return np.searchsorted(begins, tokens, "right")


# ----------------------------------------------------------------------------------------- pairing


def _pairs(
    tokens: list[int], marks: list[int], doubled: list[bool], lean: list[int], paragraphs: list[int]
) -> list[tuple[int, int]]:
    """Opening and closing token of each pair, in order of the opening one."""
    pairs = []
    waiting: list[tuple[int, int]] = []  # open marks of the paragraph: family, token
    paragraph = -1
    for token, mark, twice, says, where in zip(tokens, marks, doubled, lean, paragraphs, strict=True):
        if where != paragraph:
            waiting, paragraph = [], where
        family = _FAMILY[mark]
        if _opens(family, _SHAPE[mark], says, waiting):
            waiting.append((family, token))
            continue
        closed = _closed(family, waiting)
        if closed is None:
            continue  # a stray mark, or an apostrophe
        pairs.append((waiting[closed][1], token))
        del waiting[closed:]
        if twice and waiting and waiting[-1][0] == family:  # two signs in one token close two levels
            pairs.append((waiting.pop()[1], token))
    return sorted(pairs)


def _opens(family: int, shape: int, says: int, waiting: list[tuple[int, int]]) -> bool:
    """Whether a mark opens: by its neighbours, its shape, and what is open."""
    if family in (_GUILLEMETS, _SINGLE_GUILLEMETS):
        return shape > 0  # the two shapes are kept apart everywhere; their spacing is not
    if shape and says in (-1, 0, 1):
        return shape > 0
    if says or family == _SINGLE_STRAIGHT:
        return says > 0  # a straight single mark between letters is an apostrophe
    return all(family != other for other, _ in waiting)


def _closed(family: int, waiting: list[tuple[int, int]]) -> int | None:
    """Which of the open marks a closing one closes: the last of its family, else the innermost of its size."""
    for place in range(len(waiting) - 1, -1, -1):
        if waiting[place][0] == family:
            return place
    if waiting and (waiting[-1][0] in _SINGLES) == (family in _SINGLES):
        return len(waiting) - 1
    return None


def _depths(opened: list[int], closed: list[int]) -> Integers:
    """How many pairs each pair lies in."""
    depths = []
    around: list[int] = []
    for begin, end in zip(opened, closed, strict=True):
        while around and around[-1] < begin:
            around.pop()
        depths.append(len(around))
        around.append(end)
    return np.array(depths, np.int64)
