"""Files and frames to documents. Used as ``ck.readers``: readers with options, and what a reader of one's own needs.

`reader` joins sources and yields documents in batches. `sources` finds files; `registry` says what reads them: as texts
(`texts`, `archives`), as tables (`delimited`, `json_lines`, `columnar`, ..., with `tables` for what they share), or as
documents, which the readers of a file each make (`documents` is what they take and give). `plan`
opens all sources; `spool` keeps what readers make until all columns are known, and `layout` settles these.
`encodings` decides how bytes become text, `dates` how dates are read, `structure` finds headline and paragraphs, and
`report` records what was read and what was left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_kit._base.lazy import load_lazily

# Where each public name is defined.
_HOMES: dict[str, str] = {
    "Document": "documents",
    "DocumentReader": "reader",
    "Example": "report",
    "FileRecord": "report",
    "ReadReport": "report",
    "Tally": "report",
    "File": "documents",
    "LeftOut": "documents",
    "Notice": "documents",
    "Skipped": "documents",
    "Span": "documents",
    "Tokens": "documents",
    "register": "registry",
    "epub": "epub",
    "json_file": "json_files",
    "openiti": "openiti",
    "spreadsheet": "spreadsheets",
    "factiva": "press_archives",
    "html": "web_pages",
    "leipzig": "leipzig",
    "mhtml": "web_pages",
    "nexis": "press_archives",
    "europresse": "press_databases",
    "proquest": "press_databases",
    "warc": "web_archives",
    "conllu": "conllu",
    "vertical": "vertical",
    "docx": "docx_files",
    "odt": "odt",
    "subtitles": "subtitles",
    "tei": "tei",
}

__all__ = [*_HOMES]

if TYPE_CHECKING:
    from corpus_kit.readers.conllu import conllu as conllu
    from corpus_kit.readers.documents import Document as Document
    from corpus_kit.readers.documents import File as File
    from corpus_kit.readers.documents import LeftOut as LeftOut
    from corpus_kit.readers.documents import Notice as Notice
    from corpus_kit.readers.documents import Skipped as Skipped
    from corpus_kit.readers.documents import Span as Span
    from corpus_kit.readers.documents import Tokens as Tokens
    from corpus_kit.readers.docx_files import docx as docx
    from corpus_kit.readers.epub import epub as epub
    from corpus_kit.readers.json_files import json_file as json_file
    from corpus_kit.readers.leipzig import leipzig as leipzig
    from corpus_kit.readers.odt import odt as odt
    from corpus_kit.readers.openiti import openiti as openiti
    from corpus_kit.readers.press_archives import factiva as factiva
    from corpus_kit.readers.press_archives import nexis as nexis
    from corpus_kit.readers.press_databases import europresse as europresse
    from corpus_kit.readers.press_databases import proquest as proquest
    from corpus_kit.readers.reader import DocumentReader as DocumentReader
    from corpus_kit.readers.registry import register as register
    from corpus_kit.readers.report import Example as Example
    from corpus_kit.readers.report import FileRecord as FileRecord
    from corpus_kit.readers.report import ReadReport as ReadReport
    from corpus_kit.readers.report import Tally as Tally
    from corpus_kit.readers.spreadsheets import spreadsheet as spreadsheet
    from corpus_kit.readers.subtitles import subtitles as subtitles
    from corpus_kit.readers.tei import tei as tei
    from corpus_kit.readers.vertical import vertical as vertical
    from corpus_kit.readers.web_archives import warc as warc
    from corpus_kit.readers.web_pages import html as html
    from corpus_kit.readers.web_pages import mhtml as mhtml

load_lazily(__name__, _HOMES)
