"""Queries in the syntax of CQP, as patterns."""

from __future__ import annotations

from corpus_kit.errors import invalid

__all__ = ["CqpQuery", "cqp"]


class CqpQuery(str):
    """A query in the syntax of CQP, from `ck.cqp`; every function that takes a pattern takes it."""

    __slots__ = ()


def cqp(query: str) -> CqpQuery:
    """Return a query in the syntax of CQP, the Corpus Query Processor of the IMS Open Corpus Workbench, as a pattern.

    Words in quotation marks are regular expressions for whole words, compared as they are spelled; signs are tokens;
    hits are those of the matching strategy "standard". docs/reference/cqp.md says what differs.

    Args:
        query: The query, such as ``"قال" [pos="NOUN"]{1,2} within s``.

    Raises:
        InputError: If it is not a text. Whether it is a query, the functions say that it is given to.

    Examples:
        >>> import corpus_kit as ck
        >>> len(ck.kwic(ck.sample_corpus(), ck.cqp('"و?قالت?" [pos="NOUN"]')))
        70
    """
    if not isinstance(query, str):
        raise invalid("query", "a str", query)
    return CqpQuery(query)
