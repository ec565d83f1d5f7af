"""Subtitles: cues as documents or spans, markup, encodings, damaged cues."""

from __future__ import annotations

import datetime as dt

import pytest

from corpus_kit.errors import InputError
from corpus_kit.readers.documents import Document, Event, File, LeftOut, Skipped, Span
from corpus_kit.readers.subtitles import read_subtitles, subtitles

SRT = """1
00:00:01,000 --> 00:00:03,500
{\\an8}<i>أين كنتَ</i> يا سامي؟
- في <font color="#fff">المدرسة</font>

2
00:00:04,000 --> 00:00:05,000

3
00:01:02,300 --> 01:01:04,000 X1:40 X2:600
وصلنا عام
2024
"""


def read(text: str | bytes, name: str = "a.srt") -> list[Event]:
    return list(read_subtitles(File(name, data=text.encode() if isinstance(text, str) else text)))


def cues(text: str | bytes) -> list[tuple[str | None, str]]:
    return [(event.id, event.text) for event in read(text) if isinstance(event, Document)]


def seconds(value: float) -> dt.timedelta:
    return dt.timedelta(seconds=value)


TEXTS = ["أين كنتَ يا سامي؟\n- في المدرسة", "وصلنا عام\n2024"]


def test_each_cue_is_a_document() -> None:
    assert read(SRT) == [
        Document(TEXTS[0], "1", {"number": 1, "start": seconds(1), "end": seconds(3.5)}),
        Document(TEXTS[1], "3", {"number": 3, "start": seconds(62.3), "end": seconds(3664)}),
        LeftOut("empty cue", 1),
    ]


def test_a_file_is_one_document_on_demand() -> None:
    events = list(subtitles(joined=True)(File("a.srt", data=SRT.encode())))
    first = len(TEXTS[0])
    spans = [Span("cue", 0, first, "00:00:01.000"), Span("cue", first + 1, first + 1 + len(TEXTS[1]), "00:01:02.300")]
    assert events == [Document("\n".join(TEXTS), spans=spans), LeftOut("empty cue", 1)]
    with pytest.raises(InputError, match="joined must be True or False, got 'yes'"):
        subtitles(joined="yes")  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1256", "utf-16"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_encodings_and_line_breaks(encoding: str, line_break: str) -> None:
    data = SRT.replace("\n", line_break).encode(encoding)
    assert [text for _, text in cues(data)] == TEXTS


VTT = """WEBVTT - ترجمة

STYLE
::cue { color: red }

NOTE هذا تعليق
في سطرين

مقدمة
00:01.000 --> 00:02.000 align:start position:0%
<v.loud سامي>أهلا <c.yellow>بكم</c> &amp; <00:01.500>مرحبا</v>

NOTE تعليق آخر

00:00:03.000 --> 00:00:04.250
<b>قالت:</b> 3 &lt; 5
"""


def test_webvtt() -> None:
    assert read(VTT, "a.vtt") == [
        Document("أهلا بكم & مرحبا", "1", {"number": 1, "start": seconds(1), "end": seconds(2), "speaker": "سامي"}),
        Document("قالت: 3 < 5", "2", {"number": 2, "start": seconds(3), "end": seconds(4.25)}),
    ]


ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,20

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,ملاحظة
Dialogue: 0,0:00:01.00,0:00:02.50,Default,سامي,0,0,0,,{\\i1}أهلا{\\i0}، يا ليلى\\Nكيف الحال؟
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0{\\p0}
Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,بخير
"""


def test_substation_alpha() -> None:
    start = {"number": 1, "start": seconds(1), "end": seconds(2.5), "speaker": "سامي"}
    assert read(ASS, "a.ass") == [
        Document("أهلا، يا ليلى\nكيف الحال؟", "1", start),
        Document("بخير", "2", {"number": 2, "start": seconds(5), "end": seconds(6)}),
    ]


ROLLING = """WEBVTT
Kind: captions

00:00:00.320 --> 00:00:02.550 align:start position:0%

أهلا<00:00:00.719><c> بكم</c><00:00:01.000><c> في</c>

00:00:02.550 --> 00:00:02.560
أهلا بكم في
\x20

00:00:02.560 --> 00:00:04.710
أهلا بكم في
حلقة<00:00:02.800><c> جديدة</c>

00:00:04.710 --> 00:00:04.720
حلقة جديدة
"""


def test_captions_that_roll_are_read_once() -> None:
    events = read(ROLLING, "a.vtt")
    assert [(event.id, event.text) for event in events[:-1] if isinstance(event, Document)] == [
        ("1", "أهلا بكم في"),
        ("3", "حلقة جديدة"),
    ]
    assert events[-1] == LeftOut("line repeated from the cue before", 3)
    refrain = "".join(f"{n}\n00:00:{2 * n:02},000 --> 00:00:{2 * n + 2:02},000\nلا لا\n\n" for n in range(1, 5))
    assert cues(refrain) == [(str(number), "لا لا") for number in range(1, 5)]


@pytest.mark.parametrize(
    "times",
    ["00:00:01 --> 00:00:02", "00:00:01, 000-->00:00:02,000", "٠٠:٠٠:٠١٬٠ --> ٠٠:٠٠:٠٢٫٠٠٠", "0:1.0 --> 0:2.0"],
)
def test_times_as_people_write_them(times: str) -> None:
    metadata = {"number": 1, "start": seconds(1), "end": seconds(2)}
    assert read(f"1\n{times}\nأ &amp; ب\n") == [Document("أ & ب", "1", metadata)]


def test_damaged_cues_are_skipped() -> None:
    times = ["00:00:0x,000 --> 00:00:02,000", "00:00:05,000 --> 00:00:03,000", "00:00:06,000 --> 00:00:07,000"]
    text = "1\n{}\nأول\n\n2\n{}\nثان\n\n3\n{}\nثالث\n".format(*times)
    assert read(text) == [
        Skipped("damaged cue", "1", "00:00:0x,000 --> 00:00:02,000"),
        Skipped("damaged cue", "2", "it ends before it begins"),
        Document("ثالث", "3", {"number": 3, "start": seconds(6), "end": seconds(7)}),
    ]


def test_numbers_that_are_missing_or_twice_are_counted_anew() -> None:
    times = "00:00:01,000 --> 00:00:02,000\n"
    assert cues(f"7\n{times}أ\n7\n{times}ب\n\n{times}ج\n\nد") == [("1", "أ"), ("2", "ب"), ("3", "ج\n\nد")]
    assert cues(f"{times}1999\n\n{times}2000") == [("1", "1999"), ("2", "2000")]


@pytest.mark.parametrize("data", [b"", b"no cues at all", b"1\n00:00:01,000 --> 00:00:02,000\n<i></i>\n", b"WEBVTT\n"])
def test_files_without_cues(data: bytes) -> None:
    with pytest.raises(ValueError, match="no cues with text"):
        read(data)


def test_unknown_encodings() -> None:
    with pytest.raises(ValueError, match="not UTF-8"):
        read(b"1\n00:00:01,000 --> 00:00:02,000\n\x01\xff\n")
