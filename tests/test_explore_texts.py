"""Texts in the explorer: their table, the reading view, the plot of the concordance, samples and spellings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.explore.calls import Call, Chain, FindAnywhere
from corpus_kit.explore.reading import WINDOW
from corpus_kit.explore.selection import EVERYTHING

pytest.importorskip("anywidget", reason="anywidget is not installed")

MARKUP = "<img src=x onerror=document.title='broken'>"
TEXTS = [
    "قال الوزير إن الوزير غائب.",
    f"سأل الوزير {MARKUP} فأجاب.\n\nفقرة أخرى\u202e عن الوزير\x07 نفسه.\n\nA minister in Reuters.",
    "…",
    "minister 42 \x7f in Reuters",
    "الوزير",
]


@pytest.fixture(scope="module")
def sample() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    frame = pl.DataFrame({"id": ["a", MARKUP, "c", "d", "e"], "text": TEXTS, "paper": ["إذاعة", None, "<i>", "ص", "ص"]})
    with ck.Corpus.build(frame, tmp_path_factory.mktemp("texts") / "c", id="id", progress=False) as built:
        yield built


def ask(explorer: Any, **message: Any) -> dict[str, Any]:
    """Send a message as the page does; return the answer."""
    sent: list[dict[str, Any]] = []
    explorer.send = sent.append
    explorer._received(explorer, {"client": "c", "number": 1, **message}, [])
    json.dumps(sent)  # only JSON values
    assert len(sent) == 1, explorer._page["notice"]
    return sent[0]


def show(explorer: Any, **changes: Any) -> dict[str, Any]:
    """Request the page of the concordance with changes; return it."""
    names = (
        "pattern",
        "sort",
        "window",
        "clitics",
        "exact",
        "syntax",
        "page",
        "page_size",
        "sample",
        "seed",
        "variant",
    )
    now = {name: explorer._page[name] for name in names}
    explorer._received(explorer, {"kind": "show", "client": "c", "number": 1, **now, **changes}, [])
    page: dict[str, Any] = explorer._page
    return page


def marks(part: dict[str, Any]) -> list[tuple[int, str]]:
    return [(hit, text) for each in part["paragraphs"] for text, hit in each["pieces"] if hit >= 0]


def words(part: dict[str, Any]) -> list[str]:
    return ["".join(text for text, _ in each["pieces"]) for each in part["paragraphs"]]


# -------------------------------------------------------------------------------------------- table


@pytest.mark.parametrize("find", ["", "مَدى", "mada-*", "وكاله"])
@pytest.mark.parametrize("sort", [None, ["words", True], ["outlet", False]])
@pytest.mark.parametrize("selection", [None, {"columns": [{"name": "outlet", "values": ["وكالة مدى", "المرقاب"]}]}])
def test_the_code_of_the_table_gives_its_rows(sample: ck.Corpus, find: str, sort: Any, selection: Any) -> None:
    explorer = ck.explore(sample, tab="texts")
    answer = ask(explorer, kind="view", tab="texts", find=find, sort=sort, selection=selection, count=500)
    table = eval(answer["code"], {"corpus": sample, "ck": ck, "pl": pl})
    assert answer["total"] == table.height > 0
    names = [column["name"] for column in answer["columns"]]
    assert names == ["id", "date", "outlet", "words"]
    assert answer["rows"] == [[str(value) for value in row] for row in table.select(names).rows()]


def test_the_table_never_reads_texts(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, tab="texts")
    code = ask(explorer, kind="view", tab="texts")["code"]
    plan = eval(code.removesuffix(".collect()"), {"corpus": sample}).explain()
    assert re.findall(r"PROJECT (\d+|\*)/", plan) == ["6"], "the columns that are read"
    assert "text" not in eval(code, {"corpus": sample}).columns


def test_missing_values_markup_and_bad_requests_of_the_table(corpus: ck.Corpus) -> None:
    explorer = ck.explore(corpus, tab="texts")
    assert [row[:2] for row in ask(explorer, kind="view", tab="texts")["rows"]][1] == [MARKUP, None]
    assert ask(explorer, kind="view", tab="texts", find="اذاعه")["total"] == 1, "folded"
    assert ask(explorer, kind="view", tab="texts", find="<I>")["total"] == 1
    assert ask(explorer, kind="view", tab="texts", find="(")["total"] == 0, "a letter, not an expression"
    assert "sort" in ask(explorer, kind="view", tab="texts", sort=["text"])["problem"]
    assert "column" in ask(explorer, kind="view", tab="texts", sort=["text", True])["problem"]


def test_a_chain_runs_as_it_is_written(sample: ck.Corpus) -> None:
    chain = Chain((("head", (2,)),))
    call = Call(chain, (EVERYTHING,), steps=(FindAnywhere.words("مدى"),))
    assert call.code().startswith("corpus.head(2).filter(")
    assert call.run(lambda _: sample).equals(sample.head(2))


# ------------------------------------------------------------------------------------------ reading


def test_a_text_is_read_from_a_row_a_line_and_a_hit(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "هدنة", sort="after1")
    table = {"tab": "texts", "find": "مدى", "sort": ["words", True]}
    found = ask(explorer, kind="view", **table)["rows"]
    answer = ask(explorer, kind="read", row=1, **table)
    assert [answer["id"], answer["neighbours"][0] is None] == [found[1][0], False]
    assert ask(explorer, kind="read", document=answer["neighbours"][0], **table)["id"] == found[0][0]
    assert ask(explorer, kind="read", row=0, **table)["neighbours"][0] is None

    line = explorer._page["lines"][3]
    answer = ask(explorer, kind="read", line=3, id=line["id"], position=line["position"])
    assert (answer["id"], answer["part"]["positions"][str(answer["hit"])]) == (line["id"], line["position"])
    assert dict(marks(answer["part"]))[answer["hit"]] == line["node"]
    assert answer["code"] == f'corpus.text("{line["id"]}")'
    again = ask(explorer, kind="read", hit=answer["hit"])
    assert again == answer
    documents = explorer.concordance.frame["document"].unique().sort().to_list()
    place = documents.index(answer["document"])
    assert answer["neighbours"] == [documents[place - 1], documents[place + 1]]


@pytest.mark.parametrize("pattern", ["هدنة", "*ا*", "<s> []{2,5}", "<p> []{1,100}", "لا_شيء"])
def test_a_window_has_the_text_and_all_hits(sample: ck.Corpus, pattern: str) -> None:
    explorer = ck.explore(sample, pattern)
    lines = explorer.concordance
    for document in (0, 7, 239):
        answer = ask(explorer, kind="read", document=document)
        text = sample.text(document)
        assert "".join("".join(words(answer["part"])).split()) == "".join(text.split())
        own = lines.frame.filter(document=document).sort("start")
        assert answer["hits"][1] - answer["hits"][0] == own.height
        done, expected = 0, []
        for start, end in own.select("start", "end").rows():
            if max(start, done) < end:
                expected.append("".join(text[max(start, done) : end].split()))
                done = end
        shown: dict[int, str] = {}
        for hit, piece in marks(answer["part"]):
            shown[hit] = shown.get(hit, "") + "".join(piece.split())
        assert list(shown.values()) == expected


def test_a_long_text_comes_in_windows(tmp_path: Path) -> None:
    text = "\n\n".join(f"فقرة {number} " + "كلمة " * (number % 90) + "هدف." for number in range(1, 1_500))
    run = "بلا_فواصل " * 9_000  # one paragraph
    frame = pl.DataFrame({"id": ["long", "run"], "text": [text, run]})
    with ck.Corpus.build(frame, tmp_path / "c", id="id", progress=False) as corpus:
        explorer = ck.explore(corpus, "هدف")
        for document, whole in enumerate((text, run)):
            read, at = "", 0
            while at < len(whole):
                part = ask(explorer, kind="read", document=document, part=[at, "after"])["part"]
                assert part["start"] == at < part["end"] <= at + WINDOW
                read, at = read + "".join(words(part)), part["end"]
            assert "".join(read.split()) == "".join(whole.split())
            at, pieces = len(whole), []
            while at > 0:
                part = ask(explorer, kind="read", document=document, part=[at, "before"])["part"]
                assert max(at - WINDOW, 0) <= part["start"] < part["end"] == at
                pieces, at = [*words(part), *pieces], part["start"]
            assert "".join("".join(pieces).split()) == "".join(whole.split())
        answer = ask(explorer, kind="read", hit=700)
        assert 700 in dict(marks(answer["part"]))
        assert answer["part"]["start"] > 0
        assert len(json.dumps(answer, ensure_ascii=False)) < 60_000


def test_controls_markup_and_directions_of_a_text(corpus: ck.Corpus) -> None:
    explorer = ck.explore(corpus, "الوزير")
    answer = ask(explorer, kind="read", document=1)
    assert answer["id"] == MARKUP
    assert [paragraph["rtl"] for paragraph in answer["part"]["paragraphs"]] == [True, True, False]
    assert "\u2407" in words(answer["part"])[1]
    assert [text for _, text in marks(answer["part"])] == ["الوزير", "الوزير"]
    wordless = ask(explorer, kind="read", document=2)
    assert (wordless["length"], words(wordless["part"]), wordless["hits"][0]) == (1, ["…"], wordless["hits"][1])
    assert words(ask(explorer, kind="read", document=3)["part"]) == ["minister 42 \u2421 in Reuters"]


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ({"document": 99}, "document must be one of the corpus"),
        ({"document": -1}, "document must be"),
        ({"document": "a"}, "document must be"),
        ({}, "document must be"),
        ({"hit": 10_000}, "no longer shown"),
        ({"row": 10_000, "tab": "texts"}, "no longer shown"),
        ({"row": 0, "tab": "words"}, "table must be"),
        ({"row": 0, "tab": "nothing"}, "tab must be"),
        ({"line": 0, "id": "x", "position": 3}, "no longer shown"),
        ({"document": 0, "part": [0, "beside"]}, "part must be"),
        ({"document": 0, "part": [-1, "after"]}, "part must be"),
        ({"document": 0, "part": 5}, "part must be"),
    ],
)
def test_bad_requests_for_texts_are_answered(corpus: ck.Corpus, message: dict[str, Any], problem: str) -> None:
    assert problem in ask(ck.explore(corpus, "الوزير"), kind="read", **message)["problem"]


def test_an_empty_corpus_has_no_texts(sample: ck.Corpus) -> None:
    nobody = sample.subcorpus(sample.selected_documents()[:0])
    explorer = ck.explore(nobody, "هدنة", tab="texts")
    assert ask(explorer, kind="view", tab="texts")["total"] == 0
    assert "document must be" in ask(explorer, kind="read", document=0)["problem"]
    assert ask(explorer, kind="strips")["strips"] == []
    assert ask(explorer, kind="variants")["rows"] == []


def test_a_text_from_which_parts_were_excluded_is_read_whole(corpus: ck.Corpus) -> None:
    spans = pl.DataFrame({"document": [0], "start": [0], "end": [4]}).cast(pl.UInt32)
    explorer = ck.explore(corpus.exclude(spans), "الوزير")
    answer = ask(explorer, kind="read", document=0)
    assert words(answer["part"]) == [TEXTS[0]]
    assert [text for _, text in marks(answer["part"])] == ["الوزير", "الوزير"]


# ------------------------------------------------------------------- lines: places, samples, spellings


@pytest.mark.parametrize("sort", [[], ["after1"], ["-document", "node"]])
def test_a_hit_leads_to_its_line(sample: ck.Corpus, sort: list[str]) -> None:
    explorer = ck.explore(sample, "في", sort=sort, page_size=10)
    text_order = explorer.concordance.sort_by(None).frame
    for hit in (0, 57, len(text_order) - 1):
        answer = ask(explorer, kind="line", hit=hit)
        wanted = text_order.row(hit, named=True)
        assert (answer["id"], answer["position"]) == (wanted["id"], wanted["position"])
        assert (answer["id"], answer["position"]) in [
            (each["id"], each["position"]) for each in explorer._page["lines"]
        ]
    assert "no longer" in ask(explorer, kind="line", hit=1 << 40)["problem"]


def test_strips_have_the_places_of_lines(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "في")
    frame = explorer.concordance.frame
    answer = ask(explorer, kind="strips", first=3, count=20)
    counts = frame.group_by("document").len().sort(["len", "document"], descending=[True, False])
    assert answer["total"] == counts.height
    assert [(each["document"], each["count"]) for each in answer["strips"]] == counts[3:23].rows()
    sizes = dict(sample.documents.select("document", "tokens").collect().rows())
    for strip in answer["strips"]:
        own = frame.with_row_index().filter(document=strip["document"])
        places = [position * 400 // sizes[strip["document"]] for position in own["position"]]
        assert [place for place, _, number in strip["marks"] for _ in range(number)] == places
        assert strip["marks"][0][1] == own["index"][0]
    assert ask(explorer, kind="strips", first=10_000)["strips"] == []
    assert "count must be" in ask(explorer, kind="strips", count=1_000)["problem"]


def test_a_sample_of_lines(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "في")
    page = show(explorer, sample=30, seed=5, sort=["after1"])
    assert (page["count"], page["total"], page["sample"], page["seed"]) == (30, len(ck.kwic(sample, "في")), 30, 5)
    expected = ck.kwic(sample, "في", sample=30, seed=5, sort="after1")
    assert explorer.concordance.frame.equals(expected.frame)
    assert show(explorer, sample=0)["count"] == page["total"]
    for wrong in (-1, 2.5, "3", None):
        assert "sample must be" in show(explorer, sample=wrong)["notice"]


def test_spellings_choose_lines(sample: ck.Corpus) -> None:
    explorer = ck.explore(sample, "قال*", sort="after1")
    rows = ask(explorer, kind="variants")["rows"]
    assert [row[1:] for row in rows] == [list(row) for row in explorer.concordance.variants.rows()]
    for _, variant, count, documents in rows:
        page = show(explorer, variant=variant)
        assert (page["count"], page["documents"], page["variant"]) == (count, documents, variant)
        assert set(explorer.concordance.frame["node"]) == {variant}
        assert explorer.concordance.sort == ["after1"]
    assert ask(explorer, kind="variants")["rows"] == rows, "all of them can still be chosen"
    assert show(explorer, variant="غيرها")["count"] == 0
    assert show(explorer, variant="", sample=2)["count"] == 2
    assert show(explorer, variant=rows[0][1], sample=2, pattern="قال*")["count"] == 2
    assert "variant must be" in show(explorer, variant=4)["notice"]


def test_spellings_of_too_many_hits_are_not_counted(sample: ck.Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("corpus_kit.explore.text_answers")  # `corpus_kit.explore` is the function, too
    monkeypatch.setattr(module, "_MOST_SPELLED", 10)
    assert "pattern must have at most 10 hits" in ask(ck.explore(sample, "في"), kind="variants")["problem"]
    assert ask(ck.explore(sample, "لا_شيء"), kind="variants")["rows"] == []


def test_lines_of_a_variant_say_so(sample: ck.Corpus) -> None:
    lines = ck.kwic(sample, "قال*").of_variant("قالت").reduce(1)
    assert lines.options["steps"] == ["of_variant('قالت')", "reduce(1, seed=0)"]
    with pytest.raises(ck.InputError, match=r"^surface must be"):
        lines.of_variant(3)  # type: ignore[arg-type]
