"""Secrets of file systems: kept in memory, lent to workers through memory, and found in texts so as to be removed.

The options of a file system (`storage_options`) may hold keys. They are in no file, no record and no pickle: a location
that is pickled has the key under which its options were lent, and whoever unpickles it looks them up. A cluster gets
them by a plugin of its workers (`worker_options`), which its scheduler keeps in memory for as long as the count lasts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, unquote
from uuid import uuid4

from corpus_kit.errors import InputError

__all__ = ["Missing", "forget", "keep", "key_of", "lent", "received", "secrets_of"]

Options = dict[str, Any]

_kept: dict[str, Options] = {}
# Names of options that hold secrets, such as key, secret, client_secret, account_key, sas_token, connection_string.
_SECRET = re.compile("key|secret|token|pass|pwd|auth|cred|sas|sign|cookie|header|connection", re.IGNORECASE)


class Missing(dict[str, Any]):
    """In place of options that were not sent to this process."""


def keep(key: str, options: Options) -> None:
    """Keep the options that were lent under a key."""
    _kept[key] = options


def forget(key: str) -> None:
    """Forget the options that were lent under a key."""
    _kept.pop(key, None)


def received(key: str) -> Options:
    """Return the options that were lent under a key, or an object that says that they are missing."""
    return _kept.get(key, Missing())


@contextmanager
def lent(options: Options | None) -> Iterator[str | None]:
    """Let locations with these options be pickled; yield the key under which they are lent."""
    if options is None:
        yield None
        return
    key = uuid4().hex
    keep(key, options)
    try:
        yield key
    finally:
        forget(key)


def key_of(options: Options) -> str:
    """Return the key under which options are lent.

    Raises:
        InputError: If they are not lent at present.
    """
    for key, kept in _kept.items():
        if kept is options or kept == options:
            return key
    raise InputError("storage_options cannot be pickled: they may hold secrets. A count sends them to its workers.")


def secrets_of(url: str, options: Mapping[str, Any] | None) -> set[str]:
    """Return the texts in a URL and in options that may be secrets, as they are and encoded for a URL.

    >>> sorted(secrets_of("ftp://me:hunter2@host/a", {"client_kwargs": {"api_key": "k3y!"}, "anon": True}))
    ['hunter2', 'k3y!', 'k3y%21', 'me%3Ahunter2', 'me:hunter2']
    """
    found = set(_in_url(url))
    found |= {value for name, value in _leaves(options or {}) if _SECRET.search(name)}
    return {form for secret in found if secret for form in (secret, unquote(secret), quote(secret, safe=""))}


def _in_url(url: str) -> Iterator[str]:
    rest = url.partition("://")[2]
    user, at, _ = rest.rpartition("@")
    if at and ":" in user:
        yield user
        yield user.partition(":")[2]
    elif at and "/" not in user:
        yield user
    for pair in re.split("[?#&]", rest)[1:]:
        yield pair.partition("=")[2] or pair


def _leaves(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts in options, each with the names that lead to it."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}.{key}")
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from _leaves(inner, name)
    elif isinstance(value, str | bytes):
        yield name, value.decode(errors="replace") if isinstance(value, bytes) else value
