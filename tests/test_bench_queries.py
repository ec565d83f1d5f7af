"""tests/bench/cqp_peer.py and bench_queries.py, with programs in the place of CWB's, on the sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import bench_queries
import fake_cwb
import polars as pl
import pytest
import query_figures
from cqp_peer import NAME, Cqp, encode, programs_in, run_program, word_tokens, write_vertical
from query_tasks import TASKS, query_words

import corpus_kit as ck
from corpus_kit.errors import CorpusKitError

RARELY = ("labels with a constraint", "lemma, gap and word", "first word of a sentence", "phrase of three")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    return bench_queries.generated(tmp_path_factory.mktemp("generated"), 12_000)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return programs_in(fake_cwb.install(tmp_path_factory.mktemp("programs")))


@pytest.fixture(scope="module")
def registry(programs: Path, corpus: ck.Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encode(programs, corpus, tmp_path_factory.mktemp("encoded"))


@pytest.fixture
def cqp(programs: Path, registry: Path) -> Iterator[Cqp]:
    with Cqp(programs, registry) as running:
        yield running


def test_vertical_text(tmp_path: Path) -> None:
    texts = {"text": ["قال «زيد»: نعم. ثم ذهب.\nوعاد", "...", "<b> لا"], "source": ["a & b", "c", None]}
    corpus = ck.Corpus.build(pl.DataFrame(texts), tmp_path / "corpus", progress=False)
    write_vertical(corpus, tmp_path / "words.vrt")
    lines = [line.split("\t")[0] for line in (tmp_path / "words.vrt").read_text(encoding="utf-8").splitlines()]
    assert lines == [
        '<text source="a &amp; b">', "<p>", "<s>", "قال", "زيد", "نعم", "</s>", "<s>", "ثم", "ذهب", "</s>", "</p>",
        "<p>", "<s>", "وعاد", "</s>", "</p>", "</text>",
        '<text source="__UNDEF__">', "<p>", "<s>", "b", "لا", "</s>", "</p>", "</text>",
    ]  # fmt: skip


@pytest.mark.slow  # of a benchmark, and `test_answers` asks the same programs
@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if task.query])
def test_hits_are_compared(corpus: ck.Corpus, cqp: Cqp, name: str) -> None:
    words = query_words(corpus)
    hits = bench_queries.same_starts(TASKS[name], corpus, words, word_tokens(corpus), cqp)
    assert hits or name in RARELY
    cqp.ask(*(command.format(**words) for command in TASKS[name].commands))


def test_other_hits_are_told(corpus: ck.Corpus, cqp: Cqp) -> None:
    task = TASKS["page of a frequent word"]._replace(query='[folded="{second}"]')
    with pytest.raises(pytest.fail.Exception, match=r"\d+ hits only of CQP, \d+ only of ours, the first at token \d+"):
        bench_queries.same_starts(task, corpus, query_words(corpus), word_tokens(corpus), cqp)


def test_answers(corpus: ck.Corpus, cqp: Cqp) -> None:
    assert cqp.ask() == []
    assert cqp.ask(f"{NAME};") == []
    first, last = cqp.hits('[folded="قال"] []')
    assert len(first) > 0
    assert (last == first + 1).all()
    assert cqp.hits('[folded="xyz"]')[0].tolist() == []
    cqp.hits('[folded="قال"]')
    tokens = ck.kwic(corpus, "قال").hits.first
    documents = corpus.document_ends.searchsorted(tokens, side="right")
    sources = Counter(corpus.labels("source").gather(documents).to_list())
    assert {line.split("\t")[0]: int(line.split("\t")[1]) for line in cqp.ask("group A match text_source;")} == sources


def test_complaints_are_errors_and_the_program_goes_on(cqp: Cqp) -> None:
    with pytest.raises(CorpusKitError, match="Parse error in nonsense"):
        cqp.ask("nonsense;")
    assert cqp.ask("size A;") == ["0"]


def test_an_end_is_an_error(cqp: Cqp) -> None:
    with pytest.raises(CorpusKitError, match="CQP ended"):
        cqp.ask("exit;")
    with pytest.raises(CorpusKitError, match="CQP ended"):
        cqp.ask("size A;")


def test_no_cqp(tmp_path: Path) -> None:
    fake_cwb.install(tmp_path)
    (tmp_path / "cqp").write_text('#!/bin/sh\nprintf "hello\\n-::-EOL-::-\\nmore\\n"; exec cat\n', encoding="utf-8")
    with pytest.raises(CorpusKitError, match=r"must be CQP 3 or newer, got 'hello'"):
        Cqp(tmp_path, tmp_path)
    (tmp_path / "cqp").unlink()
    with pytest.raises(CorpusKitError, match="cqp is missing"):
        programs_in(tmp_path)


def test_programs(tmp_path: Path, programs: Path, registry: Path, corpus: ck.Corpus) -> None:
    lines = run_program(programs / "cwb-lexdecode", "-r", str(registry), "-f", "-P", "folded", NAME).splitlines()
    assert len(lines) == len(ck.frequency(corpus, dispersion=None))
    assert encode(programs, corpus, registry.parent) == registry  # used again
    (tmp_path / "fails").write_text("#!/bin/sh\necho no disk >&2; exit 3\n", encoding="utf-8")
    (tmp_path / "fails").chmod(0o755)
    with pytest.raises(CorpusKitError, match="fails failed: no disk"):
        run_program(tmp_path / "fails")
    (tmp_path / "fails").write_text("#!/bin/sh\nexec sleep 30\n", encoding="utf-8")
    with pytest.raises(CorpusKitError, match=r"fails is slower than 0\.2 s"):
        run_program(tmp_path / "fails", limit=0.2)


@pytest.mark.slow
def test_figures(corpus: ck.Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(corpus.path), "--processes", "1", "--budget", "0", "--only", "gap", "lemma"]
    monkeypatch.setattr("sys.argv", ["query_figures.py", *arguments])
    query_figures.main()
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == ["| gap", "| lemma"]
