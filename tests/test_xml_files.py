"""XML is read without entities and document types, and only in the encoding that it declares."""

from __future__ import annotations

import io

import pytest

from corpus_kit.readers.xml_files import NotWellFormedError, parse, tree

BOMB = '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;">]><a>&y;</a>'
EXTERNAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
REFUSED = [
    (BOMB.encode(), "declares a document type"),
    (EXTERNAL.encode(), "declares a document type"),
    (BOMB.encode("utf-16"), "declares a document type"),
    (b"<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>", "declares a document type"),
    (b'<!DOCTYPE a SYSTEM "a.dtd"><a>b&nbsp;c</a>', "entity &nbsp;"),
    (b'<!DOCTYPE a SYSTEM "a.dtd"><a b="&long;"/>', "entity &long;"),
    ("<?xml version='1.0' encoding='iso-8859-6'?><a>قال</a>".encode(), "bytes are UTF-8"),
    ('<?xml version="1.0" encoding="windows-1256"?><a>قال</a>'.encode(), "bytes are UTF-8"),
    (b'<?xml version="1.0" encoding="utf-16"?><a/>', "not UTF-16"),
    (b'<?xml version="1.0" encoding="ibm037"?><a/>', "encoding ibm037"),
    ('<?xml version="1.0" encoding="utf-8"?><a>قال</a>'.encode("cp1256"), "not well-formed"),
    (b"<a>b", "not well-formed"),
    (b"<a>&foo;</a>", "not well-formed"),
    (b"", "not well-formed"),
]


class Words:
    """Collects what it is given."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def start(self, tag, attributes):
        self.found += [f"<{tag}>", *attributes.values()]

    def end(self, tag):
        self.found.append(f"</{tag}>")

    def data(self, text):
        self.found.append(text)

    def close(self):
        self.found.append("end")


def events(data: bytes) -> str:
    target = Words()
    for _ in parse(io.BytesIO(data), target):
        pass
    return "".join(target.found)


@pytest.mark.parametrize(("data", "reason"), REFUSED)
@pytest.mark.parametrize("read", [events, tree])
def test_what_is_refused(data, reason, read):
    with pytest.raises(ValueError, match=reason):
        read(data)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "windows-1256", "iso-8859-6"])
def test_declared_encodings(codec):
    data = f'<?xml version="1.0" encoding="{codec}"?><a b="1">قال</a>'.encode(codec)
    assert events(data) == "<a>1قال</a>end"
    assert tree(data).text == "قال"


def test_comments_and_instructions_are_no_text_and_sections_are():
    assert events(b"<a>b<!-- c --><?d e?>f<![CDATA[<g>]]>&amp;&#233;</a>") == "<a>bf<g>&é</a>end"


def test_what_must_not_be_there_is_found_between_pieces():
    entity = b"&" + b"e" * 60 + b";"
    for at in range((1 << 20) - 70, 1 << 20, 9):  # the first piece has a MiB
        head = b'<!DOCTYPE a SYSTEM "a.dtd"><a>'
        with pytest.raises(ValueError, match="entity"):
            events(head + b"x" * (at - len(head)) + entity + b"</a>")


def test_an_error_in_the_syntax_can_be_told_from_a_refusal():
    with pytest.raises(NotWellFormedError):
        events(b"<p>a<br>b</p>")
    with pytest.raises(ValueError, match="declares") as refused:
        events(BOMB.encode())
    assert not isinstance(refused.value, NotWellFormedError)


def test_a_text_is_read_to_its_end_in_pieces():
    body = "".join(f"<b>كلمة{number}</b>" for number in range(200_000))
    target = Words()
    steps = sum(1 for _ in parse(io.BytesIO(f"<a>{body}</a>".encode()), target))
    assert steps > 20
    assert "".join(target.found) == f"<a>{body}</a>end"
