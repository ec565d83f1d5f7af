"""FrameDictionary: lists of words in categories, read from a file and checked.

A dictionary is a TOML file::

    title = "..."                        # optional, and so are source and description

    [means]                              # a dimension: a question with several answers
    description = "..."                  # optional

    [means.military]                     # a category of it
    description = "..."                  # optional, and so is source
    adjectives = ["عسكري"]               # relational adjectives with all their regular forms
    words = ["جيش", "جند*", "سلاح الجو"]  # words, beginnings of words (only at the end: *), phrases
    exclude = ["جندي مجهول"]             # what looks like an entry and does not belong to the category

Files in the form of LIWC (.dic: numbered categories between two lines of %, then words with numbers) are
read too; all their categories make one dimension.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit import arabic
from corpus_kit._arguments import is_text, path_argument
from corpus_kit.errors import InputError, choose
from corpus_kit.storage import reason
from corpus_kit.tokenization import COUNTED_KINDS, tokens

__all__ = ["ENTRY_KINDS", "FrameDictionary", "FrameEntry"]

ENTRY_KINDS = ("word", "phrase", "adjective")
WILDCARD = "*"
# The regular endings of a relational adjective, in the place of its ي and after it: masculine (with tanwin: ا),
# feminine, dual and sound plural, nominative and oblique.
ADJECTIVE_ENDINGS = ("", "ا", "ة", "ان", "ين", "تان", "تين", "ون", "ات")

_NOTES = ("title", "description", "source")
_LISTS = {"words": False, "adjectives": False, "exclude": True}  # and whether what is listed is left out
_LEXICONS = Path(__file__).parent / "lexicons"
_BUILT_IN = ("frames", "themes")
_ENDINGS = (".toml", ".dic")


@dataclass(frozen=True)
class FrameEntry:
    """One entry of a dictionary.

    text: as listed. kind: "word", "phrase" or "adjective". excluded: whether its hits are left out.
    alternatives: what is looked for, each a sequence of words; one that ends in * is the beginning of a word.
    """

    dimension: str
    category: str
    text: str
    kind: str
    excluded: bool
    alternatives: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class FrameDictionary:
    """A dictionary of frames: entries in categories, and categories in dimensions.

    Make one with `builtin`, `read` or `of`. A word may stand in several categories, and then counts in each.

    >>> from corpus_kit.news import FrameDictionary
    >>> FrameDictionary.builtin().categories["level"]
    ('international', 'regional', 'local')
    """

    name: str
    entries: tuple[FrameEntry, ...]
    descriptions: tuple[tuple[str, str], ...] = ()  # of "dimension" or "dimension.category"

    @classmethod
    def builtin(cls, name: str = "frames") -> FrameDictionary:
        """A small dictionary that comes with the library.

        name: "frames", adjectives of means and of level, which `ck.news.frames` takes where it is given none; or
            "themes", nouns and phrases of online propaganda, as an example of a dictionary for one subject.

        >>> from corpus_kit.news import FrameDictionary
        >>> list(FrameDictionary.builtin().categories), list(FrameDictionary.builtin("themes").categories)
        (['means', 'level'], ['theme'])
        """
        return cls.read(_LEXICONS / f"{choose(name, _BUILT_IN, 'built-in dictionary')}.toml")

    @classmethod
    def read(cls, path: str | PathLike[str]) -> FrameDictionary:
        """Read a dictionary from a .toml file, or from a .dic file in the form of LIWC.

        The form is described in this module and in docs/news/frames.md. The dimension of a .dic file has
        the name of the file.

        Raises InputError for a file that cannot be read, an unknown key, an empty dictionary, category or word,
        a word twice in one category, a * that is not at the end of a word, and what is no word.
        """
        file = path_argument(path, "path")
        choose(file.suffix.lower(), _ENDINGS, "ending of a dictionary")
        try:
            content = file.read_bytes().decode("utf-8-sig")
            if file.suffix.lower() == ".dic":
                return cls.of(_liwc_tables(content, file), name=file.stem)
            return cls.of(tomllib.loads(content), name=file.stem)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InputError(f"the dictionary {str(file)!r} cannot be read: {reason(error)}") from None

    @classmethod
    def of(cls, tables: Mapping[str, Any], *, name: str = "dictionary") -> FrameDictionary:
        """A dictionary of what a TOML file holds: dimensions, their categories, and lists of words.

        Raises InputError as `read` does.

        >>> from corpus_kit.news import FrameDictionary
        >>> tables = {"theme": {"network": {"words": ["شبكة الإنترنت", "دعاي*"]}}}
        >>> FrameDictionary.of(tables).table()["kind"].to_list()
        ['phrase', 'word']
        """
        if not isinstance(tables, Mapping):
            raise InputError(f"a dictionary of frames is made of tables, not {type(tables).__name__}: {tables!r:.60}")
        if not (isinstance(name, str) and name and is_text(name)):
            raise InputError(f"name= takes the name of the dictionary, not {name!r:.60}")
        entries: list[FrameEntry] = []
        descriptions = dict(_notes_of(tables, name, _NOTES))
        for dimension, table in _tables_in(tables, name, _NOTES):
            descriptions |= _notes_of(table, dimension, _NOTES[1:])
            for category, lists in _tables_in(table, f"dimension {dimension!r}", _NOTES[1:]):
                descriptions |= _notes_of(lists, f"{dimension}.{category}", _NOTES[1:])
                entries += _entries_of(dimension, category, lists)
        if not entries:
            raise InputError(f"the dictionary {name!r} is empty: it takes tables such as [means.military]")
        _check_words(entries)
        return cls(name, tuple(entries), tuple(descriptions.items()))

    @cached_property
    def categories(self) -> dict[str, tuple[str, ...]]:
        """The categories of each dimension, in the order of the file."""
        found: dict[str, dict[str, None]] = {}
        for entry in self.entries:
            found.setdefault(entry.dimension, {})[entry.category] = None
        return {dimension: tuple(names) for dimension, names in found.items()}

    @property
    def digest(self) -> str:
        """A SHA-256 of the entries: the same for the same lists, whatever the descriptions say."""
        listed = [[e.dimension, e.category, e.text, e.kind, e.excluded] for e in self.entries]
        return hashlib.sha256(json.dumps(listed, ensure_ascii=False).encode()).hexdigest()

    def table(self) -> pl.DataFrame:
        """All entries: dimension, category, entry, kind (String), excluded (Boolean), in the order of the file.

        >>> from corpus_kit.news import FrameDictionary
        >>> FrameDictionary.builtin().table().row(0)
        ('means', 'military', 'عسكري', 'adjective', False)
        """
        schema = {"dimension": pl.String, "category": pl.String, "entry": pl.String, "kind": pl.String}
        rows = [(e.dimension, e.category, e.text, e.kind, e.excluded) for e in self.entries]
        return pl.DataFrame(rows, schema={**schema, "excluded": pl.Boolean}, orient="row")

    def __repr__(self) -> str:
        shown = "; ".join(f"{dimension}: {', '.join(names)}" for dimension, names in self.categories.items())
        return f"<FrameDictionary {self.name!r}: {len(self.entries)} entries ({shown:.200})>"

    def _repr_html_(self) -> str:
        from corpus_kit.display import show

        return show(self.table(), caption=repr(self)).html


# ------------------------------------------------------------------------------------ tables of a file


def _tables_in(table: Mapping[str, Any], where: str, notes: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The named tables in a table. Whatever else stands there is a note, or an error."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            if not (isinstance(key, str) and key.strip() and is_text(key)):
                raise InputError(f"{where} holds a table without a name: {key!r}")
            yield key, value
        elif key not in notes:
            shown = f"{where} holds {key!r}, which is no table"
            raise InputError(f"{shown}. Lists of words stand in a category, as in [means.military]; notes are: {notes}")


def _notes_of(table: Mapping[str, Any], where: str, notes: tuple[str, ...]) -> dict[str, str]:
    """The description of a table by its name; the other notes are for readers of the file."""
    for key in notes:
        if key in table and not isinstance(table[key], str | Mapping):
            raise InputError(f"{key} of {where} is a text, not {type(table[key]).__name__}: {table[key]!r:.60}")
    description = table.get("description")
    return {where: description} if isinstance(description, str) else {}


def _entries_of(dimension: str, category: str, lists: Mapping[str, Any]) -> list[FrameEntry]:
    where = f"[{dimension}.{category}]"
    entries: list[FrameEntry] = []
    seen: set[str] = set()
    for key, value in lists.items():
        choose(key, (*_LISTS, *_NOTES[1:]), f"key of {where}")
        if key not in _LISTS:
            continue
        if not isinstance(value, list | tuple):
            raise InputError(f"{key} of {where} is a list of words, not {type(value).__name__}: {value!r:.60}")
        for listed in value:
            text = _text_of(listed, f"{key} of {where}")
            if text in seen:
                raise InputError(f"{where} lists {text!r} twice; once is enough")
            seen.add(text)
            entries.append(_entry(dimension, category, text, key))
    if all(entry.excluded for entry in entries):
        raise InputError(f"{where} lists no words: it takes words = [...] or adjectives = [...]")
    return entries


def _text_of(listed: object, where: str) -> str:
    if not isinstance(listed, str) or not is_text(listed):
        raise InputError(f"{where} holds {listed!r:.60}; it takes words in quotation marks")
    words = listed.split()
    if not words:
        raise InputError(f"{where} holds an empty word")
    for word in words:
        if WILDCARD in word[:-1] or word == WILDCARD:
            raise InputError(f"{where} holds {listed!r}: a * stands at the end of a word, for all that may follow")
    return " ".join(words)


def _entry(dimension: str, category: str, text: str, key: str) -> FrameEntry:
    excluded = _LISTS[key]
    words = tuple(text.split())
    if key != "adjectives":
        return FrameEntry(dimension, category, text, "word" if len(words) == 1 else "phrase", excluded, (words,))
    where = f"adjectives of [{dimension}.{category}]"
    if len(words) > 1 or not text.endswith("ي") or len(text) < 3:
        raise InputError(f"{where} holds {text!r}; it takes one word that ends in ي. Others stand in words = [...]")
    if text.startswith(arabic.ARTICLE) and len(text) > 5:
        raise InputError(f"{where} holds {text!r}; it takes the form without the article: {text[2:]!r}")
    forms = tuple((f"{text}{ending}",) for ending in ADJECTIVE_ENDINGS)
    return FrameEntry(dimension, category, text, "adjective", excluded, forms)


def _check_words(entries: list[FrameEntry]) -> None:
    """Raise InputError for an entry that the tokeniser does not take for the words that it shows."""
    texts = [entry.text.replace(WILDCARD, "") for entry in entries]
    found = tokens(texts).filter(pl.col("kind").is_in(sorted(COUNTED_KINDS)))
    words = found.group_by("document", maintain_order=True).agg(pl.col("token").str.join(" "))
    read = dict(words.iter_rows())
    for row, (entry, text) in enumerate(zip(entries, texts, strict=True)):
        if read.get(row, "") != text:
            raise InputError(
                f"[{entry.dimension}.{entry.category}] holds {entry.text!r}, which is not made of words: "
                f"a text would have {read.get(row, '')!r} in its place"
            )


# ---------------------------------------------------------------------------------------------- LIWC


def _liwc_tables(content: str, file: Path) -> dict[str, Any]:
    """The tables of a dictionary in the form of LIWC: one dimension, with the name of the file."""
    lines = [(number, line.strip()) for number, line in enumerate(content.splitlines(), start=1) if line.strip()]
    bars = [place for place, (_, line) in enumerate(lines) if line == "%"]
    if len(bars) < 2 or bars[0] != 0:
        raise InputError(f"{str(file)!r} is no dictionary of LIWC: its categories stand between two lines of %")
    names: dict[str, str] = {}
    for number, line in lines[1 : bars[1]]:
        key, _, name = line.replace("\t", " ").partition(" ")
        if not key.isdecimal() or not name.strip() or key in names or name.strip() in names.values():
            raise InputError(f"line {number} of {str(file)!r} is no new category, a number and a name: {line!r:.60}")
        names[key] = name.strip()
    categories: dict[str, dict[str, list[str]]] = {name: {"words": []} for name in names.values()}
    for number, line in lines[bars[1] + 1 :]:
        words, keys = _liwc_line(line)
        unknown = [key for key in keys if key not in names]
        if not words or not keys or unknown:
            said = f"unknown category {unknown[0]!r}" if unknown else "a word and numbers of categories are wanted"
            raise InputError(f"line {number} of {str(file)!r}: {said}: {line!r:.60}")
        for key in keys:
            categories[names[key]]["words"].append(words)
    return {file.stem: categories}


def _liwc_line(line: str) -> tuple[str, list[str]]:
    """The words and the numbers after them; after a tab all is numbers, else the trailing numbers are."""
    words, tab, rest = line.partition("\t")
    if tab:
        return words.strip(), rest.split()
    parts = line.split()
    end = len(parts)
    while end > 1 and parts[end - 1].isdecimal():
        end -= 1
    return " ".join(parts[:end]), parts[end:]
