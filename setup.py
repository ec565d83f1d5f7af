"""The compiled core: its extension modules and their debug and sanitizer switches.

CORPUS_KIT_DEBUG=1     bounds checks and assertions
CORPUS_KIT_SANITIZE=1  AddressSanitizer and UndefinedBehaviorSanitizer (run Python with the
                       sanitizer's runtime preloaded, see CONTRIBUTING.md)
"""

import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

DEBUG = os.environ.get("CORPUS_KIT_DEBUG") == "1"
SANITIZE = os.environ.get("CORPUS_KIT_SANITIZE") == "1"

# Said here, since CFLAGS from the environment would replace the default level.
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
        depends=[*headers, "ext/ck.pxd"],
        define_macros=macros,
        extra_compile_args=compile_args,
        extra_link_args=link_args,
    )
    for source in sorted(Path("ext").glob("*.pyx"))
]

setup(
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
    )
)
