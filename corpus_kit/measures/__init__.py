"""Statistical measures: formulas only, each with its source and an example.

A module holds a family, whose measures take the same arguments:

- `keyness` (a, b, c, d): a word in a target and a reference; numbers, arrays, Series or expressions
- `association` (o11, r1, c1, n): two things that occur together; numbers, arrays, Series or expressions
- `dispersion` (counts, sizes): a word in the parts of a corpus
- `distances` (positions, size): the positions of a word in a corpus
- `diversity` (tokens or spectrum): the vocabulary of a text
- `readability` (text): how hard an Arabic text is to read
- `agreement` (codes): how far coders agree

`FAMILIES` maps each family to its measures, by name. All of them are in `ck.measures`, too, along with `wilson`, the
interval of a proportion. One name is in two families: `ck.measures.log_likelihood` is that of `keyness`, the
log-likelihood of two cells; `ck.measures.association.log_likelihood` is the one of all four.

`ck.keyness`, `ck.collocations`, `ck.dispersion` and `ck.diversity` apply the measures to whole corpora.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from corpus_kit._base.lazy import no_attribute
from corpus_kit.measures import agreement, association, dispersion, distances, diversity, keyness, readability
from corpus_kit.measures.keyness import *  # noqa: F403

# isort: split
# Keyness comes first, since for mypy log_likelihood has the type of its first import.
from corpus_kit.measures.agreement import *  # noqa: F403
from corpus_kit.measures.association import *  # type: ignore[assignment]  # noqa: F403
from corpus_kit.measures.dispersion import *  # noqa: F403
from corpus_kit.measures.distances import *  # noqa: F403
from corpus_kit.measures.diversity import *  # noqa: F403
from corpus_kit.measures.proportions import wilson as wilson
from corpus_kit.measures.readability import *  # noqa: F403

log_likelihood = keyness.log_likelihood  # and not that of association

_MODULES = {
    "keyness": keyness,
    "association": association,
    "dispersion": dispersion,
    "distances": distances,
    "diversity": diversity,
    "readability": readability,
    "agreement": agreement,
}

# The measures of a family differ in their arguments, hence Any.
FAMILIES: Mapping[str, Mapping[str, Any]] = {
    family: {name: getattr(module, name) for name in module.__all__} for family, module in _MODULES.items()
}

__all__ = ["FAMILIES", "agreement", "association", "dispersion", "distances", "diversity", "keyness", "readability"]
__all__ += sorted({name for measures in FAMILIES.values() for name in measures} | {"wilson"})


def __dir__() -> list[str]:
    return sorted(__all__)


if not TYPE_CHECKING:  # a type checker knows the names

    def __getattr__(name: str) -> object:
        raise no_attribute(__name__, name, __all__)
