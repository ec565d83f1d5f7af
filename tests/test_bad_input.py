"""Mistakes of users: the error is one of the library's own and names the argument.

That each function checks the type of each argument is tested in test_messages.py.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit._base.arguments import integer, path_argument
from corpus_kit._base.records import provenance_of
from corpus_kit.display.card import card_text

pytestmark = pytest.mark.interface

FRAME = pl.DataFrame({"text": ["قال الوزير نعم.", "غادر الوفد."], "outlet": ["a", "b"]})


@pytest.fixture(scope="module")
def corpus() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.mark.parametrize("value", [None, "corpus", 5, FRAME, ck.Corpus])
@pytest.mark.parametrize(
    "analysis", [ck.frequency, ck.ngrams, lambda corpus: ck.kwic(corpus, "في")], ids=["frequency", "ngrams", "kwic"]
)
def test_analyses_require_a_corpus(analysis: Callable[[Any], object], value: object) -> None:
    if analysis is ck.ngrams and isinstance(value, str):  # or the path of a table
        with pytest.raises(ck.CorpusError, match="there is no table of n-grams at"):
            analysis(value)
        return
    with pytest.raises(ck.InputError, match=r"^corpus must be a Corpus"):
        analysis(value)


@pytest.mark.parametrize("value", [None, 5, FRAME, b"corpus", "", "a\0b", "\ud800", "~nobody-of-this-name/x"])
def test_bad_paths(value: Any) -> None:
    for use in (
        lambda: ck.Corpus.open(value),
        lambda: ck.Corpus.build(FRAME, value),
        lambda: ck.save(FRAME, value),
    ):
        with pytest.raises(ck.InputError, match=r"^path must be"):
            use()


def test_name_too_long(tmp_path: Path) -> None:
    long = tmp_path / ("أ" * 300)
    with pytest.raises(ck.CorpusError, match="File name too long"):
        ck.Corpus.open(long)
    with pytest.raises(ck.CorpusError, match="File name too long"):
        ck.Corpus.build(FRAME, long)
    with pytest.raises(ck.InputError, match="File name too long"):
        ck.save(FRAME, f"{long}.csv")


def test_home_and_relative_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "مجلد عربي").mkdir()
    built = ck.Corpus.build(FRAME, "~/مجلد عربي/كوربوس ١")
    assert built.path == tmp_path / "مجلد عربي" / "كوربوس ١"
    assert ck.save(FRAME, "~/t.csv", note="made by hand") == tmp_path / "t.csv"
    monkeypatch.chdir(tmp_path / "مجلد عربي")
    opened = ck.Corpus.open("كوربوس ١")
    monkeypatch.chdir(tmp_path)
    assert ck.frequency(opened).height == 5
    assert path_argument(Path("x"), "path") == tmp_path / "x"


def test_unwritable_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", refuse)
        with pytest.raises(ck.CorpusError, match=r"cannot write to .*: Permission denied"):
            ck.Corpus.build(FRAME, tmp_path / "corpus")
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        with pytest.raises(ck.InputError, match=r"cannot write .*: Permission denied"):
            ck.save(FRAME, tmp_path / "t.csv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": 5}, "^text must be .* got 5"),
        ({"text": None}, "^text must be .* got None"),
        ({"id": 5}, "^id must be .* got 5"),
        ({"date": 1}, "^date must be .* got 1"),
        ({"metadata": 5}, "^metadata must be .* got 5"),
        ({"metadata": {"outlet"}}, "^metadata must be .* got {'outlet'}"),
        ({"metadata": [5]}, r"^metadata must be .* got \[?5"),
        ({"profile": "serach"}, "^profile must be .* 'search'"),
    ],
)
def test_bad_build_options(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.Corpus.build(FRAME, tmp_path / "corpus", **options)
    assert not list(tmp_path.iterdir())


def test_python_objects_as_metadata_are_refused(tmp_path: Path) -> None:
    frame = FRAME.with_columns(pl.Series("thing", [object(), object()], dtype=pl.Object))
    with pytest.raises(ck.SourceError, match=r"'thing' .*Python objects"):
        ck.Corpus.build(frame, tmp_path / "corpus")
    assert len(ck.Corpus.build(frame, tmp_path / "corpus", metadata=["outlet"])) == 2


@pytest.mark.parametrize("name", ["document", "tokens", "words", "id", "text_"])
def test_metadata_with_reserved_names_is_renamed(tmp_path: Path, name: str) -> None:
    corpus = ck.Corpus.build(FRAME.with_columns(pl.Series(name, ["x", "y"])), tmp_path / "corpus")
    kept = "text_" if name == "text_" else f"{name}_"
    documents = corpus.documents.collect()
    assert documents[kept].to_list() == ["x", "y"]
    assert documents["document"].to_list() == [0, 1]
    assert documents["words"].to_list() == [3, 2]


def test_invalid_epoch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(ck.InputError, match=r"^SOURCE_DATE_EPOCH must be .* 'yesterday'"):
        ck.Corpus.build(FRAME, tmp_path / "corpus")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("predicate", "message"),
    [
        (pl.col("outlt") == "a", "'outlt'.*'outlet'"),
        (pl.col("outlet") == 1, "cannot compare string with numeric"),
        (pl.col("outlet").str.len_chars(), "UInt32"),
        (pl.col("outlet").sum(), "predicate"),
        (pl.col("date") > "2014", "cannot compare"),
        (pl.all().is_null(), "Boolean, Boolean"),
    ],
)
def test_bad_filters(corpus: ck.Corpus, predicate: pl.Expr, message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        corpus.filter(predicate)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sort": 5}, "^sort must be .* got 5"),
        ({"seed": "a"}, "^seed must be .* got 'a'"),
        ({"seed": -1}, "^seed must be .* got -1"),
        ({"sample": 2.5}, r"^sample must be .* got 2\.5"),
        ({"window": (1, 2, 3)}, r"^window must be .* got \(1, 2, 3\)"),
        ({"window": True}, "^window must be .* got True"),
    ],
)
def test_bad_concordance_options(corpus: ck.Corpus, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ck.InputError, match=message):
        ck.kwic(corpus, "في", **options)


def test_integers_of_any_type_and_size(corpus: ck.Corpus) -> None:
    wide = ck.kwic(corpus, "في", window=2**70).frame
    assert wide.equals(ck.kwic(corpus, "في", window=10_000).frame)
    assert len(ck.kwic(corpus, "في", window=np.int64(2), sample=np.int8(3), seed=np.uint64(2**63))) == 3
    with pytest.raises(ck.InputError, match=r"^top must be .* of at least 1, got 0"):
        integer(0, "top", least=1)


def test_pattern_with_an_unpaired_surrogate(corpus: ck.Corpus) -> None:
    with pytest.raises(ck.InputError, match=r"pattern .*surrogate"):
        ck.kwic(corpus, "\ud800")


def test_unordered_texts_are_refused() -> None:
    for texts in ({"خبر", "نبأ"}, frozenset({"خبر"}), {"a": "خبر"}, FRAME):
        with pytest.raises(ck.InputError, match=r"^texts must be"):
            ck.tokens(texts)
        with pytest.raises(ck.InputError, match=r"^texts must be"):
            ck.count_ngrams(texts, 1)  # type: ignore[call-overload]  # on purpose


def test_subclasses_of_str_are_accepted() -> None:
    text = np.str_("أحمد")
    assert ck.normalize(text) == "احمد"
    assert ck.normalize(text, None) == "أحمد"
    assert type(ck.normalize(text, None)) is str
    assert ck.Normalizer.preset("search").with_offsets(text)[0] == "احمد"


@pytest.mark.parametrize("value", [None, "x", 5, ck.Corpus])
def test_plots_require_a_table(value: object) -> None:
    with pytest.raises(ck.InputError, match=r"^table must be a DataFrame"):
        ck.plot.frequency(value)  # type: ignore[arg-type]  # on purpose


def test_provenance_describes_the_subcorpus(corpus: ck.Corpus) -> None:
    part = corpus.filter(pl.col("outlet") == corpus.labels("outlet")[0]).filter(pl.col("words") > 3)
    for table in (ck.frequency(part), ck.ngrams(part), ck.kwic(part, "في").frame):
        record = provenance_of(table)["options"]["subcorpus"]
        assert record["documents"] == len(part)
        assert [text.count("outlet") + 2 * text.count("words") for text in record["filters"]] == [1, 2]
        assert len(record["sha256"]) == 64
    whole = provenance_of(ck.frequency(corpus))
    assert whole["options"]["subcorpus"] is None


@pytest.mark.filterwarnings("ignore:not all of the source was read")
def test_card_lists_what_was_skipped_guessed_or_renamed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_bytes("خبر جديد".encode("cp1256"))
    (tmp_path / "in" / "b.txt").write_bytes(b"")
    (tmp_path / "in" / "c.doc").write_bytes(b"x")
    frame = FRAME.with_columns(tokens=pl.lit(1), day=pl.lit("gestern"))
    corpus = ck.Corpus.build([tmp_path / "in", frame], tmp_path / "corpus", date="day")
    corpus.add(pl.DataFrame({"text": ["خبر", None]}))
    card = card_text(corpus.card)
    for line in (
        "1: empty file",
        "1: unknown file ending",
        "1: encoding guessed as cp1256",
        "2: date not understood",
        "column 'tokens' is kept as 'tokens_'",
        "added      DataFrame of 2 rows",
        "1: no text",
    ):
        assert line in card


def test_failing_lazy_table() -> None:
    lazy = FRAME.lazy().with_columns(x=pl.col("nothing"))
    for use in (lambda: ck.show(lazy), lambda: ck.save(lazy, "t.csv")):
        with pytest.raises(ck.InputError, match=r'^table must be a LazyFrame that Polars can compute.*"nothing"'):
            use()


def test_card_of_a_corpus_in_a_folder_named_corpus(tmp_path: Path) -> None:
    corpus = ck.Corpus.build(FRAME, tmp_path / "corpus")
    html = corpus._repr_html_()
    for what in ("documents", "words", "profile", corpus.id):
        assert what in html
    assert ck.show(corpus).html == html
    assert corpus.id in str(ck.show(corpus))


def test_ngram_tables_have_provenance(corpus: ck.Corpus) -> None:
    frame, _ = ck.count_ngram_ids(["خبر جديد"], 2, by=["a"])
    record = provenance_of(frame)
    assert record is not None
    assert (record["function"], record["options"]["by"], record["corpus_id"]) == ("ck.count_ngram_ids", ["a"], None)
    record = provenance_of(ck.count_ngrams(corpus, 2, skip=1))
    assert record is not None
    assert (record["options"]["skip"], record["corpus_id"]) == (1, corpus.id)


@pytest.mark.parametrize("value", [np.array([1, 2]), pl.DataFrame({"a": [1]}), pl.Series(["a", "b"]), pl.col("a")])
@pytest.mark.parametrize(
    "call",
    [
        lambda value: ck.count_ngrams(["في"], 1, within=value),
        lambda value: ck.frequency(ck.sample_corpus(), exact=value),
        lambda value: ck.dispersion(ck.sample_corpus(), parts=value),
        lambda value: ck.sample_corpus().deduplicate(date=value),
    ],
)
def test_values_that_cannot_be_compared(call: Callable[[object], object], value: object) -> None:
    with pytest.raises(ck.InputError, match=r"^(within|exact|parts|date) must be"):
        call(value)


@pytest.mark.parametrize(
    "call",
    [
        lambda value: ck.tokens(value),
        lambda value: ck.collocations(ck.sample_corpus(), "هدنة", stopwords=value),
        lambda value: ck.measures.krippendorff_alpha(value),
    ],
)
def test_arrays_of_one_value_are_no_lists(call: Callable[[object], object]) -> None:
    with pytest.raises(ck.InputError, match=r"^(texts|stopwords|codes) must be"):
        call(np.array("خبر"))


def test_values_whose_repr_fails_are_named_by_their_type() -> None:
    deep: list[object] = []
    for _ in range(10_000):
        deep = [deep]
    with pytest.raises(ck.InputError, match=r"^profile must be .*got list\."):
        ck.normalize("خبر", profile=deep)  # type: ignore[arg-type]


def test_notes_are_text(tmp_path: Path) -> None:
    with pytest.raises(ck.InputError, match=r"^note must be text without unpaired surrogates"):
        ck.save(pl.DataFrame({"a": [1]}), tmp_path / "a.csv", note="\ud800")
