"""What `corpus-kit explore` shows: how opening goes on, then the explorer, in any number of windows."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from corpus_kit._base.arguments import integer, is_text
from corpus_kit.corpus import storage
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.errors import CorpusKitError, InputError, SourceError, invalid
from corpus_kit.explore.folders import first_folder, listing_of, typed_path
from corpus_kit.explore.hosting import Guest, Guests, Publish, Send, Session, Window
from corpus_kit.explore.messages import in_language
from corpus_kit.explore.opening import Opened, Source, open_or_build
from corpus_kit.explore.recent import recent_paths, remember_path

__all__ = ["MOST_BYTES", "Site"]

MOST_BYTES = 1 << 20  # of a message from a page
_MOST_NUMBER = 1 << 53
_OFTEN = 0.1  # seconds between two reports of the same step
_PARTING = 2.0  # seconds in which the connection of a page that is loaded again ends
_LOOK = 2.0  # seconds between two looks at whether the corpus was replaced
_SHOWN_EXAMPLES = 5  # of what was left out, for each reason

_log = logging.getLogger(__name__)
MakeSession = Callable[[Opened, Publish, Send], Session]


class Site:
    """A source, its corpus once that is open, and the sessions on it.

    Opening runs in a thread of its own, which sets the stage; everything else runs in the thread of the event loop.

    Args:
        make: Makes the session of a window, given what is open.
        source: What to open; None lets the page ask.
        warm_up: Called with the corpus once it is open; it does its work step by step.
        language: "en" or "ar".
    """

    def __init__(
        self,
        make: MakeSession,
        source: Source | None,
        *,
        warm_up: Callable[[Corpus], Iterable[None]] = lambda _: (),
        language: str = "en",
    ) -> None:
        self._language = language
        self._make = make
        self._warm_up = warm_up
        self._source = source
        self._guests = Guests()
        self._windows: dict[Window, Guest | None] = {}
        self._waiting: dict[Window, dict[str, Any]] = {}  # their greetings, until the corpus is open
        self._opened: Opened | None = None
        self._stamp: object = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False
        self._told = 0.0
        self._stage: dict[str, Any] = {"stage": "choose"}
        self._opening: threading.Thread | None = None

    # ------------------------------------------------------------------ opening

    def open(self) -> None:
        """Begin to open the source, in another thread."""
        if self._source is None:
            self._stage = self._choice()
            return
        if self._is_opening:
            return
        self._stage = {"stage": "opening"}
        self._opening = threading.Thread(target=self._open, args=(self._source,), name="opening")
        self._opening.start()

    @property
    def _is_opening(self) -> bool:
        return self._opened is None and self._stage["stage"] not in ("choose", "problem")

    def _open(self, source: Source) -> None:
        try:
            opened = open_or_build(source, self._step)
            remember_path(opened.corpus.path)
        except _ClosedError:
            return
        except CorpusKitError as error:
            asked = [path for path in (source.path, source.reference) if path is not None]
            missing = next((str(path) for path in asked if not path.exists()), None)
            columns = () if source.reference is not None else _columns_there(error)
            self._reach({"stage": "problem", "text": self._said(error), "missing": missing, "columns": columns})
        except OSError as error:  # a name that no file can have, no permission, no space
            text = f"{str(source.path)!r} cannot be opened: {error.strerror or error}."
            self._reach({"stage": "problem", "text": self._said(text), "missing": None})
        except Exception as error:
            _log.exception("%s could not be opened", source.path)
            text = self._said(f"{type(error).__name__}: {error}")
            self._reach({"stage": "problem", "text": text, "unexpected": True})
        else:
            self._stamp = storage.stamp(opened.corpus.path)
            self._opened = opened
            self._reach({"stage": "starting"})
            for _ in self._warm_up(opened.corpus):
                if self._is_closed or self._opened is not opened:
                    return

    def _said(self, message: object) -> str:
        """Return what the library says, in the language of the page."""
        return in_language(str(message), self._language)

    def _step(self, name: str, values: Mapping[str, Any]) -> None:
        if self._is_closed:
            raise _ClosedError
        now = time.monotonic()
        if name != self._stage["stage"] or now - self._told > _OFTEN:
            self._told = now
            self._reach({"stage": name, **values})

    def _reach(self, stage: dict[str, Any]) -> None:
        self._stage = stage
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._show_stage)

    def _show_stage(self) -> None:
        for window in list(self._windows):
            window.tell(json.dumps(self._stage))
        if self._opened is not None:
            waiting, self._waiting = self._waiting, {}
            for window, greeting in waiting.items():
                self._run(self._greet(window, greeting))

    def _choice(self, before: Source | None = None) -> dict[str, Any]:
        """Return the stage in which a page asks what to open, with what was asked for before."""
        paths = () if before is None else (before.path, before.reference)
        typed, reference = ("" if path is None else str(path) for path in paths or (None, None))
        recent = [str(path) for path in recent_paths()]
        date = "" if before is None else before.options.get("date", "")
        return {"stage": "choose", "recent": recent, "typed": typed, "reference": reference, "date": date}

    # ------------------------------------------------------------------ life of the server

    def start(self) -> None:
        """Begin to answer, in the thread of the running event loop, and to open the source unless that has begun."""
        self._loop = asyncio.get_running_loop()
        if self._opening is None:
            self.open()
        self._show_stage()
        self._look()

    def close(self) -> None:
        """End opening and sessions. A build that is at work ends at its next step, and leaves nothing behind."""
        self._is_closed = True
        self._guests.close()

    def _look(self) -> None:
        """Tell the pages when the corpus that they show is no longer the one in its folder."""
        assert self._loop is not None
        if self._opened is not None and storage.stamp(self._opened.corpus.path) != self._stamp:
            for window in self._windows:
                window.tell(json.dumps({"replaced": True}))
        if not self._is_closed:
            self._loop.call_later(_LOOK, self._look)

    def _run(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)  # the loop itself holds tasks weakly
        task.add_done_callback(self._tasks.discard)

    # ------------------------------------------------------------------ windows

    def enter(self, window: Window) -> None:
        """Note that a page has connected."""
        self._windows[window] = None

    def leave(self, window: Window) -> None:
        """Note that a page has lost its connection."""
        guest = self._windows.pop(window, None)
        self._waiting.pop(window, None)
        if guest is not None:
            self._guests.leave(guest, window)

    async def receive(self, window: Window, text: str | bytes) -> None:
        """Take a message of a page."""
        try:
            message = _read(text)
            guest = self._windows.get(window)
            if "hello" in message:
                await self._greet(window, message)
            elif "list" in message:
                number = integer(message.get("number"), "number", least=1, most=_MOST_NUMBER)
                self._run(self._list(window, number, message["list"]))
            elif "choose" in message:
                self._choose(message)
            elif "columns" in message:
                self._name_columns(message["columns"])
            elif "again" in message:
                self._open_again()
            elif guest is not None:
                number = integer(message.get("number"), "number", least=1, most=_MOST_NUMBER)
                await guest.take(number, message.get("message"))
        except CorpusKitError as error:
            window.tell(json.dumps({"problem": self._said(error)}))

    async def _greet(self, window: Window, greeting: dict[str, Any]) -> None:
        """Give a page its session: the one it had, or a new one."""
        if window not in self._windows:  # it has gone meanwhile
            return
        if self._opened is None:
            self._waiting[window] = greeting
            window.tell(json.dumps(self._stage))
            return
        document = greeting.get("document")
        if not isinstance(document, str) or not 0 < len(document) <= 64 or not is_text(document):
            raise invalid("document", "a name", document)
        opened = self._opened
        guest = self._guests.find(greeting["hello"], opened)
        if greeting.get("drawn"):
            seen = integer(greeting.get("seen"), "seen", least=0, most=_MOST_NUMBER)
            if guest is None or guest.document != document or not guest.resume(window, seen):
                window.tell(json.dumps({"reload": True}))
                return
        elif guest is None or not await self._is_free(guest):  # a duplicated window has the key of the other one
            guest = Guest(lambda publish, send: self._make(opened, publish, send), opened)
            try:
                await self._guests.add(guest)
            except CorpusKitError as error:
                window.tell(json.dumps({"stage": "problem", "text": self._said(error)}))
                return
            if window not in self._windows:
                self._guests.remove(guest)
                return
        if not greeting.get("drawn"):
            window.tell(json.dumps({"report": self._report(opened)}))
            guest.welcome(window, document)
        before, self._windows[window] = self._windows[window], guest
        if before is not None and before is not guest:  # a page that greets again leaves what it had
            self._guests.leave(before, window)
        self._guests.arrive(guest)

    async def _is_free(self, guest: Guest) -> bool:
        """Return whether no page shows a session; a page that is loaded again can be here before it has left."""
        assert self._loop is not None
        begun = self._loop.time()
        while guest.window is not None and self._loop.time() - begun < _PARTING:
            await asyncio.sleep(0.02)
        return guest.window is None and self._guests.find(guest.key, guest.origin) is guest

    def _choose(self, message: dict[str, Any]) -> None:
        """Open what a person chose, or let all pages ask for something else, unless something is being opened."""
        path = message["choose"]
        if self._is_opening:
            return
        if path is None:
            is_open, self._opened = self._opened is not None, None
            self._stage = self._choice(self._source)
            if is_open:
                self._reload()
            else:
                self._show_stage()
            return
        if self._opened is not None:
            return
        typed, beside = typed_path(path), message.get("reference")
        reference = None if beside is None or beside == "" else typed_path(beside)
        before = self._source
        if before is None or before.path != typed:  # its options are of its own columns, its output is its own folder
            before = Source(typed)
        date = message.get("date")
        if isinstance(date, str):
            before = replace(before, options=_with_columns(before.options, {"date": date.strip()}))
        self._source = replace(before, annotate=message.get("annotate") is True, reference=reference)
        self.open()
        self._show_stage()

    def _name_columns(self, named: object) -> None:
        """Read the tables again, with the columns that a person chose of those that there are."""
        there = self._stage.get("columns", ())
        if self._is_opening or self._source is None or not there or not isinstance(named, dict):
            return
        columns = {name: str(named[name]) if named.get(name) in there else "" for name in ("text", "date")}
        self._source = replace(self._source, options=_with_columns(self._source.options, columns))
        self.open()
        self._show_stage()

    async def _list(self, window: Window, number: int, asked: object) -> None:
        """Tell a page what is in a folder, as long as it asks for texts; a typed name may be none yet."""
        if self._opened is not None:
            return
        assert self._loop is not None
        try:
            path = first_folder() if asked is None else typed_path(asked)
            listing = await self._loop.run_in_executor(None, listing_of, path)
        except InputError as error:
            listing = {"problem": self._said(error)}
        except OSError as error:
            listing = {"problem": self._said(error.strerror or error)}
        window.tell(json.dumps({"listing": {**listing, "number": number}}))

    def _open_again(self) -> None:
        """Open the source again, and let all pages load again."""
        if self._is_opening:
            return
        self._opened, self._stage = None, {"stage": "choose"}
        self._reload()
        self.open()

    def _reload(self) -> None:
        for window in list(self._windows):
            window.tell(json.dumps({"reload": True}))

    def _report(self, opened: Opened) -> dict[str, Any]:
        """Return what is told of the corpus when its explorer appears."""
        record = opened.corpus.manifest["source"]
        tallies = {**record["skipped"], **record.get("left_out", {})}
        if record.get("ignored", {}).get("count"):
            tallies["unknown file ending"] = record["ignored"]
        return {
            "how": opened.how,
            "key": opened.corpus.id if opened.reference is None else f"{opened.corpus.id} {opened.reference}",
            "name": opened.corpus.path.name,
            "folder": str(opened.corpus.path),
            "documents": record["documents"],
            "files": len(record["files"]),
            "left_out": [
                [self._said(reason), tally["count"], [_shown(each) for each in tally["examples"][:_SHOWN_EXAMPLES]]]
                for reason, tally in tallies.items()
            ],
        }


class _ClosedError(Exception):
    """The server has ended."""


def _columns_there(error: CorpusKitError) -> tuple[str, ...]:
    """Return the columns of a table that has not the one that it was asked for."""
    causes = (error, error.__cause__)
    return next((each.columns for each in causes if isinstance(each, SourceError) and each.columns), ())


def _with_columns(options: Mapping[str, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """Return options with the columns that are named; "" stands for none."""
    return {name: value for name, value in {**options, **columns}.items() if value != ""}


def _read(text: str | bytes) -> dict[str, Any]:
    """Return a message of a page. Raises InputError if it is none."""
    if len(text) > MOST_BYTES:
        raise InputError(f"A message must be at most {MOST_BYTES:,} bytes, got {len(text):,}.")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("A message must be JSON.") from None
    if not isinstance(message, dict):
        raise invalid("message", "an object", message)
    return message


def _shown(example: Mapping[str, Any]) -> str:
    return str(example["source"]) if example.get("row") is None else f"{example['source']}:{example['row']}"
