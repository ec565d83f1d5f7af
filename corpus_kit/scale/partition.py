"""The first half of a count: count the n-grams of a partition of whole documents and write them as sorted runs."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _core
from corpus_kit._base.columns import series_from_core, text_stream
from corpus_kit.errors import InputError, SourceError, invalid
from corpus_kit.machine.block_cache import keeping_no_blocks
from corpus_kit.machine.memory import release_memory
from corpus_kit.scale.pieces import Piece, read_piece
from corpus_kit.scale.plan import CountPlan, expect_plan
from corpus_kit.scale.runs import RunRecord, write_run
from corpus_kit.scale.sources import Partition
from corpus_kit.text.forms import DocumentTokens, Forms, forms_of_tokenizer, select
from corpus_kit.text.token_flags import BARRIERS
from corpus_kit.text.tokenization import TokenBatch, Tokenizer

__all__ = ["PartitionRecord", "count_partition"]


@dataclass(frozen=True)
class PartitionRecord:
    """A partition that was counted.

    Attributes:
        number: Its number in the plan.
        documents: The number of documents.
        tokens: The number of tokens that n-grams are made of.
        runs: The runs that were written.
        unreadable: The names of pieces that were left out, and the reasons.
        worker: Host and process that counted it.
    """

    number: int
    documents: int
    tokens: int
    runs: tuple[RunRecord, ...]
    unreadable: tuple[tuple[str, str], ...]
    worker: str


@keeping_no_blocks()
def count_partition(partition: Partition, plan: CountPlan) -> PartitionRecord:
    """Count the n-grams of a partition and write them as sorted runs.

    The same partition and plan give the same files, whoever counts them and however often.

    Args:
        partition: Pieces of files that hold whole documents.
        plan: The plan of the count. If it allows pieces that cannot be read to be skipped, the partition is counted
            without them; nothing of such a piece is counted.

    Returns:
        The record of the partition.

    Raises:
        InputError: If an argument is invalid, or the profile writes spaces into words.
        SourceError: If a piece cannot be read and must not be skipped.
        CorpusError: If a run cannot be written.

    Examples:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from corpus_kit.text.ngram_options import ngram_options
        >>> from corpus_kit.scale.locations import Location
        >>> from corpus_kit.scale.sources import plan_source
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "a.txt").write_text("كتاب جديد وكتاب جديد", encoding="utf-8")
        >>> (folder / "runs").mkdir()
        >>> plan = CountPlan(
        ...     ngram_options(1), None, "standard", "text", False, False, task_memory=10**8, bucket_bits=1,
        ...     work=Location.of(folder), parts=Location.of(folder / "parts"),
        ... )
        >>> record = count_partition(plan_source(folder / "a.txt").partitions[0], plan)
        >>> record.documents, record.tokens, [run.rows for run in record.runs]
        (1, 4, [3])
    """
    _expect_partition(partition)
    expect_plan(plan)
    plan.check_version()
    unreadable: dict[int, str] = {}
    while True:
        writer = _RunWriter(partition.number, plan)
        failure = writer.add(partition.pieces, without=unreadable)
        if failure is None:
            break
        number, reason = failure
        if not plan.skip_unreadable:
            raise SourceError(reason)
        unreadable[number] = reason
    named = tuple((_name(partition.pieces[number]), why) for number, why in unreadable.items())
    worker = f"{socket.gethostname()}:{os.getpid()}"
    return PartitionRecord(partition.number, writer.n_documents, writer.n_tokens, tuple(writer.runs), named, worker)


def _expect_partition(partition: object) -> None:
    if not isinstance(partition, Partition):
        raise invalid("partition", "a Partition", partition)


def _name(piece: Piece) -> str:
    """Return the file of a piece, with its range if the file is cut."""
    return f"{piece.location} ({piece.start:,} to {piece.stop:,})" if piece.start else str(piece.location)


@dataclass(frozen=True)
class _Level:
    """The counted n-grams of one length, as returned by `count_ngram_levels`."""

    n: int
    start: npt.NDArray[np.uint32]
    gaps: npt.NDArray[np.uint32] | None
    count: npt.NDArray[np.uint32]
    documents: npt.NDArray[np.uint32]

    def share(self, number: int, of: int) -> tuple[int, Any, Any, Any, Any]:
        """Return share `number` of `of` of the rows, as `RunRows` takes them."""
        part = slice(len(self.start) * number // of, len(self.start) * (number + 1) // of)
        gaps = None if self.gaps is None else self.gaps[part]
        return self.n, self.start[part], gaps, self.count[part], self.documents[part]


class _Counted:
    """The counted n-grams of many tokens, with the tokens."""

    def __init__(
        self, ids: npt.NDArray[np.uint32], levels: list[_Level], words: pl.Series, ranks: npt.NDArray[np.uint32]
    ) -> None:
        self.ids = ids
        self.rows = {level.n: len(level.start) for level in levels}
        self.n_rows = sum(self.rows.values())
        self._levels = levels
        self._words = words
        self._ranks = ranks

    def share(self, number: int, of: int, plan: CountPlan) -> _core.RunRows:
        """Return share `number` of `of` of the rows, to be packed into a run."""
        levels = [level.share(number, of) for level in self._levels]
        return _core.RunRows(
            self.ids, levels, text_stream(self._words), self._ranks, bucket_bits=plan.bucket_bits,
            hash_bits=plan.hash_bits,
        )  # fmt: skip

    def drop(self) -> None:
        """Free the memory after the last share was taken."""
        self.ids = self._ranks = np.empty(0, np.uint32)
        self._levels = []
        self._words = self._words.clear()


class _RunWriter:
    """Collects the tokens of documents and writes a run when there are enough."""

    def __init__(self, number: int, plan: CountPlan) -> None:
        self._number = number
        self._plan = plan
        self.n_documents = self.n_tokens = 0
        self.runs: list[RunRecord] = []
        self._clear()

    def _clear(self) -> None:
        self._tokenizer = Tokenizer(self._plan.tokenizer)
        self._batches: list[TokenBatch] = []
        self._held = 0

    def add(self, pieces: Sequence[Piece], *, without: Collection[int]) -> tuple[int, str] | None:
        """Count the pieces except some; return the number of the first that cannot be read and the reason."""
        for number, piece in enumerate(pieces):
            if number in without:
                continue
            try:
                for texts in self._texts(piece):
                    self._add_texts(texts)
            except SourceError as error:
                return number, str(error)
        self.flush()
        return None

    def _texts(self, piece: Piece) -> Iterator[pl.Series]:
        # A batch is small compared to what is counted at once.
        most = max(min(self._plan.task_memory // 48, 8 << 20), 1 << 16)
        return read_piece(piece, text=self._plan.text, lines=self._plan.lines, max_bytes=most)

    def _add_texts(self, texts: pl.Series) -> None:
        batch = self._tokenizer.add(texts, starts=False, threads=1)
        self.n_documents += len(texts)
        self._batches.append(batch)
        self._held += len(batch.type_ids)
        if self._held >= self._plan.run_tokens:
            self.flush()

    def flush(self) -> None:
        """Count the collected tokens and write them as one run, or as several to stay within the task's memory."""
        if not self._held:
            return
        counted = self._counted()
        runs = -(-counted.n_rows // self._plan.run_rows(len(counted.ids), counted.rows))
        for run in range(runs):
            rows = counted.share(run, runs, self._plan)
            if run == runs - 1:
                counted.drop()
            release_memory()
            self._write_run(*map(_array, rows.pack()))

    def _counted(self) -> _Counted:
        options = self._plan.options
        tokens, forms = self._taken()
        release_memory()
        selected = select(tokens, forms, BARRIERS[options.within], threads=1)
        del tokens
        self.n_tokens += len(selected.ids)
        levels = _core.count_ngram_levels(
            selected.ids,
            selected.barriers,
            selected.document_ends,
            low=options.low,
            high=options.high,
            skip=options.skip,
            barrier_bits=selected.barrier_bits,
            n_types=len(forms.words),
            threads=1,
        )
        ids = selected.ids
        del selected
        ranks = _array(_core.word_ranks(text_stream(forms.words)))
        return _Counted(ids, [_Level(n, *map(_optional_array, columns)) for n, *columns in levels], forms.words, ranks)

    def _write_run(self, data: Any, ends: Any, rows: Any) -> None:
        name = f"{self._number:06}-{len(self.runs):04}.run"
        self.runs.append(write_run(self._plan.work / "runs" / name, data, ends, rows))

    def _taken(self) -> tuple[DocumentTokens, Forms]:
        """Return the collected tokens and their forms, and start again without any."""
        batches, tokenizer = self._batches, self._tokenizer
        self._clear()
        tokens = DocumentTokens(
            np.concatenate([batch.type_ids for batch in batches]),
            np.concatenate([batch.flags for batch in batches]),
            np.concatenate([batch.counts for batch in batches]),
        )
        del batches
        forms = forms_of_tokenizer(tokenizer, self._plan.profile)
        spaced = forms.words.filter(forms.words.str.contains(" ", literal=True))
        if len(spaced):
            raise InputError(
                f"profile must be one that writes no spaces into words, got one that gives {spaced[0]!r}. "
                "Use a profile without ligatures='expand'."
            )
        return tokens, forms


def _optional_array(column: Any) -> Any:
    return None if column is None else _array(column)


def _array(column: Any) -> npt.NDArray[Any]:
    return series_from_core("", column).to_numpy()
