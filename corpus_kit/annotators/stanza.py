"""The annotator that uses Stanza (https://stanfordnlp.github.io/stanza/)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from corpus_kit.annotators.tagging import SentenceTagger, absent, record
from corpus_kit.errors import invalid
from corpus_kit.text.treebank_words import Record, Word, content_word

__all__ = ["stanza"]

_OPTIONS: dict[str, Any] = {
    "lang": "ar", "processors": "tokenize,pos,lemma", "tokenize_pretokenized": True, "verbose": False,
    "download_method": None,  # nothing is fetched unasked
}  # fmt: skip


def stanza(pipeline: Any = None) -> SentenceTagger:
    """Return an annotator with the columns lemma, pos and feats by a pipeline of Stanza.

    The pipeline gets sentences and tokens as they are in the corpus, so it must be made with
    ``tokenize_pretokenized=True``. Where it splits a token into several words, the record is that of the word that the
    token is about: no conjunction, pronoun, preposition or particle if there is another word; of several the longest.
    Without `mwt`, which pipelines for divided texts do not have, Stanza takes a token with its clitics for one word.

    Stanza is under the Apache License 2.0 (``pip install stanza``, ``stanza.download("ar")``); its Arabic models are
    trained on UD Arabic-PADT, which is under CC BY-NC-SA 3.0.

    Args:
        pipeline: A `stanza.Pipeline`. None is that for Arabic with parts of speech and lemmas.

    Raises:
        InputError: If it is no pipeline.
        CorpusKitError: If Stanza is not installed.

    Examples:
        >>> import corpus_kit as ck
        >>> annotator = ck.annotators.stanza()  # doctest: +SKIP
        >>> [word["pos"] for word in annotator([["قال", "الوزير", "."]])]  # doctest: +SKIP
        ['VERB', 'NOUN', 'PUNCT']
    """
    if pipeline is None:
        try:
            module = import_module("stanza")
        except ImportError as error:
            raise absent("stanza", "Apache-2.0", error) from None
        pipeline = module.Pipeline(**_OPTIONS)
    if not callable(pipeline):
        raise invalid("pipeline", "a pipeline of Stanza, or None", pipeline)

    def tag(sentences: list[list[str]]) -> Iterator[list[Record]]:
        for sentence in pipeline(sentences).sentences:
            yield [_record(token) for token in sentence.tokens]

    return SentenceTagger("stanza", ("stanza",), tag)


def _record(token: Any) -> Record:
    words = [Word(each.text, each.upos, record(each.lemma, each.upos or "X", each.feats)) for each in token.words]
    return content_word(words).record if words else record(token.text, "X")
