"""The C core without Python: no warnings from any compiler, the same results on every platform.

The programs in tests/c check the kernels and print a digest of their results. Here they are compiled for this
machine, for the sanitizers and for other processors emulated by qemu; each digest must equal that of gcc here.
The extension modules themselves are tested with gcc's sanitizers (CONTRIBUTING.md); these tests use clang's.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpus_kit.text.folding_tables import core_tables
from corpus_kit.text.normalization import PRESETS, Normalizer

PROJECT = Path(__file__).parents[1]
INCLUDE = PROJECT / "ext" / "core"
SOURCES = PROJECT / "tests" / "c"
# These two need Python's headers; the kernels are templates included by other headers.
WITH_PYTHON = ("capsule", "normalize_str")
HEADERS = sorted(
    path.name for path in INCLUDE.glob("*.h") if not path.stem.endswith("_kernel") and path.stem not in WITH_PYTHON
)
CORE = sorted(path for path in INCLUDE.glob("*.c") if path.stem not in WITH_PYTHON)
# The other programs in that folder have their own tests.
PROGRAMS = sorted(path.stem for path in SOURCES.glob("test_*.c")) + ["types_against_list"]

pytestmark = [
    pytest.mark.skipif(not INCLUDE.is_dir(), reason="the sources of the core are missing"),
]

# Python.h defines _GNU_SOURCE too, and comes first in the extension modules.
STRICT = ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", f"-I{INCLUDE}"]
SANITIZED = ("-gline-tables-only", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-DCK_DEBUG=1")


@dataclass(frozen=True)
class Target:
    """How a program is compiled and run."""

    compiler: str
    flags: tuple[str, ...] = ("-O3",)
    runner: tuple[str, ...] = ()
    stride: int = 1  # every which round is run, see tests/c/check.h
    own_flags: tuple[str, ...] = ()  # of the program, not of the core


REFERENCE = Target("gcc")
CLANG = {"clang, address and undefined": Target("clang", SANITIZED, stride=3)}
ARM = {"arm, 32 bits": Target("arm-linux-gnueabihf-gcc", ("-O1", "-static"), ("qemu-arm",), stride=12)}
S390X = {"s390x, big-endian": Target("s390x-linux-gnu-gcc", ("-O1", "-static"), ("qemu-s390x",), stride=12)}
AARCH64 = {"aarch64": Target("aarch64-linux-gnu-gcc", ("-O3", "-static"), ("qemu-aarch64",), stride=12)}
MUSL = {"musl": Target("musl-gcc", ("-O1", "-static"), stride=12)}  # the C library of Alpine Linux
RACES = {"data races": Target("gcc", ("-g1", "-O1", "-fsanitize=thread"), stride=12)}
MISSING_THREADS = {
    "threads that cannot be started": Target("gcc", own_flags=("-DMISSING_THREADS",)),
    "threads that cannot be started, sanitized": Target("clang", SANITIZED, own_flags=("-DMISSING_THREADS",)),
}
THREADED = [
    "test_threads", "test_ngrams", "test_tokenize", "test_normalize_column", "test_block_cache", "test_mapped_file",
    "test_touches", "test_collocates",
]  # fmt: skip
WITH_LIBC = ["test_threads", "test_mapped_file"]  # stacks of threads; signals and files
VECTORISED = ["test_simd", "test_utf8", "test_normalize", "test_normalize_column", "test_tokenize"]
# clang in the place of Microsoft's compiler; MinGW's headers, which want to be read by GCC, are those of Windows here.
WINDOWS_HEADERS = Path("/usr/share/mingw-w64/include")
CLANG_CL = [
    *("--driver-mode=cl", "--target=x86_64-pc-windows-msvc", "/nologo", "/std:c11", "/W4", "/WX", f"-I{INCLUDE}"),
    *("-imsvc", str(WINDOWS_HEADERS), "/clang:-fgnuc-version=4.2.1", "-D__MINGW_IMPORT=extern", "/c"),
]
COMPILERS = [
    "clang",
    "aarch64-linux-gnu-gcc",
    "arm-linux-gnueabihf-gcc",
    "s390x-linux-gnu-gcc",
    "x86_64-w64-mingw32-gcc",
    "musl-gcc",
]
WITH_ASSERTIONS = ["clang", "arm-linux-gnueabihf-gcc"]  # of both sizes of a word


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def outside_environment() -> dict[str, str]:
    """Return an environment for compilers and programs, without a sanitizer preloaded for this Python."""
    return {name: value for name, value in os.environ.items() if name not in ("LD_PRELOAD", "ASAN_OPTIONS")}


def run(*command: str, **environment: str) -> str:
    result = subprocess.run(
        command, capture_output=True, text=True, env=outside_environment() | environment, timeout=600
    )
    assert result.returncode == 0, result.stderr[-4000:]
    return result.stdout


# -------------------------------------------------------------------------------------------- tables


def table_lines(name: str, normalizer: Normalizer) -> Iterator[str]:
    """Return a normaliser's tables in the format of programs.h."""
    tables = core_tables(normalizer)
    yield f"program {name}"
    yield f"elongation {tables['elongation']}"
    if tables["joiner"] >= 0:
        yield f"joiner {tables['joiner']}"
    for table in ("early", "late"):
        for code_point, results in sorted(tables[table].items()):
            yield " ".join(map(str, (table, code_point, *results)))
    for mark, number in sorted(tables["marks"].items()):
        yield f"mark {mark} {number}"
    for pair in tables["pairs"]:
        yield " ".join(map(str, ("pair", *pair)))
    for group, members in sorted(tables["groups"].items()):
        for code_point in sorted(members):
            yield f"group {group} {code_point}"
    yield "end"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the tables of all presets and of a normaliser that does nothing."""
    path = tmp_path_factory.mktemp("tables") / "programs.txt"
    normalizers = {name: Normalizer.preset(name) for name in PRESETS} | {"nothing": Normalizer()}
    lines = [line for name, normalizer in normalizers.items() for line in table_lines(name, normalizer)]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


# ------------------------------------------------------------------------------------------ programs


def core_objects(target: Target, names: set[str], shared: Path) -> list[Path]:
    """Compile sources of the core for a target, once for all programs and workers.

    The allocator of the core fails where a program says so.
    """
    command = [target.compiler, *STRICT, *target.flags, "-include", str(SOURCES / "failing_allocator.h"), "-c"]
    folder = shared / hashlib.sha256(repr(command).encode()).hexdigest()[:16]
    folder.mkdir(exist_ok=True)
    sources = [*(path for path in CORE if path.stem in names), SOURCES / "failing_allocator.c"]
    objects = [folder / f"{source.stem}.o" for source in sources]

    def compile_one(source: Path, made: Path) -> None:
        if not made.exists():
            run(*command, str(source), "-o", f"{made}.part")
            Path(f"{made}.part").rename(made)

    with (folder / "lock").open("w") as lock, ThreadPoolExecutor(2) as pool:
        fcntl.flock(lock, fcntl.LOCK_EX)
        tool(target.compiler)
        list(pool.map(compile_one, sources, objects))
    return objects


def included_by(source: Path) -> set[Path]:
    """Return the files of tests/c and of the core that a source includes, and what these include."""
    found: set[Path] = set()
    todo = [source]
    while todo:
        reader = todo.pop()
        for name in re.findall(r'#include ["<]([\w.]+)[">]', reader.read_text(encoding="utf-8")):
            here = {folder / name for folder in (reader.parent, SOURCES, INCLUDE)} - found
            todo += (those := [path for path in here if path.exists()])
            found.update(those)
    return found


def linked_with(source: Path) -> set[str]:
    """Return the names of the sources of the core that a program needs.

    Those behind the headers that it includes, and so on, but not those that it includes itself, for what is private to
    them or to replace what they call.
    """
    needed: set[Path] = set()
    todo = [source, SOURCES / "failing_allocator.c"]
    while todo:
        headers = included_by(todo.pop())
        more = {path.with_suffix(".c") for path in headers if path.parent == INCLUDE} & set(CORE) - needed
        needed |= more
        todo += more
    return {path.stem for path in needed - included_by(source)}


def compiled(source: Path, target: Target, folder: Path, shared: Path) -> list[str]:
    """Compile the program and return the command that runs it."""
    executable = str(folder / source.stem)
    objects = map(str, core_objects(target, linked_with(source), shared))
    flags = [*STRICT, *target.flags, *target.own_flags]
    run(tool(target.compiler), *flags, str(source), *objects, "-pthread", "-o", executable)
    return [*(tool(name) for name in target.runner), executable]


@pytest.fixture
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all workers of pytest have in common."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def digests(command: list[str], tables: Path, stride: int) -> str:
    return run(*command, str(tables), STRIDE=str(stride))


def targets(program: str) -> dict[str, Target]:
    """Return the targets of the program besides the reference: those that could make a difference to it."""
    return {
        **CLANG,
        **({} if program.startswith("test_memory") else ARM),  # allocations fail alike everywhere
        # of a fault on a big-endian processor, qemu reports another address
        **({} if program.startswith("test_memory") or program == "test_mapped_file" else S390X),
        **(AARCH64 if program in [*VECTORISED, "test_threads"] else {}),  # the one with vector instructions of its own
        **(RACES if program in THREADED else {}),
        **(MISSING_THREADS if program == "test_threads" else {}),
        **(MUSL if program in WITH_LIBC else {}),
    }


def test_every_kernel_has_a_program() -> None:
    programs = {"test_utf8", "test_normalize", "test_tokenize", "types_against_list", "test_ngrams", "test_collocates"}
    programs |= {"test_search", "test_concordance", "test_runs", "test_readings", "test_text_search"}
    assert programs <= set(PROGRAMS)


@pytest.mark.slow
@pytest.mark.parametrize("program", PROGRAMS)
def test_digests_are_the_same_on_every_target(program: str, tmp_path: Path, tables: Path, shared: Path) -> None:
    (tmp_path / "reference").mkdir()
    source = SOURCES / f"{program}.c"
    reference = compiled(source, REFERENCE, tmp_path / "reference", shared)
    chosen = targets(program)
    strides = {REFERENCE.stride, *(target.stride for target in chosen.values())}
    expected = {stride: digests(reference, tables, stride) for stride in strides}
    assert all(expected.values())
    for name, target in chosen.items():
        command = compiled(source, target, tmp_path, shared)
        assert digests(command, tables, target.stride) == expected[target.stride], name


@pytest.mark.slow
@pytest.mark.parametrize("target", [REFERENCE, *CLANG.values()], ids=["gcc", "sanitized"])
def test_every_variant_finds_the_same_white_space(target: Target, tmp_path: Path, shared: Path) -> None:
    word, variants = run(*compiled(SOURCES / "white_space_variants.c", target, tmp_path, shared)).split()
    assert word == "ok"
    assert int(variants) >= 1


# ------------------------------------------------------------------------------------------- headers


def includes(*headers: str) -> str:
    return "".join(f'#include "{header}"\n' for header in headers)


@pytest.mark.slow
def test_each_header_compiles_alone_without_warnings(tmp_path: Path) -> None:
    """With one compiler; the others, and assertions, see all headers together below."""
    assert "text_column.h" in HEADERS
    for header in HEADERS:
        source = tmp_path / f"{header}.c"
        source.write_text(includes(header, header))
        run(tool("gcc"), *STRICT, "-fsyntax-only", str(source))


@pytest.mark.slow
def test_each_source_compiles_with_assertions_without_warnings(tmp_path: Path) -> None:
    """As gcc without assertions and clang with them compile it for the programs, as strictly."""
    source = tmp_path / "headers.c"
    source.write_text(includes(*HEADERS, *HEADERS))
    run(tool("gcc"), *STRICT, "-DCK_DEBUG=1", "-fsyntax-only", str(source), *map(str, CORE))


@pytest.mark.slow
@pytest.mark.parametrize("compiler", COMPILERS)
def test_the_core_compiles_as_one_source_without_warnings(tmp_path: Path, compiler: str) -> None:
    debug = ["-DCK_DEBUG=1"] if compiler in WITH_ASSERTIONS else []
    source = tmp_path / "all.c"
    source.write_text(includes(*HEADERS, *HEADERS, *(path.name for path in CORE)))
    run(tool(compiler), *STRICT, *debug, "-fsyntax-only", str(source))


@pytest.mark.slow
@pytest.mark.skipif(not WINDOWS_HEADERS.is_dir(), reason="MinGW's headers are not installed")
@pytest.mark.parametrize("vectors", [True, False], ids=["clang-cl", "Microsoft"])
def test_the_core_compiles_for_windows_without_warnings(tmp_path: Path, vectors: bool) -> None:
    """Once as clang-cl reads them, with vectors, once as Microsoft's compiler does, which is neither GCC nor clang."""
    source = tmp_path / "all.c"
    seen = ["stdbool", "stddef", "stdint", "stdio", "stdlib", "string", "windows"]  # before GCC is gone
    system = "".join(f"#include <{name}.h>\n" for name in seen)
    hidden = "" if vectors else "#undef __GNUC__\n#undef __clang__\n"
    expected = f"#if CK_HAS_X86 != {int(vectors)}\n#error vectors\n#endif\n"
    used = "ck_simd best(void) { return ck_simd_best(); }\n"
    core = includes(*HEADERS, *HEADERS, *(path.name for path in CORE))
    source.write_text("#define WIN32_LEAN_AND_MEAN\n" + system + hidden + core + expected + used)
    unused = [] if vectors else ["/clang:-Wno-unused-function"]  # Microsoft's compiler has no attribute for it
    run(tool("clang"), *CLANG_CL, *unused, "/clang:-Wvla", "/clang:-pedantic", f"/Tc{source}", f"/Fo{source}.obj")
    assert b"__cpu_model" not in (tmp_path / "all.c.obj").read_bytes(), "of a library that Microsoft's linker lacks"
