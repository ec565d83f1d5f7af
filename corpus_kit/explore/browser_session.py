"""The session of a window: the explorer of a corpus, for a page that is not in a notebook."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from corpus_kit.analysis.word_sketch import sketch_steps
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.explore.given import Given
from corpus_kit.explore.hosting import Publish, Send
from corpus_kit.explore.line_pages import Request
from corpus_kit.explore.session import Session
from corpus_kit.explore.table_pages import Tables

__all__ = ["browser_session", "warm_up"]

_MOST_TOKENS = 30_000_000  # of a corpus all of whose n-grams are counted before they are asked for
_READ_WORDS = """
import os
if hasattr(os, "nice"):
    os.nice(10)
from corpus_kit.text.segmentation import segment
segment(["كلمة"])
"""
_FIRST = Request(pattern="", sort=(), window=(8, 8), clitics=False, exact=False, page_size=20)


def browser_session(
    corpus: Corpus,
    publish: Publish,
    send: Send,
    *,
    codes: tuple[str, ...] | None,
    sheet: str | os.PathLike[str] | None,
    coder: str | None,
    language: str,
    project: str | os.PathLike[str] | None = None,
    person: str | None = None,
    tables: Tables | None = None,
    reference: Path | None = None,
) -> Session:
    """Return the session of a window, which begins with the words of the corpus.

    Args:
        corpus: The corpus, which several sessions share.
        publish: Called with each new page of the concordance.
        send: Called with each message to the page.
        codes: The codes to choose from; None allows any, () leaves coding out.
        sheet: The file of the codes.
        coder: The name under which codes are noted.
        language: "en" or "ar".
        project: The folder of a coding project, which is shown first.
        person: Who codes in the project; None lets the page ask.
        tables: The tables that the sessions of the corpus share.
        reference: The folder of the corpus with which key words are compared; None for none.
    """
    given = Given(corpus, "", exact=False, clitics=False, within="paragraph")
    return Session(
        given, _FIRST, codes=codes, sheet=sheet, coder=coder, metadata=[], language=language,
        tab="words" if project is None else "coding", project=project, person=person, publish=publish, send=send,
        tables=tables, reference=reference,
    )  # fmt: skip


def warm_up(tables: Tables, language: str) -> Iterator[None]:
    """Make what the first views need, and load what they run, in steps, while the reader's browser opens.

    The words are shown first. N-grams, the relations of sketches, and the reading of words, which explains why a search
    finds nothing, take so long that a reader would wait for them.

    Args:
        tables: The tables of the corpus, which keep what is made.
        language: "en" or "ar".
    """
    corpus = tables.corpus
    session = browser_session(
        corpus, lambda _: None, lambda _: None, codes=(), sheet=None, coder=None, language=language, tables=tables
    )  # fmt: skip
    view = {"kind": "view", "client": "warm", "number": 0, "request": {}, "count": 100}
    for tab in ("words", "ngrams"):
        session.receive({**view, "tab": tab, "go_on": corpus.n_tokens <= _MOST_TOKENS})
        yield
    if corpus.is_annotated:
        yield from sketch_steps(corpus) if corpus.n_tokens <= _MOST_TOKENS else ()
        return
    # In a process of its own, which keeps it for all others: in this one, the pages would wait for it.
    nowhere = subprocess.DEVNULL
    reading = subprocess.Popen([sys.executable, "-c", _READ_WORDS], stdin=nowhere, stdout=nowhere, stderr=nowhere)
    try:
        while reading.poll() is None:
            time.sleep(0.1)
            yield
    finally:
        reading.kill()
        reading.wait()
    from corpus_kit.query.patterns import parse_pattern  # slow to load: here, as the first key without hits would wait
    from corpus_kit.search.hints import why_nothing  # likewise

    why_nothing(corpus, parse_pattern("ا"))
