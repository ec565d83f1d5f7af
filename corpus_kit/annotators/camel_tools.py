"""The annotator that uses CAMeL Tools (https://github.com/CAMeL-Lab/camel_tools)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from corpus_kit.annotators.tagging import SentenceTagger, absent, features_of, of_sign, record
from corpus_kit.errors import invalid
from corpus_kit.text.treebank_words import Record

__all__ = ["camel_tools"]

_SENSE = re.compile(r"[-_]\d+$")  # كِتاب_1
_TAGS = {
    "abbrev": "X",
    "adj": "ADJ",
    "adj_comp": "ADJ",
    "adj_num": "ADJ",
    "adv": "ADV",
    "adv_interrog": "ADV",
    "adv_rel": "ADV",
    "conj": "CCONJ",
    "conj_sub": "SCONJ",
    "digit": "NUM",
    "foreign": "X",
    "interj": "INTJ",
    "latin": "X",
    "noun": "NOUN",
    "noun_num": "NUM",
    "noun_prop": "PROPN",
    "noun_quant": "NOUN",
    "part_det": "DET",
    "prep": "ADP",
    "pron": "PRON",
    "pron_dem": "PRON",
    "pron_exclam": "PRON",
    "pron_interrog": "PRON",
    "pron_rel": "PRON",
    "punc": "PUNCT",
    "verb": "VERB",
    "verb_nom": "VERB",
    "verb_pseudo": "PART",
}
_FEATURES = {
    "gen": {"m": "Gender=Masc", "f": "Gender=Fem"},
    "num": {"s": "Number=Sing", "d": "Number=Dual", "p": "Number=Plur"},
    "per": {"1": "Person=1", "2": "Person=2", "3": "Person=3"},
    "asp": {"p": "Aspect=Perf", "i": "Aspect=Imp", "c": "Mood=Imp"},
    "vox": {"a": "Voice=Act", "p": "Voice=Pass"},
    "cas": {"n": "Case=Nom", "a": "Case=Acc", "g": "Case=Gen"},
    "stt": {"i": "Definite=Ind", "d": "Definite=Def", "c": "Definite=Cons"},
}


def camel_tools(disambiguator: Any = None) -> SentenceTagger:
    """Return an annotator with the columns lemma, pos and feats by a disambiguator of CAMeL Tools.

    Each token has the first analysis of the disambiguator: its lemma (lex) with marks and without the number of a
    sense, its part of speech as one of Universal Dependencies, and its features. A token with clitics has those of the
    word without them. Tokens without an analysis are their own lemma, with the part of speech X.

    CAMeL Tools is under the MIT licence (``pip install camel-tools``). Its data are installed apart (``camel_data -i
    disambig-mle-calima-msa-r13``) and have licences of their own, which differ: read that of what you install.

    Args:
        disambiguator: An object with the method `disambiguate`, such as
            `camel_tools.disambig.bert.BERTUnfactoredDisambiguator.pretrained()`. None is
            `camel_tools.disambig.mle.MLEDisambiguator.pretrained()`, which does not look at the context.

    Raises:
        InputError: If it is no disambiguator.
        CorpusKitError: If CAMeL Tools is not installed.

    Examples:
        >>> import corpus_kit as ck
        >>> annotator = ck.annotators.camel_tools()  # doctest: +SKIP
        >>> [(word["lemma"], word["pos"]) for word in annotator([["قال", "الوزير", "."]])]  # doctest: +SKIP
        [('قال', 'VERB'), ('وَزِير', 'NOUN'), ('.', 'PUNCT')]
    """
    if disambiguator is None:
        try:
            module = import_module("camel_tools.disambig.mle")
        except ImportError as error:
            raise absent("camel-tools", "MIT", error) from None
        disambiguator = module.MLEDisambiguator.pretrained()
    if not callable(getattr(disambiguator, "disambiguate", None)):
        raise invalid("disambiguator", "a disambiguator of CAMeL Tools, or None", disambiguator)

    def tag(sentences: list[list[str]]) -> Iterator[list[Record]]:
        for sentence in sentences:
            found = disambiguator.disambiguate(sentence)
            yield [_record(word.word, word.analyses) for word in found]

    return SentenceTagger("camel_tools", ("camel-tools",), tag)


def _record(word: str, analyses: Any) -> Record:
    if not analyses:
        return of_sign(word) or record(word, "X")
    found = analyses[0].analysis
    tag = found.get("pos", "")
    pos = _TAGS.get(tag) or ("PART" if tag.startswith("part") else "X")
    features = features_of(_FEATURES[name].get(found.get(name, "")) for name in _FEATURES)
    return record(_SENSE.sub("", found.get("lex") or word), pos, features)
