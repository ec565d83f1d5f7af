"""Encodings are detected if the bytes are unambiguous, guessed if they are plausible, refused otherwise."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus_kit.readers import encodings
from corpus_kit.readers.encodings import Encoding, EncodingError, decode, detect

ARABIC = "قال الوزير إن المشروع «كبير» جدا، وسيبدأ العمل فيه غدا؟\r\nثم أضاف: لا شك في ذلك.\n"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
# Text that begins like a byte order mark, or contains bytes typical of UTF-16, is ambiguous.
PLAIN = TEXTS.filter(lambda text: not text.startswith("\ufeff") and not set("\x00\x06") & set(text))
CP1256_WORDS = st.text(st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءآأإؤئ")).filter(lambda word: len(word) > 2)


@pytest.mark.parametrize(
    ("codec", "mark", "expected"),
    [
        ("utf-8", b"", Encoding("utf-8")),
        ("utf-8", codecs.BOM_UTF8, Encoding("utf-8", 3)),
        ("utf-16-le", codecs.BOM_UTF16_LE, Encoding("utf-16-le", 2)),
        ("utf-16-be", codecs.BOM_UTF16_BE, Encoding("utf-16-be", 2)),
        ("utf-16-le", b"", Encoding("utf-16-le", guessed=True)),
        ("utf-16-be", b"", Encoding("utf-16-be", guessed=True)),
        ("cp1256", b"", Encoding("cp1256", guessed=True)),
    ],
)
def test_encodings_are_detected_and_marks_removed(codec, mark, expected):
    assert decode(mark + ARABIC.encode(codec)) == (ARABIC, expected)


def test_real_bytes_of_windows_1256_and_utf16():
    assert decode(b"\xce\xc8\xd1 \xda\xc7\xcc\xe1\xa1 \xe6\xc7\xe1\xe3\xd2\xed\xcf \xda\xe4\xcf\xe4\xc7\xbf")[0] == (
        "خبر عاجل، والمزيد عندنا؟"
    )
    assert decode(b"\xff\xfe\x2e\x06\x28\x06\x31\x06")[0] == "خبر"
    assert decode(b"\x06\x2e\x06\x28\x06\x31\x00\x20\x06\x2e")[0] == "خبر خ"


def test_persian_letters_of_windows_1256():
    text = "گزارش تازه: پروژه چهارم کامل شد"
    expected = text.replace("ی", "ي")
    assert decode(expected.encode("cp1256")) == (expected, Encoding("cp1256", guessed=True))


@given(PLAIN)
def test_utf8_round_trip(text):
    assert decode(text.encode()) == (text, Encoding("utf-8"))


@given(TEXTS, st.sampled_from([("utf-8", codecs.BOM_UTF8), ("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")]))
def test_round_trip_with_a_byte_order_mark(text, form):
    codec, mark = form
    assert decode(mark + text.encode(codec)) == (text, Encoding(codec, len(mark)))


@given(st.lists(CP1256_WORDS, min_size=1), st.sampled_from(["utf-16-le", "utf-16-be", "cp1256"]))
def test_arabic_without_a_byte_order_mark_is_guessed(words, codec):
    text = " ".join(words)
    try:
        expected = text.encode(codec)
    except UnicodeEncodeError:
        return
    assert decode(expected) == (text, Encoding(codec, guessed=True))


@given(st.binary(max_size=60), st.data())
def test_chunk_size_does_not_matter(data, pieces):
    cuts = sorted(pieces.draw(st.lists(st.integers(0, len(data)), max_size=4)))
    ends = [*cuts, len(data)]
    parts = [part for part in (data[a:b] for a, b in zip([0, *cuts], ends, strict=True)) if part]
    try:
        whole: object = detect([data])
    except EncodingError as error:
        whole = error.position
    try:
        found: object = detect(parts)
    except EncodingError as error:
        found = error.position
    # Guesses are made from single chunks, which are longer in practice.
    if not any(isinstance(answer, Encoding) and answer.guessed for answer in (whole, found)):
        assert found == whole


def test_late_bad_byte_is_located():
    pieces = ["خ".encode() * 3, b"x" * 10 + b"\xd8", b"x"]
    with pytest.raises(EncodingError, match="byte 16 ") as raised:
        detect(pieces)
    assert raised.value.position == 16


def test_damaged_utf8_is_not_mistaken_for_windows_1256():
    whole = ARABIC.encode()
    for damaged in (whole[:40] + b"\xff" + whole[40:], whole[: whole.index("ك".encode()) + 1]):
        with pytest.raises(EncodingError, match="most of it is UTF-8"):
            decode(damaged)


def test_iso_8859_6_is_not_mistaken_for_windows_1256():
    with pytest.raises(EncodingError, match="inside Arabic words"):
        decode("قال الوزير إن المشروع كبير جدا".encode("iso-8859-6"))


def test_french_is_accepted_only_within_arabic():
    with pytest.raises(EncodingError, match="not be Arabic"):
        decode("déjà vu à Orléans".encode("cp1252"))
    mixed = "قال الوزير déjà vu ثم غادر القاعة"
    assert decode(mixed.encode("cp1256"))[0] == mixed


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n\x00\xc7\xe1", b"\xc7\xe1\xc7\xe1\x01", b"\xff\xfeabc", b"\xff\xfe\x00\xd8"]
)
def test_other_bytes_are_refused(data):
    with pytest.raises(EncodingError):
        decode(data)


def test_control_characters_rule_out_windows_1256():
    for pieces in ([b"\x01", b"\xc7\xe1\xc7"], [b"\xc7\xe1\xc7", b"\x01"]):
        with pytest.raises(EncodingError, match="control characters"):
            detect([b"abcd", *pieces])


def test_empty_file_is_utf8():
    assert decode(b"") == ("", Encoding("utf-8"))


def test_guesses_are_checked_to_the_end(monkeypatch):
    monkeypatch.setattr(encodings, "_JUDGED_BYTES", 8)
    data = "خبر عاجل".encode("utf-16-le")
    assert detect([data]).name == "utf-16-le"
    with pytest.raises(EncodingError, match="byte 16"):
        detect([data, b"\x00\xd8\x20\x00"])
