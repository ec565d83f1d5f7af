"""Build the compiled core, with its debug and sanitizer switches, and put the notebooks into a wheel.

On Windows clang-cl compiles where it is found on PATH: Microsoft's compiler has no vector instructions for us.

CORPUS_KIT_DEBUG=1     bounds checks and assertions
CORPUS_KIT_SANITIZE=1  AddressSanitizer and UndefinedBehaviorSanitizer (run Python with the
                       sanitizer's runtime preloaded, see CONTRIBUTING.md)
"""

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.build_py import build_py

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
        compile_some = self.compiler.compile

        def compile_all(sources: list[str], *arguments: object, **options: object) -> list[str]:
            with ThreadPoolExecutor(os.cpu_count()) as pool:  # each waits for a process
                made = pool.map(lambda source: compile_some([source], *arguments, **options), sources)
                return [file for files in made for file in files]

        self.compiler.compile = compile_all
        super().build_extensions()


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


setup(
    cmdclass={"build_ext": BuildCore, "build_py": BuildWithNotebooks},
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
)
