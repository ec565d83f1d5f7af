"""The corpus of the sample items, kept in the user's cache folder."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import tempfile
import warnings
from functools import cache
from pathlib import Path

import platformdirs

from corpus_kit._base.arguments import path_argument
from corpus_kit._version import __version__
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.errors import CorpusError
from corpus_kit.samples.sample_items import read_sample_file, sample_items
from corpus_kit.text.annotators import annotator_record

__all__ = ["build_sample", "cache_folder", "sample_corpus"]

CACHE_VARIABLE = "CORPUS_KIT_CACHE"

# Two processes that both repair a broken corpus can each remove the other's once, but not again and again.
_ATTEMPTS = 5


def sample_corpus() -> Corpus:
    """Return the corpus of the sample items; the first call builds it in the user's cache folder.

    The environment variable CORPUS_KIT_CACHE names another cache folder. Each version of the library, of the items
    and of the annotator has a corpus of its own, so it is never out of date; a corpus that can no longer be opened is
    built again. Several processes can build at once. If the cache folder is not writable, a UserWarning says so and
    the corpus is built in a temporary folder that is removed when the process ends.

    Returns:
        A Corpus with the metadata outlet and date; the headline is a span of each text.

    Raises:
        CorpusError: If the corpus cannot be built.
        InputError: If CORPUS_KIT_CACHE names the home folder of a user that does not exist.

    Examples:
        >>> import corpus_kit as ck
        >>> ck.sample_corpus().documents.collect().height
        240
    """
    folder = _corpus_folder(cache_folder())
    try:
        return _open_or_build(folder)
    except OSError as error:
        warnings.warn(
            f"cannot write the sample corpus to {str(folder.parent)!r} ({error.strerror or error}); it is built in a "
            f"temporary folder for this process. Set {CACHE_VARIABLE} to a writable folder.",
            stacklevel=2,
        )
    return _open_or_build(_corpus_folder(_process_folder()))


def build_sample(path: Path) -> Corpus:
    """Build the corpus of the sample items in a folder.

    The column of headlines is left out: they are the first paragraphs of the texts, and marked there.
    """
    return Corpus.build(sample_items(), path, id="id", date="date", metadata=["outlet"], annotate=True, progress=False)


def cache_folder() -> Path:
    """Return the folder that CORPUS_KIT_CACHE names, or else the user's cache folder.

    Raises:
        InputError: If the variable names the home folder of a user that does not exist.
    """
    given = os.environ.get(CACHE_VARIABLE)
    return (
        path_argument(given, CACHE_VARIABLE) if given else platformdirs.user_cache_path("corpus-kit", appauthor=False)
    )


@cache
def _process_folder() -> Path:
    """Return a temporary folder that is removed when this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="corpus-kit-"))
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # not in a forked child
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def _corpus_folder(cache_folder: Path) -> Path:
    # the annotator decides the stems and lemmas of the corpus
    content = read_sample_file("items.jsonl") + repr(sorted(annotator_record().items())).encode()
    digest = hashlib.sha256(content).hexdigest()
    return cache_folder / f"{__version__}-{digest[:16]}" / "sample"


def _open_or_build(folder: Path) -> Corpus:
    problem: CorpusError | None = None
    for _ in range(_ATTEMPTS):
        if folder.exists():
            try:
                return Corpus.open(folder)
            except CorpusError as error:
                problem = error
            if not folder.exists():  # another process is repairing it
                continue
            _build(folder, replace=True)
        else:
            _build(folder, replace=False)
    raise CorpusError(f"cannot open the sample corpus in {str(folder)!r}, which was just built: {problem}")


def _build(folder: Path, *, replace: bool) -> None:
    """Build the corpus aside and rename it, so that no process ever sees an unfinished corpus."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=folder.parent, ignore_cleanup_errors=True) as aside:
        built = Path(aside) / "new"
        build_sample(built).close()
        if replace:
            _move(folder, Path(aside) / "old")
        _move(built, folder)


def _move(source: Path, target: Path) -> None:
    """Rename `source`, unless another process was faster; then leave everything as it is."""
    try:
        source.rename(target)
    except OSError:
        if source.exists() and not target.exists():
            raise
