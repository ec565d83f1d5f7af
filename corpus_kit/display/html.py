"""Right-to-left HTML: a concordance, a table of results, a whole page.

The pieces have inline styles only, since JupyterLab removes style sheets from
notebooks that it does not trust. Text has the colour of its surroundings and
every tint is translucent, so that a piece is readable in light and dark themes.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from rich.cells import cell_len

from corpus_kit._base.arguments import integer
from corpus_kit._version import __version__
from corpus_kit.display.columns import Explained, explain, explain_in, owner
from corpus_kit.display.fonts import embedded_faces
from corpus_kit.display.isolation import by_direction, frame_has_arabic, has_arabic
from corpus_kit.display.spelled import spelled as spelled_frame
from corpus_kit.display.values import (
    CONCORDANCE_COLUMNS,
    LIST_SEPARATOR,
    MISSING,
    Places,
    format_column,
    interval_decimals,
    named_pieces,
    plain,
    row_limit,
    rows_note,
    shortened,
    spelling_note,
    text_column,
    text_with_counts,
    visible,
)
from corpus_kit.display.wording import in_words
from corpus_kit.errors import InputError, choose, invalid

__all__ = [
    "Html",
    "concordance_html",
    "heading",
    "heads_of_lines",
    "image",
    "label_head",
    "page_html",
    "side_by_side_html",
    "table_html",
]


class Html(str):
    """A piece of HTML. A plain str is text and is escaped where a piece is expected."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


# Only named, never fetched. Naskh faces come first: running text is set in them.
_FONTS = (
    "font-family:Amiri,'Noto Naskh Arabic','Scheherazade New','Geeza Pro','Traditional Arabic','Noto Sans Arabic',"
    "'Segoe UI',Tahoma,serif;"
)
_SANS = "font-family:system-ui,'Segoe UI','Noto Sans','Helvetica Neue',Arial,'IBM Plex Sans Arabic',Amiri,sans-serif;"
_LINE = "border:none;border-bottom:1px solid rgba(128,128,128,0.3);"
_NODE_TINT = "background-color:rgba(230,159,0,0.22);"
# The k-th sort key has a tint and a kind of underline, so that no reader depends on colours.
# The hues are Okabe and Ito's blue, vermilion and bluish green.
_KEYS = (
    "background-color:rgba(0,114,178,0.25);border-bottom:2px solid rgb(45,140,200);font-weight:bold;",
    "background-color:rgba(213,94,0,0.22);border-bottom:4px double rgb(220,110,30);font-weight:bold;",
    "background-color:rgba(0,158,115,0.22);border-bottom:2px dotted rgb(0,158,115);font-weight:bold;",
)
_ANCHOR = "background-color:rgba(204,121,167,0.28);border-bottom:2px dashed rgb(204,121,167);"
_LONGEST_NAME = 16
_NARROW, _WIDEST_LEAST = 8, 16  # em: a column of longer texts is at least as wide as they are, up to this
_SPELLING = "spelling"  # the column that a key is shown as
# Code points. Longer texts would make a page heavy with what no screen shows.
_LONGEST_CONTEXT, _LONGEST_NODE, _LONGEST_CAPTION = 1000, 400, 200
SORT_KEY = re.compile(r"-?(before|after)([1-9]\d*)")
# A word as a reader sees it: letters, digits, marks and joiners in one run.
WORD = re.compile(r"[\w\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u08ca-\u08ff\u200c\u200d]+")


def concordance_html(
    frame: pl.DataFrame,
    *,
    caption: str | None = None,
    sort: str | Sequence[str] | None = None,
    labels: Sequence[str] = (),
    anchors: Sequence[Places] = (),
    max_rows: int | None = 100,
    total: int | None = None,
    hint: str = "",
    language: str = "en",
) -> Html:
    r"""Return concordance lines as HTML, right to left, the words next to the node always in sight.

    The words before the node are at its right. A context that is too long loses its far end, on the screen only;
    beyond 1,000 characters also in the HTML.

    Args:
        frame: The columns before, node, after (String), document, position and, optionally, id. Other columns are
            shown when the pointer rests on the reference.
        caption: A line above the table.
        sort: The keys by which the lines were sorted, such as ("after1", "before2"). The words that they name are
            tinted and underlined.
        labels: Columns of `frame` to show in columns of their own, after the reference.
        anchors: For each line the tokens of its node with anchors or labels, from `Concordance.anchor_places`. They are
            underlined, and the pointer shows their names.
        max_rows: The number of lines to show; None shows all. A note says how many are not shown.
        total: The number of lines, if `frame` has only the first of them.
        hint: What is said below: why there are no lines, or not those that were expected.
        language: Of the note and of the explanations of heads: "en" or "ar".

    Raises:
        InputError: If the table lacks these columns.

    >>> line = {"before": ["قرأت"], "node": ["الخبر"], "after": ["أمس"], "document": [0], "position": [6]}
    >>> "<bdi dir=\"rtl\">الخبر</bdi>" in concordance_html(pl.DataFrame(line))
    True
    """
    missing = [name for name in CONCORDANCE_COLUMNS if name not in frame.columns]
    if missing:
        raise InputError(
            f"frame must be a concordance with the columns {', '.join(CONCORDANCE_COLUMNS)}, "
            f"got one without {', '.join(missing)}. Its columns: {', '.join(frame.columns) or 'none'}."
        )
    limit = row_limit(max_rows)
    shown = frame if limit is None else frame.head(limit)
    keys = _key_styles(sort)
    beside_lines = {name: text_column(shown[name]) for name in labels}
    rows = "".join(
        _concordance_row(
            row, keys, [values[place] for values in beside_lines.values()], anchors[place] if anchors else ()
        )
        for place, row in enumerate(shown.iter_rows(named=True))
    )
    note = rows_note(shown.height, frame.height if total is None else total, "lines", hint=hint, language=language)
    # Node and reference are as wide as their content, within bounds. The contexts share the rest.
    node = _width(shown["node"].to_list(), low=4.5, high=12, factor=0.48)
    reference = _width([_reference(row) for row in shown.iter_rows(named=True)], low=4, high=11, factor=0.42)
    head = "".join(
        f'<th scope="col" class="ck-{name}" title="{name}: {_text(meaning)}" style="{_cell(_SANS)}'
        f'text-align:center;font-weight:600;font-size:13px;white-space:nowrap;overflow:hidden">{_text(label)}</th>'
        for name, (label, meaning) in heads_of_lines(language).items()
    )
    head += "".join(
        f'<th scope="col" class="ck-label" style="{_cell(_SANS)}text-align:center;font-weight:600;font-size:13px;'
        'white-space:nowrap;overflow:hidden;text-overflow:ellipsis">'
        f"<bdi>{_text(label_head(name, language))}</bdi></th>"
        for name in labels
    )
    beside = [_width([name, *values], low=4, high=9, factor=0.5) for name, values in beside_lines.items()]
    fixed = "".join(f'<col style="width:{width:.1f}em">' for width in (reference, *beside))
    columns = f'<colgroup><col><col style="width:{node:.1f}em"><col>{fixed}</colgroup>'
    table = (
        f'<table dir="rtl" style="{_FONTS}display:table;table-layout:fixed;width:100%;'
        f"min-width:{node + 26 + sum(beside):.0f}em;"
        f'border-collapse:collapse;margin:0;border:none;font-size:17px;line-height:1.6">'
        f"{_caption(caption)}{columns}"
        f'<thead><tr style="background:transparent">{head}</tr></thead><tbody>{rows}</tbody></table>'
    )
    return Html(_box("ck-concordance", "rtl", "ar", table, _note(note, "rtl", language)))


def _head_of_reference(language: str) -> tuple[str, str]:
    """Return the label and the explanation of the column that says where a line is."""
    if language == "ar":
        return "الموضع", "معرّف النص وموضع الكلمة فيه."
    return "place", "The id of the document and the place of the node in it."


def heads_of_lines(language: str) -> dict[str, tuple[str, str]]:
    """Return the labels and explanations of the parts of concordance lines."""
    found = {name: explain(name, language, "ck.kwic") for name in ("before", "node", "after")}
    of_words = {name: (each.label, each.explanation) for name, each in found.items() if each is not None}
    return {**of_words, "reference": _head_of_reference(language)}


def label_head(name: str, language: str) -> str:
    """Return the head of a column of the documents beside the lines: in Arabic, of one of the library its label.

    >>> label_head("date", "en"), label_head("date", "ar"), label_head("outlet", "ar")
    ('date', 'التاريخ', 'outlet')
    """
    return _head(name, explain_in(name, language, "Corpus.documents"), language)


def _key_styles(sort: str | Sequence[str] | None) -> dict[str, dict[int, str]]:
    """Return, for each side, the style of the n-th word from the node. Other keys style nothing."""
    styles: dict[str, dict[int, str]] = {"before": {}, "after": {}}
    for place, key in enumerate([sort] if isinstance(sort, str) else sort or ()):
        match = SORT_KEY.fullmatch(key)
        if match:
            styles[match[1]].setdefault(int(match[2]), _KEYS[min(place, len(_KEYS) - 1)])
    return styles


def _concordance_row(
    row: dict[str, Any], keys: dict[str, dict[int, str]], labels: Iterable[str | None], anchors: Places
) -> str:
    # The context before the node is a left-to-right cell around right-to-left text: so it ends at the node, and
    # a long one overflows at its far end. The padding leaves room for marks and underlines, which the cell would
    # cut off.
    cell = _cell(padding="5px 7px")
    context = "white-space:nowrap;overflow:hidden;text-overflow:ellipsis;"
    before = _context(row["before"], keys["before"], from_end=True)
    after = _context(row["after"], keys["after"], from_end=False)
    details = [
        f"{name}: {visible(plain(value)):.80}"
        for name, value in row.items()
        if name not in ("before", "node", "after") and value is not None
    ]
    return (
        '<tr style="background:transparent">'
        f'<td class="ck-before" dir="ltr" style="{cell}{context}text-align:left"><bdi dir="rtl">{before}</bdi></td>'
        f'<td class="ck-node" dir="rtl" style="{cell}{_NODE_TINT}text-align:center;font-weight:bold;'
        f'white-space:normal;overflow-wrap:break-word"><bdi dir="rtl">{_node(row["node"], anchors)}</bdi></td>'
        f'<td class="ck-after" dir="rtl" style="{cell}{context}text-align:right"><bdi dir="rtl">{after}</bdi></td>'
        f'<td class="ck-reference" dir="ltr" title="{_text(chr(10).join(details))}" style="{_cell(_SANS)}{context}'
        f'text-align:left;font-size:0.72em;opacity:0.75"><bdi>{_text(short_name(row))}</bdi>:{row["position"]}</td>'
        f"{''.join(map(_label, labels))}</tr>"
    )


def _label(value: str | None) -> str:
    return (
        f'<td class="ck-label" dir="rtl" title="{_text(value)}" style="{_cell()}white-space:nowrap;overflow:hidden;'
        f'text-overflow:ellipsis;text-align:right;font-size:0.8em"><bdi>{_or_missing(value)}</bdi></td>'
    )


def _context(value: Any, styles: dict[int, str], *, from_end: bool) -> str:
    text = shortened("" if value is None else str(value), _LONGEST_CONTEXT, keep_end=from_end)
    words = list(WORD.finditer(text)) if styles else []
    if from_end:
        words.reverse()
    marked = sorted((words[n - 1].span(), style) for n, style in styles.items() if n <= len(words))
    pieces, done = [], 0
    for (start, end), style in marked:
        pieces += [_running(text[done:start]), f'<span style="{style}">{_running(text[start:end])}</span>']
        done = end
    return "".join([*pieces, _running(text[done:])])


def _running(text: str) -> str:
    """Return running text for a right-to-left cell, in which Latin words and numbers with signs keep their order."""
    return "".join(
        f'<bdi dir="ltr">{_text(run)}</bdi>' if left_to_right else _text(run)
        for run, left_to_right in by_direction(text)
    )


def _node(value: Any, anchors: Places) -> str:
    text = shortened("" if value is None else str(value), _LONGEST_NODE)
    return "".join(
        f'<span class="ck-anchor" title="{_text(name)}" style="{_ANCHOR}">{_running(piece)}</span>'
        if name
        else _running(piece)
        for piece, name in named_pieces(text, anchors)
    )


def _name(row: dict[str, Any]) -> str:
    identity = row.get("id")
    return str(row["document"] if identity is None else identity)


def short_name(row: dict[str, Any]) -> str:
    """Return an id short enough to leave room for the position: its end, where addresses and file names differ."""
    name = _name(row)
    return name if len(name) <= _LONGEST_NAME else "…" + name[1 - _LONGEST_NAME :]


def _reference(row: dict[str, Any]) -> str:
    return f"{short_name(row)}:{row['position']}"


def _width(texts: Iterable[Any], *, low: float, high: float, factor: float) -> float:
    widest = max((cell_len(str(text)) for text in texts if text is not None), default=0)
    return min(max(widest * factor + 1.2, low), high)


def table_html(
    frame: pl.DataFrame,
    *,
    caption: str | None = None,
    max_rows: int | None = 50,
    more: bool = False,
    max_text: int | None = 300,
    spelled: bool = False,
    language: str = "en",
) -> Html:
    """Return any table of results as HTML, right to left if its heads are Arabic or a text column has Arabic.

    A missing value is an em dash, an empty text an empty cell. Integers have thousands separators, except ids and
    positions (unsigned columns). What a column means is shown when the pointer rests on its head and, for fingers,
    keyboards and paper, in a list below the table that opens.

    Args:
        frame: The table.
        caption: A line above the table.
        max_rows: The number of rows to show; None shows all. A note says how many are not shown.
        more: Whether there are more rows than `frame` has, and nobody knows how many.
        max_text: The number of code points of a text to show, followed by "…"; None shows all.
        spelled: Whether to show the column `spelling` in place of the form that was counted.
        language: Of heads, explanations and values: "en" (heads are the names of columns) or "ar".

    >>> "1,250" in table_html(pl.DataFrame({"word": ["خبر"], "count": [1250]}))
    True
    """
    limit = row_limit(max_rows)
    shown = frame if limit is None else frame.head(limit)
    shown, key = spelled_frame(shown) if spelled else (shown, None)
    schema, decimals, shown = shown.schema, interval_decimals(shown), in_words(shown, language, frame)
    rtl = language == "ar" or frame_has_arabic(shown)
    columns = [
        _table_column(column, decimals.get(column.name), max_text, rtl, is_time=schema[column.name].is_temporal())
        for column in shown.iter_columns()
    ]
    meanings = {
        name: explain_in(_SPELLING if name == key else name, language, owner(name, frame)) for name in shown.columns
    }
    head = "".join(
        f'<th scope="col" title="{_text(_title(meanings[name], dtype))}" style="{_cell(_SANS)}'
        f"text-align:{_align(_is_number(dtype), rtl)};font-weight:600;font-size:13px;white-space:nowrap"
        f'"><bdi>{_text(_head(name, meanings[name], language))}</bdi></th>'
        for name, dtype in schema.items()
    )
    rows = "".join(f'<tr style="background:transparent">{"".join(cells)}</tr>' for cells in zip(*columns, strict=True))
    table = (
        f'<table dir="{"rtl" if rtl else "ltr"}" style="{_FONTS}display:table;width:auto;border-collapse:collapse;'
        f'margin:0;border:none;font-size:16px;line-height:1.6">{_caption(caption)}'
        f'<thead><tr style="background:transparent">{head}</tr></thead><tbody>{rows}</tbody></table>'
    )
    notes = [
        rows_note(shown.height, None if more else frame.height, "rows", language=language),
        spelling_note(key, language) if key else None,
    ]
    direction = "rtl" if rtl else "ltr"
    below = _note("; ".join(note for note in notes if note), direction, language) + _legend(
        meanings, direction, language
    )
    return Html(_box("ck-table", direction, "ar" if rtl else "", table, below))


def _head(name: str, meaning: Explained | None, language: str) -> str:
    return name if meaning is None or language == "en" else meaning.label


def _title(meaning: Explained | None, dtype: pl.DataType) -> str:
    kind = str(dtype.base_type())  # not the categories and fields, of which there may be many
    return kind if meaning is None else f"{meaning.explanation} ({kind})"


_LEGEND = {"en": "What the columns mean", "ar": "معاني الأعمدة"}


def _legend(meanings: Mapping[str, Explained | None], direction: str, language: str) -> str:
    """Return a list of the columns and their explanations, closed at first."""
    items = "".join(
        f'<dt style="font-weight:600"><bdi>{_text(name)}</bdi>{_own_label(name, meaning)}</dt>'
        f'<dd style="margin:0 1.5em 0.3em">{_text(meaning.explanation)}</dd>'
        for name, meaning in meanings.items()
        if meaning is not None
    )
    if not items:
        return ""
    return (
        f'<details class="ck-columns" {_side(direction, language)}><summary style="cursor:pointer">'
        f'{_LEGEND[language]}</summary><dl dir="{_DIRECTIONS[language]}" style="margin:4px 0;max-width:46em;'
        f'text-align:{"left" if language == "en" else "right"}">{items}</dl></details>'
    )


def _own_label(name: str, meaning: Explained) -> str:
    return "" if meaning.label == name else f" \u2013 <bdi>{_text(meaning.label)}</bdi>"


def _is_number(dtype: pl.DataType) -> bool:
    return dtype.is_numeric()


def _align(number: bool, rtl: bool) -> str:
    # Digits are aligned at the right in both directions; text starts where its table starts.
    return "right" if number or rtl else "left"


def _table_column(
    column: pl.Series, decimals: int | None, max_text: int | None, rtl: bool, *, is_time: bool
) -> list[str]:
    if _is_number(column.dtype):
        style = f"{_cell(_SANS)}text-align:right;white-space:nowrap;font-size:14px"
        return [f'<td dir="ltr" style="{style}">{_or_missing(value)}</td>' for value in format_column(column, decimals)]
    text = f"{_cell()}text-align:{_align(False, rtl)};max-width:36em;white-space:pre-wrap;overflow-wrap:break-word"
    if is_time:
        style = f"{_cell(_SANS)}text-align:{_align(False, rtl)};white-space:nowrap;font-size:14px"
        values = [None if value is None else str(value) for value in column.to_list()]
        directions = ["rtl" if value and has_arabic(value) else "ltr" for value in values]
        return [
            f'<td style="{style}"><bdi dir="{direction}">{_or_missing(value)}</bdi></td>'
            for value, direction in zip(values, directions, strict=True)
        ]
    values = column.to_list()
    texts = values if column.dtype == pl.String else []
    least = _WIDEST_LEAST if column.dtype.is_nested() else _width(texts, low=0, high=_WIDEST_LEAST, factor=0.5)
    if least > _NARROW:
        text += f";min-width:{least:.0f}em"  # or many numbers beside it would squeeze it into a strip
    return [f'<td style="{text}">{_nested(value, max_text)}</td>' for value in values]


def _or_missing(value: str | None) -> str:
    return f'<span style="opacity:0.55">{MISSING}</span>' if value is None else _text(value)


def _nested(value: Any, max_text: int | None) -> str:
    """Return a text, list or struct with each text in it isolated, so that none reorders its neighbours."""
    if isinstance(value, pl.Series):
        value = value.to_list()
    if isinstance(value, dict):
        pairs = (f"<bdi>{_text(str(key))}</bdi>: {_nested(item, max_text)}" for key, item in value.items())
        return LIST_SEPARATOR.join(pairs)
    if isinstance(value, list) and value:
        return LIST_SEPARATOR.join(_listed(item, max_text) for item in value)
    if value is None:
        return _or_missing(None)
    shown = plain(value)
    if max_text is not None and len(shown) > max_text:
        shown = shown[:max_text] + "…"
    return f"<bdi>{_text(shown)}</bdi>"


def _listed(value: Any, max_text: int | None) -> str:
    counted = text_with_counts(value)
    if counted is None:
        return _nested(value, max_text)
    return f'{_nested(counted[0], max_text)} <bdi dir="ltr" style="{_SANS}font-size:13px">{counted[1]}</bdi>'


def _text(value: Any) -> str:
    return html.escape(visible("" if value is None else str(value)), quote=True)


def _cell(font: str = "", *, padding: str = "1px 7px") -> str:
    return f"padding:{padding};vertical-align:baseline;{_LINE}{font}"


def _caption(caption: str | None) -> str:
    if caption is None:
        return ""
    align, write = ("right", _running) if has_arabic(caption) else ("left", _text)
    return (
        f'<caption style="caption-side:top;text-align:{align};font-weight:bold;padding:4px 7px;white-space:nowrap">'
        f"<bdi>{write(shortened(caption, _LONGEST_CAPTION))}</bdi></caption>"
    )


_DIRECTIONS = {"en": "ltr", "ar": "rtl"}


def _side(direction: str, language: str) -> str:
    """Return the attributes of what is below a table and begins where the table begins."""
    return (
        f'dir="{_DIRECTIONS[language]}" lang="{language}" style="{_SANS}font-size:12px;opacity:0.75;padding:4px 7px;'
        f'text-align:{"right" if direction == "rtl" else "left"}"'
    )


def _note(note: str | None, direction: str, language: str) -> str:
    return f'<div class="ck-note" {_side(direction, language)}>{_text(note)}</div>' if note else ""


def _box(name: str, direction: str, lang: str, table: str, below: str) -> str:
    language = f' lang="{lang}"' if lang else ""
    return (
        # In a notebook MathJax would take two dollar signs for a formula.
        f'<div class="{name} tex2jax_ignore mathjax_ignore" dir="{direction}"{language} style="max-width:100%">'
        f'<div class="ck-scroll" style="max-width:100%;overflow-x:auto;overflow-y:hidden">{table}</div>{below}</div>'
    )


# What is in one text only, told apart by a line, not by its colour alone.
_ONLY_HERE = {
    "del": "background-color:rgba(213,94,0,0.18);text-decoration:line-through;",
    "ins": "background-color:rgba(0,114,178,0.18);text-decoration:underline;text-decoration-thickness:2px;",
}
_BESIDE = "display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));column-gap:1.5rem;"
Pieces = Sequence[tuple[str, str]]


def side_by_side_html(
    heads: tuple[str, str], rows: Sequence[tuple[Pieces, Pieces]], note: str, language: str = "en"
) -> Html:
    """Return two texts in two columns, one below the other where it is narrow, with what differs marked.

    Args:
        heads: What the texts are called.
        rows: For each paragraph the pieces of both texts, as (kind, text); all but those of the kind "same" are marked,
            in the first text as deleted, in the second as inserted.
        note: A line below.
        language: The language of the note.

    >>> shown = side_by_side_html(("a", "b"), [([("same", "x "), ("deletion", "<y>")], [("same", "x")])], "")
    >>> "<del style=" in shown, "&lt;y&gt;" in shown
    (True, True)
    """
    texts = [text for row in rows for side in row for _, text in side]
    direction = "rtl" if any(map(has_arabic, texts)) else "ltr"
    head = "".join(
        f'<div style="{_SANS}{_LINE}font-size:0.8em;font-weight:bold;text-align:start">'
        f"<bdi>{_text(shortened(name, _LONGEST_CAPTION))}</bdi></div>"
        for name in heads
    )
    grid = f'<div class="ck-beside" style="{_BESIDE}">'
    body = "".join(f"{grid}{_beside(row[0], 'del', heads[0])}{_beside(row[1], 'ins', heads[1])}</div>" for row in rows)
    lang, below = "ar" if direction == "rtl" else "", _note(note, direction, language)
    return Html(_box("ck-side-by-side", direction, lang, f"{grid}{head}</div>{body}", below))


def _beside(pieces: Pieces, tag: str, head: str) -> str:
    """Return a paragraph of one of two texts."""
    marked = "".join(
        _running(text) if kind == "same" else f'<{tag} style="{_ONLY_HERE[tag]}">{_running(text)}</{tag}>'
        for kind, text in pieces
    )
    edge = "border-inline-start:3px solid rgba(0,114,178,0.5);" if tag == "ins" else ""
    return (
        f'<div class="ck-text" title="{_text(head)}" style="{_FONTS}{edge}padding:2px 7px;font-size:1.15em;'
        f'line-height:1.7;text-align:start;white-space:pre-wrap;overflow-wrap:anywhere">{marked}</div>'
    )


def heading(text: str, *, level: int = 2) -> Html:
    """Return a heading for a page.

    >>> print(heading("Counts"))
    <h2 dir="auto" lang="en">Counts</h2>
    """
    level = integer(level, "level", least=1, most=4)
    return Html(f'<h{level} dir="auto" lang="{_language(text)}">{_text(text)}</h{level}>')


def image(png: bytes, *, alt: str) -> Html:
    """Return an image stored in the page itself; `alt` says in words what it shows."""
    if not png.startswith(b"\x89PNG\r\n\x1a\n"):
        raise invalid("png", "the bytes of a PNG", png[:8])
    data = base64.b64encode(png).decode("ascii")
    return Html(f'<figure><img alt="{_text(alt)}" src="data:image/png;base64,{data}"></figure>')


def page_html(title: str, parts: Iterable[Any], *, lang: str | None = None, fonts: bool = False) -> Html:
    r"""Return a self-contained page, which loads nothing and is readable in light and dark, on a phone and on paper.

    Args:
        title: The heading of the page.
        parts: The content, in order: a str is a paragraph (escaped), `Html` is kept, a DataFrame becomes a table,
            and anything that a notebook can show is shown as there.
        lang: The language, which decides the direction: "ar" or "en"; None takes that of the title.
        fonts: Whether to put the letters of an Arabic font into the page (about 150 kB), for readers without one.
            This needs the extra `notebooks`.

    >>> "<p dir=\"auto\" lang=\"en\">1 &lt; 2</p>" in page_html("Report", ["1 < 2"])
    True
    """
    language = _language(title) if lang is None else choose(lang, ("ar", "en"), "lang")
    body = "\n".join(_part(part) for part in parts)
    faces = embedded_faces(title + body) if fonts else ""
    return Html(
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        # Makes sure that the page is self-contained: a browser refuses to load anything for it.
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'\">\n"
        f'<meta name="generator" content="corpus-kit {__version__}">\n'
        f"<title>{_text(title)}</title>\n<style>\n{faces}{_PAGE_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"{heading(title, level=1)}\n{body}\n</main>\n</body>\n</html>\n"
    )


def _part(part: Any) -> str:
    if isinstance(part, Html):
        return str(part)
    if isinstance(part, str):
        return f'<p dir="auto" lang="{_language(part)}">{_text(part)}</p>'
    if isinstance(part, pl.DataFrame):
        return table_html(part)
    show = getattr(part, "_repr_html_", None)
    if callable(show):
        return str(show())
    raise invalid("parts", "made of str, Html, DataFrames and objects that a notebook can show", part)


def _language(text: str) -> str:
    return "ar" if has_arabic(text) else "en"


_PAGE_STYLE = f"""\
:root {{ color-scheme: light dark; --page: #fdfcf9; --ink: #1d1d1f; --rule: #8886; }}
@media (prefers-color-scheme: dark) {{ :root {{ --page: #16181c; --ink: #e6e4df; }} }}
* {{ box-sizing: border-box; }}
html {{ background: var(--page); color: var(--ink); }}
body {{ margin: 0; {_SANS} font-size: 16px; line-height: 1.6; }}
main {{ max-width: 75rem; margin: 0 auto; padding: 1.5rem clamp(.75rem, 3vw, 2.5rem) 3rem; }}
h1 {{ font-size: 1.75rem; line-height: 1.3; margin: .5rem 0 1rem; }}
h2 {{ font-size: 1.25rem; margin: 2.25rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--rule); }}
h3, h4 {{ font-size: 1.05rem; margin: 1.5rem 0 .4rem; }}
p {{ max-width: 46rem; }}
[lang=ar]:is(p, h1, h2, h3, h4) {{ {_FONTS} }}
p[lang=ar] {{ font-size: 1.15rem; margin-left: auto; }}
p[lang=en] {{ margin-right: auto; }}
figure {{ margin: 1rem 0; }}
img {{ max-width: 100%; height: auto; border-radius: 6px; }}
.ck-concordance, .ck-table {{ margin: 1rem 0; }}
@media (max-width: 640px) {{
  /* A phone: each line is a row of three, its reference below it. */
  .ck-concordance table {{ min-width: 0 !important; font-size: 15px !important; }}
  .ck-concordance :is(table, tbody, thead, caption) {{ display: block !important; }}
  .ck-concordance :is(colgroup, thead) {{ display: none !important; }}
  .ck-concordance caption {{ white-space: normal !important; }}
  .ck-concordance tr {{ display: grid; grid-template-columns: 1fr minmax(4.5em, 24%) 1fr; padding: 2px 0;
    border-bottom: 1px solid var(--rule); }}
  .ck-concordance td {{ min-width: 0; border: none !important; padding: 6px 3px !important; }}
  .ck-concordance :is(.ck-reference, .ck-label) {{ grid-column: 1 / -1; padding: 0 !important;
    text-align: center !important; font-size: 11px !important; }}
  .ck-table td {{ max-width: 16em !important; }}
}}
@media print {{
  :root {{ --page: #fff; --ink: #000; }}
  main {{ max-width: none; padding: 0; }}
  thead {{ display: table-header-group; }}
  tr, figure {{ break-inside: avoid; }}
  h2, h3 {{ break-after: avoid; }}
  .ck-scroll {{ overflow: visible !important; }}
  .ck-concordance table {{ min-width: 0 !important; font-size: 10pt !important; }}
  * {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
}}
"""
