"""Direct and indirect quotations: rules in invented sentences, the sample truth, the reference document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sample_reading as reading

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError
from corpus_kit.news.attribution import CONFIDENCE, CONFIDENCES, SIDES, SPEAKER_RULES, SPEAKER_SOURCES
from corpus_kit.news.indirect_quotations import indirect_quotations
from corpus_kit.news.quotation_marks import STYLES
from corpus_kit.news.quotations import KINDS, SPEECH, quotations
from corpus_kit.news.reporting_verbs import lexicon_of
from corpus_kit.news.running_text import PLACE_DTYPE

pytestmark = pytest.mark.interface

LEXICON = Path(ck.__file__).parent / "news" / "lexicons" / "reporting_verbs.toml"


def build(tmp_path: Path, *texts: str) -> ck.Corpus:
    return ck.Corpus.build(pl.DataFrame({"text": list(texts)}), tmp_path / "corpus", progress=False)


def rows(tmp_path: Path, *texts: str, **options: Any) -> list[dict[str, Any]]:
    return quotations(build(tmp_path, *texts), **options).to_dicts()


def attribution(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["kind"], row["verb"], row["speaker"], row["speaker_source"]


# --------------------------------------------------------------------------------------- rules

RULES = {
    "verb, subject, colon": (
        'وقال الوزير سامي الفلاح: "لن نغادر هذه القرية أبدا".',
        ("direct", "قال", "الوزير سامي الفلاح", "explicit"),
    ),
    "with أن": (
        "وأكدت المديرة هدى الراوي أن «الطلاب عادوا إلى صفوفهم كلها».",
        ("direct", "أكدت", "المديرة هدى الراوي", "explicit"),
    ),
    "the verb before قائلا names the row": (
        'وأضاف الحارس سليم قائلا "رأيت الباب مفتوحا قبل الفجر".',
        ("direct", "أضاف", "الحارس سليم", "explicit"),
    ),
    "قائلا before the words, with a subject before the verb": (
        'وكان الحارس قد أوضح أن "الباب ظل مفتوحا طوال الليل".',
        ("direct", "أوضح", "الحارس", "explicit"),
    ),
    "the speaker is a short name in quotation marks": (
        'واختتم «الرشيد» بقوله: "سنعود إلى البئر في الصيف".',
        ("direct", "اختتم", "الرشيد", "explicit"),
    ),
    "an addressee is not a speaker": (
        "وقال لـ«المنارة» رئيس البلدية: «سنفتح الجسر بعد شهر».",
        ("direct", "قال", "رئيس البلدية", "explicit"),
    ),
    "a station is not a speaker": (
        "وقالت مربية النحل لمحطة الفجر: «لن نترك الوادي هذا العام».",
        ("direct", "قالت", "مربية النحل", "explicit"),
    ),
    "a station alone is not a speaker either": (
        "وقالت لمحطة الفجر: «لن نترك الوادي هذا العام».",
        ("direct", "قالت", None, "none"),
    ),
    "بين is a verb after من جانبه": (
        "من جانبه، بين المهندس رائد أن «السد سيمتلئ قبل الربيع».",
        ("direct", "بين", "المهندس رائد", "explicit"),
    ),
    "a carried quotation after an honorific is scripture": (
        "وقال صلى الله عليه وسلم: «كذا وكذا وكذا وكذا»، وذكر: «وكذا وكذا وكذا أيضا».",
        ("scripture", None, None, "none"),
    ),
    "a relayed quotation belongs to the person": (
        'ونقلت الإذاعة عن صياد عجوز قوله إن "البحر لا ينسى أحدا".',
        ("direct", "نقلت", "صياد عجوز", "explicit"),
    ),
    "a source after the quotation": (
        '"البحر لا ينسى أحدا"، بحسب الصياد نعمان.',
        ("direct", "بحسب", "الصياد نعمان", "explicit"),
    ),
    "a clause after the quotation": (
        '"البحر لا ينسى أحدا"، كما قال الصياد نعمان وهو يضحك.',
        ("direct", "قال", "الصياد نعمان", "explicit"),
    ),
    "وفقا ل": (
        '"البحر لا ينسى أحدا"، وفقا للصياد نعمان.',
        ("direct", "وفقا", "للصياد نعمان", "explicit"),
    ),
    "a subject after the verb comes before a phrase": (
        'وبخصوص الجسر القديم أضافت المستشارة هدى: "سنفتحه أمام الناس بعد شهر".',
        ("direct", "أضافت", "المستشارة هدى", "explicit"),
    ),
    "with كان the subject is before the verb": (
        'وكان الرشيد قال أول من أمس: "سنفتح الجسر أمام الناس بعد شهر".',
        ("direct", "قال", "الرشيد", "explicit"),
    ),
    "a title leads over في and ب to the name": (
        'وقال المتحدث باسم الوزارة في منطقة الوادي الرائد نعمان: "فتحنا الجسر أمام الناس".',
        ("direct", "قال", "المتحدث باسم الوزارة في منطقة الوادي الرائد نعمان", "explicit"),
    ),
    "a title leads over a body in marks": (
        'وحذر المستشار القانوني لـ«جمعية الوادي» سليم من أن "الجسر قديم ولن يصمد طويلا".',
        ("direct", "حذر", "المستشار القانوني لـ«جمعية الوادي» سليم", "explicit"),
    ),
    "a name in apposition": (
        'وقال رئيس اللجنة الفنية، نعمان السالم، إن "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قال", "رئيس اللجنة الفنية، نعمان السالم", "explicit"),
    ),
    "an adverb ends the speaker": (
        'وقال نعمان بهدوء: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قال", "نعمان", "explicit"),
    ),
    "a complement with ب is no speaker": (
        'وقالت بـ«الوادي»: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قالت", None, "none"),
    ),
    "an object is no speaker": (
        'وانتقدت الإهمال قائلة: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "انتقدت", None, "none"),
    ),
    "a pronoun stands before the subject": (
        'وقالت له والدته: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قالت", "والدته", "explicit"),
    ),
    "the subject of the sentence": (
        'استقبل وزير المياه سامي المهندسين أمس، وقال: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قال", "وزير المياه سامي المهندسين", "carried"),
    ),
    "as for him": (
        'أما المهندس سليم فقال: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قال", "المهندس سليم", "explicit"),
    ),
    "a noun of saying": (
        'وقاطعه المدير سليم بقوله: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "بقوله", "المدير سليم", "carried"),
    ),
    "a relative clause that introduces the words": (
        'وحضر المهندس سليم الذي قال: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قال", "المهندس سليم", "explicit"),
    ),
    "a title and a colon": (
        'المهندس سليم: "الجسر قديم ولن يصمد طويلا".',
        ("direct", None, "المهندس سليم", "explicit"),
    ),
    "a sentence after a report": (
        'وقال المهندس سليم إن الماء عال. "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قال", "المهندس سليم", "carried"),
    ),
    "a body in marks is the subject": (
        "وأعلنت «حركة أهل الوادي القديم» أمس أن الجسر سليم.",
        ("title", None, None, "none"),
    ),
    "a participle after the verb is a person": (
        'وقالت متحدثة باسم البلدية: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قالت", "متحدثة باسم البلدية", "explicit"),
    ),
    "a description": (
        'ووصفت الطبيبة ليلى الوضع بأنه "مقلق جدا".',
        ("fragment", "وصفت", "الطبيبة ليلى", "explicit"),
    ),
    "لدى belongs to an envoy": (
        'وقال المبعوث لدى الجزيرة سامر النجار إن "المفاوضات ستبدأ غدا صباحا".',
        ("direct", "قال", "المبعوث لدى الجزيرة سامر النجار", "explicit"),
    ),
    "آلان is a name": (
        'وقال آلان إن "القارب وصل قبل العاصفة بساعة".',
        ("direct", "قال", "آلان", "explicit"),
    ),
    "الآن is not a name": (
        'وقال الآن إن "القارب وصل قبل العاصفة بساعة".',
        ("direct", "قال", None, "none"),
    ),
    "علي is a name and على is not": (
        'وقال علي: "القارب وصل قبل العاصفة بساعة".',
        ("direct", "قال", "علي", "explicit"),
    ),
    "an object after the verb does not agree with it": (
        'وأكد ضرورة الصبر قائلا: "القارب لن يصل قبل العاصفة".',
        ("direct", "أكد", None, "none"),
    ),
    "بين is a preposition": (
        'جلس الطفل بين الوزير والحارس أن "القارب لن يصل قبل العاصفة".',
        ("unattributed", None, None, "none"),
    ),
    "a verb in a relative clause is not a reporting verb": (
        'وصل الرجل الذي قال الحارس عنه في بيته "القارب لن يصل قبل العاصفة".',
        ("unattributed", None, None, "none"),
    ),
    "a quoted name after a verb is not speech": ("وأعلن «الرشيد» فتح الباب.", ("scare", None, None, "none")),
    "a title": ('وقال الوزير في مجلة "ضوء القرية" كلاما.', ("title", None, None, "none")),
    "a slogan": ('رفع الطلاب شعار "الماء للجميع".', ("slogan", None, None, "none")),
    "a nickname": ('حضر الرجل الملقب "الصقر" وغادر.', ("nickname", None, None, "none")),
    "scripture": ('قال تعالى: "هنا كلمات من النص المقدس".', ("scripture", None, None, "none")),
    "verse": ('قال الشاعر: "هنا كلمات موزونة من القصيدة".', ("verse", None, None, "none")),
    "an ironic word": ('عادت "النعمة" إلى القرية.', ("scare", None, None, "none")),
    "a quotation without speaker": (
        'على الجدار "القارب لن يصل قبل العاصفة".',
        ("unattributed", None, None, "none"),
    ),
}


@pytest.fixture(scope="module")
def rows_by_rules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return the last row of each rule's text."""
    table = quotations(build(tmp_path_factory.mktemp("rules"), *(text for text, _ in RULES.values())))
    last = {row["document"]: row for row in table.to_dicts()}
    return {rule: last[document] for document, rule in enumerate(RULES)}


@pytest.mark.parametrize("rule", RULES)
def test_rules(rows_by_rules: dict[str, dict[str, Any]], rule: str) -> None:
    assert attribution(rows_by_rules[rule]) == RULES[rule][1]


def test_an_agency_relays(tmp_path: Path) -> None:
    row = rows(tmp_path, 'ونقلت الإذاعة عن صياد عجوز قوله إن "البحر لا ينسى أحدا".')[0]
    assert row["relayed_by"] == "الإذاعة"
    row = rows(tmp_path / "other", 'وقال الصياد نعمان إن "البحر لا ينسى أحدا".')[0]
    assert row["relayed_by"] is None


def test_an_agency_relays_the_last_speaker(tmp_path: Path) -> None:
    text = 'وصرح الصياد نعمان بأن البحر هادئ. ونقلت الإذاعة عنه قوله: "البحر لا ينسى أحدا".'
    row = rows(tmp_path, text)[0]
    assert (*attribution(row)[1:], row["relayed_by"]) == ("نقلت", "الصياد نعمان", "carried", "الإذاعة")


def test_second_quotation_shares_verb_and_speaker(tmp_path: Path) -> None:
    text = 'وقالت المديرة هدى إن المدرسة "تفتح أبوابها للجميع اليوم" حيث "يتعلم الصغار القراءة والكتابة".'
    assert {attribution(row)[1:] for row in rows(tmp_path, text)} == {("قالت", "المديرة هدى", "explicit")}


CARRIED = 'وقال الوزير سامي إن الجسر سليم.\n{between}وأضاف: "سيعبره الناس بعد يومين".'


def test_a_verb_without_subject_takes_the_last_speaker(tmp_path: Path) -> None:
    text = CARRIED.format(between="")
    row = rows(tmp_path, text)[0]
    assert attribution(row) == ("direct", "أضاف", "الوزير سامي", "carried")
    assert text[row["speaker_start"] : row["speaker_end"]] == "الوزير سامي"
    row = rows(tmp_path / "without", text, carry=False)[0]
    assert attribution(row) == ("direct", "أضاف", None, "none")


def test_speaker_is_carried_over_two_paragraphs_at_most(tmp_path: Path) -> None:
    assert attribution(rows(tmp_path, CARRIED.format(between="نزل المطر.\n"))[0])[-1] == "carried"
    assert attribution(rows(tmp_path / "far", CARRIED.format(between="نزل المطر.\nثم توقف.\n"))[0])[-1] == "none"


def test_carried_speaker_agrees_in_gender(tmp_path: Path) -> None:
    text = 'وقال الوزير سامي إن الجسر سليم. وقالت المهندسة هدى إن الماء عال. وأضاف: "سيعبره الناس بعد يومين".'
    assert attribution(rows(tmp_path, text)[0])[2] == "الوزير سامي"
    assert attribution(rows(tmp_path / "f", text.replace("وأضاف", "وأضافت"))[0])[2] == "المهندسة هدى"


def test_a_cue_takes_the_last_speaker(tmp_path: Path) -> None:
    text = 'وقال الوزير سامي إن الجسر سليم. "لا خوف من الماء"، على حد قوله.'
    assert attribution(rows(tmp_path, text)[0]) == ("direct", "قوله", "الوزير سامي", "carried")


def test_a_sentence_beginning_with_that_continues_the_report(tmp_path: Path) -> None:
    text = 'وقال الوزير سامي إن "الجسر سليم منذ عامين". وأن «الماء لن يبلغ القرية أبدا».'
    assert [attribution(row)[1:3] for row in rows(tmp_path, text)] == [("قال", "الوزير سامي")] * 2


def test_title_refers_to_the_last_full_name(tmp_path: Path) -> None:
    text = (
        'وقال الجنرال المتقاعد سامي النجار إن الجسر سليم. وأضاف الجنرال: "سيعبره الناس بعد يومين". '
        'وختم النجار بقوله: "لا خوف من الماء أبدا".'
    )
    assert [row["speaker_refers_to"] for row in rows(tmp_path, text)] == ["الجنرال المتقاعد سامي النجار"] * 2


def test_other_titles_do_not_refer(tmp_path: Path) -> None:
    text = 'وقال الوزير القطري سامي النجار إن الجسر سليم. وأضاف الوزير المصري: "سيعبره الناس بعد يومين".'
    assert rows(tmp_path, text)[0]["speaker_refers_to"] is None


# --------------------------------------------------------------------------------------- edges


def test_a_document_that_is_one_quotation(tmp_path: Path) -> None:
    assert attribution(rows(tmp_path, '"البحر لا ينسى أحدا"')[0]) == ("unattributed", None, None, "none")


def test_a_text_without_sentence_marks(tmp_path: Path) -> None:
    """One paragraph of 20,000 words with marks that never close."""
    row = 'وقال الوزير سامي "لن نغادر هذه القرية أبدا" ثم مضى الناس إلى السوق « وعاد بعضهم منها ولم يسأل أحد '
    table = quotations(build(tmp_path, row * 1000))
    assert table["surface"].n_unique() == 1
    assert table["speaker_rule"].unique().to_list() == ["subject_after"]
    record = provenance_of(table)
    assert record is not None
    assert record["options"]["unpaired_marks"] == 1000


def test_headlines_in_marks_and_documents_without_words(tmp_path: Path) -> None:
    table = quotations(build(tmp_path, '"الجسر القديم لن يصمد طويلا"\nنزل المطر.', '« “ " »'))
    assert table.select("document", "kind", "speaker_rule", "confidence").rows() == [(0, "unattributed", "none", None)]


def test_each_rule_has_its_confidence() -> None:
    table = quotations(ck.sample_corpus())
    assert table.select(known=pl.col("speaker").is_null() == pl.col("confidence").is_null())["known"].all()
    pairs = set(table.select("speaker_rule", "confidence").rows())
    assert {("subject_after", "high"), ("carried_further", "medium"), ("none", None)} <= pairs
    assert all(CONFIDENCE[rule] == confidence for rule, confidence in pairs)


def test_nested_marks(tmp_path: Path) -> None:
    text = 'وقال الصياد نعمان: «سمعت أبي يقول: "البحر لا ينسى أحدا" ثم سكت».'
    outer, inner = rows(tmp_path, text)
    assert attribution(outer) == ("direct", "قال", "الصياد نعمان", "explicit")
    assert (outer["depth"], inner["depth"], inner["verb"]) == (0, 1, "يقول")


def test_a_quotation_over_several_paragraphs(tmp_path: Path) -> None:
    """Each paragraph reopens the quotation and only the last closes it: only the last is a pair."""
    text = 'وقال الصياد نعمان: "البحر لا ينسى.\n"ولا يغفر أحدا لأحد منا.\n"والناس تنسى كل شيء هنا".'
    table = quotations(build(tmp_path, text))
    assert table["surface"].to_list() == ["والناس تنسى كل شيء هنا"]
    record = provenance_of(table)
    assert record is not None
    assert record["options"]["unpaired_marks"] == 2


def test_marks_without_words_are_skipped(tmp_path: Path) -> None:
    assert rows(tmp_path, 'قال "" و «...» ثم سكت') == []


def test_min_words(tmp_path: Path) -> None:
    text = 'عادت "النعمة" وقال الصياد نعمان: "البحر لا ينسى أحدا".'
    assert [row["words"] for row in rows(tmp_path, text, min_words=2)] == [4]


SCHEMA = {
    "document": pl.UInt32, "id": pl.String, "start": pl.UInt32, "end": pl.UInt32, "surface": pl.String,
    "words": pl.UInt32, "style": pl.Enum(STYLES), "depth": pl.UInt32, "kind": pl.Enum(KINDS),
    "verb": pl.String, "verb_start": pl.UInt32, "verb_end": pl.UInt32, "verb_lemma": pl.String,
    "speaker": pl.String, "speaker_start": pl.UInt32, "speaker_end": pl.UInt32,
    "speaker_source": pl.Enum(SPEAKER_SOURCES), "speaker_rule": pl.Enum(SPEAKER_RULES),
    "confidence": pl.Enum(CONFIDENCES), "speaker_refers_to": pl.String,
    "speaker_refers_to_start": pl.UInt32, "speaker_refers_to_end": pl.UInt32, "relayed_by": pl.String,
    "relayed_by_start": pl.UInt32, "relayed_by_end": pl.UInt32, "side": pl.Enum(SIDES), "actor": pl.String,
    "place": PLACE_DTYPE,
}  # fmt: skip


def test_empty_results_have_all_columns(tmp_path: Path) -> None:
    empty = quotations(build(tmp_path, "لا علامات هنا"))
    assert (empty.height, dict(empty.schema)) == (0, SCHEMA)
    assert dict(quotations(ck.sample_corpus()).schema) == SCHEMA
    nothing = ck.sample_corpus().filter(pl.lit(False))
    assert quotations(nothing).schema == empty.schema
    said = {name: dtype for name, dtype in SCHEMA.items() if name not in ("style", "depth", "kind")}
    assert dict(indirect_quotations(nothing).schema) == dict(indirect_quotations(ck.sample_corpus()).schema) == said


def test_spans_are_the_text() -> None:
    for row in quotations(ck.sample_corpus()).to_dicts():
        text = reading.TEXTS[row["id"]]
        for name in ("verb", "speaker", "speaker_refers_to", "relayed_by"):
            if row[name] is not None:
                assert text[row[f"{name}_start"] : row[f"{name}_end"]] == row[name]
        assert text[row["start"] : row["end"]] == row["surface"]
        assert row["words"] == len(reading.words(row["surface"]))
        assert (row["verb"] is not None) == (row["kind"] in SPEECH)


def test_subcorpus_and_repetition() -> None:
    corpus = ck.sample_corpus()
    whole = quotations(corpus)
    assert whole.equals(quotations(corpus))
    part = corpus.filter(pl.col("outlet") == "صدى الميناء")
    of_part = whole.filter(pl.col("document").is_in(part.selected_documents().tolist()))
    assert quotations(part).equals(of_part)
    assert indirect_quotations(part).equals(
        indirect_quotations(corpus).filter(pl.col("document").is_in(part.selected_documents().tolist()))
    )


def test_identical_documents_have_identical_rows(tmp_path: Path) -> None:
    table = quotations(build(tmp_path, *[RULES["with أن"][0]] * 2)).drop("document", "id")
    assert table.row(0) == table.row(1)


def test_excluded_spans(tmp_path: Path) -> None:
    text = 'وقال الوزير سامي إن الجسر سليم.\nوقال الحارس نعيم إن الباب مغلق.\nوأضاف: "سيعبره الناس بعد يومين".'
    corpus = build(tmp_path, text)
    assert quotations(corpus)["speaker"].to_list() == ["الحارس نعيم"]
    line = pl.DataFrame({"document": [0], "start": [text.index("وقال الحارس")], "end": [text.index("وأضاف")]})
    row = quotations(corpus.exclude(line)).row(0, named=True)
    assert row["speaker"] == "الوزير سامي"
    assert text[row["start"] : row["end"]] == row["surface"] == "سيعبره الناس بعد يومين"


# ----------------------------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_words": 0}, "^min_words must be"),
        ({"carry": "yes"}, "^carry must be"),
        ({"lexicon": 5}, "^lexicon must be"),
        ({"lexicon": "absent.toml"}, "absent.toml"),
        ({"actors": 5}, "^actors must be"),
        ({"boilerplate": 5}, "^boilerplate must be"),
    ],
)
def test_invalid_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        quotations(ck.sample_corpus(), **options)


def test_rejects_anything_but_a_corpus() -> None:
    for function in (quotations, indirect_quotations):
        with pytest.raises(InputError, match=r"^corpus must be"):
            function("نص")  # type: ignore[operator]
    with pytest.raises(InputError, match=r"^carry must be"):
        indirect_quotations(ck.sample_corpus(), carry=1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[cues]\n", r"no \[\[verb\]\]"),
        ("[[verb]]\nforms = 1\n", "lemma"),
        ('[[verb]]\nlemma = "قال"\nfuture = 1\n', "'قال': .*'future'"),
        ('[[verb]]\nlemma = "قال"\nperfect = { x = "قال" }\n', "'قال': perfect must be .* m, f, p"),
        ('[[verb]]\nlemma = "قال"\n[words]\nrelatives = 3\n', "words.relatives must be .* got 3"),
        ('[[verb]]\nlemma = "قال"\n[verbs]\n', "'verbs'.*'verb'"),
        ('[[verb]]\nlemma = "قال"\nframes = "أن كي"\n', "'قال': frames must be .* got 'كي'"),
        ('[[verb]]\nlemma = "قال"\nframes = ["أن"]\n', "'قال': frames must be .* in one string"),
        ("no toml", "lexicon.toml"),
    ],
)
def test_an_invalid_lexicon(tmp_path: Path, toml: str, message: str) -> None:
    path = tmp_path / "lexicon.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        quotations(ck.sample_corpus(), lexicon=path)


def test_a_lexicon_without_frames_takes_every_clause(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.toml"
    lines = [line for line in LEXICON.read_text(encoding="utf-8").splitlines() if not line.startswith("frames")]
    path.write_text("\n".join(lines), encoding="utf-8")
    corpus = build(tmp_path, "وأدان الصياد نعمان على أن يسرق القارب.")
    assert indirect_quotations(corpus).height == 0
    assert indirect_quotations(corpus, lexicon=path)["verb"].to_list() == ["أدان"]


def test_user_lexicon(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.toml"
    added = '[[verb]]\nlemma = "دندن"\nperfect = { m = "دندن" }\n\n'
    path.write_text(added + LEXICON.read_text(encoding="utf-8"), encoding="utf-8")
    text = 'ودندن الصياد نعمان: "البحر لا ينسى أحدا".'
    corpus = build(tmp_path, text)
    assert quotations(corpus)["verb"].to_list() == [None]
    assert quotations(corpus, lexicon=path)["verb"].to_list() == ["دندن"]


def test_the_lexicon_is_large_enough() -> None:
    forms = lexicon_of(None).forms.values()
    assert len({form.lemma for form in forms}) >= 45
    assert {"m", "f", "p"} == {form.gender for form in forms}


# -------------------------------------------------------------------------- the sample's planted truth


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, int, int], dict[str, Any]]:
    return {(row["id"], row["start"], row["end"]): row for row in quotations(ck.sample_corpus()).to_dicts()}


def planted(**wanted: str) -> dict[tuple[str, int, int], dict[str, Any]]:
    facts = [row for row in reading.facts("quotations") if all(row[key] == value for key, value in wanted.items())]
    return {(row["id"], row["start"], row["end"]): row for row in facts}


def is_speech(row: dict[str, Any], source: str) -> bool:
    return row["kind"] in SPEECH and row["speaker_source"] == source


def test_sample_spans(found: dict[tuple[str, int, int], dict[str, Any]]) -> None:
    assert set(found) == set(planted()) | reading.spans("no_speech")


def test_sample_explicit(found: dict[tuple[str, int, int], dict[str, Any]]) -> None:
    wanted = planted(speaker_source="explicit")
    assert {key for key, row in found.items() if is_speech(row, "explicit")} == set(wanted)
    assert all(found[key]["verb_start"] == row["verb_start"] for key, row in wanted.items())
    assert all(found[key]["verb"] == row["verb"] for key, row in wanted.items())
    heads = [found[key]["speaker_start"] == row["speaker_start"] for key, row in wanted.items()]
    assert (sum(heads), len(heads)) == (134, 135)  # the other one: a title before a nickname in quotation marks


def test_sample_carried(found: dict[tuple[str, int, int], dict[str, Any]]) -> None:
    wanted = planted(speaker_source="carried")
    assert {key for key, row in found.items() if is_speech(row, "carried")} == set(wanted)
    inside = [
        found[key]["speaker_start"] <= row["speaker_start"] and row["speaker_end"] <= found[key]["speaker_end"]
        for key, row in wanted.items()
    ]
    assert (sum(inside), len(inside)) == (44, 45)


def test_sample_spans_that_are_not_speech(found: dict[tuple[str, int, int], dict[str, Any]]) -> None:
    facts = reading.facts("no_speech")
    kinds = {(row["id"], row["start"], row["end"]): row["kind"] for row in facts}
    assert not [key for key in kinds if found[key]["kind"] in SPEECH]
    assert {found[key]["kind"] for key, kind in kinds.items() if kind == "title"} == {"title"}
    assert {found[key]["kind"] for key, kind in kinds.items() if kind == "slogan"} == {"slogan"}
    assert [found[key]["kind"] for key, kind in kinds.items() if kind == "repeated"] == ["unattributed"]


def test_sample_decoys(found: dict[tuple[str, int, int], dict[str, Any]]) -> None:
    for fact in reading.facts("decoys"):
        spans = [
            (row["speaker_start"], row["speaker_end"])
            for row in found.values()
            if row["id"] == fact["id"] and row["speaker"] and fact["against"] == "speakers"
        ]
        assert not [1 for start, end in spans if start <= fact["start"] < end]


def test_sample_relayed(found: dict[tuple[str, int, int], dict[str, Any]]) -> None:
    assert all(found[key]["relayed_by"] for key in planted(kind="relayed"))
    assert not [1 for key in planted(kind="before") if found[key]["relayed_by"]]


def test_sample_without_boilerplate() -> None:
    corpus = ck.sample_corpus()
    documents = corpus.documents.select("document", "id").collect()
    lines = ck.sample_truth()["boilerplate"].join(documents, on="id")
    table = quotations(corpus, boilerplate=lines)
    assert table.filter(pl.col("place") == "boilerplate")["kind"].to_list() == ["unattributed"]
    assert quotations(corpus.exclude(lines)).height == table.height - 1


# ------------------------------------------------------------------------------ the reference document


def test_reference_document(shared: Path, tmp_path: Path) -> None:
    corpus = ck.Corpus.build(shared / "seed" / "article.txt", tmp_path / "seed", progress=False)
    wanted = json.loads((shared / "seed" / "expected.json").read_text(encoding="utf-8"))["quotes"]
    table = quotations(corpus, actors=shared / "seed" / "actors.toml")
    assert table.height == len(wanted) == 7
    for row, fact in zip(table.to_dicts(), wanted, strict=True):
        assert (row["start"], row["end"], row["words"]) == (fact["start"], fact["end"], fact["tokens"])
        assert (row["kind"] if row["kind"] not in SPEECH else "quote") == fact["kind"]
        assert row["verb"] == (fact["verb"] and fact["verb"].split()[0])
        assert (row["speaker"], row["actor"]) == (fact["surface_speaker"], fact["speaker"])
        assert row["speaker_source"] == ("explicit" if fact["speaker"] else "none")


def test_reference_document_with_mentions(shared: Path, tmp_path: Path) -> None:
    corpus = ck.Corpus.build(shared / "seed" / "article.txt", tmp_path / "seed", progress=False)
    by_hand = pl.DataFrame({"document": [0], "start": [480], "end": [485], "actor": ["SOMEBODY"]})
    name = quotations(corpus).row(0, named=True)
    by_hand = by_hand.with_columns(start=pl.lit(name["speaker_end"] - 8), end=pl.lit(name["speaker_end"]))
    actors = quotations(corpus, actors=by_hand)["actor"].to_list()
    assert actors == ["SOMEBODY"] * 5 + [None] * 2  # three of them via the referent of الجنرال


def test_reference_document_indirect_quotations(shared: Path, tmp_path: Path) -> None:
    corpus = ck.Corpus.build(shared / "seed" / "article.txt", tmp_path / "seed", progress=False)
    table = indirect_quotations(corpus)
    assert table.select("verb", "words").rows() == [("قال", 11)]  # the caption; the others contain quoted words


# ----------------------------------------------------------------------------- indirect quotations


def test_indirect_quotations(tmp_path: Path) -> None:
    text = (
        "وقال الوزير سامي إن الجسر سليم، مشيرا إلى أن الماء انخفض. وأضاف أن العمل بدأ، وأكدت المهندسة هدى أنه آمن. "
        'وقال الحارس إن "الباب ظل مفتوحا طوال الليل".'
    )
    table = indirect_quotations(build(tmp_path, text))
    assert table.select("surface", "verb", "speaker", "speaker_source", "words").rows() == [
        ("إن الجسر سليم", "قال", "الوزير سامي", "explicit", 3),
        ("أن الماء انخفض", "مشيرا", "الوزير سامي", "explicit", 3),
        ("أن العمل بدأ", "أضاف", "الوزير سامي", "carried", 3),
        ("أنه آمن", "أكدت", "المهندسة هدى", "explicit", 2),
    ]
    assert indirect_quotations(build(tmp_path / "no", text), carry=False)["speaker"].null_count() == 1


# Each text with its rows: verb, speaker, source of the speaker, clause.
STATEMENTS: dict[str, list[tuple[str | None, ...]]] = {
    # what stands before and after أن
    "وقال الوزير سامي إن جسر «القرية» سليم.": [("قال", "الوزير سامي", "explicit", "إن جسر «القرية» سليم")],
    "وأكد الوزير سامي أن «القرية» بعيدة.": [("أكد", "الوزير سامي", "explicit", "أن «القرية» بعيدة")],
    "وأكد الوزير سامي أنها «كذا».": [],
    "وقال الوزير سامي في تصريح خاص أمس: إن الجسر سليم.": [("قال", "الوزير سامي", "explicit", "إن الجسر سليم")],
    "وبين المدير سامي، أن الماء انخفض.": [("بين", "المدير سامي", "explicit", "أن الماء انخفض")],
    "من جانبه ذكر الحارس نعيم أن الباب مغلق.": [("ذكر", "الحارس نعيم", "explicit", "أن الباب مغلق")],
    "وقال الصياد نعمان الذي يعرف البحر والريح منذ عرف أباه إن الموج عال.": [
        ("قال", "الصياد نعمان", "explicit", "إن الموج عال")
    ],
    "وأوضحت الطبيبة ليلى أن المريض تحسن كثيرا منذ الصباح وأنه «سيغادر إلى بيته غدا».": [
        ("أوضحت", "الطبيبة ليلى", "explicit", "أن المريض تحسن كثيرا منذ الصباح")
    ],
    # frames
    "ولفت الصياد نعمان إلى أن الموج عال.": [("لفت", "الصياد نعمان", "explicit", "أن الموج عال")],
    "وأعرب الصياد نعمان عن أمله في أن يهدأ الموج.": [("أعرب", "الصياد نعمان", "explicit", "أن يهدأ الموج")],
    "وأدان الصياد نعمان أن يسرق القارب.": [],
    "وقال الصياد نعمان على أن يعود غدا.": [],
    # words that take أن themselves, conditions, first persons
    "وأعلن الصياد نعمان الرحيل بعد أن هدأ الموج.": [],
    "وأعلن الصياد نعمان الرحيل بالرغم من أن الموج عال.": [],
    "وقال الصياد نعمان بعد أن عاد إن الموج هدأ.": [("قال", "الصياد نعمان", "explicit", "إن الموج هدأ")],
    "وذكر الصياد نعمان القارب، إذا هدأ الموج فإن الناس تعود.": [],
    "ويمكن القول إن الموج عال. وأعتقد أن الموج عال. هل تعتقد أن الموج عال؟": [],
    "ولم يقل الصياد نعمان إن الموج عال. وقد يقول الصياد إن الموج عال.": [],
    "وقال بان كي مون عند البحر إن شاء الله.": [],
    # sources, nouns of saying, relative clauses after a comma
    "وبحسب التقرير فإن الموج عال.": [("بحسب", "التقرير", "explicit", "فإن الموج عال")],
    "وجاء في البيان أن الموج عال.": [("جاء", "البيان", "explicit", "أن الموج عال")],
    "وغضب الناس بعد تأكيد الصياد نعمان أن الموج عال.": [("تأكيد", "الصياد نعمان", "explicit", "أن الموج عال")],
    "وصرح الصياد نعمان للإذاعة. وكان قربه الحارس، الذي أكد أن الموج عال.": [
        ("أكد", "الصياد نعمان", "carried", "أن الموج عال")
    ],
    # nobody is named
    "قال الصياد نعمان إن الموج عال. يذكر أن القرية قديمة. وتجدر الإشارة إلى أن السد ممتلئ.": [
        ("قال", "الصياد نعمان", "explicit", "إن الموج عال"),
        ("يذكر", None, "impersonal", "أن القرية قديمة"),
        ("الإشارة", None, "impersonal", "أن السد ممتلئ"),
    ],
    "قيل إن البئر جف. أُعلن أمس أن الجسر مغلق.": [
        ("قيل", None, "impersonal", "إن البئر جف"),
        ("أُعلن", None, "impersonal", "أن الجسر مغلق"),
    ],
    "ويذكر الصياد نعمان أن القرية قديمة.": [("يذكر", "الصياد نعمان", "explicit", "أن القرية قديمة")],
    # ends
    "وقال الحارس (وهو نعيم) إن الباب (الكبير) مغلق، كما قال نعمان إن الموج عال.": [
        ("قال", "الحارس", "explicit", "إن الباب (الكبير) مغلق"),
        ("قال", "نعمان", "explicit", "إن الموج عال"),
    ],
    "(وقال نعمان إن الموج عال) ثم سكت.": [("قال", "نعمان", "explicit", "إن الموج عال")],
    "وقال نعمان إن الموج عال مشيرا إلى أن القارب صغير.": [
        ("قال", "نعمان", "explicit", "إن الموج عال"),
        ("مشيرا", "نعمان", "explicit", "أن القارب صغير"),
    ],
}  # fmt: skip


def test_statements(tmp_path: Path) -> None:
    table = indirect_quotations(build(tmp_path, *STATEMENTS))
    found: list[list[tuple[Any, ...]]] = [[] for _ in STATEMENTS]
    for document, *row in table.select("document", "verb", "speaker", "speaker_source", "surface").rows():
        found[document].append(tuple(row))
    assert dict(zip(STATEMENTS, found, strict=True)) == STATEMENTS


def test_a_text_without_marks_has_clauses_of_limited_length(tmp_path: Path) -> None:
    """A paragraph of 9,000 words without a mark: no clause runs to its end, so that the result is not quadratic."""
    table = indirect_quotations(build(tmp_path, "قال الصياد إن الموج عال والقارب صغير والليل طويل " * 1000))
    assert table.height == 1000
    assert table["words"].max() < 300
    assert table["surface"].str.len_chars().sum() < 1_500_000


def test_indirect_quotations_have_actors(tmp_path: Path) -> None:
    text = "وقال الوزير سامي إن الجسر سليم."
    mentions = pl.DataFrame({"document": [0], "start": [12], "end": [16], "actor": ["SAMI"]})
    assert indirect_quotations(build(tmp_path, text), actors=mentions)["actor"].to_list() == ["SAMI"]


# ------------------------------------------------------------------------------------- real articles


@pytest.mark.slow
def test_real_articles(shared: Path, tmp_path: Path) -> None:
    frame = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet").head(3000)
    text = next(name for name in ("content", "text") if name in frame.columns)
    corpus = ck.Corpus.build(frame.select(text), tmp_path / "real", text=text, progress=False)
    table = quotations(corpus)
    speech = table.filter(pl.col("kind").is_in(SPEECH))
    assert speech.height > 1000
    assert (speech["speaker_source"] == "explicit").mean() > 0.4
    assert table.filter(pl.col("words") >= 4).filter(kind="unattributed").height < speech.height / 2
    assert table.equals(table.sort("document", "start", maintain_order=True))


@pytest.mark.parametrize("find", [quotations, indirect_quotations])
def test_metadata_stand_beside_the_id(find: Any) -> None:
    corpus = ck.sample_corpus().filter(date=("2026-02-01", "2026-02-07"))
    plain, table = find(corpus), find(corpus, metadata=["outlet", "id", "date"])
    assert table.columns == ["document", "id", "outlet", "date", *plain.columns[2:]]
    assert table.drop("outlet", "date").equals(plain)
    known = corpus.documents.select("document", "outlet", "date").collect()
    assert table.select("document", "outlet", "date").unique().join(known, on=known.columns, how="anti").height == 0
    with pytest.raises(InputError, match=r"^metadata must be one of .*Did you mean 'outlet'"):
        find(corpus, metadata="outlets")
