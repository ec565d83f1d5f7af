"""Parts of speech of words without their context, and annotations that are the same in every process."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from oracles_parts_of_speech import State, states_of_open_word

from corpus_kit.text import closed_classes
from corpus_kit.text.annotators import annotate
from corpus_kit.text.clitics import closed_words
from corpus_kit.text.paradigms.lexicon import lexicon
from corpus_kit.text.parts_of_speech import STATES, possible_tags, word_states
from corpus_kit.text.readings import Reader

pytestmark = pytest.mark.interface

UNIVERSAL = "ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X"
UNREAD = "زخمطيقب"


def tags(*words: str) -> list[list[str]]:
    return possible_tags(pl.Series(words, dtype=pl.String), Reader()).to_list()


def states(*words: str) -> pl.DataFrame:
    return word_states(pl.Series(words, dtype=pl.String), Reader())


# ------------------------------------------------------------------------- known words

LIKELIEST = {
    "VERB": "وقال ستعلن يكتبون فقالت",
    "NOUN": "العالم مدرستها والحكومة غير",
    "ADJ": "الجديدة أكبر الأولى مصرية",
    "PROPN": "بابل لبنان ولبنان",
    "NUM": "مليون وخمسة الثلاثين",
    "ADP": "في وفيها ب ل ك",
    "CCONJ": "أو و ف",
    "SCONJ": "بأنه أن ان فان لأن",
    "PART": "لا الا س",
    "PRON": "هو وهي",
    "DET": "هذا والتي",
    "ADV": "هنا كذلك",
    "AUX": "ليس كانت ولم_يكن",
}


@pytest.mark.parametrize(("tag", "word"), [(tag, word) for tag, words in LIKELIEST.items() for word in words.split()])
def test_the_likeliest_tag_of_known_words(tag: str, word: str) -> None:
    word = word.rpartition("_")[2]
    assert tags(word)[0][0] == tag
    assert STATES[states(word)["state"][0]] == tag


def test_words_can_be_several_things() -> None:
    assert tags("ورد", "قال", "الجديدة", "العالم") == [["VERB", "NOUN"], ["VERB"], ["ADJ", "NOUN"], ["NOUN"]]


def test_words_without_reading_are_names_and_letters_have_no_part_of_speech() -> None:
    assert len(Reader().all(pl.Series([UNREAD, "ط"]))[1]) == 0
    assert len(Reader().all(pl.Series(["ق"]))[1]) > 0  # which would be an imperative
    assert tags(UNREAD, "ط", "ق", "د", "و") == [["PROPN"], ["X"], ["X"], ["X"], ["CCONJ"]]
    for word, tag in ((UNREAD, "PROPN"), ("ط", "X"), ("ق", "X")):
        assert [(STATES[state], share, lemma) for _, state, share, lemma in states(word).iter_rows()] == [
            (tag, 1.0, word)
        ]


def test_no_words() -> None:
    assert tags() == []
    assert states().schema == {"word": pl.UInt32, "state": pl.UInt8, "share": pl.Float64, "lemma": pl.String}


def test_what_is_no_arabic_word_has_none() -> None:
    assert annotate(["2030", "abc", "#خبر", "", "قال"])["pos"].to_list() == [None, None, None, None, ["VERB"]]


# ------------------------------------------------------------------------- equal to the twin


def some_words() -> list[str]:
    """Return words of the lexicon, seeded, some with clitics, that are no function words."""
    lemmas = lexicon().lemmas.sample(150, seed=24).to_list()
    fronts = ["", "", "و", "ال", "وال", "ب", "وس", "لل"]
    words = [fronts[row % len(fronts)] + lemma for row, lemma in enumerate(lemmas)]
    listed = closed_words().keys() | closed_classes.TAGS_OF_HOSTS.keys()
    return [word for word in [*words, "وقال", "بابل", "الأولى", "مدرستها", UNREAD] if word not in listed]


def test_equal_to_the_twin() -> None:
    words = some_words()
    table = states(*words)
    lemmas = set()
    for number, (word, possible) in enumerate(zip(words, tags(*words), strict=True)):
        rows = table.filter(word=number)
        assert rows["share"].is_sorted(descending=True)
        lemmas |= {*rows["lemma"]}
        expected = states_of_open_word(word) or {("PROPN", False, False, False): 1.0}
        found = {described(state): share for state, share in rows.select("state", "share").iter_rows() if share > 0}
        assert found == pytest.approx(expected, abs=1e-12), word
        shares = {tag: sum(share for state, share in expected.items() if state[0] == tag) for tag, *_ in expected}
        likely = sorted((tag for tag, share in shares.items() if share >= 0.1), key=lambda tag: -shares[tag])
        assert possible == likely, word
    assert None not in lemmas


def described(state: int) -> State:
    """Return what a state is; those of nouns and adjectives are there twice, the second are definite."""
    first = STATES.index(STATES[state])
    return STATES[state], state - first >= 4, bool(state % 2), bool(state % 4 // 2)


def test_shares_sum_to_one_and_every_tag_is_of_universal_dependencies() -> None:
    words = [*some_words(), *closed_words()]
    table = states(*words)
    sums = table.group_by("word", maintain_order=True).agg(pl.col("share").sum())
    assert sums["word"].to_list() == list(range(len(words)))
    assert np.allclose(sums["share"], 1, rtol=0, atol=1e-9)
    assert {STATES[state] for state in table["state"]} <= {*UNIVERSAL.split()}
    assert {tag for possible in tags(*words) for tag in possible} <= {*UNIVERSAL.split()}


def test_own_counts_are_heeded() -> None:
    reader = Reader({"زخفور": 50, "الزخفور": 50})
    words = pl.Series(["زخفور", "وزخفور"])
    assert possible_tags(words, reader).to_list() == [["PROPN"], ["PROPN"]]
    assert word_states(words, reader)["lemma"].to_list()[0] == "زخفور"
    assert STATES[word_states(words, reader).filter(word=1)["state"][0]] == "PROPN"


# ------------------------------------------------------------------------- the same in every process

PROGRAM = """
from corpus_kit.text.annotators import annotate
from corpus_kit.text.clitics import closed_words
import polars as pl

words = sorted(closed_words())
print(annotate(words).with_columns(word=pl.Series(words)).write_ndjson())
"""


def test_annotations_do_not_depend_on_the_seed_of_hashes() -> None:
    """The order of a set does, and so would what a list of function words says of a spelling of two of them."""
    lexicon()  # compiled here at most once, and read by both

    def printed(seed: str) -> list[str]:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, encoding="utf-8", check=True, env=environment
        )
        return done.stdout.splitlines()

    first, second = printed("1"), printed("2")
    assert len([line for line in first if line]) == len(closed_words())
    assert [lines for lines in zip(first, second, strict=True) if len({*lines}) > 1] == []
