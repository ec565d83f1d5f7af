"""Word lists and macros that queries use by name: ``[lemma=$verbs]`` and ``/reported[الوزير]``.

A project keeps them in a TOML file. CQP's files of macros (``MACRO name(2) ... ;``) are read too, with its
``define $verbs = "a b";`` and ``define $verbs < "file";``. A macro is text: a call of it is replaced by its pattern
with the arguments in place of $0, $1, … or of its names, before the query is read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

from corpus_kit._base.arguments import is_text, path_argument
from corpus_kit._base.files import read_toml, read_whole
from corpus_kit._base.metadata import listed
from corpus_kit.corpus import storage
from corpus_kit.errors import InputError, invalid, nearest, shown, with_notes
from corpus_kit.readers.structure import LAYER_NAME
from corpus_kit.safe_text import pointed

__all__ = [
    "BUILT_IN_MACROS",
    "NO_DEFINITIONS",
    "Call",
    "Definitions",
    "Expanded",
    "Macro",
    "call_at",
    "expand_macro",
    "expand_macros",
    "read_definitions",
    "read_word_list",
]

BUILT_IN_MACROS = ("region",)  # which the language of queries has itself
_MOST_WORDS = 100_000  # of a list; a pattern has fewer
_MOST_DEFINITIONS = 10_000
_LONGEST_WORD = 1_000
_LONGEST = 1_000_000  # characters of a pattern, before and after its macros are replaced
_MOST_CALLS = 10_000  # of macros that one pattern makes, also inside other macros
_DEEPEST = 40  # macros inside macros
_TABLES = ("lists", "macros")
_NAME = re.compile(LAYER_NAME)
_CALL = re.compile(rf"/({LAYER_NAME})\[")
_PLACE = re.compile(r"\$([0-9]|[A-Za-z]\w*)", re.ASCII)
_VISIBLE = re.compile(r"\S")
_CQP_ITEM = re.compile(r"MACRO\b|define\b", re.IGNORECASE)
_CQP_MACRO = re.compile(r"MACRO\s+([A-Za-z_][\w-]*)\s*\(([^)]*)\)\s*", re.IGNORECASE | re.ASCII)
_CQP_WORDS = re.compile(
    r"define\s+\$([A-Za-z_]\w*)\s*(=|<)\s*(?:\"((?:\\.|[^\"\\])*)\"|'((?:\\.|[^'\\])*)')\s*;", re.IGNORECASE | re.ASCII
)
_CQP_PARAMETER = re.compile(r"\$([0-9])\s*=\s*([A-Za-z]\w*)", re.ASCII)
_CQP_ENDINGS = (".mac", ".macro", ".macros", ".cqp", ".cqprc")


@dataclass(frozen=True)
class Macro:
    """A pattern with places for arguments.

    Attributes:
        arguments: The names of the arguments; places have them after a $. Those of a macro without names are numbers:
            "0", "1", …
        pattern: The pattern with $0, $1, … or $name where the arguments stand.
    """

    arguments: tuple[str, ...]
    pattern: str

    def with_arguments(self, given: tuple[str, ...]) -> str:
        """Return the pattern with these arguments, as many as it takes, in their places.

        >>> Macro(("a", "b"), "$a []{0,3} $b [lemma=$verbs]").with_arguments(("قال", "إن"))
        'قال []{0,3} إن [lemma=$verbs]'
        """
        values = {str(number): value for number, value in enumerate(given)}
        values |= dict(zip(self.arguments, given, strict=True))
        added = sum(len(values.get(place[1], "")) for place in _PLACE.finditer(self.pattern))
        if len(self.pattern) + added > _LONGEST:
            raise InputError(f"a macro makes more than {_LONGEST:,} characters of its arguments.")
        return _PLACE.sub(lambda place: values.get(place[1], place[0]), self.pattern)


@dataclass(frozen=True)
class Definitions:
    """The word lists and the macros that queries may use.

    Attributes:
        lists: The words of each list.
        macros: The macros. Of several of one name (CQP tells them apart by the number of arguments), all but the first
            are called name(number).
    """

    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    macros: Mapping[str, Macro] = field(default_factory=dict)

    def __or__(self, other: Definitions) -> Definitions:
        """Return these and others; of the same name, the others."""
        return Definitions({**self.lists, **other.lists}, {**self.macros, **other.macros})

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.lists or self.macros)

    def record(self, lists: Iterable[str] = (), macros: Iterable[str] = ()) -> dict[str, Any]:
        """Return what the record of a result says of the lists and macros that its pattern used.

        >>> Definitions({"verbs": ("قال",)}, {"said": Macro((), "[lemma=$verbs]")}).record(macros=["said"])
        {'macros': {'said': '[lemma=$verbs]'}}
        """
        used = {name: self.lists[name] for name in sorted(set(lists)) if name in self.lists}
        record: dict[str, Any] = {}
        if used:
            record["lists"] = {
                name: {"words": len(words), "sha256": hashlib.sha256("\n".join(words).encode()).hexdigest()}
                for name, words in used.items()
            }
        called = {name: self.macros[name].pattern for name in sorted(set(macros)) if name in self.macros}
        return record | ({"macros": called} if called else {})


NO_DEFINITIONS = Definitions()


# ---------------------------------------------------------------------------------------- reading


def read_definitions(source: object) -> Definitions:
    """Return the definitions of a TOML file, of a file of CQP's macros, or of what such a TOML file would hold.

    Raises:
        InputError: If the file cannot be read, or a list or a macro has an error.

    Examples:
        >>> read_definitions({"macros": {"said": "قال $0"}}).macros
        {'said': Macro(arguments=('0',), pattern='قال $0')}
    """
    if isinstance(source, Definitions):
        return source
    if isinstance(source, Mapping):
        return _of_tables(source, None)
    if not isinstance(source, str | PathLike):
        raise invalid("definitions", "a path or a dict with lists and macros", source)
    path = path_argument(source, "definitions")
    try:
        content = read_whole(path)
        text = _decoded(content)
        if path.suffix.lower() != ".toml" and (path.suffix.lower() in _CQP_ENDINGS or _is_cqp(text)):
            return _of_cqp(text, path)
        return _of_tables(read_toml(content), path)
    except InputError as error:
        raise InputError(f"The definitions {str(path)!r} have an error: {error}") from None
    except (OSError, ValueError) as error:
        raise InputError(f"The definitions {str(path)!r} cannot be read: {storage.reason(error)}") from None


def read_word_list(path: Path, name: str) -> tuple[str, ...]:
    """Return the words of a file, one a line; # begins a comment, blank lines are left out.

    Args:
        path: The file, in UTF-8.
        name: The name of the list, for messages.

    Raises:
        InputError: If it cannot be read, or has no words.
    """
    try:
        text = _decoded(read_whole(path))
    except (OSError, ValueError) as error:
        raise InputError(f"The word list {name!r} cannot be read from {path.name!r}: {storage.reason(error)}") from None
    lines = (re.sub(r"(?:^|\s)#.*", "", line).strip() for line in text.splitlines())
    return _words([line for line in lines if line], name)


def _decoded(content: bytes) -> str:
    """Return the text of a file. Raises ValueError if it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 (byte {error.start:,}); save it as UTF-8") from None


def _of_tables(tables: Mapping[Any, Any], path: Path | None) -> Definitions:
    """Return the definitions that a TOML file holds; its word lists are beside `path`."""
    unknown = [key for key in tables if key not in _TABLES]
    if unknown:
        hint = nearest(unknown[0], _TABLES)
        raise invalid("definitions", f"made of {' and '.join(_TABLES)}", unknown[0], hint)
    given: dict[str, Mapping[str, Any]] = {}
    for key in _TABLES:
        table = tables.get(key, {})
        if not isinstance(table, Mapping):
            raise invalid(key, "a table of names", table)
        if len(table) > _MOST_DEFINITIONS:
            raise invalid(key, f"at most {_MOST_DEFINITIONS:,} definitions", len(table))
        for name in table:
            _expect_name(name, f"name of {'a word list' if key == 'lists' else 'a macro'}")
        given[key] = table
    lists = {name: _list(name, value, path) for name, value in given["lists"].items()}
    return Definitions(lists, {name: _macro(name, value) for name, value in given["macros"].items()})


def _expect_name(name: object, what: str) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise invalid(what, "ASCII letters, digits and _, a letter first", name)
    if name in BUILT_IN_MACROS:
        raise invalid(what, "none that queries have themselves", name)


def _list(name: str, value: Any, path: Path | None) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        if list(value) != ["file"] or not isinstance(value["file"], str) or not value["file"]:
            raise invalid(f"the word list {name!r}", 'a list of words or {file = "words.txt"}', dict(value))
        return read_word_list((path.parent if path else Path()) / _file_argument(value["file"], name), name)
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise invalid(f"the word list {name!r}", 'a list of words or {file = "words.txt"}', value)
    return _words(list(value), name)


def _file_argument(file: str, name: str) -> Path:
    """Return the path of a word list as it is given, once it is known to be one."""
    path_argument(file, f"the file of the word list {name!r}")
    return Path(file).expanduser()


def _words(words: list[Any], name: str) -> tuple[str, ...]:
    """Return the distinct words of a list, in their order."""
    what = f"the word list {name!r}"
    if not words:
        raise invalid(what, "one word or more", words)
    if len(words) > _MOST_WORDS:
        raise invalid(what, f"at most {_MOST_WORDS:,} words", f"{len(words):,}")
    for word in words:
        if not isinstance(word, str) or not word.strip() or not is_text(word) or not word.isprintable():
            hint = "It has a sign that is not seen." if isinstance(word, str) and word.strip() else ""
            raise invalid(what, "of words", word, hint)
        if len(word) > _LONGEST_WORD:
            raise invalid(what, f"of words of at most {_LONGEST_WORD:,} characters", word)
    return tuple(dict.fromkeys(word.strip() for word in words))


def _macro(name: str, value: Any) -> Macro:
    what = f"the macro {name!r}"
    expected = 'a pattern or {arguments = ["a"], pattern = "... $a ..."}'
    if isinstance(value, Macro):
        value = {"arguments": list(value.arguments), "pattern": value.pattern}
    if isinstance(value, str):
        numbers = [int(place[1]) for place in _PLACE.finditer(value) if place[1].isdigit()]
        value = {"arguments": [str(number) for number in range(max(numbers, default=-1) + 1)], "pattern": value}
    if not isinstance(value, Mapping) or set(value) != {"arguments", "pattern"}:
        raise invalid(what, expected, value)
    arguments, pattern = value["arguments"], value["pattern"]
    if not isinstance(pattern, str) or not pattern.strip() or not is_text(pattern):
        raise invalid(f"the pattern of {what}", "a pattern", pattern)
    if len(pattern) > _LONGEST:
        raise invalid(f"the pattern of {what}", f"at most {_LONGEST:,} characters", f"{len(pattern):,}")
    if not isinstance(arguments, list | tuple):
        raise invalid(f"the arguments of {what}", "a list of names", arguments)
    numbered = list(arguments) == [str(number) for number in range(len(arguments))]
    for argument in arguments:
        if not numbered and (not isinstance(argument, str) or not _NAME.fullmatch(argument)):
            raise invalid(f"the arguments of {what}", "names", argument)
    if len(set(arguments)) < len(arguments):
        raise invalid(f"the arguments of {what}", "names that differ", list(arguments))
    return Macro(tuple(arguments), pattern)


# ------------------------------------------------------------------------------------ files of CQP


def _is_cqp(text: str) -> bool:
    return _CQP_ITEM.match(_without_comments(text).lstrip()) is not None


def _without_comments(text: str) -> str:
    """Return the text of a CQP file with blanks in place of what follows a # outside quotation marks."""
    pattern = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|#[^\n]*", re.DOTALL)
    return pattern.sub(lambda found: found[0] if found[0][0] != "#" else " " * len(found[0]), text)


def _of_cqp(text: str, path: Path) -> Definitions:
    r"""Return the definitions of a CQP file: MACRO name(2) ... ; and define $list = "..." or < "file".

    >>> text = 'MACRO np(2) # a noun phrase\n  [pos="$0"]? [word="$1"];\ndefine $verbs = "قال أكد";'
    >>> found = _of_cqp(text, Path("np.mac"))
    >>> found.macros["np"], found.lists
    (Macro(arguments=('0', '1'), pattern='[pos="$0"]? [word="$1"]'), {'verbs': ('قال', 'أكد')})
    """
    rest = _without_comments(text)
    at = 0
    lists: dict[str, tuple[str, ...]] = {}
    macros: dict[str, Macro] = {}
    while found := _VISIBLE.search(rest, at):
        at = found.start()
        if len(lists) + len(macros) > _MOST_DEFINITIONS:
            raise invalid("definitions", f"at most {_MOST_DEFINITIONS:,} lists and macros", "more")
        words, macro = _CQP_WORDS.match(rest, at), _CQP_MACRO.match(rest, at)
        if words:
            name, sign = words[1], words[2]
            value = words[3] if words[3] is not None else words[4]
            file = path.parent / value
            lists[name] = read_word_list(file, name) if sign == "<" else _words(value.split(), name)
            at = words.end()
        elif macro:
            name, arguments = macro[1], _cqp_arguments(macro[1], macro[2])
            end = _end_of_body(rest, macro.end())
            pattern = " ".join(rest[macro.end() : end].split())
            own = f"{name}({len(arguments)})" if name in macros else name
            macros[own] = _macro(name, {"arguments": arguments, "pattern": pattern})
            at = end + 1
        else:
            line = rest.count("\n", 0, at) + 1
            raise InputError(f'line {line} must begin with MACRO name(0) or define $name = "...";')
    return Definitions(lists, macros)


def _cqp_arguments(name: str, given: str) -> list[str]:
    """Return the names of the arguments of a macro of CQP: "2" is two without names, "$0=Noun $1=Verb" has them."""
    if given.strip().isdigit() and len(given.strip()) == 1:
        return [str(number) for number in range(int(given))]
    named = [_CQP_PARAMETER.fullmatch(each) for each in re.split(r"[\s,]+(?=\$)", given.strip())]
    if not all(named) or [int(each[1]) for each in named if each] != list(range(len(named))):
        raise invalid(f"the macro {name!r}", "followed by (0) to (9), or ($0=Name $1=Name)", given)
    return [each[2] for each in named if each]


def _end_of_body(text: str, begin: int) -> int:
    """Return the place of the semicolon that ends the body of a macro."""
    for found in re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|;", re.DOTALL).finditer(text, begin):
        if found[0] == ";":
            return found.start()
    line = text.count("\n", 0, begin) + 1
    raise InputError(f"the macro that begins in line {line} must end with a semicolon, got the end of the file.")


# -------------------------------------------------------------------------------- calls of macros


class Call(NamedTuple):
    """A call of a macro in a text.

    Attributes:
        name: Its name.
        arguments: The texts of its arguments, without the quotation marks around them.
        end: The place after it.
    """

    name: str
    arguments: tuple[str, ...]
    end: int


class Expanded(NamedTuple):
    """A pattern without calls of macros.

    Attributes:
        text: The pattern.
        places: For each of its characters, and its end, the place in the text that was given: that of the call for what
            a macro put there.
        macros: The macros that were used, also inside others.
    """

    text: str
    places: list[int]
    macros: frozenset[str]


def call_at(text: str, at: int, definitions: Definitions) -> Call | None:
    """Return the call of a macro that begins at a place of a pattern: /name[a, b]; None if there is none.

    What looks like a call is one if there is such a macro, or if no slash follows that would make it a regular
    expression. Calls of what the language has itself are none.

    Raises:
        InputError: If there is no such macro, or the call is not closed.

    >>> definitions = read_definitions({"macros": {"near": "$0 []{0,3} $1"}})
    >>> call_at('/near["قال", [lemma=أكد]] ثم', 0, definitions)
    Call(name='near', arguments=('قال', '[lemma=أكد]'), end=25)
    """
    found = _CALL.match(text, at)
    if found is None or found[1] in BUILT_IN_MACROS:
        return None
    name = found[1]
    if name not in definitions.macros:
        if text.find("/", found.end()) >= 0:
            return None
        names = sorted({each.partition("(")[0] for each in definitions.macros})
        hint = nearest(name, names) or (f"There are: {listed(names)}." if names else "")
        raise _error(text, at, f"there is no macro {shown(name)}. {hint} corpus.with_definitions(...) adds one")
    arguments, end = _arguments(text, found.end(), at)
    return Call(name, arguments, end)


def _arguments(text: str, at: int, begin: int) -> tuple[tuple[str, ...], int]:
    """Read the arguments of a call up to its closing bracket; commas in quotation marks and brackets divide none."""
    parts: list[str] = []
    closing: list[str] = []
    first = at  # of the argument that is read
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 2
            continue
        if sign in "\"'" and (end := _closing_mark(text, at)):
            at = end
            continue
        if not closing and sign in ",]":
            parts.append(_unquoted(text[first:at].strip()))
            first = at + 1
            if sign == "]":
                return (() if parts == [""] else tuple(parts)), first
        elif sign in "([{":
            closing.append(")]}"["([{".index(sign)])
        elif closing and sign == closing[-1]:
            closing.pop()
        at += 1
    raise _error(text, begin, "the call of a macro is never closed with ]")


def _closing_mark(text: str, at: int) -> int:
    """Return the place after the text in quotation marks that begins at a place; 0 if it is not closed."""
    found = re.compile(rf"{text[at]}(?:\\.|[^\\{text[at]}])*{text[at]}", re.DOTALL).match(text, at)
    return found.end() if found else 0


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] in "\"'" and _closing_mark(text, 0) == len(text) else text


def _error(text: str, at: int, what: str) -> InputError:
    error = InputError(f"pattern {text!r:.200} has an error at character {at + 1}: {what}.")
    error.add_note(pointed(text, at))
    return error


def expand_macro(definitions: Definitions, call: Call) -> str:
    """Return the text that stands in place of a call, with calls of other macros in it as they are.

    Raises:
        InputError: If the macro takes another number of arguments.

    >>> expand_macro(read_definitions({"macros": {"said": "(قال|أكد) $0"}}), Call("said", ("الوزير",), 0))
    '(قال|أكد) الوزير'
    """
    macro = definitions.macros.get(f"{call.name}({len(call.arguments)})", definitions.macros[call.name])
    if len(macro.arguments) != len(call.arguments):
        wanted = len(macro.arguments)
        names = "" if not wanted or macro.arguments[0] == "0" else f" ({', '.join(macro.arguments)})"
        raise InputError(
            f"the macro {call.name!r} takes {wanted} argument{'' if wanted == 1 else 's'}{names}, "
            f"and got {len(call.arguments)}."
        )
    return macro.with_arguments(call.arguments)


def expand_macros(text: str, definitions: Definitions, *, cqp: bool = False) -> Expanded:
    """Replace the calls of macros in a pattern, also those that macros make.

    A call stands where an item or a condition may: at the begin, or after white space or one of ``([|&!,:;``. Texts in
    quotation marks and regular expressions between slashes are no calls. What a macro stands for is put in brackets if
    `cqp` is false, so that a macro is one item; CQP puts it there as it is.

    Args:
        text: The pattern.
        definitions: The macros.
        cqp: Whether the pattern is one of CQP, where quotation marks are everywhere those of texts.

    Raises:
        InputError: If a macro is unknown, calls itself, gets another number of arguments, or if the pattern becomes too
            long. The message has the place in the pattern as it was given.

    Examples:
        >>> macros = read_definitions({"macros": {"said": "قال|أكد", "source": "/said[] $0"}})
        >>> expand_macros("/source[الوزير] إن", macros).text
        '((قال|أكد) الوزير) إن'
    """
    if "/" not in text:
        return Expanded(text, list(range(len(text) + 1)), frozenset())
    return _Expansion(text, definitions, cqp=cqp).run()


class _PlacedError(InputError):
    """An error whose message has the place in the pattern as it was given."""


class _Expansion:
    """The replacement of all calls of macros in one pattern."""

    def __init__(self, text: str, definitions: Definitions, *, cqp: bool) -> None:
        self.given = text
        self.definitions = definitions
        self.cqp = cqp
        self.calls = 0
        self.depth = 0
        self.length = 0
        self.used: set[str] = set()

    def run(self) -> Expanded:
        parts: list[str] = []
        places: list[int] = []
        for begin, end, call in self.pieces(self.given):
            part = self.given[begin:end] if call is None else self.of_call(call, begin, ())
            parts.append(part)
            places += range(begin, end) if call is None else [begin] * len(part)
        return Expanded("".join(parts), [*places, len(self.given)], frozenset(self.used))

    def of_call(self, call: Call, at: int, chain: tuple[str, ...]) -> str:
        """Return the text of a call at a place of the pattern as it was given, inside calls of a chain of macros."""
        chain = (*chain, call.name)
        if call.name in chain[:-1]:
            around = chain[chain.index(call.name) :]
            raise self.error(at, f"the macro {call.name!r} calls itself: {' -> '.join(around)}")
        self.calls += 1
        self.depth += 1
        if self.calls > _MOST_CALLS or self.depth > _DEEPEST:
            is_deep = self.depth > _DEEPEST
            most = f"over {_DEEPEST} calls in one another" if is_deep else f"more than {_MOST_CALLS:,} calls"
            raise self.error(at, f"the macro {chain[0]!r} makes {most}")
        self.used.add(call.name)
        try:
            arguments = tuple(self.text_of(each, at, chain[:-1]) for each in call.arguments)
            whole = self.text_of(expand_macro(self.definitions, call._replace(arguments=arguments)), at, chain)
        except _PlacedError:
            raise
        except InputError as error:
            inside = f" in the macro {chain[-2]!r}" if len(chain) > 1 else ""
            raise self.error(at, f"{str(error).rstrip('.')}{inside}") from None
        self.depth -= 1
        return whole if self.cqp else f"({whole})"

    def text_of(self, text: str, at: int, chain: tuple[str, ...]) -> str:
        """Return a text, that of a macro or of an argument, with its calls replaced."""
        parts = []
        for begin, end, call in self.pieces(text):
            parts.append(text[begin:end] if call is None else self.of_call(call, at, chain))
            self.length += end - begin if call is None else 0
            if self.length > _LONGEST:
                raise self.error(at, f"its macros make more than {_LONGEST:,} characters")
        return "".join(parts)

    def error(self, at: int, what: str) -> InputError:
        """Return the error for a place of the pattern as it was given."""
        error = _error(self.given, at, what)
        return with_notes(_PlacedError(str(error)), error)

    def pieces(self, text: str) -> Iterable[tuple[int, int, Call | None]]:
        """Yield the parts of a text, from where up to where, and the call that it is, if it is one."""
        begin = at = depth = 0
        while at < len(text):
            sign = text[at]
            if sign == "\\":
                at += 2
                continue
            if (sign == '"' and (self.cqp or depth)) or (sign == "'" and self.cqp):
                at = _closing_mark(text, at) or at + 1
                continue
            if sign == "/" and (at == 0 or text[at - 1].isspace() or text[at - 1] in "([|&!,:;"):
                call = call_at(text, at, self.definitions)
                if call is not None:
                    if at > begin:
                        yield begin, at, None
                    yield at, call.end, call
                    begin = at = call.end
                    continue
                at = at + 1 if self.cqp or _is_built_in(text, at) else _end_of_regex(text, at)
                continue
            depth += (sign == "[") - (sign == "]" and depth > 0)
            at += 1
        if begin < len(text):
            yield begin, len(text), None


def _is_built_in(text: str, at: int) -> bool:
    found = _CALL.match(text, at)
    return found is not None and found[1] in BUILT_IN_MACROS


def _end_of_regex(text: str, at: int) -> int:
    """Return the place after the regular expression that begins with a slash; that after the slash if there is none."""
    found = re.compile(r"/(?:\\.|[^\\/])+/", re.DOTALL).match(text, at)
    return found.end() if found else at + 1
