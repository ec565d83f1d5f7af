"""What other forms of the large arrays of a corpus would take on disk, in bits a token.

Usage: stored_sizes.py CORPUS

The forms are those of the table in docs/explanation/design.md, with their headers; "CWB" are the codes of the Corpus
Workbench: Huffman codes of the types, and Golomb codes of the gaps between the tokens of a type.
"""

from __future__ import annotations

import argparse
import heapq
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

import corpus_kit as ck
from corpus_kit.text.token_flags import GLUED

Integers = npt.NDArray[np.int64]

BLOCK = 128  # postings with a header of 64 bits: the first one, and where the others are
SYNCHRONISED = 128  # tokens between the places where CWB begins to read Huffman codes, of 32 bits each
PIECE = 1 << 22


def huffman_bits(counts: Integers) -> float:
    """Return the mean length of the codes of the types."""
    heap = counts[counts > 0].tolist()
    heapq.heapify(heap)
    total = 0
    while len(heap) > 1:
        both = heapq.heappop(heap) + heapq.heappop(heap)
        total += both
        heapq.heappush(heap, both)
    return total / float(counts.sum())


def gaps(positions: npt.NDArray[np.uint32], offsets: Integers) -> Iterator[tuple[Integers, Integers]]:
    """Yield the gaps between the tokens of each type, the first from the beginning, and their types; whole types."""
    low = 0
    while low < len(offsets) - 1:
        high = max(int(np.searchsorted(offsets, offsets[low] + PIECE, "right")) - 1, low + 1)
        of_types: Integers = positions[offsets[low] : offsets[high]].astype(np.int64)
        found = of_types - np.concatenate(([-1], of_types[:-1]))
        begins = offsets[low:high][np.diff(offsets[low : high + 1]) > 0]
        found[begins - offsets[low]] = positions[begins].astype(np.int64) + 1
        yield found - 1, np.repeat(np.arange(low, high), np.diff(offsets[low : high + 1]))
        low = high


def bit_width(values: Integers) -> Integers:
    """Return how many bits hold each of these numbers."""
    width: Integers = np.ceil(np.log2(values + 1.0)).astype(np.int64)
    return width


def postings_bits(positions: npt.NDArray[np.uint32], offsets: Integers) -> dict[str, float]:
    """Return the bits a posting of each form."""
    n, counts = len(positions), np.diff(offsets)
    rate = np.clip(counts / n, 1e-12, 0.5)
    golomb = np.ceil(np.log(2 - rate) / -np.log1p(-rate)).astype(np.int64)
    total = dict.fromkeys(("bit-packed blocks", "varints", "bytes and lengths", "CWB: Golomb"), 0.0)
    for each, types in gaps(positions, offsets):
        width = bit_width(each + 1)
        place = np.arange(len(each)) - (offsets[types] - offsets[types[0]])
        of_block = np.flatnonzero(place % BLOCK == 0)
        is_whole = np.repeat(np.diff(of_block, append=len(each)) == BLOCK, np.diff(of_block, append=len(each)))
        is_first = place % BLOCK == 0
        varint = np.where(is_first, 0, 8 * np.maximum(1, -(-width // 7)))
        headers = 64.0 * np.count_nonzero(is_first & (counts[types] > BLOCK))
        headers += 8.0 * np.maximum(1, -(-width // 7))[is_first & (counts[types] <= BLOCK)].sum()
        widest = np.maximum.reduceat(np.where(is_first, 0, width), of_block)
        packed = BLOCK * widest[is_whole[of_block]].sum() + varint[~is_whole].sum()
        total["bit-packed blocks"] += float(packed) + headers
        total["varints"] += float(varint.sum()) + headers
        total["bytes and lengths"] += float((10 + 8 * np.maximum(0, -(-width // 8) - 1)).sum()) + headers
        base = golomb[types]
        total["CWB: Golomb"] += float((each // base + 1 + bit_width(base - 1)).sum())
    low = np.floor(np.log2(np.maximum(1, n / np.maximum(counts, 1))))
    elias_fano = float((counts * (low + 1.125) + np.where(counts > 0, n / 2**low, 0)).sum())  # and samples
    return {name: bits / n for name, bits in {**total, "Elias-Fano": elias_fano}.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("corpus")
    corpus: Any = ck.Corpus.open(parser.parse_args().corpus)
    offsets = corpus.index_offsets.astype(np.int64)
    n, n_types, counts = int(offsets[-1]), len(offsets) - 1, np.diff(offsets)
    starts, flags = corpus.token_starts, corpus.token_flags
    carries = int(np.count_nonzero(starts[1:] >> 16 != starts[:-1] >> 16))
    rows = [("types", "as stored", 32.0), ("types", "three bytes", 24.0), ("types", "fixed width", np.log2(n_types))]
    by_rank = np.sort(counts)[::-1]
    escaped = by_rank[65535:].sum() / n
    rows += [("types", "two bytes by rank, escapes", 16 + 0.5 + 32 * escaped)]
    rows += [("types", "CWB: Huffman", huffman_bits(counts) + 32 / SYNCHRONISED)]
    rows += [("postings", "as stored", 32.0)]
    rows += [("postings", name, bits) for name, bits in postings_bits(corpus.index_positions, offsets).items()]
    rows += [("starts", "as stored", 32.0), ("starts", "two bytes and carries", 16 + 64 * carries / n)]
    of_flags = np.bincount(flags)
    glued = sum(int(count) for flag, count in enumerate(of_flags) if flag & GLUED) / n
    used = [flag for flag, count in enumerate(of_flags) if count]
    rows += [("flags", "as stored", 8.0), ("flags", f"distinct values: {len(used)}; glued {glued:.1%}", 4.0)]
    print(f"{n:,} tokens, {n_types:,} types\n\n| array | form | bits a token |\n|---|---|---:|")
    print("\n".join(f"| {array} | {form} | {bits:.1f} |" for array, form, bits in rows))


if __name__ == "__main__":
    main()
