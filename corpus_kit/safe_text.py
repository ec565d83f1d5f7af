"""Text that may be shown to anybody: without characters that a terminal obeys, and without secrets.

File names, metadata, columns and manifests come from elsewhere. `printable` is what every text passes on its way to a
terminal or into a message; `redacted` is what every address passes on its way to a message, a file or a record.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

__all__ = ["HIDDEN", "Pointed", "one_line", "pointed", "printable", "redacted", "redacted_address"]

HIDDEN = "***"
"""What stands in place of a secret."""

# Controls (C0 without the line feed, DEL, C1), which a terminal obeys; separators of lines and paragraphs; embeddings
# and overrides, isolates and deprecated formatting, which reorder what is around them; surrogates, which cannot be
# encoded. Marks that only concern their neighbours stay, since Arabic is written with them: the joiners (U+200C,
# U+200D) and the directional marks (U+200E, U+200F, U+061C), which do no more than a letter of their direction.
_OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff]")
_ISOLATES = re.compile("[\u2066-\u2069]")
_END_OF_ISOLATE = "\u2069"
_BEFORE_CARET, _AFTER_CARET = 60, 20  # characters that are shown around a place


def printable(text: str) -> str:
    r"""Return a text in which whatever a terminal would obey is an escape; line feeds stay.

    Isolates stay where one line both begins and ends them: they keep what they hold from reordering anything else.

    >>> printable("خبر\x1b[2J"), printable("a\u202eb"), printable("\u2067خبر\u2069")
    ('خبر\\x1b[2J', 'a\\u202eb', '\u2067خبر\u2069')
    """
    if not _OBEYED.search(text):
        return text
    return "\n".join(_printable_line(line) for line in text.split("\n"))


def one_line(text: str) -> str:
    r"""Return a text as `printable` does, with its line feeds as escapes, too.

    >>> one_line("a.txt\nerror: none")
    'a.txt\\nerror: none'
    """
    return printable(text).replace("\n", "\\n")


class Pointed(str):
    """A text with a caret below a place, as a note of an error; `parts` has it for a page.

    Attributes:
        parts: What is before the place, the character there ("" at the end), and what is after it.
    """

    parts: tuple[str, str, str]


def pointed(text: str, place: int) -> Pointed:
    """Return a text, or what of it is near a place, with a caret below the place.

    >>> print(pointed("قال [", 4), pointed("قال [", 4).parts)
      قال [
          ^ ('قال ', '[', '')
    """
    begin = max(place - _BEFORE_CARET, 0)
    line = one_line(re.sub(r"\s", " ", text[begin : place + _AFTER_CARET]))
    before = one_line(re.sub(r"\s", " ", text[begin:place]))
    width = sum(unicodedata.category(sign) not in ("Mn", "Me", "Cf") for sign in before)
    note = Pointed(f"  {line}\n  {' ' * width}^")
    after = place + 1
    while unicodedata.category(text[after : after + 1] or " ") in ("Mn", "Me"):  # they belong to the letter
        after += 1
    note.parts = (before, one_line(text[place:after]), one_line(text[after : place + _AFTER_CARET]))
    return note


def _printable_line(line: str) -> str:
    closed: set[int] = set()
    begun: list[int] = []
    for isolate in _ISOLATES.finditer(line):
        if isolate[0] != _END_OF_ISOLATE:
            begun.append(isolate.start())
        elif begun:
            closed |= {begun.pop(), isolate.start()}
    return _OBEYED.sub(lambda found: found[0] if found.start() in closed else _escape(found[0]), line)


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python holds a byte of a file name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


# Secrets in addresses

_SCHEME = r"[A-Za-z][A-Za-z0-9+.-]*"
_ENCODED = r"%3[Aa]%2[Ff]%2[Ff]"  # :// in an address that is part of another
# Where an address begins in running text, and how far it goes.
_ADDRESS = re.compile(
    rf"(?<![A-Za-z0-9+.-]){_SCHEME}(?:://|{_ENCODED}|::(?={_SCHEME}:))[^\s'\"<>]*"
    r"(?:['\"<>]\S*@[^\s'\"<>]*)?"  # a password may have a quotation mark
)
_LINK = re.compile(rf"::(?={_SCHEME}(?:://|::))")  # between the addresses of a chain, as in simplecache::https://…
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.%]*\]|[^:\[\]%]*)(?::[0-9]*)?")  # with a port or without
# What is named here has no part for a user: a bucket or a container comes first. In the names of objects, and of files
# of this machine, @, ? and # are characters like any other.
_STORES = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "wasb", "wasbs", "az", "adl", "oss", "oci", "hf", "memory"}
_LOCAL = {"file", "local"}
_LEAST_SECRET = 4  # characters; a shorter one would be found in any text


def redacted(text: str, secrets: Collection[str] = ()) -> str:
    """Return a text in which every address is as `redacted_address` returns it.

    Args:
        text: Any text. An address in it ends at white space, a quotation mark or an angle bracket.
        secrets: Texts that are replaced wherever they are, such as a password.

    >>> redacted("cannot read 'https://me:secret@host/news?sig=abc': Forbidden")
    "cannot read 'https://***@host/news?***': Forbidden"
    >>> redacted("Forbidden for hunter2", ["hunter2"])
    'Forbidden for ***'
    """
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _LEAST_SECRET:
            text = text.replace(secret, HIDDEN)
    if ":" not in text and "%3" not in text:
        return text
    return _ADDRESS.sub(lambda address: redacted_address(address[0]), text)


def redacted_address(address: str) -> str:
    """Return an address, or a chain of addresses, without user, password, token, query and fragment.

    What cannot be told from a secret is taken for one: everything before the last @, and everything after a question
    mark or a number sign. In the addresses of object stores, where these may be part of a name, only KEY:SECRET@ and
    what has an equals sign are.

    >>> redacted_address("https://me:pa/ss@host/news?sig=abc"), redacted_address("simplecache::ftp://TOKEN@host/1.txt")
    ('https://***@host/news?***', 'simplecache::ftp://***@host/1.txt')
    >>> redacted_address("s3://bucket/me@home.txt"), redacted_address("s3://KEY:SECRET@bucket/1.txt")
    ('s3://bucket/me@home.txt', 's3://***@bucket/1.txt')
    """
    return "::".join(_redacted_link(link) for link in _LINK.split(address))


def _redacted_link(link: str) -> str:
    scheme, mark, rest = link.partition("://")
    if not mark:
        encoded = re.search(_ENCODED, link)
        return link[: encoded.end()] + HIDDEN if encoded else _without_user(link, is_store=False)
    if scheme.lower() in _LOCAL and rest.startswith("/"):
        return link
    is_store = scheme.lower() in _STORES
    rest = _without_user(rest, is_store=is_store)
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    if not _HOST.fullmatch(authority.removeprefix(f"{HIDDEN}@")):
        return f"{scheme}://{HIDDEN}"  # a password whose end is not in sight
    return f"{scheme}://{_without_query(rest, is_store=is_store)}"


def _without_user(rest: str, *, is_store: bool) -> str:
    user, at, after = rest.rpartition("@")
    return rest if not at or (is_store and ":" not in user) else f"{HIDDEN}@{after}"


def _without_query(rest: str, *, is_store: bool) -> str:
    query = re.search("[?#](?=.*=)" if is_store else f"[?#]|{_ENCODED}", rest, re.DOTALL)
    if query is None or query.end() == len(rest):
        return rest
    return rest[: query.end()] + HIDDEN
