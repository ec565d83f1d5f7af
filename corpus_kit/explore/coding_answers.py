"""What the explorer answers about a coding project: the next unit, how far coders agree, what is common, a new project.

What a coder of a blind project is sent holds no code of another coder but of units that this coder has coded.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit._base.arguments import boolean, integer, text_argument
from corpus_kit._base.cache import cache_folder
from corpus_kit.coding.coding_project import coding_project
from corpus_kit.coding.coding_state import coding_summary, disagreement_page
from corpus_kit.coding.project import CodingProject
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.display.values import shortened, visible
from corpus_kit.errors import InputError, choose, hearing, invalid
from corpus_kit.explore.concordance_view import ConcordanceView
from corpus_kit.explore.messages import in_language
from corpus_kit.explore.project_calls import ProjectCall
from corpus_kit.explore.project_units import Contexts, Source, opened_project, texts_of
from corpus_kit.explore.searches import Search
from corpus_kit.explore.selection import EVERYTHING, Selection, read_selection
from corpus_kit.explore.table_pages import columns_of, rows_of, table_of
from corpus_kit.explore.words import say

__all__ = ["CodingAnswers"]

_LONGEST = 2_000  # code points of a text that is shown
_LONGEST_TYPED = 100_000  # of a field of the form
_LONGEST_NAME = 100  # of a folder
_MOST_UNITS = 1_000_000
_MOST_RANKED = 50  # units that a page shows
_MOVES = ("here", "left", "next", "previous")
_FORBIDDEN = re.compile(r'[/\\:*?"<>|]')

_Message = Mapping[str, Any]


class CodingAnswers:
    """Answers messages about a coding project.

    Args:
        corpus: The corpus that is explored.
        concordance: The concordance, whose lines can become a project.
        search: Returns the lines of the concordance as a value; None if nothing is searched for.
        documents: Returns the documents of a selection.
        note: Notes a step of the session: what made it, and what the page shows.
        language: "en" or "ar".
        project: The project, or its folder; None if there is none yet.
        coder: Who codes; None lets the page ask. Whoever is no coder of the project decides about disagreements.

    Attributes:
        answers: What returns the answer to a message, by its kind.

    Raises:
        InputError: If there is no such project, or it was made for other texts.
    """

    def __init__(
        self,
        corpus: Corpus,
        concordance: ConcordanceView,
        search: Callable[[], Search | None],
        documents: Callable[[Selection], Corpus],
        note: Callable[[ProjectCall, dict[str, Any]], None],
        language: str,
        *,
        project: CodingProject | str | os.PathLike[str] | None,
        coder: str | None,
    ) -> None:
        self._corpus, self._concordance, self._language = corpus, concordance, language
        self._search, self._documents, self._note = search, documents, note
        self._contexts = Contexts(corpus, language)
        self._given_coder = coder
        self._coder: str | None = None  # "" decides, and has no name
        self._project: CodingProject | None = None
        self._made: ProjectCall | None = None  # as a value, if it was made here or its texts have been found
        self._has_texts = False
        if project is not None:
            self._take(opened_project(project, corpus))
        self.answers: dict[str, Callable[[_Message], dict[str, Any]]] = {
            "code_state": self.state, "code_who": self.who, "code_next": self.next, "code_give": self.give,
            "code_disagreements": self.disagreements, "code_decide": self.decide, "code_rank": self.rank,
            "code_extend": self.extend, "code_prevalence": self.prevalence, "project_new": self.new,
        }  # fmt: skip

    def table(self) -> pl.DataFrame:
        """Return how far each coder is."""
        return self._needed().progress()

    def code(self) -> str:
        """Return the Python that returns how far each coder is."""
        folder = self._needed().folder
        return (self._made or ProjectCall(folder, EVERYTHING)).code() + ".progress()"

    # ------------------------------------------------------------------------------- who, what

    def _take(self, project: CodingProject) -> None:
        self._project, self._coder = project, None
        self._made, self._has_texts = None, False
        name = self._given_coder
        if name is not None:
            name = unicodedata.normalize("NFC", name)
            self._coder = next((each for each in project.coders if each.casefold() == name.casefold()), name)
        elif len(project.coders) == 1:
            self._coder = project.coders[0]

    def _needed(self) -> CodingProject:
        if self._project is None:
            raise InputError(say("no_project", self._language))
        if not self._project.folder.is_dir():
            raise InputError(say("project_gone", self._language, folder=str(self._project.folder)))
        return self._project

    def _coding(self) -> tuple[CodingProject, str]:
        """Return the project and who codes in it."""
        project = self._needed()
        if self._coder not in project.coders:
            raise InputError(say("no_coder", self._language))
        return project, self._coder

    @property
    def _is_blind(self) -> bool:
        """Whether the page may show no codes of others."""
        project = self._needed()
        return project.design.blind and len(project.coders) > 1 and (self._coder is None or self._codes)

    @property
    def _codes(self) -> bool:
        return self._coder in self._needed().coders

    @property
    def _decides(self) -> bool:
        """Whether this person may decide: who does not code, and in an open project everybody."""
        return self._coder is not None and not self._is_blind and len(self._needed().coders) > 1

    def who(self, message: _Message) -> dict[str, Any]:
        """Note who codes, which is said once; "" decides about disagreements."""
        project = self._needed()
        if self._coder is not None:
            raise InputError(say("is_known", self._language))
        self._coder = choose(message.get("coder"), [*project.coders, ""], "coder")
        return self.state(message)

    def state(self, message: _Message) -> dict[str, Any]:
        """Return what the project is, how far its coders are, and how far they agree."""
        if self._project is None:
            return {"project": None, **self._for_the_form(message)}
        project = self._needed()
        with hearing() as heard:
            summary = coding_summary(project)
        own = disagreement_page(project, self._coder, count=1)["total"] if self._codes else None
        overall = summary["agreement"]
        return {
            "project": visible(project.folder.name),
            "folder": visible(str(project.folder)),
            "question": visible(project.design.question),
            "unit": project.design.unit,
            "blind": self._is_blind,
            "coders": project.coders,
            "coder": self._coder,
            "may_code": self._codes,
            "may_decide": self._decides,
            "codebook": [[code, visible(said)] for code, said in project.codebook.items()],
            "progress": [[row["coder"], row["coded"], row["units"]] for row in summary["progress"]],
            "agreement": None if overall is None or self._coder is None else _agreement(overall),
            "sheet_notes": [visible(shortened(note, _LONGEST)) for note in heard],  # they name no codes
            "disagreements": None if self._coder is None else summary["disagreements"] if own is None else own,
            **self._for_the_form(message),
        }

    def _for_the_form(self, message: _Message) -> dict[str, Any]:
        lines = self._concordance.lines
        documents = self._documents(read_selection(message.get("selection")))
        return {"lines": len(lines), "pattern": visible(shortened(lines.pattern, 200)), "documents": len(documents)}

    # --------------------------------------------------------------------------------- coding

    def next(self, message: _Message) -> dict[str, Any]:
        """Return a unit: that of a place ("here"), the next without a code ("left"), or a neighbour."""
        project, coder = self._coding()
        place = message.get("place")
        move = choose(message.get("move", "left"), _MOVES, "move")
        return self._unit(project, coder, None if place is None else integer(place, "place", least=0), move)

    def _unit(self, project: CodingProject, coder: str, place: int | None, move: str) -> dict[str, Any]:
        lines = project.lines(coder)
        left = lines["code"].is_null().arg_true().to_list()
        counts = {"units": lines.height, "coded": lines.height - len(left)}
        at = -1 if place is None else place
        if move == "left" or place is None:
            if not left:
                return {**counts, "unit": None, "place": max(at, 0)}
            at = next((each for each in left if each > at), left[0])
        else:
            at = min(max(at + {"here": 0, "next": 1, "previous": -1}[move], 0), lines.height - 1)
        return {**counts, "place": at, "unit": self._shown(project, coder, lines.row(at, named=True))}

    def _shown(self, project: CodingProject, coder: str, row: dict[str, Any]) -> dict[str, Any]:
        is_document = project.design.unit == "document"
        try:
            context = self._contexts.around(row["id"], row["position"], row["node"], is_document=is_document)
        except InputError as error:  # the corpus was closed, or is another one by now
            context = {"problem": in_language(visible(str(error)), self._language)}
        others = [] if self._is_blind else [each for each in project.coders if each != coder and row.get(each)]
        return {
            **{name: row[name] for name in ("id", "position", "code", "note")},
            "line": [visible(shortened(row[name] or "", _LONGEST)) for name in ("before", "node", "after")],
            "others": [[each, visible(row[each])] for each in others],
            **context,
        }

    def give(self, message: _Message) -> dict[str, Any]:
        """Give a unit a code and a note, unless it has others by now than the page shows; return the unit after it."""
        project, coder = self._coding()
        place = integer(message.get("place"), "place", least=0)
        move = choose(message.get("move", "left"), _MOVES, "move")
        key = (message.get("id"), message.get("position"))
        lines = project.lines(coder)
        row = lines.row(place, named=True) if place < lines.height else {}
        if (row.get("id"), row.get("position")) != key:
            raise InputError(say("unit_gone", self._language))
        was = {name: message.get(f"was_{name}") or None for name in ("code", "note")}
        if was != {name: row[name] for name in was}:
            unit = self._unit(project, coder, place, "here")
            return {**unit, "problem": say("coded_meanwhile", self._language)}
        code = message.get("code")
        if code is not None and not _typed(message, "code").strip():
            raise InputError(say("no_code", self._language))
        note = message.get("note")
        project.give(coder, row, code, note=None if note is None else _typed(message, "note"))
        return self._unit(project, coder, place, move)

    # ------------------------------------------------------------------- agreement, decisions

    def disagreements(self, message: _Message) -> dict[str, Any]:
        """Return units with different codes: to a coder of a blind project those that this coder has coded."""
        project = self._needed()
        if self._coder is None:
            raise InputError(say("no_coder", self._language))
        first, count = message.get("first", 0), message.get("count", 50)
        found = disagreement_page(project, self._coder if self._codes else None, first=first, count=count)
        return {
            "total": found["total"],
            "rows": [
                {
                    "id": row["id"], "position": row["position"], "decided": row["decided"],
                    "line": [visible(shortened(row[name] or "", _LONGEST)) for name in ("before", "node", "after")],
                    "codes": [[coder, visible(code)] for coder, code in row["codes"].items()],
                }
                for row in found["rows"]
            ],
        }  # fmt: skip

    def decide(self, message: _Message) -> dict[str, Any]:
        """Decide about a disagreement."""
        project = self._needed()
        if not self._decides:
            raise InputError(say("may_not_decide", self._language))
        item = (message.get("id"), integer(message.get("position"), "position", least=0))
        code = message.get("code")
        project.decide(item, code, coder=self._coder or None)  # type: ignore[arg-type]  # it is checked there
        return {"decided": code}

    # ------------------------------------------------------------------------- the classifier

    def _expect_open(self) -> None:
        """Raise InputError if a table would tell a blind coder how others code."""
        project = self._needed()
        if not self._is_blind:
            return
        rows = project.progress().filter(pl.col("coder") == (self._coder or ""))
        if rows.is_empty() or rows["remaining"].item():
            raise InputError(say("blind_until", self._language))

    def _with_texts(self, message: _Message) -> ProjectCall | None:
        """Find the texts of the project, and return it as a value if it can be written."""
        project, view = self._needed(), self._concordance
        if self._has_texts:  # a classifier that is trained is kept
            return self._made
        selection = read_selection(message.get("selection"))
        known: list[Source] = [(selection, lambda: self._documents(selection))]
        if (search := self._search()) is not None:
            known.append((search, lambda: view.lines))
        self._project, units = texts_of(project, self._corpus, known)
        self._has_texts = True
        if self._made is None and units is not None:
            self._made = ProjectCall(project.folder, units)
        return self._made

    def rank(self, message: _Message) -> dict[str, Any]:
        """Return the units outside of the sample of which a classifier is least certain."""
        self._needed()
        self._with_texts(message)
        with hearing() as heard:
            found = self._needed().rank().head(_MOST_RANKED)
        guess = () if self._is_blind else ("predicted", "predicted_probability")
        rows = [
            [*(visible(shortened(row[name] or "", _LONGEST)) for name in ("before", "node", "after")),
             f"{row['uncertainty']:.2f}", *(_two(row[name]) for name in guess)]
            for row in found.iter_rows(named=True)
        ]  # fmt: skip
        return {"rows": rows, "notes": self._notes(heard)}

    def extend(self, message: _Message) -> dict[str, Any]:
        """Add units to the sample: some that are least certain, the others at random."""
        self._needed()
        size = integer(message.get("size"), "size", least=1, most=_MOST_UNITS)
        share = message.get("uncertain", 0.5)
        self._with_texts(message)
        with hearing() as heard:
            added = self._needed().extend(size, uncertain=share).height
        return {"added": added, "notes": self._notes(heard)}

    def _notes(self, heard: Sequence[str]) -> list[str]:
        """Return warnings as the page shows them; to a blind coder none, since they may name codes of others."""
        return [] if self._is_blind else [shortened(note, _LONGEST) for note in heard]

    def prevalence(self, message: _Message) -> dict[str, Any]:
        """Return how common each code is."""
        self._expect_open()
        made = self._with_texts(message)
        by = message.get("by") or None
        with hearing() as heard:
            frame = self._needed().prevalence(by)
        table = table_of(frame, heard)
        columns = columns_of(table, hidden=(), first=("code", "prevalence"), language=self._language)
        names = [each["name"] for each in columns]
        answer = {"columns": columns, "rows": rows_of(table, names, 0, frame.height, self._language),
                  "notes": self._notes(heard)}  # fmt: skip
        if made is None:
            return answer
        shown = ProjectCall(made.folder, made.units, made.options, "prevalence", () if by is None else (by,))
        self._note(shown, {"tab": "coding", "selection": read_selection(message.get("selection")).message()})
        return {**answer, "code": visible(shown.code())}

    # ---------------------------------------------------------------------------- new project

    def new(self, message: _Message) -> dict[str, Any]:
        """Make a project of the lines of the concordance or of documents, beside the corpus, or open one there."""
        folder = self._folder(message.get("folder"))
        selection = read_selection(message.get("selection"))
        if (folder / "project.toml").is_file():
            self._take(opened_project(folder, self._corpus))
            return self.state(message)
        if folder.exists() and any(folder.iterdir()):
            raise InputError(say("folder_full", self._language, folder=str(folder)))
        unit = choose(message.get("unit"), ("line", "document"), "unit")
        search, options = self._search(), self._options(message)
        if unit == "line":
            lines = self._concordance.lines
            if search is None or not len(lines):
                raise InputError(say("no_lines", self._language))
            made = ProjectCall(folder, search, tuple(options.items()))
        else:
            made = ProjectCall(folder, selection, tuple(options.items()))
        units = self._concordance.lines if unit == "line" else self._documents(selection)
        with hearing() as heard:
            self._take(coding_project(folder, units, **options))
        self._made, self._has_texts = made, True
        self._note(made, {"tab": "coding", "selection": selection.message()})
        return {**self.state(message), "code": visible(made.code()), "notes": list(heard)}

    def _folder(self, name: object) -> Path:
        """Return the folder of a name, beside the corpus, or in the working directory if that is in the cache."""
        typed = text_argument(name, "folder").strip()
        is_short = len(typed.strip(".")) > 0 and len(typed) <= _LONGEST_NAME
        if not is_short or not typed.isprintable() or _FORBIDDEN.search(typed):
            raise InputError(say("bad_folder", self._language))
        beside = self._corpus.path.absolute().parent
        return (Path.cwd() if beside.is_relative_to(cache_folder().absolute()) else beside) / typed

    def _options(self, message: _Message) -> dict[str, Any]:
        """Return the arguments of `ck.coding_project` that the form gives."""
        codes = _codebook(_typed(message, "codes"))
        coders = [each for each in re.split(r"[\n,،;؛]", _typed(message, "coders")) if each.strip()]
        if not coders:
            raise InputError(say("no_coders", self._language))
        sample, by = message.get("sample"), message.get("by") or None
        overlap = message.get("overlap")
        given: dict[str, Any] = {
            "codes": codes or None,
            "coders": [each.strip() for each in coders],
            "question": _typed(message, "question").strip() or None,
            "sample": None if sample is None else integer(sample, "sample", least=1, most=_MOST_UNITS),
            "by": None if by is None else text_argument(by, "by"),
            "overlap": None if overlap == 1 else overlap,
            "blind": None if boolean(message.get("blind", True), "blind") else False,
        }
        return {name: value for name, value in given.items() if value is not None}


def _typed(message: _Message, name: str) -> str:
    text = text_argument(message.get(name, ""), name)
    if len(text) > _LONGEST_TYPED:
        raise invalid(name, f"at most {_LONGEST_TYPED:,} characters", len(text))
    return text


def _codebook(typed: str) -> list[str] | dict[str, str]:
    r"""Return codes that were typed, one a line; what follows a colon describes the code.

    >>> _codebook("rain\nsun"), _codebook("rain: it rains\nsun")
    (['rain', 'sun'], {'rain': 'it rains', 'sun': ''})
    """
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if not any(":" in line for line in lines):
        return lines
    pairs = [line.partition(":") for line in lines]
    codes = [code.strip() for code, _, _ in pairs]
    if len(set(codes)) < len(codes):
        raise invalid("codes", "different texts", codes)
    return {code.strip(): said.strip() for code, _, said in pairs}


def _agreement(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the agreement about all codes as texts."""
    alpha = [_two(row[name]) for name in ("alpha", "alpha_low", "alpha_high")]
    shares = [None if row[name] is None else f"{100 * row[name]:.0f}" for name in _SHARES]
    return {"units": row["units"], "alpha": alpha, "agreement": shares}


_SHARES: Sequence[str] = ("agreement", "agreement_low", "agreement_high")


def _two(value: object) -> str | None:
    """Return a number with two decimals and its minus sign, or a text."""
    if isinstance(value, float):
        return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")
    return None if value is None else visible(str(value))
