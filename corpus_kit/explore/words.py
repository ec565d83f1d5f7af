"""The words of the explorer's page in English and Arabic, which words.toml has."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from corpus_kit.display.columns import LANGUAGES
from corpus_kit.plots.live import chart_words

__all__ = ["say", "words_of_the_page"]


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


def say(name: str, language: str, **values: object) -> str:
    """Return what Python itself says on the page.

    >>> say("changed", "en")
    'The sheet of codes was changed elsewhere. Its codes are shown.'
    """
    return _words()["python"][name][LANGUAGES.index(language)].format(**values)


def words_of_the_page(language: str) -> dict[str, str]:
    """Return the words that the script of the page writes, by their names there; {name} stands for a value."""
    own = {name: words[LANGUAGES.index(language)] for name, words in _words()["page"].items()}
    return own | chart_words(language)
