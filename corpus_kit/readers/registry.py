"""The registry of formats: what reads a file, by a name that the user gives, or by the ending of the file.

A format is one of three things: *texts* (a file is a text, or an archive of texts), a *table*, whose columns the user
names, or *documents*, which a reader makes (`documents.Reader`). A new one of the last kind is a function in a file of
its own and a line in `_FORMATS`; `register` adds one at run time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from corpus_kit._base.arguments import text_argument
from corpus_kit.errors import choose, invalid
from corpus_kit.readers.archives import read_tar, read_zip
from corpus_kit.readers.columnar import ipc_table, parquet_table
from corpus_kit.readers.conllu import conllu
from corpus_kit.readers.delimited import csv_table, tsv_table
from corpus_kit.readers.documents import Reader
from corpus_kit.readers.docx_files import docx
from corpus_kit.readers.epub import epub
from corpus_kit.readers.formats import Format
from corpus_kit.readers.json_files import json_file
from corpus_kit.readers.json_lines import json_table
from corpus_kit.readers.leipzig import leipzig
from corpus_kit.readers.odt import odt
from corpus_kit.readers.openiti import openiti
from corpus_kit.readers.packing import PACKINGS
from corpus_kit.readers.pdf import read_pdf
from corpus_kit.readers.press_archives import factiva, nexis
from corpus_kit.readers.press_databases import europresse, proquest
from corpus_kit.readers.rtf import read_rtf
from corpus_kit.readers.sources import COMPANION
from corpus_kit.readers.spreadsheets import spreadsheet
from corpus_kit.readers.subtitles import subtitles
from corpus_kit.readers.tei import tei
from corpus_kit.readers.texts import read_text_file
from corpus_kit.readers.vertical import vertical
from corpus_kit.readers.web_archives import warc
from corpus_kit.readers.web_pages import html, mhtml

__all__ = [
    "format_argument",
    "format_choice",
    "formats_by_ending",
    "recognized",
    "recognized_head",
    "register",
    "shown_endings",
]


_FORMATS = [
    Format("text", (".txt",), read_texts=read_text_file),
    Format("zip", (".zip",), read_texts=read_zip, is_archive=True),
    Format("tar", (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"), read_texts=read_tar, is_archive=True),
    Format("csv", (".csv",), open_table=csv_table),
    Format("tsv", (".tsv", ".tab"), open_table=tsv_table),
    Format("jsonl", (".jsonl", ".ndjson"), open_table=json_table),
    json_file(),
    spreadsheet(),
    Format("openiti", read_documents=openiti(), companions=(".yml",)),
    Format("tei", (".xml", ".tei"), read_documents=tei()),
    Format("html", (".html", ".htm", ".xhtml"), read_documents=html()),
    Format("mhtml", (".mhtml", ".mht"), read_documents=mhtml()),
    Format("warc", (".warc", ".warc.gz", ".wet", ".wet.gz", ".warc.wet", ".warc.wet.gz"), read_documents=warc()),
    Format("nexis", read_documents=nexis()),
    Format("factiva", read_documents=factiva()),
    Format("europresse", read_documents=europresse()),
    Format("proquest", read_documents=proquest()),
    Format("leipzig", read_documents=leipzig()),
    Format("conllu", (".conllu", ".conll"), read_documents=conllu()),
    Format("vrt", (".vrt", ".vert"), read_documents=vertical()),
    Format("docx", (".docx", ".docm", ".dotx", ".dotm"), read_documents=docx()),
    Format("odt", (".odt", ".fodt"), read_documents=odt()),
    Format("rtf", (".rtf",), read_documents=read_rtf),
    Format("pdf", (".pdf",), read_documents=read_pdf),
    Format("subtitles", (".srt", ".vtt", ".ass", ".ssa"), read_documents=subtitles()),
    Format("epub", (".epub",), read_documents=epub()),
    Format("parquet", (".parquet",), open_table=parquet_table),
    Format("ipc", (".ipc", ".arrow", ".feather"), open_table=ipc_table),
]
_registered: dict[str, Format] = {form.name: form for form in _FORMATS}

# How files begin whose names do not say what they are.
_MAGIC = ((b"######OpenITI#", "openiti"),)
_HEAD = 64  # bytes
_MOST_PARTS = 4  # of an ending at its dots, with what is before the first: ".warc.wet.gz"


def register(name: str, reader: Reader, endings: str | Iterable[str] = (), *, companions: Iterable[str] = ()) -> None:
    r"""Let `Corpus.build` and `add` read one more format, in this process.

    Args:
        name: What `format=` calls it. The name of another format replaces that one.
        reader: A function that takes a file (`ck.readers.File`) and yields documents (`ck.readers.Document`), and
            whatever it leaves out (`Skipped`, `LeftOut`, `Notice`), in order. An error that it raises makes the file
            unreadable for that reason.
        endings: The endings of the files that it reads, such as ".diary"; without one, only `format=` chooses it.
        companions: Endings of files beside these, or in a folder above, whose names begin theirs, such as metadata:
            they are counted as left out, and `file.beside` finds them in archives, too.

    Raises:
        InputError: If an argument is invalid.

    Examples:
        >>> import corpus_kit as ck, pathlib, tempfile
        >>> def read_diary(file):
        ...     for entry in file.text().split("\n===\n"):
        ...         day, _, text = entry.partition("\n")
        ...         yield ck.readers.Document(text, id=day, metadata={"date": day})
        >>> ck.readers.register("diary", read_diary, ".diary")
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> _ = (folder / "my.diary").write_text("2026-03-01\nوصلت أمس.\n===\n2026-03-02\nسافر أخي.", "utf-8")
        >>> corpus = ck.Corpus.build(folder / "my.diary", folder / "corpus")
        >>> corpus.documents.select("id", "date", "words").collect().rows()
        [('my.diary:2026-03-01', datetime.date(2026, 3, 1), 2), ('my.diary:2026-03-02', datetime.date(2026, 3, 2), 2)]
    """
    text_argument(name, "name")
    if not name or name.startswith("."):
        raise invalid("name", "a name that is no ending", name)
    if not callable(reader):
        raise invalid("reader", "a function that takes a file and yields documents", reader)
    given, beside = _endings(endings, "endings"), _endings(companions, "companions")
    _registered[name] = Format(name, given, read_documents=reader, companions=beside)


def _endings(value: object, name: str) -> tuple[str, ...]:
    given = [value] if isinstance(value, str) else value
    if not isinstance(given, Iterable):
        raise invalid(name, 'endings of file names, such as ".diary"', value)
    return tuple(_ending(each, name) for each in given)


def _ending(value: object, name: str) -> str:
    parts = value.split(".") if isinstance(value, str) else []
    if not 2 <= len(parts) <= _MOST_PARTS or parts[0] or not all(parts[1:]) or "/" in str(value):
        raise invalid(name, 'endings of file names, such as ".diary"', value)
    return str(value).lower()


def format_argument(value: object) -> Format | None:
    """Return the format that the argument `format` names: None, a name, a reader or a Format.

    Raises:
        InputError: If there is no such format.
    """
    if value is None or isinstance(value, Format):
        return value
    if isinstance(value, str):
        return _registered[choose(value, _registered, "format")]
    if callable(value):
        return Format(getattr(value, "__name__", type(value).__name__), read_documents=value)
    raise invalid("format", "the name of a format or a reader", value)


def formats_by_ending() -> dict[str, Format]:
    """Return the format of each ending, also of packed files; later registrations win."""
    return dict(_by_ending(tuple(_registered.values())))


@lru_cache(2)
def _by_ending(forms: tuple[Format, ...]) -> dict[str, Format]:
    found: dict[str, Format] = {}
    for form in forms:
        for ending in form.endings:
            found[ending] = form
    for ending, form in list(found.items()):
        if not form.is_archive:
            for packing in PACKINGS:
                found.setdefault(ending + packing, replace(form, packing=packing))
    return found


def shown_endings() -> list[str]:
    """Return the endings that messages list, without those of packed files."""
    return [ending for form in _registered.values() for ending in form.endings]


def recognized(path: Path) -> str:
    """Return the name of the format of a file that says what it is by its first bytes, or the empty string."""
    try:  # every text file comes by here: this takes a third of the time of Path.open
        file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError:
        return ""
    try:
        return recognized_head(os.read(file, _HEAD))
    except OSError:  # a folder, or a pipe, which would wait
        return ""
    finally:
        os.close(file)


def recognized_head(head: bytes) -> str:
    """Return the name of the format of a file that begins with these bytes, or the empty string."""
    head = head.removeprefix(b"\xef\xbb\xbf")
    return next((name for magic, name in _MAGIC if head.startswith(magic) and name in _registered), "")


def format_choice(asked: Format | None) -> tuple[dict[str, Format], Callable[[Path, str], str]]:
    """Return the formats by ending and by name, and what says how a file is read, given its ending.

    Args:
        asked: The format of all files; None leaves it to their endings and first bytes.
    """
    formats = {**formats_by_ending(), **_registered}
    if asked is None:
        beside = {each for form in _registered.values() for each in form.companions}

        def by_content(path: Path, ending: str) -> str:
            if ending not in ("", ".txt"):
                return ending
            if path.suffix.lower() in beside:
                return COMPANION
            return recognized(path) or ending

        return formats, by_content
    formats[asked.name] = asked
    own = asked.endings  # such as ".warc.gz", which its reader unpacks itself
    if not asked.is_archive:
        formats |= {asked.name + each: replace(asked, packing=each) for each in PACKINGS}

    def as_asked(path: Path, ending: str) -> str:
        suffix = path.suffix.lower()
        if suffix in asked.companions:
            return COMPANION
        if asked.is_archive or ending in own:
            return asked.name
        if formats[ending].is_archive if ending else False:
            return ending  # its members are read as asked
        return asked.name + suffix if suffix in PACKINGS else asked.name

    return formats, as_asked
