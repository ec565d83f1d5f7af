"""Chains of names: rules in invented sentences, a twin over planted persons, the reference document, bad input."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.news.name_chains import name_chains
from corpus_kit.news.name_phrases import is_part
from corpus_kit.news.name_resolution import CONFIDENCES, FORMS, RULES

pytestmark = pytest.mark.interface

NAMES = Path(ck.__file__).parent / "news" / "lexicons" / "names.toml"
THAT = "إن الجسر سليم"
NAJJAR = "وزير الري المصري سامي النجار"
RIVAL = "وزير الري السوداني عمر الطيب"

# the text, a mention in it, the fullest phrase of its chain, the rule, the confidence
CASES = {
    "a surname": (f"وقال {NAJJAR} {THAT}. وأضاف النجار أن العمل مستمر.", "النجار", NAJJAR, "surname", "high"),
    "a title": (f"وقال {NAJJAR} {THAT}. وأضاف الوزير أن العمل مستمر.", "الوزير", NAJJAR, "title", "medium"),
    "a title with a nationality decides": (
        f"وقال {NAJJAR} {THAT}. وقال {RIVAL} {THAT}. وأضاف الوزير السوداني أن العمل مستمر.",
        "الوزير السوداني", RIVAL, "title", "medium",
    ),
    "a title of two": (
        f"وقال {NAJJAR} {THAT}. وقال {RIVAL} {THAT}. وأضاف الوزير أن العمل مستمر.",
        "الوزير", "الوزير", "ambiguous", "low",
    ),
    "a title of one who speaks and one who does not": (
        f"وقال {NAJJAR} {THAT} في لقاء مع {RIVAL}. وأضاف الوزير أن العمل مستمر.", "الوزير", NAJJAR, "title", "low",
    ),
    "a deputy is not the president": (
        f"وقال نائب الرئيس سامي النجار {THAT}. وأضاف الرئيس أن العمل مستمر.", "الرئيس", "الرئيس", "first", "high",
    ),
    "a prime minister is not the president": (
        f"وقال رئيس الوزراء سامي النجار {THAT}. وأضاف الرئيس أن العمل مستمر.", "الرئيس", "الرئيس", "first", "high",
    ),
    "an undersecretary is not the minister": (
        f"وقال وكيل وزارة الري سامي النجار {THAT}. وأضاف وزير الري أن العمل مستمر.",
        "وزير الري", "وزير الري", "first", "high",
    ),
    "a title before its name": (
        f"وقال الوزير {THAT}. وأضاف {NAJJAR} أن العمل مستمر.", "الوزير", NAJJAR, "title", "low",
    ),
    "a title in the feminine": (
        f"وقالت المستشارة الألمانية هدى الراوي {THAT}. وأضافت المستشارة أن العمل مستمر.",
        "المستشارة", "المستشارة الألمانية هدى الراوي", "title", "medium",
    ),
    "with ل before the article": (
        f"وقال {NAJJAR} {THAT}. والجسر سليم وفقا للوزير.", "للوزير", NAJJAR, "title", "medium",
    ),
    "two with one surname": (
        f"وقال سامي النجار {THAT}. وقال عمر النجار {THAT}. وأضاف النجار أن العمل مستمر.",
        "النجار", "النجار", "ambiguous", "low",
    ),
    "a title keeps two with one surname apart": (
        f"وقال المهندس سامي النجار {THAT}. وأضاف العقيد النجار أن العمل مستمر.",
        "العقيد النجار", "العقيد النجار", "first", "high",
    ),
    "the father is another person": (
        f"وقال فهد بن خالد النجار {THAT}. وقال خالد النجار {THAT}.", "خالد النجار", "خالد النجار", "first", "high",
    ),
    "the father's name may be left out": (
        f"وقال الدكتور فهد بن خالد النجار {THAT}. وأضاف فهد النجار أن العمل مستمر.",
        "فهد النجار", "الدكتور فهد بن خالد النجار", "part of name", "high",
    ),
    "a name with and without a space": (
        f"وقال الحارس عبد الله آل سالم {THAT}. وأضاف عبدالله آل سالم أن العمل مستمر.",
        "عبدالله آل سالم", "الحارس عبد الله آل سالم", "same words", "high",
    ),
    "a first name": (
        f"وقال الشيخ سلمان النجار {THAT}. وأضاف الشيخ سلمان أن العمل مستمر.",
        "الشيخ سلمان", "الشيخ سلمان النجار", "first name", "medium",
    ),
    "a name that is introduced without speaking": (
        "استقبل العمدة ضيفه سامي النجار أمس. وأوضح النجار أن الجسر سليم.", "النجار", "سامي النجار", "surname", "high",
    ),
    "a word of honour": (
        f"وقال {NAJJAR} {THAT}. وأضاف معاليه أن العمل مستمر.", "معاليه", NAJJAR, "honorific", "medium",
    ),
    "the short form of an organisation": (
        f"وقالت وزارة الري {THAT}. وأضافت الوزارة أن العمل مستمر.", "الوزارة", "وزارة الري", "short form", "medium",
    ),
    "an organisation without its head": (
        f"وقالت وزارة الداخلية {THAT}. وأضافت الداخلية أن العمل مستمر.",
        "الداخلية", "وزارة الداخلية", "short form", "medium",
    ),
    "an acronym": (
        f"وقالت الهيئة الوطنية للجسور (جسر) {THAT}. وأضافت جسر أن العمل مستمر.",
        "جسر", "الهيئة الوطنية للجسور", "acronym", "medium",
    ),
    "a source without a name": (
        f"وقال مصدر مسؤول {THAT}. وأضاف المصدر أن العمل مستمر.", "المصدر", "مصدر مسؤول", "short form", "medium",
    ),
    "two sources": (
        f"وقال مصدر أمني {THAT}. وقال مصدر طبي {THAT}. وأضاف المصدر أن العمل مستمر.",
        "المصدر", "المصدر", "ambiguous", "low",
    ),
    "an object after a name": (
        f"وأكد {NAJJAR} التزام بلاده السلام. وأضاف النجار أن العمل مستمر.", "النجار", NAJJAR, "surname", "high",
    ),
    "an object after a title": (
        f"وأكد وزير الري المصري استجابة الناس للمبادرة. وأضاف الوزير {THAT}.",
        "الوزير", "وزير الري المصري", "title", "medium",
    ),
    "a verb after a name": (
        f"وقال {NAJJAR} سيصل الخرطوم {THAT}. وأضاف النجار أن العمل مستمر.", "النجار", NAJJAR, "surname", "high",
    ),
    "two with one first name": (
        f"وقال محمد النجار {THAT}. ثم وصل محمد الطيب. وأضاف محمد أن العمل مستمر.",
        "محمد", "محمد", "ambiguous", "low",
    ),
    "an article makes another name": (
        f"وقال الدكتور سعيد النجار {THAT}. وأضاف السعيد أن العمل مستمر.", "السعيد", "السعيد", "first", "high",
    ),
    "a body is not its head": (
        f"وقال أمين عام الاتحاد الدولي «فيفا» {THAT}. وأعلنت فيفا أن العمل مستمر.", "فيفا", "فيفا", "first", "high",
    ),
}  # fmt: skip


def test_rules(build: Callable[..., ck.Corpus]) -> None:
    table = name_chains(build([text for text, *_ in CASES.values()]))
    found = {}
    for number, (case, (_, surface, *_)) in enumerate(CASES.items()):
        rows = table.filter(document=number, surface=surface, speaks=True).to_dicts()
        found[case] = [(row["name"], row["rule"], row["confidence"]) for row in rows]
    assert found == {case: [tuple(expected)] for case, (_, _, *expected) in CASES.items()}


def test_columns_and_other_places(build: Callable[..., ck.Corpus]) -> None:
    corpus = build([f"وصل سامي النجار أمس.\n\nوقال {NAJJAR} {THAT}. وأضاف الوزير أن العمل مستمر. ثم غادر الوزير."])
    table = name_chains(corpus)
    assert table["surface"].to_list() == ["سامي النجار", NAJJAR, "الوزير", "الوزير"]
    assert table["speaks"].to_list() == [False, True, True, False]
    assert table["chain"].to_list() == [0] * 4
    assert table["form"].to_list() == ["full", "full", "title", "title"]
    text = corpus.documents.collect()["text"][0]
    for start, end, surface in table.select("start", "end", "surface").rows():
        assert text[start:end] == surface
    assert table.schema["chain"] == pl.UInt32
    assert [table.schema[name] for name in ("form", "rule", "confidence")] == [
        pl.Enum(each) for each in (FORMS, RULES, CONFIDENCES)
    ]


def test_one_resolver_for_the_tables(build: Callable[..., ck.Corpus]) -> None:
    corpus = build([text for text, *_ in CASES.values()])
    chains = name_chains(corpus).filter("speaks").select("document", "start", "name", "form", "surface")
    said = ck.news.indirect_quotations(corpus).filter(speaker_source="explicit")
    both = said.join(chains, left_on=["document", "speaker_start"], right_on=["document", "start"], suffix="_named")
    short = both.filter(pl.col("speaker").str.split(" ").list.len() <= 3)
    fuller = pl.when(pl.col("name") != pl.col("surface_named")).then(pl.col("name"))
    assert short["speaker_refers_to"].to_list() == short.select(fuller).to_series().to_list()


# ------------------------------------------------------------------------------------------ the twin

GIVEN, SURNAMES = ["سامي", "عمر", "فهد"], ["النجار", "الطيب"]


def planted(seed: int) -> list[tuple[str, str] | str]:
    """Return whom a document lets speak, at random: full names and surnames."""
    draw = random.Random(seed)
    said: list[tuple[str, str] | str] = []
    for _ in range(draw.randint(1, 8)):
        surname = draw.choice(SURNAMES)
        said.append(surname if draw.random() < 0.5 else (draw.choice(GIVEN), surname))
    return said


def twin(said: list[tuple[str, str] | str]) -> list[str]:
    """Return whom each speaker is, slowly: a surname is the only person of that surname, or else itself."""
    persons = {each for each in said if not isinstance(each, str)}
    answers = []
    for number, each in enumerate(said):
        named = sorted(person for person in persons if person[1] == each)
        if not isinstance(each, str):
            answers.append(" ".join(each))
        elif len(named) == 1:
            answers.append(" ".join(named[0]))
        else:  # two persons: nobody knows, each time anew; nobody: the same word is the same speaker
            answers.append(f"{each} {number}" if named else each)
    return answers


def test_chains_are_those_of_the_twin(build: Callable[..., ck.Corpus]) -> None:
    documents = [planted(seed) for seed in range(150)]
    sentences = [[each if isinstance(each, str) else " ".join(each) for each in said] for said in documents]
    table = name_chains(build(["\n".join(f"وقال {name} {THAT}." for name in said) for said in sentences]))
    assert table.select("document", "start").is_unique().all()
    for document, said in enumerate(documents):
        chains = table.filter(document=document, speaks=True)["chain"].to_list()
        answers = twin(said)
        assert [chains.index(chain) for chain in chains] == [answers.index(answer) for answer in answers]


def test_no_chain_has_two_names() -> None:
    table = name_chains(ck.sample_corpus()).filter(form="full").group_by("document", "chain").agg("surface", "name")
    for surfaces, names in table.select("surface", "name").rows():
        assert len(set(names)) == 1
        last = names[0].split()
        assert all(set(surface.split()[-2:]) & set(last) for surface in surfaces)
    assert is_part(("ا", "ج"), ("ا", "بن ب", "ج"))
    assert not is_part(("ب", "ج"), ("ا", "بن ب", "ج"))


# --------------------------------------------------------------------------------- texts of others, bad input


def test_reference_document(shared: Path, build: Callable[..., ck.Corpus]) -> None:
    corpus = build([(shared / "seed" / "article.txt").read_text(encoding="utf-8")])
    allen = name_chains(corpus).filter(pl.col("name").str.ends_with("جون آلان"))
    assert allen["chain"].n_unique() == 1
    assert allen["surface"].to_list().count("الجنرال الأمريكي") == 4
    assert allen.height == 6


def test_texts_without_names(build: Callable[..., ck.Corpus]) -> None:
    texts = ["كلمة", ".", "وقال", "وقال.", "ـ ً ـ", "قال «قال «قال", "وقال الوزير " * 200, "سامي " * 500]
    assert set(name_chains(build(texts))["document"]) <= {6}
    empty = name_chains(build(["نص بلا متكلم"]), metadata=None)
    assert empty.height == 0
    assert empty.schema["name"] == pl.String


def test_a_lexicon_of_ones_own(tmp_path: Path, build: Callable[..., ck.Corpus]) -> None:
    corpus = build([f"وقال الأخطبوط الكبير {THAT}. وأضاف الأخطبوط أن العمل مستمر."])
    mine = tmp_path / "mine.toml"
    mine.write_text(NAMES.read_text(encoding="utf-8").replace('common = """', 'common = """\nأخطبوط'), encoding="utf-8")
    assert name_chains(corpus, names=mine)["form"].to_list() == ["title", "title"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("[title]\nranks = 'شيخ'", "unknown table 'title'. .*titles"),
        ("[titles]\nrank = 'شيخ'", "unknown key titles.rank. Allowed: ranks"),
        ("[titles]\nranks = ['شيخ']", "titles.ranks must be words in one string, got "),
        ("", "the lexicon has no words"),
        ("[titles", "cannot read the lexicon|TOML|line 1"),
    ],
)
def test_a_lexicon_that_is_none(tmp_path: Path, build: Callable[..., ck.Corpus], written: str, message: str) -> None:
    path = tmp_path / "names.toml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        name_chains(build(["نص"]), names=path)
