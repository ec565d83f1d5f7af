"""Benchmarks against peers, as run by ``corpus-kit bench``.

Rules: every way does the same work on the same text in the same run. Results are compared before anything is timed:
in full on a sample of the text, and by their totals on the whole; a difference is an error. Each measurement has a
process of its own, and the processes of all ways take turns. The first call, on fresh memory, and the later ones are
reported separately, and every time with its page faults and peak memory. All peers get the same number of threads. A
peer that is not installed, fails or is too slow is reported as such.

    generated   invented news with the statistics of real news
    prepare     the text as each task reads it
    tasks       tasks, ways, and the comparison of results
    normalizing, tokenizing, segmenting, counting, corpora   the ways; registry: all of them
    peers       what is installed; environments of their own; camel_peer, conc_peer, segment_peer
    measure     the clock; worker: one process
    runner      comparing and timing; report, chart: the results; command: all of it

Nothing is imported here, since every measured process would pay for it.
"""
