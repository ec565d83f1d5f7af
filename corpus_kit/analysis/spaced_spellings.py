"""spaced_spellings: which words of a corpus are also written as several words, and which of them are one name."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from corpus_kit import _core
from corpus_kit._base.arguments import share, threshold
from corpus_kit._base.columns import series_from_core
from corpus_kit.analysis.corpus_forms import forms_of, tokens_of
from corpus_kit.analysis.joined_spellings import Names, Sequences, letters_of, names_of, spaced_surfaces
from corpus_kit.analysis.ngram_arrays import count_token_arrays_as_ids
from corpus_kit.analysis.provenance import attach_of_corpus
from corpus_kit.analysis.spellings import spellings_of
from corpus_kit.corpus.storage import reading
from corpus_kit.corpus.view import CorpusView, expect_corpus
from corpus_kit.errors import invalid
from corpus_kit.text.clitics import closed_words
from corpus_kit.text.closed_classes import NUMERALS
from corpus_kit.text.forms import DocumentTokens, Forms, select
from corpus_kit.text.ngram_options import ngram_options
from corpus_kit.text.normalization import Normalizer, normalize_series, resolve_profile
from corpus_kit.text.token_flags import BARRIERS
from corpus_kit.text.words import ARABIC_WORD, plain_series

__all__ = ["join_record", "names_to_join", "spaced_spellings"]

Join = bool | Collection[str] | pl.Series

_MIN_COUNT, _MIN_SHARE = 5, 0.05
_MOST_PARTS = 4
_SHORTEST_PART = 3  # letters: shorter ones are letters of abbreviations, clitics and the آل of families


def spaced_spellings(
    corpus: CorpusView,
    *,
    profile: str | Normalizer | None = "search",
    min_count: int = _MIN_COUNT,
    min_share: float = _MIN_SHARE,
) -> pl.DataFrame:
    """Find the words of a corpus that are also written with spaces: عبدالعزيز and عبد العزيز.

    The functions that count take them as one with ``join``. Most pairs of this kind are not one name: أنتم is not أن
    تم, and الملكعبدالعزيز is a typing error. So `joins` is true only of a pair for which all of this holds:

    - Each part is of Arabic letters, at least three, and is neither a function word, with or without clitics
      (ولا, له), nor a numeral (ألف لتر is not الفلتر).
    - The one word has no root in the lexicon. A word that has one, such as تمديدها, is an ordinary word.
    - Each of the two spellings has at least `min_share` of the occurrences of all spellings with the same letters. A
      space that is forgotten or put in the wrong place is rarer.

    Args:
        corpus: A Corpus or a subcorpus. Counts are those of its documents. Whether a pair joins is found out in all
            documents of its corpus, so that the parts of a corpus that are compared are counted alike.
        profile: The form that is counted: the name of a preset, a Normalizer, or None for the original spelling.
        min_count: The lowest count of each of the two spellings.
        min_share: The lowest share of each of the two spellings for `joins`.

    Returns:
        A DataFrame with the columns joined (String: the letters without spaces, # and _), spaced (String: two to four
        words, which occur one after another in a paragraph), joined_spelling, spaced_spelling (String: the most
        frequent original spelling of each, of equal ones the first to occur), joined_count, spaced_count,
        joined_documents, spaced_documents (Int64: a hashtag with these letters counts as `joined`), share (Float64: of
        the rarer one, among all spellings with the same letters) and joins (Boolean). Order: count of the rarer one
        descending, then joined, then spaced.

    Raises:
        InputError: If an argument is invalid.

    Note:
        In 30,829 articles of twelve newspapers, 124 pairs join by default, of which 123 are one name or word in two
        spellings. With min_count=2, 194 of the first 200 are: what is wrong are typing errors in texts that were
        printed several times. Read the table, and pass its good rows: ``join=table["spaced"]``.

    Examples:
        >>> import corpus_kit as ck
        >>> table = ck.spaced_spellings(ck.sample_corpus(), min_count=1)
        >>> table.select("joined_spelling", "spaced_spelling", "joined_count", "spaced_count", "joins").row(0)
        ('أولا', 'أو لا', 6, 1, False)
    """
    corpus = expect_corpus(corpus)
    least, lowest = threshold(min_count, "min_count"), share(min_share, "min_share")
    normalizer = resolve_profile(profile)
    with reading(corpus.path):
        forms, tokens = forms_of(corpus, normalizer), tokens_of(corpus)
        found = _candidates(tokens, forms, least)
        everywhere = found if tokens.chosen is None else _candidates(tokens._replace(chosen=None), forms, least)
        joining = _joining(everywhere, lowest).select("joined", "spaced", joins=True)
        table = found.join(joining, on=["joined", "spaced"], how="left", maintain_order="left")
        table = table.with_columns(pl.col("joins").fill_null(value=False), *_spellings(corpus, tokens, forms, table))
    table = table.select(
        *("joined", "spaced", "joined_spelling", "spaced_spelling", "joined_count", "spaced_count"),
        *("joined_documents", "spaced_documents", "share", "joins"),
    )
    options = {"min_count": least, "min_share": lowest}
    return attach_of_corpus(table, "ck.spaced_spellings", corpus, normalizer, options)


def _candidates(tokens: DocumentTokens, forms: Forms, least: int) -> pl.DataFrame:
    """Return the pairs of a word and a sequence of words with the same letters, and their counts.

    Columns: joined, spaced, row (of the word with these letters that occurs first), w1 to w4 (the parts, as ids), the
    counts, and share.
    """
    words = forms.words
    lettered = _rows_by_letters(words)
    row_of_form = lettered["row"].to_numpy()
    selected = select(tokens, forms, BARRIERS["paragraph"])
    columns = _core.count_types(row_of_form[selected.ids], selected.document_ends, n_types=len(words))
    count, documents = (series_from_core("", column) for column in columns)
    joined = lettered.with_columns(joined_count=count, joined_documents=documents)
    joined = joined.filter(pl.col("row") == pl.int_range(pl.len())).filter(
        pl.col("joined_count") >= least, pl.col("joined").str.contains(r"\p{L}")
    )
    options = ngram_options((2, _MOST_PARTS), min_count=least, within="paragraph")
    ngrams, _ = count_token_arrays_as_ids(tokens, forms, options=options)
    ngrams = ngrams.rename({"count": "spaced_count", "documents": "spaced_documents"})
    found = pl.concat([_lettered(ngrams, words, n).join(joined, on="joined") for n in range(2, _MOST_PARTS + 1)])
    everywhere = pl.col("joined_count") + pl.col("spaced_count").sum().over("joined")
    rarer = pl.min_horizontal("joined_count", "spaced_count")
    return found.with_columns(share=rarer / everywhere).sort(-rarer, "joined", "spaced")


def _rows_by_letters(words: pl.Series) -> pl.DataFrame:
    """Return the letters of each word (joined), and the first word that has them (row)."""
    letters = pl.DataFrame({"joined": letters_of(words)}).with_row_index("row")
    return letters.with_columns(pl.col("row").first().over("joined"))


def _lettered(ngrams: pl.DataFrame, words: pl.Series, n: int) -> pl.DataFrame:
    """Return the sequences of n words, with their letters and with spaces."""
    these = ngrams.filter(pl.col("n") == n)
    places = [f"w{place}" for place in range(1, n + 1)]
    parts = pl.DataFrame([words.gather(these[place]).alias(place) for place in places])
    texts = parts.select(joined=pl.concat_str(places), spaced=pl.concat_str(places, separator=" "))
    return pl.concat([texts, these], how="horizontal")


def _joining(candidates: pl.DataFrame, lowest: float) -> pl.DataFrame:
    """Return the candidates that are one name in two spellings."""
    likely = candidates.filter(pl.col("share") >= lowest)
    parts = likely.select("spaced", pl.col("spaced").str.split(" ").alias("part")).explode("part")
    apart = parts.filter(~_can_be_part_of_name(parts["part"]))["spaced"]
    likely = likely.filter(~pl.col("spaced").is_in(apart.implode()))
    return likely.filter(~_have_roots(likely["joined"]))


def _can_be_part_of_name(words: pl.Series) -> pl.Series:
    """Return whether each word has three Arabic letters or more and is open to join with others."""
    plain = normalize_series(words, Normalizer.preset("search"))
    is_word = plain.str.contains(f"^{ARABIC_WORD.pattern}$") & (plain.str.len_chars() >= _SHORTEST_PART)
    return is_word & ~plain.is_in(_closed_forms().implode())


@cache
def _closed_forms() -> pl.Series:
    """Return function words, with and without clitics, and numerals, in the form of the profile `search`."""
    listed = pl.Series([*closed_words(), *NUMERALS], dtype=pl.String)
    return normalize_series(listed, Normalizer.preset("search")).unique(maintain_order=True)


def _have_roots(words: pl.Series) -> pl.Series:
    """Return whether the likeliest reading of each word has a root; words that are not of Arabic letters have none."""
    from corpus_kit.text.readings import Reader  # slow to load

    plain = plain_series(words)
    readable = plain.str.contains(f"^{ARABIC_WORD.pattern}$")
    roots = Reader().read(plain.filter(readable))["root"] if readable.any() else pl.Series([], dtype=pl.List(pl.String))
    found = np.zeros(len(words), bool)
    found[readable.to_numpy()] = roots.is_not_null().to_numpy()
    return pl.Series(found)


def _spellings(corpus: CorpusView, tokens: DocumentTokens, forms: Forms, found: pl.DataFrame) -> list[pl.Series]:
    """Return the most frequent original spelling of each candidate, as one word and with spaces."""
    row_of_form = _rows_by_letters(forms.words)["row"].to_numpy()
    own = spellings_of(corpus, forms)
    own = own.with_columns(word=pl.Series(row_of_form[own["word"].to_numpy()].astype(np.int64)))
    parts = found.select("w1", "w2", "w3", "w4").rows()
    numbers = {tuple(word for word in row if word is not None): number for number, row in enumerate(parts)}
    places = Sequences(numbers, len(forms.words)).find(select(tokens, forms, BARRIERS["paragraph"]))
    spaced = spaced_surfaces(corpus, forms, places)
    columns = []
    for name, spellings, words in (
        ("joined_spelling", own, found["row"]),
        ("spaced_spelling", spaced, pl.Series(np.arange(found.height))),
    ):
        best = spellings.group_by("word").agg(
            pl.col("surface").sort_by("count", descending=True, maintain_order=True).first()
        )
        rows = pl.DataFrame({"word": words.cast(pl.Int64)})
        columns.append(rows.join(best, on="word", how="left", maintain_order="left")["surface"].alias(name))
    return columns


# -------------------------------------------------------------------- the argument `join`


def names_to_join(join: Join, unit: str, normalizer: Normalizer | None, *corpora: CorpusView) -> Names | None:
    """Return the names that are counted as one word; None for join=False.

    Args:
        join: Names with their spaces; or True for those that `spaced_spellings` joins in one of the corpora.
        unit: What is counted.
        normalizer: The form that is counted.
        *corpora: The corpora, each taken whole.

    Raises:
        InputError: If it is something else, or what is counted are no words.
    """
    if join is False:
        return None
    if join is True:
        _expect_words(join, unit)
        return tuple(dict.fromkeys(name for corpus in corpora for name in _names_of_corpus(corpus, normalizer)))
    names = names_of(join, normalizer)
    _expect_words(join, unit)
    return names


def _expect_words(join: Join, unit: str) -> None:
    if unit != "word":
        raise invalid("join", f"False with unit={unit!r}", join, "Names are joined by their spelling.")


def _names_of_corpus(corpus: CorpusView, normalizer: Normalizer | None) -> Names:
    def find() -> Names:
        tokens = tokens_of(corpus)._replace(chosen=None)
        found = _joining(_candidates(tokens, forms_of(corpus, normalizer), _MIN_COUNT), _MIN_SHARE)
        return tuple(tuple(spaced.split(" ")) for spaced in found["spaced"])

    with reading(corpus.path):
        return corpus.derive_from_tokens(("names to join", None if normalizer is None else normalizer.digest), find)


def join_record(join: Join, names: Names | None, sequences: int) -> dict[str, Any]:
    """Return what a record says of names that were joined: which, and how many sequences of words became a word."""
    if names is None:
        return {"join": False}
    return {
        "join": join is True or [" ".join(name) for name in names],
        "joined_names": len(names),
        "joined_sequences": sequences,
    }
