"""The widget of a live chart: it tells Python which marks were opened or selected, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import anywidget
import traitlets

from corpus_kit.plots.live import chart_script, chart_style

__all__ = ["ChartWidget"]

_MOST_MARKS = 1_000_000


class ChartWidget(anywidget.AnyWidget):
    """A live chart in a notebook; `Chart` makes it."""

    _esm = chart_script()
    _css = chart_style()
    _chart = traitlets.Dict().tag(sync=True)

    def __init__(
        self, chart: dict[str, Any], opened: Callable[[int], None], selected: Callable[[Sequence[int]], None]
    ) -> None:
        self._opened, self._selected = opened, selected
        super().__init__(_chart=chart)
        self.on_msg(self._received)

    def _received(self, _: Any, message: Any, __: Any) -> None:
        """Take a message of the page, which is whatever a browser sends; one of another form is not for us."""
        content = message if isinstance(message, Mapping) else {}
        mark, marks = content.get("mark"), content.get("marks")
        if content.get("kind") == "open" and type(mark) is int:
            self._opened(mark)
        elif content.get("kind") == "select" and isinstance(marks, list) and len(marks) <= _MOST_MARKS:
            self._selected([each for each in marks if type(each) is int])
