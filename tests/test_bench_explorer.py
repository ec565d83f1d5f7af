"""The table of tests/bench/explorer.py; what fills it needs a browser."""

from __future__ import annotations

import explorer


def test_the_least_of_each_time() -> None:
    typed = {"typing: x": [10.0, 30.0, 20.0], "typing: x, CPU": 5.0, "typing: x, silent": 1}
    again = {"typing: x": [10.0, 400.0, 20.0, 500.0], "typing: x, CPU": 9.0}
    rounds = [{"tab": 3.2, "tab, CPU": 10.0, "shift": 0.06, **typed}, {"tab": 2.1, "tab, CPU": 20.0, **again}]
    assert explorer.table(rounds).splitlines()[2:] == [
        "| tab | 2 | 10 |",
        "| shift | 0.060 |  |",
        "| typing: x (median / 95 % / most, 3 keys, 1 silent) | 20 / 30 / 30 | 5 |",
    ]
