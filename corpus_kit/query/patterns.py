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
``(a b) within 5``    words in any order, within five words
``a within s``        in one sentence; ``within quotation[speaker=x]``, ``not within headline``, ``expand to s``
``<s> a``             a structure begins here; ``a </p>`` ends; ``/region[quotation]`` is all of it
``(?=a)``, ``(?!a)``  what stands after and is not taken; ``(?<=a)``, ``(?<!a)`` before
``a:[] b:[]``         words with labels; ``:: a.lemma = b.lemma`` says what must hold of them; ``@[]`` is a target
``[lemma=$verbs]``    a word of a list, and ``/said[x]`` a macro, of `corpus.with_definitions`
``(?longest) a+``     the longest hits; also shortest, standard and traditional
====================  ==========================================================================

The page "Searching Arabic" (docs/searching.md) explains what matches and why; docs/reference/query_language.md has the
grammar with an example of each rule; docs/howto/from_cqp.md is for users of CQP. `matching` finds where a
pattern occurs in a corpus; `pattern_limits` says how large one may be.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, partial

from corpus_kit._base.arguments import boolean, is_text
from corpus_kit.corpus.definitions import expand_macros
from corpus_kit.errors import InputError, invalid, shown, with_notes
from corpus_kit.query.condition_parser import ATTRIBUTES
from corpus_kit.query.cqp import CqpQuery
from corpus_kit.query.cqp_parser import CqpParser
from corpus_kit.query.pattern_limits import check_labels, check_length, check_steps
from corpus_kit.query.pattern_names import NO_NAMES, Names
from corpus_kit.query.pattern_parser import LETTERS
from corpus_kit.query.pattern_tree import (
    Compare,
    Near,
    Pattern,
    Sequence,
    Syntax,
    Test,
    Value,
    all_tests,
    has_places,
    matches_empty,
    takes_a_region,
    with_merged_alternatives,
)
from corpus_kit.query.pattern_values import Written
from corpus_kit.query.query_parser import Query, QueryParser
from corpus_kit.text.normalization import normalize

__all__ = ["ATTRIBUTES", "Pattern", "parse_pattern", "written"]

_WORDS = re.compile(f"[ {LETTERS}]+")
_NAMELESS = re.compile(rf"(?:[{LETTERS} *?|()]|\[\]|\{{[0-9, ]*\}}){{1,200}}")


def parse_pattern(
    pattern: str,
    *,
    unit: str = "word",
    exact: bool = False,
    clitics: bool = False,
    names: Names = NO_NAMES,
    anywhere: bool = True,
) -> Pattern:
    """Read a pattern into a tree.

    Args:
        pattern: A pattern in the language of this module.
        unit: What its plain words are: words, stems, lemmas or roots.
        exact: Compare words in the repaired spelling, not in folded form.
        clitics: Find words with proclitics and enclitics too.
        names: What the corpus adds to the language, from `names_of`.
        anywhere: Whether it is searched everywhere, so that one that matches every word is refused; it is not where
            hits are searched.

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
    if isinstance(pattern, CqpQuery):
        boolean(exact, "exact")  # which it is: its flags say what is folded
        return _of_cqp(pattern, names, clitics=clitics, anywhere=anywhere)
    boolean(exact, "exact")
    if unit == "word" and type(pattern) is str and _NAMELESS.fullmatch(pattern):
        with suppress(InputError):  # which may have more to say with the names
            return _without_names(pattern, exact=exact, clitics=clitics, anywhere=anywhere)
    new_parser = partial(QueryParser, exact=exact, unit=unit, names=names)
    expanded = expand_macros(pattern, names.definitions)
    parser = new_parser(pattern, expanded=expanded)
    try:
        query = parser.query()
    except InputError as error:
        if parser.is_understood:
            raise
        raise with_notes(InputError(" ".join([str(error), *_translation(pattern, new_parser)])), error) from None
    return _checked(pattern, query._replace(macros=expanded.macros), exact=exact, clitics=clitics, anywhere=anywhere)


def written(pattern: Pattern, *, unit: str = "word", names: Names = NO_NAMES) -> Written:
    """Return a pattern as it is written, in the parts that it is read as.

    >>> [item.text for item in written(parse_pattern("(?longest) a:[word=قال] []{0,3} علي cut 5")).items]
    ['[word=قال]', '[]{0,3}', 'علي']
    """
    if isinstance(pattern.text, CqpQuery):
        of_cqp = CqpParser(pattern.text, names)
        of_cqp.is_recorded = True
        of_cqp.query()
        return of_cqp.written()
    expanded = expand_macros(pattern.text, names.definitions)
    parser = QueryParser(pattern.text, exact=pattern.exact, unit=unit, names=names, expanded=expanded)
    parser.is_recorded = True
    parser.query()
    return parser.written(depth=1 if isinstance(pattern.meet, Near) else 0)


@lru_cache(maxsize=256)
def _without_names(pattern: str, *, exact: bool, clitics: bool, anywhere: bool) -> Pattern:
    """Read a pattern of Arabic letters, wildcards and gaps, as most are: it means the same in every corpus."""
    if _WORDS.fullmatch(pattern):  # what the parser reads, too, in five times as long
        forms = normalize(pattern.split(), "repair" if exact else "search")
        tests = tuple(Test(Compare("form", Value(form))) for form in forms)
        return Pattern(pattern, tests[0] if len(tests) == 1 else Sequence(tests), exact, clitics)
    query = QueryParser(pattern, exact=exact).query()
    return _checked(pattern, query, exact=exact, clitics=clitics, anywhere=anywhere)


def _of_cqp(pattern: CqpQuery, names: Names, *, clitics: bool, anywhere: bool) -> Pattern:
    if clitics:
        raise invalid("clitics", "False with a query of CQP", clitics, "Write [lemma=...] or [stem=...].")
    return _checked(pattern, CqpParser(pattern, names).query(), exact=True, clitics=False, anywhere=anywhere)


def _checked(pattern: str, query: Query, *, exact: bool, clitics: bool, anywhere: bool) -> Pattern:
    """Return a pattern, if it is not too large and can find something."""
    root = query.root
    if next(all_tests(root), None) is None and not has_places(root):
        hint = "Marks and tatweel alone are folded away."
        raise invalid("pattern", "at least one letter, digit or sign", pattern, hint)
    if matches_empty(root) and not takes_a_region(root):
        raise invalid("pattern", "built around at least one required word", pattern, "All of it is optional.")
    if anywhere and all(test.matches_every_word for test in all_tests(root)) and not is_bounded(query):
        hint = "It matches every word; add at least one letter."
        raise invalid("pattern", "more specific", pattern, hint)
    merged = with_merged_alternatives(root) if query.meet is None else root
    check_steps(pattern, merged)
    syntax: Syntax = "cqp" if isinstance(pattern, CqpQuery) else "native"
    parsed = Pattern(pattern, exact=exact, clitics=clitics, syntax=syntax, **query._replace(root=merged)._asdict())
    check_labels(pattern, parsed.labels)
    return parsed


def is_bounded(query: Query) -> bool:
    """Whether a query finds less than every word: it asks for structures, labels, or what is next to a place."""
    return bool(query.constraint or query.meet or query.scopes or has_places(query.root))


def _translation(pattern: str, parser: Callable[[str], QueryParser]) -> list[str]:
    """Return how a pattern with an error is written here, if it looks like one of another tool."""
    from corpus_kit.query.foreign_syntax import translated  # slow to load, and for errors only

    different, text, _ = translated(pattern)
    if not different or not text:
        return different
    try:
        parser(text).query()
    except InputError:
        return []
    return [*different, f"Write {shown(text)}."]
