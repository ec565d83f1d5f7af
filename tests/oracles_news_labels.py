"""Slow and obvious twins of ck.news.labels and ck.news.label_log_odds: loops over mentions, group by group."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date
from statistics import NormalDist
from typing import Any

from scipy import stats

from corpus_kit._base.hashing import draws


def wilson(x: float, n: float, confidence: float) -> tuple[float, float]:
    """Compute the roots of (p - share)² = z² p (1 - p) / n."""
    z2 = NormalDist().inv_cdf(0.5 + confidence / 2) ** 2
    a, b, c = n + z2, -(2 * x + z2), x * x / n
    root = math.sqrt(max(b * b - 4 * a * c, 0.0))
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def clustered(pairs: list[tuple[int, int]], confidence: float) -> tuple[float, float]:
    """pairs: successes and trials of each cluster."""
    pairs = [pair for pair in pairs if pair[1]]
    x, n, clusters = sum(x for x, _ in pairs), sum(n for _, n in pairs), len(pairs)
    share = x / n
    if clusters == 1 or x in (0, n):
        effective = n * n / sum(each * each for _, each in pairs)
    else:
        variance = clusters / (clusters - 1) * sum((each - share * of) ** 2 for each, of in pairs) / n**2
        effective = min(share * (1 - share) / variance, n) if variance > 1e-18 else n
        t = float(stats.t.ppf(0.5 + confidence / 2, clusters - 1))
        effective *= (NormalDist().inv_cdf(0.5 + confidence / 2) / t) ** 2
    return wilson(share * effective, effective, confidence)


def quantile(values: list[float], q: float) -> float:
    ordered = sorted(values)
    place = q * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def bootstrapped(
    pairs: list[tuple[int, int]], confidence: float, replicates: int, first: int, seed: int
) -> tuple[float | None, float | None]:
    values = []
    for replicate in range(replicates):
        weights = draws(len(pairs), first + replicate, seed).tolist()
        n = sum(weight * of for weight, (_, of) in zip(weights, pairs, strict=True))
        if n:
            values.append(sum(weight * each for weight, (each, _) in zip(weights, pairs, strict=True)) / n)
    if not values:
        return None, None
    return quantile(values, (1 - confidence) / 2), quantile(values, 1 - (1 - confidence) / 2)


def labels(
    mentions: list[dict[str, Any]],
    listed: dict[str, list[str]],
    group_of: dict[int, Any],
    period_of: dict[int, Any],
    interval: str,
    confidence: float,
    n_bootstrap: int = 0,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Return rows by group, period, actor and label. listed: labels of each actor; group_of: of counted documents."""
    groups = list(dict.fromkeys(group_of.values()))
    found: dict[tuple[Any, Any, str], dict[int, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for mention in mentions:
        document = mention["document"]
        if document in group_of and document in period_of:
            found[group_of[document], period_of[document], mention["actor"]][document].append(mention)
    actors = list(listed)
    rows = []
    order = sorted(found, key=lambda key: (groups.index(key[0]), key[1] or date.min, actors.index(key[2])))
    for side, (group, period, actor) in enumerate(order):
        documents = [found[group, period, actor][document] for document in sorted(found[group, period, actor])]
        for label in listed[actor]:
            of_label = [[mention for mention in each if mention["label"] == label] for each in documents]
            shares = [(len(own), len(every)) for own, every in zip(of_label, documents, strict=True)]
            quoted = [(sum(mention["quoted"] for mention in own), len(own)) for own in of_label]
            row: dict[str, Any] = {"group": group, "period": period, "actor": actor, "label": label}
            row["count"], row["total"] = (sum(values) for values in zip(*shares, strict=True))
            row["documents"] = sum(own > 0 for own, _ in shares)
            row["quoted"] = sum(own for own, _ in quoted)
            row["hidden"] = sum(mention["proclitic"] != "" for own in of_label for mention in own)
            for name, pairs in (("share", shares), ("quoted_share", quoted)):
                x, n = (sum(values) for values in zip(*pairs, strict=True))
                row[name] = x / n if n else None
                varies = 0 < x < n and sum(of > 0 for _, of in pairs) > 1
                if not n:
                    ends = (None, None)
                elif interval == "bootstrap" and varies:
                    ends = bootstrapped(pairs, confidence, n_bootstrap, side * n_bootstrap, seed)
                else:
                    ends = wilson(x, n, confidence) if interval == "wilson" else clustered(pairs, confidence)
                row[f"{name}_low"], row[f"{name}_high"] = ends
            rows.append(row)
    return rows


def log_odds(
    counts: dict[Any, dict[str, int]], names: list[str], group: Any, reference: Any, prior: float | None
) -> dict[str, tuple[float, float] | None]:
    """Return log-odds and z of one actor's labels in a group against a reference (None: all other groups)."""
    others = [each for each in counts if each != group] if reference is None else [reference]
    everything = {name: sum(counts[each].get(name, 0) for each in counts) for name in names}
    weight = sum(everything.values()) if prior is None else prior
    result: dict[str, tuple[float, float] | None] = {}
    for name in names:
        share = everything[name] / sum(everything.values())
        alpha = weight * share
        if share in (0, 1):
            result[name] = None
            continue
        odds, variance = [], 0.0
        for side in ([group], others):
            y = sum(counts[each].get(name, 0) for each in side)
            n = sum(sum(counts[each].values()) for each in side)
            odds.append(math.log((y + alpha) / (n + weight - y - alpha)))
            variance += 1 / (y + alpha)
        delta = odds[0] - odds[1]
        result[name] = (delta, delta / math.sqrt(variance))
    return result
