"""Sessions of the explorer whose pages come and go: each has a thread, and what a page missed is sent again."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from corpus_kit.errors import CorpusKitError
from corpus_kit.text.paradigms.lexicon import compile_elsewhere

__all__ = ["MOST_SESSIONS", "Guest", "Guests", "Session", "Window"]

MOST_SESSIONS = 32
_PATIENCE = 600.0  # seconds for which a session waits for its page to come back
_KEPT = 64  # messages to a page that may have to be sent again
_WAITING = 64  # messages of a page that wait for their turn; then no more are read from it

_log = logging.getLogger(__name__)
Publish = Callable[[dict[str, Any]], None]
Send = Callable[[dict[str, Any]], None]


class Session(Protocol):
    """What a page talks to."""

    @property
    def setup(self) -> Mapping[str, Any]:
        """What stays the same: the words of the page, the controls."""

    @property
    def page(self) -> Mapping[str, Any]:
        """What is shown."""

    def receive(self, message: object) -> None:
        """Answer a message, by publishing a page or sending messages."""


class Window(Protocol):
    """A page that is open in a browser."""

    def tell(self, text: str) -> None:
        """Send a text, unless the page has gone."""


class Guest:
    """A session, its thread, and the page that shows it, if there is one now.

    Messages are numbered in both directions, so that a page that lost its connection gets what it missed, and what it
    sent is taken once. All methods run in the thread of the event loop; the session runs in its own.

    Args:
        make: Makes the session, given what publishes a page and what sends a message.
        origin: What the session is about, so that a page is not given one of something else.
    """

    def __init__(self, make: Callable[[Publish, Send], Session], origin: object) -> None:
        self.key = secrets.token_urlsafe(16)
        self.origin = origin
        self.document = ""  # the load of the page
        self.window: Window | None = None
        self.leaving: asyncio.TimerHandle | None = None
        self._make = make
        self._session: Session | None = None
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="explorer", initializer=compile_elsewhere)
        self._room = asyncio.Semaphore(_WAITING)
        self._sent: deque[tuple[int, str]] = deque(maxlen=_KEPT)
        self._last = 0  # number of the last message to the page
        self._taken = 0  # number of the last one from it

    async def begin(self) -> None:
        """Make the session. Raises CorpusKitError if that fails."""

        def publish(page: dict[str, Any]) -> None:
            self._deliver({"name": "_page", "value": page})

        def send(message: dict[str, Any]) -> None:
            self._deliver({"message": message})

        self._session = await self._loop.run_in_executor(self._thread, self._make, publish, send)

    def welcome(self, window: Window, document: str) -> None:
        """Show the session on a page that was just loaded."""
        assert self._session is not None
        self.window, self.document, self._taken = window, document, 0
        state = {"_setup": self._session.setup, "_page": self._session.page}
        window.tell(json.dumps({"session": self.key, "last": self._last, "state": state}))

    def resume(self, window: Window, seen: int) -> bool:
        """Go on with a page that lost its connection; False if what it missed is not kept."""
        missed = [text for number, text in self._sent if number > seen]
        if len(missed) != self._last - seen:
            return False
        self.window = window
        window.tell(json.dumps({"session": self.key, "resumed": self._taken}))
        for text in missed:
            window.tell(text)
        return True

    async def take(self, number: int, message: object) -> None:
        """Let the session answer a message, after those before; return when there is room for the next one."""
        if number <= self._taken:  # the page sent it again
            return
        self._taken = number
        if self.window is not None:
            self.window.tell(json.dumps({"taken": number}))
        await self._room.acquire()
        self._thread.submit(self._answer, message)

    def close(self) -> None:
        """End the session; what its thread is at work on is not interrupted."""
        self.window = None
        if self.leaving is not None:
            self.leaving.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _answer(self, message: object) -> None:
        """Run in the thread of the session."""
        assert self._session is not None
        try:
            self._session.receive(message)
        except CorpusKitError as error:
            self._deliver({"problem": str(error)})
        except Exception as error:  # of the library: the page stays alive
            _log.exception("the explorer could not answer a message")
            self._deliver({"problem": f"{type(error).__name__}: {error}", "unexpected": True})
        finally:
            self._soon(self._room.release)

    def _deliver(self, content: dict[str, Any]) -> None:
        """Send something to the page. The thread of the session writes the JSON, since pages can be large."""
        self._soon(self._put, json.dumps(content))

    def _soon(self, call: Callable[..., None], *arguments: Any) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, *arguments)

    def _put(self, text: str) -> None:
        self._last += 1
        text = f'{{"number": {self._last}, {text[1:]}'
        self._sent.append((self._last, text))
        if self.window is not None:
            self.window.tell(text)


class Guests:
    """The sessions of a server."""

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._guests: dict[str, Guest] = {}

    def __len__(self) -> int:
        return len(self._guests)

    def find(self, key: object, origin: object) -> Guest | None:
        """Return the session of a key, if it is still there and about the same."""
        guest = self._guests.get(key) if isinstance(key, str) else None
        return guest if guest is not None and guest.origin == origin else None

    async def add(self, guest: Guest) -> None:
        """Add a session and make it. If there are too many, one whose page has gone makes room.

        Raises:
            CorpusKitError: If there are too many, or the session cannot be made.
        """
        gone = [each for each in self._guests.values() if each.window is None]
        if len(self._guests) >= MOST_SESSIONS:
            if not gone:
                raise CorpusKitError(f"The explorer is open in {MOST_SESSIONS} windows already. Close one of them.")
            self.remove(gone[0])
        self._guests[guest.key] = guest
        try:
            await guest.begin()
        except BaseException:
            self.remove(guest)
            raise

    def arrive(self, guest: Guest) -> None:
        """Note that a page shows a session."""
        if guest.leaving is not None:
            guest.leaving.cancel()
            guest.leaving = None

    def leave(self, guest: Guest, window: Window) -> None:
        """Note that a page has gone; the session is kept for a while, in case it comes back."""
        if guest.window is not window:  # another connection has its place
            return
        guest.window = None
        guest.leaving = asyncio.get_running_loop().call_later(self._patience, self.remove, guest)

    def remove(self, guest: Guest) -> None:
        """End a session."""
        self._guests.pop(guest.key, None)
        guest.close()

    def close(self) -> None:
        """End all sessions."""
        for guest in list(self._guests.values()):
            self.remove(guest)
