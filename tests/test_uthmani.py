"""The Uthmani spelling in modern letters: single words, the twin, and corpora."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from oracles_uthmani import modern_slowly
from test_normalization import TEXTS

import corpus_kit as ck
from corpus_kit.text.uthmani import WITHOUT_ALEF, modern_spelling

pytestmark = pytest.mark.interface

# In modern letters, and as printed Qurans write the word: with and without vowels, as several editions encode it.
WORDS = {
    # waw and yeh that stand for alef
    "الصلاة": ["ٱلصَّلَوٰةَ", "الصلوٰة", "ٱلصَّلَوٰةِ"],
    "الزكاة": ["ٱلزَّكَوٰةَ", "الزكوٰة"],
    "الحياة": ["ٱلْحَيَوٰةِ", "ٱلۡحَيَوٰةُ", "الحيوٰة"],
    "النجاة": ["ٱلنَّجَوٰةِ"],
    "كمشكاة": ["كَمِشْكَوٰةٍ", "كمشكوٰة"],
    "صلاتك": ["صَلَوٰتَكَ"],
    "صلواتهم": ["صَلَوَٰتِهِمْ"],
    "الربا": ["ٱلرِّبَوٰا۟", "ٱلرِّبَوٰاْ", "الربوٰا"],
    "موسى": ["مُوسَىٰ", "مُوسَىٰٓ", "موسىٰ"],
    "على": ["عَلَىٰ", "عليٰ"],
    "التوراة": ["ٱلتَّوْرَىٰةَ", "التورىٰة"],
    "هداهم": ["هَدَىٰهُمْ", "هدىٰهم"],
    # alefs above the line
    "العالمين": ["ٱلْعَـٰلَمِينَ", "ٱلۡعَٰلَمِينَ", "العٰلمين"],
    "الكتاب": ["ٱلْكِتَـٰبُ", "الكتٰب"],
    "سليمان": ["سُلَيْمَـٰنُ"],
    "وإسماعيل": ["وَإِسْمَـٰعِيلَ"],
    "السماوات": ["ٱلسَّمَـٰوَٰتِ", "ٱلسَّمَٰوَٰتِ", "السمٰوٰت"],
    "أزواجا": ["أَزْوَٰجًا", "أزوٰجا"],
    "الصالحات": ["ٱلصَّـٰلِحَـٰتِ"],
    # words without the alef
    "الله": ["ٱللَّهِ", "اللّٰه", "ٱللَّٰهُ"],
    "والله": ["وَٱللَّٰهُ"],
    "الرحمن": ["ٱلرَّحْمَـٰنِ", "ٱلرَّحۡمَٰنِ", "الرحمٰن"],
    "للرحمن": ["لِلرَّحْمَـٰنِ"],
    "إله": ["إِلَـٰهَ", "إلٰه"],
    "وإلهكم": ["وَإِلَـٰهُكُمْ"],
    "هذا": ["هَـٰذَا", "هٰذا"],
    "فهذه": ["فَهَـٰذِهِۦ"],
    "هذان": ["هَـٰذَٰنِ"],
    "هؤلاء": ["هَـٰٓؤُلَآءِ"],
    "كذلك": ["كَذَٰلِكَ", "كذٰلك"],
    "ذلكم": ["ذَٰلِكُمْ"],
    "أولئك": ["أُو۟لَـٰٓئِكَ", "أُوْلَٰٓئِكَ", "أولٰئك"],
    "ولكن": ["وَلَـٰكِن", "ولٰكنّ"],
    "أهكذا": ["أَهَـٰكَذَا"],
    "طه": ["طٰه"],
    # hamzas
    "القرآن": ["ٱلْقُرْءَانُ", "القرءان"],
    "آمنوا": ["ءَامَنُوا۟", "ءَامَنُواْ", "ءامنوا"],
    "وآتوا": ["وَءَاتُوا۟", "وءاتوا"],
    "بآياتنا": ["بِـَٔايَـٰتِنَا", "بِـَٔايَٰتِنَا", "بٔايٰتنا"],
    "الآن": ["ٱلْـَٔـٰنَ", "ٱلۡـَٰٔنَ"],
    "شيئا": ["شَيْـًٔا", "شَيۡـࣰٔا", "شيـٔا"],
    "السيئات": ["ٱلسَّيِّـَٔاتِ", "السيـٔات"],
    "يسألون": ["يَسْـَٔلُونَ", "يسـٔلون"],
    "مسؤولا": ["مَسْـُٔولًا", "مسـٔولا"],
    "الأفئدة": ["ٱلْأَفْـِٔدَةَ"],
    "إسرائيل": ["إِسْرَٰٓءِيلَ", "إسرٰءيل"],
    "رؤوسكم": ["رُءُوسَكُمۡ"],
    "مستهزئون": ["مُسۡتَهۡزِءُونَ"],
    "أأنذرتهم": ["ءَأَنذَرْتَهُمْ"],
    "رأى": ["رَءَا"],
    # small letters
    "له": ["لَهُۥ", "لَهُۥٓ"],
    "به": ["بِهِۦ"],
    "داود": ["دَاوُۥدَ", "داوۥد"],
    "يستوون": ["يَسْتَوُۥنَ"],
    "إبراهيم": ["إِبْرَٰهِيمَ", "إِبْرَٰهِـۧمَ", "إبرٰهۦم", "إبرٰهيم"],
    "النبيين": ["ٱلنَّبِيِّـۧنَ"],
    "يحيي": ["يُحْىِۦ"],
    "إيلافهم": ["إِۦلَـٰفِهِمْ"],
    "ننجي": ["نُـۨجِى"],
    "ويبسط": ["وَيَبْصُۜطُ"],
    # silent letters
    "قالوا": ["قَالُوا۟"],
    "أولو": ["أُو۟لُوا۟"],
    "يعفو": ["يَعْفُوَا۟"],
    "مائة": ["مِا۟ئَةٍ"],
    "لأذبحنه": ["لَأَا۟ذْبَحَنَّهُۥٓ"],
    "الملأ": ["ٱلْمَلَؤُا۟"],
    "الضعفاء": ["ٱلضُّعَفَـٰٓؤُا۟"],
    # others
    "الليل": ["ٱلَّيْلِ", "ٱليل"],
    "اللاتي": ["ٱلَّـٰتِى"],
    "الذين": ["ٱلَّذِينَ"],
    "ياأيها": ["يَـٰٓأَيُّهَا"],
}
# Modern words that resemble the spelling.
MODERN = "قراءات إجراءات جزءا بدءاً ضوءا هدوءا سوءات مروءات شيئا مسؤول مئة مائة هدى علي الصلوات آية أأنت قرأ لجؤوا ـكتاب"


@pytest.mark.parametrize("modern", WORDS)
def test_words_are_found_by_their_modern_spelling(modern: str) -> None:
    for written in WORDS[modern]:
        assert ck.normalize(written, "quran") == ck.normalize(modern, "search"), written


def test_signs_that_are_no_letters_are_dropped() -> None:
    assert ck.normalize("ذَٰلِكَ ٱلْكِتَـٰبُ لَا رَيْبَ ۛ فِيهِ ۛ هُدًى ۞ ۩ عِوَجَا ۜ", "quran").split() == [
        *ck.normalize("ذلك الكتاب لا ريب فيه هدى عوجا", "search").split()
    ]


@pytest.mark.parametrize("word", MODERN.split())
def test_modern_words_are_as_in_search(word: str) -> None:
    assert ck.normalize(word, "quran") == ck.normalize(word, "search")


def test_vowels_stay_where_they_are_asked_for() -> None:
    normalizer = ck.Normalizer(uthmani="modern")
    assert normalizer("ٱلصَّلَوٰةَ") == "ٱلصَّلَاةَ"
    assert normalizer("شَيْـًٔا") == "شَيْئًا"
    assert normalizer.steps == ("uthmani",)
    assert ck.Normalizer.preset("quran").replace(uthmani="keep")("الصلوٰة") == "الصلواه"


def test_offsets_point_at_the_source() -> None:
    text = "قال ٱلصَّلَوٰةَ لَهُۥ"
    result, offsets = ck.Normalizer.preset("quran").with_offsets(text)
    assert result == "قال الصلاه له"
    assert [text[place] for place in offsets] == [*"قال ٱلصلوة له"]
    result, offsets = ck.Normalizer(uthmani="modern").with_offsets("العٰلمين")
    assert (result, offsets.tolist()) == ("العالمين", [0, 1, 2, 3, 4, 5, 6, 7])


def test_each_listed_word_has_one_dagger_alef() -> None:
    assert all(pattern.count("(ٰ)") == 1 for pattern in WITHOUT_ALEF)


@settings(max_examples=examples(500))
@given(TEXTS)
def test_rules_equal_their_twin(text: str) -> None:
    assert (modern_spelling(text) or (text, [*range(len(text))])) == modern_slowly(text)


def test_a_modern_search_finds_the_words(tmp_path: Path) -> None:
    verse = "وَأَقِيمُوا۟ ٱلصَّلَوٰةَ وَءَاتُوا۟ ٱلزَّكَوٰةَ ۚ"
    corpus = ck.Corpus.build(pl.DataFrame({"text": [verse, "الصلاة"]}), tmp_path / "corpus", profile="quran")
    assert corpus.manifest["folded_profile"]["name"] == "quran"
    found = ck.kwic(corpus, "الصلاة")
    assert set(found.variants["surface"]) == {"الصلاة", "ٱلصَّلَوٰةَ"}
    assert len(ck.kwic(corpus, "وآتوا الزكاة")) == 1
    counts = dict(ck.frequency(corpus, profile="quran").select("word", "count").iter_rows())
    assert counts["الصلاه"] == 2
    plain = ck.Corpus.build(pl.DataFrame({"text": [verse]}), tmp_path / "plain")
    assert plain.manifest["folded_profile"]["name"] == "search"
    assert len(ck.kwic(plain, "الصلاة")) == 0
