"""A session of the explorer as a program: a script, or a notebook, that makes the same tables."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from corpus_kit._base.cache import cache_folder
from corpus_kit._version import __version__
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.errors import CorpusKitError, hearing
from corpus_kit.explore.calls import Call
from corpus_kit.explore.drawings import Drawing
from corpus_kit.explore.literals import literal
from corpus_kit.explore.project_calls import ProjectCall
from corpus_kit.explore.searches import GivenLines, PartOfLines, RowLines
from corpus_kit.explore.selection import Range, Selection, Values
from corpus_kit.explore.statements import assigned
from corpus_kit.explore.table_pages import Tables
from corpus_kit.explore.trace import Step
from corpus_kit.explore.words import say, words_of_the_page
from corpus_kit.samples.sample_corpus import sample_corpus

__all__ = ["ANYWHERE", "Place", "notebook_of", "script_of"]

_OTHER = '    warnings.warn("The corpus has other texts than in the session.", stacklevel=1)'


@dataclass(frozen=True)
class Place:
    """Where a program will be, from which it finds its files.

    Attributes:
        folder: Its folder; None if nobody knows yet, so that paths are absolute.
        is_script: Whether it knows its own file, as a script does; a notebook runs in its folder.
    """

    folder: Path | None = None
    is_script: bool = True

    def of(self, path: Path) -> str:
        """Return the expression for a path: relative to the program if it lies below it."""
        path = path.absolute()
        if self.folder is None or not path.is_relative_to(self.folder.absolute()):
            return literal(os.fspath(path))
        relative = path.relative_to(self.folder.absolute()).as_posix()
        return f"Path(__file__).parent / {literal(relative)}" if self.is_script else literal(relative)


ANYWHERE = Place()


def script_of(
    steps: Sequence[Step], tables: Tables, *, place: Place = ANYWHERE, sheet: Path | None = None, language: str = "en"
) -> str:
    """Return the steps of a session as a script in Python.

    Args:
        steps: The steps.
        tables: The tables of the corpus that they are about.
        place: Where the script will be.
        sheet: The sheet with the codes of lines; None if there is none.
        language: The language in which the script shows tables.
    """
    program = _Program(tables, place, sheet, language)
    shown = []
    for step in steps:
        *made, last = program.of(step)
        shown += ["", f"# {_title(step, 'en')}", *made, f"print({last})" if last.startswith("ck.show(") else last]
        for *drawn, name in program.drawn(step):
            shown += [*drawn, f'{name}.save("{name}.png")']
    head = ['"""A session of the corpus explorer.', "", *program.facts("en"), '"""', ""]
    lines = [*head, *program.imports([*program.opened, *shown]), "", *program.opened, *shown]
    return "\n".join(lines) + "\n"


def notebook_of(
    steps: Sequence[Step], tables: Tables, *, place: Place = ANYWHERE, sheet: Path | None = None, language: str = "en"
) -> str:
    """Return the steps of a session as a notebook without outputs; `script_of` has the arguments."""
    program = _Program(tables, replace(place, is_script=False), sheet, language)
    parts = [(step, [program.of(step), *program.drawn(step)]) for step in steps]
    imports = program.imports([*program.opened, *(line for _, cells in parts for lines in cells for line in lines)])
    title = [f"# {say('session', language)}", "", *(f"{fact}  " for fact in program.facts(language))]
    cells = [_cell("markdown", 0, _directed(title, language)), _cell("code", 1, [*imports, "", *program.opened])]
    for step, made in parts:
        cells.append(_cell("markdown", len(cells), _directed([f"## {_title(step, language)}"], language)))
        for lines in made:
            cells.append(_cell("code", len(cells), lines))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _cell(kind: str, number: int, lines: Sequence[str]) -> dict[str, Any]:
    source = "\n".join(lines).splitlines(keepends=True)
    cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": source}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _directed(lines: list[str], language: str) -> list[str]:
    return ['<div dir="rtl" lang="ar">', "", *lines, "", "</div>"] if language == "ar" else lines


def _title(step: Step, language: str) -> str:
    return words_of_the_page(language).get(f"tab_{step.tab}", step.tab)


class _Program:
    """The statements of a program, in which each selection of documents and each table has one name."""

    def __init__(self, tables: Tables, place: Place, sheet: Path | None, language: str) -> None:
        self._tables, self._corpus, self._place, self._language = tables, tables.corpus, place, language
        self._sheet = sheet
        self._names = {Selection().code(): "corpus"}  # by the code of what they name
        self._numbers: dict[str, int] = {}
        self._defined: list[str] = []
        self.opened = self._opening()

    def facts(self, language: str) -> list[str]:
        """Return what made the tables, and what they are made of."""
        manifest = self._corpus.manifest
        documents = say("of_corpus", language, id=self._corpus.id, documents=f"{manifest['counts']['documents']:,}")
        return [
            f"corpus-kit {__version__}, Polars {pl.__version__}",
            documents,
            f"SHA-256 {manifest['checksum']}",
        ]

    def imports(self, lines: Sequence[str]) -> list[str]:
        """Return the imports that statements need."""
        code = "\n".join(lines)
        standard = [*(["import warnings"] if "warnings.warn" in code else [])]
        standard += ["from pathlib import Path"] if "Path(__file__)" in code else []
        return [
            *standard, *([""] if standard else []), "import corpus_kit as ck",
            *(["import polars as pl"] if re.search(r"\bpl\.", code) else []),
        ]  # fmt: skip

    def _opening(self) -> list[str]:
        corpus, whole = self._corpus, _whole(self._corpus)
        lines = assigned("corpus", "ck.sample_corpus()" if _is_sample(corpus) else f"ck.Corpus.open({self._path()})")
        lines += _checked("corpus", corpus)
        if len(corpus) < len(whole):
            lines += assigned("corpus", _selected(corpus, whole))
        names = [*corpus.structures_record(corpus.structures), *corpus.definitions.lists, *corpus.definitions.macros]
        if names:
            lines.append(f"# The corpus of the session also had these structures and word lists: {', '.join(names)}.")
        if corpus.excluded_spans is not None:
            lines.append(f"# {corpus.excluded_spans.height:,} spans of its texts were excluded.")
        return lines

    def _path(self) -> str:
        return self._place.of(self._corpus.path)

    # ------------------------------------------------------------------------------ steps

    def of(self, step: Step) -> list[str]:
        """Return the statements of a step."""
        self._defined = []
        if isinstance(step.made, GivenLines):
            return [step.made.code()]
        if isinstance(step.made, ProjectCall):
            return self._of_project(step.made)
        if isinstance(step.made, RowLines | PartOfLines):
            expression = step.made.code(self._documents, self._table)
        else:
            expression = self._stepped(step.made)
        name = self._name("lines" if step.tab == "concordance" else step.tab, step.made.code())
        lines = [*self._defined, *assigned(name, expression)]
        if step.is_coded and self._sheet is not None:
            code = f"{name}.code({self._place.of(self._sheet)}, refresh=False)"
            name = self._name("codes", f"codes of {step.made.code()}")
            lines += assigned(name, code)
        options = "" if self._language == "en" else f", language={literal(self._language)}"
        return [*lines, f"ck.show({name}{options})"]

    def _of_project(self, made: ProjectCall) -> list[str]:
        opened = replace(made, method="", arguments=())
        if isinstance(made.units, GivenLines):
            return [made.units.code(), f"# {opened.code()}"]
        code, lines = opened.code(), list[str]()
        if code not in self._names:
            expression = opened.code(self._documents, self._table, self._place.of)
            lines = [*self._defined, *assigned(self._name("project", code), expression)]
        options = "" if self._language == "en" else f", language={literal(self._language)}"
        return [*lines, f"ck.show({self._names[code]}.{made.call_of_method()}{options})"]

    def drawn(self, step: Step) -> list[list[str]]:
        """Return the statements of each plot of a step, of which the last one names the plot."""
        return [self._drawn(drawing) for drawing in step.drawings.values()]

    def _drawn(self, drawing: Drawing) -> list[str]:
        self._defined = []
        options = () if self._language == "en" else (("language", self._language),)
        plot = replace(drawing, options=(*drawing.options, *options))
        expression = plot.code(self._documents, self._table)
        name = self._name("chart", drawing.code())
        return [*self._defined, *assigned(name, expression), name]

    def _name(self, kind: str, code: str) -> str:
        kind = kind if kind.isidentifier() else "table"
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        self._names[code] = f"{kind}_{self._numbers[kind]}"
        return self._names[code]

    def _documents(self, selection: Selection) -> str:
        """Return the name of the documents of a selection, which is given to them where they are first needed."""
        code = selection.code()
        if code not in self._names:
            part = f"corpus.others({self._documents(selection.others())})" if selection.inverted else code
            is_other = bool(selection.elsewhere) and selection == Selection(elsewhere=selection.elsewhere)
            if is_other:  # another corpus
                part = f"ck.Corpus.open({self._place.of(Path(selection.elsewhere))})"
            name = self._name("documents", code)
            self._defined += assigned(name, part)
            self._defined += _checked(name, self._tables.documents(selection)) if is_other else []
        return self._names[code]

    def _table(self, call: Call) -> str:
        """Return the name of a table, or the call where no step has made it."""
        return self._names.get(call.code()) or self._stepped(call)

    def _stepped(self, call: Call) -> str:
        """Return the expression for a call; what it filters and sorts may be the table of another step."""
        known = self._names.get(replace(call, steps=()).code()) if call.steps else None
        return known + "".join(step.code() for step in call.steps) if known else call.code(self._documents)


# ------------------------------------------------------------------------------------- the corpus


def _checked(name: str, corpus: Corpus) -> list[str]:
    """Return the statements that warn if a corpus was built anew since the session."""
    return [f"if {name}.id != {literal(corpus.id)}:", _OTHER]


def _whole(corpus: Corpus) -> Corpus:
    """Return all documents of the folder of a corpus."""
    return corpus.subcorpus(np.arange(corpus.total_documents, dtype=np.uint32))


def _is_sample(corpus: Corpus) -> bool:
    return corpus.path.is_relative_to(cache_folder()) and sample_corpus().path == corpus.path


def _selected(corpus: Corpus, whole: Corpus) -> str:
    """Return the expression for the documents of a subcorpus: its conditions, if they can be read, else its rows."""
    documents = corpus.selected_documents()
    try:
        selection = Selection(tuple(_condition(each) for each in (corpus.selection or {})["filters"]))
        with hearing():
            if np.array_equal(selection.of(whole).selected_documents(), documents):
                return selection.code()
    except (ValueError, SyntaxError, TypeError, CorpusKitError):
        pass
    return f'corpus.filter(pl.col("document").is_in({documents.tolist()}))'


def _condition(text: str) -> tuple[str, Values | Range]:
    """Return a condition that the record of a subcorpus holds, such as "outlet=['a', 'b']"."""
    name, _, value = text.partition("=")
    given = ast.literal_eval(value)
    if isinstance(given, tuple):
        low, high = given
        return name, Range(low, high)
    return name, Values(tuple(given) if isinstance(given, list) else (given,))
