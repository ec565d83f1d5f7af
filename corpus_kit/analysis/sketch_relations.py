"""The grammatical relations of word sketches: queries with two labels, which users can replace by their own."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from corpus_kit._base.arguments import path_argument
from corpus_kit._base.files import read_toml, read_whole
from corpus_kit.corpus.definitions import Definitions, expand_macros, read_definitions
from corpus_kit.corpus.storage import reason
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import InputError, choose, invalid, nearest, one_of, with_notes
from corpus_kit.query.pattern_names import Names
from corpus_kit.query.patterns import Pattern, parse_pattern

__all__ = ["Relation", "kind_of_queries", "literal", "read_relations"]

_OWN = Path(__file__).with_name("sketch_patterns.toml")
_TABLES = ("relations", "macros")
_KINDS = ("context", "annotated", "surface")  # of queries, the ones that ask for most first
_KEYS = ("a", "b", "both", *_KINDS, "where")
_MOST = 200  # relations
_QUERY_LIMIT = 50  # queries of a relation
_LABELS = ("a", "b")


class Relation(NamedTuple):
    """A grammatical relation between two words, labelled a and b.

    Attributes:
        name: Its name in the file.
        headings: Its heading in the sketch of a, and in that of b; None where it is not shown.
        is_symmetric: Whether a and b have the same heading, so that their order says nothing.
        queries: The queries that find it, with their macros replaced.
        where: What must hold of a and b in all of them; "" for nothing.
    """

    name: str
    headings: tuple[str | None, str | None]
    is_symmetric: bool
    queries: tuple[str, ...]
    where: str = ""

    def texts(self) -> list[str]:
        """Return the queries with what must hold in them.

        >>> Relation("next", ("next", None), False, ("a:[] b:[]",), "a.word = b.word").texts()
        ['a:[] b:[] :: a.word = b.word']
        """
        return [f"{query} :: {self.where}" if self.where else query for query in self.queries]

    def query_of(self, attribute: str, a: str, b: str) -> str:
        """Return one query for the hits of all of them with these two words.

        The words are asked for in the brackets of their labels, where a search begins at the rarer one.

        >>> Relation("next", ("next", None), False, ("a:[pos=ADP | pos=PART] b:[]",)).query_of("lemma", "x", "y")
        'a:[lemma="x" & (pos=ADP | pos=PART)] b:[lemma="y"]'
        """
        orders = [(a, b), (b, a)] if self.is_symmetric and a != b else [(a, b)]
        asked = [
            _asking(_asking(query, "a", f"{attribute}={literal(first)}"), "b", f"{attribute}={literal(second)}")
            for first, second in orders
            for query in self.queries
        ]
        query = asked[0] if len(asked) == 1 else f"({' | '.join(f'({each})' for each in asked)})"
        return f"{query} :: {self.where}" if self.where else query


def _asking(query: str, label: str, condition: str) -> str:
    """Return a query that also asks for a condition wherever it has a label."""

    def asked(found: re.Match[str]) -> str:
        more = f" & ({found[1]})" if found[1].strip() else ""
        return f"{label}:[{condition}{more}]"

    return re.sub(rf"(?<!\w){label}:\[({_IN_BRACKETS})\]", asked, query)


_IN_BRACKETS = r'(?:"(?:\\.|[^"\\])*"|\\.|[^\]"\\])*'  # with brackets in quotation marks, as in "[وف]?"


def kind_of_queries(corpus: CorpusView) -> str:
    """Return what queries may ask for: parts of speech in context, those that words can have, or the surface alone."""
    layers = corpus.layers.values()
    if any("pos" in columns for columns in layers) and _has(corpus, "lemma"):
        return "context"
    return "annotated" if corpus.has_annotation("pos") and _has(corpus, "lemma") else "surface"


def _has(corpus: CorpusView, name: str) -> bool:
    return corpus.has_annotation(name) or any(name in columns for columns in corpus.layers.values())


def read_relations(source: object, names: Names, *, kind: str, exact: bool) -> tuple[list[Relation], list[str]]:
    """Return the relations of a file, and the headings of those that it has for corpora with more annotation.

    Args:
        source: None for the library's own, the path of a TOML file, or what such a file holds.
        names: What the corpus adds to the language of queries.
        kind: Which queries to take: "context", "annotated" or "surface"; without them, those that ask for less.
        exact: How the queries compare words.

    Raises:
        InputError: If the file cannot be read, or a relation has an error; the message names the file and the relation.
    """
    path: Path | None = None
    if isinstance(source, Mapping):
        tables: Mapping[Any, Any] = source
    elif source is None or isinstance(source, str | PathLike):
        path = _OWN if source is None else path_argument(source, "patterns")
        try:
            tables = read_toml(read_whole(path))
        except (OSError, ValueError) as error:
            raise InputError(f"The patterns {str(path)!r} cannot be read: {reason(error)}") from None
    else:
        raise invalid("patterns", "a path, a dict with relations, or None", source)
    try:
        return _of_tables(tables, names, kind=kind, exact=exact, is_checked=source is not None)
    except InputError as error:
        if path is None:
            raise
        raise with_notes(InputError(f"The patterns {str(path)!r} have an error: {error}"), error) from None


def _of_tables(
    tables: Mapping[Any, Any], names: Names, *, kind: str, exact: bool, is_checked: bool
) -> tuple[list[Relation], list[str]]:
    unknown = [key for key in tables if key not in _TABLES]
    if unknown:
        raise invalid("patterns", f"made of {' and '.join(_TABLES)}", unknown[0], nearest(unknown[0], _TABLES))
    relations = tables.get("relations")
    if not isinstance(relations, Mapping) or not relations:
        raise invalid("patterns", "a table of relations", relations)
    if len(relations) > _MOST:
        raise invalid("relations", f"at most {_MOST}", len(relations))
    own = read_definitions({"macros": tables["macros"]}) if "macros" in tables else Definitions()
    definitions = names.definitions | own
    found: list[Relation] = []
    left_out: list[str] = []
    headings: dict[str, str] = {}
    for name, table in relations.items():
        relation = _relation(name, table, definitions, kind=kind)
        for heading in dict.fromkeys(each for each in relation.headings if each is not None):
            if heading in headings:
                raise invalid(f"headings of {headings[heading]!r} and {name!r}", "different", heading)
            headings[heading] = str(name)
        if not relation.queries:
            left_out += [each for each in dict.fromkeys(relation.headings) if each is not None]
            continue
        if is_checked:
            _check(relation, names, exact=exact)
        found.append(relation)
    return found, left_out


def _relation(name: Any, table: Any, definitions: Definitions, *, kind: str) -> Relation:
    what = f"the relation {name!r}"
    if not isinstance(table, Mapping):
        raise invalid(what, "a table of headings and queries", table)
    for key in table:
        choose(key, _KEYS, f"a key of {what}")
    texts = {key: _text(table[key], f"{key} of {what}") for key in ("a", "b", "both") if key in table}
    if ("both" in texts) == ("a" in texts or "b" in texts):
        raise invalid(what, "one with a, with a and b, or with both", sorted(texts))
    if "a" in texts and texts["a"] == texts.get("b"):
        raise invalid(f"headings of {what}", "different, or one named both", texts["a"])
    queries = {key: _queries(table[key], f"{key} of {what}") for key in _KINDS if key in table}
    if not queries:
        raise invalid(what, f"one with queries: {one_of(_KINDS)}", list(table))
    # a corpus with layers or annotations has its words, too
    fitting = next((each for each in _KINDS[_KINDS.index(kind) :] if each in queries), None)
    chosen = () if fitting is None else queries[fitting]
    where = _where(table["where"], what).get(fitting or kind, "") if "where" in table else ""
    try:
        expanded = tuple(expand_macros(query, definitions).text for query in chosen)
    except InputError as error:
        raise with_notes(InputError(f"{what} has an error: {error}"), error) from None
    heading = texts.get("both")
    return Relation(str(name), (texts.get("a", heading), texts.get("b", heading)), heading is not None, expanded, where)


def _where(value: Any, what: str) -> dict[str, str]:
    """Return what must hold in queries of each kind."""
    if not isinstance(value, Mapping):
        return dict.fromkeys(_KINDS, _text(value, f"where of {what}"))
    return {choose(kind, _KINDS, f"a key of where of {what}"): _text(value[kind], f"where of {what}") for kind in value}


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise invalid(what, "a text", value)
    return value.strip()


def _queries(value: Any, what: str) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, list | tuple) or not 0 < len(given) <= _QUERY_LIMIT:
        raise invalid(what, f"a query, or a list of 1 to {_QUERY_LIMIT}", value)
    return tuple(_text(each, what) for each in given)


def _check(relation: Relation, names: Names, *, exact: bool) -> None:
    """Read the queries of a relation, also as the one that finds the lines of a row."""
    what = f"the relation {relation.name!r}"
    for text in relation.texts():
        labels = _parsed(text, names, what, exact=exact).labels
        if not set(_LABELS) <= set(labels):
            raise invalid(f"a query of {what}", "one with the labels a:[...] and b:[...]", text)
    _parsed(relation.query_of("folded", "x", "y"), names, what, exact=exact)


def _parsed(text: str, names: Names, what: str, *, exact: bool) -> Pattern:
    try:
        return parse_pattern(text, exact=exact, names=names)
    except InputError as error:
        raise with_notes(InputError(f"{what} has an error: {error}"), error) from None


_SIGNS = re.compile(f"[{re.escape(string.punctuation)}]")


def literal(text: str) -> str:
    r"""Return a value of a constraint that is this text, whatever signs are in it.

    >>> literal("السهل"), literal('a.b"')
    ('"السهل"', '"a\\.b\\""')
    """
    return '"' + _SIGNS.sub(lambda sign: "\\" + sign[0], text) + '"'
