"""Statistical measures: formulas only, each with its reference and an example.

The families and what they take:

- keyness (a, b, c, d): a word in a target and a reference; numbers, arrays, Series or expressions
- contingency (o11, r1, c1, n): two things together; numbers, arrays, Series or expressions
- dispersion (counts, sizes): a word in the parts of a corpus
- distance (positions, size): the places of a word in a corpus
- diversity (tokens or spectrum): the vocabulary of a text
- readability (text): how hard an Arabic text is to read

`FAMILIES` lists the names of each. Outside the families stand the agreement of coders (`krippendorff_alpha`,
`krippendorff_alpha_interval`, `percent_agreement`; codes of each coder) and the interval of a share (`wilson`).
What is done to whole corpora is in `ck.keyness`, `ck.collocations`, `ck.dispersion` and `ck.diversity`, which call
these.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from corpus_kit.measures import agreement, association, distances, evenness, readability, richness, two_corpora
from corpus_kit.measures.agreement import *  # noqa: F403
from corpus_kit.measures.association import *  # noqa: F403
from corpus_kit.measures.distances import *  # noqa: F403
from corpus_kit.measures.evenness import *  # noqa: F403
from corpus_kit.measures.proportions import wilson as wilson
from corpus_kit.measures.readability import *  # noqa: F403
from corpus_kit.measures.richness import *  # noqa: F403
from corpus_kit.measures.two_corpora import *  # noqa: F403

FAMILIES: dict[str, tuple[str, ...]] = {
    "keyness": tuple(two_corpora.__all__),
    "contingency": tuple(association.__all__),
    "dispersion": tuple(evenness.__all__),
    "distance": tuple(distances.__all__),
    "diversity": tuple(richness.__all__),
    "readability": tuple(readability.__all__),
}

__all__ = ["FAMILIES", *two_corpora.__all__, *association.__all__, *evenness.__all__, *distances.__all__]
__all__ += [*richness.__all__, *readability.__all__, *agreement.__all__, "wilson"]


if not TYPE_CHECKING:  # a type checker knows the names

    def __getattr__(name: str) -> object:
        """A measure that is not there: say which is near."""
        near = get_close_matches(name, __all__, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise AttributeError(f"module 'corpus_kit.measures' has no attribute {name!r}{hint}")
