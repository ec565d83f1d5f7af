"""How a table was made, as the library wrote it down."""

from __future__ import annotations

import os
from typing import Any

from corpus_kit._base.records import provenance_of, table_of
from corpus_kit.export.saved_record import saved_record

__all__ = ["record_of"]


def record_of(table: Any) -> dict[str, Any] | None:
    """Return how a table was made: the record from which `ck.cite` makes its sentence.

    Args:
        table: A table or a concordance of the library, what its methods made of one, or a file that `ck.save` wrote.

    Returns:
        None if it is unknown; otherwise a dict with the keys function, options, corpus_id, profile_digest and version
        (of the library); corpus, if its sizes are known; then, the steps since; steps_left_out, if there were too many;
        and joined, the records of tables that were joined to it.

    Raises:
        InputError: If `table` is nothing of the kind, or a file without its record.

    Warns:
        UserWarning: If the file was changed since.

    Examples:
        >>> import corpus_kit as ck
        >>> record = ck.record_of(ck.frequency(ck.sample_corpus(), min_count=5).head(10))
        >>> record["function"], record["options"]["min_count"], record["then"]
        ('ck.frequency', 5, ['head(10)'])
    """
    return saved_record(table) if isinstance(table, str | os.PathLike) else provenance_of(table_of(table))
