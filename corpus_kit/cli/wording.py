"""Messages of the library in the words of the command: options and commands in place of arguments and calls."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus_kit.cli.commands import COMMANDS

__all__ = ["as_typed", "as_usage", "expect_options"]

_options: set[str] = set()  # the options of the command that runs, such as --min-count

_CALL = re.compile(r"\bck\.(?:news\.)?([a-z_]+)\b(?!\.)")
_FILTER = re.compile(r"\bcorpus\.filter\(([^\W\d]\w*)=('[^']*'|[\d.]+)\)")
_CONTAINING = re.compile(r"\bcorpus((?:\.containing\('[^']*'(?:, invert=True)?\))+)")
_ONE_CONTAINING = re.compile(r"\.containing\('([^']*)'(, invert=True)?\)")
_WITHOUT_BOILERPLATE = re.compile(r"\bcorpus\.exclude\(ck\.news\.boilerplate\(corpus(?:, by='([^']*)')?\)\)")
_NAMES_OF_PATTERNS = {
    "corpus.with_structures(...)": "--structure NAME=FILE",
    "corpus.with_definitions(...)": "--definitions FILE",
    "Concordance.save": "corpus-kit kwic --save",
    "overwrite=True": "--overwrite",
}  # a command that has patterns has these options
_WORDS_OF_ONES_OWN = ", stopwords=[…] hides other words"  # --stopwords has those of the library only
_QUOTE = "'"
_MUST_BE = re.compile(r"^([a-z_]+)(?= must )")
_TRUTH = re.compile(r"(?<![\w.\[])([a-z]+(?:_[a-z]+)*)=(True|False)\b")
_TEXT = re.compile(r"(?<![\w.\[])([a-z]+(?:_[a-z]+)*)=(\"[\w%/. -]+\"|'[\w%/. -]+')")
_NUMBER = re.compile(r"(?<![\w.\[])([a-z]+(?:_[a-z]+)+)=(\d[\d,.]*\d|\d)")  # a column is rarely called so


def expect_options(names: Iterable[str]) -> None:
    """Remember the options of the command that runs; messages name no others."""
    _options.clear()
    _options.update(names)


def as_typed(message: str) -> str:
    """Return a message with what is typed in place of what is called in Python.

    >>> expect_options(["--clitics", "--exclude", "--min-documents", "--where", "--variants", "--no-variants"])
    >>> as_typed("corpus.exclude(ck.news.boilerplate(corpus, by='outlet')) cleans, stopwords=[…] hides other words.")
    '--exclude "boilerplate=outlet" cleans.'
    >>> as_typed("Call corpus.annotate() once, then search with clitics=True.")
    'Call corpus-kit annotate CORPUS once, then search with --clitics.'
    >>> as_typed("ck.keyness: min_documents=1 shows them, variants=False is faster: corpus.filter(outlet='okaz').")
    'corpus-kit keyness: --min-documents 1 shows them, --no-variants is faster: --where "outlet=okaz".'
    """
    text = message.replace("corpus.annotate()", "corpus-kit annotate CORPUS")
    text = text.replace("ck.Corpus.build", "corpus-kit build")
    if "--exclude" in _options:
        text = _WITHOUT_BOILERPLATE.sub(_boilerplate, text)
    text = text.replace(_WORDS_OF_ONES_OWN, "")
    for call, option in _NAMES_OF_PATTERNS.items():
        if option.split()[-2 if " " in option else -1] in _options or option.startswith("corpus-kit"):
            text = text.replace(call, option)
    text = _CALL.sub(_command, text)
    if "--where" in _options:
        text = _FILTER.sub(lambda found: f'--where "{found[1]}={found[2].strip(_QUOTE)}"', text)
        text = _CONTAINING.sub(lambda found: _ONE_CONTAINING.sub(_condition, found[1]).strip(), text)
        text = text.replace("Conditions on documents are calls:", "Conditions on documents are options:")
    text = _MUST_BE.sub(lambda found: _option(found[1]) or found[0], text)
    text = _TRUTH.sub(lambda found: _option(found[1], is_off=found[2] == "False") or found[0], text)
    for sign in (_TEXT, _NUMBER):
        text = sign.sub(lambda found: f"{name} {_bare(found[2])}" if (name := _option(found[1])) else found[0], text)
    return text


def as_usage(message: str) -> str:
    """Return what is said of a command that was typed wrongly, with where a pattern belongs."""
    if "unexpected extra argument" in message and "--pattern" in _options:
        return f"{message.rstrip()}. A pattern stands after --pattern.\n"
    return message


def _bare(value: str) -> str:
    bare = value.strip("'\"")
    return f'"{bare}"' if " " in bare else bare


def _option(name: str, *, is_off: bool = False) -> str:
    """Return the option of an argument; "" if the command has none."""
    option = f"--{'no-' * is_off}{name.replace('_', '-')}"
    return option if option in _options else ""


def _command(found: re.Match[str]) -> str:
    name = found[1].replace("_", "-")
    return f"corpus-kit {name}" if name in COMMANDS else found[0]


def _boilerplate(found: re.Match[str]) -> str:
    return f'--exclude "boilerplate={found[1]}"' if found[1] else "--exclude boilerplate"


def _condition(found: re.Match[str]) -> str:
    return f' --{"not-" if found[2] else ""}containing "{found[1]}"'
