"""A call of the library as a value: it is run for what the page shows, and written as the Python that repeats it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from corpus_kit.corpus.corpus import Corpus
from corpus_kit.explore.literals import literal
from corpus_kit.explore.selection import Selection
from corpus_kit.text.normalization import normalize

__all__ = ["Call", "Chain", "Count", "Equal", "Find", "FindAnywhere", "OneOf", "Sort", "Step"]

_TEXTS = pl.col(pl.String, pl.Categorical).cast(pl.String)


@dataclass(frozen=True)
class Find:
    """The rows whose text matches a regular expression.

    >>> Find("word", "^ال.*ية$").code()
    '.filter(pl.col("word").str.contains("^ال.*ية$"))'
    """

    column: str
    expression: str

    def apply(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return these rows of a table."""
        return table.filter(pl.col(self.column).str.contains(self.expression))

    def code(self) -> str:
        """Return the method call in Python."""
        return f".filter(pl.col({literal(self.column)}).str.contains({literal(self.expression)}))"

    @classmethod
    def words(cls, column: str, typed: str) -> Find:
        """Return the rows with what was typed: somewhere in the text, or with * and ? the whole text.

        >>> Find.words("word", "هدن").expression, Find.words("word", "ال*ي?").expression
        ('هدن', '^ال.*ي.$')
        """
        parts = [{"*": ".*", "?": "."}.get(part, re.escape(part)) for part in re.split(r"([*?])", typed)]
        expression = "".join(parts)
        return cls(column, f"^{expression}$" if len(parts) > 1 else expression)


@dataclass(frozen=True)
class Sort:
    """All rows in the order of a column, those without a value last.

    >>> Sort("count", True).code()
    '.sort("count", descending=True, nulls_last=True, maintain_order=True)'
    """

    column: str
    descending: bool

    def apply(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return the sorted table."""
        return table.sort(self.column, descending=self.descending, nulls_last=True, maintain_order=True)

    def code(self) -> str:
        """Return the method call in Python."""
        return f".sort({literal(self.column)}, descending={self.descending}, nulls_last=True, maintain_order=True)"


@dataclass(frozen=True)
class Count:
    """The values of a column, how often each occurs and in how many documents, the most frequent first.

    Attributes:
        column: The column.
        named: A column whose most frequent value is shown beside each value; "" for none.

    >>> Count("actor").apply(pl.DataFrame({"document": [0, 0, 1], "actor": ["a", "b", "b"]})).rows()
    [('b', 2, 2), ('a', 1, 1)]
    """

    column: str
    named: str = ""

    def apply(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return the counts."""
        counts = [pl.len().alias("count"), pl.col("document").n_unique().alias("documents")]
        if self.named:
            counts.insert(0, pl.col(self.named).mode(maintain_order=True).first())
        counted = table.group_by(self.column, maintain_order=True).agg(*counts)
        return counted.sort("count", descending=True, maintain_order=True)

    def code(self) -> str:
        """Return the method calls in Python."""
        named = f"pl.col({literal(self.named)}).mode(maintain_order=True).first(), " if self.named else ""
        return (
            f".group_by({literal(self.column)}, maintain_order=True)"
            f'.agg({named}pl.len().alias("count"), pl.col("document").n_unique().alias("documents"))'
            '.sort("count", descending=True, maintain_order=True)'
        )


@dataclass(frozen=True)
class Equal:
    """The rows that have one value, or none.

    >>> Equal("actor", "x").code(), Equal("actor", None).code()
    ('.filter(pl.col("actor") == "x")', '.filter(pl.col("actor").is_null())')
    """

    column: str
    value: str | None

    def apply(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return these rows of a table."""
        column = pl.col(self.column)
        return table.filter(column.is_null() if self.value is None else column == self.value)

    def code(self) -> str:
        """Return the method call in Python."""
        column = f"pl.col({literal(self.column)})"
        return f".filter({column}.is_null())" if self.value is None else f".filter({column} == {literal(self.value)})"


@dataclass(frozen=True)
class OneOf:
    """The rows that have one of several values.

    >>> OneOf("word", ("x", "y")).code()
    '.filter(pl.col("word").is_in(["x", "y"]))'
    """

    column: str
    values: tuple[str, ...]

    def apply(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return these rows of a table."""
        return table.filter(pl.col(self.column).is_in(list(self.values)))

    def code(self) -> str:
        """Return the method call in Python."""
        return f".filter(pl.col({literal(self.column)}).is_in({literal(list(self.values))}))"


@dataclass(frozen=True)
class FindAnywhere:
    """The rows in which any column of texts matches a regular expression, folded as a search folds.

    >>> FindAnywhere.words("مدى").code().partition("arabic")[2]
    '.normalize().str.contains("مدي")))'
    """

    expression: str

    def apply(self, table: pl.DataFrame) -> pl.DataFrame:
        """Return these rows of a table."""
        texts = _TEXTS.arabic.normalize()  # type: ignore[attr-defined]  # a namespace of the library
        return table.filter(pl.any_horizontal(texts.str.contains(self.expression)))

    def code(self) -> str:
        """Return the method call in Python."""
        texts = "pl.col(pl.String, pl.Categorical).cast(pl.String).arabic.normalize()"
        return f".filter(pl.any_horizontal({texts}.str.contains({literal(self.expression)})))"

    @classmethod
    def words(cls, typed: str) -> FindAnywhere:
        """Return the rows with what was typed, which `Find.words` explains."""
        return cls(Find.words("", str(normalize(typed, "search"))).expression)


Step = Find | FindAnywhere | Sort | Count | Equal | OneOf


@dataclass(frozen=True)
class Chain:
    """Attributes and methods of a corpus, one after another, as a function of it.

    Attributes:
        links: The name of each, and the arguments of a method; None for an attribute.
        options: The arguments by name of each method, by the name of the method.

    >>> Chain((("documents", None), ("drop", ("text",)), ("collect", ()))).code("corpus")
    'corpus.documents.drop("text").collect()'
    """

    links: tuple[tuple[str, tuple[Any, ...] | None], ...]
    options: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()

    def __call__(self, corpus: Corpus) -> Any:
        """Return what the last of them gives."""
        value: Any = corpus
        for name, arguments in self.links:
            value = getattr(value, name)
            value = value if arguments is None else value(*arguments, **dict(dict(self.options).get(name, ())))
        return value

    def code(self, corpus: str) -> str:
        """Return the expression in Python."""
        return corpus + "".join(f".{name}{self._arguments(name, given)}" for name, given in self.links)

    def _arguments(self, name: str, given: tuple[Any, ...] | None) -> str:
        if given is None:
            return ""
        named = (f"{option}={literal(value)}" for option, value in dict(self.options).get(name, ()))
        return f"({', '.join([*map(literal, given), *named])})"


@dataclass(frozen=True)
class Call:
    """A call of a function of the library with the documents of some selections.

    Attributes:
        function: The function; its module says whether its name begins with ck. or with ck.news. Or a `Chain`, which
            takes the documents of one selection.
        sources: The selections whose documents are the first arguments.
        arguments: The arguments after them. An argument, also one by name, may be a call itself.
        options: The arguments by name.
        steps: What is done with the table then.
    """

    function: Callable[..., Any]
    sources: tuple[Selection, ...]
    arguments: tuple[Any, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    steps: tuple[Step, ...] = ()

    def run(self, documents: Callable[[Selection], Corpus]) -> Any:
        """Return what the function returns, without the steps."""

        def made(value: Any) -> Any:
            return value.run(documents) if isinstance(value, Call) else value

        options = {name: made(value) for name, value in self.options}
        return self.function(*map(documents, self.sources), *map(made, self.arguments), **options)

    def code(self, name: Callable[[Selection], str] = Selection.code) -> str:
        """Return the call in Python; `name` gives the expression for the documents of a selection.

        >>> from corpus_kit.analysis.frequency import frequency
        >>> from corpus_kit.explore.selection import EVERYTHING
        >>> Call(frequency, (EVERYTHING,), (), (("unit", "lemma"),), (Find("word", "هدن"),)).code()
        'ck.frequency(corpus, unit="lemma").filter(pl.col("word").str.contains("هدن"))'
        """

        def written(value: Any) -> str:
            return value.code(name) if isinstance(value, Call) else literal(value)

        steps = "".join(step.code() for step in self.steps)
        if isinstance(self.function, Chain):
            return self.function.code(name(self.sources[0])) + steps
        values = [*map(name, self.sources), *map(written, self.arguments)]
        values += [f"{option}={written(value)}" for option, value in self.options]
        module = "ck.news" if self.function.__module__.startswith("corpus_kit.news.") else "ck"
        return f"{module}.{self.function.__name__}({', '.join(values)}){steps}"
