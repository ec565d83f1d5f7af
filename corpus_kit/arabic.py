"""The inventory of code points and word lists: the single source of truth.

Every table that the library works with is made from this file. Code points are
written as numbers; ``UNICODE_VERSION`` names the version of the Unicode
Standard that the inventory follows.
"""

from __future__ import annotations

UNICODE_VERSION = "17.0"

# ----------------------------------------------------------------------------------------------------
# Normalisation
# ----------------------------------------------------------------------------------------------------
#
# end of normalisation
#

# ----------------------------------------------------------------------------------------------------
# Tokens and sentences
# ----------------------------------------------------------------------------------------------------
#
# end of tokens and sentences
#
