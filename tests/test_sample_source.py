"""The sample builder: it writes exactly the bundled files and rejects mistakes."""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sample_source.builder import build_items
from sample_source.files import bundled_files
from sample_source.markup import MarkupError, render
from sample_source.storyboards import FOLDER, read_all, read_storyboard
from sample_source.truth import build_truth, check_plants
from sample_source.world import OUTLETS, hijri

from corpus_kit import samples

BUNDLED = Path(samples.__file__).parent
DAY = datetime.date(2026, 2, 11)  # a Wednesday


def digests(files: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


# ---- reproducibility ---------------------------------------------------------------------------------


def test_bundled_files_match_the_storyboards():
    built = bundled_files()
    assert digests(built) == digests({name: (BUNDLED / name).read_bytes() for name in built})


@pytest.mark.slow
def test_files_do_not_depend_on_string_hashing():
    """With another hash seed, and so another order of sets, the bytes are the same."""
    command = [sys.executable, "-m", "sample_source", "--check"]
    for seed in ("0", "1"):
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parent)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_changed_sentence_is_noticed(tmp_path):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "storyboards"))
    path = sorted(folder.glob("*.txt"))[0]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n# ", "\n# عاجل ", 1), encoding="utf-8")
    assert digests(bundled_files(folder)) != digests(bundled_files())


def test_thirty_storyboards_of_seven_items():
    drafts = read_all()
    assert len({draft.board for draft in drafts}) == 30
    assert len(drafts) == 210


# ---- lines ----------------------------------------------------------------------------------


def test_marks_become_text_and_facts():
    line = "أكد العميد علي الصافوري أن «السفن تعبر @لبنان الآمن»[V أكد: العميد علي الصافوري] يوم {d-1}، وفق #للتنظيم"
    done = render(line, OUTLETS["barid"], DAY)
    assert done.text == "أكد العميد علي الصافوري أن “السفن تعبر لبنان الآمن” يوم الثلاثاء، وفق للتنظيم"
    for rows in done.facts.values():
        for row in rows:
            assert done.text[row["start"] : row["end"]] == row["surface"]
    assert {kind: [row["surface"] for row in rows] for kind, rows in done.facts.items()} == {
        "names": ["لبنان"],
        "quotations": ["السفن تعبر لبنان الآمن"],
        "dates": ["الثلاثاء"],
        "labels": ["للتنظيم"],
    }


@pytest.mark.parametrize(
    ("outlet", "expected"),
    [
        ("mada", "10 شباط/فبراير 2026، 23 شعبان 1447، 10/2/2026، 1,850 حسابا و12%"),
        ("mina", "١٠ فبراير ٢٠٢٦، ٢٣ شعبان ١٤٤٧، ١٠/٢/٢٠٢٦، ١٬٨٥٠ حسابا و١٢٪"),
        ("unqud", "10 شباط 2026، 23 شعبان 1447، 10/2/2026، 1,850 حسابا و12%"),
    ],
)
def test_dates_and_digits_follow_the_outlet_style(outlet, expected):
    assert render("{y-1}، {h0}، {n-1}، 1,850 حسابا و12%", OUTLETS[outlet], DAY).text == expected


def test_hijri_days():
    """Published days of the Umm al-Qura calendar."""
    assert hijri(datetime.date(2026, 2, 18)) == "1 رمضان 1447"
    assert hijri(datetime.date(2026, 3, 19)) == "30 رمضان 1447"
    assert hijri(datetime.date(2026, 5, 27)) == "10 ذي الحجة 1447"
    with pytest.raises(ValueError, match="2030-01-01"):
        hijri(datetime.date(2030, 1, 1))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("في {day} المقبل", "invalid placeholder"),
        ("في {h+900} المقبل", "invalid placeholder"),
        ("في {d+99999999999} المقبل", "invalid placeholder"),
        ("في {d-1 المقبل", "invalid placeholder"),
        ("زار الكويت وفد", "not marked"),
        ("زار وفد ولبنان", "not marked"),
        ("عناصر تنظيم السهل", "not marked"),
        ("في إقليم السهل", "not marked"),
        ("يعيش الآن هنا", "not marked"),
        ("@الصين", "neither a listed state nor a listed city"),
        ("#جماعة السهل", "not a label"),
        ("~كلمة", "unknown decoy"),
        ("وقال «كلام من أربع كلمات»", "without its kind"),
        ("وقال «كلام من أربع كلمات»[V قال]", "needs a verb and a speaker"),
        ("وقال «كلام قصير»[V قال: علي]", "2 words"),
        ("وقال «كلام من أربع كلمات»[F قال: علي]", "4 words"),
        ("مجلة «السنبلة»[S مجلة]", "must be one of scare"),
        ("وقال «كلام «داخل» كلام»[V قال: علي]", "quotation within a quotation"),
        ("وقال «كلام بلا نهاية", "unclosed quotation"),
        ("كلام بلا بداية»[V قال: علي]", "not opened"),
        ("^هاذا", "wrong=right"),
        ("كلمة \\u20", "four hexadecimal digits"),
        ("كلمة  أخرى", "spaces"),
        ("كلمة ، أخرى", "spaces"),
        ("كلمة, أخرى", "wrong spaces or commas"),
        ("word", "unexpected character"),
        ("كلمة * أخرى", "stray mark"),
    ],
)
def test_invalid_lines_are_rejected(line, message):
    with pytest.raises(MarkupError, match=message):
        render(line, OUTLETS["mada"], DAY)


# ---- storyboards ----------------------------------------------------------------------------

ITEM = "== 01.1 mada week 2\n# عنوان الخبر الأول\nجملة أولى من الخبر.\n\nوجملة ثانية من الخبر.\n"


def boards(folder: Path, *texts: str) -> Path:
    for number, text in enumerate(texts, start=1):
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    return folder


def test_reading_a_storyboard(tmp_path):
    copies = "copy barid: ثانية => رابعة\ncopy mina: أولى => ثالثة\n"
    (draft,) = read_all(boards(tmp_path, "% about nothing\n" + ITEM + copies))
    assert (draft.key, draft.outlet, draft.week, draft.pair) == ("01.1", "mada", 2, None)
    assert (draft.headline, len(draft.paragraphs)) == ("عنوان الخبر الأول", 2)
    assert [(copy.outlet, copy.kind) for copy in draft.copies] == [("barid", "light"), ("mina", "light")]


def test_a_copy_without_an_edit_is_identical(tmp_path):
    (draft,) = read_all(boards(tmp_path, ITEM + "copy barid:\ncopy mina:\n"))
    assert [(copy.outlet, copy.kind) for copy in draft.copies] == [("barid", "identical"), ("mina", "identical")]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([ITEM, ITEM], "01.1: already used in 01.1"),
        (
            [ITEM, ITEM.replace("01.1", "02.1").replace("# عنوان", "# خبر")],
            "02.1: already used in 01.1: 'جملة أولى من الخبر.'",
        ),
        ([ITEM.replace("mada", "radio")], "not the head of an item"),
        ([ITEM.replace(" week 2", "")], "not the head of an item"),
        (["نص بلا عنوان\n" + ITEM], "text before the first item"),
        ([ITEM + "# عنوان ثان\n"], "a second headline"),
        ([ITEM + "copy radio: \n"], "unknown outlet of a copy"),
        ([ITEM + "copy mina: أولى => ثالثة | ثانية => رابعة\n"], "edits, got 2"),
        ([ITEM + "copy mina: جملة أولى => ثالثة\n"], "one word with one word"),
        ([ITEM + "copy mina: ( => ثالثة\n"], "one word with one word"),
        ([ITEM + "copy mina: أولى ثالثة\n"], "one word with one word"),
        ([], "no storyboards"),
        (["% nothing yet\n"], "no storyboards"),
        ([ITEM.replace("# عنوان الخبر الأول\n", "")], "01.1: an item needs a headline and at least one paragraph"),
        (["== 01.1 mada week 2\n# عنوان\n"], "01.1: an item needs a headline and at least one paragraph"),
        ([ITEM.replace("week 2", "week 27")], "01.1: week must be from 1 to 26, got 27"),
        ([ITEM + "caption: صورة\n"], "01.1: mada has no caption lines"),
        ([ITEM.replace("mada", "mirqab") + "caption: صورة\ncaption: أخرى\n"], "01.1: a second caption"),
        ([ITEM + "copy mada:\n"], "01.1: original and copies must be in different outlets"),
        ([ITEM + "copy mina:\ncopy mina:\n"], "01.1: original and copies must be in different outlets"),
        ([ITEM + "copy mina:\ncopy barid: أولى => ثالثة\n"], "01.1: the copies of an item must be of one kind"),
        ([ITEM + "copy mina: truncated\n"], "01.1: a truncated copy needs an original of more than 2 paragraphs"),
        ([ITEM.replace("week 2", "week 2 pair 4")], "pair 4 must be two items of one storyboard and week, got 01.1"),
    ],
)
def test_invalid_storyboards_are_rejected(tmp_path, texts, message):
    with pytest.raises(MarkupError, match=message.replace(".", r"\.")):
        read_all(boards(tmp_path, *texts))


def test_error_names_file_and_line(tmp_path):
    boards(tmp_path, ITEM + "# عنوان ثان\n")
    with pytest.raises(MarkupError, match=r"01\.txt:6: 01\.1: a second headline"):
        read_storyboard(tmp_path / "01.txt")


def test_other_encodings_are_rejected(tmp_path):
    (tmp_path / "01.txt").write_bytes(ITEM.encode("cp1256"))
    with pytest.raises(MarkupError, match=r"01\.txt: not UTF-8 at byte \d+"):
        read_all(tmp_path)


def test_bodies_too_short_to_compare_are_rejected(tmp_path):
    short = "== 01.1 mada week 2\n# عنوان الخبر الأول\nكلمتان فقط.\ncopy mina:\n"
    items = build_items(read_all(boards(tmp_path, short)))
    with pytest.raises(MarkupError, match="fewer than 5 words"):
        build_truth(items)


def test_one_item_lacks_the_planted_facts(tmp_path):
    with pytest.raises(MarkupError, match="a brief item of 8 words"):
        bundled_files(boards(tmp_path, ITEM))


def test_edits_without_effect_are_rejected(tmp_path):
    items = build_items(read_all(boards(tmp_path, ITEM + "copy mina: خامسة => سادسة\n")))
    with pytest.raises(MarkupError, match="expected 1 edits, but 0 words changed"):
        build_truth(items)


def test_speaker_must_be_in_the_text(tmp_path):
    item = ITEM.replace("جملة أولى من الخبر.", "وقال خالد «جملة أولى من الخبر»[V قال: سعيد].")
    with pytest.raises(MarkupError, match=r"01\.1: 'سعيد' is not where"):
        build_truth(build_items(read_all(boards(tmp_path, item))))


def test_wrong_offsets_are_rejected():
    items = build_items(read_all())
    item = next(item for item in items if item.facts.get("names"))
    item.text = "و" + item.text
    with pytest.raises(MarkupError, match="wrong offsets"):
        build_truth(items)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("@الكويت", "العاصمة", "mentions of states: 1"),
        ("المسيرات", "الطائرات", "المسيرات: "),
        ("هدنة إنسانية", "هدنة قصيرة", "هدنة إنسانية: 14, expected 15"),
        ("المرتزقة", "المسلحون", "المرتزقة: "),
    ],
)
def test_missing_planted_fact_is_reported(tmp_path, old, new, message):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "storyboards"))
    path = next(path for path in sorted(folder.glob("*.txt")) if f" {old} " in path.read_text(encoding="utf-8"))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f" {old} ", f" {new} ", 1), encoding="utf-8")
    items = build_items(read_all(folder))
    with pytest.raises(MarkupError, match=message):
        check_plants(build_truth(items), items)
