"""Reads the sample items with plain Python, without code from the library or the builder."""

from __future__ import annotations

import re
from typing import Any

from corpus_kit.samples import sample_items, sample_truth

ITEMS = sample_items().to_dicts()
TEXTS: dict[str, str] = {item["id"]: item["text"] for item in ITEMS}
OUTLET: dict[str, str] = {item["id"]: item["id"].split("-")[0] for item in ITEMS}
TRUTH = sample_truth()
FOOTER = "لمتابعة أخبارنا أرسل كلمة ساحل إلى 7070"
LETTER = "\u0621-\u064a\u064b-\u0655\u200c\ufe70-\ufefc"  # Arabic letters, the marks on them, the non-joiner
BOILERPLATE_OPENINGS = (
    "شرح الصورة: ",
    "تعليق الصورة: ",
    "الصورة: أرشيف",
    "عدسة: ",
    "اقرأ أيضا: ",
    "مواد ذات صلة: ",
    "المزيد حول هذه القصة: ",
    "شارك الخبر ",
    "اشترك في نشرتنا ",
)


def facts(kind: str) -> list[dict[str, Any]]:
    return TRUTH[kind].to_dicts()


def spans(table: str, **wanted: object) -> set[tuple[str, int, int]]:
    """Return the spans of the facts whose columns have these values."""
    rows = [row for row in facts(table) if all(row[column] == value for column, value in wanted.items())]
    return {(row["id"], row["start"], row["end"]) for row in rows}


def found(pattern: str, group: int | str = 0) -> set[tuple[str, int, int]]:
    return {(name, *match.span(group)) for name, text in TEXTS.items() for match in re.finditer(pattern, text)}


def whole(*phrases: str, before: str = "") -> str:
    """Return a pattern for whole words; `before` matches letters that can precede them."""
    return rf"(?<![{LETTER}]){before}(?:{'|'.join(phrases)})(?![{LETTER}])"


def lines_of(name: str) -> list[tuple[str, str]]:
    """Return (role, line): headline, boilerplate or body by the beginning of the line; without the glued footer."""
    lines = [line.removesuffix(FOOTER) for line in TEXTS[name].split("\n") if line]
    roles = ["boilerplate" if line.startswith(BOILERPLATE_OPENINGS) else "body" for line in lines]
    roles[0] = "headline"
    return list(zip(roles, lines, strict=True))


def bodies(name: str) -> list[str]:
    return [line for role, line in lines_of(name) if role == "body"]


def words(text: str) -> list[str]:
    """Return words and numbers: runs of letters, and runs of digits with their separators."""
    return re.findall(rf"[{LETTER}]+|\d+(?:[.,٫٬]\d+)*", text)


def folded(word: str) -> str:
    word = re.sub("[\u0640\u064b-\u0652\u200c]", "", word.replace("ا\u0653", "ا").replace("\ufefb", "لا"))
    return word.translate(str.maketrans("أإآىة٠١٢٣٤٥٦٧٨٩", "ااايه0123456789"))


COPY_IDS = {row["copy"] for row in facts("near_duplicates")}
