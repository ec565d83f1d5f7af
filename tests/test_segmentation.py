"""Clitics and lemmas: what must be segmented, what must not, and the agreement with a treebank."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import oracles_segmentation as oracle
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from treebanks import Word, plain_words

from corpus_kit.errors import InputError
from corpus_kit.text import closed_classes as classes
from corpus_kit.text.annotators import (
    ANNOTATION_SCHEMA,
    ANNOTATOR_VERSION,
    OWN_COLUMNS,
    annotate,
    annotator_record,
    check_annotations,
)
from corpus_kit.text.clitics import Segmentation, closed_words
from corpus_kit.text.lemmas import lemmatize
from corpus_kit.text.normalization import normalize
from corpus_kit.text.segmentation import Segmenter, segment

pytestmark = pytest.mark.interface

SEGMENTER = Segmenter()


def cut(word: str) -> str:
    return "+".join(SEGMENTER.segment(word).pieces)


# ---------------------------------------------------------------------------------------- segmentation


WHOLE = """
كان كانت لكن كما لم ذلك هذه بعد فقط هناك بين عبر كذلك كأن لما فهم ولي كلا
على علي آلان الآن كيري لبنان واحد وزير بريد بطاقة لجنة كبير فريق فيلم سيد سعيد
وصلنا قانونا وجه مهم درهم مياه بنك تلك شريك سوداني
السعودية الحشد هذا التي و ف ب ل ك س ه ا في
"""


@pytest.mark.parametrize("word", WHOLE.split())
def test_whole_words(word: str) -> None:
    assert SEGMENTER.segment(word) == Segmentation((), word, (), word)


@pytest.mark.parametrize(
    "expected",
    [
        *("و+لبنان", "ل+لعراق", "ل+لحشد", "و+ب+السعودية", "ك+العادة", "و+ل+لحكومة", "و+ب+التالي", "و+قال", "ب+مدينة"),
        *("س+يكون", "ف+س+يكون", "و+س+يتم", "ف+قال", "ك+رئيس", "و+واحد", "ب+شكل", "و+ب+سبب", "ل+لجنة"),
        *("في+ها", "ب+ه", "علي+ه", "أن+ه", "ب+أن+ه", "و+أن+ها", "ل+أن", "ل+أن+هم", "ف+إن", "إن+ني", "من+ي", "ل+ي"),
        *("و+قد", "و+التي", "ل+لذين", "ب+هذا", "و+ب+ذلك", "و+لدي+هم", "بين+هما", "كلا+هما", "و+إيا+ه", "ل+نفس+ه"),
        *("مدرست+ها", "و+ب+مدرست+ها", "مستوا+ه", "أبنائ+هم", "أبناؤ+هم", "مسؤولي+هم", "والد+ه", "بطاقت+ه", "يمكن+ك"),
        *("و+حلفاؤ+ها", "ل+صالح+ه", "ب+سبب+ها", "مجتمع+نا", "يجعل+نا", "و+الله", "ل+له"),
    ],
)
def test_cut_words(expected: str) -> None:
    assert cut(expected.replace("+", "")) == expected


@pytest.mark.parametrize(
    ("word", "base"),
    [
        ("للحشد", "الحشد"), ("للعراق", "العراق"), ("وللحكومة", "الحكومة"), ("لله", "الله"), ("للذين", "الذين"),
        ("للغة", "لغة"), ("للجنة", "لجنة"), ("مدرستها", "مدرسة"), ("مستواه", "مستوى"), ("عليه", "على"), ("إليه", "إلى"),
        ("لديه", "لدى"), ("أبنائهم", "أبناء"), ("أبناؤهم", "أبناء"), ("مسؤوليهم", "مسؤولين"), ("ورائها", "وراء"),
        ("سواه", "سوى"), ("إحداها", "إحدى"), ("كليهما", "كلا"), ("بصورتها", "صورة"), ("وقال", "قال"), ("فيها", "في"),
        ("وَالسُّعُودِيَّة", "السعودية"), ("السعـــودية", "السعودية"), ("علی", "علي"), ("ٱلكتاب", "الكتاب"),
    ],
)  # fmt: skip
def test_base_is_the_stem_in_its_isolated_spelling(word: str, base: str) -> None:
    assert SEGMENTER.segment(word).base == base


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("وَالسُّعُودِيَّة", "وَ+السُّعُودِيَّة"),
        ("بـالسعودية", "بـ+السعودية"),
        ("السعـــودية", "السعـــودية"),
        ("فِيهَا", "فِي+هَا"),
        ("\u064eوقال", "\u064eو+قال"),  # a mark without a letter before it
        ("و\u200dقال", "و\u200d+قال"),
        ("وٱلكتاب", "و+ٱلكتاب"),
        ("وعلی", "و+علی"),  # Farsi yeh
        ("کالعادة", "ک+العادة"),  # keheh
        ("ﻭﻗﺎﻝ", "ﻭ+ﻗﺎﻝ"),  # presentation forms
        ("وﻻ", "و+ﻻ"),
        ("ﻷن", "ﻷن"),  # ل and أ are one code point
        ("ﻷنه", "ﻷن+ه"),
        ("لا\u0654ن", "ل+ا\u0654ن"),  # a separate hamza
    ],
)
def test_marks_tatweel_and_other_code_points(word: str, expected: str) -> None:
    assert cut(word) == expected


@pytest.mark.parametrize(
    "word",
    [
        "",
        " ",
        "#السعودية",
        "#وَقال",
        "@وقال",
        "2030",
        "٣٫١٤",
        "covid",
        "الـDNA",
        "و5",
        "وقال.",
        "عبد_الله",
        "و قال",
        "َ",
        "ـ",
    ],
)
def test_other_tokens_are_unchanged(word: str) -> None:
    assert SEGMENTER.segment(word) == Segmentation((), word, (), word)
    assert segment([word]) == [[word]]
    assert lemmatize([word]) == [word]


def test_similar_words_are_not_confused() -> None:
    assert lemmatize(["على", "آلان", "الآن"]) == ["على", "آلان", "آن"]
    assert segment(["لعلي"]) == [["ل", "علي"]]
    assert SEGMENTER.segment("لعلي").base == "علي"


# ---------------------------------------------------------------------------------------- properties


MARKS = st.text(st.sampled_from("\u064b\u064e\u064f\u0650\u0651\u0652\u0670ـ"), max_size=2)
LETTERS = st.sampled_from("وفبلكسالهيمنتةىأإآءئؤقعرحدک\u06ccٱپ")
WORDS = st.one_of(
    st.text(LETTERS, min_size=1, max_size=8),
    st.builds(lambda a, b, c: a + b + c, st.sampled_from(["", "و", "ب", "فال", "وبال", "لل", "وس", "ك"]),
              st.sampled_from(["مدرسة", "قال", "يكون", "كتاب", "حكومة", "في", "أن", "على", "واحد", "بطاق", "مستوا"]),
              st.sampled_from(["", "ها", "ه", "هم", "تها", "نا", "ك"])),
)  # fmt: skip
TEXTS = st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), WORDS)


@st.composite
def decorated(draw: st.DrawFn) -> tuple[str, str]:
    word = draw(WORDS)
    return word, "".join(letter + draw(MARKS) for letter in word)


@given(TEXTS)
def test_pieces_join_to_the_word(word: str) -> None:
    found = SEGMENTER.segment(word)
    assert "".join(found.pieces) == word
    assert all(found.pieces) or not word
    assert len(found.enclitics) <= 1
    assert list(SEGMENTER.segment_all(pl.Series([word], dtype=pl.String))) == [found]
    assert SEGMENTER.pieces(pl.Series([word], dtype=pl.String)) == [found.pieces]


@settings(max_examples=examples(200))
@given(decorated())
def test_marks_do_not_change_the_cuts(pair: tuple[str, str]) -> None:
    word, with_marks = pair
    plain = SEGMENTER.segment(word)
    found = SEGMENTER.segment(with_marks)
    assert found.base == plain.base
    assert found.pieces == oracle.cut_letters(with_marks, [len(piece) for piece in plain.pieces])


@given(WORDS)
def test_repeated_segmentation_terminates(word: str) -> None:
    """A stem can be segmented again (ووفق), but each time it gets shorter, and whole words stay whole."""
    base = normalize(word, "dediac")
    for _ in range(len(word) + 1):
        found = SEGMENTER.segment(base)
        if len(found.pieces) == 1:
            break
        assert len(found.base) < len(base) or found.proclitics[-1:] == ("ل",)
        base = found.base
    assert SEGMENTER.segment(base).pieces == [base]


# ---------------------------------------------------------------------------------------- word lists


def test_word_lists_are_plain_spellings_and_consistent() -> None:
    words = {
        *classes.FUNCTION_WORDS,
        *classes.WHOLE_WORDS,
        *classes.NOT_COMBINED,
        *classes.COMPOUND_PREPOSITIONS,
    }
    words |= {*classes.PRONOUN_HOSTS, *classes.AFTER_PREPOSITIONS, *classes.OWN_LEMMAS}
    for word in words:
        assert normalize(word, "dediac") == word
        assert all("\u0621" <= letter <= "\u064a" for letter in word)
    assert not {*classes.WHOLE_WORDS} & {*classes.FUNCTION_WORDS}
    assert {*classes.AFTER_PREPOSITIONS} >= {*classes.HOSTS_AFTER_PREPOSITIONS}
    assert {*classes.PRONOUN_HOSTS.values()} >= {*classes.HOSTS_AFTER_PREPOSITIONS}
    assert set(classes.PRONOUN_CLITICS) >= set(classes.OPEN_CLASS_PRONOUNS) >= set(classes.COMMON_PRONOUNS)


def test_closed_words_rejoin_and_function_words_are_whole() -> None:
    closed = closed_words()
    assert all("".join(found.pieces) == word for word, found in closed.items())
    for word in (*classes.FUNCTION_WORDS, *classes.NOT_COMBINED, *classes.WHOLE_WORDS):
        assert closed[word].pieces == [word]


# ---------------------------------------------------------------------------------------- corpus counts


class Vocabulary:
    """A vocabulary like that of a corpus."""

    vocabulary = pl.LazyFrame({"surface": ["وزخفور", "زخفور", "زخفور"], "kind": ["word"] * 3, "count": [1, 2, 3]})


@pytest.mark.parametrize("vocabulary", [{"زخفور": 5}, {"زُخفور": 3, "زخفـور": 2}, Vocabulary()])
def test_corpus_counts_decide_about_unknown_words(vocabulary: Any) -> None:
    assert segment(["وزخفور"]) == [["وزخفور"]]
    assert segment(["وزخفور"], vocabulary) == [["و", "زخفور"]]
    assert segment(["وزخفور"], {"زخفور": 1, "وزخفور": 9}) == [["وزخفور"]]


def test_corpus_counts_are_added_to_the_general_counts() -> None:
    """A name that begins with ب is cut where what follows it is counted far more often than in general."""
    assert segment(["بلاك"]) == [["بلاك"]]
    assert segment(["بلاك"], {"لاك": 1_000_000}) == [["ب", "لاك"]]
    assert segment(["بلاك"], {"لاك": 1}) == segment(["بلاك"])
    assert segment(["بلاك"], {"بلاك": 1_000_000}) == [["بلاك"]]
    assert segment(["بلاك"]) == [["بلاك"]]  # the general counts are unchanged
    assert segment(["وقال"], {}) == segment(["وقال"])


# ---------------------------------------------------------------------------------------- lemmas


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("وبالمدارس", "مدرسة"), ("مدرستها", "مدرسة"), ("عمليات", "عملية"), ("التي", "الذي"), ("فيها", "في"),
        ("يتابعون", "تابع"), ("يستحق", "استحق"), ("كتبت", "كتب"), ("وحصلوا", "حصل"), ("أيضا", "أيضا"),
        ("الباحثون", "باحث"), ("سيكون", "كان"), ("يعود", "عاد"), ("ينتهي", "انتهى"), ("يمكنها", "أمكن"),
    ],
)  # fmt: skip
def test_lemmas(word: str, lemma: str) -> None:
    assert lemmatize([word]) == [lemma]


@given(TEXTS)
def test_a_lemma_has_no_marks(word: str) -> None:
    [lemma] = lemmatize([word])
    if lemma != word:
        assert lemma
        assert lemma == normalize(lemma, "dediac")


# ---------------------------------------------------------------------------------------- annotation


def test_annotate_returns_one_row_per_word_in_order() -> None:
    words = ["ومدرستها", "#خبر", "ومدرستها", "", "وَقال"]
    frame = annotate(words, [1, 2, 3, 4, 5])
    assert frame.schema == ANNOTATION_SCHEMA
    assert frame.rows() == [
        (["و", "مدرست", "ها"], "مدرسة", "مدرسة", ["درس"], ["NOUN"]),
        (["#خبر"], "#خبر", "#خبر", None, None),
        (["و", "مدرست", "ها"], "مدرسة", "مدرسة", ["درس"], ["NOUN"]),
        ([""], "", "", None, None),
        (["وَ", "قال"], "قال", "قال", ["قول"], ["VERB"]),
    ]
    assert annotate([]).schema == ANNOTATION_SCHEMA
    assert annotate(pl.Series(words)).equals(annotate(words))
    assert annotate(["زخفور", "وزخفور"], [5, 1])["segments"].to_list() == [["زخفور"], ["و", "زخفور"]]


def test_record_names_what_the_annotations_depend_on() -> None:
    record = annotator_record()
    assert record["name"] == "corpus_kit"
    assert record["version"] == ANNOTATOR_VERSION
    assert all(isinstance(record[package], str) for package in ("wordfreq", "simplemma"))


@pytest.mark.parametrize("word", ["وأضاف", "وأوضح", "وكشف"])
def test_sentence_initial_verbs_are_cut_in_news(word: str) -> None:
    """In news, the form with و is several times as frequent as the verb alone."""
    assert segment([word], {word: 3000, word[1:]: 300}) == [["و", word[1:]]]
    assert segment(["وليد", "وسائل", "وزير"]) == [["وليد"], ["وسائل"], ["وزير"]]


def test_external_annotators_give_the_same_frame() -> None:
    def elsewhere(words: list[str]) -> Iterator[tuple[list[str], str]]:
        for word in words:
            yield SEGMENTER.segment(word).pieces, "x"

    words = ["للحشد", "لله", "وللذين", "مدرستها", "عليه", "وبه", "وقال", "كتاب", "أَبناؤُهم", "#خبر", "و", ""]
    frame = check_annotations(words, elsewhere(words))
    own = annotate(words)
    assert frame.schema == {name: kind for name, kind in ANNOTATION_SCHEMA.items() if name not in OWN_COLUMNS}
    assert frame["segments"].equals(own["segments"])
    assert frame["stem"].to_list() == own["stem"].to_list()
    assert frame["lemma"].to_list() == ["x"] * len(words)
    assert check_annotations([], []).equals(annotate([]).drop(OWN_COLUMNS))


def test_separate_article_is_joined_to_the_stem() -> None:
    frame = check_annotations(["وبالحشد", "لهم"], [(("و", "ب", "ال", "حشد"), "حشد"), (["ل", "هم"], "ل")])
    assert frame["stem"].to_list() == ["الحشد", "ل"]


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([(["وقال"], "قال")], r"^the result of the annotator must be .* 2 words, got 1"),
        ([(["وقال"], "قال")] * 3, r"^the result of the annotator must be .* 2 words, got 3"),
        ([(["و", "قال"], "قال"), (["ال", "حشد"], "حشد")], r"^the pieces of 'للحشد' must .* got \['ال', 'حشد'\]"),
        ([(["و+", "قال"], "قال"), (["للحشد"], "حشد")], r"^the pieces of 'وقال' must be the word"),
        ([("وقال", "قال"), (["للحشد"], "حشد")], r"^the pieces of 'وقال' must be a list .* got 'وقال'"),
        ([([], "قال"), (["للحشد"], "حشد")], r"^the pieces of 'وقال' must be a list .* got \[\]"),
        ([(["و", 5], "قال"), (["للحشد"], "حشد")], r"^the pieces of 'وقال' must be a list"),
        ([(["", "وقال"], "قال"), (["للحشد"], "حشد")], r"^the pieces of 'وقال' must be non-empty"),
        ([(["وقال"], None), (["للحشد"], "حشد")], r"^the lemma of 'وقال' must be a str, got None"),
        ([(["وقال"],), (["للحشد"], "حشد")], r"'وقال' must be a pair"),
        (["وقال", "للحشد"], r"'وقال' must be a pair .* got 'وقال'"),
        (None, r"^the result of the annotator must be .* got None"),
        ("وق", r"^the result of the annotator must be .* got 'وق'"),
    ],
)
def test_invalid_annotator_results(answers: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_annotations(["وقال", "للحشد"], answers)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: segment("وقال"), r"^words must be a list .* got 'وقال'"),
        (lambda: lemmatize("وقال"), r"^words must be a list .* got 'وقال'"),
        (lambda: segment(["قال", None]), r"^words must be .* got None at index 1"),
        (lambda: segment(["قال", 5]), r"^words\[1\] must be .* got 5"),
        (lambda: segment(pl.Series([1])), r"^words must be .* got Int64"),
        (lambda: segment(None), r"^words must be .* got None"),
        (lambda: segment(["\ud800"]), r"^words\[0\] must be .*U\+D800"),
        (lambda: SEGMENTER.segment("\ud800"), r"U\+D800"),
        (lambda: segment(["قال"], 5), r"^vocabulary must be .* got 5"),
        (lambda: segment(["قال"], ["قال"]), r"^vocabulary must be .* got \['قال'\]"),
        (lambda: segment(["قال"], {"قال": -1}), r"^vocabulary\['قال'\] must be .* got -1"),
        (lambda: segment(["قال"], {"قال": 0.5}), r"^vocabulary\['قال'\] must be .* got 0.5"),
        (lambda: segment(["قال"], {5: 1}), r"^vocabulary must be .* got 5"),
        (lambda: annotate(["قال"], [1, 2]), r"^counts must be as many as words \(1\), got 2"),
        (lambda: annotate(["قال"], [None]), r"^counts\[0\] must be .* got None"),
    ],
)  # fmt: skip
def test_invalid_input(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_word_lists_are_loaded_lazily() -> None:
    code = "import corpus_kit.text.annotators, sys; print(*sorted(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"wordfreq", "simplemma", "langcodes", "ftfy"} & set(run.stdout.split())


# ---------------------------------------------------------------------------------------- real words


def cuts(pieces: list[str]) -> set[int]:
    return set(list(accumulate(map(len, pieces)))[:-1])


class Agreement(NamedTuple):
    """How many words are cut as in a treebank, and how many content words have its lemma."""

    words: int
    exact: float
    f1: float
    content: int
    lemmas: dict[str, float]


def agreement(words: list[Word]) -> Agreement:
    """Compare with a treebank: the pieces of each word; part of speech and lemma of its longest content word."""
    asked = sorted({word.text for word in words})
    frame = annotate(asked)
    found = dict(zip(asked, zip(frame["segments"].to_list(), frame["lemma"].to_list(), strict=True), strict=True))
    exact = both = given = own = 0
    right, total = Counter[str](), Counter[str]()
    for pieces, part, lemma in words:
        answer, own_lemma = found["".join(pieces)]
        wanted, cut_at = cuts(pieces), cuts(answer)
        exact += wanted == cut_at
        both, given, own = both + len(wanted & cut_at), given + len(wanted), own + len(cut_at)
        if part:
            for name in (part, "all"):
                total[name] += 1
                right[name] += normalize(own_lemma, "search") == normalize(lemma, "search")
    return Agreement(
        len(words),
        exact / len(words),
        2 * both / (given + own),
        total["all"],
        {name: right[name] / total[name] for name in total},
    )


def test_agreement_with_a_treebank(shared: Path) -> None:
    """Sentences from news and Wikipedia, translated; nothing was chosen after them."""
    found = agreement(plain_words(shared / "data" / "ud-arabic-pud-news.conllu"))
    assert (found.words, found.content) == (7488, 5462)
    assert found.exact >= 0.988
    assert found.f1 >= 0.964
    assert found.lemmas["all"] >= 0.915
    assert min(found.lemmas[part] for part in ("NOUN", "VERB", "ADJ")) >= 0.93


def test_agreement_with_the_treebank_of_development(shared: Path) -> None:
    found = agreement(plain_words(shared / "data" / "padt-dev-words.json"))
    assert (found.words, found.content) == (21383, 14940)
    assert found.exact >= 0.9915
    assert found.f1 >= 0.975
    assert found.lemmas["all"] >= 0.955
    assert found.lemmas["VERB"] >= 0.945
    assert found.lemmas["NOUN"] >= 0.953
    assert found.lemmas["ADJ"] >= 0.97


def test_pieces_of_real_words_join(shared: Path) -> None:
    texts = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet")["content"].drop_nulls().head(500)
    words = texts.str.split(" ").explode().drop_nulls().unique(maintain_order=True)
    frame = annotate(words)
    assert frame["segments"].list.join("").equals(words, check_names=False)
    assert frame.drop(OWN_COLUMNS).null_count().sum_horizontal().item() == 0
