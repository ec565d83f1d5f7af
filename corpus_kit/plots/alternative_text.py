"""What a chart shows, in a sentence: for those who hear a page, and where an image is not displayed."""

from __future__ import annotations

from corpus_kit.display.isolation import without_isolates
from corpus_kit.display.values import shortened
from corpus_kit.plots.look import say
from corpus_kit.plots.pictures import BarPanels, Bars, Graph, HeatMap, Picture, Scatter, Series, Strips, Traces
from corpus_kit.safe_text import one_line

__all__ = ["alternative_text"]

_MOST_NAMES, _LONGEST_NAME = 5, 40
_KINDS: dict[type, tuple[str, str]] = {
    Bars: ("Bar chart", "رسم أعمدة"),
    BarPanels: ("Bar charts", "رسوم أعمدة"),
    HeatMap: ("Heat map", "خريطة حرارية"),
    Series: ("Rates over time", "المعدلات عبر الزمن"),
    Graph: ("Network", "شبكة"),
    Scatter: ("Scatter plot", "رسم انتشار"),
    Strips: ("Dispersion plot", "رسم التوزّع"),
    Traces: ("Line chart", "رسم خطّي"),
}
_ALL = ("It shows {names}.", "يعرض: {names}.")
_SOME = ("It shows {total:,} items, among them {names}.", "عدد المعروض {total:,}، ومنه: {names}.")


def alternative_text(picture: Picture, *, title: str | None = None, language: str = "en") -> str:
    """Return a sentence on the kind of a chart, its title and what it shows, with the first names.

    Args:
        picture: The picture.
        title: The line above it.
        language: "en" or "ar".

    >>> alternative_text(Bars(["news"], [3.0], ["3"], "count", "count"), title="Words")
    'Bar chart: Words. It shows news (3).'
    """
    arabic = language == "ar"
    named = list(dict.fromkeys(_plain(name) for name in _names(picture, language) if name))
    names = ("، " if arabic else ", ").join(named[:_MOST_NAMES])
    said = (_ALL if len(named) <= _MOST_NAMES else _SOME)[arabic].format(total=len(named), names=names)
    begin = _KINDS[type(picture)][arabic]
    whole = [f"{begin}: {_plain(title)}." if title else f"{begin}.", said if named else "", _plain(picture.note)]
    return " ".join(part for part in whole if part)


def _plain(text: str) -> str:
    return without_isolates(one_line(text))


def _names(picture: Picture, language: str) -> list[str]:
    """Return the names of what a picture shows, the most important first; of periods the first and the last."""
    match picture:
        case Bars():
            return [f"{_short(label)} ({shown})" for label, shown in zip(picture.labels, picture.shown, strict=True)]
        case BarPanels():
            several = len(picture.panels) > 1
            return [_short(panel.title) for panel in picture.panels] if several else _bars(picture)
        case HeatMap():
            return [_short(name) for name in picture.rows]
        case Series():
            ends = picture.periods[:: max(len(picture.periods) - 1, 1)]
            return [f" {say('to', language)} ".join(period.name for period in ends)]
        case Graph():
            return [_short(circle.name) for circle in sorted(picture.circles, key=lambda circle: -circle.strength)]
        case Scatter():
            return [_short(each.text) for each in picture.wanted or picture.names] or [
                *picture.groups,
                *(line.name for line in picture.lines),
            ]
        case Strips():
            return [_short(strip.label) for strip in picture.strips]
        case Traces():
            return [_short(trace.name) for panel in picture.panels for trace in panel.traces]


def _bars(picture: BarPanels) -> list[str]:
    return [_short(bar.label) for panel in picture.panels for bar in panel.bars]


def _short(name: str) -> str:
    return shortened(_plain(name), _LONGEST_NAME)
