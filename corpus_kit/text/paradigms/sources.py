"""What the lexicon is made from: tables of this folder, simplemma's dictionary, the general counts."""

from __future__ import annotations

import json
import lzma
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import polars as pl

from corpus_kit.text.clitics import closed_words
from corpus_kit.text.closed_classes import FORMS_OF_FUNCTION_VERBS
from corpus_kit.text.paradigms.letters import SEATS, folded
from corpus_kit.text.paradigms.nominals import NominalFinder, Nominals, without_article
from corpus_kit.text.word_counts import general_counts
from corpus_kit.text.words import ARABIC_WORD, plain_series

__all__ = ["arabic_counts", "counted_words", "dictionary_of_lemmas", "find_nominals", "table", "unknown_words"]

_NUMBERS = {"verb": pl.UInt32, "class": pl.UInt16}  # columns of the tables; all others are texts
_SHORTEST_UNKNOWN = 3
_ARABIC = f"^{ARABIC_WORD.pattern}$"


@cache
def table(name: str) -> pl.DataFrame:
    """Return a table of this folder: verbs, stems, classes or nominals."""
    packed = files(__package__).joinpath(f"{name}.json.xz").read_bytes()
    columns = json.loads(lzma.decompress(packed).decode("iso8859_6"))
    found = pl.DataFrame(columns, schema_overrides={name: dtype for name, dtype in _NUMBERS.items() if name in columns})
    if name == "verbs":
        found.insert_column(1, plain_series(found["vocalised"]).alias("lemma"))
    return found


def arabic_counts() -> dict[str, float]:
    """Return the general counts of words of Arabic letters."""
    counts = general_counts()
    frame = pl.DataFrame({"word": list(counts), "count": list(counts.values())})
    return dict(frame.filter(pl.col("word").str.contains(_ARABIC)).iter_rows())


def dictionary_of_lemmas() -> dict[str, str]:
    """Return simplemma's words and lemmas in plain spelling."""
    from simplemma.strategies import DEFAULT_DICTIONARY_FACTORY  # loads slowly

    entries = DEFAULT_DICTIONARY_FACTORY.get_dictionary("ar")
    words, lemmas = plain_series(pl.Series(list(entries))), plain_series(pl.Series(list(entries.values())))
    frame = pl.DataFrame({"word": words, "lemma": lemmas})
    return dict(frame.filter(pl.all_horizontal(pl.all().str.contains(_ARABIC))).iter_rows())


def find_nominals(dictionary: Mapping[str, str], counts: Mapping[str, float]) -> Nominals:
    """Return the nouns and adjectives."""
    lemmas = table("verbs")["lemma"].to_list()
    kinds: dict[str, set[str]] = defaultdict(set)
    for form, kind in table("nominals").select("nominal", "kind").iter_rows():
        kinds[form].add(kind)
    bare = (without_article(word, counts) for word in dictionary)
    asked = sorted({*counts, *dictionary, *dictionary.values(), *bare})
    finite, finite_folded = _finite_forms(lemmas, asked)
    closed = {*closed_words(), *map(folded, closed_words())}
    return NominalFinder(dictionary, counts, set(lemmas), finite, finite_folded, kinds, closed).find(lemmas)


def _finite_forms(lemmas: list[str], asked: list[str]) -> tuple[dict[str, set[str]], set[str]]:
    """Return the asked words that are forms of verbs, with their lemmas; and folded, those that are so when folded."""
    slots = table("classes").select("class", "prefix", "suffix").unique(maintain_order=True)
    forms = table("stems").join(slots, on="class", maintain_order="left_right")
    pairs = forms.select(pl.concat_str("prefix", "stem", "suffix").alias("form"), "verb").unique(maintain_order=True)
    finite: dict[str, set[str]] = defaultdict(set)
    words = pl.DataFrame({"form": asked})
    for form, verb in pairs.join(words, on="form", how="semi").iter_rows():
        finite[form].add(lemmas[verb])
    fold = pl.col("form").str.replace_many(SEATS, [folded(letter) for letter in SEATS])
    found = pairs.select(fold).unique().join(words.select(fold), on="form", how="semi")
    return finite, set(found["form"].to_list())


def unknown_words(counts: Mapping[str, float]) -> pl.DataFrame:
    """Return the counted words, without their article, that are not function words: word, count."""
    closed = closed_words()
    totals: dict[str, float] = defaultdict(float)
    for word, count in counts.items():
        if word not in closed:
            totals[without_article(word, counts)] += count
    frame = pl.DataFrame({"word": list(totals), "count": list(totals.values())})
    return frame.filter(pl.col("word").str.len_chars() >= _SHORTEST_UNKNOWN)


def counted_words(counts: Mapping[str, float]) -> pl.DataFrame:
    """Return the words whose counts are evidence, word and count: all but letters, and function words but verbs."""
    closed = closed_words()
    verbs = {form for forms in FORMS_OF_FUNCTION_VERBS.values() for form in forms}
    words = [word for word in counts if len(word) > 1 and (word not in closed or closed[word].base in verbs)]
    return pl.DataFrame({"word": words, "count": [counts[word] for word in words]})
