"""Files and frames to documents.

`reader` puts sources together and hands out documents in batches; `sources` finds
files, `texts` and `tables` read them, `encodings` decides how bytes become text,
`layout` brings the columns of several sources together, `structure` finds headline
and paragraphs, and `report` says what was read and what was left out.
"""

from corpus_kit.readers.reader import DocumentReader
from corpus_kit.readers.report import Example, FileRecord, ReadReport, Tally

__all__ = ["DocumentReader", "Example", "FileRecord", "ReadReport", "Tally"]
