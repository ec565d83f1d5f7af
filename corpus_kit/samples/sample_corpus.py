"""The corpus of the sample items, kept in the user's cache folder."""

from __future__ import annotations

import atexit
import errno
import hashlib
import os
import shutil
import stat
import tempfile
from functools import cache
from pathlib import Path
from time import time

from corpus_kit._base.cache import CACHE_VARIABLE, cache_folder
from corpus_kit._version import __version__
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.errors import CorpusError, warn
from corpus_kit.samples.sample_content import is_sample
from corpus_kit.samples.sample_items import read_sample_file, sample_items
from corpus_kit.text.annotators import annotator_record
from corpus_kit.text.normalization import Normalizer
from corpus_kit.text.tokenization import RULES_VERSION

__all__ = ["build_sample", "sample_corpus"]

# Two processes that both repair a broken corpus can each remove the other's once, but not again and again.
_ATTEMPTS = 5
_ABANDONED = 3600  # seconds after which nobody is building any more

_known: dict[Path, tuple[int, int, int]] = {}  # corpora that this process has compared or built


def sample_corpus() -> Corpus:
    """Return the corpus of the sample items; the first call builds it in the user's cache folder.

    The environment variable CORPUS_KIT_CACHE names another cache folder. Each version of the library, of the items
    and of the annotator has a corpus of its own, so it is never out of date; a corpus that can no longer be opened is
    built again, and so is, with a UserWarning, one whose content is not that of the sample. Several processes can
    build at once. If the cache folder is not writable, or belongs to somebody else, a UserWarning says so and the
    corpus is built in a temporary folder that is removed when the process ends.

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
        warn(
            f"cannot write the sample corpus to {str(folder.parent)!r} ({error.strerror or error}); it is built in a "
            f"temporary folder for this process. Set {CACHE_VARIABLE} to a writable folder of your own.",
            stacklevel=2,
        )
    return _open_or_build(_corpus_folder(_process_folder()))


def build_sample(path: Path) -> Corpus:
    """Build the corpus of the sample items in a folder.

    The column of headlines is left out: they are the first paragraphs of the texts, and marked there.
    """
    return Corpus.build(sample_items(), path, id="id", date="date", metadata=["outlet"], annotate=True, progress=False)


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
    # the rules decide the id of the corpus, the annotator its stems and lemmas
    rules = (RULES_VERSION, *(Normalizer.preset(name).digest for name in ("repair", "search")))
    content = read_sample_file("items.jsonl") + repr((rules, sorted(annotator_record().items()))).encode()
    digest = hashlib.sha256(content).hexdigest()
    return cache_folder / f"{__version__}-{digest[:16]}" / "sample"


def _open_or_build(folder: Path) -> Corpus:
    problem: CorpusError | None = None
    for _ in range(_ATTEMPTS):
        if folder.exists():
            try:
                return _opened(folder)
            except CorpusError as error:
                problem = error
            if not folder.exists():  # another process is repairing it
                continue
            _build(folder, replace=True)
        else:
            _build(folder, replace=False)
    raise CorpusError(f"cannot open the sample corpus in {str(folder)!r}, which was just built: {problem}")


def _opened(folder: Path) -> Corpus:
    """Open the corpus in the cache.

    Raises:
        CorpusError: If it is damaged, or is another corpus than the sample. One that this process has built is the
            sample, whatever its content: other versions of other libraries may have made it another.
    """
    stamp = _stamp(folder)
    corpus = Corpus.open(folder)
    if _known.get(folder) == stamp or is_sample(corpus):
        _known[folder] = stamp
        return corpus
    corpus.close()
    message = f"the corpus in the cache at {str(folder)!r} is not the sample. The sample is built again."
    warn(message, stacklevel=4)
    raise CorpusError(message)


def _stamp(folder: Path) -> tuple[int, int, int]:
    """Return what changes when another corpus takes the place of this one."""
    manifest = folder / "manifest.json"
    status = (manifest if manifest.exists() else folder).stat()
    return status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def _build(folder: Path, *, replace: bool) -> None:
    """Build the corpus aside and rename it, so that no process ever sees an unfinished corpus."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _expect_own(folder.parent)
    for left in folder.parent.glob(".building-*"):  # by a process that was killed
        if time() - left.lstat().st_mtime > _ABANDONED:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=folder.parent, ignore_cleanup_errors=True) as aside:
        built = Path(aside) / "new"
        build_sample(built).close()
        if replace:
            _move(folder, Path(aside) / "old")
        if _move(built, folder):
            _known[folder] = _stamp(folder)


def _expect_own(folder: Path) -> None:
    """Raise OSError for a folder in which somebody else could change what is built there."""
    status = folder.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise PermissionError(errno.EPERM, "it is a symbolic link")
    if os.name == "posix" and status.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "it belongs to another user")
    if os.name == "posix" and status.st_mode & stat.S_IWOTH:
        raise PermissionError(errno.EPERM, "everybody can write there")


def _move(source: Path, target: Path) -> bool:
    """Rename `source`, unless another process was faster; then leave everything as it is. Return whether it was."""
    try:
        source.rename(target)
    except OSError:
        if source.exists() and not target.exists():
            raise
        return False
    return True
