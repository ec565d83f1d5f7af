"""Files and frames to documents.

`reader` joins sources and yields documents in batches. `sources` finds files; `formats` is the registry of
what reads them: `texts`, `archives`, `delimited`, `json_lines` and `columnar`, with `tables` for what tables
share. `encodings` decides how bytes become text, `layout` settles the columns of several sources, `structure`
finds headline and paragraphs, and `report` records what was read and what was left out.
"""

from corpus_kit.readers.reader import DocumentReader
from corpus_kit.readers.report import Example, FileRecord, ReadReport, Tally

__all__ = ["DocumentReader", "Example", "FileRecord", "ReadReport", "Tally"]
