"""Counting beyond memory and beyond one machine.

`count_ngrams` is all that is needed. It cuts the source into groups of whole documents (`sources`), counts each into
runs of sorted n-grams (`partition`, `runs`), and merges them bucket by bucket (`merging`). Threads of this process or
the workers of a cluster do that (`engine`); what is done is written down (`work`), so that a run that is cut off goes
on where it was. `table` is the result.
"""

from corpus_kit.scale.counting import count_ngrams
from corpus_kit.scale.merging import merge_bucket
from corpus_kit.scale.partition import count_partition
from corpus_kit.scale.table import NgramTable

__all__ = ["NgramTable", "count_ngrams", "count_partition", "merge_bucket"]
