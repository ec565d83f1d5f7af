"""Documents of spaCy, in files of its class DocBin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from corpus_kit.corpus.view import CorpusView
from corpus_kit.export.metadata_texts import plain_value
from corpus_kit.export.output import Output
from corpus_kit.export.texts import starts_in_texts, text_batches
from corpus_kit.export.token_batches import known_columns, metadata_names, tokens_of
from corpus_kit.readers.documents import needed
from corpus_kit.text.token_flags import BEGINS_SENTENCE

__all__ = ["write_spacy"]

_TOKENS = 1_000_000  # of a file, about
_ARGUMENTS = {"lemma": "lemmas", "pos": "pos", "xpos": "tags", "feats": "morphs"}  # of Doc


def write_spacy(corpus: CorpusView, output: Output) -> None:
    """Write part-00001.spacy and so on, each with documents of about a million tokens.

    ``doc.text`` is the text, without excluded spans; white space that spaCy cannot hold otherwise is a token, as in its
    own documents. Sentences, lemmas, parts of speech and features are those of the corpus; ``doc.user_data`` has the id
    and the metadata. Read a part with ``DocBin().from_disk(path).get_docs(spacy.blank("ar").vocab)``.

    Args:
        corpus: The corpus.
        output: The folder.
    """
    spacy = needed("spacy", "spaCy documents", package="spacy")
    tokens = needed("spacy.tokens", "spaCy documents", package="spacy")
    output.facts["spacy"] = getattr(spacy, "__version__", None)
    vocab = spacy.blank("ar").vocab
    attributes = ["LEMMA", "POS", "TAG", "MORPH", "SENT_START"]
    n_parts = n_tokens = 0
    part = tokens.DocBin(attrs=attributes, store_user_data=True)
    for words in _documents(corpus):
        part.add(tokens.Doc(vocab, **words))
        n_tokens += len(words["words"])
        if n_tokens >= _TOKENS:
            n_parts += 1
            part.to_disk(_path(output, n_parts))
            part, n_tokens = tokens.DocBin(attrs=attributes, store_user_data=True), 0
            vocab = spacy.blank("ar").vocab  # which remembers all words
    if len(part) or not n_parts:
        part.to_disk(_path(output, n_parts + 1))


def _path(output: Output, number: int) -> Path:
    return output.path / f"part-{number:05}.spacy"


def _documents(corpus: CorpusView) -> Iterator[dict[str, Any]]:
    """Yield the arguments of Doc for each document."""
    names = metadata_names(corpus, id=True)
    known, _ = known_columns(corpus)
    columns = {_ARGUMENTS[name]: column for name, column in known.items() if name in _ARGUMENTS}
    surfaces = corpus.type_column("surface")
    for frame in text_batches(corpus, names):
        batch = tokens_of(corpus, frame["document"].to_numpy())
        values = {name: column.at(batch).fill_null("").to_list() for name, column in columns.items()}
        words = surfaces.gather(batch.types).to_list()
        starts = starts_in_texts(corpus, batch).tolist()
        begins = (batch.flags & BEGINS_SENTENCE != 0).tolist()
        for row, (text, first, count) in enumerate(zip(frame["text"], batch.firsts, batch.counts, strict=True)):
            part = slice(first, first + count)
            given = {name: each[part] for name, each in values.items()}
            document = spaced(text, words[part], starts[part], begins[part], given)
            yield {**document, "user_data": {name: plain_value(frame[name][row]) for name in names}}


def spaced(
    text: str, words: list[str], starts: list[int], begins: list[bool], values: dict[str, list[str]]
) -> dict[str, Any]:
    r"""Return the arguments of Doc with which its text is exactly this one.

    A single space belongs to the word before it; other white space, and what is no token, becomes a word of its own.

    >>> found = spaced(" a  b\n", ["a", "b"], [1, 4], [True, True], {"lemmas": ["A", "B"]})
    >>> found["words"], found["spaces"], found["lemmas"]
    ([' ', 'a', ' ', 'b', '\n'], [False, True, False, False, False], ['', 'A', '', 'B', ''])
    >>> found["sent_starts"]
    [True, False, False, True, False]
    """
    all_words: list[str] = []
    spaces: list[bool] = []
    places: list[int] = []
    end = 0
    for word, start in zip([*words, ""], [*starts, len(text)], strict=True):
        between = text[end:start]
        if between.startswith(" ") and all_words:
            spaces[-1] = True
            between = between[1:]
        if between:
            all_words.append(between)
            spaces.append(False)
        if word:
            places.append(len(all_words))
            all_words.append(word)
            spaces.append(False)
            end = start + len(word)
    sentences = np.zeros(len(all_words), bool)
    sentences[places] = begins
    if places and places[0] > 0:  # what is before the first word belongs to its sentence
        sentences[places[0]] = False
    if len(all_words):
        sentences[0] = True
    found: dict[str, Any] = {"words": all_words, "spaces": spaces, "sent_starts": sentences.tolist()}
    for name, each in values.items():
        filled = [""] * len(all_words)
        for place, value in zip(places, each, strict=True):
            filled[place] = value
        found[name] = filled
    return found
