"""XML that is written as it comes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

__all__ = ["XmlWriter"]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class XmlWriter:
    """Writes XML into a file, with U+FFFD for characters that XML has not.

    >>> import io
    >>> file = io.BytesIO()
    >>> XmlWriter(file).leaf("Code", name="a & b")
    >>> file.getvalue()
    b'<Code name="a &amp; b"/>'
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._generator = XMLGenerator(file, "utf-8", short_empty_elements=True)

    @contextmanager
    def element(self, _tag: str, **attributes: str) -> Iterator[None]:
        """Write an element around what is written in the block."""
        cleaned = {name: _clean(value) for name, value in attributes.items()}
        self._generator.startElement(_tag, AttributesImpl(cleaned))
        yield
        self._generator.endElement(_tag)

    def leaf(self, _tag: str, _text: str = "", **attributes: str) -> None:
        """Write an element with a text, or without."""
        with self.element(_tag, **attributes):
            self._generator.characters(_clean(_text))

    def copy(self, file: IO[bytes]) -> None:
        """Write XML that is in another file."""
        self._generator.ignorableWhitespace("\n")  # ends the tag before
        shutil.copyfileobj(file, self._file)


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
