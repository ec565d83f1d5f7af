"""Annotators of tokens in context, for `corpus.annotate(annotator, layer=...)`. Used as ``ck.annotators``.

Each is a function from sentences to a record for each token: the library's own, other programs, a file. The programs
are not part of this library and not installed with it; each has a licence of its own, which its page names. Names are
loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus_kit._base.lazy import load_lazily

# Where each public name is defined.
_HOMES: dict[str, str] = {
    "hidden_markov": "hidden_markov",
    "farahidi": "farahidi",
    "camel_tools": "camel_tools",
    "stanza": "stanza",
    "read_conllu": "conllu",
}

__all__ = [*_HOMES]

if TYPE_CHECKING:
    from corpus_kit.annotators.camel_tools import camel_tools as camel_tools
    from corpus_kit.annotators.conllu import read_conllu as read_conllu
    from corpus_kit.annotators.farahidi import farahidi as farahidi
    from corpus_kit.annotators.hidden_markov import hidden_markov as hidden_markov
    from corpus_kit.annotators.stanza import stanza as stanza

load_lazily(__name__, _HOMES)
