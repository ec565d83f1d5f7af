"""List the links of the built site that lead elsewhere, each with the first page that has it.

    python docs/_extensions/external_links.py docs/_build/html

Links inside the site are checked by the tests; whether others still work, only a browser or a link checker can say.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

_LINK = re.compile(r"""<a\b[^>]*\bhref=["'](https?://[^"'#]+)""")


def external_links(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each link once, in order, with the first page that has it."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.html")):
        for link in _LINK.findall(path.read_text(encoding="utf-8")):
            found.setdefault(unescape(link), str(path.relative_to(folder)))
    yield from sorted(found.items())


if __name__ == "__main__":
    for link, page in external_links(Path(sys.argv[1])):
        print(link, page, sep="\t")
