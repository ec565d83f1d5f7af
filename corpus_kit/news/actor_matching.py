"""Where a text mentions the actors of a gazetteer, also behind proclitics and by anaphors.

Types are matched first: for each distinct word, with which proclitic it begins which names. Names of several words are
then followed from those words through the tokens, all at once. So the cost does not grow with the number of names.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit import _counting
from corpus_kit._columns import series_from_core
from corpus_kit.corpus_view import CorpusView, expect_corpus
from corpus_kit.counted import ranges
from corpus_kit.errors import InputError, choose
from corpus_kit.news.gazetteer import Gazetteer, Key, folded, gazetteer_of, is_hyphen, keys_of
from corpus_kit.news.quotation_marks import pair_marks
from corpus_kit.news.running_text import PLACE_DTYPE, documents_of, original_text, places_of, token_ends
from corpus_kit.provenance import attach
from corpus_kit.spans import merged_spans
from corpus_kit.storage import reading
from corpus_kit.tokenization import BEGINS_PARAGRAPH, BEGINS_SENTENCE

__all__ = ["MATCHES", "MATCH_DTYPE", "actors", "mention_tokens", "mentions_of"]

MATCHES = ("name", "metonym", "anaphor")
MATCH_DTYPE = pl.Enum(MATCHES)

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

# One conjunction and one preposition; س is a particle of verbs. The shorter reading is tried first.
_PROCLITICS = ("", "و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل", "فك")
# ل and the article merge in writing: للأردن, وللأردن.
_MERGED = ("لل", "ولل", "فلل")

_COLUMNS: dict[str, Any] = {
    "document": pl.UInt32,
    "id": pl.String,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "position": pl.UInt32,
    "tokens": pl.UInt32,
    "surface": pl.String,
    "proclitic": pl.String,
    "actor": pl.String,
    "kind": pl.String,
    "name": pl.String,
    "match": MATCH_DTYPE,
    "ambiguous": pl.Boolean,
    "quoted": pl.Boolean,
    "place": PLACE_DTYPE,
}
_NEEDED = ("document", "start", "end", "actor")


def actors(
    corpus: CorpusView,
    gazetteer: Gazetteer | str | PathLike[str] | None = None,
    *,
    metonyms: bool = False,
    anaphors: bool = True,
    furniture: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Find the mentions of states and other actors, also where a proclitic hides the name.

    Args:
        corpus: a Corpus, a subcorpus or a cleaned view.
        gazetteer: a Gazetteer, the path of a TOML file (`Gazetteer.read`), or None: the built-in states.
        metonyms: whether metonyms count: capitals and seats of government for their states.
        anaphors: whether anaphors count. One refers to its actor where a full name of it stands in the same document.
            Of several actors that share it, it is the one whose full name came last before it (the first after it
            where there is none before), and `ambiguous`.
        furniture: a table of `ck.news.furniture`, so that `place` can say "furniture".

    A name is found as it is listed, or behind و or ف, ب ل ك, or both (لل for a name with the article), unless the whole
    word is itself a listed name. The article is never added. The longest name counts, and no mention lies in another.

    Returns:
        A DataFrame, by document and start, with the columns document (UInt32, row number), id (String), start, end
        (UInt32, code points, with the proclitic), position (UInt32, its first token within the document), tokens
        (UInt32, how many), surface (String), proclitic (String, "" for none), actor (String, id of the actor), kind
        (String), name (String, as listed), match (Enum: name, metonym, anaphor), ambiguous (Boolean: the listed
        name is that of another actor too), quoted (Boolean: it stands alone between quotation marks), place (Enum:
        headline, body, furniture).

    Raises:
        InputError: no Corpus, a gazetteer or a file that cannot be, an option that is no truth value.

    Proclitics and the safe rule: the splitting of Arabic clitics is described by Habash (2010), Introduction to Arabic
    Natural Language Processing, ch. 4.

    >>> import corpus_kit as ck
    >>> table = ck.news.actors(ck.sample_corpus())
    >>> table.filter(proclitic="ل").select("surface", "actor").head(2).rows()
    [('للأردن', 'JO'), ('لليونان', 'GR')]
    """
    expect_corpus(corpus, "news.actors")
    listed = gazetteer_of(gazetteer, "gazetteer")
    for name, value in (("metonyms", metonyms), ("anaphors", anaphors)):
        if not isinstance(value, bool):
            raise InputError(f"{name}= takes True or False, not {value!r:.60}")
    with reading(corpus.path):
        found, read = _find(corpus, _Names(listed, metonyms=metonyms, anaphors=anaphors))
        frame = _table(corpus, listed, found, read, furniture)
    options = {
        "gazetteer": listed, "metonyms": metonyms, "anaphors": anaphors,
        "furniture": None if furniture is None else furniture.height, "subcorpus": corpus.selection,
    }  # fmt: skip
    return attach(frame, "ck.news.actors", options, corpus_id=corpus.id)


_actors = actors  # `mentions_of` has an argument of that name


def mentions_of(
    corpus: CorpusView, actors: Gazetteer | str | PathLike[str] | pl.DataFrame | None, **options: Any
) -> pl.DataFrame:
    """The mentions that an analysis works on: those of `ck.news.actors`, or a table of them that the user has.

    actors: a Gazetteer, the path of a TOML file, None (the built-in states), or a DataFrame with the columns document,
    start, end and actor. Of a table, what lies in other documents than those of a subcorpus, or in what a cleaned view
    leaves out, is not there; columns that it lacks are made. Its mentions are taken as they are: of the options only
    furniture= is looked at.

    Returns the columns of `ck.news.actors`. Raises InputError for a table that holds no mentions of this corpus.
    """
    if not isinstance(actors, pl.DataFrame):
        return _actors(corpus, gazetteer_of(actors), **options)
    expect_corpus(corpus, "news.mentions_of")
    for option in options:
        choose(option, ("metonyms", "anaphors", "furniture"), "option of mentions_of")
    with reading(corpus.path):
        return _given(corpus, actors, options.get("furniture"))


def mention_tokens(corpus: CorpusView, mentions: pl.DataFrame) -> tuple[Integers, Integers]:
    """First token and end (the token after the last) of each mention, as numbers of the corpus' tokens."""
    first = corpus.document_bounds(mentions["document"].to_numpy())[0] + mentions["position"].to_numpy()
    return first, first + mentions["tokens"].to_numpy()


# ------------------------------------------------------------------------------------- the listed names


_NAME, _METONYM, _ANAPHOR = range(len(MATCHES))
_NOBODY = -1  # the actor of what shares a spelling with a listed name and is not in the gazetteer
# Which reading of a spelling counts, where there are several.
_STATE_NAMES, _METONYMS, _CITY_NAMES, _ANAPHORS, _NO_MENTIONS = range(5)


class _Listed(NamedTuple):
    """A reading of a spelling. rank: the lowest counts; actor: its row in the gazetteer, or -1."""

    rank: int
    actor: int
    name: str
    match: int


class _Names:
    """The spellings of a gazetteer as paths of words, and what each means.

    spellings: the words of each. readings: what each may mean, the one that counts first.
    single: all spellings of one word, also of what is not looked for.
    """

    def __init__(self, gazetteer: Gazetteer, *, metonyms: bool, anaphors: bool) -> None:
        self.gazetteer = gazetteer
        listed = list(_listed(gazetteer))
        asked = {_NAME} | ({_METONYM} if metonyms else set()) | ({_ANAPHOR} if anaphors else set())
        readings: dict[Key, list[_Listed]] = {}
        for key, reading_ in listed:
            if reading_.match in asked and (reading_.actor != _NOBODY or reading_.rank == _NO_MENTIONS):
                readings.setdefault(key, []).append(reading_)
        for key, reading_ in listed:
            if reading_.actor == _NOBODY and reading_.rank != _NO_MENTIONS and key in readings:
                readings[key].append(reading_)
        self.single = {key[0] for key, _ in listed if len(key) == 1}
        self.spellings = list(readings)
        self.readings = [sorted(each, key=lambda one: one.rank) for each in readings.values()]
        self.number_of = {key: number for number, key in enumerate(self.spellings)}
        self.own = np.array([key in gazetteer.own for key in self.spellings], bool)
        self._number_words()

    def _number_words(self) -> None:
        """The words as numbers; the paths as transitions from (node, word) to a node, beginning at node 0."""
        self.words = {word: n for n, word in enumerate(dict.fromkeys(word for key in self.spellings for word in key))}
        nodes: dict[tuple[int, int], int] = {}
        ends = {}
        for spelling, key in enumerate(self.spellings):
            node = 0
            for word in key:
                node = nodes.setdefault((node, self.words[word]), len(nodes) + 1)
            ends[node] = spelling
        self.firsts = {word: nodes[0, number] for word, number in self.words.items() if (0, number) in nodes}
        codes = np.array([node * len(self.words) + word for node, word in nodes], np.int64)
        order = np.argsort(codes)
        self._codes, self._targets = codes[order], np.array(list(nodes.values()), np.int64)[order]
        self.spelling_at = np.full(len(nodes) + 1, -1, np.int64)  # -1: no name ends at this node
        self.spelling_at[list(ends)] = list(ends.values())

    def step(self, nodes: Integers, words: Integers) -> Integers:
        """The node to which each word leads from each node, or -1."""
        codes = nodes * len(self.words) + words
        place = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        return np.where((words >= 0) & (self._codes[place] == codes), self._targets[place], -1)


def _listed(gazetteer: Gazetteer) -> Iterator[tuple[Key, _Listed]]:
    """Every name of a gazetteer, of the built-in cities that are not in it, and what mentions nobody."""
    readings = [
        _Listed(_rank(actor.kind, match), row, name, match)
        for row, actor in enumerate(gazetteer.actors)
        for match, names in ((_NAME, actor.names), (_METONYM, actor.metonyms), (_ANAPHOR, actor.anaphors))
        for name in names
    ]
    readings += [_Listed(_CITY_NAMES, _NOBODY, name, _NAME) for _, name in gazetteer.rivals]
    readings += [_Listed(_NO_MENTIONS, _NOBODY, name, _NAME) for name in gazetteer.not_mentions]
    return zip(keys_of(listed.name for listed in readings), readings, strict=True)


def _rank(kind: str, match: int) -> int:
    if match == _NAME:
        return _CITY_NAMES if kind == "city" else _STATE_NAMES
    return _METONYMS if match == _METONYM else _ANAPHORS


# ------------------------------------------------------------------------------------------- the search


class _Matches(NamedTuple):
    """Where spellings stand and what each means there.

    proclitic: a row of `_SHOWN`. reading: a row of `_Meanings.listed`.
    """

    first: Integers
    last: Integers
    proclitic: Integers
    spelling: Integers
    reading: Integers
    ambiguous: Booleans

    def take(self, rows: Any) -> _Matches:
        return _Matches(*(column[rows] for column in self))


class _Beginnings(NamedTuple):
    """How types begin names, in order of the type: the proclitic (row of `_SHOWN`) and the node of the first word."""

    type: Integers
    proclitic: Integers
    node: Integers


# (what stands before the name, what it is replaced by, the proclitic that is shown)
_FORMS = (
    *((proclitic, "", proclitic) for proclitic in _PROCLITICS),
    *((merged, article, merged[:-1]) for merged in _MERGED for article in ("ال", "الل")),
)
_SHOWN = tuple(dict.fromkeys(shown for _, _, shown in _FORMS))
_CONJUNCTIONS = [_SHOWN.index(each) for each in ("و", "ف")]
_ARTICLE = "^(?:[وفبك]?ال|[وف]?لل).."  # of a word with the article


def _find(corpus: CorpusView, names: _Names) -> tuple[_Matches, list[_Listed]]:
    """The mentions in the order of the text, and what each is."""
    keys = _type_keys(corpus)
    meanings = _Meanings(names)
    if not names.spellings:
        nothing = np.zeros(0, np.int64)
        return _Matches(nothing, nothing, nothing, nothing, nothing, nothing.astype(bool)), []
    matches = _matches(corpus, names, keys, meanings)
    matches = _beyond_doubt(
        corpus, names, keys, meanings, _told_by_the_word_before(corpus, names, keys, meanings, matches)
    )
    found = _mentions(corpus, names, meanings, matches)
    return found, [meanings.listed[row] for row in found.reading.tolist()]


def _type_keys(corpus: CorpusView) -> pl.Series:
    """For each type, the form that is compared; made once."""
    return corpus.derive("actor keys", lambda: folded(corpus.type_column("surface")).alias("word"))


def _beginnings(keys: pl.Series, names: _Names) -> _Beginnings:
    types = keys.to_frame().with_row_index("type")
    firsts = pl.DataFrame({"word": list(names.firsts), "node": list(names.firsts.values())})
    whole = types.join(firsts, on="word").with_columns(form=pl.lit(0))
    # a word that is a listed name as it stands is no proclitic and another name
    others = types.filter(~pl.col("word").is_in(names.single))
    found = [whole]
    for number, (before, instead, _) in enumerate(_FORMS[1:], start=1):
        rest = others.filter(pl.col("word").str.starts_with(before)).with_columns(
            word=instead + pl.col("word").str.slice(len(before))
        )
        found.append(rest.join(firsts, on="word").with_columns(form=pl.lit(number)))
    ordered = pl.concat(found).sort("type", "form")
    shown = np.array([_SHOWN.index(each) for _, _, each in _FORMS], np.int64)
    return _Beginnings(
        ordered["type"].to_numpy().astype(np.int64), shown[ordered["form"].to_numpy()], ordered["node"].to_numpy()
    )


def _matches(corpus: CorpusView, names: _Names, keys: pl.Series, meanings: _Meanings) -> _Matches:
    """Every place where a spelling stands, whatever else stands there."""
    beginnings = _beginnings(keys, names)
    listed = np.unique(beginnings.type)
    places = series_from_core(
        "", _counting.positions_of(corpus.index_offsets, corpus.index_positions, listed.astype(np.uint32))
    )
    first = places.to_numpy().astype(np.int64)
    chosen = corpus.chosen_documents()
    if chosen is not None:
        first = first[chosen[documents_of(corpus, first)] != 0]
    of_type = corpus.token_types[first].astype(np.int64)
    low, high = (np.searchsorted(beginnings.type, of_type, side) for side in ("left", "right"))
    row = ranges(low, high)
    first = np.repeat(first, high - low)
    last, node = first.copy(), beginnings.node[row]
    word_of_type = _word_numbers(keys, names)
    hyphens = is_hyphen(keys).to_numpy()
    found = []
    while True:
        spelling = names.spelling_at[node]
        ends = spelling >= 0
        found.append((first[ends], last[ends], row[ends], spelling[ends]))
        if not len(first):
            break
        last, on = _next_words(corpus, last, hyphens)
        node = np.where(on, names.step(node, word_of_type[corpus.token_types[last]]), -1)
        goes_on = node >= 0
        first, last, row, node = (column[goes_on] for column in (first, last, row, node))
    first, last, row, spelling = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return meanings.read(corpus, first, last, beginnings.proclitic[row], spelling)


def _word_numbers(keys: pl.Series, names: _Names) -> Integers:
    """For each type, the number of its form among the words of names, or -1."""
    numbers = pl.DataFrame({"word": list(names.words), "number": list(names.words.values())})
    joined = keys.to_frame().join(numbers, on="word", how="left", maintain_order="left")
    return joined["number"].fill_null(-1).to_numpy().astype(np.int64)


def _next_words(corpus: CorpusView, tokens: Integers, hyphens: Booleans) -> tuple[Integers, Booleans]:
    """The token after each, beyond a hyphen, and whether it stands in the same sentence."""
    final = len(corpus.token_types) - 1
    barrier = BEGINS_SENTENCE | BEGINS_PARAGRAPH

    def within(after: Integers) -> Booleans:
        return np.asarray((after <= final) & (corpus.token_flags[np.minimum(after, final)] & barrier == 0), bool)

    after = tokens + 1
    on = within(after)
    beyond = on & hyphens[corpus.token_types[np.minimum(after, final)]]
    after = after + beyond
    on &= ~beyond | within(after)
    return np.minimum(after, final), on


# --------------------------------------------------------------------------------- what a spelling means


class _Meanings:
    """What the spellings mean. listed: all readings, those of a spelling together, the one that counts first."""

    def __init__(self, names: _Names) -> None:
        self._readings = names.readings
        self._own = names.own
        self.listed = [listed for each in names.readings for listed in each]
        self.match = np.array([listed.match for listed in self.listed], np.int64)
        self.actor = np.array([listed.actor for listed in self.listed], np.int64)
        counts = np.array([len(each) for each in names.readings], np.int64)
        self.of_spelling = np.cumsum(counts) - counts
        self._ambiguous = np.array([_several(each) for each in names.readings], bool)
        self._choice = counts > 1

    def read(
        self, corpus: CorpusView, first: Integers, last: Integers, proclitic: Integers, spelling: Integers
    ) -> _Matches:
        """What stands at these places: the reading that counts, unless vowel signs in the text tell them apart."""
        reading_, ambiguous = self.of_spelling[spelling], self._ambiguous[spelling]
        types, number = np.unique(corpus.token_types[first], return_inverse=True)
        surfaces = corpus.type_column("surface").gather(types)
        marked = (first == last) & surfaces.str.contains(f"[{_MARKS}]").to_numpy()[number]
        for row in np.flatnonzero(marked & self._choice[spelling]).tolist():
            reading_[row], ambiguous[row] = self._by_vowels(int(spelling[row]), surfaces[int(number[row])])
        # names of places have no tanwin: سوريًا is the adjective
        tanwin = surfaces.str.contains(_FATHATAN, literal=True).to_numpy()[number]
        stays = ~(marked & tanwin & ~self._own[spelling])
        return _Matches(first, last, proclitic, spelling, reading_, ambiguous).take(stays)

    def _by_vowels(self, spelling: int, surface: str) -> tuple[int, bool]:
        """The reading whose vowel signs agree best with those of a word, and whether others do as well."""
        readings = self._readings[spelling]
        scores = [_agreement(surface, listed.name) for listed in readings]
        best = [row for row, score in enumerate(scores) if score == max(scores)]
        return int(self.of_spelling[spelling]) + best[0], _several([readings[row] for row in best])

    def of_actor(self, spelling: int, actor: int) -> int:
        """The reading of a spelling that is an actor's, or -1."""
        rows = [row for row, listed in enumerate(self._readings[spelling]) if listed.actor == actor]
        return int(self.of_spelling[spelling]) + rows[0] if rows else -1


_MARKS = "\u064b-\u0652\u0670"
_FATHATAN = "\u064b"


def _several(readings: list[_Listed]) -> bool:
    """Whether readings are of more than one actor; what mentions nobody is none."""
    return len({listed.actor for listed in readings if listed.rank != _NO_MENTIONS}) > 1


def _agreement(surface: str, name: str) -> int:
    """How many vowel signs two spellings share, less those that differ on a letter where both have some."""
    written, listed = _letters(surface), _letters(name)
    pairs = zip(written[-len(listed) :], listed, strict=False)
    return sum(len(a & b) if a & b else -len(b) for a, b in pairs if a and b)


def _letters(word: str) -> list[frozenset[str]]:
    """The marks of each letter."""
    marks: list[set[str]] = []
    for sign in unicodedata.normalize("NFC", word):
        if "\u064b" <= sign <= "\u0652" or sign == "\u0670":
            if marks:
                marks[-1].add(sign)
        elif sign != "\u0640":
            marks.append(set())
    return [frozenset(each) for each in marks]


# -------------------------------------------------------------------------------------- names in doubt


class _WordsBefore:
    """The token before each of some tokens, where it stands in the same sentence.

    there: whether there is one. form: what is compared of it. is_word: whether it is a word, not a sign.
    """

    def __init__(self, corpus: CorpusView, keys: pl.Series, tokens: Integers) -> None:
        self.there = np.asarray(corpus.token_flags[tokens] & (BEGINS_SENTENCE | BEGINS_PARAGRAPH) == 0, bool)
        types = corpus.token_types[np.maximum(tokens - 1, 0)]
        self.form = keys.gather(types)
        self.is_word = corpus.counted_types[types]

    def among(self, words: Iterable[str]) -> Booleans:
        """Whether it is one of these words, which may have a proclitic."""
        listed = [before + word for before in _PROCLITICS for word in sorted(words)]
        return np.asarray(self.there & self.form.is_in(listed).to_numpy(), bool)

    def matches(self, expression: str) -> Booleans:
        """Whether it is a word of this form (a regular expression)."""
        return np.asarray(self.there & self.is_word & self.form.str.contains(expression).to_numpy(), bool)


def _told_by_the_word_before(
    corpus: CorpusView, names: _Names, keys: pl.Series, meanings: _Meanings, matches: _Matches
) -> _Matches:
    """The matches, read as another actor where the word before says so: العاصمة عمان is the city."""
    ids = {actor.id: row for row, actor in enumerate(names.gazetteer.actors)}
    for key, (id, words) in names.gazetteer.doubts.told.items():
        spelling = names.number_of.get(key, -1)
        rows = _rows_of(names, matches, key)
        rows = rows[matches.ambiguous[rows] & _WordsBefore(corpus, keys, matches.first[rows]).among(words)]
        told = meanings.of_actor(spelling, ids.get(id, _NOBODY)) if len(rows) else -1
        if told >= 0:
            matches.reading[rows], matches.ambiguous[rows] = told, False
    return matches


def _adjectives(corpus: CorpusView, names: _Names, keys: pl.Series, meanings: _Meanings, matches: _Matches) -> Booleans:
    """For each match, whether it is an adjective that is spelled like a name (الحدود السعودية, ليرة سورية)."""
    doubts = names.gazetteer.doubts
    found = np.zeros(len(matches.first), bool)
    named = matches.last[meanings.actor[matches.reading] != _NOBODY]
    for key in doubts.after_definite:
        rows = _rows_of(names, matches, key)
        before = _WordsBefore(corpus, keys, matches.first[rows])
        definite = (before.matches(_ARTICLE) & ~before.among(doubts.not_definite)) | before.among(doubts.also_definite)
        # المصرية والسعودية are adjectives, الخليج والسعودية a name; after ب ل ك there is no adjective
        bare = matches.proclitic[rows] == 0
        joined = np.isin(matches.proclitic[rows], _CONJUNCTIONS) & before.matches("ه$")
        found[rows] = definite & (bare | joined) & ~np.isin(matches.first[rows] - 1, named)
    for key, words in doubts.indefinite.items():
        rows = _rows_of(names, matches, key)
        rows = rows[matches.proclitic[rows] == 0]
        before = _WordsBefore(corpus, keys, matches.first[rows])
        found[rows] = before.matches("") & ~before.matches("^[وف]?[تي].*[^ه]$") & ~before.among(words)
    return found


def _rows_of(names: _Names, matches: _Matches, key: Key) -> Integers:
    """The matches of one spelling."""
    return np.flatnonzero(matches.spelling == names.number_of.get(key, -1))


def _beyond_doubt(
    corpus: CorpusView, names: _Names, keys: pl.Series, meanings: _Meanings, matches: _Matches
) -> _Matches:
    """The matches without adjectives, and without common words that nothing in the document makes a name."""
    matches = matches.take(~_adjectives(corpus, names, keys, meanings, matches))
    doubts = names.gazetteer.doubts
    alike = keys.gather(corpus.token_types[matches.first]).is_in(sorted(doubts.spelled_alike)).to_numpy()
    doubtful = alike & (matches.first == matches.last) & ~names.own[matches.spelling]
    for key, words in doubts.common_words.items():
        rows = _rows_of(names, matches, key)
        doubtful[rows] |= ~_WordsBefore(corpus, keys, matches.first[rows]).among(words)
    if not doubtful.any():
        return matches
    actor = meanings.actor[matches.reading]
    place = documents_of(corpus, matches.first).astype(np.int64) * len(names.gazetteer) + actor
    plain = place[~doubtful & (actor != _NOBODY) & (meanings.match[matches.reading] != _ANAPHOR)]
    return matches.take(~doubtful | ((actor != _NOBODY) & np.isin(place, plain)))


# ------------------------------------------------------------------------------ which matches are mentions


def _mentions(corpus: CorpusView, names: _Names, meanings: _Meanings, matches: _Matches) -> _Matches:
    """The longest of the matches, from the beginning of the text on; anaphors only where they refer."""
    # where two are of one length: the user's names, then the shorter proclitic
    order = (matches.proclitic, ~names.own[matches.spelling], -matches.last, matches.first)
    matches = matches.take(np.lexsort(order))
    anaphors = meanings.match[matches.reading] == _ANAPHOR
    if anaphors.any():
        named = _longest(matches.take(~anaphors), meanings)
        matches.reading[anaphors] = _referents(corpus, names, meanings, matches.take(anaphors), named)
        matches = matches.take(matches.reading >= 0)
    return _longest(matches, meanings)


def _longest(matches: _Matches, meanings: _Meanings) -> _Matches:
    """Of matches in order those that overlap none before them, without those that mention nobody."""
    kept = []
    end = -1
    for row, (first, last) in enumerate(zip(matches.first.tolist(), matches.last.tolist(), strict=True)):
        if first > end:
            kept.append(row)
            end = last
    found = matches.take(np.array(kept, np.int64))
    return found.take(meanings.actor[found.reading] != _NOBODY)


def _referents(corpus: CorpusView, names: _Names, meanings: _Meanings, anaphors: _Matches, named: _Matches) -> Integers:
    """For each anaphor the reading whose actor was named last before it, or first after it; -1 for none."""
    low, high = corpus.document_bounds(documents_of(corpus, anaphors.first))
    never = np.iinfo(np.int64).max
    chosen = np.full(len(low), -1, np.int64)
    last_before, first_after = np.full(len(low), -1, np.int64), np.full(len(low), never, np.int64)
    actor_named = meanings.actor[named.reading]
    for spelling in np.unique(anaphors.spelling).tolist():
        rows = np.flatnonzero(anaphors.spelling == spelling)
        for number, listed in enumerate(names.readings[spelling]):
            if listed.match != _ANAPHOR:
                continue
            places = np.concatenate(([-1], named.first[actor_named == listed.actor], [never]))
            at = np.searchsorted(places, anaphors.first[rows])
            before, after = places[at - 1], places[at]
            before, after = np.where(before >= low[rows], before, -1), np.where(after < high[rows], after, never)
            nearer = (before > last_before[rows]) | ((last_before[rows] < 0) & (after < first_after[rows]))
            chosen[rows[nearer]] = meanings.of_spelling[spelling] + number
            last_before[rows] = np.maximum(last_before[rows], before)
            first_after[rows] = np.minimum(first_after[rows], after)
    return chosen


# --------------------------------------------------------------------------------------------- the table


def _table(
    corpus: CorpusView, gazetteer: Gazetteer, found: _Matches, read: list[_Listed], furniture: pl.DataFrame | None
) -> pl.DataFrame:
    """The mentions as the columns that are documented."""
    documents = documents_of(corpus, found.first)
    low, _ = corpus.document_bounds(documents)
    starts = corpus.token_starts[found.first]
    actors = [gazetteer.actors[listed.actor] for listed in read]
    return pl.DataFrame(
        {
            "document": documents,
            "id": corpus.ids(documents),
            "start": starts,
            "end": token_ends(corpus, found.last),
            "position": found.first - low,
            "tokens": found.last - found.first + 1,
            "surface": original_text(corpus, found.first, found.last + 1),
            "proclitic": [_SHOWN[row] for row in found.proclitic.tolist()],
            "actor": [actor.id for actor in actors],
            "kind": [actor.kind for actor in actors],
            "name": [listed.name for listed in read],
            "match": [MATCHES[listed.match] for listed in read],
            "ambiguous": found.ambiguous,
            "quoted": _quoted(corpus, found.first, found.last),
            "place": places_of(corpus, documents, starts, furniture),
        },
        schema=_COLUMNS,
        strict=False,
    )


def _quoted(corpus: CorpusView, first: Integers, last: Integers) -> Booleans:
    """Whether each mention is all that stands between a pair of quotation marks."""

    marks = pair_marks(corpus)
    if not len(marks.open):
        return np.zeros(len(first), bool)
    place = np.minimum(np.searchsorted(marks.open, first - 1), len(marks.open) - 1)
    return np.asarray((marks.open[place] == first - 1) & (marks.close[place] == last + 1), bool)


# ------------------------------------------------------------------------------- a table that the user has


def _given(corpus: CorpusView, table: pl.DataFrame, furniture: pl.DataFrame | None) -> pl.DataFrame:
    """A table of mentions with all columns, and its positions as the corpus has them."""
    _check(corpus, table)
    given = table.with_columns(pl.col("document", "start", "end").cast(pl.UInt32))
    given = given.filter(pl.col("document").is_in(corpus.selected_documents().tolist())).sort(
        "document", "start", "end", maintain_order=True
    )
    first, end = _tokens_of_spans(corpus, given)
    there = end > first
    given, first, end = given.filter(there), first[there], end[there]
    documents = given["document"].to_numpy()
    surface = original_text(corpus, first, end)
    made: dict[str, Any] = {
        "id": corpus.ids(documents),
        "position": first - corpus.document_bounds(documents)[0],
        "tokens": end - first,
        "surface": surface,
        "place": places_of(corpus, documents, given["start"].to_numpy(), furniture),
    }
    if furniture is None and "place" in given.columns:
        del made["place"]
    given = given.with_columns(**made)
    lacking: dict[str, Any] = {
        "proclitic": pl.lit(""), "kind": pl.lit(""), "name": pl.col("surface"), "match": pl.lit("name"),
        "ambiguous": pl.lit(value=False), "quoted": pl.Series(_quoted(corpus, first, end - 1)),
    }  # fmt: skip
    given = given.with_columns(**{name: made for name, made in lacking.items() if name not in given.columns})
    return given.select(pl.col(name).cast(dtype) for name, dtype in _COLUMNS.items())


def _check(corpus: CorpusView, table: pl.DataFrame) -> None:
    absent = [name for name in _NEEDED if name not in table.columns]
    if absent:
        raise InputError(
            f"a table of mentions needs the columns {', '.join(_NEEDED)}; there is no {', '.join(absent)} among "
            f"{', '.join(table.columns) or 'none'}"
        )
    if table["actor"].dtype != pl.String or table["actor"].null_count():
        nulls = table["actor"].null_count()
        raise InputError(
            f"the column actor of mentions is text without nulls, not {table['actor'].dtype}, {nulls} null"
        )
    merged_spans(table, corpus.n_documents)
    schema = {name: dtype for name, dtype in _COLUMNS.items() if name in table.columns}
    for name, dtype in schema.items():
        try:
            table[name].cast(dtype)
        except pl.exceptions.PolarsError:
            raise InputError(f"the column {name} of mentions is {dtype}, not {table[name].dtype}") from None


def _tokens_of_spans(corpus: CorpusView, spans: pl.DataFrame) -> tuple[Integers, Integers]:
    """First token and end of the tokens that lie in each span."""
    low, high = corpus.document_bounds(spans["document"].to_numpy())
    first, end = low.copy(), low.copy()
    starts, ends = spans["start"].to_numpy(), spans["end"].to_numpy()
    for row, (begin, stop) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        of_document = corpus.token_starts[begin:stop]
        first[row] = begin + np.searchsorted(of_document, starts[row])
        end[row] = begin + np.searchsorted(of_document, ends[row])
    return first, end
