"""Build the compiled core, with its debug and sanitizer switches, and archives whose bytes depend on the sources alone.

Wheels get the notebooks and a list of what is bundled (PEP 770). The time in archives is a constant, or what
SOURCE_DATE_EPOCH says: a wheel from the sdist is that of the repository.

On Windows clang-cl compiles where it is found on PATH: Microsoft's compiler has no vector instructions for us.

CORPUS_KIT_DEBUG=1     bounds checks and assertions
CORPUS_KIT_SANITIZE=1  AddressSanitizer and UndefinedBehaviorSanitizer (run Python with the
                       sanitizer's runtime preloaded, see CONTRIBUTING.md)
"""

import gzip
import json
import os
import shutil
import sys
import tarfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist
from setuptools.errors import CompileError, ExecError, PlatformError

os.environ.setdefault("SOURCE_DATE_EPOCH", "1577836800")  # 2020-01-01; zip files know no time before 1980

DEBUG = os.environ.get("CORPUS_KIT_DEBUG") == "1"
SANITIZE = os.environ.get("CORPUS_KIT_SANITIZE") == "1"

# Set here, since CFLAGS from the environment would replace the default level.
compile_args = ["/O2", "/std:c11"] if sys.platform == "win32" else ["-O3", "-std=c11"]
link_args: list[str] = []
macros: list[tuple[str, str | None]] = [("_GNU_SOURCE", "1")]  # as Python.h defines it, for the sources without it
if DEBUG:
    macros.append(("CK_DEBUG", "1"))
if sys.platform != "win32":
    compile_args.append("-fvisibility=hidden")  # the kernels call each other without a table
if not DEBUG and sys.platform != "win32":
    compile_args.append("-g0")  # Python's own flags ask for debugging information, four fifths of a module
if SANITIZE:
    compile_args += [
        "-g",
        "-O1",
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all",
        "-fno-omit-frame-pointer",
    ]
    link_args += ["-fsanitize=address,undefined"]

core = Extension(
    "corpus_kit._core",
    ["ext/_core.pyx", *map(str, sorted(Path("ext/core").glob("*.c")))],
    include_dirs=["ext/core"],
    depends=sorted(str(path) for pattern in ("*.pxi", "*.pxd", "core/*.h") for path in Path("ext").glob(pattern)),
    define_macros=macros,
    extra_compile_args=compile_args,
    extra_link_args=link_args,
)

PAGES = "https://github.com/corpus-kit/corpus-kit/blob/main"


def description() -> str:
    """Return README.md for the index, where links into the repository need the address of their page."""
    first, *rest = Path("README.md").read_text(encoding="utf-8").split("](")
    return "](".join([first, *(text if text.startswith(("https:", "#")) else f"{PAGES}/{text}" for text in rest)])


NEEDED = """\
The core was not compiled. That needs a C compiler and the headers of Python:
  Debian, Ubuntu: apt install gcc python3-dev    Fedora: dnf install gcc python3-devel
  Alpine: apk add gcc musl-dev python3-dev       macOS: xcode-select --install
  Windows: the Build Tools for Visual Studio, with "Desktop development with C++"
A wheel needs neither. pip takes one if it is new enough (python -m pip install --upgrade pip) and there is one for
this Python and this system: docs/howto/install.md."""


class BuildCore(build_ext):
    """Compiles; on Windows with clang-cl, which takes the place of Microsoft's compiler, and its other tools."""

    def build_extensions(self) -> None:
        """Choose the compiler, and let it compile the sources side by side."""
        if self.compiler.compiler_type == "msvc":
            if not self.compiler.initialized:
                self.compiler.initialize(self.plat_name)
            clang = shutil.which("clang-cl")
            if clang and self.plat_name == "win-amd64":
                self.compiler.cc = clang
                self.compiler.compile_options.remove("/GL")  # leaves code to the linker, which clang-cl does not know
                self.compiler.compile_options.append("--target=x86_64-pc-windows-msvc")
        elif self.compiler.compiler_type == "unix":  # no folder of this Python, where a module would look for libraries
            self.compiler.linker_so = [part for part in self.compiler.linker_so if "-rpath" not in part]
        compile_some = self.compiler.compile

        def compile_all(sources: list[str], *arguments: object, **options: object) -> list[str]:
            with ThreadPoolExecutor(os.cpu_count()) as pool:  # each waits for a process
                made = pool.map(lambda source: compile_some([source], *arguments, **options), sources)
                return [file for files in made for file in files]

        self.compiler.compile = compile_all
        try:
            super().build_extensions()
        except (CompileError, ExecError, PlatformError) as error:
            raise SystemExit(f"error: {error}\n{NEEDED}") from None


class BuildWithNotebooks(build_py):
    """Copies the notebooks, which are at the top of the repository, into the package of a wheel."""

    def run(self) -> None:
        """Copy them with the modules; an editable installation finds them where they are."""
        super().run()
        if not self.editable_mode:
            for source, target in self._notebooks():
                self.mkpath(str(target.parent))
                self.copy_file(str(source), str(target))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        """List what a wheel holds of the package."""
        copies = [] if self.editable_mode else [str(target) for _, target in self._notebooks()]
        return [*super().get_outputs(include_bytecode), *copies]

    def _notebooks(self) -> list[tuple[Path, Path]]:
        folder = Path(self.build_lib, "corpus_kit", "notebooks")
        return [(path, folder / path.name) for path in sorted(Path("notebooks").glob("*.ipynb"))]


class Sdist(sdist):
    """Writes a .tar.gz in one order, with one time, one owner and one kind of permissions."""

    def make_archive(self, base_name: str, format: str, *_: object, base_dir: str, **__: object) -> str:
        """Write the folder of the sources; the format is always .tar.gz."""
        if format != "gztar":
            raise ValueError(f"formats must be 'gztar', got {format!r}.")
        moment = int(os.environ["SOURCE_DATE_EPOCH"])

        def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
            entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = moment, 0, 0, "", ""
            entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
            return entry

        path = Path(f"{base_name}.tar.gz")
        with (
            path.open("wb") as file,
            gzip.GzipFile("", "wb", fileobj=file, mtime=moment) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            archive.add(base_dir, filter=plain)  # sorted by name
        return str(path)


class Wheel(bdist_wheel):
    """Adds the list of what is bundled, and gives all files one kind of permissions."""

    def write_wheelfile(self, wheelfile_base: str, *arguments: object, **options: object) -> None:
        """Write WHEEL and the list, the last files before the archive is made."""
        super().write_wheelfile(wheelfile_base, *arguments, **options)
        listed = Path(wheelfile_base, "sboms", "corpus-kit.cdx.json")
        listed.parent.mkdir(exist_ok=True)
        listed.write_text(json.dumps(self._bundled(), indent=1) + "\n", encoding="utf-8")
        for path in Path(self.bdist_dir).rglob("*"):
            path.chmod(0o755 if path.is_dir() or path.suffix in (".so", ".pyd") else 0o644)

    def _bundled(self) -> dict[str, object]:
        """Return what the wheel holds of others, in the form of CycloneDX."""
        with Path("corpus_kit", "licences.toml").open("rb") as file:
            bundled = tomllib.load(file)["bundled"]
        name, version = self.distribution.get_name(), self.distribution.get_version()
        project = {"type": "library", "name": name, "version": version, "purl": f"pkg:pypi/{name}@{version}"}
        parts = [
            {
                "type": "data",
                "name": each["name"],
                "version": each["version"],
                "description": each["purpose"],
                "licenses": [{"license": {"id": each["licence"]}}],
                "externalReferences": [{"type": "website", "url": each["source"]}],
            }
            for each in bundled
        ]
        metadata = {"component": {**project, "licenses": [{"license": {"id": "MIT"}}]}}
        return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": metadata, "components": parts}


setup(
    cmdclass={"bdist_wheel": Wheel, "build_ext": BuildCore, "build_py": BuildWithNotebooks, "sdist": Sdist},
    ext_modules=cythonize(
        [core],
        include_path=["ext"],
        build_dir="build/cython",
        compiler_directives={
            "language_level": "3",
            "boundscheck": DEBUG,
            "wraparound": False,
            "cdivision": True,
            "embedsignature": True,
            "autotestdict": False,
            "freethreading_compatible": True,
        },
    ),
    long_description=description(),
    long_description_content_type="text/markdown",
)
