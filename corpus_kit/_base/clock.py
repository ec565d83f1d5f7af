"""The time stamp of files, which can be fixed for reproducible builds."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from corpus_kit.errors import invalid

__all__ = ["build_time", "now"]


def now() -> datetime:
    """Return the current time in UTC, or the time that SOURCE_DATE_EPOCH sets for reproducible builds."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except (ValueError, OverflowError, OSError):
        raise invalid("SOURCE_DATE_EPOCH", "a number of seconds since 1970", epoch) from None


def build_time() -> str:
    """Return the current time as manifests store it."""
    return now().isoformat(timespec="seconds")
