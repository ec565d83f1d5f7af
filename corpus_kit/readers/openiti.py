"""Books in OpenITI mARkdown, with the metadata of their headers and of the .yml files beside them.

Nothing of the markup stays in the text: wrapped lines are joined, a paragraph, a heading or a verse is a line,
and a tabulator stands between hemistichs. What the markup says is in the spans.

References:
    Romanov, M. (2017-2024). OpenITI mARkdown. https://maximromanov.github.io/mARkdown
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

from corpus_kit._base.arguments import integer
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Reader, Span
from corpus_kit.readers.text_builder import TextBuilder, chapter_documents, chapter_kind

__all__ = ["is_openiti", "openiti"]

_MAGIC = "######OpenITI#"
_HEADER_END = "#META#Header#End#"
_DEEPEST = 9

# -- the text ----------------------------------------------------------------------------------------------------------

_LETTERS = "A-Za-z"
_VOLUME = r"[^\sPp]{1,12}"  # without P, so that it ends in one way only
_MAY_HAVE_MARKUP = re.compile(f"[{_LETTERS}@#$%|<~¬_]")
_IMAGE = r"!\[[^\[\]]{0,300}\]\([^()]{0,300}\)"
_COMMENT = r"<!--[^<>]*-->"
_ADDRESS = r"[A-Za-z0-9._+\-]"  # of mail
_DIGIT = "0-9\u0660-\u0669"
_MARKUP = re.compile(
    rf"""(?=[{_LETTERS}0-9@\#$%|<~&¬_!(]) (?:  # the letters of most words are none of these
      (?P<page> (?<![{_LETTERS}]) (?i:Page|Folio)(?P<side>Beg(?:inning)?|End)?[Vv](?P<volume>{_VOLUME})
                [Pp](?P<number>[0-9]+(?:[A-Za-z](?![A-Za-z0-9]))?) )
    | (?P<milestone> (?<![{_LETTERS}]) (?:Milestone|ms) [A-Z]? (?P<count>[0-9]+) )
    | (?P<hemistich> %~% )
    | (?P<bar> (?<![{_DIGIT}]) % (?:[ ]*%)* )
    | (?P<address> (?<![A-Za-z0-9]){_ADDRESS}{{1,64}}@{_ADDRESS}{{1,64}}(?<!\.) )
    | &(?P<character>[{_LETTERS}]+|\#[0-9]+|\#[Xx][0-9A-Fa-f]+);
    | (?P<notes> ¬?_{{5,}} ) | (?P<reference> \( ¬ [{_DIGIT}]+ \) )
    | (?P<part> @ (?P<name>MATN|HUKM|QB|QE) (?: @ | [0-9]{{1,4}}(?![\w@]) | (?<=Q[BE])(?![\w@]) ) )
    | (?P<entity> (?:@[A-Z]{{3}})? [@\#] (?P<class>TOP|PER|SOC|SRC|QUR|T|P|S)
                  (?:\$(?P<key>[\w+\-]+))? @? (?P<prefix>[0-9])(?P<words>[0-9]{{1,2}}) (?![\w@]) )
    | (?P<year> @?(?<![{_LETTERS}])Y(?P<what>[ABDY])(?P<value>[0-9]{{1,4}}) (?![{_LETTERS}0-9]) )
    | {_COMMENT} | </?[{_LETTERS}][^<>]*>                                # HTML that was left
    | {_IMAGE}
    | (?<![A-Za-z@])[A-Z]{{4}}V[0-9]+P[0-9]+[A-Z](?:_[A-Z0-9_]+)?(?![{_LETTERS}])       # a passage of another text
    | (?<!{_ADDRESS})[0-9]{{4}}[A-Z][{_LETTERS}]+(?:\.[A-Z][{_LETTERS}]+(?:\.\w+-[a-z]{{3}}[0-9]+)?)?
      (?![A-Za-z0-9_])                                             # a URI
    | (?<![{_LETTERS}])Q[0-9]{{1,3}}[BE](?![{_LETTERS}])           # beginning and end of a quotation
    | \(@+\) | @[{_LETTERS}][{_LETTERS}0-9_$@+.:\-]* | @+          # other tags
    | \#\$\#[A-Z]+[0-9]* | \#~:[^:]*: | \#[A-Z]{{3}}[{_LETTERS}0-9_$@+\-]* | \#+
    | \$[A-Z]+(?:_[A-Z]+)*\$ | \$+(?![0-9])
    | ~[~!]*~? | \|+
    )""",
    re.VERBOSE,
)
_CHECKED = r"(?: *(?:AUTO|CHECK)(?![A-Za-z]))*"
_HEADING = re.compile(
    rf"#+ *(?:\| *(?P<section>[A-Z_]{{4,}}) *(?:\||$)|(?P<level>\|+|=+){_CHECKED})? *"
    rf"(?P<unit>\$[A-Z]+(?:_[A-Z]+)*\$|\$+|@ *RAW|@(?= |$))?{_CHECKED} *(?P<title>.*)"
)
_SHORT_HEADING = re.compile(r"##? *(?:\|+ [^|]*|\|[A-Z_]{4,}\|.*)")  # with bars within it is a row of a table
_COMMENTS = ("#META#", "#@COMMENT")
_TOPIC = re.compile(r"#~:([^:]*):(.*)")
_TRANSMISSION = re.compile(r"# *\$RWY\$")
_PAGE = rf"(?i:Page|Folio)(?:Beg(?:inning)?|End)?[Vv]{_VOLUME}[Pp][0-9]+[A-Za-z]?"
_NO_TEXT = re.compile(rf"(?:#|~~)? *(?:(?:{_PAGE}|(?:Milestone|ms)[A-Z]?[0-9]+|{_IMAGE}|{_COMMENT}) *)+")
_VERSE_NUMBER = re.compile(rf"(%|^)((?: *{_PAGE})*) *(?<![0-9])[0-9]{{1,4}} *$")  # after the last bar of a verse
_WORD = re.compile(r"\S+")
_LONGEST_WORD = 200
_PUNCTUATION = "،؛؟.,:;!?»«()[]{}\"'"
_CLOSING = tuple("،؛؟.,:;!?»)]}")

_PARTS = {"MATN": "matn", "HUKM": "hukm"}
_ENTITIES = {"T": "place", "P": "person", "S": "social_role", "TOP": "place", "PER": "person", "SOC": "social_role",
             "SRC": "source", "QUR": "quran"}  # fmt: skip
_YEARS = {"B": "birth_year", "D": "death_year", "Y": "year", "A": "age"}
_SECTIONS = {"EDITOR": "editorial"}
_UNITS = {
    "$": ("biography", "man"), "$BIO_MAN$": ("biography", "man"),
    "$$": ("biography", "woman"), "$BIO_WOM$": ("biography", "woman"), "$BIO_WOMAN$": ("biography", "woman"),
    "$$$": ("biography", "reference"), "$BIO_REF$": ("biography", "reference"),
    "$$$$": ("biography", "names"), "$BIO_NLI$": ("biography", "names"),
    "@": ("event", None), "$CHR_EVE$": ("event", None), "$CHR$": ("event", None),
    "@RAW": ("events", None), "$CHR_RAW$": ("events", None),
    "$DIC_NIS$": ("entry", "nisba"), "$DIC_TOP$": ("entry", "toponym"),
    "$DIC_LEX$": ("entry", "lexeme"), "$DIC_BIB$": ("entry", "book"),
    "$DOX_POS$": ("doxography", "position"), "$DOX_SEC$": ("doxography", "sect"),
}  # fmt: skip

# -- the metadata ------------------------------------------------------------------------------------------------------

_NAME = re.compile(
    r"(?P<author>(?P<death>\d{4})[^\W\d]\w*)\.(?P<book>\w+)\.(?P<version>(?P<collection>[A-Za-z]+(?:[0-9]{2}[A-Z](?=[0-9]))?)?\w*-(?P<language>[a-z]{3})\d+)"
    r"(?:\.(?P<state>\w+))?"
)
_NUMBERED = re.compile(r"\d{3}\.(\w+)\s*::(.*)")
_QUOTED = re.compile(r'"(\w+)" *: *"?(.*?)"?,?')  # of a header in JSON
_NAMED = re.compile(r"([^:]{1,40}):+(.*)")
_COLUMNS = {  # of several names in a header the first one here is taken
    "title": ("BookTITLE", "BookTITLEalt", "العنوان", "الكتاب", "Title", "BookTitle", "title", "bk"),
    "author": ("AuthorNAME", "AuthorAKA", "المؤلف", "Author", "AuthorNam", "auth"),
    "subject": ("BookSUBJ", "الموضوع", "المواضيع", "cat", "Tags", "BookCats"),
    "volumes": ("BookVOLS", "عدد الأجزاء"),
    "editor": ("EdEDITOR", "المحقق", "تحقيق", "Editor", "EditorNam"),
    "edition": ("EdNUMBER", "EdNumber", "EdALL", "الطبعة"),
    "publisher": ("EdPUBLISHER", "الناشر", "Publisher"),
    "place": ("EdPLACE", "Place of publication"),
    "edition_year": ("EdYEAR", "عام النشر", "سنة النشر", "تاريخ النشر", "تاريخ الطبعة", "تاریخ الطبعة"),
    "isbn": ("EdISBN",),
    "link": ("LibREADONLINE", "LibURL", "LibURLextra", "ScrapeURL", "epub_url"),
    "source_id": ("LibURI", "SortField", "bkid", "book_id", "BookID"),
}
_KNOWN = {key for keys in _COLUMNS.values() for key in keys}
_NOTHING = {"", "NODATA", "NOTGIVEN", "NOT_FOUND", "None"}

_FIELD = re.compile(r"(\d\d)#([A-Z]+)#([A-Z_]+)#*(?:[A-Z]{2})?:(.*)")
_RECORDS = {"AUTH": "author", "BOOK": "book", "VERS": "version"}
_CODES = {"11": "_arabic", "20": "_place", "30": "_ah", "31": "_ce"}
_YML_COLUMNS = {"version_length": "version_words", "version_clength": "version_characters",
                "version_based": "version_edition"}  # fmt: skip
_COUNTS = {"version_words", "version_characters", "volumes"}
_FILLER = re.compile(  # what the templates of the .yml files have where nothing was filled in
    r"(?:b\. |Abū |al-)?Fulān|URIs? |src@keyword|permalink|(?:YEAR|XXXX)-|YYYY-MM-DD|AUTH_URI|XXX|all@id"
    r"|formalized issues|the name of the annotator|a free running comment|(?:Kitāb|Risālaŧ) al-Mu.allif"
    r"|NOT_?FOUND|NODATA"
)
_YML_BYTES = 1 << 20


def is_openiti(head: bytes) -> bool:
    r"""Return whether the first bytes of a file are those of OpenITI mARkdown.

    >>> is_openiti(b"######OpenITI#\n"), is_openiti("# قال".encode())
    (True, False)
    """
    return head.removeprefix(b"\xef\xbb\xbf").startswith(_MAGIC.encode())


def openiti(*, divisions: int | None = None) -> Reader:
    r"""Return a reader of books in OpenITI mARkdown, one document a book.

    Spans are "page" (its value is volume:page, none where the file has V00P000), "chapter", "chapter_2" and so on by
    the level (the title), "editorial", "paratext" and other named sections, "biography", "event", "events", "entry" (of
    a dictionary), "doxography", "topic", "isnad", "matn", "hukm", "quran", "poetry", "milestone" (the words between two
    marks), "note" (what follows a line of underscores on its page), "person", "place", "social_role", "source" (named
    with the words that follow their tags), "birth_year", "death_year", "year" and "age" (the word before the tag; the
    value is the number).

    Columns: uri, author_uri, book_uri, collection, language, state and death_year (of the Hijra) from the name of the
    file; title, author, subject, volumes, editor, edition, publisher, place, edition_year, isbn, link, source_id from
    its header; author_..., book_... and version_... from the .yml files beside it, or in the folder above for authors.

    Args:
        divisions: Make each chapter down to this level a document, with the columns chapter, chapter_level and page
            (where it begins); what comes before the first one is a document, too. None keeps books whole.

    Raises:
        InputError: If `divisions` is not None or an integer from 1 to 9.

    Examples:
        >>> data = "######OpenITI#\n#META#Header#End#\n# قال ms001 الراوي\n~~في كتابه PageV01P002".encode()
        >>> book = next(openiti()(File("0310Katib.Akhbar.Test1-ara1", data=data)))
        >>> book.text, book.metadata["death_year"], [(span.kind, span.value) for span in book.spans]
        ('قال الراوي في كتابه', 310, [('page', '1:2'), ('milestone', '001')])
    """
    level = None if divisions is None else integer(divisions, "divisions", least=1, most=_DEEPEST)

    def read_openiti(file: File) -> Iterator[Event]:
        text = file.text().replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
        if not text.startswith(_MAGIC):
            raise ValueError(f"it does not begin with {_MAGIC}")
        header, body = _halves(text)
        metadata, others = _header_columns(header)
        metadata = {**_name_columns(file.name), **metadata, **_yml_columns(file)}
        book = _Book()
        book.read(body)
        whole, spans = book.finish()
        if not whole:
            raise ValueError("no text after the header")
        if level is None:
            yield Document(whole, metadata=metadata, spans=spans)
        else:
            yield from chapter_documents(whole, spans, metadata, level)
        if others:
            yield LeftOut("lines of the header without a known name", len(others), others[0][:80])
        if book.comments:
            yield LeftOut("lines of metadata and comments in the text", len(book.comments), book.comments[0][:80])

    read_openiti.__name__ = f"openiti(divisions={level})"
    return read_openiti


def _halves(text: str) -> tuple[list[str], list[str]]:
    """Return the lines of the header and those of the text; without the mark between them the header ends by itself."""
    header, mark, body = text.partition(_HEADER_END)
    if mark:
        return header.split("\n"), body.split("\n")
    lines = text.split("\n")
    end = next((at for at, line in enumerate(lines) if line.strip() and not line.startswith(("#META#", "#####"))), None)
    return lines[:end], lines[end:] if end is not None else []


class _Book:
    """The text and the spans of a book, read line by line."""

    def __init__(self) -> None:
        self.comments: list[str] = []
        self._builder = TextBuilder()
        self._page = self._milestone = 0
        self._paragraph = 0  # where it began
        self._is_verse = False
        self._bars = 0  # of a verse
        self._hemistich_end = -1
        self._verse_end = -1  # the length after its last bar
        self._poem: tuple[int, int] | None = None
        self._part: tuple[str, int] | None = None  # of a transmission
        self._quotation: int | None = None
        self._chapters: list[tuple[int, int, int | None]] = []  # level, start, end of the title
        self._unit: list[tuple[str, int, str | None]] = []
        self._topic: tuple[int, str] | None = None
        self._notes: int | None = None  # where those of the page began
        self._following: list[tuple[str, int, int, int, str | None]] = []
        self._preceding: list[tuple[str, int, str]] = []

    def read(self, lines: list[str]) -> None:
        """Read the lines of the text."""
        before = ""
        for each in lines:
            line = each.lstrip(" \t")
            goes_on = line is not each and self._goes_on(line, before)
            before = line
            if line.startswith("~~") or goes_on:
                self._builder.separate(" ")
                ended = self._verse_end == self._builder.length
                line = line.removeprefix("~~")
                self._inline(_VERSE_NUMBER.sub(r"\1\2", line) if ended else line)
            elif not line or line.isspace():
                continue
            elif line.startswith("###") or _SHORT_HEADING.fullmatch(line):
                self._heading(line)
            elif line.startswith(_COMMENTS):
                self.comments.append(line)
            elif _NO_TEXT.fullmatch(line):  # a paragraph may go on after it, but no title of a chapter or verse
                if self._is_title() or (self._is_verse and self._builder.length > self._hemistich_end):
                    self._start_paragraph()
                self._builder.separate(" ")
                self._inline(line)
            else:
                self._start_paragraph()
                self._first_line(line)

    def finish(self) -> tuple[str, list[Span]]:
        """Return the text and its spans."""
        self._start_paragraph()
        self._close_units()
        self._close_chapters(0)
        if self._poem:
            self._builder.span("poetry", *self._poem)
        text, spans = self._builder.finish()
        spans += [span for each in self._following if (span := _words_after(text, *each))]
        spans += [span for each in self._preceding if (span := _word_before(text, *each))]
        return text, sorted(spans, key=lambda span: (span.start, -span.end))

    def _is_title(self) -> bool:
        return bool(self._chapters) and self._chapters[-1][2] is None

    def _goes_on(self, line: str, before: str) -> bool:
        """Return whether a line that is set in, without a mark, belongs to the paragraph of the line before it."""
        return (
            bool(before)
            and not before.startswith("###")
            and "%" not in line
            and line[:1] != "#"
            and not self._is_title()
        )

    def _first_line(self, line: str) -> None:
        """Read the first line of a paragraph."""
        if mark := _TRANSMISSION.match(line):
            self._part = ("isnad", self._builder.length)
            line = line[mark.end() :]
        elif topic := _TOPIC.match(line):
            self._close_topic()
            self._topic = (self._builder.length, topic[1].strip())
            line = topic[2]
        if line.lstrip("# ").startswith("%"):
            self._is_verse = True
            line = _VERSE_NUMBER.sub(r"\1\2", line)
        self._inline(line)

    def _heading(self, line: str) -> None:
        found = _HEADING.match(line)
        assert found is not None  # it begins with #
        self._start_paragraph()
        self._close_units()
        self._notes = None
        here = self._builder.length
        if found["level"]:
            level = len(found["level"])
            self._close_chapters(level)
            self._chapters.append((level, here, None))
        elif found["section"]:
            name = found["section"]
            self._unit.append((_SECTIONS.get(name, name.lower()), here, None))
        if found["unit"]:
            mark = found["unit"].replace(" ", "")
            kind, value = _UNITS.get(mark, ("unit", mark.strip("$")))
            self._unit.append((kind, here, value or None))
        self._inline(found["title"])

    def _inline(self, line: str) -> None:
        """Add a line without its markup."""
        if not _MAY_HAVE_MARKUP.search(line):
            self._add(line)
            return
        at = 0
        for found in _MARKUP.finditer(line):
            self._add(line[at : found.start()])
            at = found.end()
            kind = found.lastgroup
            if kind in ("address", "character"):
                self._add(found[0] if kind == "address" else unescape(found[0]).replace("\xa0", " "))
                continue
            if kind in ("page", "milestone", "reference") and line.startswith(_CLOSING, at):
                self._builder.glue()  # it was put before the punctuation of a word
            elif kind not in ("hemistich", "bar"):
                self._builder.separate(" ")
            if kind is not None:
                self._mark(kind, found)
        self._add(line[at:])

    def _add(self, text: str) -> None:
        """Add text; after the last bar of a verse it is another paragraph."""
        if self._verse_end == self._builder.length and text.strip():
            self._start_paragraph()
        self._builder.add(text)

    def _mark(self, kind: str, found: re.Match[str]) -> None:
        here = self._builder.length
        if kind == "page":
            self._end_page(found)
        elif kind == "milestone":
            self._builder.span("milestone", self._milestone, here, found["count"])
            self._milestone = here
        elif kind in ("hemistich", "bar"):
            self._end_hemistich(found)
        elif kind == "notes":
            self._notes = here
        elif kind == "part":
            self._begin_part(found["name"])
        elif kind == "entity":
            key = (_ENTITIES[found["class"]], here, int(found["prefix"]), int(found["words"]), found["key"])
            self._following.append(key)
        elif kind == "year":
            self._preceding.append((_YEARS[found["what"]], here, str(int(found["value"]))))

    def _end_hemistich(self, found: re.Match[str]) -> None:
        """End a hemistich at %~%, or in a verse between bars (% ... % ... %) at each of them."""
        here = self._builder.length
        self._is_verse = self._is_verse or found[0].count("%") > 1
        self._builder.separate("\t" if self._is_verse else " ")
        if self._is_verse and here > self._paragraph:
            self._hemistich_end = here
            self._bars += 1
            is_last = found.lastgroup == "bar" and found.string.find("%", found.end()) < 0
            if is_last and self._bars > 1:
                self._verse_end = here

    def _end_page(self, found: re.Match[str]) -> None:
        here = self._builder.length
        if found["side"] != "Beg":
            volume, number = found["volume"].lstrip("0"), found["number"].lstrip("0") or "0"
            value = f"{volume}:{number}" if volume else number
            self._builder.span("page", self._page, here, None if value == "0" else value)  # V00P000 is unknown
            if self._notes is not None:
                self._builder.span("note", self._notes, here)
        self._notes = None
        self._page = here

    def _begin_part(self, name: str) -> None:
        here = self._builder.length
        if name == "QB":
            self._quotation = here
        elif name == "QE":
            if self._quotation is not None:
                self._builder.span("quran", self._quotation, here)
            self._quotation = None
        else:
            self._end_part()
            self._part = (_PARTS[name], here)

    def _end_part(self) -> None:
        if self._part:
            self._builder.span(*self._part)
        self._part = None

    def _start_paragraph(self) -> None:
        """End a paragraph and begin the next one; several verses in a row are a poem."""
        here = self._builder.length
        self._end_part()
        if self._is_title():
            level, start, _ = self._chapters[-1]
            self._chapters[-1] = (level, start, here)
        if self._is_verse:
            self._poem = (self._poem[0] if self._poem else self._paragraph, here)
        elif self._poem and here > self._poem[1]:
            self._builder.span("poetry", *self._poem)
            self._poem = None
        self._paragraph, self._is_verse = here, False
        self._bars, self._hemistich_end, self._verse_end = 0, -1, -1
        self._builder.separate("\n")

    def _close_units(self) -> None:
        self._close_topic()
        for kind, start, value in self._unit:
            self._builder.span(kind, start, value=value)
        self._unit = []

    def _close_topic(self) -> None:
        if self._topic:
            self._builder.span("topic", self._topic[0], value=self._topic[1])
        self._topic = None

    def _close_chapters(self, level: int) -> None:
        while self._chapters and self._chapters[-1][0] >= level:
            depth, start, title = self._chapters.pop()
            self._builder.span(chapter_kind(depth), start, named_by=(start, title or start))


def _words_after(text: str, kind: str, place: int, prefix: int, words: int, key: str | None) -> Span | None:
    """Return the span of so many words after a tag, without the letters of a particle at the beginning."""
    start = end = None
    at = place
    while words and (found := _WORD.search(text, at)):
        at = found.end()
        if any(character.isalnum() for character in found[0]):
            words -= 1
            start = found.start() if start is None else start
            end = at
    if start is None or end is None:
        return None
    while start < end and text[start] in _PUNCTUATION:
        start += 1
    start += prefix
    while end > start and text[end - 1] in _PUNCTUATION:
        end -= 1
    return Span(kind, start, end, key or " ".join(text[start:end].split())) if start < end else None


def _word_before(text: str, kind: str, place: int, value: str) -> Span | None:
    near = text[max(0, place - _LONGEST_WORD) : place]
    start = place - len(near.split()[-1]) if near.strip() else place
    return Span(kind, start, place, value) if start < place else None


def _name_columns(name: str) -> dict[str, Any]:
    """Return what the name of a file says."""
    found = _NAME.fullmatch(Path(name).name)
    if not found:
        return {}
    book = f"{found['author']}.{found['book']}"
    return {
        "uri": f"{book}.{found['version']}", "author_uri": found["author"], "book_uri": book,
        "collection": found["collection"], "language": found["language"], "state": found["state"],
        "death_year": int(found["death"]),
    }  # fmt: skip


def _header_columns(lines: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the columns of a header, and its lines that have no known name."""
    values: dict[str, str] = {}
    others = []
    for line in lines:
        content = line.removeprefix("#META#").strip()
        if line.startswith("#META#"):
            found = _NUMBERED.match(content) or _NAMED.match(content)
        elif not (found := _QUOTED.fullmatch(content)):
            continue
        name = found[1].strip() if found else ""
        value = found[2].partition("¶")[0].strip() if found else content  # ¶ stands for the end of a line
        if name in _KNOWN:
            if value not in _NOTHING:
                values.setdefault(name, value)
        elif value not in _NOTHING:
            others.append(content)
    columns: dict[str, Any] = {}
    for column, names in _COLUMNS.items():
        if name := next((name for name in names if name in values), ""):
            columns[column] = _count(column, values[name])
    return columns, others


def _count(column: str, value: str) -> str | int | None:
    """Return a value of a column; counts that are no numbers are null."""
    if column not in _COUNTS:
        return value
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def _yml_columns(file: File) -> dict[str, Any]:
    """Return what the .yml files of the author, the book and the version say."""
    found = _NAME.fullmatch(Path(file.name).name)
    if not found:
        return {}
    book = f"{found['author']}.{found['book']}"
    columns: dict[str, Any] = {}
    for name in (found["author"], book, f"{book}.{found['version']}"):
        beside = file.beside(f"{name}.yml")
        if beside is None and file.folder == book:  # that of the author is in the folder above, as in the corpus
            beside = file.beside(f"../{name}.yml")
        if beside is not None and beside.size <= _YML_BYTES:
            columns |= _yml_fields(beside.text())
    return columns


def _yml_fields(text: str) -> dict[str, Any]:
    r"""Return the fields of a .yml file that were filled in; lines that are set in go on with a field.

    >>> _yml_fields("00#VERS#LENGTH###: 90\n30#AUTH#DIED###AH: 748-\n    DHQ-03\n30#BOOK#WROTE##AH: YEAR-MON-DA")
    {'version_words': 90, 'author_died_ah': '748- DHQ-03'}
    """
    fields: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if found := _FIELD.match(line):
            code, record, field, value = found.groups()
            name = f"{_RECORDS.get(record, record.lower())}_{field.lower()}{_CODES.get(code, '')}"
            current = fields[_YML_COLUMNS.get(name, name)] = [value.strip()]
        elif line[:1].isspace():
            current.append(line.strip())
    columns = {name: " ".join(filter(None, values)).strip(" ,") for name, values in fields.items()
               if not name.endswith("_uri")}  # fmt: skip
    return {name: _count(name, value) for name, value in columns.items() if value and not _FILLER.match(value)}
