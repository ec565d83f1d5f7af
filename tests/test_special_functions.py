"""SciPy's functions without the rest of scipy.special, in processes of their own, where nothing is loaded yet."""

from __future__ import annotations

import subprocess
import sys

import pytest

NAMES = ["betaincinv", "betainccinv", "erfc", "fdtri", "fdtrc", "gammaincc", "gammaincinv", "ndtr", "ndtri", "stdtrit"]


def said(code: str) -> str:
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_functions_are_those_of_scipy() -> None:
    found = said(f"""
import sys
from corpus_kit._base.special_functions import special_functions
alone = special_functions()
print("scipy.special" in sys.modules, special_functions() is alone)
from scipy import special, stats
print(all(getattr(alone, name) is getattr(special, name) for name in {NAMES}), special_functions() is special)
""")
    assert found.split() == ["False", "True", "True", "True"]


def test_other_threads_import_the_package_meanwhile() -> None:
    found = said("""
import sys
from concurrent.futures import ThreadPoolExecutor
from corpus_kit._base.special_functions import special_functions
sys.setswitchinterval(1e-6)
def package(_):
    from scipy import special
    return float(special.ndtr(0.0)), float(special.logsumexp([0.0]))
with ThreadPoolExecutor(6) as pool:
    alone = [pool.submit(lambda: float(special_functions().ndtr(0.0))) for _ in range(3)]
    both = list(pool.map(package, range(3)))
print({each.result() for each in alone}, set(both))
""")
    assert found == "{0.5} {(0.5, 0.0)}"


@pytest.mark.parametrize("error", ["ImportError", "AttributeError"])
def test_the_package_is_imported_where_it_is_made_otherwise(error: str) -> None:
    found = said(f"""
import sys
from corpus_kit._base import special_functions as ours
real = ours.import_module
def import_module(name):
    if name.endswith("_ufuncs"):
        raise {error}(name)
    return real(name)
ours.import_module = import_module
print(ours.special_functions().__name__, float(ours.special_functions().ndtr(0.0)))
""")
    assert found == "scipy.special 0.5"
