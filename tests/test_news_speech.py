"""Speech as one table: where speech without marks begins and ends, and that no words are counted twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.errors import InputError

pytestmark = pytest.mark.interface

# name: (text, the words of each row without marks, what they begin after, what ends them, the speaker)
UNMARKED: dict[str, tuple[str, list[tuple[str, str, str, str | None]]]] = {
    "a colon after verb and speaker, to the next report": (
        "وقال المزارع حسن: نحن نسقي الحقول فجرا، وأضاف أن البئر عميقة.",
        [("نحن نسقي الحقول فجرا", "colon", "report", "المزارع حسن")],
    ),
    "an adverbial before the colon": (
        "وقالت المديرة سعاد في ندوة أمس: المدرسة مفتوحة لكل طفل.",
        [("المدرسة مفتوحة لكل طفل", "colon", "document", "المديرة سعاد")],
    ),
    "the first person and لذلك carry on, the reporter does not": (
        "وقال الصياد نعمان: البحر هائج. لذلك بقينا هنا. لدينا شباك كافية. ويقع الميناء في الشمال. وفيه مقهى.",
        [("البحر هائج. لذلك بقينا هنا. لدينا شباك كافية", "colon", "sentence", "الصياد نعمان")],
    ),
    "questions go on, a semicolon does not end": (
        "وتساءل الحارس سليم: من فتح الباب؟ ولماذا تركه؛ هكذا بلا قفل؟ الباب من خشب.\nوفي المساء أغلق.",
        [("من فتح الباب؟ ولماذا تركه؛ هكذا بلا قفل؟", "colon", "sentence", "الحارس سليم")],
    ),
    "the words in the next paragraph": (
        "وقال المدير في رسالته:\nأهل القرية بخير جميعا.\nوعاد المطر.",
        [("أهل القرية بخير جميعا", "paragraph", "paragraph", "المدير")],
    ),
    "without a colon": (
        "وأضاف المدرب نحن نلعب بروح واحدة.\nوتابع الحارس قائلا الباب ظل مغلقا.\nوأضاف لا نريد سوى العودة.",
        [
            ("نحن نلعب بروح واحدة", "verb", "paragraph", "المدرب"),
            ("الباب ظل مغلقا", "saying", "paragraph", "الحارس"),
            ("لا نريد سوى العودة", "verb", "document", "الحارس"),
        ],
    ),
    "a participle, and a verb in the perfect that looks like an imperfect": (
        "وأوضح المدير أن البئر جفت، مضيفا هناك بئر أخرى في الوادي، وناشد المحسنين حفرها.",
        [("هناك بئر أخرى في الوادي", "verb", "report", "المدير")],
    ),
    "a name and a colon, of a speaker whom a verb names too": (
        "وأكد الوزير سامي الفلاح أن الجسر سيفتح.\nالفلاح: الجسر يفتح قبل نهاية الصيف.",
        [("الجسر يفتح قبل نهاية الصيف", "name", "document", "الفلاح")],
    ),
    "a mark that nothing opens ends it, and one that nothing closes lets it go on": (
        "وقال الطبيب: الحالات قليلة» وزار القرية.\nوقال الطبيب: «الدواء متوفر. وصل صباحا.\nوعاد الهدوء» ثم مضى.",
        [
            ("الحالات قليلة", "colon", "mark", "الطبيب"),
            ("الدواء متوفر. وصل صباحا. وعاد الهدوء", "colon", "mark", "الطبيب"),
        ],
    ),
    "in brackets": (
        "وقال النجار: (الخشب غال هذا العام. لا أبيعه) ثم مضى.",
        [("الخشب غال هذا العام. لا أبيعه", "colon", "mark", "النجار")],
    ),
    "a statement goes on where the speaker does, to the end of the paragraph, and not where the reporter is back": (
        "وقال الفلاح نعمان: الأرض عطشى هذا العام والبئر التي حفرها جدي جفت قبل موعد الحصاد. المطر تأخر كثيرا. وأضاف أن "
        "الماء قليل.\n"
        "وقال الفلاح سليم: الأرض واسعة هذا العام والبئر التي حفرها جدي امتلأت قبل موعد الحصاد. المطر غزير.\n"
        "وقال الفلاح حسن: الأرض خضراء هذا العام والبئر التي حفرها جدي تكفينا إلى موعد الحصاد. وقام الوفد بجولة. وعاد.",
        [
            (
                "الأرض عطشى هذا العام والبئر التي حفرها جدي جفت قبل موعد الحصاد. المطر تأخر كثيرا",
                "colon",
                "report",
                "الفلاح نعمان",
            ),
            (
                "الأرض واسعة هذا العام والبئر التي حفرها جدي امتلأت قبل موعد الحصاد. المطر غزير",
                "colon",
                "paragraph",
                "الفلاح سليم",
            ),
            (
                "الأرض خضراء هذا العام والبئر التي حفرها جدي تكفينا إلى موعد الحصاد",
                "colon",
                "sentence",
                "الفلاح حسن",
            ),
        ],
    ),
    "a saying is short, wide blanks part paragraphs, and a line breaks after a comma": (
        "يقول الحكيم سليم: الصبر مفتاح. هكذا كان جيراننا.\nوقال الحارس نعمان: الباب مغلق منذ الصباح.   والسوق بعيد.\n"
        "وقال النجار حسن: الخشب غال هذا العام،\nوالزبائن قليل.",
        [
            ("الصبر مفتاح", "colon", "sentence", "الحكيم سليم"),
            ("الباب مغلق منذ الصباح", "colon", "paragraph", "الحارس نعمان"),
            ("الخشب غال هذا العام، والزبائن قليل", "colon", "document", "النجار حسن"),
        ],
    ),
    "another speaker announced with a colon": (
        "وقال المدرب: فريقنا جاهز، وعن الإصابات قال الطبيب: لا إصابات في صفوفنا.",
        [
            ("فريقنا جاهز", "colon", "report", "المدرب"),
            ("لا إصابات في صفوفنا", "colon", "document", "الطبيب"),
        ],
    ),
}

# A colon that introduces no speech, and words that only look like the first person after a verb.
NO_SPEECH = {
    "a list": "وأعلن النادي أسماء الفائزين: سليم ونعمان وحسن.",
    "what follows": "وذكر البيان الأسباب التالية: قلة المطر وبعد السوق.",
    "a time": "قال الحارس في الساعة 10:30 مساء.",
    "a heading and a dateline": "الساحل: كتب سليم عن البحر.\nشروط التسجيل: صورة وشهادة.",
    "scripture and verse": "قال تعالى: وجعلنا من الماء كل شيء حي.\nوقال الشاعر سليم: يا بحر يا بعيد.",
    "a verse in brackets, and a name after كما يقول": "وقال الشيخ: {كل نفس ذائقة الموت}.\nكما يقول: سامي الفلاح.",
    "a colon within an indirect clause": "وأضاف المدير أن المدرسة تضم قسمين: قسما للصغار وقسما للكبار.",
    "they addressed us": "والحقائق قالت لنا ما يكفي عن السفر.",
    "nobody in particular, a proverb, and the author": (
        "وكأنهم يقولون: نحن هنا.\nوكما يقولون: الجار قبل الدار.\nوهنا نتساءل: هل يعود؟"
    ),
    "items of a list": "وأجاب القسم في النشرة:\n- قلة النوم.\n- كثرة السهر.\n- ضيق الوقت.",
    "what is stressed": "وأكدت اللجنة على الجميع الحضور مصطحبين: صورة وشهادة.",
    "a participle that is a heading": "خاتمة: كل شيء إلى زوال.",
}


def build(path: Path, texts: list[str]) -> ck.Corpus:
    return ck.Corpus.build(pl.DataFrame({"text": texts}), path / "corpus", progress=False)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each case, all read in one corpus."""
    names = [*UNMARKED, *NO_SPEECH]
    texts = [text for text, _ in UNMARKED.values()] + list(NO_SPEECH.values())
    table = ck.news.speech(build(tmp_path_factory.mktemp("speech"), texts), tiers="unmarked")
    return {name: table.filter(document=row).to_dicts() for row, name in enumerate(names)}


@pytest.mark.parametrize("name", UNMARKED)
def test_speech_without_marks(found: dict[str, list[dict[str, Any]]], name: str) -> None:
    columns = ("surface", "begins_after", "ends_at", "speaker")
    got = [tuple(row[column] for column in columns) for row in found[name]]
    assert [(words.rstrip("؟"), *rest) for words, *rest in got] == [
        (words.rstrip("؟"), *rest) for words, *rest in UNMARKED[name][1]
    ]


@pytest.mark.parametrize("name", NO_SPEECH)
def test_no_speech(found: dict[str, list[dict[str, Any]]], name: str) -> None:
    assert not found[name]


def test_no_words_are_counted_twice(tmp_path: Path) -> None:
    texts = [
        "وقال المزارع: نحن نسقي الحقول وقت «الفجر» ثم «نرجع إلى البيت قبل شروق الشمس» كل يوم.",
        'وقال المزارع: "سألني جاري: نحن إلى أين نمضي؟ وقال إن الطريق بعيد".',
        "وأكد المزارع أن الحقل «يسقى فجرا» كل يوم.",
        "وقال المزارع: نحن نعلم من قال لنا إن البئر عميقة.",
    ]
    table = ck.news.speech(build(tmp_path, texts))
    assert table["tier"].to_list() == ["unmarked", "marked", "marked", "indirect", "unmarked"]
    assert table["surface"][0] == "نحن نسقي الحقول وقت «الفجر» ثم"  # names in marks stay, marked speech ends it
    assert table["ends_at"][0] == "mark"
    spans = table.group_by("document", maintain_order=True).agg("start", "end")
    for starts, ends in spans.select("start", "end").iter_rows():
        assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_tiers_are_parts_of_one_table() -> None:
    sample = ck.sample_corpus()
    whole = ck.news.speech(sample, metadata=["outlet"])
    parts = [ck.news.speech(sample, tiers=tier, metadata="outlet") for tier in ("marked", "unmarked", "indirect")]
    assert whole.rows() == pl.concat(parts).sort("document", "start").rows()
    spoken = ck.news.quotations(sample).filter(pl.col("kind").is_in(["direct", "fragment"]))
    within = spoken.join(parts[2], on="document").filter(pl.col("start").is_between("start_right", "end_right"))
    rest = spoken.join(within, on=["document", "start"], how="anti")  # a clause holds the few words in marks of it
    assert within["words"].max() <= 3
    assert parts[0].select("document", "start", "verb").rows() == rest.select("document", "start", "verb").rows()
    assert parts[1].filter(begins_after="colon")["surface"].to_list() == ["من يدفع"]
    assert set(parts[1].filter(begins_after="name")["place"]) == {"headline"}
    assert whole.columns[:3] == ["document", "id", "outlet"]


def test_speech_that_never_ends(tmp_path: Path) -> None:
    """One paragraph without marks or sentences, and marks that never close, are read in linear time."""
    long = "وقال الراوي: كان البحر هادئا والناس نيام " * 3000
    table = ck.news.speech(build(tmp_path, [long, "وقال الراوي: «" * 2000, "قال:"]), tiers=["unmarked"])
    assert table.height == 3000
    assert set(table["ends_at"]) == {"report", "document"}
    assert table.columns == ck.news.speech(ck.sample_corpus()).columns


def test_excluded_spans_and_empty_subcorpora(tmp_path: Path) -> None:
    corpus = build(tmp_path, ["وقال الراوي: كان البحر هادئا.\nشارك من خلال البريد."])
    rest = corpus.exclude(pl.DataFrame({"document": [0], "start": [0], "end": [29]}))
    assert ck.news.speech(corpus)["tier"].to_list() == ["unmarked"]
    assert not ck.news.speech(rest).height
    assert not ck.news.speech(corpus.filter(pl.col("document") > 5)).height


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tiers": "direct"}, "tiers must be one of .marked., .unmarked., .indirect., got .direct."),
        ({"tiers": ["marked", 3]}, "tiers must be .*got 3"),
        ({"tiers": []}, "tiers must be .*got"),
        ({"tiers": 3}, "tiers must be .*got 3"),
        ({"carry": "no"}, "carry must be"),
    ],
)
def test_invalid_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ck.news.speech(ck.sample_corpus(), **options)
