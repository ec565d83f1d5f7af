"""The entry point of the command: Ctrl-C ends it with one line, also while the library is loaded for a second."""

from __future__ import annotations

import gc
import os
import signal

__all__ = ["main"]


def main() -> None:
    """Load the library and run the command."""
    before = signal.getsignal(signal.SIGINT)
    is_usual = before is signal.default_int_handler  # not in a background job, which ignores Ctrl-C
    if is_usual:
        signal.signal(signal.SIGINT, _leave)
    gc.disable()  # a sixth of the time to load the library would be spent on looking through what stays
    from corpus_kit.cli.main import main as run  # slow to load

    gc.freeze()
    gc.enable()
    if is_usual:
        signal.signal(signal.SIGINT, before)
    run()


def _leave(*_: object) -> None:
    """End the process at once; so far it has nothing to clean up."""
    os.write(2, b"interrupted\n")
    os._exit(130)
