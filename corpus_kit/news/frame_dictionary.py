"""Frame dictionaries: lists of words in categories, read from a file and checked.

A dictionary is a TOML file::

    title = "..."                        # optional, as are source and description

    [means]                              # a dimension: a question with several answers
    description = "..."                  # optional

    [means.military]                     # a category of it
    description = "..."                  # optional, as is source
    adjectives = ["عسكري"]               # relational adjectives with all their regular forms
    words = ["جيش", "جند*", "سلاح الجو"]  # words, beginnings of words (* at the end only), phrases
    exclude = ["جندي مجهول"]             # what looks like an entry but is not in the category

Files in LIWC format (.dic: numbered categories between two lines of %, then words with numbers) are read too; all their
categories make one dimension.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from os import PathLike
from pathlib import Path
from typing import Any

import polars as pl

from corpus_kit._base.arguments import is_text, path_argument
from corpus_kit._base.files import read_toml, read_whole
from corpus_kit.corpus.storage import reason
from corpus_kit.display.show import show
from corpus_kit.errors import InputError, choose, invalid, shown
from corpus_kit.safe_text import one_line
from corpus_kit.text import closed_classes
from corpus_kit.text.tokenization import COUNTED_KINDS, tokens

__all__ = ["ENTRY_KINDS", "FrameDictionary", "FrameEntry"]

ENTRY_KINDS = ("word", "phrase", "adjective")
WILDCARD = "*"
# Regular endings of a relational adjective, after its ي: masculine (with tanwin: ا), feminine, dual and sound plural,
# nominative and oblique.
ADJECTIVE_ENDINGS = ("", "ا", "ة", "ان", "ين", "تان", "تين", "ون", "ات")

_NOTES = ("title", "description", "source")
_LISTS = {"words": False, "adjectives": False, "exclude": True}  # whether entries of the list are left out
_LEXICONS = Path(__file__).parent / "lexicons"
_BUILT_IN = ("frames", "themes")
_ENDINGS = (".toml", ".dic")


@dataclass(frozen=True)
class FrameEntry:
    """An entry of a dictionary.

    Attributes:
        dimension: The dimension.
        category: The category.
        text: The entry as listed.
        kind: "word", "phrase" or "adjective".
        excluded: Whether its hits are left out.
        alternatives: What is searched for, each a sequence of words; one that ends in * is the beginning of a word.
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

    Make one with `builtin`, `read` or `of`. A word can be in several categories, and then counts in each.

    Examples:
        >>> from corpus_kit.news import FrameDictionary
        >>> FrameDictionary.builtin().categories["level"]
        ('international', 'regional', 'local')
    """

    name: str
    entries: tuple[FrameEntry, ...]
    descriptions: tuple[tuple[str, str], ...] = ()  # of "dimension" or "dimension.category"

    @classmethod
    def builtin(cls, name: str = "frames") -> FrameDictionary:
        """Return a small dictionary that comes with the library.

        Args:
            name: "frames", adjectives of means and of level, the default of `ck.news.frames`; or "themes", nouns and
                phrases of online propaganda, as an example of a dictionary for one subject.

        Examples:
            >>> from corpus_kit.news import FrameDictionary
            >>> list(FrameDictionary.builtin().categories), list(FrameDictionary.builtin("themes").categories)
            (['means', 'level'], ['theme'])
        """
        return cls.read(_LEXICONS / f"{choose(name, _BUILT_IN, 'name')}.toml")

    @classmethod
    def read(cls, path: str | PathLike[str]) -> FrameDictionary:
        """Read a dictionary from a .toml file, or from a .dic file in LIWC format.

        The format is described in this module and in docs/news/frames.md. The dimension of a .dic file has the name of
        the file.

        Args:
            path: The file.

        Raises:
            InputError: If the file cannot be read, has an unknown key, an empty dictionary, category or word, a word
                twice in a category, a * that is not at the end of a word, or an entry that is not made of words.
        """
        file = path_argument(path, "path")
        if file.suffix.lower() not in _ENDINGS:
            raise invalid("path", "a path that ends in .toml or .dic", path)
        try:
            return _parsed(read_whole(file), file)
        except InputError:
            raise
        except (OSError, ValueError) as error:
            raise InputError(f"The dictionary {str(file)!r} cannot be read: {reason(error)}") from None

    @classmethod
    def of(cls, tables: Mapping[str, Any], *, name: str = "dictionary") -> FrameDictionary:
        """Return a dictionary from the content of a TOML file: dimensions, their categories, and lists of words.

        Args:
            tables: The content.
            name: The name of the dictionary.

        Raises:
            InputError: As `read`.

        Examples:
            >>> from corpus_kit.news import FrameDictionary
            >>> tables = {"theme": {"network": {"words": ["شبكة الإنترنت", "دعاي*"]}}}
            >>> FrameDictionary.of(tables).table()["kind"].to_list()
            ['phrase', 'word']
        """
        if not isinstance(tables, Mapping):
            raise invalid("tables", "a mapping of dimensions to tables", tables)
        if not (isinstance(name, str) and name and is_text(name)):
            raise invalid("name", "a non-empty str", name)
        entries: list[FrameEntry] = []
        descriptions = dict(_notes_of(tables, name, _NOTES))
        for dimension, table in _tables_in(tables, name, _NOTES):
            descriptions |= _notes_of(table, dimension, _NOTES[1:])
            for category, lists in _tables_in(table, f"dimension {dimension!r}", _NOTES[1:]):
                descriptions |= _notes_of(lists, f"{dimension}.{category}", _NOTES[1:])
                entries += _entries_of(dimension, category, lists)
        if not entries:
            raise InputError(f"The dictionary {name!r} is empty. It needs tables such as [means.military].")
        _check_words(entries)
        return cls(name, tuple(entries), tuple(descriptions.items()))

    @property
    def categories(self) -> dict[str, tuple[str, ...]]:
        """The categories of each dimension, in the order of the file."""
        found: dict[str, dict[str, None]] = {}
        for entry in self.entries:
            found.setdefault(entry.dimension, {})[entry.category] = None
        return {dimension: tuple(names) for dimension, names in found.items()}

    @property
    def digest(self) -> str:
        """The SHA-256 of the entries: the same for the same lists, whatever the descriptions say."""
        listed = [[e.dimension, e.category, e.text, e.kind, e.excluded] for e in self.entries]
        return hashlib.sha256(json.dumps(listed, ensure_ascii=False).encode()).hexdigest()

    def table(self) -> pl.DataFrame:
        """Return all entries: dimension, category, entry, kind (String), excluded (Boolean), in the order of the file.

        Examples:
            >>> from corpus_kit.news import FrameDictionary
            >>> FrameDictionary.builtin().table().row(0)
            ('means', 'military', 'عسكري', 'adjective', False)
        """
        schema = {"dimension": pl.String, "category": pl.String, "entry": pl.String, "kind": pl.String}
        rows = [(e.dimension, e.category, e.text, e.kind, e.excluded) for e in self.entries]
        return pl.DataFrame(rows, schema={**schema, "excluded": pl.Boolean}, orient="row")

    def __repr__(self) -> str:
        listed = "; ".join(f"{dimension}: {', '.join(names)}" for dimension, names in self.categories.items())
        return f"<FrameDictionary {self.name!r}: {len(self.entries)} entries ({one_line(listed):.200})>"

    def _repr_html_(self) -> str:
        return show(self.table(), caption=repr(self)).html


# ------------------------------------------------------------------------------------ tables of a file


@lru_cache(maxsize=8)
def _parsed(content: bytes, file: Path) -> FrameDictionary:
    """Return the dictionary in a file with this content; it is kept until the content is another."""
    is_liwc = file.suffix.lower() == ".dic"
    tables = _liwc_tables(content.decode("utf-8-sig"), file) if is_liwc else read_toml(content)
    return FrameDictionary.of(tables, name=file.stem)


def _tables_in(table: Mapping[str, Any], where: str, notes: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the named tables in a table; anything else is a note or an error."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            if not (isinstance(key, str) and key.strip() and is_text(key)):
                raise InputError(f"{where} must have named tables, got {shown(key)}.")
            yield key, value
        elif key not in notes:
            raise InputError(
                f"{where} must contain tables, got {shown(key)}. Lists of words belong in a category, as in "
                f"[means.military]; notes are {', '.join(notes)}."
            )


def _notes_of(table: Mapping[str, Any], where: str, notes: tuple[str, ...]) -> dict[str, str]:
    """Return the description of a table by its name; the other notes are for readers of the file."""
    for key in notes:
        if key in table and not isinstance(table[key], str | Mapping):
            raise invalid(f"{key} of {where}", "a str", table[key])
    description = table.get("description")
    return {where: description} if isinstance(description, str) else {}


def _entries_of(dimension: str, category: str, lists: Mapping[str, Any]) -> list[FrameEntry]:
    """Return the entries of a category."""
    where = f"[{dimension}.{category}]"
    entries: list[FrameEntry] = []
    seen: set[str] = set()
    for key, value in lists.items():
        choose(key, (*_LISTS, *_NOTES[1:]), f"Each key of {where}")
        if key not in _LISTS:
            continue
        if not isinstance(value, list | tuple):
            raise invalid(f"{key} of {where}", "a list of words", value)
        for listed in value:
            text = _text_of(listed, f"{key} of {where}")
            if text in seen:
                raise InputError(f"{where} lists {text!r} more than once.")
            seen.add(text)
            entries.append(_entry(dimension, category, text, key))
    if all(entry.excluded for entry in entries):
        raise InputError(f"{where} lists no words. It needs words = [...] or adjectives = [...].")
    return entries


def _text_of(listed: object, where: str) -> str:
    """Return a listed entry, checked."""
    if not isinstance(listed, str) or not is_text(listed):
        raise invalid(where, "a list of words in quotation marks", listed)
    words = listed.split()
    if not words:
        raise InputError(f"{where} contains an empty word.")
    for word in words:
        if WILDCARD in word[:-1] or word == WILDCARD:
            raise InputError(f"{where} contains {listed!r}; a * can only end a word, for any ending.")
    return " ".join(words)


def _entry(dimension: str, category: str, text: str, key: str) -> FrameEntry:
    """Return an entry with its alternatives."""
    excluded = _LISTS[key]
    words = tuple(text.split())
    if key != "adjectives":
        return FrameEntry(dimension, category, text, "word" if len(words) == 1 else "phrase", excluded, (words,))
    where = f"adjectives of [{dimension}.{category}]"
    if len(words) > 1 or not text.endswith("ي") or len(text) < 3:
        raise InputError(f"{where} must be single words that end in ي, got {text!r}. List others in words = [...].")
    if text.startswith(closed_classes.ARTICLE) and len(text) > 5:
        raise InputError(f"{where} must be without the article, got {text!r}. Write {text[2:]!r}.")
    forms = tuple((f"{text}{ending}",) for ending in ADJECTIVE_ENDINGS)
    return FrameEntry(dimension, category, text, "adjective", excluded, forms)


def _check_words(entries: list[FrameEntry]) -> None:
    """Raise an InputError for an entry that the tokenizer splits differently from its words."""
    texts = [entry.text.replace(WILDCARD, "") for entry in entries]
    found = tokens(texts).filter(pl.col("kind").is_in(sorted(COUNTED_KINDS)))
    words = found.group_by("document", maintain_order=True).agg(pl.col("token").str.join(" "))
    read = dict(words.iter_rows())
    for row, (entry, text) in enumerate(zip(entries, texts, strict=True)):
        if read.get(row, "") != text:
            raise InputError(
                f"[{entry.dimension}.{entry.category}] contains {entry.text!r}, which is not made of words: "
                f"the tokenizer finds {read.get(row, '')!r}."
            )


# ---------------------------------------------------------------------------------------------- LIWC


def _liwc_tables(content: str, file: Path) -> dict[str, Any]:
    """Return the tables of a dictionary in LIWC format: one dimension, with the name of the file."""
    lines = [(number, line.strip()) for number, line in enumerate(content.splitlines(), start=1) if line.strip()]
    bars = [place for place, (_, line) in enumerate(lines) if line == "%"]
    if len(bars) < 2 or bars[0] != 0:
        raise InputError(f"{str(file)!r} is not in LIWC format: its categories must be between two lines of %.")
    names: dict[str, str] = {}
    for number, line in lines[1 : bars[1]]:
        key, _, name = line.replace("\t", " ").partition(" ")
        if not key.isdecimal() or not name.strip() or key in names or name.strip() in names.values():
            raise invalid(f"Line {number} of {str(file)!r}", "a number and the name of a new category", line)
        names[key] = name.strip()
    categories: dict[str, dict[str, list[str]]] = {name: {"words": []} for name in names.values()}
    for number, line in lines[bars[1] + 1 :]:
        words, keys = _liwc_line(line)
        unknown = [key for key in keys if key not in names]
        if not words or not keys or unknown:
            hint = f"There is no category {unknown[0]!r}." if unknown else ""
            raise invalid(f"Line {number} of {str(file)!r}", "a word and numbers of categories", line, hint)
        for key in keys:
            categories[names[key]]["words"].append(words)
    return {file.stem: categories}


def _liwc_line(line: str) -> tuple[str, list[str]]:
    """Return the words and the numbers after them: all numbers after a tab, else the trailing ones."""
    words, tab, rest = line.partition("\t")
    if tab:
        return words.strip(), rest.split()
    parts = line.split()
    end = len(parts)
    while end > 1 and parts[end - 1].isdecimal():
        end -= 1
    return " ".join(parts[:end]), parts[end:]
