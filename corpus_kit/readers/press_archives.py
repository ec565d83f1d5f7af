r"""Exports of Nexis and Factiva: files that hold many articles.

Both are read from .docx, .rtf, .html and .txt, which are told apart by their first bytes and turned into lines; a line
is a paragraph, and a row of a table has tabs between its cells. The layouts:

*Nexis, until 2018*: ``3 of 10 DOCUMENTS`` begins an article; then its source, its date with the edition, its headline,
fields such as ``BYLINE:`` and ``LENGTH: 355 words``, of which the last begins the text; then fields such as
``LOAD-DATE:`` and a notice of copyright.

*Nexis Uni*: the headline, the source, the date, a notice of copyright, fields such as ``Length: 355 words``, a line
``Body``, the text, ``Classification`` with fields, and ``End of Document``.

*Factiva*, with codes: ``HD`` headline, ``BY``, ``WC``, ``PD`` date, ``SN`` source, ``LP`` and ``TD`` text. Without: the
headline, the author, ``355 words``, the date, the source, its code, the language, a notice of copyright, and the text.
``Document`` with a number ends an article in both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from corpus_kit.readers.documents import Event, File, Reader
from corpus_kit.readers.press_articles import (
    BEHIND,
    COVER_PAGE,
    RIGHTS,
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

__all__ = ["factiva", "nexis"]


def nexis() -> Reader:
    """Return a reader of exports of Nexis: LexisNexis, Nexis Uni and Nexis Advance, as .docx, .rtf, .html or .txt.

    A document is an article, its headline before its text. Columns: source, date, edition, author, section, length (the
    words that Nexis counts), language, and others that the file gives, such as publication_type and load_date. The
    number of articles that the file announces is compared with those found.

    Examples:
        >>> nexis().__name__  # format="nexis" names it, too
        'nexis()'
    """

    def nexis_reader(file: File) -> Iterator[Event]:
        lines = export_lines(file)
        yield from article_events(_split_nexis(lines), _announced(lines))

    nexis_reader.__name__ = "nexis()"
    return nexis_reader


def factiva() -> Reader:
    """Return a reader of exports of Factiva, with or without its codes, as .html, .rtf, .docx or .txt.

    A document is an article, its headline before its text. Its id is its number in Factiva. Columns: source, source
    code, date, time, author, section, page, edition, length (the words that Factiva counts), language, and with codes
    also subject, region, company, industry and publisher.

    Examples:
        >>> factiva().__name__  # format="factiva" names it, too
        'factiva()'
    """

    def factiva_reader(file: File) -> Iterator[Event]:
        yield from article_events(_split_factiva(export_lines(file)), None)

    factiva_reader.__name__ = "factiva()"
    return factiva_reader


# What the layouts share.

_PAGE = re.compile(r"(?i)\s*page\s+\d+\s+of\s+\d+\s*(?:©.*|copyright.*)?$")
_WORDS = re.compile(
    r"(?i)\s*([\d.,]+)\s*(?:words?|mots?|wörter|wort|palabras|palavras|parole|woorden|слов|كلمة|كلمات)\s*$"
)
_FAILED = "We are sorry but there is an error in this document"


def _flowed(lines: Iterable[str]) -> list[str]:
    """Return paragraphs of plain text, whose lines are broken; empty lines separate them."""
    paragraphs: list[str] = []
    open_ = False
    for line in lines:
        text = " ".join(line.split())
        if text and open_:
            paragraphs[-1] += " " + text
        elif text:
            paragraphs.append(text)
        open_ = bool(text)
    return paragraphs


def _without_pages(article: Article, lines: list[str]) -> list[str]:
    """Return lines without empty ones and numbers of pages."""
    written = filled(lines)
    kept = [line for line in written if not _PAGE.match(line)]
    if len(kept) < len(written):
        article.left_out["number of a page"] += len(written) - len(kept)
    return kept


# Nexis.

_BEGIN = re.compile(
    r"\s*(?:(?P<n>\d[\d,]*) of (?P<of>\d[\d,]*) DOCUMENTS?|Dokument (?P<n2>\d+) von (?P<of2>\d+)"
    r"|Document (?P<n3>\d+) (?:de|sur) (?P<of3>\d+))\s*$"
)
_END = re.compile(r"(?i)\s*(?:end of document|ende des dokuments|fin du document)\s*$")
_GLUED_END = re.compile(r"(.+?)\s*(?:End of Document|Ende des Dokuments|Fin du document)\s*$")
_COVER = re.compile(r"\s*Documents? \((\d[\d,]*)\)\s*$")
_FIELD = re.compile(r"\s*([A-ZÄÉÈa-zäéè][A-ZÄÉÈa-zäéè]*(?:[- ][A-Za-zÄäÉéÈè]+){0,2})\s?:\s*(.*)$", re.DOTALL)
_FIELDS = {
    "byline": "author", "author": "author", "autor": "author", "auteur": "author",
    "section": "section", "rubrik": "section", "rubrique": "section", "encart": "highlight",
    "length": "length", "länge": "length", "longueur": "length",
    "language": "language", "sprache": "language", "langue": "language",
    "load-date": "load_date", "date-chargement": "load_date", "update": "load_date", "dateline": "dateline",
    "publication-type": "publication_type", "type-publication": "publication_type",
    "publikationstyp": "publication_type",
    "subject": "subject", "sujet": "subject", "geo-localization": "geographic", "localisation-geo": "geographic",
    "societe": "company", "activity-sector": "industry", "secteur-activite": "industry",
    "highlight": "highlight", "geographic": "geographic", "company": "company", "organization": "organization",
    "person": "person", "industry": "industry", "journal code": "journal_code", "journal-code": "journal_code",
    "url": "url", "series": "series", "edition": "edition",
}  # fmt: skip
_OTHER_FIELDS = {
    "graphic", "grafik", "type", "stock-symbol", "symbole-boursier", "insert", "document-type", "correction",
    "correction-date", "pub-type", "issn", "city", "state", "country", "ticker", "acc-no", "notes", "copyright", "isbn",
    "cusip", "credit", "client/matter",
}  # fmt: skip
_CLASSIFICATION = ("Classification", "Klassifizierung")
_BODY = ("Body", "Text", "Corps", "Volltext")


def _announced(lines: list[str]) -> int | None:
    """Return how many articles an export says that it holds."""
    for line in lines:
        if found := _COVER.match(line) or _BEGIN.match(line):
            numbers = [number for number in found.groups() if number]
            return int(numbers[-1].replace(",", ""))
    return None


def _split_nexis(lines: list[str]) -> Parts:
    """Yield the lines of each article, and what reads them."""
    starts = [number for number, line in enumerate(lines) if _BEGIN.match(line)]
    if starts:
        yield lines[: starts[0]], around(COVER_PAGE)
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            yield lines[start + 1 : end], _old_nexis
        return
    article: list[str] = []
    for line in lines:
        glued = _GLUED_END.match(line)
        if glued:
            article.append(glued[1])
        if glued or _END.match(line):
            yield article, _nexis_uni
            article = []
        else:
            article.append(line)
    if any(line in _BODY for line in filled(article)):  # the last one is not complete
        yield [*article, ""], _nexis_uni
    elif len(article) < len(lines):
        yield article, around(BEHIND)


def _field(line: str) -> tuple[str, str] | None:
    """Return the name of a field in lower case and its value; None if the line is none."""
    found = _FIELD.match(line)
    name = found[1].lower() if found else ""
    return (name, " ".join(found[2].split())) if found and (name in _FIELDS or name in _OTHER_FIELDS) else None


def _keep(article: Article, name: str, value: str) -> None:
    """Put a field of Nexis into the columns of an article."""
    column = _FIELDS.get(name)
    if column is None:
        article.left_out["field of an article that is no column"] += 1
    elif column == "length":
        article.metadata[column] = count_of(value)
    elif column == "load_date":
        article.metadata[column] = press_date(value) or article.metadata.get(column)
    else:
        before = article.metadata.get(column, "")
        article.metadata[column] = "; ".join(filter(None, (before, value))) if value not in before else before


def _old_nexis(lines: list[str]) -> Article:
    """Return an article of the layout until 2018."""
    paragraphs = _flowed(lines) if "" in map(str.strip, lines) else filled(lines)
    article = Article()
    length = next((at for at, line in enumerate(paragraphs) if (_field(line) or ("",))[0] in _LENGTHS), None)
    if length is None:
        raise MisfitError("article that does not fit the layout of Nexis")
    head: list[str] = []
    for line in paragraphs[: length + 1]:
        if known := _field(line):
            _keep(article, *known)
        elif RIGHTS.match(line):
            article.left_out["notice of copyright"] += 1
        else:
            head.append(line)
    _read_head(article, head)
    body = paragraphs[length + 1 :]
    end = _text_end(body)
    article.paragraphs = body[:end]
    _read_tail(article, body[end:])
    return checked(article)


_LENGTHS = {name for name, column in _FIELDS.items() if column == "length"}


def _text_end(body: list[str]) -> int:
    """Return where the text of the old layout ends: before fields in capitals and the notice at the end.

    A paragraph of the text that begins like a field is followed by others that are none.
    """
    fields = [at for at, line in enumerate(body) if _label(line) and _field(line)]
    rights = [at for at, line in enumerate(body) if RIGHTS.match(line)]
    whole = next((at for at in sorted(fields + rights) if _is_tail(body[at:])), None)
    if whole is not None:
        return whole
    known = set(fields) | set(rights)
    return next((at for at in fields if 2 * sum(each >= at for each in known) > len(body) - at), len(body))


def _is_tail(lines: list[str]) -> bool:
    """Return whether lines are fields and notices; only the caption of a picture has several paragraphs."""
    is_caption = False
    for line in lines:
        if label := _label(line):
            is_caption = label in ("GRAPHIC", "GRAFIK")
        elif RIGHTS.match(line):
            is_caption = False
        elif not is_caption:
            return False
    return True


def _label(line: str) -> str:
    """Return the name in capitals that a line begins with; empty if there is none."""
    found = _FIELD.match(line)
    return found[1] if found and found[1].isupper() else ""


def _read_head(article: Article, head: list[str]) -> None:
    """Read the lines before the fields of the old layout: source, date, headline, where the last two may be swapped."""
    day = next((at for at, line in enumerate(head[:5]) if at and DATE.search(line)), None)
    article.metadata["source"] = head[0] if head else ""
    rest = head[1:]
    if day is not None and (found := DATE.search(head[day])):
        article.metadata["date"] = press_date(head[day])
        after = head[day][found.end() :].strip(" ,;")
        editions = [re.sub(rf"^(?:{_WEEKDAYS})\b[ ,;]*", "", after, flags=re.IGNORECASE)]
        following = head[day + 1 :]
        while len(following) > 1 and re.search(r"(?i)edition\b|ausgabe\b|édition\b|طبعة", following[0]):
            editions.append(following.pop(0))
        article.metadata["edition"] = " ".join(filter(None, editions))
        rest = head[1:day] + following
    article.headline = " ".join(rest)


_WEEKDAYS = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch|donnerstag|freitag|samstag|"
    "sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|الاثنين|الإثنين|الثلاثاء|الأربعاء|الاربعاء|الخميس|"
    "الجمعة|السبت|الأحد|الاحد"
)


def _read_tail(article: Article, tail: list[str]) -> None:
    """Read the lines behind the text."""
    for line in tail:
        if known := _field(line):
            _keep(article, *known)
        elif RIGHTS.match(line):
            article.left_out["notice of copyright"] += 1
        else:
            article.left_out["line behind the text"] += 1


def _nexis_uni(lines: list[str]) -> Article:
    """Return an article of Nexis Uni; a cover page may be before the first one."""
    article = Article()
    lines = _without_pages(article, lines)
    if any(line.startswith(_FAILED) for line in lines):
        raise MisfitError("article that Nexis could not export")
    body = next((at for at, line in enumerate(lines) if line in _BODY), None)
    if body is None:
        raise MisfitError("article that does not fit the layout of Nexis")
    head = lines[:body]
    source, after = _source_of(head)
    article.headline, article.metadata["source"] = head[source - 1] if source else "", head[source]
    article.metadata["date"] = press_date(head[source + 1]) if after > source + 1 else None
    if source > 1:
        article.left_out[COVER_PAGE] += source - 1
    _read_tail(article, head[after:])
    text = lines[body + 1 :]
    end = next((at for at in reversed(range(len(text))) if text[at] in _CLASSIFICATION), None)
    if end is None:
        end = next((at for at, line in enumerate(text) if line.startswith("Load-Date:")), len(text))
    graphic = next((at for at in range(end) if text[at] in ("Graphic", "Grafik")), end)
    article.paragraphs = text[:graphic]
    if graphic < end:
        article.left_out["line of a caption"] += end - graphic - 1
    _read_tail(article, [line for line in text[end:] if line not in _CLASSIFICATION])
    return checked(article)


def _source_of(head: list[str]) -> tuple[int, int]:
    """Return where the source stands among the lines before a text, and where what follows its date begins.

    The date is before the notice of copyright or the first field; dates elsewhere are those of a headline, of the cover
    page or of a field of several lines.
    """
    ends = [at for at, line in enumerate(head) if RIGHTS.match(line)]
    ends += [at for at, line in enumerate(head) if (_field(line) or ("",))[0] in _FIELDS]
    days = [at for at, line in enumerate(head) if DATE.search(line) and not RIGHTS.match(line) and not _field(line)]
    day = next((end - 1 for end in ends if end - 1 in days), days[-1] if days and not ends else None)
    if day:
        return day - 1, day + 1
    if not ends or not ends[0]:
        raise MisfitError("article that does not fit the layout of Nexis")
    return ends[0] - 1, ends[0]


# Factiva.

_NUMBER = re.compile(r"\s*(?:Document|Dokument|Documento|Документ)\s+((?=\w*\d{8})[A-Za-z0-9]{15,40})\s*$")
_CODE = re.compile(
    r"\s*(?:([A-Z]{2,3})(?=\s*\t)|(SE|HLP|HD|BY|CR|WC|PD|ET|SN|SC|NGC|GC|ED|PG|VOL|LA|CY|LP|TD|CX|CT|RF|CO|IN|NS|RE|IPD|IPC|PUB|AN|CLM|ART|DLN|RST)"
    r"(?=\s{2}|\s*$))\s*(.*)$"
)
_COLUMNS = {
    "BY": "author", "SE": "section", "WC": "length", "PD": "date", "ET": "time", "SN": "source", "SC": "source_code",
    "ED": "edition", "PG": "page", "LA": "language", "NS": "subject", "RE": "region", "CO": "company", "IN": "industry",
    "PUB": "publisher", "CLM": "column",
}  # fmt: skip
_LANGUAGES = re.compile(
    r"(?i)\s*(?:arabic|arabe|العربية|عربي|english|anglais|french|français|german|deutsch|spanish|español|italian|"
    r"portuguese|dutch|turkish|persian|farsi|hebrew|russian|urdu|kurdish|chinese|japanese|korean|"
    r"arabisch|englisch|französisch|deutsch|spanisch|türkisch|allemand|espagnol|turc|hébreu|persan|"
    r"árabe|inglés|francés|alemán|arabo|inglese|francese|tedesco)\b.{0,25}$"
)


def _split_factiva(lines: list[str]) -> Parts:
    """Yield the lines of each article, the last of which has its number, and what reads them."""
    article: list[str] = []
    for line in lines:
        article.append(line)
        number = re.sub(r"^\s*AN\s+", "", line)
        if _NUMBER.match(number):
            yield article, _factiva_article
            article = []
    if any(_WORDS.match(line) or _CODE.match(line) for line in article):
        yield article, _factiva_article
    elif len(article) < len(lines):
        yield article, around(BEHIND)


def _factiva_article(lines: list[str]) -> Article:
    """Return an article of Factiva."""
    article = Article()
    lines = _without_pages(article, lines)
    codes = {found[1] or found[2] for line in lines if (found := _CODE.match(line))}
    if codes & {"HD", "PD", "SN"} and codes & {"LP", "TD", "HLP"}:
        _read_coded(article, lines)
    else:
        _read_uncoded(article, lines)
    return checked(article)


def _read_coded(article: Article, lines: list[str]) -> None:
    """Read an article whose fields have codes."""
    fields: dict[str, list[str]] = {}
    code = ""
    for line in lines:
        if found := _CODE.match(line):
            code, line = found[1] or found[2], found[3]
        fields.setdefault(code, []).append(line)
    article.headline = " ".join(filled(fields.pop("HD", [])))
    article.paragraphs = [line for part in ("HLP", "LP", "TD") for line in filled(fields.pop(part, []))]
    number = " ".join(filled(fields.pop("AN", [])))
    article.id = found[1] if (found := _NUMBER.match(number)) else None
    article.left_out[COVER_PAGE] += len(filled(fields.pop("", [])))
    for code, values in fields.items():
        value = " ".join(filled(values))
        column = _COLUMNS.get(code)
        if column is None:
            article.left_out["notice of copyright" if code == "CY" else "field of an article that is no column"] += 1
        elif column == "length":
            article.metadata[column] = count_of(value)
        elif column == "date":
            article.metadata |= {"date": day} if (day := press_date(value)) else {}
        else:
            article.metadata[column] = value
    article.left_out = +article.left_out


def _read_uncoded(article: Article, lines: list[str]) -> None:
    """Read an article without codes: the line with the number of words is its anchor."""
    words = next((at for at, line in enumerate(lines) if _WORDS.match(line)), None)
    if words is None or not words or words + 2 >= len(lines) or not DATE.search(lines[words + 1]):
        raise MisfitError("article that does not fit the layout of Factiva")
    article.metadata |= {"length": count_of(lines[words]), "date": press_date(lines[words + 1])}
    before = lines[:words]
    if len(before) > 1 and re.match(r"(?i)(?:by|von|par|por)\s|بقلم|كتب", before[-1]):
        article.metadata["author"] = before.pop()
    article.headline = before.pop()
    article.left_out["line before the headline"] += len(before)
    found = _NUMBER.match(lines[-1])
    article.id = found[1] if found else None
    rest = lines[words + 2 : len(lines) - bool(found)]
    if rest and re.match(r"\s*\d{1,2}:\d{2}", rest[0]):
        article.metadata["time"] = rest.pop(0)
    rights = next((at for at, line in enumerate(rest[:9]) if RIGHTS.match(line)), None)
    language = next((at for at, line in enumerate(rest[:9]) if _LANGUAGES.match(line)), None)
    if language is None and rights is None:
        raise MisfitError("article that does not fit the layout of Factiva")
    header = rest[: max(at for at in (rights, language) if at is not None) + 1]
    article.metadata["source"] = header[0]
    if len(header) > 1 and re.fullmatch(r"[A-Z0-9]{2,8}", header[1]):
        article.metadata["source_code"] = header[1]
    if language is not None:
        article.metadata["language"] = header[language]
    article.left_out["notice of copyright"] += rights is not None
    article.left_out = +article.left_out
    article.paragraphs = rest[len(header) :]
