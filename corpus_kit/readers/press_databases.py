r"""Exports of Europresse and ProQuest: files that hold many articles.

*Europresse*, as HTML: each article is an element ``article``, whose parts have classes.

*ProQuest*, as text, RTF, Word or HTML: articles are separated by lines of underscores or asterisks; fields such as
``Publication title: …`` have a line each, and the text follows ``Full text:``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from corpus_kit.readers.documents import Event, File, LeftOut, Reader
from corpus_kit.readers.press_articles import (
    BEHIND,
    COVER_PAGE,
    Article,
    MisfitError,
    Parts,
    around,
    article_events,
    checked,
    count_of,
    export_lines,
    filled,
)
from corpus_kit.readers.press_dates import DATE, press_date
from corpus_kit.readers.web_pages import decode_page, page_lines, parse

__all__ = ["europresse", "proquest"]


def europresse() -> Reader:
    """Return a reader of exports of Europresse, as HTML.

    A document is an article, its headline before its text. Its id is its number in Europresse. Columns: source, date,
    author, subtitle, and from the line of the date section, page and length (the words that Europresse counts).

    Examples:
        >>> europresse().__name__  # format="europresse" names it, too
        'europresse()'
    """

    def europresse_reader(file: File) -> Iterator[Event]:
        text, file.encoding, _ = decode_page(file.read())
        yield from article_events(_europresse_parts(parse(text)), None)

    europresse_reader.__name__ = "europresse()"
    return europresse_reader


def proquest() -> Reader:
    """Return a reader of exports of ProQuest with full texts, as .txt, .rtf, .docx or .html.

    A document is an article, its headline before its text. Its id is its number in ProQuest. Columns: source, date,
    author, section, page, language, publisher, place, subject, location, person, company, type and url. Articles of
    which there is only an abstract are skipped.

    Examples:
        >>> proquest().__name__  # format="proquest" names it, too
        'proquest()'
    """

    def proquest_reader(file: File) -> Iterator[Event]:
        yield from article_events(_proquest_parts(export_lines(file)), None)

    proquest_reader.__name__ = "proquest()"
    return proquest_reader


_NO_TEXT = "line of an article that is no text"

# Europresse.

_PARTS = {
    "source": ("DocPublicationName",),
    "header": ("DocHeader",),
    "author": ("docAuthors", "sm-margin-bottomNews"),
    "headline": ("titreArticleVisu", "titreArticle"),
    "subtitle": ("rdp__subtitle",),
    "text": ("docOcurrContainer", "DocText"),
    "number": ("publiC-lblNodoc",),
}  # of each part the classes of its element, of which the first that is there counts


def _europresse_parts(tree: Any) -> Parts:
    for element in tree.iter("article"):
        yield page_lines(element), partial(_europresse_article, element)


def _europresse_article(element: Any, lines: list[str]) -> Article:
    found = {part: _lines_of(element, classes) for part, classes in _PARTS.items()}
    one = {part: " ".join(value) for part, value in found.items()}
    article = Article(one["headline"], found["text"], id=one["number"] or None)
    article.metadata = {
        "source": one["source"], "author": one["author"], "subtitle": one["subtitle"], **_of_header(one["header"])
    }  # fmt: skip
    article.left_out[_NO_TEXT] += max(len(filled(lines)) - sum(map(len, found.values())), 0)
    return checked(article)


def _lines_of(element: Any, classes: tuple[str, ...]) -> list[str]:
    for name in classes:
        for each in element.iter():
            if name in (each.get("class") or "").split() and (lines := filled(page_lines(each))):
                return lines
    return []


def _of_header(header: str) -> dict[str, Any]:
    """Return what a line such as "Politique, samedi 5 mars 2022 520 mots, p. 4" says."""
    day = DATE.search(header)
    section = re.sub(r"[\s,;]*\b[^\W\d_]+$", "", header[: day.start()].strip()) if day else ""  # without the weekday
    words = re.search(r"([\d\s.,]*\d)\s*(?:mots|words|كلمة)", header[day.end() :] if day else header)
    page = re.search(r"\bp\.\s*([\w,-]*\w)", header)
    return {
        "date": press_date(header),
        "section": section.strip(" ,;"),
        "page": page[1] if page else "",
        "length": count_of(re.sub(r"\s", "", words[1])) if words else None,
    }


# ProQuest.

_RULE = re.compile(r"\s*(?:_{20,}|\*{20,})\s*$")
_NUMBERED = re.compile(r"\s*Document \d+ of \d+\s*$")
_FIELD = re.compile(r"([A-Z][A-Za-z/ ]{2,40}?)\s*:\s*(.*)$")
_COLUMNS = {
    "title": "headline", "author": "author", "publication title": "source", "publication date": "date",
    "section": "section", "pages": "page", "page": "page", "start page": "page",
    "language of publication": "language", "publisher": "publisher", "place of publication": "place",
    "subject": "subject", "location": "location", "people": "person", "company / organization": "company",
    "document type": "type", "document url": "url", "proquest document id": "id",
}  # fmt: skip
_OTHERS = {
    "abstract", "full text", "links", "publication info", "publication year", "publication subject", "volume", "issue",
    "country of publication", "issn", "e-issn", "source type", "copyright", "last updated", "database", "url", "year",
    "classification", "identifier / keyword", "company", "industry", "credit", "illustration", "number of pages",
    "document feature", "dateline", "column", "edition", "first page", "accession number", "supplement", "doi",
}  # fmt: skip
_BEFORE_TITLE = {"subject", "location", "people", "company / organization", "classification", "identifier / keyword",
                 "url", "illustration", "credit", "company", "industry"}  # fmt: skip


def _proquest_parts(lines: list[str]) -> Parts:
    block: list[str] = []
    seen = False
    for line in [*lines, "_" * 20]:
        if not _RULE.match(line):
            block.append(line)
            continue
        names = {name for name, _ in map(_field, filled(block))}
        if {"proquest document id", "title"} & names:
            yield filled(block), _proquest_article
            seen = True
        elif filled(block):
            yield block, around(BEHIND if seen else COVER_PAGE)
        block = []


def _proquest_article(lines: list[str]) -> Article | LeftOut:
    article = Article()
    lines = [line for line in lines if not _NUMBERED.match(line)]
    start = next((at for at, line in enumerate(lines) if _field(line)[0] == "full text"), None)
    if start is None:
        raise MisfitError("article without its full text")
    end = _end_of_text(lines, start)
    article.paragraphs = filled([_field(lines[start])[1], *lines[start + 1 : end]])
    _read_fields(article, lines[:start], is_head=True)
    _read_fields(article, lines[end:], is_head=False)
    article.headline = article.metadata.pop("headline", "")
    article.id = article.metadata.pop("id", None)
    article.metadata["date"] = press_date(article.metadata.get("date", ""))
    return checked(article)


def _end_of_text(lines: list[str], start: int) -> int:
    """Return where the fields behind the text begin: with its subjects, which are before its title."""
    titles = [at for at in range(start + 1, len(lines)) if _field(lines[at])[0] in ("title", "publication title")]
    last = [at for at in titles if _field(lines[at])[0] == "title"] or titles
    if not last:
        fields = (at for at in range(start + 1, len(lines)) if _field(lines[at])[0] in _COLUMNS)
        return next(fields, len(lines))
    end = last[-1]
    while end - 1 > start and _field(lines[end - 1])[0] in _BEFORE_TITLE:
        end -= 1
    return end


def _read_fields(article: Article, lines: list[str], *, is_head: bool) -> None:
    column = ""
    for number, line in enumerate(lines):
        name, value = _field(line)
        if name:
            column = _COLUMNS.get(name, "")
            if column:
                article.metadata[column] = value or article.metadata.get(column, "")
            else:
                article.left_out["field of an article that is no column"] += 1
        elif is_head and number == 0:  # the title stands there once more
            article.metadata["headline"] = line
        elif column in ("subject", "author", "person", "location", "company", "headline"):  # a value of several lines
            article.metadata[column] = f"{article.metadata[column]} {line}".strip()
        else:
            article.left_out[_NO_TEXT] += 1


def _field(line: str) -> tuple[str, str]:
    """Return the name of a field in lower case and its value; an empty name if the line is none."""
    found = _FIELD.match(line.strip())
    name = found[1].lower() if found else ""
    return (name, found[2].strip()) if found and (name in _COLUMNS or name in _OTHERS) else ("", "")
