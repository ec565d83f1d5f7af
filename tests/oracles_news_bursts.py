"""Slow, obvious twins of corpus_kit.news.bursts and periods."""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import cache
from itertools import product

from hijridate import Gregorian, Hijri


def binomial_cost(hits: int, trials: int, rate: float) -> float:
    """Return the negative logarithm of the binomial probability, in Kleinberg's form."""
    if not trials:
        return 0.0
    return -(math.log(math.comb(trials, hits)) + hits * math.log(rate) + (trials - hits) * math.log(1 - rate))


def cost_of(states: tuple[int, ...], hits: list[int], trials: list[int], rates: tuple[float, float], gamma: float):
    """Return the cost of a state sequence; the automaton starts in the usual state."""
    total, before = 0.0, 0
    for state, hit, trial in zip(states, hits, trials, strict=True):
        if state > before:
            total += gamma * math.log(len(hits))
        total += binomial_cost(hit, trial, rates[state])
        before = state
    return total


def rates_of(hits: list[int], trials: list[int], s: float) -> tuple[float, float] | None:
    """Return the usual and the raised rate; None if no rate is higher."""
    usual = sum(hits) / sum(trials) if sum(trials) else 0.0
    if usual in (0.0, 1.0):
        return None
    return usual, s * usual if s * usual < 1 else (1 + usual) / 2


def least_cost(hits: list[int], trials: list[int], s: float, gamma: float) -> float:
    """Return the least cost of all state sequences by trying each."""
    rates = rates_of(hits, trials, s)
    assert rates is not None
    return min(cost_of(states, hits, trials, rates, gamma) for states in product((0, 1), repeat=len(hits)))


@cache
def hijri_first(day: date, every: str) -> date:
    """Return the first day of a day's Hijri period, within the tables of Umm al-Qura."""
    hijri = Gregorian.fromdate(day).to_hijri()
    year = hijri.year - (hijri.year - 1) % 100 if every == "hijri_century" else hijri.year
    month = hijri.month if every == "hijri_month" else 1
    gregorian = Hijri(year, month, 1).to_gregorian()
    return date(gregorian.year, gregorian.month, gregorian.day)


def begins(day: date, every: str, week_start: str) -> bool:
    """Whether a period begins with a day."""
    if every.startswith("hijri"):
        return day == hijri_first(day, every)
    if every == "week":
        return day.weekday() == {"monday": 0, "sunday": 6, "saturday": 5}[week_start]
    new_month, new_year = day.day == 1, (day.month, day.day) == (1, 1)
    return {
        "day": True, "month": new_month, "quarter": new_month and day.month in (1, 4, 7, 10), "year": new_year,
        "decade": new_year and str(day.year).endswith("0"), "century": new_year and str(day.year).endswith("00"),
    }[every]  # fmt: skip


def period(day: date, every: str, week_start: str) -> date:
    """Return the first day of a day's period by going back day by day; the first period begins with the year 1."""
    if every.startswith("hijri"):
        return hijri_first(day, every)
    while day > date.min and not begins(day, every, week_start):
        day -= timedelta(days=1)
    return day


def periods(days: list[date], every: str, week_start: str) -> list[date]:
    """Return all periods between the first and the last day by visiting all days."""
    found = [period(min(days), every, week_start)]
    day = found[0] + timedelta(days=1)
    while day <= max(days):
        if begins(day, every, week_start):
            found.append(day)
        day += timedelta(days=1)
    return found
