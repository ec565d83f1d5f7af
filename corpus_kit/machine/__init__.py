"""What of this machine the library may use: threads, vector instructions, memory.

None of it changes a result: any number of threads and any instructions give the same bytes.
"""
