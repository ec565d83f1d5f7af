"""The campaign against the library: seeded hostile cases; each part holds a promise of docs/explanation/trust.md."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))  # where the slow twins are
