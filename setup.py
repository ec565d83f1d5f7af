"""Build the compiled core, with its debug and sanitizer switches, and put the notebooks into a wheel.

CORPUS_KIT_DEBUG=1     bounds checks and assertions
CORPUS_KIT_SANITIZE=1  AddressSanitizer and UndefinedBehaviorSanitizer (run Python with the
                       sanitizer's runtime preloaded, see CONTRIBUTING.md)
"""

import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_py import build_py

DEBUG = os.environ.get("CORPUS_KIT_DEBUG") == "1"
SANITIZE = os.environ.get("CORPUS_KIT_SANITIZE") == "1"

# Set here, since CFLAGS from the environment would replace the default level.
compile_args = ["/O2"] if sys.platform == "win32" else ["-O3", "-std=c11"]
link_args: list[str] = []
macros: list[tuple[str, str | None]] = []
if DEBUG:
    macros.append(("CK_DEBUG", "1"))
if SANITIZE:
    compile_args += [
        "-g",
        "-O1",
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all",
        "-fno-omit-frame-pointer",
    ]
    link_args += ["-fsanitize=address,undefined"]

headers = sorted(str(path) for path in Path("ext/include").glob("*.h"))
extensions = [
    Extension(
        f"corpus_kit.{source.stem}",
        [str(source)],
        include_dirs=["ext/include"],
        depends=[*headers, "ext/ck.pxd", "ext/views.pxd"],
        define_macros=macros,
        extra_compile_args=compile_args,
        extra_link_args=link_args,
    )
    for source in sorted(Path("ext").glob("*.pyx"))
]


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
    cmdclass={"build_py": BuildWithNotebooks},
    options={"build_ext": {"parallel": os.cpu_count()}},  # compile the modules side by side
    ext_modules=cythonize(
        extensions,
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
