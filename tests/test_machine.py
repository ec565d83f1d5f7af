"""Threads and instructions: the setting, else the environment, else all that the machine has."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

import corpus_kit as ck
from corpus_kit import _normalize


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for variable in ("CORPUS_KIT_THREADS", "POLARS_MAX_THREADS", "CORPUS_KIT_INSTRUCTIONS"):
        monkeypatch.delenv(variable, raising=False)
    yield
    ck.set_threads(None)
    ck.set_instructions(None)


def test_threads_default_to_the_machine() -> None:
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert ck.threads() == min(allowed or 1, 64)


@pytest.mark.parametrize("variable", ["CORPUS_KIT_THREADS", "POLARS_MAX_THREADS"])
def test_threads_from_the_environment(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "3")
    assert ck.threads() == 3
    monkeypatch.setenv(variable, "1000")
    assert ck.threads() == 64
    ck.set_threads(2)
    assert ck.threads() == 2


def test_own_variable_takes_precedence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLARS_MAX_THREADS", "5")
    monkeypatch.setenv("CORPUS_KIT_THREADS", "4")
    assert ck.threads() == 4
    monkeypatch.setenv("CORPUS_KIT_THREADS", " ")
    assert ck.threads() == 5


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5", "٣٫٥"])
def test_invalid_threads_in_the_environment(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("CORPUS_KIT_THREADS", text)
    with pytest.raises(ck.InputError, match=r"^CORPUS_KIT_THREADS must be"):
        ck.threads()


@pytest.mark.parametrize("number", [0, -1, 65, 1.5, "2", True])
def test_invalid_threads(number: object) -> None:
    with pytest.raises(ck.InputError, match=r"^number must be"):
        ck.set_threads(number)  # type: ignore[arg-type]


def test_fastest_instructions_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ck.instructions() == _normalize.INSTRUCTIONS[-1]
    monkeypatch.setenv("CORPUS_KIT_INSTRUCTIONS", "scalar")
    ck.set_instructions(None)
    assert ck.instructions() == "scalar"
    ck.set_instructions(_normalize.INSTRUCTIONS[-1])
    assert ck.instructions() == _normalize.INSTRUCTIONS[-1]


def test_invalid_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ck.InputError, match=r"^name must be .*'scaler'.*'scalar'"):
        ck.set_instructions("scaler")
    monkeypatch.setenv("CORPUS_KIT_INSTRUCTIONS", "mmx")
    ck.set_instructions(None)
    with pytest.raises(ck.InputError, match=r"^CORPUS_KIT_INSTRUCTIONS must be .* 'mmx'"):
        ck.instructions()


@pytest.mark.parametrize("instructions", _normalize.INSTRUCTIONS)
@pytest.mark.parametrize("threads", [1, 3])
def test_results_do_not_depend_on_the_machine(instructions: str, threads: int) -> None:
    ck.set_threads(threads)
    ck.set_instructions(instructions)
    assert ck.normalize(["قَالَ الأمينُ", None], "search") == ["قال الامين", None]
    assert ck.count_ngrams(["نعم لا نعم لا"] * 3, 2, tokenizer="whitespace").rows() == [
        ("نعم لا", 2, 6, 3),
        ("لا نعم", 2, 3, 3),
    ]
