"""Addresses that users give: is it a path or a URL, and can it be the name of a file?"""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from urllib.request import url2pathname

from corpus_kit._base.arguments import is_text
from corpus_kit.errors import invalid
from corpus_kit.safe_text import redacted_address

__all__ = ["is_url", "local_path", "url_argument"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*(://|::)")


def is_url(value: object) -> bool:
    """Return whether a source or target is given as a URL.

    Examples:
        >>> is_url("s3://bucket/news"), is_url("news/2014.parquet"), is_url("C:/news")
        (True, False, False)
    """
    return isinstance(value, str) and _SCHEME.match(value) is not None


def url_argument(url: str, argument: str) -> str:
    """Return a URL without slashes at its end, if it can be that of a file or folder."""
    if not is_text(url):
        raise invalid(argument, "a URL without unpaired surrogates", redacted_address(url))
    if "\0" in url:
        raise invalid(argument, "a URL without NUL characters", redacted_address(url))
    if not url.rstrip("/").rpartition("://")[2] or url.rstrip("/").endswith(":"):
        raise invalid(argument, "the URL of a file or folder", redacted_address(url))
    return url.rstrip("/")


def local_path(url: str, argument: str) -> str:
    """Return the path in a file:// URL."""
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        raise invalid(argument, "a file:// URL of this machine", redacted_address(url), "Write it with three slashes.")
    return url2pathname(url.partition("://")[2].removeprefix(parts.netloc))
