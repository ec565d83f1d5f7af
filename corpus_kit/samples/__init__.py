"""The bundled sample: 240 invented news items, what is true of them, and the corpus built from them."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import tempfile
import warnings
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
import polars as pl

from corpus_kit._arguments import path_argument
from corpus_kit._version import __version__
from corpus_kit.errors import CorpusError
from corpus_kit.segmentation import annotator_record

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

    from corpus_kit.corpus import Corpus

__all__ = ["sample_actors", "sample_corpus", "sample_file", "sample_items", "sample_truth"]

CACHE_VARIABLE = "CORPUS_KIT_CACHE"

# Two processes that both mend a broken corpus can take each other's away once; not again and again.
_ATTEMPTS = 5

_SPAN: dict[str, PolarsDataType] = {"id": pl.String, "start": pl.UInt32, "end": pl.UInt32, "surface": pl.String}

_TRUTH: dict[str, dict[str, PolarsDataType]] = {
    "items": {
        "id": pl.String,
        "week": pl.UInt32,
        "storyboard": pl.UInt32,
        "length": pl.String,
        "paragraphs": pl.UInt32,
        "body": pl.UInt32,
        "words": pl.UInt32,
    },
    "paragraphs": {"id": pl.String, "paragraph": pl.UInt32, "start": pl.UInt32, "end": pl.UInt32, "role": pl.String},
    "furniture": {**_SPAN, "kind": pl.String, "glued": pl.Boolean},
    "labels": {**_SPAN, "label": pl.String, "proclitic": pl.String, "place": pl.String, "quoted": pl.Boolean},
    "quotations": {
        **_SPAN,
        "kind": pl.String,
        "verb": pl.String,
        "verb_start": pl.UInt32,
        "verb_end": pl.UInt32,
        "speaker": pl.String,
        "speaker_start": pl.UInt32,
        "speaker_end": pl.UInt32,
        "speaker_source": pl.String,
    },
    "no_speech": {**_SPAN, "kind": pl.String},
    "names": {
        **_SPAN,
        "name": pl.String,
        "kind": pl.String,
        "code": pl.String,
        "proclitic": pl.String,
        "place": pl.String,
    },
    "blocs": {"bloc": pl.String, "name": pl.String, "code": pl.String},
    "dates": {**_SPAN, "date": pl.Date, "kind": pl.String},
    "numbers": {**_SPAN, "value": pl.Float64},
    "spellings": {**_SPAN, "plain": pl.String, "kind": pl.String},
    "decoys": {**_SPAN, "against": pl.String, "reason": pl.String},
    "copies": {"original": pl.String, "copy": pl.String, "kind": pl.String, "edits": pl.UInt32},
    "edits": {
        "original": pl.String,
        "start": pl.UInt32,
        "end": pl.UInt32,
        "surface": pl.String,
        "copy": pl.String,
        "copy_start": pl.UInt32,
        "copy_end": pl.UInt32,
        "copy_surface": pl.String,
    },
    "pairs": {
        "first": pl.String,
        "second": pl.String,
        "kind": pl.String,
        "edits": pl.UInt32,
        "shared": pl.UInt32,
        "jaccard": pl.Float64,
        "containment": pl.Float64,
    },
    "terms": {**_SPAN, "term": pl.String, "kind": pl.String},
    "frames": {**_SPAN, "frame": pl.String, "dimension": pl.String, "proclitic": pl.String},
    "keyness": {
        "term": pl.String,
        "kind": pl.String,
        "outlet": pl.String,
        "count": pl.UInt32,
        "elsewhere": pl.UInt32,
        "items": pl.UInt32,
    },
    "bursts": {
        "term": pl.String,
        "week": pl.UInt32,
        "items": pl.UInt32,
        "with_term": pl.UInt32,
        "burst": pl.Boolean,
    },
    "collocations": {"node": pl.String, "collocate": pl.String, "count": pl.UInt32, "items": pl.UInt32},
}


def sample_file() -> Path:
    """Return the path of the file that holds the sample items, one JSON object a line.

    >>> from corpus_kit.samples import sample_file
    >>> sample_file().name
    'items.jsonl'
    """
    return Path(str(files("corpus_kit.samples") / "items.jsonl"))


def sample_actors() -> Path:
    """Return the path of a file of the sample's actors, for `ck.news.Gazetteer.read` and all that takes actors.

    It lists the armed group with its three labels (self, agency, hostile), both coalitions, and their members.

    >>> from corpus_kit.samples import sample_actors
    >>> sample_actors().name
    'actors.toml'
    """
    return Path(str(files("corpus_kit.samples") / "actors.toml"))


def sample_items() -> pl.DataFrame:
    """Return the 240 invented news items, in the order of their dates.

    Returns a DataFrame: id (String), outlet (String), date (Date), headline (String) and
    text (String), the whole item as scraped: headline, paragraphs and page furniture.

    >>> from corpus_kit.samples import sample_items
    >>> sample_items().select("id", "outlet", "date").row(0)
    ('mada-2026-01-05-1', 'وكالة مدى', datetime.date(2026, 1, 5))
    """
    columns = ["id", "outlet", "date", "headline", "text"]
    items = pl.read_ndjson(_read("items.jsonl"), schema=dict.fromkeys(columns, pl.String))
    return items.with_columns(pl.col("date").str.to_date("%Y-%m-%d"))


def sample_truth() -> dict[str, pl.DataFrame]:
    """Return what is true of the sample items: one DataFrame a kind of fact.

    Offsets (UInt32) are in code points of `text`; `text[start:end]` is `surface` (String). `id` is
    the item. Counts are UInt32, other columns String unless said. README.md beside
    this module tells how each fact was made and what it is for.

    Returns a dict of DataFrames:

    - items: id, week (from 1), storyboard, length (long, brief), paragraphs, body (paragraphs of the body), words
    - paragraphs: id, paragraph (from 0), start, end, role (headline, body, caption, credit, related, share)
    - furniture: id, start, end, surface, kind (caption, credit, related, share, footer), glued (Boolean)
    - labels: id, start, end, surface, label, proclitic (empty where none hides the label),
      place (headline, body, furniture), quoted (Boolean: in quotation marks)
    - quotations: id, start, end, surface (the words between the marks), kind (before, carried, fragment,
      after, relayed), verb, verb_start, verb_end, speaker, speaker_start, speaker_end,
      speaker_source (explicit, carried)
    - no_speech: id, start, end, surface, kind (scare, title, slogan, nickname, verse, repeated): other marked spans
    - names: id, start, end, surface, name, kind (state, city), code (ISO 3166, null for cities), proclitic, place
    - blocs: bloc, name, code: the states of the two coalitions
    - dates: id, start, end, surface, date (Date), kind (weekday, day, numeric, hijri)
    - numbers: id, start, end, surface, value (Float64): all numbers written in digits
    - spellings: id, start, end, surface, plain, kind: all words in a decorated or wrong spelling
    - decoys: id, start, end, surface, against (labels, names, speakers), reason
    - copies: original, copy, kind (identical, light, heavy, truncated), edits (words changed)
    - edits: original, start, end, surface, copy, copy_start, copy_end, copy_surface
    - pairs: first, second, kind (as in copies, and independent), edits, shared (shingles),
      jaccard, containment (Float64; of five-word shingles of the folded body)
    - terms: id, start, end, surface, term, kind: each occurrence of a planted word or phrase
    - frames: id, start, end, surface, frame, dimension (means, level), proclitic
    - keyness: term, kind (key, one item, copies only, furniture), outlet, count (in it), elsewhere, items
    - bursts: term, week, items, with_term (items), burst (Boolean)
    - collocations: node, collocate, count, items

    >>> from corpus_kit.samples import sample_truth
    >>> sample_truth()["collocations"]["count"].to_list()
    [15, 15, 15]
    """
    facts = json.loads(_read("truth.json"))
    return {kind: _fact_table(facts[kind]["rows"], schema) for kind, schema in _TRUTH.items()}


def sample_corpus() -> Corpus:
    """Return the corpus of the sample items; the first call builds it in the user's cache folder.

    The environment variable CORPUS_KIT_CACHE names another cache folder. The corpus lies in a
    folder of its own for each version of the library, of the items and of the annotator, so it is never
    out of date; one that no longer opens is built again. Several processes may build at once. Where
    the cache folder cannot be written, a UserWarning says so and the corpus is built in a
    temporary folder that is removed when the process ends.

    Returns a Corpus with the metadata outlet and date; the headline is a span of each text.

    Raises CorpusError if the corpus cannot be built, InputError if CORPUS_KIT_CACHE is in the home
    folder of a user that is not there.

    >>> import corpus_kit as ck
    >>> ck.sample_corpus().documents.collect().height
    240
    """
    folder = _corpus_folder(cache_folder())
    try:
        return _open_or_build(folder)
    except OSError as error:
        warnings.warn(
            f"the sample corpus cannot be kept in {str(folder.parent)!r} ({error.strerror or error}); it is built in a "
            f"temporary folder for this process. Set {CACHE_VARIABLE} to a folder that can be written.",
            stacklevel=2,
        )
    return _open_or_build(_corpus_folder(_process_folder()))


def _read(name: str) -> bytes:
    return (files("corpus_kit.samples") / name).read_bytes()


def _fact_table(rows: list[list[object]], schema: dict[str, PolarsDataType]) -> pl.DataFrame:
    dates = [column for column, dtype in schema.items() if dtype == pl.Date]
    plain = {column: pl.String if column in dates else dtype for column, dtype in schema.items()}
    return pl.DataFrame(rows, schema=plain, orient="row").with_columns(pl.col(dates).str.to_date("%Y-%m-%d"))


def cache_folder() -> Path:
    """The user's cache folder, or the one that CORPUS_KIT_CACHE names.

    Raises InputError if the variable names the home folder of a user that is not there.
    """
    given = os.environ.get(CACHE_VARIABLE)
    return (
        path_argument(given, CACHE_VARIABLE) if given else platformdirs.user_cache_path("corpus-kit", appauthor=False)
    )


@cache
def _process_folder() -> Path:
    """A temporary folder that lives as long as this process."""
    folder = Path(tempfile.mkdtemp(prefix="corpus-kit-"))
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # not in a child that was forked off
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def _corpus_folder(cache_folder: Path) -> Path:
    # what the words are annotated with is part of what the corpus is
    made_of = _read("items.jsonl") + repr(sorted(annotator_record().items())).encode()
    digest = hashlib.sha256(made_of).hexdigest()
    return cache_folder / f"{__version__}-{digest[:16]}" / "sample"


def _open_or_build(folder: Path) -> Corpus:
    from corpus_kit.corpus import Corpus

    trouble: CorpusError | None = None
    for _ in range(_ATTEMPTS):
        if folder.exists():
            try:
                return Corpus.open(folder)
            except CorpusError as error:
                trouble = error
            if not folder.exists():  # another process is mending it
                continue
            _build(folder, replace=True)
        else:
            _build(folder, replace=False)
    raise CorpusError(f"the sample corpus in {str(folder)!r} cannot be opened, though it was just built: {trouble}")


def build_sample(path: Path) -> Corpus:
    """Build the corpus of the sample items in a folder.

    The column of headlines is left out: they are the first paragraphs of the texts, and marked there.
    """
    from corpus_kit.corpus import Corpus

    return Corpus.build(sample_items(), path, id="id", date="date", metadata=["outlet"], annotate=True, progress=False)


def _build(folder: Path, *, replace: bool) -> None:
    """Build the corpus aside and rename it, so that nobody ever sees half a corpus."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=folder.parent, ignore_cleanup_errors=True) as aside:
        built = Path(aside) / "new"
        build_sample(built).close()
        if replace:
            _move(folder, Path(aside) / "old")
        _move(built, folder)


def _move(source: Path, target: Path) -> None:
    """Rename `source`, unless another process has been here first: then leave things as they are."""
    try:
        source.rename(target)
    except OSError:
        if source.exists() and not target.exists():
            raise
