"""The name under which the library is installed. `pyproject.toml` has it too, and tests/test_project_files.py compares.

The index has a "corpuskit", and takes names that differ by hyphens only for the same.
"""

from __future__ import annotations

__all__ = ["DISTRIBUTION", "how_to_install"]

DISTRIBUTION = "arabic-corpus-kit"


def how_to_install(extra: str) -> str:
    """Return the sentence that says how to install what an extra of the library brings.

    >>> how_to_install("pandas")
    'Install it with pip install "arabic-corpus-kit[pandas]".'
    """
    return f'Install it with pip install "{DISTRIBUTION}[{extra}]".'
