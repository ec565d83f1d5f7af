"""The annotator that uses farahidi (https://github.com/forzagreen/farahidi), a port of AlKhalil Morpho Sys 2."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from corpus_kit.annotators.tagging import SentenceTagger, absent, features_of, of_sign, record
from corpus_kit.text.treebank_words import Record

__all__ = ["farahidi"]

_BOUNDARIES = frozenset(".!:،؟؛")  # at which farahidi ends a sentence

# The part of speech of a type of reading; of others, that of the kind of word.
_KINDS = {"فعل": "VERB", "اسم": "NOUN", "حرف": "PART"}
_TYPES = {
    ("فعل", "ناسخ"): "AUX",
    ("اسم", "اسم علم"): "PROPN",
    ("اسم", "معربة"): "PROPN",
    ("اسم", "نسبة"): "ADJ",
    ("اسم", "صفة مشبهة"): "ADJ",
    ("اسم", "اسم تفضيل"): "ADJ",
    ("اسم", "ضمير"): "PRON",
    ("اسم", "موصول"): "PRON",
    ("اسم", "إشارة"): "PRON",
    ("اسم", "استفهام"): "PRON",
    ("اسم", "استفهام:موصول"): "PRON",
    ("اسم", "شرط"): "PRON",
    ("اسم", "ظرف"): "ADP",
    ("اسم", "ظرف:استفهام"): "ADV",
    ("حرف", "جر"): "ADP",
    ("حرف", "جار ومجرور"): "ADP",
    ("حرف", "فجائي:ظرف"): "ADP",
    ("حرف", "عطف"): "CCONJ",
    ("حرف", "ناسخ"): "SCONJ",
    ("حرف", "مصدري"): "SCONJ",
    ("حرف", "شرط:مصدري"): "SCONJ",
    ("حرف", "تفسير:توكيد:مصدري"): "SCONJ",
    ("حرف", "ال: التعريف"): "DET",
}
_FEATURES = {
    "مذكر": "Gender=Masc",
    "مؤنث": "Gender=Fem",
    "مفرد": "Number=Sing",
    "مثنى": "Number=Dual",
    "جمع": "Number=Plur",
    "ماض": "Aspect=Perf",
    "مضارع": "Aspect=Imp",
    "أمر": "Mood=Imp",
    "معلوم": "Voice=Act",
    "مجهول": "Voice=Pass",
    "متكلم": "Person=1",
    "مخاطب": "Person=2",
    "غائب": "Person=3",
}


def farahidi() -> SentenceTagger:
    """Return an annotator with the columns lemma, pos and feats by farahidi, whose lemmas depend on the context.

    farahidi chooses a lemma by the words before and after; `pos` and `feats` are those of the likeliest reading with
    this lemma, whatever the context. Lemmas have marks (كِتَاب), which patterns fold. Words that farahidi does not know
    are their own lemma, with the part of speech X. It takes some eight milliseconds a token.

    farahidi is under the GPL 3 or later; this library neither contains nor needs it: ``pip install farahidi``.

    Returns:
        An annotator for `corpus.annotate(ck.annotators.farahidi(), layer="farahidi")`.

    Raises:
        CorpusKitError: If farahidi is not installed.

    Examples:
        >>> import corpus_kit as ck
        >>> annotator = ck.annotators.farahidi()  # doctest: +SKIP
        >>> [(word["lemma"], word["pos"]) for word in annotator([["قال", "الوزير", "."]])]  # doctest: +SKIP
        [('قَالَ', 'VERB'), ('وَزِير', 'NOUN'), ('.', 'PUNCT')]
    """
    try:
        package = import_module("farahidi")
    except ImportError as error:
        raise absent("farahidi", "GPL-3.0-or-later", error) from None
    return SentenceTagger("farahidi", ("farahidi",), _Tagger(package))


class _Tagger:
    """Gives farahidi the words of sentences as it would find them in a text."""

    def __init__(self, package: Any) -> None:
        self._words_of = package.tokenize
        self._disambiguator = package.Disambiguator()
        self._forms: dict[str, str | None] = {}
        self._readings: dict[tuple[str, str], tuple[str, str | None]] = {}

    def __call__(self, sentences: list[list[str]]) -> Iterator[list[Record]]:
        for sentence in sentences:
            records: list[Record] = [of_sign(word) or record(word, "X") for word in sentence]
            run: list[int] = []
            for place, word in enumerate([*sentence, "."]):
                if word in _BOUNDARIES:
                    self._fill(records, sentence, run)
                    run = []
                elif self._form(word) is not None:
                    run.append(place)
            yield records

    def _form(self, word: str) -> str | None:
        """Return the word as farahidi spells it, or None if it is no Arabic word to it."""
        if word not in self._forms:
            found = self._words_of(word)
            words = found[0] if len(found) == 1 else []
            self._forms[word] = words[0] if len(words) == 1 else None
        return self._forms[word]

    def _fill(self, records: list[Record], sentence: list[str], run: list[int]) -> None:
        tokens = [str(self._form(sentence[place])) for place in run]
        for place, found in zip(run, self._disambiguator.disambiguate(tokens), strict=True):
            if found.analyzed:
                records[place] = record(found.lemma, *self._reading(found.token, found.lemma))

    def _reading(self, token: str, lemma: str) -> tuple[str, str | None]:
        """Return part of speech and features of the likeliest reading with a lemma, particles first."""
        key = token, lemma
        if key not in self._readings:
            readings = self._disambiguator.analyzer.analyze(token)
            fitting = [each for each in readings if each.lemma == lemma] or readings
            # scores are those of verbs, nouns or particles, each among themselves
            best = min(fitting, key=lambda each: each.pos != "حرف")
            self._readings[key] = _TYPES.get((best.pos, best.type)) or _KINDS.get(best.pos, "X"), _features(best)
        return self._readings[key]


def _features(reading: Any) -> str | None:
    names = ("gender", "number", "tense", "voice", "person")
    return features_of(_FEATURES.get(getattr(reading, name) or "") for name in names)
