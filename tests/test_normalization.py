"""Normalisation compared with documented examples, a slow twin, Unicode, and the tools it imitates."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import unicodedata2
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles_normalization import normalize_slowly

from corpus_kit.errors import InputError
from corpus_kit.text import arabic
from corpus_kit.text.normalization import _CHOICES, PRESETS, Normalizer, normalize, normalize_series, resolve_profile

pytestmark = [pytest.mark.core, pytest.mark.interface]

GOLDEN = Path(__file__).parent / "golden"
CHOICES = {option: list(values) for option, values in _CHOICES.items()}

# ------------------------------------------------------------------------------- generated texts

HAMZA_ABOVE, HAMZA_BELOW, MADDAH = "\u0654", "\u0655", "\u0653"
CHARS = st.one_of(
    st.sampled_from("المهكوييىةأإآؤئٱ\u0672\u0673بتفرسم"),
    st.sampled_from("\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"),
    st.sampled_from(
        HAMZA_ABOVE + HAMZA_BELOW + MADDAH + "\u0670\u0610\u0615\u065c\u06d6\u06e5\u06dd\u08e2\u08f0\u0897"
    ),
    st.sampled_from("ـ گچپڤکیەہھۀۂۃۓےں"),
    st.sampled_from("لللاههـ"),
    st.sampled_from(sorted(arabic.PRESENTATION_FORMS)).map(chr),
    st.sampled_from([*sorted(arabic.WORD_LIGATURES), *sorted(arabic.ORNATE_BRACKETS), 0xFE73]).map(chr),
    st.sampled_from(sorted(arabic.CONTROLS | arabic.ODD_SPACES | {arabic.ZWNJ})).map(chr),
    st.sampled_from("\u200d\u200d\ufe0f❤👩🏽🙂♂"),
    st.sampled_from("٠١٢۳۴5 \n\t.،aAZzÀİȺẞ\u0301\U00010efc\U00010efd\U0010ffff\x00"),
    st.characters(exclude_categories=["Cs"]),
)
UTHMANI = st.one_of(
    st.sampled_from("ٱٰۥۦۣۧۨۜ۟۠ۡۖـ\u0654\u0655\u064e\u064f\u0650\u0652\u064b\u08f0"),
    st.sampled_from("اوىيءأؤئآصدنرلهةسم \u200d"),
    st.sampled_from(["صلوٰة", "ءا", "رءا", "داوۥد", "ٱليل", "هٰذا", "لٰكن", "إلٰه", "ـَٔا", "ـٔ", "ؤا۟", "وا۟", "ىٰ", "أولو"]),
)
TEXTS = st.text(CHARS, max_size=25) | st.lists(UTHMANI | CHARS, max_size=15).map("".join)
OPTIONS = st.fixed_dictionaries(
    {
        **{option: st.sampled_from(values) for option, values in CHOICES.items()},
        "elongation": st.sampled_from([None, None, 1, 2, 3]),
    }
)
PRESET = st.sampled_from(PRESETS)


def check_against_twin(normalizer: Normalizer, text: str) -> None:
    expected, sources = normalize_slowly(text, normalizer.options)
    result, offsets = normalizer.with_offsets(text)
    assert result == expected
    assert offsets.dtype == np.int64
    assert offsets.tolist() == sources
    assert normalizer(text) == expected
    assert normalize_series(pl.Series([text]), normalizer).item() == expected


@settings(max_examples=examples(500))
@given(PRESET, TEXTS)
def test_presets_equal_their_twin(preset: str, text: str) -> None:
    check_against_twin(Normalizer.preset(preset), text)


@settings(max_examples=examples(300))
@given(OPTIONS, st.lists(TEXTS, min_size=1, max_size=3))
def test_any_options_equal_their_twin(options: dict[str, Any], texts: list[str]) -> None:
    for text in texts:
        check_against_twin(Normalizer(**options), text)


def test_every_code_point_equals_the_twin() -> None:
    everything = [chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    for preset in ("repair", "social"):
        normalizer = Normalizer.preset(preset).replace(ligatures="expand", lookalikes=True)
        touched = {chr(code_point) for code_point in normalizer.changes()["code_point"]}
        for char in touched:
            check_against_twin(normalizer, char)
        rest = [char for char in everything if char not in touched]
        assert normalizer(rest) == rest
        assert [normalizer(char) for char in rest[:0x3000]] == rest[:0x3000]


@settings(max_examples=examples(500))
@given(PRESET, TEXTS)
def test_presets_are_idempotent(preset: str, text: str) -> None:
    once = normalize(text, preset)
    assert normalize(once, preset) == once


@settings(max_examples=examples(300))
@given(OPTIONS, TEXTS)
def test_any_options_are_idempotent(options: dict[str, Any], text: str) -> None:
    normalizer = Normalizer(**options)
    once = normalizer(text)
    assert normalizer(once) == once


ARABIC_CHARS = st.one_of(
    st.sampled_from("ابوييىهۀۂۓەہےأإآؤئٱ "),
    st.sampled_from(sorted(arabic.COMBINING_CLASSES)).map(chr),
    st.sampled_from([HAMZA_ABOVE, HAMZA_BELOW, MADDAH, "\u064e", "\u0651"]),
    st.characters(min_codepoint=0x600, max_codepoint=0x6FF),
    st.characters(min_codepoint=0x750, max_codepoint=0x77F),
    st.characters(min_codepoint=0x870, max_codepoint=0x8FF),
    st.characters(min_codepoint=0x10EC0, max_codepoint=0x10EFF),
)


@settings(max_examples=examples(500))
@given(st.text(ARABIC_CHARS, max_size=25))
def test_composition_is_nfc(text: str) -> None:
    assert Normalizer(composition="nfc")(text) == unicodedata2.normalize("NFC", text)


# ---------------------------------------------------------------------------- documented strings

GOLDEN_STRINGS = [
    ("search", "على مدى", "علي مدي"),
    ("dediac", "هٰذا الرَّحْمٰن", "هذا الرحمن"),
    ("search", "ٱلكتاب", "الكتاب"),
    ("search", "ا\u0654حمد", "احمد"),
    ("repair", "\ufefc \ufef8 \ufef7", "لا لأ لأ"),
    ("repair", "محمد ﷺ", "محمد ﷺ"),
    ("search", "ڤيديو گروب", "ڤيديو گروب"),
    ("search", "عل\u06cc", "علي"),
    ("dediac", "كتاب\u08f0ا", "كتابا"),
    ("search", "كتاب\u08f0ا", "كتابا"),
    ("dediac", "لَهُۥ", "له"),
    ("social", "اللللله", "الله"),
    ("search", "ب\u0654ايتنا ب\u0655\u064e", "بايتنا ب"),
    ("search", "و\u0654 ي\u0654 ى\u0654 ا\u0655 ه\u0654", "ؤ ئ ئ ا ه"),
    ("search", "۞ آية ۩ نعم\u06dd", " ايه  نعم"),
    ("dediac", "ب\u0654 ۞ ۩", "ب\u0654 ۞ ۩"),
    ("lucene", "ب\u0654 ۞", "ب\u0654 ۞"),
]


@pytest.mark.parametrize(("preset", "text", "expected"), GOLDEN_STRINGS)
def test_strings_that_other_tools_get_wrong(preset: str, text: str, expected: str) -> None:
    assert normalize(text, preset) == expected


def test_ligatures_and_lookalikes_are_options() -> None:
    expand = Normalizer.preset("repair").replace(ligatures="expand")
    result, offsets = expand.with_offsets("محمد ﷺ")
    assert result == "محمد صلى الله عليه وسلم"
    assert offsets.tolist() == [0, 1, 2, 3, 4] + 18 * [5]
    assert expand("\ufd3fا\ufd3e") == "(ا)"
    assert Normalizer.preset("search").replace(lookalikes=True)("ڤيديو گروب") == "فيديو كروب"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("اللللله", "الله"), ("الله", "الله"), ("لللله", "لله"), ("وللللله", "ولله"), ("واللللله", "والله"),
        ("باللللله", "بالله"), ("فلللله", "فلله"), ("جميييييل", "جمييل"), ("مللللله", "ملله"), ("ووووو", "وو"),
        ("اللـللله", "الله"), ("هههههه", "هه"), ("١١١١ aaaa !!!!", "1111 aaaa !!!!"), ("ذلللله", "ذلله"),
        ("كللللللام", "كللام"), ("يا لللله", "يا لله"),
        # no word ends with two alefs; within a word two are kept, as of any letter
        ("لاا لا لاااا ﻻا!", "لا لا لا لا!"), ("شكراااا جدااً", "شكرا جدا"), ("الاان الااااان", "الاان الاان"),
        ("اللاإنساني عطاالله لاأحد", "اللاانساني عطاالله لااحد"), ("واااو ااا", "وااو ا"),
    ],
)  # fmt: skip
def test_elongation(text: str, expected: str) -> None:
    assert normalize(text, "social") == expected


@pytest.mark.parametrize("longest", [1, 2, 3, 9])
def test_the_lams_of_allah_are_two_for_any_limit(longest: int) -> None:
    repair = Normalizer.preset("repair").replace(elongation=longest)
    assert repair("اللللله") == "الله"
    assert repair("والله") == "والله"
    assert repair("لللله") == "لله"
    assert repair("اللللَّهُ") == unicodedata2.normalize("NFC", "اللَّهُ")
    assert repair("كَتَبَ") == "كَتَبَ"


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        ({"dagger": "alef"}, "هٰذا", "هاذا"),
        ({"dagger": "drop"}, "هٰذا", "هذا"),
        ({"hamza": "seat"}, "مؤمن بئر", "مومن بير"),
        ({"hamza": "bare"}, "مؤمن بئر", "مءمن بءر"),
        ({"hamza": "seat"}, "و\u0654", "و"),
        ({"hamza": "bare"}, "و\u0654", "وء"),
        ({"marks": "core"}, "كَتَبَ\u06e5", "كتب\u06e5"),
        ({"marks": "extended"}, "كَتَبَ\u06e5\u0670", "كتب\u0670"),
        ({"quranic": "drop"}, "لَهُۥ ۖ\u06dd", "لَهُ "),
        ({"zwnj": "drop"}, "می\u200cرود", "میرود"),
        ({"controls": "drop"}, "\u200fا\u061cب\u00ad\ufeff", "اب"),
        ({"controls": "drop"}, "ه\u200d 👩\u200d👩 ❤\ufe0f\u200d🙂", "ه 👩\u200d👩 ❤\ufe0f\u200d🙂"),
        ({"spaces": "ascii"}, "ا\u00a0ب\u3000\tج\nد\u2028", "ا ب \tج\nد\u2028"),
        ({"presentation": "letters"}, "\ufe76\ufc5e\ufe77", "\u064e\u064c\u0651ـ\u064e"),
        ({"presentation": "letters", "tatweel": "drop"}, "\ufe77", "\u064e"),
        ({"alef": "hamza"}, "أإآٱ\u0672", "اااٱ\u0672"),
        ({"alef": "wasla"}, "أإآٱ\u0672ا\u0654", "اااا\u0672ا\u0654"),
        ({"alef": "all"}, "أإآٱ\u0672ا\u064e\u0654و\u0654", "اااااا\u064eو\u0654"),
        ({"digits": "ascii"}, "٣٫١٤ ۴", "3٫14 4"),
        ({"case": "lower"}, "ÀİẞȺ\u0391", "àiß\u2c65\u0391"),
        ({"composition": "nfc", "maksura": "yeh"}, "ى\u0654", "ئ"),
        ({"composition": "nfc", "tatweel": "drop"}, "يـ\u0654", "ئ"),
    ],
)
def test_options(options: dict[str, Any], text: str, expected: str) -> None:
    assert Normalizer(**options)(text) == expected


def test_offsets_point_at_the_source() -> None:
    result, offsets = Normalizer.preset("repair").with_offsets("ا\u0651\u0654\u200fﻼ")
    assert result == "أ\u0651لا"
    assert offsets.tolist() == [0, 1, 4, 4]
    result, offsets = Normalizer.preset("repair").with_offsets("ب\u0651\u064e")
    assert (result, offsets.tolist()) == ("ب\u064e\u0651", [0, 2, 1])
    assert Normalizer.preset("search").with_offsets("")[1].tolist() == []


# ------------------------------------------------------------------------------ tables and other tools


def golden(name: str) -> list[tuple[str, ...]]:
    lines = (GOLDEN / f"normalisation_{name}.tsv").read_text("utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("preset", PRESETS)
def test_preset_changes_match_the_golden_files(preset: str) -> None:
    changes = Normalizer.preset(preset).changes()
    assert changes.select("hex", "result_hex", "step").rows() == golden(preset)


@pytest.mark.no_sanitizer
@pytest.mark.parametrize("peer", ["camel", "lucene"])
def test_presets_equal_other_tools(peer: str) -> None:
    expected = golden(f"peer_{peer}")
    assert Normalizer.preset(peer).changes().select("hex", "result_hex").rows() == expected
    table = {
        int(source[2:], 16): "".join(chr(int(point[2:], 16)) for point in result.split()) for source, result in expected
    }
    everything = "".join(chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    for text in (everything, everything[::-1]):
        assert normalize(text, peer) == text.translate(table)
        assert normalize([text], peer) == [text.translate(table)]


def test_presentation_forms_match_unicode() -> None:
    for code_point in [*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFF)]:
        if code_point in arabic.WORD_LIGATURES:
            continue
        expected = unicodedata2.normalize("NFKC", chr(code_point)).replace(" ", "")
        letters = arabic.PRESENTATION_FORMS.get(code_point, (code_point,))
        assert "".join(map(chr, letters)) == expected
    for code_point in range(0xFDF0, 0xFDFD):
        assert arabic.WORD_LIGATURES[code_point] == unicodedata2.normalize("NFKC", chr(code_point))


def test_inventory_matches_unicode() -> None:
    assert unicodedata2.unidata_version.startswith(arabic.UNICODE_VERSION)
    blocks = [*range(0x600, 0x700), *range(0x750, 0x780), *range(0x870, 0x900), *range(0x10EC0, 0x10F00)]
    classes = {point: unicodedata2.combining(chr(point)) for point in blocks}
    assert {point: number for point, number in classes.items() if number} == arabic.COMBINING_CLASSES
    assert {point for point in blocks if unicodedata2.category(chr(point)) == "Lo"} == arabic.LETTERS
    canonical = {
        point: tuple(int(part, 16) for part in unicodedata2.decomposition(chr(point)).split())
        for point in blocks
        if unicodedata2.decomposition(chr(point)) and "<" not in unicodedata2.decomposition(chr(point))
    }
    assert canonical == arabic.DECOMPOSITIONS
    everything = range(0x110000)
    assert {point for point in everything if unicodedata2.category(chr(point)) == "Zs"} - {0x20} == arabic.ODD_SPACES
    latin = [*range(0x250), *range(0x1E00, 0x1F00)]
    lower = {point: ord(chr(point).lower()[0]) for point in latin if chr(point).lower() != chr(point)}
    assert lower == arabic.LOWER_CASE
    assert {point for point in latin if len(chr(point).lower()) > 1} == {0x130}
    for table in (arabic.LOOKALIKES, arabic.FARSI_LETTERS, arabic.HAMZA_SEATS):
        assert table.keys() <= arabic.LETTERS
        assert set(table.values()) <= set(range(0x621, 0x64B))


def test_word_ligatures_expand_to_letters_and_spaces() -> None:
    for word in arabic.WORD_LIGATURES.values():
        assert {ord(char) for char in word} <= arabic.LETTERS | {0x20}
        assert normalize(word, "repair") == word


# --------------------------------------------------------------------------------- the interface


def test_output_type_matches_input_type() -> None:
    assert normalize("أحمد") == "احمد"
    assert normalize(["أحمد", None, ""]) == ["احمد", None, ""]
    series = normalize(pl.Series("name", ["أحمد", None]))
    assert (series.name, series.dtype, series.to_list()) == ("name", pl.String, ["احمد", None])
    assert normalize([]) == []
    assert normalize(pl.Series("e", [], dtype=pl.String)).dtype == pl.String
    assert normalize(pl.Series("n", [None, None])).to_list() == [None, None]
    assert normalize(pl.Series("c", ["أ", "ب", "أ"], dtype=pl.Categorical)).to_list() == ["ا", "ب", "ا"]
    assert normalize("أَ", None) == "أَ"
    assert normalize(["أَ", None], None) == ["أَ", None]
    assert normalize(pl.Series(["أَ"]), None).to_list() == ["أَ"]
    assert normalize("أحمد", Normalizer.preset("camel")) == "احمد"


TABLE_COLUMN = st.lists(st.one_of(st.none(), TEXTS), max_size=12)


@settings(max_examples=examples(30))
@given(TABLE_COLUMN)
def test_expressions_agree_in_every_engine(texts: list[str | None]) -> None:
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    expected = normalize(pl.Series("text", texts, dtype=pl.String))
    expression = normalize(pl.col("text"), "search")
    assert frame.select(expression)["text"].equals(expected, null_equal=True)
    lazy = frame.lazy().select(expression)
    assert lazy.collect_schema() == {"text": pl.String}
    assert lazy.collect()["text"].equals(expected, null_equal=True)
    assert lazy.collect(engine="streaming")["text"].equals(expected, null_equal=True)
    grouped = frame.with_columns(normalize(pl.col("text"), "search").over(pl.lit(1)))
    assert grouped["text"].equals(expected, null_equal=True)
    assert frame.select(normalize(pl.col("text"), None))["text"].to_list() == texts


@given(st.lists(st.one_of(st.none(), TEXTS), min_size=1, max_size=10), st.data())
def test_slices_and_chunks(texts: list[str | None], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(texts)))
    series = pl.Series("t", texts + texts, dtype=pl.String)[start:].append(pl.Series("t", texts, dtype=pl.String))
    expected = [None if text is None else normalize(text) for text in (texts + texts)[start:] + texts]
    assert normalize(series).to_list() == expected


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: normalize("ا", "serach"), "^profile must be .* 'search'"),
        (lambda: normalize("ا", 3), "^profile must be .* got 3"),
        (lambda: normalize(3), "^obj must be .* got 3"),
        (lambda: normalize(b"abc"), "^obj must be .* got b'abc'"),
        (lambda: normalize(["ا", 3]), r"^obj\[1\] must be .* got 3"),
        (lambda: normalize(["ا", 3], None), r"^obj\[1\] must be .* got 3"),
        (lambda: normalize(pl.Series("n", [1])), "^obj must be .* got Int64 .*'n'"),
        (lambda: normalize("ا\ud800"), r"^obj must be .* U\+D800 is at position 1"),
        (lambda: normalize(["ا\ud800"]), r"^obj\[0\] must be .* U\+D800 is at position 1"),
        (lambda: Normalizer.preset("search").with_offsets("\udfff"), r"^text must be .* U\+DFFF"),
        (lambda: Normalizer.preset("search").with_offsets(["ا"]), "^text must be .* got"),
        (lambda: Normalizer.preset("repare"), "^name must be .* 'repair'"),
        (lambda: Normalizer.preset("search").replace(hamzah="seat"), "^option must be .* got 'hamzah'.* 'hamza'"),
        (lambda: Normalizer.preset("search").replace(hamza="seats"), "^hamza must be .* 'seat'"),
        (lambda: Normalizer(marks="none"), "^marks must be 'core', 'extended' or None, got 'none'"),
        (lambda: Normalizer(marks="None"), "^marks must be .* got 'None'"),
        (lambda: Normalizer(hamza=None), "^hamza must be .* got None"),
        (lambda: Normalizer(tatweel=True), "^tatweel must be .* got True"),
        (lambda: Normalizer(elongation=0), "^elongation must be .* got 0"),
        (lambda: Normalizer(elongation=True), "^elongation must be .* got True"),
        (lambda: Normalizer(elongation="2"), "^elongation must be .* got '2'"),
        (lambda: Normalizer(elongation=2**40), "^elongation must be at most 2,147,483,648"),
        (lambda: Normalizer(version="0"), "^version must be .* got '0'"),
        (lambda: Normalizer(name="search"), "^name must be .* got 'search'"),
        (lambda: Normalizer(name=3), "^name must be .* got 3"),
    ],
)
def test_error_messages(call: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()


def test_a_normalizer_is_a_value() -> None:
    search = Normalizer.preset("search")
    assert search == Normalizer.preset("search")
    assert hash(search) == hash(Normalizer.preset("search"))
    assert search.replace(hamza="marks") == search
    changed = search.replace(hamza="seat", elongation=3)
    assert changed.name == "search(hamza=seat, elongation=3)"
    assert changed.replace(hamza="marks", elongation=None) == search
    assert search.replace(name="mine").name == "mine"
    assert search.replace(name="mine").replace(tatweel="keep").name == "mine*"
    assert pickle.loads(pickle.dumps(changed)) == changed
    assert resolve_profile(search) is search
    assert resolve_profile(None) is None
    assert repr(Normalizer(alef="all")) == "Normalizer('custom', version='2', alef='all')"
    assert repr(changed) == "Normalizer('search(hamza=seat, elongation=3)', version='2')"
    assert Normalizer.preset("social").steps[-1] == "elongation"
    assert Normalizer().steps == ()
    with pytest.raises(AttributeError):
        search.hamza = "seat"  # type: ignore[misc]


def test_digests_identify_normalizers() -> None:
    digests = {preset: Normalizer.preset(preset).digest for preset in PRESETS}
    assert len(set(digests.values())) == len(PRESETS)
    search = Normalizer.preset("search")
    assert search.replace(name="mine").digest == search.digest
    assert search.replace(elongation=3).digest != search.replace(elongation=2).digest
    assert search.replace(elongation=2).digest == Normalizer.preset("social").digest
    # Stored digests: if the tables or the options change, VERSION must change too.
    assert digests == dict(golden("digests"))
    code = "from corpus_kit.text.normalization import Normalizer; print(Normalizer.preset('search').digest)"
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        assert run.stdout.strip() == search.digest, run.stderr


# ------------------------------------------------------------------------------------- real text


@pytest.mark.slow
@pytest.mark.no_sanitizer  # the slow twin takes most of the time
def test_real_articles_equal_the_twin(shared: Path) -> None:
    articles = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet", columns=["content"])["content"]
    sample = articles.filter(articles.str.len_chars() > 0).gather_every(700).str.head(1500)
    for preset in PRESETS:
        normalizer = Normalizer.preset(preset)
        column = normalizer(sample)
        for text, normalised in zip(sample, column, strict=True):
            expected, sources = normalize_slowly(text, normalizer.options)
            assert normalised == expected
            result, offsets = normalizer.with_offsets(text)
            assert (result, offsets.tolist()) == (expected, sources)


def test_real_articles_keep_their_facts(shared: Path) -> None:
    articles = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet", columns=["content"])["content"]
    repaired = normalize(articles, "repair")
    assert repaired.null_count() == articles.null_count()
    forms = "[\ufb50-\ufbb1\ufbd3-\ufd3d\ufd50-\ufdc7\ufe70-\ufe72\ufe74\ufe76-\ufefc]"
    assert articles.str.count_matches(forms).sum() > 0
    assert repaired.str.count_matches(forms).sum() == 0
    assert repaired.str.count_matches("[\u00a0\u200e\u200f\u202a-\u202e]").sum() == 0
    assert normalize(repaired, "repair").equals(repaired, null_equal=True)
