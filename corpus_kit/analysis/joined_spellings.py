"""Names that are written with and without a space, as one word: where they are in a stream of words, and merging them.

A name is the tuple of its words in the form that is counted: عبد and العزيز. It is spelled in as many ways as its
spaces can be written or left out; each of them is counted as the word without any. A hashtag with the same letters is
the same word: #عاصفة_الحزم.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
import polars as pl

from corpus_kit._base.arrays import Array, Integers, Numbers, ranges
from corpus_kit._base.columns import text_series
from corpus_kit.analysis.spellings import Spellings
from corpus_kit.corpus.view import CorpusView
from corpus_kit.errors import invalid
from corpus_kit.text.forms import NO_FORM, Forms, Selected
from corpus_kit.text.ngram_options import MAX_N
from corpus_kit.text.normalization import Normalizer, normalize_series
from corpus_kit.text.tokenization import COUNTED_KINDS, tokens

__all__ = [
    "Joins",
    "Merged",
    "MergedSpellings",
    "Names",
    "Places",
    "Sequences",
    "join_spellings",
    "joined_texts",
    "letters_of",
    "merge_spellings",
    "merged_surfaces",
    "names_of",
    "spaced_surfaces",
    "with_one_spelling",
]

Names: TypeAlias = tuple[tuple[str, ...], ...]

_APART = "[ #_]"  # what a spelling has that another leaves out


def letters_of(words: pl.Series) -> pl.Series:
    """Return words, hashtags or sequences of words without spaces, # and _.

    >>> letters_of(pl.Series(["عاصفة الحزم", "#عاصفة_الحزم"])).to_list()
    ['عاصفةالحزم', 'عاصفةالحزم']
    """
    return words.str.replace_all(_APART, "")


def names_of(join: Collection[str] | pl.Series, normalizer: Normalizer | None) -> Names:
    """Return the words of names that a user gives with their spaces, in the form that is counted, each name once.

    >>> names_of(["عبد العزيز", "#عاصفة_الحزم"], Normalizer.preset("search"))
    (('عاصفه', 'الحزم'), ('عبد', 'العزيز'))

    Raises:
        InputError: If it is no collection of str, or one of them is not two to eight words.
    """
    expected = "True, False or a collection of names, each with its spaces"
    if isinstance(join, str) or not isinstance(join, Collection | pl.Series) or getattr(join, "ndim", 1) == 0:
        raise invalid("join", expected, join)
    given = list(join)
    for name in given:
        if not isinstance(name, str):
            raise invalid("join", expected, name)
    spaced = text_series(given, argument="join").str.replace_all(_APART, " ")
    found = tokens(spaced)
    forms = found["token"] if normalizer is None else normalize_series(found["token"], normalizer)
    words: list[list[str]] = [[] for _ in given]
    counted = found["kind"].is_in(COUNTED_KINDS) & (forms != "")
    for row, form in zip(found["document"].filter(counted), forms.filter(counted), strict=True):
        words[row].append(form)
    for name, parts in zip(given, words, strict=True):
        if not 2 <= len(parts) <= MAX_N:
            raise invalid("each name in join", f"2 to {MAX_N} words with spaces between them", name)
    return tuple(sorted(set(map(tuple, words))))  # sorted: a set has another order in each process


# -------------------------------------------------------------------- where sequences occur


class Places(NamedTuple):
    """Where sequences of words are in a stream, by first word, then length: first word, number of words, target."""

    first: Integers
    length: Integers
    target: Integers

    def kept(self, rows: Array) -> Places:
        """Return some of them: a mask or indices."""
        return Places(self.first[rows], self.length[rows], self.target[rows])

    def apart(self) -> Places:
        """Return those that remain from left to right: the longest of each first word, none within another."""
        last = np.ones(len(self.first), bool)
        last[:-1] = self.first[1:] != self.first[:-1]
        longest = self.kept(last)
        end = longest.first + longest.length
        clash = np.zeros(len(end) + 1, bool)  # with the one before; those that clash with none need no loop
        clash[1:-1] = longest.first[1:] < np.maximum.accumulate(end)[:-1]
        keep, reached = np.ones(len(end), bool), 0
        for row in np.flatnonzero(clash[:-1] | clash[1:]).tolist():
            keep[row] = longest.first[row] >= reached
            reached = end[row] if keep[row] else reached
        return longest.kept(keep)


class Sequences:
    """Sequences of words, as ids, each with a number, to be found in a stream of words.

    They are the paths of a trie, which is followed from all places of the stream at once.

    Args:
        numbers: The number of each sequence of at least two ids.
        n_words: All ids are below this.
    """

    def __init__(self, numbers: dict[tuple[int, ...], int], n_words: int) -> None:
        states: dict[tuple[int, int], int] = {}
        ends: dict[int, int] = {}
        self._first = np.zeros(n_words, np.uint32)  # 0, the root, of a word that begins none
        for sequence, number in numbers.items():
            state = 0
            for word in sequence:
                state = states.setdefault((state, word), len(states) + 1)
            self._first[sequence[0]] = states[0, sequence[0]]
            ends[state] = number
        edges = sorted((state * n_words + word, to) for (state, word), to in states.items() if state)
        self._edges, self._next = (np.array([edge[k] for edge in edges], np.int64) for k in (0, 1))
        self._number = np.full(len(states) + 1, -1, np.int64)
        self._number[list(ends)] = list(ends.values())
        self._n_words = n_words

    def find(self, selected: Selected) -> Places:
        """Return all occurrences that cross neither a barrier nor the end of a document; they may overlap."""
        ids, begins = selected.ids, _begins(selected)
        place = np.flatnonzero((self._first != 0)[ids])
        state, found = self._first[ids[place]].astype(np.int64), []
        step = 0
        while len(place):
            step += 1
            inside = place + step < len(ids)
            place, state = place[inside], state[inside]
            if not len(place):
                break
            code = state * self._n_words + ids[place + step]
            edge = np.minimum(np.searchsorted(self._edges, code), len(self._edges) - 1)
            goes = (self._edges[edge] == code) & ~begins[place + step]
            place, state = place[goes], self._next[edge[goes]]
            number = self._number[state]
            ends = number >= 0
            found.append((place[ends], np.full(int(ends.sum()), step + 1), number[ends]))
        first, length, target = (
            np.concatenate([np.zeros(0, np.int64), *(each[k] for each in found)]) for k in range(3)
        )
        return Places(first, length, target).kept(np.lexsort((length, first)))


def _begins(selected: Selected) -> Array:
    """Return whether each word begins a document or the unit that a sequence does not cross (bool)."""
    begins: Array = (selected.barriers & selected.barrier_bits) != 0
    starts = selected.document_ends[:-1].astype(np.int64)
    begins[starts[starts < len(begins)]] = True
    return begins


# -------------------------------------------------------------------- merging


class Merged(NamedTuple):
    """A stream of words in which each occurrence of a name is one word.

    Attributes:
        selected: The stream.
        words: The words, of which its ids are the rows.
        places: Where names were in the stream before, as more than one word.
    """

    selected: Selected
    words: pl.Series
    places: Places


class Joins:
    """The words of a corpus when the spellings of some names are joined.

    Attributes:
        words: The words, of which ids are the rows: those of the forms, then joined words that never occur as one.
    """

    def __init__(self, forms: pl.Series, names: Names) -> None:
        """Take the forms that are counted, and the names."""
        keys = list(dict.fromkeys("".join(name) for name in names))
        spellings = {spelling: "".join(name) for name in names for spelling in _groupings(name)}
        hashtags = forms.filter(forms.str.contains(_APART)).to_frame("word")
        hashtags = hashtags.with_columns(key=letters_of(hashtags["word"])).filter(pl.col("key").is_in(keys))
        rows = _rows(forms, {*keys, *hashtags["word"], *(word for spelling in spellings for word in spelling)})
        spellings = {spelling: key for spelling, key in spellings.items() if all(word in rows for word in spelling)}
        needed = {*spellings.values(), *hashtags["key"]}
        new = [key for key in keys if key in needed and key not in rows]
        self.words = pl.concat([forms, pl.Series(forms.name, new, dtype=pl.String)]) if new else forms
        rows |= {key: len(forms) + place for place, key in enumerate(new)}
        self._of_form = np.arange(len(self.words), dtype=np.uint32)
        for hashtag, key in hashtags.iter_rows():
            self._of_form[rows[hashtag]] = rows[key]
        numbers = {tuple(rows[word] for word in spelling): rows[key] for spelling, key in spellings.items()}
        self._sequences = Sequences(numbers, len(self.words))

    def merge(self, selected: Selected) -> Merged:
        """Return a stream of forms as a stream of joined words.

        From left to right, the longest sequence counts. Each joined word begins where its first word did.
        """
        found = self._sequences.find(selected).apart()
        return Merged(_merged(selected, self._of_form[selected.ids], found.target, found), self.words, found)

    def ids(self, forms: Array) -> Numbers:
        """Return some ids of forms as ids of words: a hashtag becomes the name that it is."""
        return self._of_form[forms]


def _merged(stream: Selected, ids: Numbers, joined: Integers, found: Places) -> Selected:
    """Return a stream with ids in which each occurrence is one word, of which `joined` has the id."""
    ids[found.first] = joined
    left_out = ranges(found.first + 1, found.first + found.length)
    keep = np.ones(len(ids), bool)
    keep[left_out] = False
    ends = stream.document_ends - np.searchsorted(left_out, stream.document_ends.astype(np.int64)).astype(np.uint64)
    return Selected(ids[keep], stream.barriers[keep], stream.barrier_bits, ends)


def _groupings(name: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the spellings of a name that have a space.

    >>> list(_groupings(("ابو", "عبد", "الله")))
    [('ابو', 'عبدالله'), ('ابوعبد', 'الله'), ('ابو', 'عبد', 'الله')]
    """
    for spaces in range(1, 2 ** (len(name) - 1)):
        grouped = [name[0]]
        for place, part in enumerate(name[1:], start=1):
            if spaces >> (place - 1) & 1:
                grouped.append(part)
            else:
                grouped[-1] += part
        yield tuple(grouped)


def _rows(forms: pl.Series, wanted: Collection[str]) -> dict[str, int]:
    """Return where these words are among the forms."""
    asked = pl.DataFrame({"word": pl.Series(sorted(wanted), dtype=pl.String)})
    rows = pl.DataFrame({"word": forms}).with_row_index("row").join(asked, on="word", how="semi")
    return dict(rows.select("word", "row").iter_rows())


# -------------------------------------------------------------------- spellings


class Spaced(NamedTuple):
    """How sequences of words were written.

    Attributes:
        texts: The distinct spellings by first occurrence, the words of each joined by spaces.
        target: What each is a spelling of.
        of_occurrence: The spelling of each occurrence, as a row of these.
    """

    texts: pl.Series
    target: Integers
    of_occurrence: Integers


def _spaced(ids: Numbers, texts: pl.Series, found: Places) -> Spaced:
    """Return how sequences of words are written in a stream of spellings (ids are rows of `texts`)."""
    pieces = [pl.DataFrame(schema={"place": pl.Int64, "target": pl.Int64, "surface": pl.String})]
    rows = np.zeros(len(found.first), np.int64)
    for length in np.unique(found.length).tolist():
        here = np.flatnonzero(found.length == length)
        places = [f"w{k}" for k in range(length)]
        columns = {place: ids[found.first[here] + k] for k, place in enumerate(places)}
        sequences = pl.DataFrame({"target": found.target[here], **columns, "place": here})
        distinct = sequences.unique(["target", *places], keep="first", maintain_order=True)
        numbered = distinct.drop("place").with_row_index("row", sum(map(len, pieces)))
        numbered = sequences.join(numbered, on=["target", *places], how="left", maintain_order="left")
        rows[here] = numbered["row"].to_numpy()
        words = pl.DataFrame([texts.gather(distinct[place]).alias(place) for place in places])
        surface = words.select(pl.concat_str(places, separator=" ").alias("surface")).to_series()
        pieces.append(distinct.select("place", "target").with_columns(surface))
    spaced = pl.concat(pieces)
    order = spaced["place"].arg_sort().to_numpy()  # by first occurrence, whatever their number of words
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    return Spaced(spaced["surface"].gather(order), spaced["target"].gather(order).to_numpy(), number[rows])


def spaced_surfaces(corpus: CorpusView, forms: Forms, found: Places) -> pl.DataFrame:
    """Return how often each original spelling of several words occurs: word (the target), surface, count.

    Args:
        corpus: The corpus.
        forms: What its types were counted as.
        found: Places in the stream of these forms. Of punctuation between their words nothing is shown.
    """
    spaced = _spaced(_types_of_words(corpus, forms), corpus.type_column("surface"), found)
    counts = np.bincount(spaced.of_occurrence, minlength=len(spaced.texts))
    return pl.DataFrame({"word": spaced.target, "surface": spaced.texts, "count": counts.astype(np.int64)})


class MergedSpellings(NamedTuple):
    """A stream of spellings in which each occurrence of a name is one.

    Attributes:
        selected: The stream; its ids are rows of `texts`.
        texts: The spellings: those of single words, then those of names with their spaces.
        form: The word of each spelling, as a row of the words of the joins.
    """

    selected: Selected
    texts: pl.Series
    form: Numbers


def merge_spellings(stream: Selected, texts: pl.Series, form: Array, joins: Joins, found: Places) -> MergedSpellings:
    """Return a stream of spellings as that of words with joined names: the words of a name are no longer their own.

    Args:
        stream: The spelling of each word, as rows of `texts`: the same words as in the stream of forms.
        texts: The spellings.
        form: The form of each spelling; of those that are not counted, anything.
        joins: The names that were joined.
        found: Where, in the stream of forms.
    """
    spaced = _spaced(stream.ids, texts, found)
    selected = _merged(stream, stream.ids.copy(), len(texts) + spaced.of_occurrence, found)
    words = np.concatenate([joins.ids(form), spaced.target]).astype(np.uint32)
    return MergedSpellings(selected, pl.concat([texts, spaced.texts.alias(texts.name)]), words)


def join_spellings(
    joins: Joins, stream: Selected, original: Spellings, found: Places | None = None
) -> tuple[Merged, Spellings]:
    """Return a stream of original spellings as that of words with joined names, and the spellings of these.

    Args:
        joins: The names.
        stream: The spelling of each word, as rows of the texts of `original`.
        original: The spellings of the forms.
        found: Where names are; None to look for them, within the units of the stream.
    """
    if found is None:
        found = joins.merge(stream._replace(ids=original.form[stream.ids])).places
    merged = merge_spellings(stream, original.texts, original.form, joins, found)
    spellings = original._replace(texts=merged.texts, form=merged.form, n_forms=len(joins.words))
    return Merged(merged.selected, joins.words, found), spellings


def merged_surfaces(corpus: CorpusView, forms: Forms, joins: Joins, found: Places) -> MergedSpellings:
    """Return the original spelling of each word of the selected documents, with names joined.

    Args:
        corpus: The corpus.
        forms: What its types are counted as.
        joins: The names that were joined.
        found: Where, in the stream of these forms.

    Returns:
        The stream, whose texts are the surfaces of all types, in their order, then names with their spaces. Types that
        are not counted do not occur in it.
    """
    assert forms.of_type is not None  # a corpus has punctuation, which is not counted
    words = np.flatnonzero(_is_counted(corpus, forms))
    ends = np.searchsorted(words, corpus.document_ends.astype(words.dtype)).astype(np.uint64)
    stream = Selected(corpus.token_types[words], np.zeros(len(words), np.uint8), 0, ends)
    form = np.where(forms.of_type == NO_FORM, 0, forms.of_type)
    return merge_spellings(stream, corpus.type_column("surface"), form, joins, found)


def _types_of_words(corpus: CorpusView, forms: Forms) -> Numbers:
    """Return the type of each word of the selected documents."""
    return np.asarray(corpus.token_types[_is_counted(corpus, forms)])


def _is_counted(corpus: CorpusView, forms: Forms) -> Array:
    """Return whether each token is a word of the selected documents (bool)."""
    assert forms.of_type is not None  # a corpus has punctuation, which is not counted
    counted: Array = forms.of_type[corpus.token_types] != NO_FORM
    chosen = corpus.document_mask()
    return counted if chosen is None else counted & (np.repeat(chosen, corpus.token_counts()) != 0)


# -------------------------------------------------------------------- texts of words


def joined_texts(texts: pl.Series, names: Names) -> pl.Series:
    """Return texts of words, such as what a pattern found, with the names in them joined.

    >>> joined_texts(pl.Series("word", ["الملك عبد العزيز", "#عبد_العزيز"]), (("عبد", "العزيز"),)).to_list()
    ['الملك عبدالعزيز', 'عبدالعزيز']
    """
    words = texts.str.split(" ")
    running = words.explode(empty_as_null=False).alias("word") if len(words) else pl.Series("word", [], pl.String)
    forms = running.unique(maintain_order=True)
    numbered = running.to_frame().join(
        forms.to_frame().with_row_index("id"), on="word", how="left", maintain_order="left"
    )
    ids = numbered["id"].to_numpy()
    ends = words.list.len().cum_sum().to_numpy().astype(np.uint64)
    joins = Joins(forms, names)
    merged = joins.merge(Selected(ids, np.zeros(len(ids), np.uint8), 0, ends)).selected
    row = np.repeat(np.arange(len(texts)), _sizes(merged.document_ends))
    joined = pl.DataFrame({"row": row, "word": joins.words.gather(merged.ids)})
    return joined.group_by("row", maintain_order=True).agg(pl.col("word").str.join(" "))["word"].alias(texts.name)


def _sizes(ends: Array) -> Integers:
    return np.diff(ends.astype(np.int64), prepend=np.int64(0)).astype(np.int64)


def with_one_spelling(texts: pl.Series, counts: Integers) -> pl.Series:
    """Return texts, with one for all that have the same letters: that of the fewest words, without # and _.

    >>> texts = pl.Series("word", ["كل ما", "كلما", "#غزة"])
    >>> with_one_spelling(texts, np.array([5, 1, 1])).to_list()
    ['كلما', 'كلما', '#غزة']

    Args:
        texts: Words, hashtags or sequences of words.
        counts: How often each occurs; of texts with as many words, the most frequent is taken.
    """
    rows = pl.DataFrame({"text": texts, "letters": letters_of(texts), "count": counts})
    rows = rows.with_columns(words=pl.col("text").str.count_matches(" "))
    best = pl.col("text").sort_by("words", -pl.col("count"), maintain_order=True).first().str.replace_all("[#_]", "")
    label = pl.when(pl.col("text").n_unique().over("letters") > 1).then(best.over("letters")).otherwise("text")
    return rows.select(label.alias(texts.name)).to_series()
