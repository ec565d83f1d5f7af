"""OSMAN, LIX and AARI: the published example, texts counted by hand, what must not change the values; and corpora."""

from __future__ import annotations

from typing import Any
from unicodedata import category, combining, normalize

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.measures.readability import aari, lix, osman

pytestmark = pytest.mark.interface

# El-Haj & Rayson 2016, p. 4.
EXAMPLE = "ذهب هند وأحمد الى المدرسة. هند تحب الرسم والمطالعة"

MARKED = "سَافَرَ القِطَارُ صَبَاحًا. وَصَلَ المُسَافِرُونَ مَسَاءً إِلَى المَدِينَةِ."
BARE = "سافر القطار صباحا. وصل المسافرون مساء إلى المدينة."
SHORT_VOWELS = "\u064e\u064f\u0650"
TANWIN_AND_SHADDA = "\u064b\u064c\u064d\u0651"

# text: words, sentences, hard words, syllables, complex words, faseeh words; letters. Counted by hand.
BY_HAND = {
    # 3+4+3+3 7+3+2+6 pronounced letters, minus 2. المسافرون has 5 syllables by its letters and ends with ون.
    BARE: (8, 2, 3, 29, 0, 1, 41),
    # 4+4+5+3 7+5+2+5 syllables. المسافرون has 5 marks; it and مساء, which has ء, have more than 4 syllables.
    MARKED: (8, 2, 3, 35, 1, 2, 41),
    # 6+5+8: و after a fatha is long even with a sukun. Shadda is 2; only the last word has more than 4 marks.
    "عَلَّمُوا الأَوْلَادَ وَهَذَّبُوهُمْ": (3, 1, 2, 19, 1, 2, 19),
    # Tatweel is not a letter, a number not a word; Latin letters are pronounced: 4+3+4+2+4+4+2 minus 2.
    "اشترت ســـلمى 3 أقلام من متجر Noor في ٢٠٢٤.": (7, 1, 0, 21, 0, 0, 26),
    # A few marks in an unmarked text: 3+4+4+3+5+7 letters minus 2. المؤدبين has ؤ.
    "يُعد الكتاب مرجعًا جيدًا للطلاب المؤدبين.": (6, 1, 3, 24, 0, 1, 32),
    # Half of the words have a short vowel, which is enough: 3+0.
    "كَتَبَ الولد": (2, 1, 0, 3, 0, 0, 8),
    # وا counts only at the end of a word, and ساعدوا has too few syllables.
    "زار الواجهتين": (2, 1, 1, 7, 0, 0, 12),
    "ساعدوا الجيران": (2, 1, 2, 7, 0, 0, 13),
    "يستقبلوا": (1, 1, 1, 5, 0, 1, 8),
    # The number of syllables is never negative.
    "ا": (1, 1, 0, 0, 0, 0, 1),
}


def osman_of(a: int, b: int, c: int, d: int, g: int, h: int) -> float:
    return 200.791 - 1.015 * (a / b) - 24.181 * (c / a + d / a + g / a + h / a)


def aari_of(letters: int, a: int, b: int) -> float:
    return 3.28 * letters + 1.43 * (letters / a) + 1.24 * (a / b)


def test_osman_published_example() -> None:
    """El-Haj & Rayson 2016, p. 4, print 97.617 (with 24.18143403 for 24.181), which fits one sentence."""
    assert osman(EXAMPLE, sentences=1) == pytest.approx(97.6188, abs=0.001)
    assert osman(EXAMPLE) == pytest.approx(102.186, abs=0.001)
    assert osman(EXAMPLE, 1) == pytest.approx(osman_of(9, 1, 2, 33, 0, 0))


@pytest.mark.parametrize("text", BY_HAND)
def test_values_counted_by_hand(text: str) -> None:
    *of_osman, letters = BY_HAND[text]
    a, b = of_osman[:2]
    assert osman(text) == pytest.approx(osman_of(*of_osman), abs=1e-9)
    assert aari(text) == pytest.approx(aari_of(letters, a, b), abs=1e-9)
    assert osman(text, sentences=3) == pytest.approx(osman_of(a, 3, *of_osman[2:]), abs=1e-9)
    assert aari(text, sentences=3) == pytest.approx(aari_of(letters, a, 3), abs=1e-9)


def letters_of(word: str) -> str:
    return "".join(letter for letter in word if category(letter) in ("Lo", "Lu", "Ll"))  # tatweel is Lm


def slow_syllables(word: str) -> int:
    """Count by marks, letter by letter."""
    total = 0
    for place, mark in enumerate(word):
        if mark in TANWIN_AND_SHADDA:
            total += 2
        elif mark in SHORT_VOWELS:
            rest = letters_of(word[place:])
            total += 2 if rest[:1] in ("ا", "و", "ي") else 1
    return total


def slow_osman(words: list[str], sentences: int) -> float:
    """Compute the formula word by word."""
    with_vowel = [word for word in words if set(SHORT_VOWELS) & set(word)]
    by_marks = len(with_vowel) / len(words) >= 0.5
    hard = syllables = complex_words = faseeh = 0
    for word in words:
        letters = letters_of(word)
        sounded = letters.replace("ا", "").replace("ى", "")
        of_word = slow_syllables(word) if by_marks else len(sounded) - 2
        hard += len(letters) >= 6
        syllables += of_word if by_marks else len(sounded)
        complex_words += by_marks and len([mark for mark in word if mark in SHORT_VOWELS + TANWIN_AND_SHADDA]) >= 5
        faseeh += of_word >= 5 and (bool(set("ءئؤذظ") & set(letters)) or letters[-2:] in ("وا", "ون"))
    syllables = syllables if by_marks else max(syllables - 2, 0)
    return osman_of(len(words), sentences, hard, syllables, complex_words, faseeh)


LETTERS = st.sampled_from("اىويبنءئؤذظأةAb")
SYLLABLES = st.builds(
    lambda letter, marks, tatweel: letter + "".join(marks) + tatweel,
    LETTERS,
    st.lists(st.sampled_from(SHORT_VOWELS + TANWIN_AND_SHADDA + "\u0652"), max_size=2),
    st.sampled_from(["", "", "", "ـ"]),
)
WORDS = st.lists(SYLLABLES, min_size=1, max_size=10).map("".join)
BARE_WORDS = st.text(LETTERS, min_size=1, max_size=10)
TEXTS = st.lists(st.one_of(WORDS, BARE_WORDS), min_size=1, max_size=12).map(" ".join)


@given(TEXTS, st.integers(1, 4))
def test_equal_to_the_slow_count(text: str, sentences: int) -> None:
    tokens = ck.tokens([normalize("NFC", text)])
    words = [word for word, kind in tokens.select("token", "kind").iter_rows() if kind == "word"]
    letters = sum(len(letters_of(word)) for word in words)
    assert osman(text, sentences) == pytest.approx(slow_osman(words, sentences), abs=1e-9)
    assert aari(text, sentences) == pytest.approx(aari_of(letters, len(words), sentences), abs=1e-9)
    long = sum(len(letters_of(word)) >= 7 for word in words)
    assert lix(text, sentences) == pytest.approx(len(words) / sentences + 100 * long / len(words), abs=1e-9)


@given(TEXTS)
def test_equivalent_spellings_give_equal_values(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert osman(normalize(form, text)) == osman(text)
        assert aari(normalize(form, text)) == aari(text)


def test_shadda_before_or_after_its_vowel() -> None:
    assert osman("كُتَّاب") == osman("كُتّ" + "\u064e" + "اب") == osman_of(1, 1, 0, 5, 0, 0)


@pytest.mark.parametrize("measure", [osman, lix, aari])
@pytest.mark.parametrize("text", [EXAMPLE, BARE, MARKED])
def test_tatweel_numbers_and_punctuation_change_nothing(measure: Any, text: str) -> None:
    plain = measure(text, sentences=2)
    assert measure(text.replace("هند", "هـــند").replace("مَسَا", "مَسَـا"), sentences=2) == plain
    assert measure(f"«{text}» (12) ٣٫٥ % https://example.org", sentences=2) == plain
    assert measure(f"ـــ {text} \u064e ___", sentences=2) == plain


def test_marks_change_osman_if_half_of_the_words_have_a_vowel() -> None:
    bare = "".join(letter for letter in MARKED if not combining(letter))
    assert bare == BARE
    assert osman(MARKED) < osman(BARE)
    assert aari(MARKED) == aari(BARE)
    # Three of eight words are not enough, four are; tanwin and shadda alone are no vowels.
    marked, plain = MARKED.split(), BARE.split()
    assert osman(" ".join(marked[:3] + plain[3:])) == osman(BARE)
    assert osman(" ".join(marked[:4] + plain[4:])) != osman(BARE)
    assert osman("قرأت كتابًا جديدًا جدًّا") == osman("قرأت كتابا جديدا جدا")


@given(TEXTS, st.integers(1, 3))
def test_repeating_a_text(text: str, sentences: int) -> None:
    """With marks OSMAN is unchanged; without, the 2 letters subtracted per text weigh half as much."""
    twice = osman(f"{text}\n{text}", 2 * sentences)
    words = text.split()
    if 2 * sum(bool(set(SHORT_VOWELS) & set(word)) for word in words) >= len(words):
        assert twice == pytest.approx(osman(text, sentences), abs=1e-9)
    elif len(letters_of(text).replace("ا", "").replace("ى", "")) >= 2:
        assert twice == pytest.approx(osman(text, sentences) - 24.181 / len(words), abs=1e-9)


def test_aari_grows_with_the_length_of_the_text() -> None:
    letters = BY_HAND[BARE][-1]
    assert aari(f"{BARE} {BARE}", 4) - aari(BARE, 2) == pytest.approx(3.28 * letters)


def test_longer_sentences_are_harder() -> None:
    assert osman(BARE, 1) < osman(BARE, 2) < osman(BARE, 4)
    assert aari(BARE, 1) > aari(BARE, 2) > aari(BARE, 4)


@pytest.mark.parametrize("text", [EXAMPLE, BARE, "هل جاء؟ نعم!\nعنوان بلا نقطة\n\n١٫٥", "قال د. سامي نعم... ثم مضى"])
def test_sentences_are_those_of_the_tokenizer(text: str) -> None:
    number = len(ck.sentences(text))
    assert osman(text) == osman(text, number) == osman(text, sentences=np.int64(number))  # type: ignore[arg-type]
    assert aari(text) == aari(text, number)


def test_values_are_floats() -> None:
    assert type(osman(BARE)) is type(aari(BARE)) is float


@pytest.mark.parametrize("measure", [osman, lix, aari])
class TestBadInput:
    @pytest.mark.parametrize("text", [None, 5, b"abc", ["نعم"], BARE.split()])
    def test_text_of_another_type(self, measure: Any, text: Any) -> None:
        with pytest.raises(InputError, match=r"^text must be"):
            measure(text)

    @pytest.mark.parametrize("text", ["", " \n", "12 ٣٤", "... ؟!", "ـــ", "\u064e", "https://example.org", "😀"])
    def test_no_words(self, measure: Any, text: str) -> None:
        with pytest.raises(InputError, match=r"^text must be .* word"):
            measure(text)

    @pytest.mark.parametrize("sentences", [0, -1, 1.5, 2.0, True, "2", float("nan"), [1]])
    def test_invalid_number_of_sentences(self, measure: Any, sentences: Any) -> None:
        with pytest.raises(InputError, match=r"^sentences must be"):
            measure(BARE, sentences)

    def test_an_unpaired_surrogate(self, measure: Any) -> None:
        with pytest.raises(InputError, match=r"^text must be"):
            measure("نعم \ud800")


# ----------------------------------------------------------------------------------------------- corpora


def texts_of(corpus: ck.Corpus) -> list[tuple[int, str, str, str]]:
    return corpus.documents.select("document", "id", "outlet", "text").collect().rows()


def test_documents_have_the_values_of_their_texts() -> None:
    corpus = ck.sample_corpus()
    table = ck.readability(corpus, measure=["osman", "lix", "aari"])
    assert table.columns == ["document", "id", "sentences", "words", "letters", "osman", "lix", "aari"]
    for row, (document, id, _, text) in zip(table.iter_rows(named=True), texts_of(corpus), strict=True):
        assert (row["document"], row["id"], row["sentences"]) == (document, id, len(ck.sentences(text)))
        assert (row["osman"], row["lix"], row["aari"]) == pytest.approx((osman(text), lix(text), aari(text)), abs=1e-9)
        words = [word for word, kind in ck.tokens([text]).select("token", "kind").iter_rows() if kind == "word"]
        assert (row["words"], row["letters"]) == (len(words), sum(len(letters_of(normalize("NFC", w))) for w in words))


def test_groups_are_means_of_documents_with_an_interval() -> None:
    from scipy import stats

    corpus = ck.sample_corpus()
    groups: dict[str, list[str]] = {}
    for _, _, outlet, text in texts_of(corpus):
        groups.setdefault(outlet, []).append(text)
    table = ck.readability(corpus, by="outlet", confidence=0.9)
    assert table["outlet"].to_list() == list(groups)
    by_document = ck.readability(corpus).join(corpus.documents.select("id", "outlet").collect(), on="id")
    for row in table.iter_rows(named=True):
        values = [osman(text) for text in groups[row["outlet"]]]
        assert row["documents"] == len(values)
        assert row["osman"] == pytest.approx(np.mean(values))
        ends = stats.t.interval(0.9, len(values) - 1, np.mean(values), stats.sem(values))
        assert (row["osman_low"], row["osman_high"]) == pytest.approx(ends)
        of_group = by_document.filter(outlet=row["outlet"])
        assert row["words"] == of_group["words"].sum()
        assert row["sentences"] == of_group["sentences"].sum()


def test_documents_without_words_and_groups_of_one(tmp_path: Any) -> None:
    rows = {"text": ["زار الولد جده.", "١٢ ٣", "٤", "جاء. ذهب."], "by": ["a", "a", "b", None]}
    corpus = ck.Corpus.build(pl.DataFrame({"id": list("wxyz"), **rows}), tmp_path / "corpus", text="text", id="id")
    table = ck.readability(corpus)
    assert table.filter(words=0).select("id", "osman").rows() == [("x", None), ("y", None)]
    assert table.filter(id="w")["osman"].item() == pytest.approx(osman("زار الولد جده."))
    by = ck.readability(corpus, by="by")
    first = by.row(0, named=True)
    assert (first["by"], first["documents"], first["osman_low"]) == ("a", 1, None)
    assert first["osman"] == pytest.approx(osman("زار الولد جده."))
    assert by.row(1, named=True)["osman"] is None
    none = by.filter(pl.col("by").is_null()).row(0, named=True)
    assert none["osman"] == pytest.approx(osman("جاء. ذهب."))
    nothing = corpus.filter(pl.lit(False))
    assert ck.readability(nothing).height == ck.readability(nothing, by="by").height == 0


def test_subcorpora_and_excluded_spans() -> None:
    corpus = ck.sample_corpus()
    outlet = corpus.documents.collect().item(0, "outlet")
    some = corpus.filter(pl.col("outlet") == outlet)
    whole = ck.readability(corpus, by="outlet").filter(outlet=outlet)
    assert ck.readability(some, by="outlet").equals(whole)
    headline = corpus.documents.select("document", pl.col("headline").struct.unnest()).collect().drop_nulls()
    body = ck.readability(corpus.exclude(headline))
    assert (body["words"] < ck.readability(corpus)["words"]).sum() == headline.height


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "outlets"}, r"^by must be .*'outlet'"),
        ({"measure": "osmn"}, r"^measure must be .*'osman'"),
        ({"measure": []}, r"^measure must"),
        ({"confidence": 1.5}, r"^confidence must be .*1.5"),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ck.readability(ck.sample_corpus(), **options)
    with pytest.raises(InputError, match=r"^corpus must be"):
        ck.readability("corpus")  # type: ignore[arg-type]
