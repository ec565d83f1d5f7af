"""Benchmarks beside the peers, as ``corpus-kit bench`` runs them.

Rules: every way does the same work on the same text in the same run. Results are compared before
anything is timed: in full on a part of the text, and by their totals on the whole; a difference is an
error. Each measurement has a process of its own; processes of all ways take turns. The first call,
which meets fresh memory, and the later ones are told apart, and page faults and peak memory stand
beside every time. All peers get the same number of threads. A peer that is absent, fails or is too
slow is shown as such.

    generated   invented news of the shape of real news
    prepare     the text as each task reads it
    tasks       what a task and a way are, and the comparison
    normalizing, tokenizing, segmenting, counting, corpora   the ways; registry: all of them
    peers       what is installed; environments of their own; camel_peer, conc_peer, segment_peer
    measure     the clock; worker: one process
    runner      comparing, timing; report, chart: what is shown; command: all of it

Nothing is imported here: every measured process would pay for it.
"""
