"""One benchmark for each kernel, on generated text; together they take less than a minute.

``corpus-kit bench`` compares with peers; this suite is for a quick look and for --benchmark-compare.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from kernels import KERNELS, MEGABYTES

from corpus_kit.benchmarks.generated import generated_texts


@pytest.fixture(scope="module")
def texts() -> pl.Series:
    return generated_texts(MEGABYTES)


@pytest.mark.parametrize("name", KERNELS)
def test_kernel(benchmark: Any, texts: pl.Series, tmp_path: Path, name: str) -> None:
    call = KERNELS[name](texts, tmp_path)
    benchmark.extra_info["megabytes"] = texts.str.len_bytes().sum() / 1e6
    assert benchmark.pedantic(call, rounds=7, warmup_rounds=1) is not None
