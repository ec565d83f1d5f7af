"""ck.news.boilerplate: the sample, other page layouts, near-duplicates, and a slow oracle."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import oracles_news_boilerplate as oracle
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_reading import spans

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError

pytestmark = pytest.mark.interface

Build = Callable[..., ck.Corpus]
SCHEMA = {
    "document": pl.UInt32,
    "id": pl.String,
    "paragraph": pl.UInt32,
    "start": pl.UInt32,
    "end": pl.UInt32,
    "surface": pl.String,
    "kind": pl.Enum(["caption", "credit", "related", "share", "footer", "navigation", "headline", "repeated"]),
    "glued": pl.Boolean,
    "rule": pl.Enum(["opening", "repeated", "form"]),
    "documents": pl.UInt32,
}
NO_LEXICON = '[share]\nopenings = ["بغبغان"]\n'  # a lexicon must have a phrase


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Build a corpus of texts; `source` names the source of each."""

    def make(texts: list[str], source: list[Any] | None = None, headline: list[str] | None = None) -> ck.Corpus:
        columns: dict[str, Any] = {"text": texts, "source": source or ["الأفق"] * len(texts)}
        if headline:
            columns["headline"] = headline
        folder = Path(tempfile.mkdtemp(dir=tmp_path)) / "corpus"
        return ck.Corpus.build(pl.DataFrame(columns), folder, progress=False)

    return make


@pytest.fixture(scope="module")
def no_lexicon(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lexicon") / "none.toml"
    path.write_text(NO_LEXICON, encoding="utf-8")
    return path


WHO = ["البستاني", "الخباز", "النجار", "المعلمة", "الصياد", "الطبيبة", "الحداد", "السائق", "الراعي", "الخياط"]
DID = ["أصلح", "باع", "رتب", "نظف", "وصف", "رسم", "نقل", "اشترى", "فحص", "عرض"]
WHAT = ["المركب", "السور", "الدفتر", "المصباح", "البئر", "النافذة", "الطاولة", "السلم", "الصندوق", "الحقل"]
WHERE = ["قرب الجسر", "عند السوق", "خلف المدرسة", "فوق التل", "أمام المرفأ", "تحت القنطرة", "داخل الورشة"]


def sentence(number: int) -> str:
    """Return an invented sentence; those of 700 consecutive numbers share no four words."""
    who, did, what, where = number % 10, (number // 10 + number) % 10, (number // 100 + 3 * number) % 10, number % 7
    return f"{WHERE[where]} {number} {DID[did]} {WHO[who]} {WHAT[what]} {WHERE[(where + did) % 7]} {WHO[who - 1]}"


def body(number: int) -> str:
    return f"{sentence(37 * number)}. و{sentence(37 * number + 11)}."


def found(corpus: ck.Corpus, **options: Any) -> list[tuple[str, str, bool]]:
    table = ck.news.boilerplate(corpus, **options)
    return [(surface, str(kind), glued) for surface, kind, glued in table.select("surface", "kind", "glued").rows()]


# ----------------------------------------------------------------------------------------------------
# The sample
# ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("by", ["outlet", None])
def test_finds_exactly_the_planted_boilerplate(by: str | None) -> None:
    table = ck.news.boilerplate(ck.sample_corpus(), by=by)
    columns = ["id", "start", "end", "surface", "kind", "glued"]
    planted = ck.sample_truth()["boilerplate"].select(columns)
    assert table.height == 161
    assert set(table.with_columns(pl.col("kind").cast(pl.String)).select(columns).rows()) == set(planted.rows())


def test_line_numbers_match_the_sample_truth() -> None:
    table = ck.news.boilerplate(ck.sample_corpus(), by="outlet").filter(~pl.col("glued"))
    truth = ck.sample_truth()["paragraphs"].filter(pl.col("role").is_in(["caption", "credit", "related", "share"]))
    columns = ["id", "paragraph", "start", "end"]
    found = table.select(*columns, pl.col("kind").cast(pl.String))
    assert set(found.rows()) == set(truth.select(*columns, "role").rows())


def test_caption_repeating_a_statement_is_a_caption() -> None:
    table = ck.news.boilerplate(ck.sample_corpus(), by="outlet")
    [(name, start, end)] = spans("no_speech", kind="repeated")
    line = table.filter((pl.col("id") == name) & (pl.col("start") <= start) & (pl.col("end") >= end))
    assert line["kind"].to_list() == ["caption"]


def test_repetition_without_a_lexicon(no_lexicon: Path) -> None:
    planted = ck.sample_truth()["boilerplate"].select("id", "start", "end", "glued", "kind")
    repeated = planted.filter(pl.col("kind").is_in(["share", "footer"])).drop("kind")
    for by in ("outlet", None):
        found = ck.news.boilerplate(ck.sample_corpus(), by=by, lexicon=no_lexicon)
        rows = set(found.select("id", "start", "end", "glued").rows())
        assert set(repeated.rows()) <= rows <= set(planted.drop("kind").rows())
        assert set(found["rule"]) == {"repeated"}
        assert {25, 29} <= set(found["documents"])


def test_excluding_boilerplate_drops_its_words_and_keeps_offsets() -> None:
    corpus = ck.sample_corpus()
    table = ck.news.boilerplate(corpus, by="outlet")
    clean = corpus.exclude(table)
    assert len(ck.kwic(corpus, "نشرتنا")) == 25
    assert len(ck.kwic(clean, "نشرتنا")) == 0
    planted = {"نشرتنا", "7070"}
    assert planted <= set(ck.frequency(corpus, profile=None)["word"])
    assert not planted & set(ck.frequency(clean, profile=None)["word"])
    assert "شارك الخبر" not in set(ck.ngrams(clean, n=2, min_count=1)["ngram"])
    parts = [ck.Corpus.filter(each, pl.col("outlet") == "النافذة السابعة") for each in (corpus, clean)]
    rests = [ck.Corpus.filter(each, pl.col("outlet") != "النافذة السابعة") for each in (corpus, clean)]
    typical = [set(ck.keyness(part, rest)["word"].head(20)) for part, rest in zip(parts, rests, strict=True)]
    assert "نشرتنا" in typical[0]
    assert "نشرتنا" not in typical[1]
    texts = dict(corpus.documents.select("document", "text").collect().iter_rows())
    for row in clean.tokens.collect().sample(300, seed=1).iter_rows(named=True):
        assert texts[row["document"]][row["start"] : row["end"]] == row["token"]
    assert ck.news.boilerplate(clean, by="outlet").height == 0


# ----------------------------------------------------------------------------------------------------
# The reference document
# ----------------------------------------------------------------------------------------------------
def test_reference_document(shared: Path, tmp_path: Path) -> None:
    corpus = ck.Corpus.build(shared / "seed/article.txt", tmp_path / "corpus", progress=False)
    expected = json.loads((shared / "seed/expected.json").read_text(encoding="utf-8"))["furniture"]
    text = (shared / "seed/article.txt").read_text(encoding="utf-8")
    table = ck.news.boilerplate(corpus)
    lines = [text.count("\n", 0, start) for start in table["start"]]  # from 0
    assert lines == [row["line"] for row in expected]
    same = [surface == text.split("\n")[line] for surface, line in zip(table["surface"], lines, strict=True)]
    assert all(same)
    assert table["kind"].to_list() == ["credit", "caption", "related"]
    assert table["paragraph"].to_list() == [1, 2, 15]
    body_words = corpus.exclude(table).documents.select("words").collect().item()
    assert body_words == 313 + 12  # of body and headline


# ----------------------------------------------------------------------------------------------------
# Pages of other layouts
# ----------------------------------------------------------------------------------------------------
def pages(count: int = 12) -> tuple[list[str], list[list[tuple[str, str, bool]]]]:
    """Return pages of an invented newspaper and the boilerplate of each, none of which is in the lexicon."""
    texts, expected = [], []
    for number in range(count):
        headline = f"{WHO[number % 10]} يعود إلى {WHERE[number % 7]} مرة أخرى {number}"
        lines = [headline, headline, "وادي الزيتون - خاص", body(number), "بوابتكم إلى كل جديد | دائما معكم"]
        footer = f"[ خدمة الرسائل: أرسل حرف ن إلى 44{number:02}! ]"
        lines.append(f"{body(number + 50)} {footer}")
        lines.append(f"من الطبعة الورقية {300 + number}، الصفحة {number % 4 + 1}")
        texts.append("\n\n".join(lines))
        expected.append(
            [(headline, "headline", False), (lines[4], "repeated", False), (footer, "footer", True)]
            + [(lines[6], "repeated", False)]
        )
    return texts, expected


@pytest.mark.parametrize("by", ["source", None])
def test_pages_of_another_layout(build: Build, by: str | None) -> None:
    texts, expected = pages()
    headlines = [text.split("\n")[0] for text in texts]
    for corpus in (build(texts), build(texts, headline=headlines)):
        assert found(corpus, by=by) == [row for page in expected for row in page]
        counts = ck.news.boilerplate(corpus, by=by).filter(pl.col("kind") != "headline")
        assert set(counts["documents"]) == {12}


def test_null_source_is_a_source_of_its_own(build: Build) -> None:
    texts = [body(number) for number in range(24)]
    lines = ["هنا تنتهي صفحتنا لليوم", "تجدوننا كل صباح باكر", "موعدنا معكم يتجدد دوما"]
    texts = [f"{text}\n{lines[number % 3]}" for number, text in enumerate(texts)]
    source = [["أ", "ب", None][number % 3] for number in range(24)]
    table = ck.news.boilerplate(build(texts, source), by="source")
    assert table["surface"].to_list() == [lines[number % 3] for number in range(24)]
    assert set(table["documents"]) == {8}
    assert ck.news.boilerplate(build(texts, source), by="source", min_documents=9).height == 0
    assert ck.news.boilerplate(build(texts), min_share=0.4).height == 0  # each line is in a third of all documents
    assert ck.news.boilerplate(build(texts), min_share=1 / 3).height == 24


@pytest.mark.parametrize(
    "footer",
    [
        "تابعوا برامج محطتنا على التردد 11270 أفقي",
        "تابعوا برامج محطتنا على التردد 11270 أفقي.",
        "- تابعوا برامج محطتنا على التردد 11270 أفقي -",
        "(تابعوا برامج محطتنا على التردد 11270 أفقي)",
        "*** تابعوا برامج محطتنا، على التردد 11270 أفقي",
    ],
)
@pytest.mark.parametrize("gap", ["", " ", "\u00a0"])
def test_footers_glued_to_the_last_sentence(build: Build, footer: str, gap: str) -> None:
    if gap == "" and footer[0] in "-*":
        return  # punctuation attached to the text belongs to it
    texts = [f"{body(number)}{gap}{footer}" for number in range(8)]
    assert found(build(texts)) == [(footer, "footer", True)] * 8


def test_a_footer_over_several_lines_is_found_line_by_line(build: Build) -> None:
    texts = [
        f"{body(number)} يصلكم بريدنا المسائي{' ' if number % 2 else chr(10)}كل يوم خميس مع التحية"
        for number in range(10)
    ]
    table = ck.news.boilerplate(build(texts))
    assert table["surface"].to_list() == [
        surface
        for number in range(10)
        for surface in (
            ["يصلكم بريدنا المسائي كل يوم خميس مع التحية"]
            if number % 2
            else ["يصلكم بريدنا المسائي", "كل يوم خميس مع التحية"]
        )
    ]
    assert set(table["documents"]) <= {5, 10}


def test_links_with_changing_titles_are_open_footers(build: Build, no_lexicon: Path) -> None:
    titles = [f"{WHO[number % 10]} و{WHAT[number // 2]} {number}" for number in range(12)]
    texts = [f"{body(number)}{' ' if number % 2 else chr(10)}صفحة المادة: {titles[number]}" for number in range(12)]
    table = ck.news.boilerplate(build(texts), lexicon=no_lexicon)
    assert table["surface"].to_list() == [f"صفحة المادة: {title}" for title in titles]
    assert table["glued"].to_list() == [bool(number % 2) for number in range(12)]
    assert set(table["documents"]) == {12}
    assert set(table["kind"]) == {"footer"}


def test_open_footers_after_verse_need_no_mark(build: Build, no_lexicon: Path) -> None:
    texts = [f"{body(number)} صفحة المادة {WHO[number % 10]} و{WHAT[number // 2]} {number}" for number in range(20)]
    verse = f"{body(21)[:-1]} صفحة المادة {WHO[0]} {WHAT[1]}"
    sentences = f"{body(22)[:-1]} صفحة المادة {WHO[1]}. {sentence(90)}"
    table = ck.news.boilerplate(build([*texts, verse, sentences, *map(body, range(30, 60))]), lexicon=no_lexicon)
    assert table["document"].to_list() == list(range(21))
    assert table["surface"][-1] == f"صفحة المادة {WHO[0]} {WHAT[1]}"


def test_links_to_other_articles_in_a_tenth_of_a_source(build: Build, no_lexicon: Path) -> None:
    link = "كتابات سابقة بقلمه{}..{}؟{}"
    texts = [body(number) + body(number + 100) for number in range(100)]
    for number in range(0, 100, 10):
        texts[number] += " " + link.format(WHO[number // 10], WHAT[number // 10], DID[number // 10])
    texts[5] += f" ومعه كتابات سابقة {sentence(4)}."  # within a sentence
    expected = [(texts[number][texts[number].index("كتابات") :], "footer", True) for number in range(0, 100, 10)]
    assert found(build(texts), lexicon=no_lexicon) == expected


BAR = "بوابتكم زاجل مرسال نقرة رأيكم"  # buttons that no lexicon knows


def test_beginnings_glued_to_the_first_sentence(build: Build) -> None:
    texts = [f"{BAR} {body(number)}" if number % 5 == 0 else body(number) for number in range(40)]
    assert found(build(texts)) == [(BAR, "repeated", True)] * 8
    below = [f"{body(number)}\n{BAR} {body(number + 50)}" for number in range(12)]
    assert found(build(below)) == [(BAR, "repeated", True)] * 12


def test_sentences_in_the_middle_that_many_articles_share(build: Build) -> None:
    notice = "تنشر هذه المواد دون تدقيق لغوي مسبق."
    texts = [
        f"{body(number)} {notice} {body(number + 50)}" if number % 4 == 0 else body(number) for number in range(40)
    ]
    corpus = build(texts)
    assert found(corpus) == [(notice, "repeated", True)] * 10
    clean = corpus.exclude(ck.news.boilerplate(corpus))
    assert len(ck.kwic(clean, "تدقيق")) == 0
    assert len(ck.kwic(clean, WHO[0])) == len(ck.kwic(corpus, WHO[0]))


def test_ordinary_language_at_the_beginning_is_text(build: Build) -> None:
    texts = [f"{'أعلن حاكم وادي الزيتون أمس' if number % 4 == 0 else ''} {body(number)}" for number in range(40)]
    for number in range(40):
        texts[number] += f" ثم {DID[number % 10]} ما أعلن حاكم {WHO[number // 4]}، ورأى في وادي الزيتون أمس {number}."
    assert found(build(texts)) == []


def test_reports_from_a_template_are_text(build: Build) -> None:
    reports = [
        f"تتوقع دائرة الرصد اليوم طقسا معتدلا نهارا. تبلغ الحرارة {number} درجة. والبحر هادئ خفيف الموج "
        f"{WHERE[number % 7]}. والريح شمالية سرعتها {WHO[number % 10]} {number} عقدة"
        for number in range(12)
    ]
    assert found(build([*reports, *(body(number) for number in range(40))])) == []


def test_last_sentences_with_the_same_opening_are_text(build: Build) -> None:
    texts = [f"{body(number)} يذكر أن {sentence(90 + 7 * number)}." for number in range(12)]
    assert found(build(texts)) == []
    without_stops = [text.replace(".", "") for text in texts]
    assert found(build(without_stops)) == []


def test_repeated_datelines_and_formulas_are_text(build: Build) -> None:
    for dateline in ("وادي الزيتون - خاص", "وادي الزيتون (وكالة النبع)", "الأحد 4 أيار", "كتب: سليم الراوي"):
        texts = [f"عن {sentence(3 * number)}\n{dateline}\n{body(number)}" for number in range(10)]
        assert found(build(texts)) == []
    formulas = ["إنا لله وإنا إليه راجعون.", "والسلام عليكم ورحمة الله وبركاته"]
    for formula in formulas:
        assert found(build([f"{body(number)} {formula}" for number in range(10)])) == []
        assert found(build([f"{body(number)}\n{formula}" for number in range(10)])) == []


def test_formulaic_phrases_at_the_end_of_sentences_are_text(build: Build) -> None:
    ends = ["وتمنى للبلد الصديق المزيد من التقدم والازدهار." if number < 6 else "" for number in range(60)]
    assert found(build([f"{body(number)[:-1]} {end}" for number, end in enumerate(ends)])) == []


def test_a_headline_is_never_boilerplate(build: Build) -> None:
    texts = [f"نشرة الصباح من الأفق\n\n{body(number)}" for number in range(10)]
    assert found(build(texts, headline=["نشرة الصباح من الأفق"] * 10)) == []
    assert found(build(texts)) == [("نشرة الصباح من الأفق", "repeated", False)] * 10
    lexical = [f"شارك الخبر مع جارك\n\n{body(number)}" for number in range(3)]
    assert found(build(lexical, headline=["شارك الخبر مع جارك"] * 3)) == []


# ----------------------------------------------------------------------------------------------------
# Openings
# ----------------------------------------------------------------------------------------------------
LINES = [
    ("تعليق الصورة: قارب عند المرفأ.", "caption"),
    ("تعليقُ الصّورة - قارب عند المرفأ", "caption"),
    ("Image caption قارب عند المرفأ قبل الغروب", "caption"),
    ("مصدر الصورة Getty Images", "credit"),
    ("(تصوير: سليم الراوي)", "credit"),
    ("عدسة/ سليم الراوي", "credit"),
    ("قارب عند المرفأ مصدر الصورة Reuters", "credit"),
    ("قارب عند المرفأ صدر الصورة، مواقع", "credit"),
    ("إقرأ أيضاً: دفتر الراعي", "related"),
    ("• اقرأ ايضا دفتر الراعي", "related"),
    ("المزيد حول هذه القصة", "related"),
    ("...المزيد", "related"),
    ("الوسوم: مركب، سور", "related"),
    ("شارك هذا الخبر", "share"),
    ("طباعة | حفظ", "share"),
    ("اشترك في نشرتنا البريدية", "share"),
    ("جميع الحقوق محفوظة لصحيفة الأفق 2026", "footer"),
    ("آخر تحديث: 10:45", "footer"),
    ("الرئيسية > محليات", None),
    ("الرئيسية | محليات", "navigation"),
    ("شارك الوزير في افتتاح السوق", None),
    ("اشترك في المسابقة عشرون قاربا", None),
    ("الصورة التي نشرت أمس قديمة", None),
    ("لم يعرف أحد مصدر الصورة", None),
    ("سأل الراعي عن مصدر الصورة القديمة", None),
    ("مصدر الصورة التي نشرتها الصحف كلها أمس قرب الجسر مجهول حتى اليوم.", None),
    ("سمات", None),
    ("المزيد من العمل ينتظر النجار", None),
    ("مصدر الصورة وما قيل عنها في الأيام الماضية قرب الجسر وخلف السوق", None),
    ("شرح الصورة " + "كلمة " * 60, None),
]


def test_lines_by_their_opening(build: Build) -> None:
    corpus = build([f"{body(number)}\n{line}\n{body(number + 50)}" for number, (line, _) in enumerate(LINES)])
    table = ck.news.boilerplate(corpus).select("document", "surface", "kind", "glued")
    expected = [(number, line, kind, False) for number, (line, kind) in enumerate(LINES) if kind]
    assert table.rows() == expected


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (f"{body(1)} اقرأ أيضا: دفتر الراعي", "اقرأ أيضا: دفتر الراعي"),
        (f"{body(1)} (تصوير: سليم الراوي)", "(تصوير: سليم الراوي)"),
        (f"{body(1)[:-1]} (عدسة: سليم الراوي)", "(عدسة: سليم الراوي)"),
        (f"{body(1)} قارب مصدر الصورة Getty", "مصدر الصورة Getty"),
        (f"{body(1)} تصوير قارب: {sentence(5)}", None),
        (f"{body(1)[:-1]} ثم اقرأ أيضا: دفتر الراعي", None),
        (f"{body(1)} اقرأ أيضا: {'كلمة ' * 30}", None),
    ],
)
def test_openings_within_a_line(build: Build, text: str, rest: str | None) -> None:
    kinds = {"ا": "related"}
    expected = [(rest, kinds.get(rest[0], "credit"), True)] if rest else []
    assert found(build([text])) == expected


def test_rows_of_buttons(build: Build) -> None:
    cases = [
        ("شارك من خلال تويتر فيسبوك جوجل بلس اكتب رأيك {}", "شارك من خلال تويتر فيسبوك جوجل بلس اكتب رأيك"),
        ("{} طباعة | حفظ | إرسال", "طباعة | حفظ | إرسال"),
        ("ينشر النجار صوره في فيسبوك، تويتر، انستغرام {}", None),
        ("ينشر صوره في تويتر فيسبوك انستغرام {}", None),
        ("تويتر فيسبوك {}", None),
    ]
    texts = [text.format(body(number)) for number, (text, _) in enumerate(cases)]
    assert found(build(texts)) == [(row, "share", True) for _, row in cases if row]


def test_marks_set_off_the_end_of_a_report(build: Build) -> None:
    ends = ["// انتهى //", "//انتهى//17:39 ت م"]
    table = found(build([f"{body(number)[:-1]} {end}" for number, end in enumerate(ends)]))
    assert [(kind, "انتهى" in surface) for surface, kind, _ in table] == [("footer", True)] * 2
    assert found(build([f"{body(1)} ثم انتهى: {body(2)}"])) == []


def test_signs_before_boilerplate_that_end_the_text_belong_to_it(build: Build) -> None:
    row = "اقرأ أيضا: خبر آخر"
    ends = [" www.example.org. ", " www.example.org . ", " ) . ", "“. ", " 0.7 %. ", " www.example.org“ "]
    assert found(build([f"{body(number)[:-1]}{end}{row}" for number, end in enumerate(ends)])) == [
        (row, "related", True)
    ] * len(ends)


LONG = f"{sentence(3)} {sentence(14)} {sentence(25)}."


def test_feet_of_authors_and_addresses_below_the_text(build: Build) -> None:
    cases = [
        (f"{LONG}\n* كاتب من الوادي", [("* كاتب من الوادي", "credit", False)]),
        (f"{LONG} أستاذ النجارة بجامعة التل", [("أستاذ النجارة بجامعة التل", "credit", True)]),
        (f"{LONG} أستاذ النجارة بجامعة التل.", []),
        (f"{LONG} قال أستاذ النجارة بجامعة التل", []),
        (f"{LONG}\nكاتب: {sentence(7)}", []),
        (f"{LONG}\n\nraei@example.org", [("raei@example.org", "footer", False)]),
        (f"{LONG}\nتويتر: @raei", [("تويتر: @raei", "footer", False)]),
        (f"{LONG[:-1]}:\nwww.example.org", []),
        (f"raei@example.org\n{LONG}", []),
        (
            f"{LONG}\nللتواصل أرسل 7\nإلى الرقم 9",
            [("للتواصل أرسل 7", "footer", False), ("إلى الرقم 9", "footer", False)],
        ),
        (f"{LONG}\nللتواصل أرسل 7\nإلى الرقم 9.", [("للتواصل أرسل 7", "footer", False)]),
    ]
    for text, expected in cases:
        assert found(build([text])) == expected, text


def test_names_below_the_text(build: Build) -> None:
    cases = [
        (f"{LONG}\nخالد النجار", "خالد النجار"),
        (f"{LONG}\n- عايض الميلبي", "- عايض الميلبي"),  # by the form of the surname
        (f"{LONG} د. مريم بنت سالم", "د. مريم بنت سالم"),
        (f"{LONG[:-1]} - محمد البستاني", "- محمد البستاني"),
        (f"{LONG}\nخالد النجار\nعضو جمعية التل", "خالد النجار\nعضو جمعية التل"),
        (f"{LONG} خالد النجار.", None),
        (f"{LONG} قال خالد النجار", None),
        (f"{LONG[:-1]}\nخالد النجار", None),  # verse
    ]
    for text, expected in cases:
        table = ck.news.boilerplate(build([text]))
        assert "\n".join(table["surface"]) == (expected or ""), text
        assert set(table["kind"]) <= {"credit"}


def test_last_lines_and_what_ends_a_text(build: Build) -> None:
    cases = [
        (f"{LONG}\nاجتماع أهل التل", "اجتماع أهل التل", "caption"),
        (f"{LONG}\nواجتمع أهل التل", None, None),
        (f"{LONG}\nإلى اللقاء", None, None),
        (f"قال خالد النجار: {LONG}\nخالد النجار", "خالد النجار", "caption"),  # named in the text: who is in a picture
        (f"{LONG}\nسلوى بنت قمر - الرمادية", "سلوى بنت قمر - الرمادية", "credit"),
        (f"{LONG} - الرمادية", "- الرمادية", "credit"),
        (f"{LONG}\n(*أستاذ الأدب – جامعة التل)", "(*أستاذ الأدب – جامعة التل)", "credit"),
        (f"{LONG}\nفاكس: 5550123", "فاكس: 5550123", "footer"),
        (f"{LONG} هاتف 5550123", "هاتف 5550123", "footer"),
        (f"{LONG} «الأفق»", "«الأفق»", "credit"),
        (f"{LONG} (متفق عليه)", None, None),
    ]
    for text, expected, kind in cases:
        table = ck.news.boilerplate(build([text]))
        assert table["surface"].to_list() == ([expected] if expected else []), text
        assert table["kind"].to_list() == ([kind] if kind else []), text


def test_photo_credits(build: Build) -> None:
    caption = "بحارة يصلحون المركب قرب الجسر. وكان المركب قد غرق. «رويترز»"
    cases = [
        (caption, [caption]),
        (f"{caption} صيادون في السوق. “أ. ف. ب”", [f"{caption} صيادون في السوق. “أ. ف. ب”"]),
        (f"{LONG} البستاني في السوق. (رويترز) {LONG}", ["البستاني في السوق. (رويترز)"]),
        (f"{LONG} {LONG} (د ب أ)", ["(د ب أ)"]),
        (f"{LONG} نقلا عن وكالة (رويترز) التي {LONG}", []),
        (f"{LONG}\nReuters – 2 – {LONG}", ["Reuters"]),
        (f"{LONG}\nwww.site.example – 2 – {LONG}", ["www.site.example"]),
        (f"{LONG} Photo by Nobody Known وبعد ذلك {LONG}", ["Photo by Nobody Known"]),
        (f"{LONG}\nA man sells fish near the old bridge. REUTERS/Nobody", [
            "A man sells fish near the old bridge. REUTERS/Nobody"]),
    ]  # fmt: skip
    for text, expected in cases:
        assert ck.news.boilerplate(build([text]))["surface"].to_list() == expected, text


def test_captions_below_the_text_without_a_listed_word(build: Build) -> None:
    habit = [f"{LONG}\nجانب من السوق", f"{LONG}\nخلال العرض", f"{LONG}\nصورة جماعية"]
    block = "بحارة قرب الجسر\nالسلم الجديد"
    long = "الخباز يعرض الدفتر في السوق والبستاني أمام الجسر والنجار خلف المدرسة والحداد فوق التل"
    texts = [*habit, f"{LONG}\n{block}", f"{LONG}\n{long}", f"{LONG} {long}", f"{LONG[:-1]}:\n{block}"]
    table = ck.news.boilerplate(build(texts)).filter(pl.col("document") > 2)
    assert table["surface"].to_list() == [*block.split("\n"), long, long]


def test_addresses_that_are_not_one_token(build: Build) -> None:
    for line in ("تويتر: raei7@", "raei@ example.org", "إيميل: raei7@example org"):
        assert found(build([f"{LONG}\n{line}"])) == [(line, "footer", False)], line
    assert found(build([f"{LONG} كاتب من الوادي raei7@"])) == [("كاتب من الوادي raei7@", "credit", True)]


def test_captions_after_the_last_sentence_alone_and_as_sentences(build: Build) -> None:
    habit = [f"{LONG}\nجانب من السوق", f"{LONG}\nخلال العرض", f"{LONG}\n.. وتوزيع الدفاتر"]
    texts = [*habit, f"{LONG} الخباز يعرض الدفتر", f"{LONG} قال: «هنا. ولا هناك» أبدا"]
    assert [surface for surface, _, _ in found(build(texts))][3:] == ["الخباز يعرض الدفتر"]
    above = [f"{line}\n{LONG}" for line in ("جانب من السوق", "من الحفل", "خلال العرض")]
    assert found(build([*above, "البستاني والخباز"]))[3:] == [("البستاني والخباز", "caption", False)]
    assert found(build([f"{LONG} جانب من السوق. {LONG}"])) == [("جانب من السوق.", "caption", True)]
    assert (
        found(build([f"{LONG} جانب من السوق يباع فيه الخبز كل يوم قرب الجسر وعند المرفأ وخلف السور القديم. {LONG}"]))
        == []
    )


def test_captions_of_names_within_a_text_where_a_source_has_captions_there(build: Build) -> None:
    habit = [f"{LONG} جانب من {place}. {LONG}" for place in ("السوق", "الجسر", "المرفأ")]
    long = "جانب من السوق القديم عند الجسر وخلف المدرسة وأمام المرفأ وفوق التل وحول السور الطويل"
    captions = ["الأمير سعد خلال الاجتماع.", "محمد ناصر.", "رشكاني بعد التدريب.", "سعد ومحمد يتحدث.", f"{long}."]
    text = " ".join(f"{LONG} {caption}" for caption in captions) + f" وكان أحمد رشكاني هنا. {LONG}"
    assert [surface for surface, _, _ in found(build([*habit, text]))][3:] == captions
    assert found(build([*habit[:2], text]))[2:] == []  # too few texts with captions
    plain = ["حدث خلال اليوم.", "سعد الخباز قرب الجسر خلال اليوم.", "وسعد خلال اليوم.", "جديد بعد التدريب.", "محمد."]
    text = " ".join(f"{LONG} {sentence}" for sentence in plain) + f" {LONG}"
    assert len(found(build([*habit, text, f"محمد ناصر. {LONG}"]))) == 3


def test_addresses_that_a_sentence_announces_are_text(build: Build) -> None:
    link = "رابط الخبر بصحيفة الأفق: السوق"
    for mark, expected in ((":", link), (".", f"http://site.example/a . {link}")):
        texts = [f"{LONG[:-1]}{mark}\nhttp://site.example/a . {link}"]
        assert found(build(texts)) == [(expected, "footer", mark == ":")], mark


def test_comments_of_code_and_hidden_addresses(build: Build) -> None:
    text = f"{LONG[:-1]} على البريد [email protected] /* */ حتى الغد. {LONG}"
    assert found(build([text])) == [("[email protected]", "navigation", True), ("/* */", "navigation", True)]
    assert found(build([f"{LONG[:-1]} /* هنا */ {LONG} 3 */ 4"])) == []


def test_credits_of_pictures_in_brackets_within_a_line(build: Build) -> None:
    assert found(build([f"الأفق- التل (تصوير: سليم الراوي): {LONG}"])) == [("(تصوير: سليم الراوي)", "credit", True)]
    assert found(build([f"الأفق- التل (تصوير الفيلم): {LONG}"])) == []


def test_openings_that_are_sure_in_a_source_need_no_mark(build: Build) -> None:
    links = [f"{body(number)} اقرأ المزيد {sentence(5 * number)}" for number in range(12)]
    verse = f"{body(20)[:-1]} اقرأ المزيد {sentence(88)}"
    assert len(found(build([*links, verse]))) == 13
    assert len(found(build([*links, verse], source=["الأفق"] * 12 + ["الساحل"]), by="source")) == 12


def test_short_lines_beside_the_text_are_captions_where_a_source_has_them(build: Build) -> None:
    short = ["جانب من السوق", "المركب القديم", "من الحفل", "البستاني", "خلال العرض", "سليم الراوي: مقال", "قال لي"]
    above = [f"{line}\n{LONG}" for line in short]
    expected = [(line, "caption", False) for line in short if ":" not in line]
    assert found(build(above)) == expected
    assert found(build([f"{LONG}\n{line}" for line in short])) == expected
    assert found(build(above[:4])) == []  # too few begin as captions do
    verse = f"{LONG}\nيا قمر الوادي البعيد\nيا سور التل القديم"
    assert found(build([*above, verse])) == expected


def test_code_left_in_a_text(build: Build) -> None:
    code = "#box ul { padding: 0; margin: 0; } .box { width: 5px; height: 7px; color: red; border: none; float: left }"
    assert found(build([f"{LONG} {code}"])) == [(code, "navigation", True)]
    assert found(build([f"{LONG} {code} ما رأيك؟ جيد لا أعلم"])) == [
        (f"{code} ما رأيك؟ جيد لا أعلم", "navigation", True)
    ]
    assert (
        found(build([f"{LONG} The boat is near the bridge and nobody in the old town knows why it is there. {LONG}"]))
        == []
    )


def test_one_very_long_line_without_marks(build: Build) -> None:
    text = " ".join(sentence(number) for number in range(5_000))
    assert found(build([text, text, body(1)])) == []


def test_controls_do_not_mark_the_whole_line(build: Build) -> None:
    corpus = build([f"Next Previous سليم الراوي – الجسر\n{body(1)}", f"Next Previous\n{body(2)}"])
    assert found(corpus) == [("Next Previous", "navigation", True), ("Next Previous", "navigation", False)]


def test_lines_longer_than_max_words_are_text(build: Build) -> None:
    corpus = build([f"{body(1)}\nشرح الصورة: أربع كلمات بعد ذلك"])
    assert len(found(corpus, max_words=4)) == 1
    assert found(corpus, max_words=3) == []


def test_user_lexicon(build: Build, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[credit]\nlabels = ["بريشة"]\n[kept]\nformulas = ["كلمة أخيرة لكم"]', encoding="utf-8")
    corpus = build([f"{body(number)}\nبريشة: سليم\nشارك الخبر\nكلمة أخيرة لكم" for number in range(4)])
    assert found(corpus, lexicon=path) == [("بريشة: سليم", "credit", False)] * 4
    table = ck.news.boilerplate(corpus, lexicon=str(path), min_documents=4)
    assert table["surface"].unique(maintain_order=True).to_list() == ["بريشة: سليم", "شارك الخبر"]


# ----------------------------------------------------------------------------------------------------
# Near-duplicates
# ----------------------------------------------------------------------------------------------------
def test_identical_documents_do_not_count_as_repetition(build: Build, no_lexicon: Path) -> None:
    text = f"{body(1)}\nبوابتكم إلى كل جديد دائما\n{body(2)} تابعوا برامج محطتنا على التردد العام"
    assert found(build([text] * 30)) == []
    assert found(build([text])) == []
    assert found(build(["بوابتكم إلى كل جديد دائما"] * 30)) == []
    mixed = [text] * 30 + [body(number) for number in range(3, 30)]
    assert found(build(mixed), lexicon=no_lexicon) == []


def test_lines_shared_only_by_near_duplicates_are_text(build: Build) -> None:
    paragraphs = [body(number) for number in range(100, 104)]
    copies = ["\n".join(paragraphs) for _ in range(6)]
    # an editor changed a word of the first paragraph of each
    edited = [f"{WHO[number]} {copy}" for number, copy in enumerate(copies)]
    others = [f"{body(number)}\n{body(number + 30)}" for number in range(30)]
    assert found(build(edited + others)) == []


def test_near_duplicates_lose_their_footer_and_keep_their_last_sentence(build: Build) -> None:
    footer = "تابعوا برامج محطتنا على التردد العام"
    texts = [f"{body(number)} {footer}" for number in range(20)] + [f"{body(99)}\n{body(98)} {footer}"] * 8
    assert found(build(texts)) == [(footer, "footer", True)] * 28


def test_shared_word_before_the_footer_is_text(build: Build) -> None:
    footer = "تابعوا برامج محطتنا على التردد العام"
    texts = [f"{body(number)[:-1]}{' كما قيل' if number < 8 else ''} {footer}" for number in range(40)]
    assert {surface for surface, _, _ in found(build(texts))} == {footer}


# ----------------------------------------------------------------------------------------------------
# Parts, empty corpora, invalid input
# ----------------------------------------------------------------------------------------------------
def test_subcorpus_is_counted_on_its_own(build: Build) -> None:
    texts, expected = pages(12)
    corpus = build(texts)
    part = corpus.filter(pl.col("document") >= 6)
    table = ck.news.boilerplate(part)
    assert table["document"].unique().to_list() == list(range(6, 12))
    assert found(part) == [row for page in expected[6:] for row in page]
    assert set(table.filter(pl.col("kind") != "headline")["documents"]) == {6}
    few = corpus.filter(pl.col("document") < 3)
    assert {kind for _, kind, _ in found(few)} == {"headline"}


def test_offsets_refer_to_the_original_text(build: Build) -> None:
    texts, _ = pages(12)
    corpus = build(texts)
    whole = ck.news.boilerplate(corpus)
    some = whole.filter(pl.col("kind") == "repeated")
    rest = ck.news.boilerplate(corpus.exclude(some))
    columns = ["document", "start", "end", "surface", "kind"]
    assert rest.select(columns).equals(whole.filter(pl.col("kind") != "repeated").select(columns))


def test_a_line_of_listed_phrases_only(build: Build) -> None:
    """Each phrase may begin a caption up to the end of the line: looked at for all of them, they would take hours."""
    assert ck.news.boilerplate(build(["قال الوزير نعم. " + "تصوير الكاتب صورة " * 50_000])).height == 0


def test_empty_tables_have_all_columns(build: Build) -> None:
    corpus = build([body(1), "...", body(2)])
    for each in (corpus, corpus.filter(pl.col("document") > 9), ck.sample_corpus().filter(pl.lit(False))):
        table = ck.news.boilerplate(each)
        assert table.height == 0
        assert dict(table.schema) == SCHEMA
    assert dict(ck.news.boilerplate(ck.sample_corpus()).schema) == SCHEMA


def test_surfaces_are_the_original_text(build: Build) -> None:
    texts = [f"🙂 {body(1)}\r\n\r\n\u200fشارك  الخبر\tعبر البريد \u00a0\r\n{body(2)}"]
    corpus = build(texts)
    [row] = ck.news.boilerplate(corpus).iter_rows(named=True)
    text = corpus.documents.select("text").collect().item()
    assert row["surface"] == text[row["start"] : row["end"]]
    assert row["surface"] == "شارك  الخبر\tعبر البريد"


def test_runs_repeat_and_are_recorded() -> None:
    corpus = ck.sample_corpus().filter(pl.col("outlet") == "بريد الساحل")
    table = ck.news.boilerplate(corpus, by="outlet", min_share=0.1)
    record = provenance_of(table)
    assert record is not None
    assert record["function"] == "ck.news.boilerplate"
    assert record["options"]["by"] == "outlet"
    assert record["options"]["min_share"] == 0.1
    assert record["options"]["subcorpus"]["documents"] == 32
    assert table.equals(ck.news.boilerplate(corpus, by="outlet", min_share=0.1))
    assert table.select("document", "start").equals(table.select("document", "start").sort("document", "start"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "outlt"}, "^by must be .* got 'outlt'.*'outlet'"),
        ({"by": 5}, "^by must be"),
        ({"min_share": 1.5}, "^min_share must be .* got 1.5"),
        ({"min_share": float("nan")}, "^min_share must be"),
        ({"min_share": True}, "^min_share must be"),
        ({"min_share": "many"}, "^min_share must be"),
        ({"min_documents": 1}, "^min_documents must be .* 2, got 1"),
        ({"min_documents": 2.5}, "^min_documents must be"),
        ({"min_words": 0}, "^min_words must be"),
        ({"max_words": 0}, "^max_words must be"),
        ({"lexicon": 5}, "^lexicon must be"),
        ({"lexicon": "/nowhere/boilerplate.toml"}, "/nowhere/boilerplate.toml"),
    ],
)
def test_invalid_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ck.news.boilerplate(ck.sample_corpus(), **options)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no phrases"),
        ("[share", "cannot read"),
        ("[shares]\nopenings = ['شارك']", r"\[shares\].*'share'"),
        ("[share]\nopening = ['شارك']", "'opening'.*'openings'"),
        ("[share]\nopenings = 'شارك'", r"openings in \[share\] must be .* got 'شارك'"),
        ("[share]\nopenings = ['شارك', 5]", r"openings in \[share\] must be .* 5"),
        ("[share]\nopenings = ['...']", r"openings in \[share\] .*'\.\.\.'"),
        ("share = 5", r"\[share\] must be .* got 5"),
        ("[kept]\nformula = ['شارك']", "'formula'.*'formulas'"),
    ],
)
def test_invalid_lexicons(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        ck.news.boilerplate(ck.sample_corpus(), lexicon=path)
    assert "bad.toml" in str(caught.value)


def test_rejects_anything_but_a_corpus() -> None:
    with pytest.raises(InputError, match=r"^corpus must be"):
        ck.news.boilerplate(["شارك الخبر"])  # type: ignore[arg-type]


# ----------------------------------------------------------------------------------------------------
# The oracle
# ----------------------------------------------------------------------------------------------------
PIECES = [
    "شارك الخبر", "شارك", "اقرأ أيضا", "تصوير", "عدسة", "مصدر الصورة", "Getty", "المزيد", "Next Previous", "سمات",
    "رويترز", "Reuters", "«رويترز».", "فاكس 12", "محمد بن قمر", "الرس",
    "رابط الخبر", "شرح الصورة", "إنا لله وإنا إليه راجعون", "الأحد", "مركب", "سور", "قمر", "ورد", "و", "12",
    "جانب من سور.", "سعد خلال قمر.", "محمد ناصر.", "\u0667", "@abc", "#ورد", "a@b.com", "http://a.b/c",
]  # fmt: skip
SIGNS = [":", ".", "،", "(", ")", "«", "»", '"', "-", "|", "/", "!", "***", "…", "؟", "ـ"]
GAPS = [" ", " ", " ", "", "\n", "\n\n"]
ENDS = ["", " تابعوا مركب سور دوما 5", "\nتابعوا مركب سور دوما 6.", ". بريد الورد قمر", "\nسطر واحد ثابت"]


@st.composite
def small_pages(draw: st.DrawFn) -> tuple[list[str], list[str | None]]:
    """Return texts made of a few pieces, with repeated ends, so that every rule applies."""
    texts = []
    for _ in range(draw(st.integers(2, 7))):
        parts = draw(
            st.lists(
                st.tuples(st.one_of(*[st.sampled_from(PIECES)] * 2, st.sampled_from(SIGNS)), st.sampled_from(GAPS)),
                min_size=1,
                max_size=14,
            )
        )
        end = draw(st.sampled_from([*ENDS, f". صفحة المادة {draw(st.sampled_from(PIECES))}"]))
        begin = draw(st.sampled_from(["", "", "بوابة قمر ورد مركب "]))
        texts.append(begin + "".join(piece + gap for piece, gap in parts) + end)
    texts += [texts[place] for place in draw(st.lists(st.integers(0, len(texts) - 1), max_size=2))]
    source = draw(st.lists(st.sampled_from(["أ", "ب", None]), min_size=len(texts), max_size=len(texts)))
    return texts, source


@given(small_pages(), st.sampled_from([None, "source"]), st.integers(2, 3), st.integers(1, 3), st.integers(2, 12))
@settings(max_examples=examples(12))
def test_equal_to_the_oracle(
    made: tuple[list[str], list[str | None]], by: str | None, least: int, tail: int, longest: int
) -> None:
    texts, source = made
    options = {"min_share": 0.2, "min_documents": least, "min_words": tail, "max_words": longest}
    with tempfile.TemporaryDirectory() as folder:
        frame = pl.DataFrame({"text": texts, "source": source}, schema={"text": pl.String, "source": pl.String})
        corpus = ck.Corpus.build(frame, Path(folder) / "corpus", progress=False)
        table = ck.news.boilerplate(corpus, by=by, **options)  # type: ignore[arg-type]
        assert oracle.rows_of(table) == oracle.boilerplate(corpus, by, **options)
        spans = corpus.documents.select("document", "text").collect()
        text_of = dict(spans.iter_rows())
        for row in table.iter_rows(named=True):
            assert text_of[row["document"]][row["start"] : row["end"]] == row["surface"]
        corpus.close()


@pytest.mark.slow
def test_equal_to_the_oracle_on_the_sample_and_on_pages(build: Build, no_lexicon: Path) -> None:
    sample = ck.sample_corpus().filter(pl.col("outlet").is_in(["بريد الساحل", "النافذة السابعة", "مرايا الشرق"]))
    corpora = [(sample, "outlet"), (sample, None), (build(pages()[0]), "source")]
    for corpus, by in corpora:
        for options in ({}, {"lexicon": no_lexicon}):
            table = ck.news.boilerplate(corpus, by=by, **options)  # type: ignore[arg-type]
            assert oracle.rows_of(table) == oracle.boilerplate(corpus, by, **options)
            assert table.height


# ----------------------------------------------------------------------------------------------------
# Real articles
# ----------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_footers_of_real_outlets(shared: Path, tmp_path: Path, no_lexicon: Path) -> None:
    articles = pl.read_parquet(shared / "data/saudinewsnet-part1.parquet").select("source", text="content")
    frame = articles.filter(pl.col("source").is_in(["alweeam", "3alyoum", "almadina", "sabq"]))
    corpus = ck.Corpus.build(frame, tmp_path / "corpus", progress=False)
    named = corpus.documents.select("document", "source").collect()
    for lexicon in (None, no_lexicon):
        table = ck.news.boilerplate(corpus, by="source", lexicon=lexicon).join(named, on="document")
        ends = table.filter(pl.col("kind") != "navigation")
        documents = dict(ends.group_by("source").agg(pl.col("document").n_unique()).iter_rows())
        size = dict(named.group_by("source").len().iter_rows())
        assert documents["alweeam"] > 0.98 * size["alweeam"]  # a link with the title of the article
        if lexicon is None:
            assert 0.78 < documents["3alyoum"] / size["3alyoum"] < 0.82  # keywords after a listed word
        assert 0.08 < documents["almadina"] / size["almadina"] < 0.13  # how to write to the author
        assert documents.get("sabq", 0) < (15 if lexicon is None else 5)  # next to none repeats


ABOVE, BELOW = (
    "افتتحت المكتبة العامة في حي المرفأ صباح أمس قاعة جديدة للأطفال "
    "تضم ألفي كتاب ومسرحا صغيرا للدمى وورشة للرسم والخط وركنا للحكاية.",
    "وقالت مديرة المكتبة إن القاعة تفتح أبوابها كل يوم من التاسعة صباحا إلى السابعة مساء وإن دخولها مجاني للجميع.",
)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("عدد المشاهدات: 1204", "footer"),
        ("12 تعليقا", "footer"),
        ("منذ 3 ساعات", "footer"),
        ("نُشر في 12/03/2021 - 10:30", "footer"),
        ("#مكتبات #قراءة_للأطفال", "related"),
        ("تابعوا أخبار الأفق على تلغرام", "share"),
        ("© صحيفة الأفق", "credit"),
        ("مديرة المكتبة مع زوار القاعة الجديدة (رويترز)", "caption"),
        ("— سلمى الكاتبة (@salma_reads) March 12, 2021", "credit"),
        ("نستخدم ملفات تعريف الارتباط لتحسين خدمتنا", "footer"),
        ("إعلان", "footer"),
    ],
)
def test_lines_that_a_page_adds_between_paragraphs(build: Build, line: str, kind: str) -> None:
    assert found(build([f"{ABOVE}\n{line}\n{BELOW}"])) == [(line, kind, False)]


@pytest.mark.parametrize("end", ["س.ع/ م.ح", "س.ع/ م.ح (رويترز)", "(إعداد سلمى عوض - تحرير رامي حنا)", "=====ن.م."])
def test_who_made_a_report_is_below_it(build: Build, end: str) -> None:
    assert found(build([f"{ABOVE}\n{BELOW}\n{end}"])) == [(end, "credit", False)]


@pytest.mark.parametrize(
    "line",
    ["(رويترز) - فتحت المكتبة أبوابها أمس", "* القائمة", "#المكتبة_الجديدة", "12 قارئا", "الجمعة 12 مارس 2021 - 10:30"],
)
def test_datelines_headings_and_sentences_stay(build: Build, line: str) -> None:
    assert found(build([f"{line}\n{ABOVE}\n{BELOW}"])) == []


def test_a_date_of_publication_ends_where_the_text_begins(build: Build) -> None:
    stamp = "آخر تحديث: الجمعة 12 مارس 2021 الساعة 10:30"
    assert found(build([f"{stamp} {ABOVE}\n{BELOW}"])) == [(stamp, "footer", True)]


def test_headlines_below_a_heading_of_links(build: Build) -> None:
    links = ["موضوعات متعلقة", "بلدية المرفأ توسع الحديقة", "ورشة للرسم في مدرسة الحي"]
    table = ck.news.boilerplate(build(["\n".join([ABOVE, links[0], links[1], BELOW, *links])]))
    assert table["surface"].to_list() == [*links[:2], *links]
    assert table["kind"].unique().to_list() == ["related"]


def test_a_caption_without_a_space_before_the_text(build: Build) -> None:
    texts = [f"افتتح {body(number)}" for number in range(40)]
    texts += [f"زوار الحديقة مع {name}افتتح {body(50 + number)}" for number, name in enumerate(WHO[:6])]
    corpus = build(texts)
    table = ck.news.boilerplate(corpus)
    assert table["surface"].to_list() == [f"زوار الحديقة مع {name}" for name in WHO[:6]]
    assert table["kind"].unique().to_list() == ["caption"]
    assert table["glued"].all()
    assert ck.news.boilerplate(build(texts[:44])).is_empty()  # four are too few to show a habit
    assert len(ck.kwic(corpus.exclude(table), f"{WHO[0]}افتتح")) == 0  # the token goes with its caption
