"""What of this machine the library may use: threads, vector instructions, memory.

None of it changes a result: any number of threads, any instructions and any memory give the same bytes.
"""

# All that uses the core asks this package for threads or instructions, and so sets the limit of the block cache.
from corpus_kit.machine import block_cache as block_cache
