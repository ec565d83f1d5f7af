"""Quotation marks in pairs: which opens, which closes, and how deep.

The neighbours of a mark decide before its shape does: newspapers use the same sign at both ends (``"كذا"``,
``”كذا”``), so alternating would invert the rest of a paragraph after one missing mark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from corpus_kit._base.arrays import Array, Integers
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.news.running_text import selected_tokens
from corpus_kit.text.arabic import BRACKET_PAIRS
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, GLUED
from corpus_kit.text.tokenization import KINDS

__all__ = ["STYLES", "MarkedSpans", "marks_of_types", "pair_marks", "styles_of_types"]


class MarkedSpans(NamedTuple):
    """Pairs of quotation marks, in the order of their opening marks.

    The words between the marks are the tokens ``open + 1`` to ``close`` (exclusive).

    Attributes:
        open: The opening marks, as tokens of the corpus.
        close: The closing marks.
        depth: How many other pairs enclose each pair.
        unpaired: How many marks have no partner.
    """

    open: Integers
    close: Integers
    depth: Integers
    unpaired: int


# Families of marks: a closing mark first looks for an opening one of its own family.
_GUILLEMETS, _CURLY, _STRAIGHT, _SINGLE_GUILLEMETS, _SINGLE_CURLY, _SINGLE_STRAIGHT, _BRACKETS = range(7)
STYLES = ("guillemets", "curly", "straight", "single guillemets", "single curly", "single straight", "double brackets")
_TYPED = ("<<", ">>", "((", "))")  # marks of two signs
_SINGLES = (_SINGLE_GUILLEMETS, _SINGLE_CURLY, _SINGLE_STRAIGHT)

# sign: (family, direction of its shape: 1 opening, -1 closing, 0 either)
_SIGNS: dict[str, tuple[int, int]] = {
    "«": (_GUILLEMETS, 1),
    "»": (_GUILLEMETS, -1),
    "<<": (_GUILLEMETS, 1),
    ">>": (_GUILLEMETS, -1),
    "((": (_BRACKETS, 1),
    "))": (_BRACKETS, -1),
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
_LONGEST_RUN = 2  # a token is a sign with its repetitions; longer runs are ornaments

# What may be glued before an opening mark.
_OPENING_BRACKETS = tuple(opening for opening, _ in BRACKET_PAIRS)
_OPENERS = (*_OPENING_BRACKETS, ":", "-", "–", "—", "/", "؛", "=", "*", "•")
_PROCLITICS = ("ب", "ل", "ك", "و", "ف", "ال", "بال", "لل", "وب", "ول", "وك", "فل", "فب", "وال")
_TATWEEL = "\u0640"
_AMID_WORDS = -1  # the evidence of a left-over mark with words glued to both its sides: it opens nothing
_AFTER_PROCLITIC = 3  # the evidence of a mark between a proclitic and a word


class _Codes(NamedTuple):
    """What each type is evidence of: 1 or 2 for an opening mark, -1 for a closing mark, 0 for neither.

    Attributes:
        mark: 0 for a type that is not a mark, else 1 + its row of `_MARKS`.
        before: The evidence for a mark glued after the type.
        after: The evidence for a mark glued before it.
    """

    mark: npt.NDArray[np.uint8]
    before: npt.NDArray[np.int8]
    after: npt.NDArray[np.int8]


_MARKS = [*_SIGNS]
_FAMILY = [family for family, _ in _SIGNS.values()]
_SHAPE = [shape for _, shape in _SIGNS.values()]


def pair_marks(corpus: CorpusView) -> MarkedSpans:
    """Pair the quotation marks of the selected documents.

    Guillemets, curly and straight marks are paired, double and single, and their fullwidth forms. A mark opens if a
    word is glued after it and none before it; it closes in the mirrored case; a proclitic (ب ل ك و ف) may be glued
    before an opening mark. If the neighbours do not decide, its shape does, then whether a mark of its family is open.
    Of guillemets the shape decides first: the neighbours overrule it only after a proclitic (بـ»كذا») and where the
    shape would leave a mark without a partner. A closing mark of another style closes the innermost open mark (a
    single one only a single one). Two marks of a style that are left over in a paragraph make a pair if no neighbour
    forbids it (” كذا ”). What is still open at the end of the paragraph, and closing marks without an opening one,
    stay unpaired. No pair crosses a paragraph.

    Args:
        corpus: A Corpus, a subcorpus, or a corpus with spans excluded.

    Returns:
        MarkedSpans of Int64 arrays. Those of a whole corpus are kept for the next call.

    Examples:
        >>> import corpus_kit as ck
        >>> pairs = pair_marks(ck.sample_corpus())
        >>> len(pairs.open), int(pairs.depth.max())
        (221, 0)
    """
    expect_corpus(corpus)
    if corpus.document_mask() is None:
        return corpus.derive_from_tokens("pairs of quotation marks", lambda: _paired(corpus))
    return _paired(corpus)


def marks_of_types(corpus: CorpusView) -> Array:
    """Return, for each type, whether it is a quotation mark (bool)."""
    marks: Array = _codes(corpus).mark > 0
    return marks


def styles_of_types(corpus: CorpusView) -> Integers:
    """Return, for each type, the row of `STYLES` if it is a quotation mark, else -1."""
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
    signs = np.flatnonzero((kinds == KINDS.index("punctuation")) | surfaces.is_in(_TYPED).to_numpy())
    for row, surface in zip(signs.tolist(), surfaces.gather(signs).to_list(), strict=True):
        sign = surface if surface in _SIGNS else surface[0]
        if sign in _SIGNS:
            before[row], after[row] = _SHAPE[_MARKS.index(sign)], _SHAPE[_MARKS.index(sign)]
            if len(surface) <= _LONGEST_RUN:
                mark[row] = 1 + _MARKS.index(sign)
            continue
        before[row] = 1 if sign in _OPENERS else -1
        after[row] = 1 if sign in _OPENING_BRACKETS else 0 if surface in ("..", "...", "…") else -1
    proclitic = surfaces.str.strip_chars(_TATWEEL).is_in(_PROCLITICS).to_numpy()
    before[proclitic] = 2
    return _Codes(mark, before, after)


def _lean(corpus: CorpusView, codes: _Codes, tokens: Integers) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Return the evidence of the neighbours of each mark, from 3 (it opens) over 0 (none) to -2 (it closes).

    Also whether something is glued to both its sides.
    """
    last = len(corpus.token_types) - 1
    glued_before = (corpus.token_flags[tokens] & GLUED) > 0
    following = np.minimum(tokens + 1, last)
    glued_after = ((corpus.token_flags[following] & GLUED) > 0) & (tokens < last)
    before = np.where(glued_before, codes.before[corpus.token_types[np.maximum(tokens - 1, 0)]], 1)
    before[glued_before & _ends_a_word(corpus, tokens - 1)] = -1  # 12ب is not a proclitic
    after = np.where(glued_after, codes.after[corpus.token_types[following]], -1)
    before[(before > 1) & (after < 1)] = 1  # a proclitic stands before a word
    return before.astype(np.int64) + after, glued_before & glued_after


def _ends_a_word(corpus: CorpusView, tokens: Integers) -> npt.NDArray[np.bool_]:
    """Return whether a token and the one before it are letters or digits that are glued together."""
    tokens = np.maximum(tokens, 1)
    written = np.isin(corpus.type_kinds, [KINDS.index(kind) for kind in ("word", "number")])
    glued = (corpus.token_flags[tokens] & GLUED) > 0
    together: npt.NDArray[np.bool_] = (
        glued & written[corpus.token_types[tokens]] & written[corpus.token_types[tokens - 1]]
    )
    return together


def _paragraphs(corpus: CorpusView, tokens: Integers) -> Integers:
    """Return the number of the paragraph of each token."""
    begins = np.flatnonzero(corpus.token_flags & BEGINS_PARAGRAPH)
    return np.searchsorted(begins, tokens, "right")


# ----------------------------------------------------------------------------------------- pairing


def _paired(corpus: CorpusView) -> MarkedSpans:
    with reading(corpus.path):
        codes = _codes(corpus)
        tokens = selected_tokens(corpus)
        tokens = tokens[codes.mark[corpus.token_types[tokens]] > 0]
        lean, tight = _lean(corpus, codes, tokens)
        paragraphs = _paragraphs(corpus, tokens)
        types = corpus.token_types[tokens]
    marks = (codes.mark[types] - 1).tolist()
    surfaces = corpus.type_column("surface")
    twice = (surfaces.str.len_chars() == _LONGEST_RUN) & ~surfaces.is_in(_TYPED)
    doubled = twice.to_numpy()[types].tolist()
    listed, where = tokens.tolist(), paragraphs.tolist()
    pairs = _pairs(listed, marks, doubled, lean.tolist(), where)
    families = [_BRACKETS if _MARKS[mark] in _TYPED else _FAMILY[mark] for mark in marks]  # of what is left over
    lean[tight & (lean == 0)] = _AMID_WORDS
    pairs = sorted([*pairs, *_left_over(listed, families, lean.tolist(), where, pairs)])
    open_, close = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    paired = {*open_.tolist(), *close.tolist()}
    unpaired = sum(token not in paired for token, family in zip(listed, families, strict=True) if family != _BRACKETS)
    return MarkedSpans(open_, close, _depths(open_.tolist(), close.tolist()), unpaired)


def _pairs(
    tokens: list[int], marks: list[int], doubled: list[bool], lean: list[int], paragraphs: list[int]
) -> list[tuple[int, int]]:
    """Return the opening and closing token of each pair."""
    pairs = []
    waiting: list[tuple[int, int]] = []  # the open marks of the paragraph: family, token
    paragraph = -1
    for token, mark, is_double, evidence, where in zip(tokens, marks, doubled, lean, paragraphs, strict=True):
        if where != paragraph:
            waiting, paragraph = [], where
        family = _FAMILY[mark]
        if _opens(family, _SHAPE[mark], evidence, waiting):
            waiting.append((family, token))
            continue
        closed = _closed(family, waiting)
        if closed is None:
            continue  # a stray mark, or an apostrophe
        pairs.append((waiting[closed][1], token))
        del waiting[closed:]
        if is_double and waiting and waiting[-1][0] == family:  # two signs in one token close two levels
            pairs.append((waiting.pop()[1], token))
    return pairs


def _left_over(
    tokens: list[int], families: list[int], lean: list[int], paragraphs: list[int], pairs: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return pairs of double marks that the first reading left over, each within the same pair or none."""
    found: list[tuple[int, int]] = []
    closing = Counter(close for _, close in pairs)
    opening = {open_ for open_, _ in pairs}
    around: list[list[tuple[int, int, int]]] = [[]]  # by depth, the marks left over: family, token, evidence
    paragraph = -1
    for token, family, evidence, where in zip(tokens, families, lean, paragraphs, strict=True):
        if where != paragraph:
            found += _alternating(around[0])
            around, paragraph = [[]], where
        if token in opening:
            around.append([])
        elif token in closing:
            for _ in range(closing[token]):
                found += _alternating(around.pop())
        elif family not in (*_SINGLES, _BRACKETS):
            around[-1].append((family, token, evidence))
    return [*found, *_alternating(around[0])]


def _alternating(marks: list[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of marks without a partner; where their number is odd, only those that surely open."""
    waiting: tuple[int, int, int] | None = None
    for family, token, evidence in marks:
        if waiting and waiting[0] == family and evidence <= 0 and (waiting[2] > 0 or len(marks) % 2 == 0):
            yield waiting[1], token
            waiting = None
        elif evidence >= 0:
            waiting = family, token, evidence


def _opens(family: int, shape: int, evidence: int, waiting: list[tuple[int, int]]) -> bool:
    """Return whether a mark opens, by its neighbours, its shape, and the open marks."""
    if family == _BRACKETS:
        return shape > 0
    if family in (_GUILLEMETS, _SINGLE_GUILLEMETS):  # the shapes are mostly consistent; the spaces around them are not
        is_open = any(family == other for other, _ in waiting)
        if shape > 0:
            return not (is_open and evidence <= -2)
        return evidence >= _AFTER_PROCLITIC or (evidence == 2 and not is_open)
    if shape and evidence in (0, 1):
        return shape > 0
    if evidence or family == _SINGLE_STRAIGHT:
        return evidence > 0  # a straight single mark between letters is an apostrophe
    return all(family != other for other, _ in waiting)


def _closed(family: int, waiting: list[tuple[int, int]]) -> int | None:
    """Return which open mark a closing one closes: the last of its family, else the innermost of its size."""
    for place in range(len(waiting) - 1, -1, -1):
        if waiting[place][0] == family:
            return place
    apart = (*_SINGLES, _BRACKETS)  # a pair of ordinary brackets may end with two
    if waiting and family != _BRACKETS and (waiting[-1][0] in apart) == (family in apart):
        return len(waiting) - 1
    return None


def _depths(opened: list[int], closed: list[int]) -> Integers:
    """Return how many pairs enclose each pair."""
    depths = []
    around: list[int] = []
    for begin, end in zip(opened, closed, strict=True):
        while around and around[-1] < begin:
            around.pop()
        depths.append(len(around))
        around.append(end)
    return np.array(depths, np.int64)
