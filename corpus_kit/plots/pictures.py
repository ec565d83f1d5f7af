"""The content of a plot, whatever library draws it: bars, cells, points and lines, and where names are written.

A plot turns a table into one of these pictures; `live` and `draw_matplotlib` turn a picture into a live chart or a
figure. So both show the same, and the content can be tested without either.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from corpus_kit.display.isolation import without_isolates
from corpus_kit.plots.look import Theme

__all__ = [
    "Axis",
    "BarPanel",
    "BarPanels",
    "Bars",
    "Cell",
    "Circle",
    "Graph",
    "HeatMap",
    "Hue",
    "Line",
    "Link",
    "Mark",
    "Named",
    "Noted",
    "PanelBar",
    "Period",
    "Picture",
    "Point",
    "Rule",
    "Scatter",
    "Series",
    "Strip",
    "Strips",
    "Trace",
    "TracePanel",
    "Traces",
    "cut_to",
    "log_axis",
    "place_names",
    "root_axis",
    "spaced_names",
    "spread_out",
    "text_width",
]

Number = Literal["count", "decimal", "percent"]  # the format of the numbers of an axis
Hue = Literal["blue", "orange", "grey"]

AREA = (620, 440)  # width and height of a scatter plot, in pixels
NAME_SIZE = 13  # font size of a name beside a point, in pixels


@dataclass(frozen=True)
class Mark:
    """What is behind a bar, a cell or a point: rows of the table, a name, and what a tip says of it.

    Without `tip`, it says what the columns of the table do (`live.picture_data`).
    """

    rows: tuple[int, ...]
    name: str
    tip: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What every picture can have: a line below it, such as what it leaves out (`notes.shown_of`)."""

    note: str = ""


@dataclass(frozen=True)
class Bars(Noted):
    """Horizontal bars that grow from the right, the first at the top, with the texts of `shown` beside them."""

    labels: list[str]
    values: list[float]
    shown: list[str]
    axis: str
    number: Number
    rows: list[int] = field(default_factory=list)  # of the table


@dataclass(frozen=True)
class PanelBar:
    """A bar of a panel, from 0 to its value, with a text beside it or the interval of the value."""

    label: str
    value: float
    group: str = ""
    shown: str = ""
    low: float | None = None
    high: float | None = None
    row: int | None = None


@dataclass(frozen=True)
class BarPanel:
    """Horizontal bars with a title, the first at the top."""

    title: str
    bars: list[PanelBar]


@dataclass(frozen=True)
class BarPanels(Noted):
    """Small multiples: panels of bars that share an axis, the first at the right.

    With `from_right`, bars grow from the right; otherwise values above 0 are at the right.
    """

    WIDTH: ClassVar = 230  # pixels of a panel, without labels
    COLUMNS: ClassVar = 3
    LONGEST_LABEL: ClassVar = 320  # pixels

    panels: list[BarPanel]
    axis: str
    number: Number
    groups: dict[str, Hue] = field(default_factory=dict)
    from_right: bool = False

    @property
    def width(self) -> int:
        """The width of each panel; a single one has more room."""
        return self.WIDTH if len(self.panels) > 1 else 420

    @property
    def rows(self) -> list[list[BarPanel]]:
        """The panels row by row, the first of each at the right."""
        return [self.panels[first : first + self.COLUMNS] for first in range(0, len(self.panels), self.COLUMNS)]

    @property
    def label_width(self) -> float:
        """The room for labels at the right of each panel, in pixels."""
        widths = (text_width(bar.label, 14) for panel in self.panels for bar in panel.bars)
        return min(max(widths, default=0), self.LONGEST_LABEL) + 20

    @property
    def bounds(self) -> tuple[float, float]:
        """The ends of the shared axis."""
        bars = [bar for panel in self.panels for bar in panel.bars]
        ends = [0.0, *(end for bar in bars for end in (bar.value, bar.low, bar.high) if end is not None)]
        low, high = min(ends), max(ends)
        room = 0.24 if any(bar.shown for bar in bars) else 0.05
        return (low - 0.05 * (high - low) if low < 0 else 0.0), (high + room * (high - low) if high > 0 else 0.0)


@dataclass(frozen=True)
class Cell:
    """A cell of a heat map."""

    row: str
    column: str
    value: float
    shown: str
    interval: str
    dark: bool  # whether its ink must be readable on the last colours of the scale
    mark: Mark | None = None


@dataclass(frozen=True)
class HeatMap(Noted):
    """Coloured cells; the first column is at the right."""

    rows: list[str]
    columns: list[str]
    cells: list[Cell]
    intervals: bool

    @property
    def largest(self) -> float:
        """The largest value; 1 if there is none above 0."""
        return max((cell.value for cell in self.cells), default=0) or 1


@dataclass(frozen=True)
class Period:
    """A period of a series."""

    name: str
    documents: int
    hits: int
    rate: float | None
    low: float | None
    high: float | None
    burst: bool
    row: int | None = None


@dataclass(frozen=True)
class Series(Noted):
    """Rates over time with intervals, bursts as bands; below them the documents of each period.

    The legend has the names of what is drawn, each with a hue of a theme: "grey", "blue" or "band".
    """

    periods: list[Period]
    rate: str
    number: Number
    documents: str
    legend: dict[str, str]

    @property
    def named(self) -> list[str]:
        """The periods whose names are written below the axis: as many as there is room for, of years round ones."""
        return spaced_names([period.name for period in self.periods])

    @property
    def width(self) -> int:
        """The width in pixels: 22 for a period, fewer if there are many."""
        count = len(self.periods)
        return max(420, min(22 * count, max(1000, 6 * count)))


@dataclass(frozen=True)
class Link:
    """A line between two circles."""

    start: tuple[float, float]
    end: tuple[float, float]
    weight: float
    mark: Mark | None = None


@dataclass(frozen=True)
class Circle:
    """A node of a graph."""

    at: tuple[float, float]
    name: str
    strength: float
    community: int
    mark: Mark | None = None
    id: str = ""


@dataclass(frozen=True)
class Graph(Noted):
    """Circles, the links between them, and the size in pixels. A name is written above its circle."""

    LINK_WIDTHS: ClassVar = (0.75, 6.0)  # pixels
    CIRCLE_AREAS: ClassVar = (80, 620)  # square pixels
    NAME_ABOVE: ClassVar = 22  # pixels from the middle of the circle

    circles: list[Circle]
    links: list[Link]
    size: tuple[int, int]


@dataclass(frozen=True)
class Axis:
    """An axis from `low` to `high`. Without `ticks`, the library that draws chooses them."""

    title: str
    low: float
    high: float
    scale: Literal["linear", "log", "root"] = "linear"
    number: Number = "decimal"
    ticks: tuple[float, ...] = ()

    def part(self, value: float) -> float:
        """Return the position of a value: 0 at the low end, 1 at the high end."""
        low, high, at = (self._measure(number) for number in (self.low, self.high, value))
        return (at - low) / (high - low)

    def value(self, part: float) -> float:
        """Return the value at a position; the inverse of `part`."""
        low, high = self._measure(self.low), self._measure(self.high)
        at = low + part * (high - low)
        return 10.0**at if self.scale == "log" else at * abs(at) if self.scale == "root" else at

    def _measure(self, number: float) -> float:
        if self.scale == "log":
            return math.log10(number)
        return math.copysign(math.sqrt(abs(number)), number) if self.scale == "root" else number


def log_axis(title: str, low: float, high: float, *, number: Number = "count") -> Axis:
    """Return a logarithmic axis with room at both ends. Ticks are powers of ten; a short axis has more."""
    low, high = low / 1.25, high * 1.6
    steps = (1,) if high / low > 200 else (1, 2, 5)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = tuple(step * 10.0**power for power in powers for step in steps if low <= step * 10.0**power <= high)
    return Axis(title, low, high, "log", number, ticks)


def root_axis(title: str, high: float) -> Axis:
    """Return an axis from 0 with a square-root scale."""
    high = max(high, 1.0) * 1.12
    powers = range(math.floor(math.log10(high)) - 1, math.ceil(math.log10(high)) + 1)
    steps = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    return Axis(title, 0.0, high, "root", "decimal", (0.0, *(step for step in steps if high / 40 <= step <= high)))


@dataclass(frozen=True)
class Point:
    """A point in the values of the axes."""

    x: float
    y: float
    group: str = ""
    mark: Mark | None = None


@dataclass(frozen=True)
class Named:
    """A name and its centre, in the values of the axes."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A curve, with its name in the legend."""

    name: str
    points: list[tuple[float, float]]
    rows: list[int] = field(default_factory=list)  # of the table, unless it is the curve of a law


@dataclass(frozen=True)
class Rule:
    """A straight line at a value of one axis."""

    x: float | None = None
    y: float | None = None


@dataclass(frozen=True)
class Scatter(Noted):
    """Points, some of them named, curves and straight lines. The legend lists the groups, then the curves.

    `wanted` has all names at their points, for those who place names themselves, the most important first.
    """

    points: list[Point]
    x: Axis
    y: Axis
    names: list[Named] = field(default_factory=list)
    groups: dict[str, Hue] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    wanted: list[Named] = field(default_factory=list)

    @property
    def line_hues(self) -> list[str]:
        """The names of the colours of the curves, in the order of the legend."""
        return (["orange"] if self.groups else ["blue", "ink", "orange"])[: len(self.lines)]

    def colours(self, theme: Theme) -> list[str]:
        """Return the colours of the groups and then of the curves, in the order of the legend."""
        of_groups: list[str] = [getattr(theme, hue) for hue in self.groups.values()]
        return of_groups + [getattr(theme, hue) for hue in self.line_hues]


@dataclass(frozen=True)
class Strip:
    """A row of ticks."""

    label: str
    places: list[float]  # from 0 (the beginning) to 1 (the end)
    rows: list[int] = field(default_factory=list)  # of the table of all lines


@dataclass(frozen=True)
class Strips(Noted):
    """Rows of ticks: the positions of hits in a sequence of texts."""

    strips: list[Strip]
    axis: str


@dataclass(frozen=True)
class Trace:
    """A line over time with its band; None where there is no value."""

    name: str
    rates: list[float | None]
    low: list[float | None]
    high: list[float | None]
    colour: int  # its place among the lines
    partial: tuple[int, ...] = ()  # the places of values of periods that are not complete
    rows: list[int | None] = field(default_factory=list)  # of the table

    @property
    def end(self) -> tuple[int, float] | None:
        """The place of the last period that has a value, and the value."""
        places = [place for place, rate in enumerate(self.rates) if rate is not None]
        return (places[-1], float(self.rates[places[-1]] or 0.0)) if places else None

    @property
    def alone(self) -> list[int]:
        """The places of values without one before or after, which neither a line nor a band shows."""
        there = [False, *(rate is not None for rate in self.rates), False]
        return [place for place in range(len(self.rates)) if there[place : place + 3] == [False, True, False]]


@dataclass(frozen=True)
class TracePanel:
    """Lines that share axes, under a title."""

    title: str
    traces: list[Trace]


@dataclass(frozen=True)
class Traces(Noted):
    """Lines over time in panels of equal axes, the first at the right; the names of lines at their ends."""

    ROOM: ClassVar = 46  # pixels for the numbers at the left of a panel
    LEADER: ClassVar = 12  # pixels from the end of the axis to the name of a line
    ROW_GAP: ClassVar = 64  # pixels between rows of panels, for names of periods and titles

    panels: list[TracePanel]
    periods: list[str]
    rate: str
    number: Number

    @property
    def columns(self) -> int:
        """How many panels are beside one another."""
        return min(len(self.panels), 3)

    @property
    def is_named(self) -> bool:
        """Whether names are written at the ends of lines; in panels of one line, the note below names it."""
        return len(self.panels) == 1 or len(self.panels[0].traces) > 1

    @property
    def size(self) -> tuple[int, int]:
        """The width and height of a panel in pixels."""
        if len(self.panels) > 1:
            return 220, 130
        return max(420, min(22 * len(self.periods), 900)), 300

    @property
    def beside(self) -> int:
        """Pixels from the right end of a panel to the left end of the next one."""
        names = [text_width(trace.name, 11) for trace in self.panels[0].traces] if self.is_named else []
        return int(max(names, default=0)) + self.LEADER + self.ROOM

    @property
    def named(self) -> list[str]:
        """The periods whose names are written below the axis."""
        return spaced_names(self.periods, 7 if len(self.panels) == 1 else 3)

    @property
    def highest(self) -> float:
        """The upper end of the axis: of all intervals, but at most twice the highest rate."""
        traces = [trace for panel in self.panels for trace in panel.traces]
        high = max((value for trace in traces for value in trace.high if value is not None), default=0.0)
        rate = max((value for trace in traces for value in trace.rates if value is not None), default=0.0)
        return (min(high, 2 * rate) if rate else high) or 1.0

    def labels(self, panel: TracePanel) -> list[tuple[Trace, float]]:
        """Return the lines of a panel that have a value, and where their names are: values of the vertical axis."""
        lines = [trace for trace in panel.traces if trace.end is not None]
        height = self.size[1]
        ends = [trace.end[1] / self.highest * height for trace in lines if trace.end is not None]
        places = spread_out(ends, 15, 0, height)
        return [(trace, place / height * self.highest) for trace, place in zip(lines, places, strict=True)]


Picture = Bars | BarPanels | HeatMap | Series | Graph | Scatter | Strips | Traces


# ------------------------------------------------------------------------------------ positions of names


def spaced_names(names: Sequence[str], most: int = 7) -> list[str]:
    """Return as many of the names of periods as there is room for, of years round ones.

    >>> spaced_names([str(year) for year in range(1921, 1951)], 7)
    ['1925', '1930', '1935', '1940', '1945', '1950']
    """
    if not all(name.isdecimal() for name in names):
        return list(names[:: max(1, -(-len(names) // most))])
    steps = (each * 10**power for power in range(5) for each in (1, 2, 5))
    step = next(step for step in steps if step * 2 * most >= len(names))
    return [name for name in names if int(name) % step == 0] or list(names[:1])


def spread_out(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move places apart, as little as possible, so that no two are closer than a gap; their order stays.

    Neighbours that are too close become a block around the mean of what they wanted (pool adjacent violators).

    Args:
        wanted: The places.
        gap: The least distance.
        low: The lowest place.
        high: The highest place, unless there is not enough room.

    >>> spread_out([5.0, 6.0, 50.0], 10, 0, 100)
    [0.5, 10.5, 50.0]
    """
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    blocks: list[list[float]] = []  # the sum of the places wanted for the first item, and the number of items
    for index in order:
        blocks.append([min(max(wanted[index], low), high), 1])
        while len(blocks) > 1 and _first(blocks[-2]) + blocks[-2][1] * gap > _first(blocks[-1]):
            later = blocks.pop()
            blocks[-1][0] += later[0] - later[1] * blocks[-1][1] * gap
            blocks[-1][1] += later[1]
    places, least = [0.0] * len(wanted), low
    ends = high - gap * (len(wanted) - 1)
    rest = iter(order)
    done = 0
    for block in blocks:
        begin = max(min(_first(block), ends + gap * done), least)
        for item in range(int(block[1])):
            places[next(rest)] = begin + item * gap
        done += int(block[1])
        least = begin + block[1] * gap
    return places


def _first(block: list[float]) -> float:
    return block[0] / block[1]


def text_width(text: str, size: float = NAME_SIZE) -> float:
    """Estimate the width of a text in pixels; combining marks take none."""
    return 0.56 * size * sum(unicodedata.category(letter) not in ("Mn", "Cf") for letter in text)


def cut_to(text: str, width: float, size: float = NAME_SIZE) -> str:
    """Return a text that is at most so many pixels wide; of a longer one, the beginning and the end.

    The end stays since long names often differ there.

    >>> cut_to("الشرق الأوسط", 200), cut_to("مؤسسة النخلة للصحافة والنشر، طبعة الجنوب", 150)
    ('الشرق الأوسط', 'مؤسسة النخلة …الجنوب')
    """
    if text_width(text, size) <= width:
        return text
    text = without_isolates(text)
    letters = max(int(width / text_width("x", size)) - 1, 2)
    end = letters // 3
    return f"{text[: letters - end]}…{text[len(text) - end :]}"


def place_names(
    named: Sequence[tuple[str, float, float]],
    points: Iterable[tuple[float, float]],
    x: Axis,
    y: Axis,
    area: tuple[int, int] = AREA,
) -> list[Named]:
    """Place names beside their points, so that none covers another name or another named point.

    Args:
        named: The names with the values of their points, the most important first. A name without room is left out.
        points: Points that names should not cover if possible.
        x: The horizontal axis.
        y: The vertical axis.
        area: The size of the picture in pixels.
    """
    height = NAME_SIZE + 4
    busy = [(x.part(a) * area[0], y.part(b) * area[1]) for a, b in points]
    spots = [(x.part(a) * area[0], y.part(b) * area[1]) for _, a, b in named]
    boxes: list[tuple[float, float, float, float]] = []
    placed = []
    for (text, _, _), (at, up) in zip(named, spots, strict=True):
        width = text_width(text) + 8
        rooms = [
            (at + along * (width / 2 + 5), up + above * (height / 2 + 5), width, height)
            for along, above in ((0, 1), (1, 0), (-1, 0), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
        ]
        free = [
            room
            for room in rooms
            if _inside(room, area)
            and not any(_meet(room, box) for box in boxes)
            and not any(_meet(room, (*spot, 8, 8)) for spot in spots if spot != (at, up))
        ]
        if not free:
            continue
        room = min(free, key=lambda room: sum(_meet(room, (*spot, 4, 4)) for spot in busy))
        boxes.append(room)
        placed.append(Named(text, x.value(room[0] / area[0]), y.value(room[1] / area[1])))
    return placed


def _inside(room: tuple[float, float, float, float], area: tuple[int, int]) -> bool:
    at, up, width, height = room
    return width / 2 <= at <= area[0] - width / 2 and height / 2 <= up <= area[1] - height / 2


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return abs(one[0] - other[0]) < (one[2] + other[2]) / 2 and abs(one[1] - other[1]) < (one[3] + other[3]) / 2
