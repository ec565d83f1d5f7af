"""Layers of tokens made by annotators: their records are checked, turned into codes, and written beside the corpus."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from corpus_kit._base.arguments import is_text, text_argument
from corpus_kit._base.arrays import Array
from corpus_kit._base.metadata import listed
from corpus_kit.corpus import storage
from corpus_kit.corpus.annotation import record_of
from corpus_kit.corpus.files import CorpusFiles
from corpus_kit.corpus.layers import GIVEN, OF_TYPES, expect_layer
from corpus_kit.corpus.manifest import layers_of
from corpus_kit.corpus.writing import Change, Part, annotating, annotations_folder, changed, part
from corpus_kit.errors import CorpusError, InputError, invalid
from corpus_kit.readers.progress import progress_bar
from corpus_kit.readers.structure import LAYER_NAME, TOKEN_FIELDS
from corpus_kit.text.token_flags import BEGINS_SENTENCE

__all__ = ["LayerAnnotator", "grown_layers", "layer_argument", "remove_layer", "write_layer"]

# An annotator of tokens: a function that takes sentences, each a list of its tokens (words, numbers, signs) as they are
# spelled in the text, and returns a record for each token, in order: a dict of texts, or None for what is not known.
# All records have the same keys, which become the columns of the layer. It is called with some sentences at a time, in
# the order of the corpus; if it is a context manager, within its block. Its attribute `versions`, a dict, is kept in
# the manifest if it has one; if it has a method `learn`, this gets all sentences beforehand, an iterator of such lists.
LayerAnnotator: TypeAlias = Callable[[list[list[str]]], Iterable[Mapping[str, str | None]]]

_TOKENS_AT_ONCE = 20_000
_ITEMS_AT_ONCE = 1 << 22
_MOST_COLUMNS = 100
_NAME = "a name of ASCII letters, digits and _, which begins with a letter and has up to 40 characters"


def layer_argument(layer: object) -> str:
    """Return the name of a new layer.

    Raises:
        InputError: If it cannot be one.
    """
    if not isinstance(layer, str) or not re.fullmatch(LAYER_NAME, layer):
        raise invalid("layer", _NAME, layer)
    if layer == OF_TYPES:
        raise invalid("layer", f"another name than {OF_TYPES!r}, which stands for the vocabulary in patterns", layer)
    if layer == GIVEN:
        raise invalid("layer", f"another name than {GIVEN!r}, which is that of what sources say of their tokens", layer)
    return layer


def _record_of(annotator: object, name: str | None) -> dict[str, Any]:
    if annotator is None:
        raise invalid("annotator", "a function from sentences to a record for each token", annotator)
    record = record_of(annotator, name)  # type: ignore[arg-type]  # which looks at its name only
    versions = getattr(annotator, "versions", None)
    if versions is None:
        return record
    if not isinstance(versions, Mapping):
        raise invalid("the attribute versions of the annotator", "a dict of names and versions", versions)
    pairs = {text_argument(key, "a name in versions"): text_argument(versions[key], "a version") for key in versions}
    return {**record, "versions": pairs}


def write_layer(
    files: CorpusFiles, annotator: LayerAnnotator | None, layer: str, *, name: str | None, progress: bool | None
) -> CorpusFiles:
    """Add a layer to a corpus, or replace it; it becomes the last one.

    Args:
        files: The corpus.
        annotator: The annotator.
        layer: The name of the layer.
        name: The name of the annotator for the manifest; None for that of the function.
        progress: As for `Corpus.annotate`.

    Returns:
        The corpus with the layer.

    Raises:
        InputError: If what the annotator returns does not fit the tokens.
        CorpusError: If the layer cannot be written, or another program changed the corpus; it is unchanged then.
    """
    expected = files.manifest["manifest_sha256"]
    with ExitStack() as stack:
        with annotating(files.path, expected):
            aside = stack.enter_context(annotations_folder(files.path))
        change = layer_change(aside, files, annotator, layer, name=name, progress=progress)
        with annotating(files.path, expected):
            return changed(aside, files, change)


def layer_change(
    aside: Path, files: CorpusFiles, annotator: LayerAnnotator | None, layer: str, *, name: str | None,
    progress: bool | None,
) -> Change:  # fmt: skip
    """Write a layer to a folder aside; the arguments are those of `write_layer`."""
    record, expected = _record_of(annotator, name), files.manifest["manifest_sha256"]
    assert annotator is not None  # `_record_of` refuses it
    with ExitStack() as stack:
        written = _Columns(aside, files.path, expected)
        stack.callback(written.close)
        bar = progress_bar(progress, total=files.manifest["counts"]["tokens"], description="Annotating", unit="token")
        stack.callback(bar.close)
        with annotator if isinstance(annotator, AbstractContextManager) else nullcontext():
            learn = getattr(annotator, "learn", None)
            if callable(learn):
                learn(_sentences(files))
            for sentences in _sentences(files):
                words = [word for sentence in sentences for word in sentence]
                written.add(words, annotator(sentences))
                bar.update(len(words))
        if not written.names:
            raise InputError("annotate needs a corpus with tokens; this one has none.")
        with annotating(files.path, expected):
            columns, values, parts = written.finish()
            new = {
                "name": layer, "format": storage.LAYER_FORMAT, "annotator": record, "values": values, "columns": columns
            }  # fmt: skip
            others = [each for each in layers_of(files.manifest) if each["name"] != layer]
            return Change({**files.manifest, "layers": [*others, new]}, parts)


def _sentences(files: CorpusFiles) -> Iterator[list[list[str]]]:
    """Yield the sentences of a corpus, some at a time."""
    surfaces = files.column(storage.VOCABULARY, "surface", files.manifest["counts"]["types"])
    with storage.reading(files.path):
        types = files.array(storage.TYPES).whole()
        begins = np.flatnonzero(files.array(storage.FLAGS).whole() & BEGINS_SENTENCE)
    ends = np.append(begins[1:], len(types))
    first = 0
    while first < len(begins):
        last = max(int(np.searchsorted(ends, begins[first] + _TOKENS_AT_ONCE, "right")), first + 1)
        low = int(begins[first])
        words = surfaces.gather(types[low : ends[last - 1]]).to_list()
        bounds = zip((begins[first:last] - low).tolist(), (ends[first:last] - low).tolist(), strict=True)
        yield [words[begin:end] for begin, end in bounds]
        first = last


class _Values(dict[Any, int]):
    """The code of each value of a column: a new value gets the next one."""

    def __init__(self) -> None:
        super().__init__({None: 0})

    def __missing__(self, value: Any) -> int:
        if not isinstance(value, str) or not is_text(value):
            raise TypeError
        code = len(self)
        self[str(value)] = code
        return code


class _Columns:
    """The columns of a new layer, written to a folder as the annotator answers.

    Args:
        folder: The folder.
        path: That of the corpus, for messages.
    """

    def __init__(self, folder: Path, path: Path, expected: str) -> None:
        self.names: tuple[str, ...] = ()
        self._folder = folder
        self._path, self._expected = path, expected
        self._values: dict[str, _Values] = {}
        self._writers: dict[str, storage.ArrayWriter] = {}
        self._open = ExitStack()

    def close(self) -> None:
        """Close the files."""
        self._open.close()

    def add(self, words: list[str], answer: object) -> None:
        """Check and write the records of some words."""
        records = _records(words, answer)
        if not self.names:
            self._begin(words[0], records[0])
        known = set(self.names)
        for word, record in zip(words, records, strict=True):
            if not isinstance(record, Mapping):
                raise invalid(f"the annotator's record of {word!r}", "a dict of texts", record)
            if record.keys() != known:
                keys = f"a dict with the keys of the first record ({listed(self.names)})"
                raise invalid(f"the annotator's record of {word!r}", keys, dict(record))
        for name in self.names:
            given = [record[name] for record in records]
            codes = self._codes(name, words, given)
            with annotating(self._path, self._expected):
                self._writers[name].write(codes)

    def _begin(self, word: str, record: object) -> None:
        if not isinstance(record, Mapping) or not 0 < len(record) <= _MOST_COLUMNS:
            raise invalid(f"the annotator's record of {word!r}", f"a dict of 1 to {_MOST_COLUMNS} texts", record)
        for name in record:
            if not isinstance(name, str) or not re.fullmatch(LAYER_NAME, name):
                raise invalid(f"each key of the annotator's record of {word!r}", _NAME, name)
            if name in TOKEN_FIELDS:
                hint = f"Patterns know {listed(TOKEN_FIELDS)} of every token."
                raise invalid(f"each key of the annotator's record of {word!r}", "a name of its own", name, hint)
        self.names = tuple(record)
        self._values = {name: _Values() for name in self.names}
        with annotating(self._path, self._expected):
            for name in self.names:
                writer = storage.ArrayWriter(self._folder / f"{name}.wide", np.uint32)
                self._writers[name] = self._open.enter_context(writer)

    def _codes(self, name: str, words: list[str], given: list[Any]) -> Array:
        values = self._values[name]
        try:
            return np.fromiter(map(values.__getitem__, given), np.uint32, len(given))
        except TypeError:  # what is not hashable is no text either
            word, value = next(pair for pair in zip(words, given, strict=True) if not _is_value(pair[1]))
            raise invalid(f"{name} in the annotator's record of {word!r}", "a text or None", value) from None

    def finish(self) -> tuple[dict[str, Any], str, dict[str, Part]]:
        """Return what the manifest says of the columns, the file of their values, and all new files."""
        self.close()
        parts: dict[str, Part] = {}
        columns = {}
        for name in self.names:
            n_values = len(self._values[name]) - 1
            wide = storage.map_array(self._folder / f"{name}.wide", np.uint32)
            codes, each = _write_codes(self._folder / f"{name}.npy", [wide], n_values)
            columns[name] = {"codes": codes, "values": n_values}
            parts[codes] = each
        names = [name for name in self.names for _ in range(len(self._values[name]) - 1)]
        texts = [value for name in self.names for value in self._values[name] if value is not None]
        table = self._folder / "values.parquet"
        frame = pl.DataFrame({"column": names, "value": texts}, schema={"column": pl.String, "value": pl.String})
        frame.write_parquet(table, compression="zstd", compression_level=1)
        values, each = part(table, "layer")
        return columns, values, {**parts, values: each}


def _records(words: list[str], answer: object) -> list[Any]:
    """Return the records of some words, as many as there are words."""
    if isinstance(answer, str | bytes | Mapping) or not isinstance(answer, Iterable):
        raise invalid("the result of the annotator", "a list of a dict for each token", answer)
    records = list(islice(answer, len(words) + 1))
    if len(records) != len(words):
        got = f"{len(records):,}" if len(records) < len(words) else "more"
        raise InputError(
            f"the result of the annotator must be a record for each of the {len(words):,} tokens of the sentences, "
            f"got {got}."
        )
    return records


def _is_value(value: object) -> bool:
    return value is None or (isinstance(value, str) and is_text(value))


def _write_codes(path: Path, pieces: Iterable[Array], n_values: int) -> tuple[str, Part]:
    """Write codes in the smallest type; return the name that the file will have, and the file."""
    with storage.ArrayWriter(path, storage.code_dtype(n_values)) as writer:
        for piece in pieces:
            for begin in range(0, len(piece), _ITEMS_AT_ONCE):
                writer.write(piece[begin : begin + _ITEMS_AT_ONCE])
    return part(path, "layer")


# ------------------------------------------------------------- removing, growing


def remove_layer(files: CorpusFiles, layer: object) -> CorpusFiles:
    """Remove a layer from a corpus, also one that this version cannot read.

    Raises:
        InputError: If there is none of this name.
        CorpusError: If the folder cannot be written; the corpus is unchanged then.
    """
    left = [each for each in layers_of(files.manifest) if each["name"] != layer]
    if len(left) == len(layers_of(files.manifest)):
        expect_layer(layer, files.manifest)
    content = {name: value for name, value in files.manifest.items() if name != "layers"}
    with annotating(files.path, files.manifest["manifest_sha256"]), annotations_folder(files.path) as aside:
        return changed(aside, files, Change({**content, "layers": left} if left else content, {}))


def grown_layers(old: CorpusFiles) -> Callable[[Path, CorpusFiles], Change]:
    """Return what gives the layers of a corpus to one that begins with its documents; they say nothing of the others.

    That of the sources is made with the tokens, and keeps its place among the layers.

    Raises:
        CorpusError: If this version cannot read a layer.
    """
    for layer in layers_of(old.manifest):
        expect_layer(layer["name"], old.manifest)

    def make(aside: Path, new: CorpusFiles) -> Change:
        missing = np.zeros(new.manifest["counts"]["tokens"] - _common_tokens(old, new), np.uint8)
        made = {layer["name"]: layer for layer in layers_of(new.manifest)}
        layers, parts = [], {}
        for layer in layers_of(old.manifest):
            if layer["name"] == GIVEN:
                layers.append(made.pop(GIVEN))
                continue
            columns = {}
            for name, column in layer["columns"].items():
                pieces = [old.array(column["codes"]).whole(), missing]
                path = aside / f"{layer['name']}.{name}.npy"
                codes, parts[codes] = _write_codes(path, pieces, column["values"])
                columns[name] = {**column, "codes": codes}
            table = aside / f"{layer['name']}.parquet"
            held = old.held(layer["values"])
            held.check()
            table.write_bytes(held.data)
            values, parts[values] = part(table, "layer")
            layers.append({**layer, "columns": columns, "values": values})
        return Change({**new.manifest, "layers": [*layers, *made.values()]}, parts)

    return make


def _common_tokens(old: CorpusFiles, new: CorpusFiles) -> int:
    """Return how many tokens the old documents have. Raises CorpusError if they are others in the new corpus."""
    length = int(old.manifest["counts"]["tokens"])
    lengths = {
        storage.DOCUMENT_ENDS: old.manifest["counts"]["documents"],
        storage.STARTS: length,
        storage.FLAGS: length,
    }
    if not all(np.array_equal(old.array(name).whole(), new.array(name).whole()[:n]) for name, n in lengths.items()):
        raise CorpusError(
            f"the layers of {old.path} belong to tokens that this version of corpus_kit divides in another way. "
            "Call corpus.remove_layer for each of them, add the documents, and annotate again."
        )
    return length
