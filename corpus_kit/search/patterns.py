r"""The language of search patterns, and the parser that reads a pattern into a tree.

====================  ==========================================================================
``السعودية``          a word, in any spelling that folds to the same (profile `search`)
``رئيس الوزراء``      a phrase: words that follow one another; signs between them are skipped
``ال*ية``, ``?قال``   ``*`` is any number of letters, ``?`` exactly one
``a b|c``             one or the other, each a whole sequence; ``(a|b) c`` groups them
``/(و|ف)?قال/``       a regular expression for a whole word
``[]``                any word; ``[]{0,3}`` a gap of up to three
``[lemma=قال]``       a token with this attribute: word, surface, folded, kind, stem, lemma, root or pos
``[pos=VERB]``        a column of a layer of tokens, here of the one annotated last; ``[gold.pos=VERB]`` names a layer.
                      Without one, a word that can be a verb, as ``[type.pos=VERB]`` always is
``[root=/ك.ب/]``      its value as a regular expression; also in quotation marks, as for every attribute
``(a)?``              repeats: ``?``, ``*``, ``+``, ``{2}``, ``{1,3}`` after ``)``, ``]`` or ``/``
``\*``                a backslash makes the next character literal: ``عبد\ الله`` is one token with a space in it
====================  ==========================================================================

The page "Searching Arabic" (docs/searching.md) explains what matches and why. `matching` finds where a
pattern occurs in a corpus; `pattern_limits` says how large one may be.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from corpus_kit._base.arguments import boolean, is_text
from corpus_kit.corpus.layers import Layers
from corpus_kit.errors import InputError, invalid, shown
from corpus_kit.search.foreign_syntax import translated
from corpus_kit.search.pattern_limits import check_length, check_steps
from corpus_kit.search.pattern_parser import PatternParser
from corpus_kit.search.pattern_tree import Pattern, all_tests, matches_empty, with_merged_alternatives
from corpus_kit.search.pattern_values import ATTRIBUTES

__all__ = ["ATTRIBUTES", "Pattern", "parse_pattern"]


def parse_pattern(
    pattern: str,
    *,
    unit: str = "word",
    exact: bool = False,
    clitics: bool = False,
    layers: Layers | None = None,
    given: bool = False,
) -> Pattern:
    """Read a pattern into a tree.

    Args:
        pattern: A pattern in the language of this module.
        unit: What its plain words are: words, stems, lemmas or roots.
        exact: Compare words in the repaired spelling, not in folded form.
        clitics: Find words with proclitics and enclitics too.
        layers: The columns of the layers of the corpus, which are attributes.
        given: Whether sources gave tokens of the corpus: a word that the tokeniser divides may be one of them.

    Raises:
        InputError: If the pattern has an error (the message names the place), if it can match no token
            at all, such as ``[]{0,3}``, if it matches every word, such as ``*``, or if it is too large (the message
            names the limit).

    Examples:
        >>> [test.condition.value.text for test in parse_pattern("الدولة الإسلامية").tests]
        ['الدوله', 'الاسلاميه']
    """
    if not isinstance(pattern, str):
        raise invalid("pattern", "a str", pattern)
    check_length(pattern)
    if not pattern.strip():
        raise invalid("pattern", "a word, a phrase, or a word with * or ?", pattern)
    if not is_text(pattern):
        raise invalid("pattern", "text without unpaired surrogates", pattern)
    if boolean(clitics, "clitics") and unit != "word":
        raise invalid("clitics", f"False with unit={unit!r}, which is found with all clitics", clitics)
    parser = partial(PatternParser, exact=boolean(exact, "exact"), unit=unit, layers=layers, given=given)
    try:
        root = parser(pattern).read()
    except InputError as error:
        raise InputError(" ".join([str(error), *_translation(pattern, parser)])) from None
    if next(all_tests(root), None) is None:
        hint = "Marks and tatweel alone are folded away."
        raise invalid("pattern", "at least one letter, digit or sign", pattern, hint)
    if matches_empty(root):
        raise invalid("pattern", "built around at least one required word", pattern, "All of it is optional.")
    if all(test.matches_every_word for test in all_tests(root)):
        hint = "It matches every word; add at least one letter."
        raise invalid("pattern", "more specific", pattern, hint)
    merged = with_merged_alternatives(root)
    check_steps(pattern, merged)
    return Pattern(pattern, merged, exact, clitics)


def _translation(pattern: str, parser: Callable[[str], PatternParser]) -> list[str]:
    """Return how a pattern with an error is written here, if it looks like one of another tool."""
    different, text, _ = translated(pattern)
    try:
        return [*different, f"Write {shown(text)}."] if different and parser(text).read() else different
    except InputError:
        return different
