"""Tables as Word documents (.docx): a real table, from right to left where it has Arabic."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from corpus_kit.display.isolation import arabic_runs, by_direction, has_arabic
from corpus_kit.errors import InputError
from corpus_kit.export.cells import PrintedColumn, PrintedTable
from corpus_kit.readers.documents import needed

__all__ = ["write_word"]

_ROWS, _COLUMNS = 32_767, 63  # the limits of a table in Word
_MADE = (1980, 1, 1, 0, 0, 0)  # with a fixed date, the same table gives the same bytes
_SHORT, _LONG, _MARGIN = 7_560_310, 10_692_130, 720_000  # A4 and its margins, in 1/914,400 of an inch
_TWIP = 635  # of them in a twentieth of a point
_FONTS = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Arial"/>'
_LRM = "\u200e"
_BREAKS = re.compile("([\n\t])")
_NARROWEST, _WIDEST = 8, 30  # characters that a column is wide
_ON_A_PAGE = 90  # characters that an upright page is wide


def write_word(table: PrintedTable, file: BinaryIO) -> list[str]:
    """Write a table as a Word document: its name, the table with its header on every page, and its source.

    Args:
        table: The table.
        file: Where the bytes go.

    Returns:
        What Word could not hold as it was.

    Raises:
        InputError: If the table has more rows or columns than Word allows.
        SourceError: If python-docx is not installed.
    """
    if table.rows + 1 > _ROWS or len(table.columns) > _COLUMNS:
        raise InputError(
            f"A table in a .docx file holds {_ROWS - 1:,} rows below the header and {_COLUMNS} columns, but the table "
            f"has {table.rows:,} rows and {len(table.columns)} columns. Save it as .xlsx, .csv or .parquet."
        )
    docx = needed("docx", "Word files")
    document = docx.Document()
    _set_up(document, table)
    parts = [_table(table)] if table.columns else []
    parts += [_paragraph(f"Source: {table.source}", size=16)] if table.source else []
    written = BytesIO()
    document.save(written)
    _copy(written, file, "".join(parts).encode())
    marks = sum(part.count(_LRM) for part in parts)
    return [f"{marks:,} left-to-right marks (U+200E) around numbers and Latin words in Arabic texts"] if marks else []


def _set_up(document: Any, table: PrintedTable) -> None:
    """Fill in what Word shows of a document, and the form of its page."""
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "corpus-kit", table.title, ""
    properties.created = properties.modified = datetime(*_MADE)
    section = document.sections[0]
    section.page_width, section.page_height = _page(table.columns)
    section.orientation = int(section.page_width > section.page_height)
    section.left_margin = section.right_margin = _MARGIN


def _page(columns: list[PrintedColumn]) -> tuple[int, int]:
    """Return the width and height of a page: one with a wide table lies on its side."""
    return (_LONG, _SHORT) if sum(map(_characters, columns)) > _ON_A_PAGE else (_SHORT, _LONG)


def _copy(written: BytesIO, file: BinaryIO, content: bytes) -> None:
    """Copy an empty document with its content, and with fixed dates: python-docx writes the time into it.

    The content is put in as text: lxml needs time that grows with the square of the number of cells.
    """
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "word/document.xml":
                end = data.rfind(b"<w:sectPr")  # the form of the page
                data = data[:end] + content + data[end:]
            info = zipfile.ZipInfo(item.filename, _MADE)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)


# ----------------------------------------------------------------------------- WordprocessingML


def _table(table: PrintedTable) -> str:
    widths = _widths(table.columns)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    direction = "<w:bidiVisual/>" if table.is_arabic else ""
    cells = [[_cell(text, column) for text in column.texts] for column in table.columns]
    head = [_cell(column.name, column, is_head=True) for column in table.columns]
    rows = "".join(_row(row) for row in zip(*cells, strict=True))
    return (
        f'<w:tbl><w:tblPr>{direction}<w:tblW w:w="5000" w:type="pct"/>'
        '<w:tblBorders><w:top w:val="single" w:sz="8"/><w:bottom w:val="single" w:sz="8"/></w:tblBorders>'
        '<w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{_row(head, is_head=True)}{rows}</w:tbl>"
    )


def _widths(columns: list[PrintedColumn]) -> list[int]:
    """Share the width of the page: a column gets what its longest text needs, within bounds."""
    wide = list(map(_characters, columns))
    width = (_page(columns)[0] - 2 * _MARGIN) // _TWIP
    return [width * each // sum(wide) for each in wide]


def _characters(column: PrintedColumn) -> int:
    return min(max(_NARROWEST, *map(len, [column.name, *column.texts])) + 3, _WIDEST)


def _row(cells: Any, *, is_head: bool = False) -> str:
    head = "<w:tblHeader/>" if is_head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, column: PrintedColumn, *, is_head: bool = False) -> str:
    border = '<w:tcBorders><w:bottom w:val="single" w:sz="4"/></w:tcBorders>' if is_head else ""
    is_bold = is_head or column.side == "node"
    paragraph = _paragraph(text, place=_place(column), right_to_left=has_arabic(text), bold=is_bold)
    return f"<w:tc><w:tcPr>{border}</w:tcPr>{paragraph}</w:tc>"


def _place(column: PrintedColumn) -> str:
    """Return where the texts of a column stand on the page: words next to the node stand next to it."""
    if column.side:
        return {"before": "left", "node": "center", "after": "right"}[column.side]
    return "right" if column.is_number or column.is_arabic else "left"


def _paragraph(
    text: str, *, place: str = "left", right_to_left: bool = False, bold: bool = False, size: int = 18
) -> str:
    """Return a paragraph. In one from right to left, Word calls the side "left" where its lines begin."""
    if right_to_left:
        place = {"left": "right", "right": "left"}.get(place, place)
        runs = [(_marked(run) if to_right else run, not to_right) for run, to_right in by_direction(text)]
    else:
        runs = arabic_runs(text)
    bidi = "<w:bidi/>" if right_to_left else ""
    return (
        f'<w:p><w:pPr>{bidi}<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>'
        f'<w:jc w:val="{place}"/></w:pPr>'
        f"{''.join(_run(run, right_to_left=is_turned, bold=bold, size=size) for run, is_turned in runs)}</w:p>"
    )


def _marked(run: str) -> str:
    """Put left-to-right marks around a run that a paragraph from right to left would turn, such as -3.5%."""
    return run if run[0].isalpha() and run[-1].isalpha() else f"{_LRM}{run}{_LRM}"


def _run(text: str, *, right_to_left: bool, bold: bool, size: int) -> str:
    weight = "<w:b/><w:bCs/>" if bold else ""
    direction = "<w:rtl/>" if right_to_left else ""
    breaks = {"\n": "<w:br/>", "\t": "<w:tab/>"}
    pieces = "".join(
        breaks.get(piece) or f'<w:t xml:space="preserve">{escape(piece)}</w:t>'
        for piece in _BREAKS.split(text)
        if piece
    )
    style = f'<w:rPr>{_FONTS}{weight}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>{direction}</w:rPr>'
    return f"<w:r>{style}{pieces}</w:r>"
