"""The bundled sample: its language, its facts counted again with plain Python, and its cache."""

from __future__ import annotations

import datetime
import os
import re
import statistics
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from corpus_kit import samples
from corpus_kit.errors import CorpusError
from corpus_kit.samples import sample_items, sample_truth

ITEMS = sample_items().to_dicts()
TEXTS: dict[str, str] = {item["id"]: item["text"] for item in ITEMS}
TRUTH = sample_truth()
ORIGINAL, COPY = "mada-2026-01-08-1", "barid-2026-01-09-1"
FOOTER = "لمتابعة أخبارنا أرسل كلمة ساحل إلى 7070"
LETTER = "\u0621-\u064a\u064b-\u0655"  # Arabic letters and the marks on them
MARKS = {"وكالة مدى": "«»", "المرقاب": "«»", "بريد الساحل": "“”", "صدى الميناء": '""'}


def facts(kind: str) -> list[dict[str, Any]]:
    return TRUTH[kind].to_dicts()


def spans(kind: str) -> set[tuple[str, int, int]]:
    return {(row["id"], row["start"], row["end"]) for row in facts(kind)}


def found(pattern: str, group: int | str = 0) -> set[tuple[str, int, int]]:
    return {(name, *match.span(group)) for name, text in TEXTS.items() for match in re.finditer(pattern, text)}


def words(text: str) -> list[str]:
    return [word for word in (run.strip('«»“”"،.:؟()–') for run in text.split()) if word]


def bodies(name: str) -> list[str]:
    rows = [row for row in facts("paragraphs") if row["id"] == name and row["role"] == "body"]
    return [TEXTS[name][row["start"] : row["end"]].removesuffix(FOOTER) for row in rows]


def sentence_words(name: str) -> list[tuple[str, ...]]:
    parts = [part for body in bodies(name) for part in re.split(r"(?<=[.؟])\s", body)]
    return [tuple(words(part)) for part in parts]


# ---- schema ------------------------------------------------------------------------------------


def test_items_have_their_columns_and_stable_ids():
    items = sample_items()
    assert items.schema == {
        "id": pl.String,
        "outlet": pl.String,
        "date": pl.Date,
        "headline": pl.String,
        "text": pl.String,
    }
    assert items.height == items["id"].n_unique() == TRUTH["items"].height == 12
    assert items["date"].is_sorted()
    assert items["date"].is_between(datetime.date(2026, 1, 1), datetime.date(2026, 3, 31)).all()
    prefixes = {(item["outlet"], item["id"].split("-")[0]) for item in ITEMS}
    assert len(prefixes) == len(MARKS) == 4
    for item in ITEMS:
        assert re.fullmatch(rf"[a-z]+-{item['date']}-\d", item["id"])
        assert item["text"].startswith(item["headline"] + "\n\n")


def test_facts_have_their_columns():
    assert list(TRUTH) == list(samples._TRUTH)
    for kind, frame in TRUTH.items():
        assert frame.schema == samples._TRUTH[kind], kind
        assert frame.height > 0, kind
        optional = {"code"}
        assert frame.select(pl.exclude(optional)).null_count().sum_horizontal().item() == 0, kind


def test_facts_are_in_the_order_of_the_texts():
    order = {name: place for place, name in enumerate(TEXTS)}
    for kind, frame in TRUTH.items():
        if "start" in frame.columns and "id" in frame.columns:
            places = [(order[row["id"]], row["start"], row["end"]) for row in frame.to_dicts()]
            assert places == sorted(set(places)), kind


@pytest.mark.parametrize("kind", [kind for kind, schema in samples._TRUTH.items() if "surface" in schema])
def test_every_offset_points_at_its_surface(kind):
    for row in facts(kind):
        text = TEXTS[row.get("id") or row["original"]]
        assert text[row["start"] : row["end"]] == row["surface"]
        if "copy" in row:
            assert TEXTS[row["copy"]][row["copy_start"] : row["copy_end"]] == row["copy_surface"]


# ---- the language ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEXTS)
def test_the_language_is_clean(name):
    text = TEXTS[name]
    assert "  " not in text
    assert not re.search(r"[A-Za-z]", text)
    assert not re.search(r"(?<!\d),|,(?!\d)|[;?]", text), "an ASCII mark in Arabic prose"
    assert not re.search(r"\s[،.؟:؛»”)]|[«“(]\s", text), "a space on the wrong side of a mark"
    assert not re.search(r"[،؛:؟](?=[^\s\d])", text), "no space after a mark"
    assert not re.search(r"^\s|\s$|\n\n\n|[^\n]\n[^\n]", text)
    assert not re.search(r"[ةى][\u0621-\u064a]", text), "a final letter inside a word"
    assert not re.search(r"\b(و|ف|ب|ل|ك|ال)\b", text), "a proclitic that stands alone"
    assert not re.search(r"(\b\w{2,}\b) \1\b", text), "a doubled word"
    marks = set('\n «»“”"،.:؟()–/,٪\u0640\u064f\u0651\u0653\ufefb')
    unexpected = {
        char for char in text if char not in marks and not "\u0621" <= char <= "\u064a" and not char.isdecimal()
    }
    assert unexpected == set()


@pytest.mark.parametrize("name", TEXTS)
def test_every_body_paragraph_is_whole(name):
    for body in bodies(name):
        assert body.endswith(".")
        assert body[0].isalpha()
        assert 10 <= len(words(body)) <= 40


def test_no_spelling_that_a_desk_would_mend():
    wrong = "ان الى انه انها هذة الذى فى لاكن مسئول مسئولين إجتماع الإجتماع إستقبل أستقبل إفتتح أفتتح إختتم أختتم"
    spellings = "|".join(wrong.split())
    assert found(rf"(?<![{LETTER}])[وفبل]?(?:{spellings})(?![{LETTER}])") == set()


def test_lengths_are_those_of_news():
    lengths = {name: sum(len(body.split()) for body in bodies(name)) for name in TEXTS}
    long = [length for length in lengths.values() if length >= 110]
    brief = [length for length in lengths.values() if length < 110]
    assert (len(long), len(brief)) == (6, 6)
    assert max(long) <= 140
    assert 35 <= min(brief) <= max(brief) <= 60
    assert 20 <= statistics.median(len(body.split()) for name in TEXTS for body in bodies(name)) <= 35


def test_most_body_paragraphs_begin_with_waw():
    every = [body for name in TEXTS for body in bodies(name)]
    with_waw = [body for body in every if body.startswith("و")]
    assert (len(with_waw), len(every)) == (29, 46)
    assert 0.55 <= len(with_waw) / len(every) <= 0.65


def test_every_sentence_is_used_once():
    used = Counter(sentence for name in TEXTS if name != COPY for sentence in sentence_words(name))
    assert max(used.values()) == 1
    openings = Counter(sentence[:2] for sentence in used)
    assert max(openings.values()) == 1, "two sentences open with the same two words"


def test_no_eight_words_twice_outside_the_copy():
    seen: dict[tuple[str, ...], str] = {}
    for name, text in TEXTS.items():
        if name == COPY:
            continue
        # the headline and the paragraphs of one item, without the footer, which repeats on purpose
        for line in text.replace(FOOTER, "").split("\n"):
            tokens = words(line)
            for start in range(len(tokens) - 7):
                sequence = tuple(tokens[start : start + 8])
                assert sequence not in seen, (seen[sequence], name)
                seen[sequence] = name


def test_each_outlet_keeps_its_quotation_marks():
    for item in ITEMS:
        used = {char for char in item["text"] if char in '«»“”"'}
        assert used <= set(MARKS[item["outlet"]])
        opening, closing = MARKS[item["outlet"]]
        if opening == closing:
            assert item["text"].count(opening) % 2 == 0
        else:
            marks = "".join(char for char in item["text"] if char in opening + closing)
            assert marks == (opening + closing) * item["text"].count(opening)


def test_weekdays_are_those_of_the_calendar():
    weekdays = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"]
    named = [(row, row["surface"].split()[0]) for row in facts("dates")]
    checked = [(row, name) for row, name in named if name in weekdays]
    assert len(checked) == 13
    for row, name in checked:
        assert weekdays[row["date"].weekday()] == name


# ---- the facts, counted again ------------------------------------------------------------------


def test_paragraphs():
    expected = {(name, *match.span()) for name, text in TEXTS.items() for match in re.finditer(r"[^\n]+", text)}
    assert spans("paragraphs") == expected
    for row in facts("items"):
        lines = [line for line in TEXTS[row["id"]].split("\n") if line]
        rows = [fact for fact in facts("paragraphs") if fact["id"] == row["id"]]
        assert row["paragraphs"] == len(lines) == len(rows)
        assert [fact["paragraph"] for fact in rows] == list(range(len(lines)))
        assert [fact["role"] for fact in rows].index("headline") == 0
        assert row["body"] == sum(fact["role"] == "body" for fact in rows)
        assert Counter(fact["role"] for fact in rows)["headline"] == 1


def test_furniture():
    lines = found(r"(?m)^(?:شرح الصورة|تعليق الصورة|الصورة|اقرأ أيضا|مواد ذات صلة):.*$")
    footers = found(re.escape(FOOTER))
    assert spans("furniture") == lines | footers
    assert (len(lines), len(footers)) == (5, 2)
    for row in facts("furniture"):
        before = TEXTS[row["id"]][row["start"] - 1]
        assert row["glued"] == (row["kind"] == "footer") == (before == ".")


def test_labels():
    pattern = rf"(?<![{LETTER}])[وفبلك]?(?:(?:إمارة|تنظيم|ميليشيا) السهل|التنظيم|لتنظيم(?! السهل))(?![{LETTER}])"
    assert spans("labels") == found(pattern)
    for row in facts("labels"):
        written = row["label"].replace("ال", "ل", 1) if row["surface"].startswith("لل") else row["label"]
        assert row["surface"] == row["proclitic"] + written
    by_label = Counter(row["label"] for row in facts("labels"))
    assert by_label == {"تنظيم السهل": 5, "إمارة السهل": 5, "ميليشيا السهل": 5, "التنظيم": 7}
    assert Counter(row["proclitic"] for row in facts("labels")) == {"": 15, "ل": 5, "و": 1, "ب": 1}


def test_the_place_and_the_adjective_are_no_labels():
    everywhere = found(r"السهل")
    plain = len("السهل")
    in_labels = {(row["id"], row["end"] - plain, row["end"]) for row in facts("labels") if row["label"] != "التنظيم"}
    decoys = {(row["id"], row["start"], row["end"]) for row in facts("decoys") if row["against"] == "labels"}
    assert everywhere == in_labels | decoys
    assert not in_labels & decoys


def test_quotations():
    marked = found(r"«([^»]*)»|“([^”]*)”|\"([^\"]*)\"")
    inner = {(name, start + 1, end - 1) for name, start, end in marked}
    decoys = {(row["id"], row["start"], row["end"]) for row in facts("decoys") if row["against"] == "quotations"}
    assert spans("quotations") | decoys == inner
    assert not spans("quotations") & decoys
    assert all(len(row["surface"].split()) >= 3 for row in facts("quotations"))
    assert all(len(row["surface"].split()) <= 2 for row in facts("decoys") if row["against"] == "quotations")


def test_speakers_and_verbs_stand_in_the_text():
    marks = str.maketrans({"\u0651": None, "\u064f": None})
    for row in facts("quotations"):
        text = TEXTS[row["id"]].translate(marks).replace("ا\u0653", "آ")
        paragraph = next(line for line in text.split("\n") if row["surface"] in line)
        assert re.search(rf"(?<![{LETTER}])و?{row['verb']}(?![{LETTER}])", paragraph)
        if row["speaker_source"] == "explicit":
            assert row["speaker"] in paragraph
        else:
            assert row["speaker"] in text[: text.index(row["surface"])]
    assert Counter(row["speaker_source"] for row in facts("quotations")) == {"explicit": 14, "carried": 2}


def test_a_woman_has_a_feminine_verb():
    women = {"معدة الدراسة د. سلمى العوسجي", "أم لثلاثة أطفال", "منسقة الإغاثة هالة الرمثاوي", "إمارة السهل"}
    verbs = {row["verb"]: row["speaker"] in women for row in facts("quotations") if row["verb"] not in ("بحسب", "نقل")}
    assert {verb for verb, feminine in verbs.items() if feminine} == {verb for verb in verbs if verb.endswith("ت")}


def test_names():
    states = "الكويت الأردن العراق السعودية قطر البحرين مصر فرنسا بريطانيا كندا لبنان عُمان تونس ليبيا المغرب قبرص"
    cities = "مسقط بيروت عمّان"
    after_li = ["ل" + name[2:] for name in states.split() if name.startswith("ال")]
    names = "|".join([*states.split(), *cities.split(), *after_li])
    assert spans("names") == found(rf"(?<![{LETTER}])[وبلك]?(?:{names})(?![{LETTER}])")
    bare = str.maketrans({"\u064f": None, "\u0651": None})
    for row in facts("names"):
        name = row["name"]
        written = name.replace("ال", "ل", 1) if row["surface"].startswith("لل") and name.startswith("ال") else name
        assert row["surface"].translate(bare) == row["proclitic"] + written
        assert (row["code"] is None) == (row["kind"] == "city")
    assert sum(row["proclitic"] != "" for row in facts("names")) == 23
    oman = {(row["surface"], row["kind"]) for row in facts("names") if row["name"] == "عمان"}
    assert oman == {("عُمان", "state"), ("عمّان", "city")}


def test_numbers():
    assert spans("numbers") == found(r"\d+(?:,\d{3})*")
    for row in facts("numbers"):
        digits = [str(unicodedata.decimal(char)) for char in row["surface"] if char != ","]
        assert int("".join(digits)) == row["value"]
    scripts = {"ASCII" if row["surface"][0].isascii() else "Arabic-Indic" for row in facts("numbers")}
    assert scripts == {"ASCII", "Arabic-Indic"}


def test_dates():
    weekday = "(?:الاثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|الأحد)"
    month = "(?:شباط/فبراير|آذار/مارس|مارس|شعبان)"
    pattern = rf"{weekday}(?: \d+ {month}(?: \d{{4}})?)?|\d+ {month}(?: \d{{4}})?"
    assert spans("dates") == found(pattern)
    published = {item["id"]: item["date"] for item in ITEMS}
    for row in facts("dates"):
        distance = (row["date"] - published[row["id"]]).days
        if row["kind"] == "weekday":
            assert -1 <= distance <= 1
        if row["kind"] == "day":
            day = re.search(r"\d+", row["surface"])
            assert day is not None
            assert row["date"].day == int(day[0])
            assert -1 <= distance <= 31
    assert Counter(row["kind"] for row in facts("dates")) == {"weekday": 10, "day": 4, "hijri": 1}


def test_spellings():
    decorated = found(rf"[{LETTER}\ufefb]*[\u0640\u064b-\u0655\ufe70-\ufefc][{LETTER}]*")
    assert spans("spellings") == decorated
    for row in facts("spellings"):
        composed = unicodedata.normalize("NFKC", row["surface"])
        assert re.sub("[\u0640\u064b-\u0652]", "", composed) == row["plain"]
    assert {row["kind"] for row in facts("spellings")} == {"tashkeel", "tatweel", "presentation form", "decomposed"}


def test_decoys_against_names_are_whole_words():
    for row in facts("decoys"):
        if row["against"] == "names":
            text = TEXTS[row["id"]]
            assert not re.match(rf"[{LETTER}]", text[row["start"] - 1])
            assert not re.match(rf"[{LETTER}]", text[row["end"]])
    adjectives = found(rf"(?<![{LETTER}])ال?[{LETTER}]*(?:كويتي|لبناني|أردني|أميركي|أمريكي)ة|كندي(?![{LETTER}])|الآن")
    assert adjectives == {(row["id"], row["start"], row["end"]) for row in facts("decoys") if row["against"] == "names"}


def test_the_copy_differs_by_the_listed_words_only():
    (pair,) = facts("copies")
    assert (pair["original"], pair["copy"]) == (ORIGINAL, COPY)
    edits = facts("edits")
    assert pair["edits"] == len(edits) == 2
    text = TEXTS[ORIGINAL]
    for edit in sorted(edits, key=lambda edit: edit["start"], reverse=True):
        text = text[: edit["start"]] + edit["copy_surface"] + text[edit["end"] :]
    assert text.replace("«", "“").replace("»", "”") == TEXTS[COPY]


def test_only_one_pair_is_alike():
    def shingles(name: str) -> set[tuple[str, ...]]:
        tokens = [word for body in bodies(name) for word in words(body)]
        return {tuple(tokens[start : start + 5]) for start in range(len(tokens) - 4)}

    names = list(TEXTS)
    alike = {}
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            first, second = shingles(one), shingles(other)
            alike[one, other] = len(first & second) / len(first | second)
    assert alike.pop((ORIGINAL, COPY)) > 0.8
    assert max(alike.values()) < 0.01


def test_nothing_is_taken_from_the_real_texts(shared):
    real = pl.read_parquet(sorted((shared / "data").glob("*.parquet"))[0])["content"].drop_nulls()
    seed = (shared / "seed" / "article.txt").read_text(encoding="utf-8")
    mine = {
        tuple(tokens[start : start + 6])
        for name in TEXTS
        for tokens in [words(TEXTS[name])]
        for start in range(len(tokens) - 5)
    }
    firsts = {sequence[0] for sequence in mine}
    for text in [*real, seed]:
        tokens = words(text)
        for start, token in enumerate(tokens):
            if token in firsts:
                assert tuple(tokens[start : start + 6]) not in mine


# ---- the corpus and its cache ------------------------------------------------------------------


class FakeCorpus:
    """Stands in for Corpus: a folder with one file. What is tested here is the handling of the cache."""

    builds = 0

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def open(cls, path: Path) -> FakeCorpus:
        if not (path / "whole").exists():
            raise CorpusError(f"no corpus in {path}")
        return cls(path)

    @classmethod
    def build(cls, source: pl.DataFrame, path: Path, **columns: object) -> FakeCorpus:
        assert source.equals(sample_items())
        assert columns == {"id": "id", "date": "date", "metadata": ["outlet"]}
        path.mkdir()
        (path / "whole").write_text("")
        cls.builds += 1
        return cls(path)

    def close(self) -> None:
        pass


@pytest.fixture
def fake(monkeypatch, tmp_path):
    module = ModuleType("corpus_kit.corpus")
    corpus = type("Corpus", (FakeCorpus,), {"builds": 0})
    module.Corpus = corpus  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "corpus_kit.corpus", module)
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(tmp_path / "cache"))
    samples._process_folder.cache_clear()
    return corpus


def folders(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


def test_the_corpus_is_built_once(fake, tmp_path):
    first = samples.sample_corpus()
    assert samples.sample_corpus().path == first.path
    assert fake.builds == 1
    assert first.path.parents[1] == tmp_path / "cache"
    assert folders(first.path.parent) == [first.path.name], "something is left over"


@pytest.mark.usefixtures("fake")
def test_the_folder_is_keyed_by_version_and_items(monkeypatch):
    before = samples.sample_corpus().path
    monkeypatch.setattr(samples, "__version__", "99.0")
    newer = samples.sample_corpus().path
    read = samples._read
    monkeypatch.setattr(samples, "_read", lambda name: read(name) + b"\n")
    changed = samples._corpus_folder(newer.parents[1])
    assert len({before, newer, changed}) == 3


def test_the_cache_folder_is_the_systems_unless_named(monkeypatch, tmp_path):
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(tmp_path))
    assert samples._cache_folder() == tmp_path
    for unset in (lambda: monkeypatch.setenv("CORPUS_KIT_CACHE", ""), lambda: monkeypatch.delenv("CORPUS_KIT_CACHE")):
        unset()
        assert samples._cache_folder().parts[-1] in ("corpus-kit", "Cache")


def test_a_broken_corpus_is_built_again(fake):
    path = samples.sample_corpus().path
    (path / "whole").unlink()
    (path / "half").write_text("")
    assert samples.sample_corpus().path == path
    assert folders(path) == ["whole"]
    assert folders(path.parent) == [path.name]
    assert fake.builds == 2


def test_a_process_that_comes_second_opens_the_corpus_of_the_first(fake, monkeypatch):
    build = fake.build.__func__

    def slow_build(cls, source, path, **columns):
        target = samples._corpus_folder(samples._cache_folder())
        target.mkdir()
        (target / "whole").write_text("the first")
        return build(cls, source, path, **columns)

    monkeypatch.setattr(fake, "build", classmethod(slow_build))
    corpus = samples.sample_corpus()
    assert (corpus.path / "whole").read_text() == "the first"
    assert folders(corpus.path.parent) == [corpus.path.name]


def test_a_corpus_that_never_opens_is_an_error(fake, monkeypatch):
    def refuse(_cls, path):
        raise CorpusError(f"damaged: {path.name}")

    monkeypatch.setattr(fake, "open", classmethod(refuse))
    with pytest.raises(CorpusError, match="damaged"):
        samples.sample_corpus()


def test_without_a_cache_folder_the_corpus_lives_as_long_as_the_process(fake, monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(blocked))
    with pytest.warns(UserWarning, match="CORPUS_KIT_CACHE"):
        first = samples.sample_corpus()
    with pytest.warns(UserWarning, match="temporary folder"):
        assert samples.sample_corpus().path == first.path
    assert fake.builds == 1
    assert blocked.read_text() == "not a folder"


def test_the_temporary_folder_goes_with_the_process():
    program = "from corpus_kit import samples; print(samples._process_folder())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not Path(done.stdout.strip()).exists()


def test_the_sample_corpus_holds_the_items(monkeypatch, tmp_path):
    monkeypatch.setenv("CORPUS_KIT_CACHE", str(tmp_path))
    for _ in range(2):  # built, then opened
        corpus = samples.sample_corpus()
        documents = corpus.documents.collect()
        assert documents["id"].to_list() == list(TEXTS)
        assert documents["text"].to_list() == list(TEXTS.values())
        assert documents["date"].to_list() == [item["date"] for item in ITEMS]
        corpus.close()


def test_processes_that_build_at_once_all_get_the_corpus(tmp_path):
    program = "from corpus_kit.samples import sample_corpus; print(sample_corpus().documents.collect().height)"
    command = [sys.executable, "-c", program]
    environment = {**os.environ, "CORPUS_KIT_CACHE": str(tmp_path)}
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(3)]
    assert [process.communicate()[0].strip() for process in running] == ["12"] * 3
    assert len(folders(tmp_path)) == 1
    assert folders(tmp_path / folders(tmp_path)[0]) == ["sample"]
