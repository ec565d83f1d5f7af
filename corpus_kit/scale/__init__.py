"""Count n-grams beyond memory and beyond one machine. Used as ``ck.scale``.

`count_ngrams` is the entry point. It cuts the source into partitions of whole documents (`sources`, `pieces`), counts
each partition into sorted runs (`partition`, `runs`), and merges the runs bucket by bucket (`merge_bucket`). The tasks
run in threads of this process or on the workers of a cluster (`engine`). Each finished task leaves a record (`work`),
so that an interrupted count can be resumed. The result is an `NgramTable`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_kit._base.lazy import load_lazily

# Where each public name is defined.
_HOMES: dict[str, str] = {
    "NgramTable": "ngram_table",
    "count_ngrams": "count_ngrams",
    "count_partition": "partition",
    "merge_bucket": "merge_bucket",
}

__all__ = [*_HOMES]

if TYPE_CHECKING:
    from corpus_kit.scale.count_ngrams import count_ngrams as count_ngrams
    from corpus_kit.scale.merge_bucket import merge_bucket as merge_bucket
    from corpus_kit.scale.ngram_table import NgramTable as NgramTable
    from corpus_kit.scale.partition import count_partition as count_partition

load_lazily(__name__, _HOMES)
