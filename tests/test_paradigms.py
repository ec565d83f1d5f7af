"""The lexicon of paradigms: its tables beside mazini, its lists, its cache, and that it is fair to all persons."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from mazini import conjugate
from mazini.lexicon import attested_wazns, lexicon_roots

from corpus_kit.text import words
from corpus_kit.text.annotators import annotate
from corpus_kit.text.lemmas import lemmatize
from corpus_kit.text.paradigms import lexicon as module
from corpus_kit.text.paradigms.affixes import BACKS, FRONTS, NOUNS, PERSONS, TENSES
from corpus_kit.text.paradigms.letters import encoded, folded
from corpus_kit.text.paradigms.lexicon import lexicon
from corpus_kit.text.paradigms.make_verbs import nominal, plain
from corpus_kit.text.paradigms.nominals import listed_forms
from corpus_kit.text.paradigms.sources import table
from corpus_kit.text.readings import READING_SCHEMA, Reader, readings

pytestmark = pytest.mark.interface

TENSE_NAMES = {"past": "perfect", "ind": "indicative", "sub": "subjunctive", "juss": "jussive", "imp": "imperative"}
SLOT = re.compile("(past|ind|sub|juss|imp)(_pass)?_(.+)")
TEN_PERSONS = ("past_3ms", "past_3fs", "past_3mp", "past_1s", "past_1p")
TEN_PERSONS += ("ind_3ms", "ind_3fs", "ind_3mp", "ind_1s", "ind_1p")

Slot = tuple[str, str, str]


def forms_of(verb: int) -> dict[Slot, set[str]]:
    """Return the forms of a verb by tense, voice and person, from the tables."""
    rows = (
        table("stems")
        .filter(pl.col("verb") == verb)
        .join(table("classes"), on="class")
        .select("tense", "voice", "person", pl.concat_str("prefix", "stem", "suffix").alias("form"))
    )
    found: dict[Slot, set[str]] = defaultdict(set)
    for tense, voice, person, form in rows.iter_rows():
        found[tense, voice, person].add(form)
    return found


def slots_of(root: str) -> dict[str, tuple[dict[Slot, set[str]], set[str]]]:
    """Return the forms of all verbs of a root by lemma, and their nominals, from mazini."""
    verbs: dict[str, tuple[dict[Slot, set[str]], set[str]]] = {}
    for pattern in attested_wazns(root):
        slots = {name: [form.form for form in forms] for name, forms in conjugate(root, pattern).slots.items()}
        forms, nominals = verbs.setdefault(plain(slots["past_3ms"][0]), (defaultdict(set), set()))
        for name, spellings in slots.items():
            if match := SLOT.fullmatch(name):
                slot = TENSE_NAMES[match[1]], "passive" if match[2] else "active", match[3]
                forms[slot].update(plain(spelling) for spelling in spellings)
            elif name in ("ap", "ap1", "pp", "vn", "vn2", "apcd"):
                nominals.update(nominal(spelling) for spelling in spellings if spelling != "?")
    return verbs


def test_tables_have_every_slot_of_seeded_verbs() -> None:
    roots = sorted(lexicon_roots())
    random.Random(24).shuffle(roots)
    keys = {(root, lemma): row for row, (root, lemma) in enumerate(table("verbs").select("root", "lemma").iter_rows())}
    derived: dict[int, set[str]] = defaultdict(set)
    for form, verb in table("nominals").select("nominal", "verb").iter_rows():
        derived[verb].add(form)
    compared = 0
    for root in roots:
        for lemma, (slots, nominals) in slots_of(root).items():
            verb = keys[root, lemma]
            assert forms_of(verb) == slots, (root, lemma)
            assert derived[verb] == nominals, (root, lemma)
            compared += 1
        if compared >= 300:
            break
    assert compared >= 300


def frequent_verbs(n: int) -> list[int]:
    """Return the verbs that weigh most, each lemma once."""
    lex = lexicon()
    order = np.argsort(lex.weights[: lex.n_verbs], kind="stable")
    lemmas = table("verbs")["lemma"].to_list()
    first: dict[str, int] = {}
    for row in order.tolist():
        first.setdefault(lemmas[row], row)
    return [first[lemma] for lemma in list(first)[:n]]


def test_all_persons_of_a_verb_have_its_lemma() -> None:
    """Of 200 frequent verbs in ten persons. The others are also forms of another verb (يعلم) or words (أصدر, بنت)."""
    lemmas = table("verbs")["lemma"].to_list()
    slots = [(TENSE_NAMES[name.split("_")[0]], "active", name.split("_")[1]) for name in TEN_PERSONS]
    asked = []
    for verb in frequent_verbs(200):
        forms = forms_of(verb)
        asked += [(lemmas[verb], slot, form) for slot in slots for form in sorted(forms[slot])[:1]]
    found = lemmatize([form for *_, form in asked])
    right = [lemma == own for (lemma, *_), own in zip(asked, found, strict=True)]
    assert len(asked) == 2000
    assert np.mean(right) >= 0.94
    third = [whether for (_, slot, _), whether in zip(asked, right, strict=True) if slot[2] in ("3ms", "3fs", "3mp")]
    assert np.mean(third) >= 0.95


@pytest.mark.parametrize(
    "verb", ["قام", "أعلن", "استخدم", "تابع", "انتهى", "أكد", "سعى", "اتهم", "شارك", "أضاف", "دعا"]
)
def test_feminine_subjects_count_as_much_as_masculine_ones(verb: str) -> None:
    lemmas = table("verbs")["lemma"]
    forms = forms_of(next(row for row in frequent_verbs(3000) if lemmas[row] == verb))
    asked = [
        form
        for tense in ("perfect", "indicative")
        for person in ("3ms", "3fs", "3mp")
        for form in forms[tense, "active", person]
    ]
    assert dict.fromkeys(lemmatize(asked)) == {verb: None}
    future = [f"وس{form}" for person in ("3ms", "3fs") for form in forms["indicative", "active", person]]
    assert dict.fromkeys(lemmatize(future)) == {verb: None}


@pytest.mark.parametrize(
    ("lemma", "forms"),
    [
        ("إطلاق", "إطلاق الإطلاق اطلاق بإطلاق"), ("متهم", "متهما المتهم المتهمين متهمون"),
        ("مصري", "مصرية المصرية المصريين"),
        ("خاص", "خاصا الخاص"), ("امرأة", "نساء النساء"), ("نبأ", "أنباء الأنباء"), ("تراجع", "تراجعا التراجع"),
        ("جد", "جدا"), ("غد", "غدا"), ("قائمة", "قائمة قوائم قائمتهم"), ("دولة", "دول الدول دولتين"),
        ("مدرسة", "مدارس بمدارسهم"),
        ("أكبر", "كبرى الكبرى أكبر"), ("أول", "أول الأولى"), ("قاضي", "قاضي القاضي قضاة القضاة"),
        ("مسؤول", "مسؤولين مسؤوليهم المسؤولون"),
        ("وزير", "وزير وزيرا وزراء وزرائهم"), ("ليس", "ليس ليست ليسوا"), ("كان", "كانت تكون سيكونون وكان كنا"),
        ("بات", "باتت بات"),
    ],
)  # fmt: skip
def test_nouns_and_adjectives(lemma: str, forms: str) -> None:
    assert dict.fromkeys(lemmatize(forms.split())) == {lemma: None}


@pytest.mark.parametrize(
    ("word", "lemma"),
    [("وان", "أن"), ("اليه", "إلى"), ("واضاف", "أضاف"), ("اعلنت", "أعلن"), ("الاسبوع", "أسبوع"), ("فى", "في")],
)  # fmt: skip
def test_words_written_without_hamza_or_dots(word: str, lemma: str) -> None:
    assert lemmatize([word])[0] in (lemma, "إن")


@pytest.mark.parametrize("word", ["ودية", "بنود", "بلاتيني", "بليون", "بوينج", "باول", "منوها", "متهما"])
def test_what_is_not_cut(word: str) -> None:
    assert annotate([word])["segments"].to_list() == [[word]]


@pytest.mark.parametrize("word", ["و+تم", "و+فى", "ف+ان", "ل+لسهم", "ب+الفعل"])
def test_what_is_cut(word: str) -> None:
    assert annotate([word.replace("+", "")])["segments"].to_list() == [word.split("+")]


# ---------------------------------------------------------------------------------------- roots


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("يكتبون", "كتب"), ("كاتب", "كتب"), ("والمكتبات", "كتب"), ("قالت", "قول"), ("استقال", "قيل"), ("سأل", "سءل"),
        ("مسؤولون", "سءل"), ("حكومة", "حكم"), ("محكمة", "حكم"), ("مصنع", "صنع"), ("منشار", "نشر"), ("طيار", "طير"),
        ("مكان", "كون"), ("حق", "حقق"), ("رمى", "رمي"), ("دعوة", "دعو"), ("سماء", "سمو"),
        ("زلزال", "زلزل"), ("تصريحات", "صرح"),
    ],
)  # fmt: skip
def test_roots(word: str, root: str) -> None:
    [roots] = annotate([word])["root"].to_list()
    assert root in roots


def test_roots_are_letters_and_most_words_that_are_no_names_have_one() -> None:
    lex = lexicon()
    roots = lex.roots.explode().drop_nulls()
    assert roots.str.contains("^[ءبتثجحخدذرزسشصضطظعغفقكلمنهوي]{3,4}$").all()
    assert len(lex.roots) == lex.n_known
    assert lex.roots.head(lex.n_verbs).null_count() == 0
    assert annotate(["في", "لندن", "بلينكن", "2030", "هذه"])["root"].to_list() == [None] * 5


# ---------------------------------------------------------------------------------------- lists and tables


def test_lists_are_plain_and_sorted_out() -> None:
    verbs = set(table("verbs")["lemma"])
    for name in ("nouns.txt", "verbs.txt"):
        for form, lemma in listed_forms(name).items():
            assert words.plain_spelling(form) == form
            assert words.ARABIC_WORD.fullmatch(form)
            assert words.ARABIC_WORD.fullmatch(lemma)
    assert set(listed_forms("verbs.txt").values()) <= verbs


def test_priors_are_shares() -> None:
    assert sum(TENSES.values()) == pytest.approx(1.05, abs=0.01)
    assert sum(PERSONS.values()) == pytest.approx(1, abs=0.05)
    assert all(0 < share <= 1 for endings in NOUNS.values() for share in endings.values())
    assert all(0 < affix.probability <= 1 for affix in (*FRONTS, *BACKS))
    assert all(affix.text.startswith("".join(affix.pieces)) for affix in FRONTS)
    assert all(affix.text.endswith("".join(affix.pieces)) for affix in BACKS)


def test_letters_are_folded_as_the_core_folds_them() -> None:
    from corpus_kit.text.paradigms.letters import CODE_OF, FOLD

    for letter, code in CODE_OF.items():
        assert FOLD[code] == CODE_OF[folded(letter)]
    letters = encoded(pl.Series(["كتب", "", "a؟ب"]))
    assert letters.starts.tolist() == [0, 3, 3, 6]
    assert letters.codes.tolist() == [CODE_OF["ك"], CODE_OF["ت"], CODE_OF["ب"], 0, 0, CODE_OF["ب"]]


@pytest.mark.parametrize(
    ("word", "category"),
    [("مليون", "number"), ("وخمسة", "number"), ("العشرين", "number"), ("بأنه", "particle"), ("كتاب", "noun")],
)
def test_the_category_of_the_likeliest_reading(word: str, category: str) -> None:
    assert readings([word])["category"][0] == category


def test_readings_of_words_that_cannot_be_read() -> None:
    frame = Reader().read(pl.Series(["ڭڭڭ", "ظظظظظ", "ب" * 49, "و"]))
    assert frame.schema == READING_SCHEMA
    assert frame.select("front", "back").rows() == [(0, 0)] * 4
    assert frame["base"].to_list() == ["ڭڭڭ", "ظظظظظ", "ب" * 49, "و"]
    assert Reader().read(pl.Series([], dtype=pl.String)).schema == READING_SCHEMA


# ---------------------------------------------------------------------------------------- cache


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[int]:
    """Count how often the lexicon is compiled; it is that of this process each time."""
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(tmp_path / "cache"))
    arrays = {"codes": np.arange(5, dtype=np.uint8), "weights": np.zeros(3)}
    count: list[int] = []

    def compiled(advance: Callable[[], object]) -> dict[str, np.ndarray]:
        advance()
        count.append(1)
        return {name: array.copy() for name, array in arrays.items()}

    monkeypatch.setattr(module, "compiled", compiled)
    monkeypatch.setattr(module, "Lexicon", dict)
    return count


def opened() -> object:
    return module.lexicon.__wrapped__()


def test_the_lexicon_is_compiled_once(compilations: list[int], tmp_path: Path) -> None:
    first = opened()
    assert str(opened()) == str(first)
    assert len(compilations) == 1
    [file] = (tmp_path / "cache").iterdir()
    assert re.fullmatch("lexicon-[0-9a-f]{16}\\.npz", file.name)


@pytest.mark.parametrize("damage", ["cut", "byte", "empty", "folder"])
def test_a_damaged_lexicon_is_compiled_again(compilations: list[int], tmp_path: Path, damage: str) -> None:
    opened()
    [file] = (tmp_path / "cache").iterdir()
    data = file.read_bytes()
    if damage == "folder":
        file.unlink()
        file.mkdir()
    else:
        place = data.index(b"\x01\x02\x03") if damage == "byte" else 0
        damaged = {"cut": data[:100], "empty": b"", "byte": data[:place] + b"\xff" + data[place + 1 :]}[damage]
        file.write_bytes(damaged)
    with pytest.warns(UserWarning, match="cannot keep") if damage == "folder" else nullcontext():
        opened()
    assert len(compilations) == 2


def test_without_a_writable_folder_the_lexicon_is_compiled_in_each_process(
    compilations: list[int], tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file")
    for _ in range(2):
        with pytest.warns(UserWarning, match="cannot keep the Arabic lexicon in .* each process compiles it"):
            assert opened() is not None
    assert len(compilations) == 2
