"""REFI-QDA: a project (.qdpx) for NVivo, ATLAS.ti, MAXQDA and QualCoder.

The form is that of version 1.0 of the schema Project.xsd (Rotterdam Exchange Format Initiative, 2019;
www.qdasoftware.org): a zip archive of project.qde, an XML file, and the texts in a folder `sources`. Positions are
code points from 0, and the end is that after the last one.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import groupby
from math import isfinite
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import NAMESPACE_OID, UUID, uuid5
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl

from corpus_kit._base.records import jsonable
from corpus_kit._version import __version__
from corpus_kit.corpus.view import CorpusView
from corpus_kit.export.coding_tasks import HIT, Mark, Task, Tasks, codebook_argument, plain, written_aside
from corpus_kit.export.xml_writing import XmlWriter
from corpus_kit.search.concordance import Concordance

__all__ = ["NAMESPACE", "NO_CODER", "guid_of", "write_refi_qda"]

NAMESPACE = "urn:QDA-XML:project:1.0"

_PLACE = f"{NAMESPACE} http://schema.qdasoftware.org/versions/Project/v1.0/Project.xsd"
NO_CODER = "corpus-kit"  # the user whose codes are those of nobody known
_QUOTED = 60  # code points of a selection that are its name
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of members of archives, so that the same project gives the same bytes


def guid_of(corpus_id: str, kind: str, *names: object) -> str:
    """Return the GUID of a thing, the same in every export of a corpus.

    >>> guid_of("0123456789abcdef", "code", "موقف") == guid_of("0123456789abcdef", "code", "موقف")
    True
    """
    return str(uuid5(_namespace(corpus_id), "\x1f".join([kind, *map(str, names)])))


@cache
def _namespace(corpus_id: str) -> UUID:
    return uuid5(NAMESPACE_OID, f"corpus-kit:{corpus_id}")


def write_refi_qda(
    corpus: CorpusView | Concordance,
    path: Path,
    *,
    codes: pl.DataFrame | None = None,
    codebook: Sequence[str] | pl.DataFrame = (),
    metadata: str | Sequence[str] | None = None,
) -> Counter[str]:
    """Write a REFI-QDA project: the documents as sources, with codes as coded segments and metadata as cases.

    Of a concordance, the documents of its lines are sources, and each node is a segment, with its code or `HIT`. The
    arguments are those of `ck.export_codes`. Returns what became different, and how often.
    """
    tasks = Tasks(corpus, codes, task="spans", within="document", metadata=metadata, takes_both=True)
    project = _Project(tasks, path.stem, tasks.code_names(codebook_argument(codebook)))
    with (
        written_aside(path) as file,
        TemporaryFile() as sources,
        TemporaryFile() as whole,
        ZipFile(file, "w", ZIP_DEFLATED) as archive,
    ):
        project.write_sources(sources, archive)
        project.write(whole, sources)
        member = _member("project.qde")
        member.file_size = whole.tell()
        whole.seek(0)
        with archive.open(member, "w") as target:
            shutil.copyfileobj(whole, target)
    return tasks.changes


class _Project:
    """The parts of a project.

    Args:
        tasks: What it is made of.
        name: Its name.
        codes: The codes of its codebook.
    """

    def __init__(self, tasks: Tasks, name: str, codes: list[str]) -> None:
        self._tasks = tasks
        self._name = name
        self._codes = codes if tasks.lines is None else [*codes, HIT]
        coders = tasks.codes["coder"].unique().drop_nulls().sort()
        self._coders = list(dict.fromkeys([NO_CODER, *coders]))
        self._created = str(tasks.corpus.manifest["created"]).replace("+00:00", "Z")
        self._documents: list[tuple[str, dict[str, Any]]] = []

    def _guid(self, kind: str, *names: object) -> str:
        return guid_of(self._tasks.corpus.id, kind, *names)

    def _by(self, coder: str | None) -> dict[str, str]:
        return {"creatingUser": self._guid("user", coder or NO_CODER), "creationDateTime": self._created}

    def write_sources(self, file: IO[bytes], archive: ZipFile) -> None:
        """Write the texts, and the elements of their sources."""
        xml = XmlWriter(file)
        for _, group in groupby(self._tasks, key=lambda task: task.document):
            tasks = list(group)
            first = tasks[0]
            guid = self._guid("source", first.id)
            archive.writestr(_member(f"sources/{guid}.txt"), first.text.encode())
            self._documents.append((first.id, first.metadata))
            marks = [mark for task in tasks for mark in task.spans()]
            place = {"guid": guid, "name": first.id, "plainTextPath": f"internal://{guid}.txt"}
            with xml.element("TextSource", **place, **self._by(None)):
                self._write_marks(xml, first, marks)

    def _write_marks(self, xml: XmlWriter, task: Task, marks: Sequence[Mark]) -> None:
        spans = sorted((mark for mark in marks if mark.start is not None), key=lambda mark: (mark.start, mark.end))
        for (start, end), group in groupby(spans, key=lambda mark: (mark.start, mark.end)):
            given = list(group)
            place = {
                "guid": self._guid("selection", task.id, start, end),
                "name": " ".join(task.text[start:end][:_QUOTED].split()),
                "startPosition": str(start),
                "endPosition": str(end),
            }
            with xml.element("PlainTextSelection", **place, **self._by(given[0].coder)):
                self._write_codings(xml, task, given)
        self._write_codings(xml, task, [mark for mark in marks if mark.start is None])

    def _write_codings(self, xml: XmlWriter, task: Task, marks: Sequence[Mark]) -> None:
        for mark in dict.fromkeys(marks):
            with xml.element("Coding", guid=self._guid("coding", task.id, *mark), **self._by(mark.coder)):
                xml.leaf("CodeRef", targetGUID=self._guid("code", mark.code))

    def write(self, file: IO[bytes], sources: IO[bytes]) -> None:
        """Write project.qde; the sources are there."""
        file.write(b'<?xml version="1.0" encoding="utf-8"?>\n')
        xml = XmlWriter(file)
        head = {
            "name": self._name,
            "origin": f"corpus-kit {__version__}",
            "creatingUserGUID": self._guid("user", NO_CODER),
            "creationDateTime": self._created,
            "xmlns": NAMESPACE,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": _PLACE,
        }
        with xml.element("Project", **head):
            with xml.element("Users"):
                for coder in self._coders:
                    xml.leaf("User", guid=self._guid("user", coder), name=coder)
            if self._codes:
                self._write_codebook(xml)
            self._write_cases(xml)
            if self._documents:
                with xml.element("Sources"):
                    sources.seek(0)
                    xml.copy(sources)
            xml.leaf("Description", f"Corpus {self._tasks.corpus.id}")

    def _write_codebook(self, xml: XmlWriter) -> None:
        with xml.element("CodeBook"), xml.element("Codes"):
            for code in dict.fromkeys(self._codes):
                with xml.element("Code", guid=self._guid("code", code), name=code, isCodable="true"):
                    if code == HIT:
                        xml.leaf("Description", "A node of the concordance that has no code yet")

    def _write_cases(self, xml: XmlWriter) -> None:
        """Write the metadata: a case for each document, with the values of its variables."""
        types = {name: _type_of(dtype) for name, dtype in self._tasks.types.items()}
        if types:
            with xml.element("Variables"):
                for name, kind in types.items():
                    xml.leaf("Variable", guid=self._guid("variable", name), name=name, typeOfVariable=kind)
        if types and self._documents:
            with xml.element("Cases"):
                for id, labels in self._documents:
                    with xml.element("Case", guid=self._guid("case", id), name=id):
                        for name, value in labels.items():
                            if value is not None and not _is_value(value):
                                self._tasks.changes["numbers that are not finite, left out"] += 1
                            elif value is not None:
                                with xml.element("VariableValue"):
                                    xml.leaf("VariableRef", targetGUID=self._guid("variable", name))
                                    xml.leaf(f"{types[name]}Value", _value(value))
                        xml.leaf("SourceRef", targetGUID=self._guid("source", id))


def _member(name: str) -> ZipInfo:
    member = ZipInfo(name, _FIRST_DAY)
    member.compress_type = ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    return member


def _type_of(dtype: pl.DataType) -> str:
    """Return the type of variable for a column."""
    if dtype.is_integer():
        return "Integer"
    if dtype.is_float() or dtype.is_decimal():
        return "Float"
    return {pl.Boolean: "Boolean", pl.Date: "Date", pl.Datetime: "DateTime"}.get(dtype.base_type(), "Text")


def _is_value(value: Any) -> bool:
    """Return whether a variable can have this value: XML Schema has no infinite decimals."""
    return not (isinstance(value, float | Decimal) and not isfinite(value))


def _value(value: Any) -> str:
    """Return a value in the form of XML Schema."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | Decimal):
        return format(Decimal(str(value)), "f")
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    if isinstance(value, list):
        return "; ".join(_value(each) for each in value)
    if isinstance(value, dict):
        return json.dumps(plain(value), ensure_ascii=False)
    return str(jsonable(value))
