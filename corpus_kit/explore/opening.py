"""From a path to an open corpus: a corpus is opened, and texts become one, unless that was done before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from corpus_kit.corpus import storage
from corpus_kit.corpus.corpus import Corpus
from corpus_kit.corpus.manifest import annotations_of, layers_of, metadata_of
from corpus_kit.errors import CorpusError, InputError
from corpus_kit.readers.progress import Seen, watching
from corpus_kit.readers.reader import DocumentReader
from corpus_kit.readers.texts import digest

__all__ = ["Opened", "Source", "open_or_build"]

Tell = Callable[[str, dict[str, Any]], None]

# The options that the manifest of a corpus has if they are left out.
_DEFAULTS: dict[str, Any] = {"text": "text", "id": None, "date": None, "lines": False, "metadata": None}


@dataclass(frozen=True)
class Source:
    """What is to be explored.

    Attributes:
        path: The folder of a corpus, or what `Corpus.build` reads: a folder of texts, a table, another file.
        output: The folder for the corpus that is built; None takes one beside the texts, `texts-corpus`.
        options: Arguments of `Corpus.build`: text, id, date, date_format, headline, metadata, rename, format, lines.
        annotate: Whether to add segments, stems and lemmas.
        rebuild: Whether to build the corpus again, whatever there is.
        reference: The folder of a corpus, or texts to build one of, with which key words are compared; None for none.
    """

    path: Path
    output: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    annotate: bool = False
    rebuild: bool = False
    reference: Path | None = None

    @property
    def is_corpus(self) -> bool:
        """Whether the path is a corpus."""
        return (self.path / storage.MANIFEST).is_file()

    @property
    def target(self) -> Path:
        """The folder of the corpus."""
        if self.is_corpus:
            return self.path
        if self.output is not None:
            return self.output
        path = self.path.resolve()  # "." has no name
        return path.with_name(f"{path.name if path.is_dir() else path.stem}-corpus")


@dataclass(frozen=True)
class Opened:
    """An open corpus.

    Attributes:
        corpus: The corpus.
        how: "opened" if it was asked for, "kept" if the texts are those that it was built from, or "built".
        reference: The folder of the corpus with which key words are compared; None for none.
    """

    corpus: Corpus
    how: str
    reference: Path | None = None


def open_or_build(source: Source, tell: Tell) -> Opened:
    """Open a corpus, or build one of texts.

    Args:
        source: What there is.
        tell: Is told what is done: "comparing", "reading" (share, files, documents), "counting", "annotating". It is
            called in any thread; an error that it raises ends what is done.

    Raises:
        CorpusKitError: If there is nothing to read, or the corpus cannot be opened or built.
    """
    if source.reference is not None:
        with open_or_build(Source(source.reference, annotate=source.annotate), tell).corpus as reference:
            path = reference.path
        return replace(open_or_build(replace(source, reference=None), tell), reference=path)
    if source.is_corpus:
        if source.options or source.output:
            raise InputError(f"{source.path} is a corpus already. Options of reading and --output are for texts.")
        return Opened(_annotated(Corpus.open(source.path), source, tell), "opened")
    if not source.path.exists():
        raise InputError(f"There is no file or folder {str(source.path)!r}.")
    target = source.target
    if (target / storage.MANIFEST).is_file() and not source.rebuild:
        tell("comparing", {})
        corpus = Corpus.open(target)
        if _is_made_of(corpus, source):
            return Opened(_annotated(corpus, source, tell), "kept")
        _expect_nothing_to_lose(corpus)
        corpus.close()
    return Opened(_built(source, target, tell), "built")


def _built(source: Source, target: Path, tell: Tell) -> Corpus:
    def seen(reading: Seen) -> None:
        if reading.share == 1.0:
            tell("counting", {"documents": reading.documents})
        else:
            tell("reading", {"share": reading.share, "files": reading.files, "documents": reading.documents})

    tell("reading", {"share": None, "files": 0, "documents": 0})
    with watching(seen):
        corpus = Corpus.build(
            source.path, target, **source.options, overwrite=(target / storage.MANIFEST).is_file(), progress=False
        )
    return _annotated(corpus, source, tell)


def _annotated(corpus: Corpus, source: Source, tell: Tell) -> Corpus:
    if not source.annotate or annotations_of(corpus.manifest) is not None:
        return corpus
    tell("annotating", {})
    return corpus.annotate()


def _is_made_of(corpus: Corpus, source: Source) -> bool:
    """Return whether a corpus was built of these files, as they are, and with these options."""
    options = {name: value for name, value in source.options.items() if value or name in _DEFAULTS}
    if {**_DEFAULTS, **options} != corpus.manifest["options"]:
        return False
    record = corpus.manifest["source"]
    read = {file["path"]: file["sha256"] for file in record["files"]}
    passed = {example["source"] for tally in record["skipped"].values() for example in tally["examples"]}
    reading = {"format": source.options.get("format"), "lines": source.options.get("lines", False)}
    there = DocumentReader(source.path, progress=False, **reading).files
    if not read.keys() <= there.keys() or not there.keys() - read.keys() <= passed:
        return False
    return all(digest(there[name]) == sha256 for name, sha256 in read.items())


def _expect_nothing_to_lose(corpus: Corpus) -> None:
    """Raise CorpusError if building a corpus again would lose what was added to it."""
    added = [layer["name"] for layer in layers_of(corpus.manifest)]
    if metadata_of(corpus.manifest) is not None:
        added.append("metadata")
    if added:
        raise CorpusError(
            f"the texts changed since the corpus at {corpus.path} was built, and building it again would lose what was "
            f"added to it: {', '.join(added)}. Open {corpus.path.name} as it is, choose another folder with --output, "
            "or build it again with --rebuild."
        )
