r"""Tables as LaTeX: booktabs, with Arabic cells for XeLaTeX and LuaLaTeX."""

from __future__ import annotations

import re
from typing import BinaryIO

from corpus_kit.display.isolation import arabic_runs, by_direction, has_arabic
from corpus_kit.export.cells import PrintedColumn, PrintedTable

__all__ = ["latex_text", "write_latex"]

_ON_A_PAGE = 40  # rows; a longer table is a longtable
_ON_A_LINE = 36  # characters; longer texts are broken into lines
_LINE = 75  # characters of a line of a page
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}",
    "[": "{[}", "]": "{]}", "*": "{*}",  # after \\ they would be its options
    "\n": " ", "\t": " ",
}  # fmt: skip
_ESCAPES = re.compile("[" + re.escape("".join(_SPECIAL)) + "]")
_ISOLATED = re.compile("\u2068([^\u2068\u2069]*)\u2069")
_LIGATURE = re.compile("([-,!?])(?=[-,`])")  # fonts join -- and ,,
_LANGUAGES = r"""
% and, with XeLaTeX,
%   \usepackage{polyglossia}
%   \setdefaultlanguage{english}
%   \setotherlanguage{arabic}
%   \newfontfamily\arabicfont[Script=Arabic]{Amiri}
% or, with LuaLaTeX (with XeLaTeX, too, if bidi=default stands in place of bidi=basic),
%   \usepackage[bidi=basic, english]{babel}
%   \babelprovide[import]{arabic}
%   \babelfont[arabic]{rm}{Amiri}
%   \newcommand{\textarabic}[1]{\foreignlanguage{arabic}{#1}}
%   \newcommand{\textenglish}[1]{\foreignlanguage{english}{#1}}"""


def write_latex(table: PrintedTable, file: BinaryIO) -> list[str]:
    r"""Write a table for \input: a tabular, or a longtable of more than 40 rows.

    Columns are from left to right, and Arabic cells are aligned at the right: a concordance has what is before the
    node in the column at its right.

    Args:
        table: The table.
        file: Where the bytes go.

    Returns:
        What LaTeX could not hold as it was.
    """
    columns = table.from_left
    is_long = table.rows > _ON_A_PAGE
    lines = [_comment(table, is_long)]
    if columns:
        lines += _longtable(columns) if is_long else _tabular(columns)
    file.write(("\n".join(lines) + "\n").encode())
    breaks = sum(text.count("\n") for column in columns for text in column.texts)
    return [f"{breaks:,} line breaks written as spaces"] if breaks else []


def _comment(table: PrintedTable, is_long: bool) -> str:
    """Return the comment that says where the table comes from and which packages it needs."""
    lines = [f"% {table.title}.tex, written by corpus-kit; {table.title}.tex.json says how it was made."]
    if table.source:
        lines.append(f"% Source: {table.source}")
    packages = ["booktabs"]
    packages += ["longtable"] if is_long else []
    packages += ["array"] if any(map(_is_broken, table.columns)) else []
    engine = " of XeLaTeX or LuaLaTeX" if table.is_arabic else ""
    lines.append(f"% The preamble{engine} needs")
    lines += [f"%   \\usepackage{{{package}}}" for package in packages]
    return "\n".join(lines) + (_LANGUAGES if table.is_arabic else "")


def _tabular(columns: list[PrintedColumn]) -> list[str]:
    head = [r"\begin{tabular}{" + _specification(columns) + "}", r"\toprule", _head(columns), r"\midrule"]
    return [*head, *_rows(columns), r"\bottomrule", r"\end{tabular}"]


def _longtable(columns: list[PrintedColumn]) -> list[str]:
    head = [r"\begin{longtable}{" + _specification(columns) + "}", r"\toprule", _head(columns), r"\midrule"]
    return [*head, r"\endhead", r"\bottomrule", r"\endlastfoot", *_rows(columns), r"\end{longtable}"]


def _rows(columns: list[PrintedColumn]) -> list[str]:
    cells = [list(map(_cell, column.texts)) for column in columns]
    return [_row(list(row)) for row in zip(*cells, strict=True)]


def _head(columns: list[PrintedColumn]) -> str:
    """Return the names of columns, aligned as their cells; those of broken columns would be paragraphs."""
    return _row([rf"\multicolumn{{1}}{{{_alignment(column)}}}{{{_cell(column.name)}}}" for column in columns])


def _row(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"


def _specification(columns: list[PrintedColumn]) -> str:
    width = f"{_broken_width(columns):.2f}"
    return "".join(
        rf">{{{_RAGGED[_alignment(column)]}\arraybackslash}}p{{{width}\linewidth}}"
        if _is_broken(column)
        else _alignment(column)
        for column in columns
    )


def _broken_width(columns: list[PrintedColumn]) -> float:
    """Return the width of a column whose texts are broken into lines: its share of what the others leave."""
    others = [column for column in columns if not _is_broken(column)]
    taken = sum(max(map(len, [column.name, *column.texts])) for column in others) / _LINE + 0.03 * len(columns)
    return max(0.95 - taken, 0.4) / max(len(columns) - len(others), 1)


_RAGGED = {"l": r"\raggedright", "c": r"\centering", "r": r"\raggedleft"}


def _is_broken(column: PrintedColumn) -> bool:
    return not column.is_number and any(len(text) > _ON_A_LINE for text in column.texts)


def _alignment(column: PrintedColumn) -> str:
    """Return where the texts of a column are: words next to the node stand next to it."""
    if column.side:
        return {"before": "l", "node": "c", "after": "r"}[column.side]
    return "r" if column.is_number or column.is_arabic else "l"


def _cell(text: str) -> str:
    r"""Return a text for a cell.

    >>> print(_cell("50% of R&D"), _cell("عن Reuters"))
    50\% of R\&D \textarabic{عن \textenglish{Reuters}}
    """
    if not has_arabic(text):
        return _escaped(text)
    return rf"\textarabic{{{_right_to_left(text)}}}"


def latex_text(text: str, *, right_to_left: bool) -> str:
    r"""Return a text for a paragraph of XeLaTeX or LuaLaTeX, whose direction is given.

    What is isolated in the text (U+2068, U+2069) has the direction of its first letter.

    >>> print(latex_text("50% of هدنة", right_to_left=False))
    50\% of \textarabic{هدنة}
    >>> print(latex_text("بشرط \u2068n > 1 (x)\u2069", right_to_left=True))
    \textarabic{بشرط \textenglish{n \textgreater{} 1 (x)}}
    """
    if not right_to_left:
        runs = arabic_runs(_ISOLATED.sub(r"\1", text))
        return "".join(rf"\textarabic{{{_escaped(run)}}}" if is_arabic else _escaped(run) for run, is_arabic in runs)
    parts = []
    for place, part in enumerate(_ISOLATED.split(text)):
        is_latin = place % 2 == 1 and not has_arabic(next(filter(str.isalpha, part), ""))
        parts.append(rf"\textenglish{{{latex_text(part, right_to_left=False)}}}" if is_latin else _right_to_left(part))
    return rf"\textarabic{{{''.join(parts)}}}"


def _right_to_left(text: str) -> str:
    runs = by_direction(text.replace("\n", " "))
    return "".join(rf"\textenglish{{{_escaped(run)}}}" if to_right else _escaped(run) for run, to_right in runs)


def _escaped(text: str) -> str:
    r"""Return a text that LaTeX prints as it is.

    >>> print(_escaped("a--b {c}"))
    a-{\kern0pt}-b \{c\}
    """
    return _ESCAPES.sub(lambda found: _SPECIAL[found[0]], _LIGATURE.sub("\\1\x00", text)).replace("\x00", r"{\kern0pt}")
