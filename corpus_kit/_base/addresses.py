"""Where a server of this machine can listen, and whether a browser can be opened."""

from __future__ import annotations

import errno
import os
import socket
import sys

from corpus_kit.errors import CorpusKitError, InputError

__all__ = ["expect_address", "has_display"]


def has_display() -> bool:
    """Return whether a browser can open a window; on Linux, environment variables say so."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in names)


def expect_address(ip: str | None, port: int) -> None:
    """Raise an error unless a server can listen there. Jupyter's own error would be lost among its messages.

    Args:
        ip: The address; None means this machine only.
        port: The port; 0 means any.

    Raises:
        CorpusKitError: If the port is in use, or may not be used by this user.
        InputError: If the address is not one of this machine.
    """
    host = "localhost" if ip is None else ip
    try:
        found = socket.getaddrinfo(
            "" if host in ("", "*") else host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError as error:
        raise InputError(f"ip must be an address, got {host!r}: {error.strerror or error}.") from None
    for family, kind, protocol, _, address in found:
        with socket.socket(family, kind, protocol) as tried:
            if os.name != "nt":  # as Jupyter does, so that a port that was just closed can be used
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(address)
            except OSError as error:
                _refuse(error, host, port)


def _refuse(error: OSError, host: str, port: int) -> None:
    if error.errno == errno.EADDRINUSE:
        raise CorpusKitError(
            f"Port {port} is in use. Choose another one with --port, or leave it out to take the next free one."
        ) from None
    if error.errno == errno.EACCES:
        raise CorpusKitError(f"This user may not listen on port {port}. Choose one from 1024 on.") from None
    if error.errno == errno.EADDRNOTAVAIL and host != "localhost":
        raise InputError(
            f"ip must be an address of this machine, got {host!r}. 127.0.0.1 is one, and 0.0.0.0 means all of them."
        ) from None
