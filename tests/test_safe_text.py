"""Text that is shown holds nothing that a terminal obeys, and no secrets."""

from __future__ import annotations

import ast
import pickle
import re
import unicodedata
from pathlib import Path

import pytest
from examples import examples
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corpus_kit import errors
from corpus_kit.errors import CorpusError, InputError, SourceError, invalid, shown, warn
from corpus_kit.safe_text import one_line, printable, redacted, redacted_address

# ------------------------------------------------------------------------------------------ what a terminal obeys

OBEYED = [*map(chr, [*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0)])]
REORDERING = [*map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])]


@pytest.mark.parametrize("character", [*OBEYED, *REORDERING, "\u2028", "\u2029", "\ufff9", "\ud800"])
def test_what_a_terminal_obeys_is_an_escape(character: str) -> None:
    text = printable(f"قبل{character}بعد")
    assert character not in text
    assert re.fullmatch(r"قبل\\(x[0-9a-f]{2}|u[0-9a-f]{4})بعد", text)
    text.encode()


@pytest.mark.parametrize(
    "text",
    [
        "كُرَةُ القَدَم",
        "می\u200cخواهم",
        "ه\u200d",
        "(1)\u200f",
        "a\u200e",
        "\u061c5",
        "سطر\nوسطر",
        "\u2067خبر\u2069",
        "é 😀 \ufeff",
    ],
)
def test_what_people_write_stays(text: str) -> None:
    assert printable(text) == text


def test_isolates_stay_only_in_pairs() -> None:
    assert printable("a\u2067b\u2068c\u2069d\u2069e") == "a\u2067b\u2068c\u2069d\u2069e"
    assert printable("a\u2067b") == "a\\u2067b"
    assert printable("a\u2069b\u2067c") == "a\\u2069b\\u2067c"
    assert printable("a\u2067b\nc\u2069d") == "a\\u2067b\nc\\u2069d"


def test_a_byte_of_a_file_name_is_shown_as_one() -> None:
    assert printable("a\udcff.txt") == "a\\xff.txt"


def test_a_line_feed_cannot_make_a_line_of_its_own() -> None:
    assert one_line("a\nerror: b") == "a\\nerror: b"


@settings(max_examples=examples(500))
@given(st.text(st.characters(codec=None)))
def test_any_text_is_printable(text: str) -> None:
    clean = printable(text)
    clean.encode()
    assert printable(clean) == clean
    for line in clean.split("\n"):
        depth = 0
        for character in line:
            assert unicodedata.category(character) != "Cc"
            assert character not in "\u202a\u202b\u202c\u202d\u202e\u2028\u2029"
            depth += (character in "\u2066\u2067\u2068") - (character == "\u2069")
            assert depth >= 0
        assert depth == 0


# ---------------------------------------------------------------------------------------------------------- secrets

SECRET = "hunter2"
TOKEN = "ghpXYZ0123"
ADDRESSES = {
    # user and password
    "https://me:hunter2@host/news": "https://***@host/news",
    "HTTPS://ME:hunter2@HOST/news": "HTTPS://***@HOST/news",
    "ftp://me:hunter2@host:21/news": "ftp://***@host:21/news",
    "sftp://me:hunter2@host": "sftp://***@host",
    "https://:hunter2@host/": "https://***@host/",
    "https://me:@hunter2@host/": "https://***@host/",
    "https://me:hun/ter2@host/a": "https://***@host/a",
    "https://me:12/hunter2@host/a": "https://***@host/a",
    "https://me:hun?ter2@host/a": "https://***@host/a",
    "https://me:hun#ter2@host/a": "https://***@host/a",
    "https://me:hun::ter2@host/a": "https://***@host/a",
    "https://me:hun ter2@host/a": "https://***@host/a",
    "https://me:hunter2%40x@host/a": "https://***@host/a",
    "https://me:hunter2%2Fx@host/a": "https://***@host/a",
    "https://me:hunter2%40host/a": "https://***",
    "https://me%3Ahunter2%40host/a": "https://***",
    "https://me:hunter2": "https://***",
    "https://me:hunter2@[2001:db8::1]:443/a": "https://***@[2001:db8::1]:443/a",
    "https://me:hunter2@[::1]/a": "https://***@[::1]/a",
    "https://me:hunter2@xn--mgbh0fb.example/خبر": "https://***@xn--mgbh0fb.example/خبر",
    "webdav+https://me:hunter2@host/a": "webdav+https://***@host/a",
    "smb://DOMAIN;me:hunter2@host/share/a": "smb://***@host/share/a",
    "hdfs://me:hunter2@host:8020/a": "hdfs://***@host:8020/a",
    "file://me:hunter2@host/a": "file://***@host/a",
    "github://me:hunter2@main/a": "github://***@main/a",
    # a token alone
    "https://ghpXYZ0123@host/a": "https://***@host/a",
    "https://ghpXYZ0123/x@host/a": "https://***@host/a",
    "https://ghpXYZ0123:@host/a": "https://***@host/a",
    "dropbox://ghpXYZ0123@host/a": "dropbox://***@host/a",
    # object stores
    "s3://me:hunter2@bucket/a": "s3://***@bucket/a",
    "s3://AKIA0:hun/ter2+x@bucket/a.parquet": "s3://***@bucket/a.parquet",
    "s3a://me:hunter2@bucket": "s3a://***@bucket",
    "gs://me:hunter2@bucket/a": "gs://***@bucket/a",
    "abfs://container:hunter2@account.dfs.core.windows.net/a": "abfs://***@account.dfs.core.windows.net/a",
    "s3://bucket/a?X-Amz-Signature=hunter2": "s3://bucket/a?***",
    "az://container/a?sv=2024&sig=hunter2": "az://container/a?***",
    # queries and fragments
    "https://host/a?sig=hunter2": "https://host/a?***",
    "https://host/a?token=hunter2&x=1": "https://host/a?***",
    "https://host/a?hunter2": "https://host/a?***",
    "https://host?token=hunter2": "https://host?***",
    "https://host/a?X-Amz-Credential=me&X-Amz-Signature=hunter2": "https://host/a?***",
    "https://host/a#access_token=hunter2": "https://host/a#***",
    "https://host/a#hunter2": "https://host/a#***",
    "https://host/a?b#hunter2": "https://host/a?***",
    "https://[::1]:8080/a?token=hunter2": "https://[::1]:8080/a?***",
    "https://me:hunter2@host/a?sig=hunter2#hunter2": "https://***@host/a?***",
    # chains
    "simplecache::https://me:hunter2@host/a": "simplecache::https://***@host/a",
    "filecache::s3://me:hunter2@bucket/a": "filecache::s3://***@bucket/a",
    "zip://inner.csv::https://me:hunter2@host/a.zip": "zip://inner.csv::https://***@host/a.zip",
    "zip://*.csv::simplecache::https://host/a.zip?sig=hunter2": "zip://*.csv::simplecache::https://host/a.zip?***",
    "tar://a@b::ftp://ghpXYZ0123@host/a.tar": "tar://***@b::ftp://***@host/a.tar",
    # addresses in addresses
    "https://proxy/https%3A%2F%2Fme%3Ahunter2%40host%2Fa": "https://proxy/https%3A%2F%2F***",
    "https%3A%2F%2Fme%3Ahunter2%40host": "https%3A%2F%2F***",
    "https://proxy/https://me:hunter2@host/a": "https://***@host/a",
}
PLAIN = [
    *("https://host/a/b.parquet", "https://host:8080/a", "http://127.0.0.1:9/x", "https://[2001:db8::1]:443/a"),
    *("s3://bucket/200?/*.parquet", "s3://bucket/me@home.txt", "s3://bucket/a#1.txt", "gs://bucket/خبر 1.txt"),
    *("abfs://container@account.dfs.core.windows.net/a", "hf://datasets/me/news@main/a.parquet"),
    *("memory://a/b", "file:///home/me@work/a?.txt", "simplecache::s3://bucket/a", "ftp://host/a", "s3://bucket"),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_without_secrets(address: str) -> None:
    assert redacted_address(address) == ADDRESSES[address]
    assert redacted_address(ADDRESSES[address]) == ADDRESSES[address]
    for secret in (SECRET, TOKEN, "hun", "ter2"):
        assert secret not in redacted(f"cannot read {address!r}: Forbidden") or " " in address
        assert secret not in str(invalid("source", "a path", address))


def test_fifty_addresses_are_tested() -> None:
    assert len(ADDRESSES) >= 50


@pytest.mark.parametrize("address", PLAIN)
def test_addresses_without_anything_to_hide_stay(address: str) -> None:
    assert redacted_address(address) == address
    assert redacted(f"see {address}") == f"see {address}"


@pytest.mark.parametrize("text", ["", "خبر: 12:30", "a::b", "C:/news", "me@home", "10 %3 of", "std::vector", "//host"])
def test_texts_without_addresses_stay(text: str) -> None:
    assert redacted(text) == text


def test_addresses_in_a_text() -> None:
    text = "403 for url (https://me:hunter2@host/a?sig=hunter2), 'ftp://hunter2@host/b' and s3://me:hunter2@bucket."
    assert redacted(text) == "403 for url (https://***@host/a?*** 'ftp://***@host/b' and s3://***@bucket."
    assert "hunter2" not in redacted("no \"https://me:'hunter2'@host/a\"")
    assert redacted("Forbidden: key hunter2x", ["hunter2x", "a"]) == "Forbidden: key ***"


SCHEMES = st.sampled_from(["https", "http", "ftp", "sftp", "s3", "gs", "webdav", "simplecache::https", "zip://x::ftp"])
PART = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Z"], exclude_characters="'\"<>\\"), min_size=1, max_size=12
)


@settings(max_examples=examples(400))
@given(SCHEMES, PART, PART, st.booleans())
def test_any_password_is_hidden(scheme: str, user: str, rest: str, in_text: bool) -> None:
    password = f"Zq{rest}qZ"
    address = f"{scheme}://{user}:{password}@host/news.txt"
    clean = redacted(f"cannot read {address!r}: no") if in_text else redacted_address(address)
    assert "Zq" not in clean
    assert "qZ" not in clean
    assert "@host/news.txt" in clean


@settings(max_examples=examples(400))
@given(SCHEMES, PART)
def test_any_query_is_hidden(scheme: str, value: str) -> None:
    assume("@" not in value)
    clean = redacted(f"cannot read '{scheme}://host/news.txt?sig=Zq{value}qZ'")
    assert "Zq" not in clean
    assert "qZ" not in clean


# ------------------------------------------------------------------------------------------- errors and warnings


@pytest.mark.parametrize("kind", [errors.CorpusKitError, InputError, SourceError, CorpusError])
def test_errors_are_one_harmless_line(kind: type[errors.CorpusKitError]) -> None:
    error = kind("no \x1b]0;x\x07\u202e\udcff\nerror: https://me:hunter2@host")
    assert str(error) == "no \\x1b]0;x\\x07\\u202e\\xff\\nerror: https://***@host"
    assert "hunter2" not in repr(error)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert type(again) is kind


def test_warnings_are_one_harmless_line() -> None:
    with pytest.warns(UserWarning, match=r"^a\\x1b https://\*\*\*@host$") as caught:
        warn("a\x1b https://hunter2@host")
    assert caught[0].filename == __file__


def test_values_in_messages_have_no_secrets() -> None:
    long = "https://" + "hunter2" * 20
    for value in (f"{long}@host", [f"{long}@host"], {"a": "ftp://me:hunter2@host"}, Path("a"), f"https://me:{long}"):
        assert "hunter2" not in shown(value)


def test_modules_warn_by_one_function() -> None:
    package = Path(errors.__file__).parent
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name != "errors.py" and "warnings" in text:
            nodes = ast.walk(ast.parse(text))
            assert "warnings.warn" not in {ast.unparse(each) for each in nodes if isinstance(each, ast.Attribute)}, path
