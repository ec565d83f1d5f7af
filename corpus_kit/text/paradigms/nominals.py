"""Nouns and adjectives: which lexemes there are, how their stems are written, and their irregular forms.

Sources: participles, verbal nouns and elatives of the verbs; simplemma's dictionary, where it agrees with the counts;
the list nouns.txt, which decides first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from corpus_kit.text.closed_classes import ARTICLE, FREE_ENDINGS, OPEN_CLASS_PRONOUNS
from corpus_kit.text.paradigms.letters import folded

__all__ = ["Nominal", "NominalFinder", "Nominals", "listed_forms", "stem_of_word", "without_article"]

# How far a lexeme is believed before it is counted: of the dictionary; of a verb; feminine of an adjective, and
# probably a form of it; probably a form of another noun.
_LISTED, _DERIVED, _FEMININE, _DOUBTFUL = 1.0, 0.5, 0.1, 0.02
_NAME_COUNT = 50  # a word that is counted so often shows whether it is a name
_REGULAR_ENDINGS = ("ات", "ون", "ين", "ان", "تان", "تين", "ا", "ي", "و", "يات")
_PARTICIPLES = {"active", "passive"}


class Nominal(NamedTuple):
    """A noun or adjective: its class is a name of `affixes.NOUNS`."""

    lemma: str
    prior: float
    kind: str
    is_defective: bool  # the ي of قاضي is not written in the indefinite

    def stems(self) -> Iterator[tuple[str, str]]:
        """Return its stems with their classes."""
        yield self.lemma[:-1] if self.kind in ("noun in ة", "noun in ى") else self.lemma, self.kind
        if self.is_defective:
            yield self.lemma[:-1], "noun in ي"


class Nominals(NamedTuple):
    """What is known of nouns and adjectives."""

    lexemes: list[Nominal]
    forms: list[tuple[str, str]]  # irregular forms, without article, and their lemmas
    names: set[str]  # words of the counts that behave as names do


def without_article(word: str, counts: Mapping[str, float]) -> str:
    """Return a word without its article, if it has one: التزام has none, since الالتزام is counted."""
    if not word.startswith(ARTICLE) or len(word) < 5 or 20 * counts.get(ARTICLE + word, 0) > counts.get(word, 0):
        return word
    return word[len(ARTICLE) :]


def stem_of_word(word: str, kind: str) -> tuple[str, str]:
    """Return the stem of a word of the kind `listed` or `unknown`, with its class."""
    for ending in ("ة", "ى"):
        if word.endswith(ending) and len(word) > 2:
            return word[:-1], f"{kind} in {ending}"
    return word, kind


@cache
def listed_forms(name: str) -> dict[str, str]:
    """Return the forms of a list, nouns.txt or verbs.txt, and their lemmas."""
    found = {}
    for line in files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            lemma, _, forms = line.partition(":")
            found.update(dict.fromkeys(forms.split(), lemma))
    return found


class NominalFinder:
    """Finds the nouns and adjectives.

    Args:
        dictionary: Plain spellings and their lemmas.
        counts: How frequent a spelling is.
        verbs: The lemmas of verbs.
        finite: Forms of verbs, as far as they are in the dictionary or the counts, and their lemmas.
        finite_folded: The same forms, folded.
        derived: Participles, verbal nouns and elatives, and what they are.
        closed: Function words.
    """

    def __init__(
        self,
        dictionary: Mapping[str, str],
        counts: Mapping[str, float],
        verbs: Container[str],
        finite: Mapping[str, set[str]],
        finite_folded: Container[str],
        derived: Mapping[str, set[str]],
        closed: Container[str],
    ) -> None:
        self._dictionary, self._counts, self._verbs = dictionary, counts, verbs
        self._finite, self._finite_folded, self._derived, self._closed = finite, finite_folded, derived, closed
        self._priors: dict[str, float] = {}
        self._forms: dict[str, set[str]] = defaultdict(set)

    def find(self, verbs: list[str]) -> Nominals:
        """Return what is found; `verbs` are the lemmas of verbs, of which some are nouns, too (حرب)."""
        for word, lemma in self._dictionary.items():
            if lemma not in self._finite.get(word, ()):
                self._add_entry(self._bare(word), self._bare(lemma))
        for form, kinds in self._derived.items():
            self._add_derived(form, kinds)
        for verb in verbs:
            if verb not in self._priors and self._is_noun(verb):
                self._priors[verb] = _DOUBTFUL if self._is_form(verb) else _DERIVED
        self._add_relational_adjectives()
        self._add_list(listed_forms("nouns.txt"))
        names = {word for word in self._counts if self._is_name(word)}
        forms = [(form, lemma) for form, lemmas in self._forms.items() for lemma in sorted(lemmas)]
        return Nominals(
            [self._nominal(lemma) for lemma in sorted(self._priors)],
            [(form, lemma) for form, lemma in forms if lemma in self._priors and lemma != form],
            names,
        )

    # ------------------------------------------------------------ lexemes and forms

    def _add_entry(self, form: str, lemma: str) -> None:
        """Add an entry of the dictionary."""
        priors, is_verb = self._priors, lemma in self._verbs
        if not is_verb and not self._may_be_noun(lemma):
            return
        if lemma == f"{form}ي":  # a noun from which an adjective is made is not a form of it
            for noun in filter(self._may_be_noun, (form, lemma)):
                priors.setdefault(noun, _LISTED)
        elif is_verb:
            if form == lemma or self._kinds(form) & {*_PARTICIPLES, "verbal"} or not self._may_be_noun(form):
                return
            if self._is_noun(lemma) and not self._is_verbal_noun(form, lemma):
                self._forms[form].add(lemma)
            else:  # the dictionary gives the verb of a verbal noun
                priors[form] = _LISTED
        elif form == lemma:
            if not self._is_inflected(form):
                priors[form] = _LISTED
        else:
            priors[lemma] = _LISTED
            if form == f"{lemma}ة":
                priors.setdefault(form, _FEMININE)
            elif form not in _regular_forms(lemma) and not self._is_itself(form):
                self._forms[form].add(lemma)

    def _add_derived(self, form: str, kinds: set[str]) -> None:
        """Add a participle, verbal noun or elative."""
        if self._bare(form) != form:
            return
        if (kinds == {"elative"} or form in self._closed) and not self._is_noun(form):
            return
        if len(form) > 2 or self._may_be_noun(form):
            self._priors.setdefault(form, _DOUBTFUL if self._is_form(form) else _DERIVED)

    def _add_relational_adjectives(self) -> None:
        """Add the words in ي of which the feminine is known or counted."""
        known = list(self._priors)
        for words, prior in ((known, _LISTED), (self._counts, _DERIVED)):
            for word in words:
                if not word.endswith("ية"):
                    continue
                feminine = self._bare(word)
                if len(feminine) < 5:
                    continue
                adjective = feminine[:-1]
                if self._kinds(adjective[:-1]) & _PARTICIPLES and not self._is_noun(adjective):
                    continue  # مسؤولية is a noun, and مسؤولي a plural of مسؤول
                if self._both(adjective) > 0.01 * self._both(feminine):
                    self._priors.setdefault(adjective, prior)

    def _add_list(self, listed: Mapping[str, str]) -> None:
        """Add the list: its forms belong to their lemmas alone."""
        for form, lemma in listed.items():
            if form not in listed.values():
                self._priors.pop(form, None)
            self._priors[lemma] = _LISTED
            self._forms[form] = {lemma}

    def _nominal(self, lemma: str) -> Nominal:
        kinds = self._kinds(lemma)
        defective = lemma.endswith("ي") and len(lemma) > 3 and bool(kinds) and lemma[:-1] not in self._priors
        return Nominal(lemma, self._priors[lemma], self._kind(lemma, kinds), defective)

    def _kind(self, lemma: str, kinds: set[str]) -> str:
        if not kinds and self._is_name(lemma):
            return "name"
        if lemma[-1] in "ةى" and len(lemma) > 2:
            return f"noun in {lemma[-1]}"
        known = self._dictionary.get(f"{lemma}ة")
        feminine = known or self._dictionary.get(f"{ARTICLE}{lemma}ة")
        if feminine != lemma and not kinds & _PARTICIPLES and not (lemma.endswith("ي") and len(lemma) > 3):
            return "noun"
        seldom = known == f"{lemma}ة" and not lemma.endswith("ي")
        return "adjective, seldom feminine" if seldom else "adjective"

    # ------------------------------------------------------------ what counts and dictionary say

    def _count(self, word: str) -> float:
        return self._counts.get(word, 0)

    def _both(self, word: str) -> float:
        return self._count(word) + self._count(ARTICLE + word)

    def _bare(self, word: str) -> str:
        return without_article(word, self._counts)

    def _kinds(self, word: str) -> set[str]:
        return self._derived.get(word, set())

    def _is_noun(self, word: str) -> bool:
        """Return whether a word often has an article."""
        return self._count(ARTICLE + word) > max(20, 0.02 * self._count(word))

    def _may_be_noun(self, word: str) -> bool:
        if len(word) < 2 or (word in self._closed and not self._is_noun(word)):
            return False
        if len(word) == 2:
            return word not in self._closed and self._count(ARTICLE + word) > 0.01 * self._count(word)
        if word.startswith(("بال", "كال", "فال", "وال", "لل")) and len(word) > 5:  # a noun with clitics
            noun = word.removeprefix("لل") if word[0] == "ل" else word[3:]
            if self._count(ARTICLE + noun):
                return False
        if len(word) < 4 or word.endswith("ي"):
            return self._count(ARTICLE + word) > 0.01 * self._count(word) or self._is_name(word)
        return word in self._derived or folded(word) not in self._finite_folded or self._is_noun(word)

    def _is_verbal_noun(self, form: str, verb: str) -> bool:
        """Return whether a form of the pattern فعال, فعالة or فعيل is rather a verbal noun than a plural."""
        pattern = len(verb) == 3 and form[2:3] in ("ا", "ي") and form[:2] + form[3:].removesuffix("ة") == verb
        return pattern and self._count(ARTICLE + form) > 2 * self._count(ARTICLE + verb)

    def _is_form(self, word: str) -> bool:
        """Return whether a word is listed as a form of another noun."""
        return any(lemma != word and lemma not in self._verbs for lemma in self._forms.get(word, ()))

    def _is_itself(self, form: str) -> bool:
        """Return whether the dictionary knows a form as a noun of its own."""
        known, definite = self._dictionary.get(form), self._dictionary.get(ARTICLE + form)
        return definite == form or (known == form and definite in (None, form) and form not in self._finite)

    def _is_inflected(self, word: str) -> bool:
        """Return whether a word is a plural or dual of a participle: it is no lexeme then."""
        for ending in ("ين", "ون", "ان", "تين", "تان", "ي"):
            if word.endswith(ending) and self._kinds(word.removesuffix(ending)) & _PARTICIPLES:
                return ending != "ي" or self._both(f"{word}ة") < 0.05 * self._both(word)
        return False

    def _is_name(self, word: str) -> bool:
        """Return whether a word follows prepositions, but has neither article nor pronouns, where it is counted."""
        n = self._count(word)
        if n < _NAME_COUNT or word in self._closed or word.startswith(ARTICLE):
            return False
        if self._count(ARTICLE + word) > 0.002 * n or self._count(f"ب{word}") <= 0.004 * n:
            return False
        if word in self._finite and word[0] in "أيتن":  # بيعمل: a verb with the particle of a dialect
            return False
        if word[0] in "وفب" and self._count(word[1:]) > n:
            return False
        if sum(self._count(word + pronoun) for pronoun in ("ه", "ها", "هم")) >= 0.01 * n:
            return False
        return not any(self._count(noun) > 0.2 * n and self._is_noun(noun) for noun in _without_pronoun(word))


def _regular_forms(lemma: str) -> set[str]:
    """Return forms that the paradigms make."""
    stem = lemma[:-1] if lemma[-1:] in ("ة", "ى") else lemma
    return {stem + ending for ending in _REGULAR_ENDINGS}


def _without_pronoun(word: str) -> Iterator[str]:
    """Return what a word may be without a pronoun."""
    for pronoun in (*OPEN_CLASS_PRONOUNS, "ي"):
        stem = word.removesuffix(pronoun)
        if stem != word and len(stem) > 1:
            yield stem
            if stem[-1] in FREE_ENDINGS:  # مدرستها: مدرسة; أبنائهم: أبناء
                yield stem[:-1] + FREE_ENDINGS[stem[-1]]
            if stem[-1] in "يا" and len(stem) > 2:  # يديه: يد
                yield stem[:-1]
