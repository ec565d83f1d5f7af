"""FrameDictionary: the built-in ones, files in TOML and in LIWC format, and invalid files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus_kit.errors import InputError
from corpus_kit.news.frame_dictionary import FrameDictionary
from corpus_kit.news.frames import frames

pytestmark = pytest.mark.interface


def dictionary(words: list[str], exclude: list[str] | None = None, **more: Any) -> FrameDictionary:
    lists = {"words": words, **({"exclude": exclude} if exclude else {}), **more}
    return FrameDictionary.of({"theme": {"one": lists}})


def test_built_in_dictionary_describes_itself() -> None:
    lists = FrameDictionary.builtin()
    assert lists.categories == {
        "means": ("military", "police", "intelligence", "economic", "diplomatic"),
        "level": ("international", "regional", "local"),
    }
    assert all(
        f"{dimension}.{name}" in dict(lists.descriptions)
        for dimension, all_ in lists.categories.items()
        for name in all_
    )
    assert lists == FrameDictionary.builtin()
    assert repr(lists).startswith("<FrameDictionary 'frames': 14 entries (means: military, police, ")
    with pytest.raises(AttributeError):
        lists.name = "x"  # type: ignore[misc]


def test_digest_depends_only_on_the_lists() -> None:
    one = FrameDictionary.of({"t": {"a": {"words": ["جيش"], "description": "x"}}})
    assert one.digest == FrameDictionary.of({"t": {"a": {"words": ["جيش"]}}}, name="other").digest
    assert one.digest != dictionary(["جيش"]).digest


def test_liwc_file(tmp_path: Path, build: Any) -> None:
    path = tmp_path / "mood.dic"
    path.write_text("\ufeff%\n1\tgood\n2 bad\n%\nفرح\t1\nحزن*\t2\nسعيد جدا 1\nفرحة\t1\t2\n", encoding="utf-8")
    lists = FrameDictionary.read(path)
    assert lists.categories == {"mood": ("good", "bad")}
    assert lists.table().select("category", "entry").rows() == [
        ("good", "فرح"), ("good", "سعيد جدا"), ("good", "فرحة"), ("bad", "حزن*"), ("bad", "فرحة"),
    ]  # fmt: skip
    corpus = build(["كان سعيدا ثم سعيد جدا وحزنت والفرحة"])
    assert frames(corpus, path).select("category", "surface").rows() == [
        ("good", "سعيد جدا"), ("bad", "وحزنت"), ("good", "والفرحة"), ("bad", "والفرحة"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not in LIWC format"),
        ("فرح\t1\n", "not in LIWC format"),
        ("%\n1\tgood\nفرح\t1\n", "not in LIWC format"),
        ("%\nx\tgood\n%\n", "Line 2 .* new category"),
        ("%\n1\tgood\n1\tbad\n%\n", "Line 3 .* new category"),
        ("%\n1\tgood\n2\tgood\n%\n", "Line 3 .* new category"),
        ("%\n1\tgood\n%\nفرح\t2\n", "Line 4 .*There is no category '2'"),
        ("%\n1\tgood\n%\nفرح\n", "Line 4 .*a word and numbers"),
        ("%\n1\tgood\n%\nفرح\t1\nفرح\t1\n", "lists 'فرح' more than once"),
        ("%\n1\tgood\n2\tbad\n%\nفرح\t1\n", r"\[bad.bad\] lists no words"),
    ],
)
def test_invalid_liwc_files(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.dic"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        FrameDictionary.read(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ('title = "x"\n', "is empty"),
        ("[means]\n", "is empty"),
        ("[means.military\n", "cannot be read"),
        ("x = 5\n[a.b]\nwords = ['جيش']", "must contain tables, got 'x'"),
        ("title = 5\n[a.b]\nwords = ['جيش']", "title of .* must be a str, got 5"),
        ("[means]\nwords = ['جيش']", "must contain tables, got 'words'"),
        ("[a.b]\nword = ['جيش']", "must be .* got 'word'. Did you mean 'words'"),
        ("[a.b]\ndescription = 5\nwords = ['جيش']", "description of a.b must be a str, got 5"),
        ("[a.b]\nwords = 'جيش'", r"words of \[a.b\] must be a list of words, got"),
        ("[a.b]\nwords = []", r"\[a.b\] lists no words"),
        ("[a.b]\n", r"\[a.b\] lists no words"),
        ("[a.b]\nexclude = ['جيش']", r"\[a.b\] lists no words"),
        ("[a.b]\nwords = ['']", "empty word"),
        ("[a.b]\nwords = ['  ']", "empty word"),
        ("[a.b]\nwords = [5]", "words in quotation marks"),
        ("[a.b]\nwords = ['جيش', 'جيش']", "lists 'جيش' more than once"),
        ("[a.b]\nwords = ['سلاح الجو', 'سلاح  الجو']", "lists 'سلاح الجو' more than once"),
        ("[a.b]\nwords = ['جيش']\nexclude = ['جيش']", "lists 'جيش' more than once"),
        ("[a.b]\nwords = ['*']", "can only end a word"),
        ("[a.b]\nwords = ['ج*ش']", "can only end a word"),
        ("[a.b]\nwords = ['جيش**']", "can only end a word"),
        ("[a.b]\nwords = ['جيش، بحرية']", "not made of words"),
        ("[a.b]\nwords = ['!']", "not made of words"),
        ("[a.b]\nwords = ['جيش(1)']", "not made of words"),
        ("[a.b]\nadjectives = ['جيش']", "end in ي"),
        ("[a.b]\nadjectives = ['سلاح جوي']", "single words"),
        ("[a.b]\nadjectives = ['الدولي']", "without the article, got 'الدولي'. Write 'دولي'"),
        ("['']\n[''.b]\nwords = ['جيش']", "must have named tables"),
    ],
)
def test_invalid_dictionaries(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        FrameDictionary.read(path)


def test_a_file_is_parsed_once_until_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "d.toml"
    path.write_text("[a.b]\nwords = ['جيش']", encoding="utf-8")
    first = FrameDictionary.read(path)
    assert FrameDictionary.read(path) is first
    first.categories.clear()  # which spoils nothing
    assert FrameDictionary.read(path).categories == {"a": ("b",)}
    path.write_text("[a.c]\nwords = ['جيش']", encoding="utf-8")
    assert FrameDictionary.read(path).categories == {"a": ("c",)}


def test_invalid_files(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes("[a.b]\nwords = ['é']".encode("latin-1"))
    for path, message in (
        (tmp_path / "latin.toml", "cannot be read"),
        (tmp_path / "absent.toml", "cannot be read: No such file"),
        (tmp_path / "list.csv", "path must be a path that ends in .toml or .dic"),
        (5, "path must be"),
    ):
        with pytest.raises(InputError, match=message):
            FrameDictionary.read(path)  # type: ignore[arg-type]
    for tables, options in (([], {}), ({"a": {"b": {"words": ["\ud800"]}}}, {}), ({}, {"name": ""})):
        with pytest.raises(InputError):
            FrameDictionary.of(tables, **options)  # type: ignore[arg-type]
