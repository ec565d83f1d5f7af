"""Matches of the entries of a dictionary in a corpus.

**Matching.** Entries are compared with the distinct words of the corpus, not with its text, so the cost hardly depends
on the size of the dictionary. A word matches an entry as it is listed, with the article, and with the clitics written
together with it: و ف, then ب ل ك, then the article (للدولية is ل and الدولية). In a phrase only the first word takes
clitics; the others may have the article.

**Clitics are not guessed.** A reading with a clitic is rejected if the whole word is listed itself, or if `ck.segment`
does not cut this clitic off a word that the general vocabulary contains: بحر is not ب and حر. The article must be
spelled as it is: there is none in إلهام.

**Counting.** In a category each word counts once: the match that begins first wins, and of those the longest.
Exclusions take part in this; what they win is left out. Categories are independent of each other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.arrays import Integers, ranges
from corpus_kit.analysis.corpus_forms import forms_of
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import warn
from corpus_kit.news.frame_dictionary import WILDCARD, FrameDictionary
from corpus_kit.news.running_text import documents_of
from corpus_kit.text import closed_classes
from corpus_kit.text.forms import NO_FORM
from corpus_kit.text.normalization import Normalizer, normalize_series
from corpus_kit.text.segmentation import Segmenter
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH
from corpus_kit.text.word_counts import general_counts

__all__ = ["Matches", "match"]


_LAST_LETTER = chr(0x10FFFF)  # sorts after every other
_PLAIN = Normalizer.preset("dediac")
_LAM = "ل"
_SHOWN = 3  # entries named in a warning


class _Item(NamedTuple):
    """A word of an entry. The first word of an entry may have clitics, the others only the article."""

    text: str
    is_first: bool

    @property
    def is_prefix(self) -> bool:
        return self.text.endswith(WILDCARD)


class _Clitic(NamedTuple):
    """What may precede a listed word: the letters written, and those of them that are not the article."""

    letters: str
    proclitic: str


def _clitics() -> tuple[_Clitic, ...]:
    """Return conjunction, preposition and article, each or none; fewest letters first."""
    found = []
    for conjunction in ("", *closed_classes.CONJUNCTION_CLITICS):
        for preposition in ("", *closed_classes.PREPOSITION_CLITICS):
            proclitic = f"{conjunction}{preposition}"
            # after ل the article loses its alef
            article = _LAM if preposition == _LAM else closed_classes.ARTICLE
            found += [_Clitic(proclitic, proclitic), _Clitic(f"{proclitic}{article}", proclitic)]
    return tuple(sorted(found, key=lambda clitic: (len(clitic.letters), clitic.letters)))


_CLITICS = _clitics()
_NO_CLITIC, _ARTICLE = _Clitic("", ""), _Clitic(closed_classes.ARTICLE, "")


class Matches(NamedTuple):
    """Matches in the order of the text: first token and end, the row of the entry, and the proclitic."""

    first: Integers
    end: Integers
    entry: Integers
    proclitic: pl.Series


def match(corpus: CorpusView, dictionary: FrameDictionary, normalizer: Normalizer | None) -> Matches:
    """Return all matches in the selected documents; warn of wildcards that match no word of the corpus."""
    alternatives = _alternatives(dictionary)
    numbers: dict[_Item, int] = {}
    for _, _, items in alternatives:
        for item in items:
            numbers.setdefault(item, len(numbers))
    readings = _readings(corpus, list(numbers), normalizer, _listed(dictionary))
    _warn_of_wildcards(list(numbers), readings)
    excluded = [entry.excluded for entry in dictionary.entries]
    single = [(row, category, numbers[items[0]]) for row, category, items in alternatives if len(items) == 1]
    found = [_single_words(corpus, _best_entries(single, list(numbers), readings, excluded))]
    phrases = [each for each in alternatives if len(each[2]) > 1]
    if phrases:
        running = _RunningWords(corpus)
        of_item = readings.partition_by("item", as_dict=True)
        nothing = readings.clear()
        found += [
            running.phrase(row, category, [of_item.get((numbers[item],), nothing) for item in items])
            for row, category, items in phrases
        ]
    return _winners(pl.concat(found), excluded)


def _alternatives(dictionary: FrameDictionary) -> list[tuple[int, int, tuple[_Item, ...]]]:
    """Return the row of the entry, the number of its category, and the words of each alternative."""
    categories: dict[tuple[str, str], int] = {}
    found = []
    for row, entry in enumerate(dictionary.entries):
        category = categories.setdefault((entry.dimension, entry.category), len(categories))
        found += [
            (row, category, tuple(_Item(word, place == 0) for place, word in enumerate(words)))
            for words in entry.alternatives
        ]
    return found


def _listed(dictionary: FrameDictionary) -> list[str]:
    """Return the single words that are listed in full, in all their forms."""
    single = [words[0] for entry in dictionary.entries for words in entry.alternatives if len(words) == 1]
    return [word for word in single if not word.endswith(WILDCARD)]


def _warn_of_wildcards(items: list[_Item], readings: pl.DataFrame) -> None:
    """Warn of wildcards that match no word of the corpus."""
    used = set(readings["item"].unique())
    idle = [item.text for number, item in enumerate(items) if item.is_prefix and number not in used]
    if idle:
        shown = ", ".join(idle[:_SHOWN]) + (", ..." if len(idle) > _SHOWN else "")
        warn(f"these wildcards of the dictionary match no word of the corpus: {shown}", stacklevel=4)


# ------------------------------------------------------------------------------------- words and types


def _readings(corpus: CorpusView, items: list[_Item], normalizer: Normalizer | None, listed: list[str]) -> pl.DataFrame:
    """Return the types that each item matches, and how: item, type (UInt32), cut (letters removed), proclitic."""
    forms = forms_of(corpus, normalizer)
    variants = _variants(items, normalizer)
    found = pl.concat([_whole_words(variants, forms.words), _beginnings(variants, forms.words)])
    rows = pl.DataFrame({"form": pl.Series(forms.of_type)}).with_row_index("type").filter(pl.col("form") != NO_FORM)
    known = found.join(rows, on="form", maintain_order="left_right")
    whole = pl.Series(sorted(set(_normalized(listed, normalizer))), dtype=pl.String)
    is_listed = forms.words.gather(known["form"]).is_in(whole.implode())
    spelling = normalize_series(corpus.type_column("surface").gather(known["type"]), _PLAIN)
    sure = _as_spelled(known, spelling) & ~((known["proclitic"] != "") & is_listed)
    known, spelling = known.filter(sure), spelling.filter(sure)
    kept = known.filter(_clitics_are_cut(known, spelling))
    best = kept.sort("item", "type", "cut", "letters").unique(["item", "type"], keep="first", maintain_order=True)
    return best.select("item", "type", "cut", "proclitic")


def _normalized(words: list[str], normalizer: Normalizer | None) -> list[str]:
    """Return words in the form in which they are compared."""
    series = pl.Series(words, dtype=pl.String)
    return (series if normalizer is None else normalize_series(series, normalizer)).to_list()


def _variants(items: list[_Item], normalizer: Normalizer | None) -> pl.DataFrame:
    """Return the spellings of each item with clitics: item, text, is_prefix, letters, proclitic, cut."""
    rows = []
    texts = _normalized([item.text.removesuffix(WILDCARD) for item in items], normalizer)
    for number, (item, text) in enumerate(zip(items, texts, strict=True)):
        if not text:
            continue
        has_article = text.startswith(closed_classes.ARTICLE)
        noun = text[len(closed_classes.ARTICLE) :] if has_article else text
        for clitic in _CLITICS if item.is_first else (_NO_CLITIC, _ARTICLE):
            if has_article and clitic.letters == clitic.proclitic:
                continue  # listed with the article, so not found without it
            letters = _written(clitic, noun)
            cut = len(letters) - (len(closed_classes.ARTICLE) if has_article else 0)
            rows.append((number, f"{letters}{noun}", item.is_prefix, letters, clitic.proclitic, cut))
    schema = {"item": pl.UInt32, "text": pl.String, "is_prefix": pl.Boolean, "letters": pl.String}
    return pl.DataFrame(rows, schema={**schema, "proclitic": pl.String, "cut": pl.Int64}, orient="row")


def _written(clitic: _Clitic, noun: str) -> str:
    """Return the letters of a clitic before a noun; three lams are written as two: للجنة is ل and اللجنة."""
    if noun.startswith(_LAM) and clitic.letters.endswith(_LAM + _LAM):
        return clitic.letters[:-1]
    return clitic.letters


def _whole_words(variants: pl.DataFrame, words: pl.Series) -> pl.DataFrame:
    """Return the forms that equal a variant."""
    forms = words.alias("text").to_frame().with_row_index("form")
    return variants.filter(~pl.col("is_prefix")).join(forms, on="text", maintain_order="left")


def _beginnings(variants: pl.DataFrame, words: pl.Series) -> pl.DataFrame:
    """Return the forms that begin with the text of a wildcard: a range of the sorted list."""
    wild = variants.filter("is_prefix")
    if wild.is_empty():
        return wild.with_columns(form=pl.lit(0, pl.UInt32))
    order = words.arg_sort()
    ordered = words.gather(order)
    low = ordered.search_sorted(wild["text"], "left").to_numpy().astype(np.int64)
    high = ordered.search_sorted(wild["text"] + _LAST_LETTER, "left").to_numpy().astype(np.int64)
    forms = order.gather(ranges(low, high)).cast(pl.UInt32)
    return wild[np.repeat(np.arange(wild.height), high - low)].with_columns(forms.alias("form"))


def _as_spelled(known: pl.DataFrame, spelling: pl.Series) -> pl.Series:
    """Return whether the letters taken for clitics are spelled like them: the alef of the article has no hamza."""
    frame = known.select("cut", "letters").with_columns(spelling.alias("spelling"))
    return frame.select((pl.col("cut") == 0) | pl.col("spelling").str.starts_with(pl.col("letters"))).to_series()


def _clitics_are_cut(known: pl.DataFrame, spelling: pl.Series) -> pl.Series:
    """Return whether the segmenter cuts the same clitics, or does not know the word at all."""
    doubtful = known.select("proclitic").with_columns(spelling.alias("spelling")).filter(pl.col("proclitic") != "")
    words = doubtful["spelling"].unique(maintain_order=True)
    if words.is_empty():
        return pl.repeat(True, known.height, dtype=pl.Boolean, eager=True)
    counts = general_counts()
    parts = list(Segmenter().segment_all(words))
    segmented = pl.DataFrame(
        {
            "spelling": words,
            "proclitics": ["".join(part.proclitics) for part in parts],
            "is_unknown": [
                len(part.pieces) == 1 and word not in counts for word, part in zip(words.to_list(), parts, strict=True)
            ],
        }
    )
    judged = known.select("proclitic").with_columns(spelling.alias("spelling"))
    same = pl.col("proclitic") == pl.col("proclitics")
    accepted = (pl.col("proclitic") == "") | same | pl.col("is_unknown")
    return (
        judged.join(segmented, on="spelling", how="left", maintain_order="left")
        .select(accepted.fill_null(True))
        .to_series()
    )


# ------------------------------------------------------------------------------------------- places

_PLACE = pl.Schema(
    {"category": pl.UInt32, "first": pl.Int64, "end": pl.Int64, "entry": pl.UInt32, "proclitic": pl.String}
)


def _best_entries(
    single: list[tuple[int, int, int]], items: list[_Item], readings: pl.DataFrame, excluded: list[bool]
) -> pl.DataFrame:
    """Return the entry that wins a type in each category: type, category, entry, proclitic.

    Whole words come before wildcards, longer before shorter, exclusions before others.
    """
    schema = {"entry": pl.UInt32, "category": pl.UInt32, "item": pl.UInt32}
    entries = pl.DataFrame(single, schema=schema, orient="row").with_columns(
        is_kept=~pl.Series(excluded, dtype=pl.Boolean).gather([row for row, _, _ in single]),
        is_prefix=pl.Series([items[item].is_prefix for _, _, item in single], dtype=pl.Boolean),
        length=pl.Series([-len(items[item].text) for _, _, item in single], dtype=pl.Int64),
    )
    order = ["category", "type", "is_prefix", "length", "cut", "is_kept", "entry"]
    ranked = entries.join(readings, on="item").sort(order)
    best = ranked.unique(["category", "type"], keep="first", maintain_order=True)
    return best.select("type", "category", "entry", "proclitic")


def _single_words(corpus: CorpusView, best: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each token of these types, and each of its categories."""
    first = _tokens_of(corpus, best["type"].unique().sort().to_numpy())
    tokens = pl.DataFrame({"first": first, "type": corpus.token_types[first]})
    return tokens.join(best, on="type").with_columns(end=pl.col("first") + 1).select(_PLACE.names()).cast(_PLACE)


def _tokens_of(corpus: CorpusView, types: npt.NDArray[np.uint32]) -> Integers:
    """Return the tokens of these types in the selected documents, ascending."""
    tokens = corpus.positions_of(types).astype(np.int64)
    chosen = corpus.document_mask()
    return tokens if chosen is None else tokens[chosen[documents_of(corpus, tokens)] > 0]


def _occurrences(corpus: CorpusView, types: npt.NDArray[np.uint32]) -> int:
    """Return how often these types occur."""
    return int(corpus.type_occurrences(types).sum())


class _RunningWords:
    """The words of a corpus one after another, without the punctuation between them."""

    def __init__(self, corpus: CorpusView) -> None:
        self.corpus = corpus
        self.tokens = np.flatnonzero(corpus.counted_types[corpus.token_types])
        begins = (corpus.token_flags & BEGINS_PARAGRAPH) > 0
        self.paragraphs = np.cumsum(begins, dtype=np.uint32)[self.tokens]

    def phrase(self, entry: int, category: int, readings: list[pl.DataFrame]) -> pl.DataFrame:
        """Find the words of a phrase in sequence in a paragraph, starting from the rarest of them."""
        types = [reading["type"].to_numpy() for reading in readings]
        rarest = min(range(len(types)), key=lambda place: _occurrences(self.corpus, types[place]))
        begin = np.searchsorted(self.tokens, _tokens_of(self.corpus, types[rarest])) - rarest
        begin = begin[(begin >= 0) & (begin + len(types) <= len(self.tokens))]
        for place, each in enumerate(types):
            begin = begin[np.isin(self.corpus.token_types[self.tokens[begin + place]], each)]
        begin = begin[self.paragraphs[begin] == self.paragraphs[begin + len(types) - 1]]
        first = self.tokens[begin]
        proclitics = readings[0].select("type", "proclitic")
        found = pl.DataFrame({"first": first, "end": self.tokens[begin + len(types) - 1] + 1})
        found = found.with_columns(type=pl.Series(self.corpus.token_types[first]), entry=entry, category=category)
        return found.join(proclitics, on="type", maintain_order="left").select(_PLACE.names()).cast(_PLACE)


def _winners(found: pl.DataFrame, excluded: list[bool]) -> Matches:
    """Return the longest match from each beginning on in each category, without exclusions."""
    is_excluded = pl.Series(excluded, dtype=pl.Boolean)
    ordered = found.with_columns(excluded=is_excluded.gather(found["entry"])).sort(
        "category", "first", "end", "excluded", "entry", descending=[False, False, True, True, False]
    )
    kept = ordered.filter(_do_not_overlap(ordered)).filter(~pl.col("excluded")).sort("first", "end", "category")
    first, end, entry = (kept[name].to_numpy().astype(np.int64) for name in ("first", "end", "entry"))
    return Matches(first, end, entry, kept["proclitic"])


def _do_not_overlap(ordered: pl.DataFrame) -> pl.Series:
    """Return for each match whether it begins after the last match that was kept."""
    reach = pl.col("end").cum_max().shift(1).over("category")
    touches = ordered.select((pl.col("first") < reach).fill_null(False)).to_series().to_numpy()
    taken = ~touches
    # only overlapping matches are examined one by one, from the first of each group on
    first, end = ordered["first"].to_numpy(), ordered["end"].to_numpy()
    reached = 0
    for row in np.flatnonzero(touches).tolist():
        if not touches[row - 1]:
            reached = end[row - 1]
        if first[row] >= reached:
            taken[row] = True
            reached = end[row]
    return pl.Series(taken, dtype=pl.Boolean)
