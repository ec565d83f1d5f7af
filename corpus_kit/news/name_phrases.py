"""What a phrase that names somebody consists of: titles, a name, the words of an organisation.

A name begins at a first name of the lexicon, after a title of rank (الدكتور فلان), or at an indefinite word after a
definite one, which no longer belongs to the title (وزير الخارجية الأمريكي جون كيري): a genitive construction ends with
its first definite noun, and adjectives agree with it (K. Ryding, A Reference Grammar of Modern Standard Arabic, 2005,
chapters 8 and 10).
"""

from __future__ import annotations

from typing import NamedTuple

from corpus_kit.news.name_words import Bit, NameClasses
from corpus_kit.news.reporting_verbs import Role
from corpus_kit.news.speakers import Document

__all__ = ["LINKED", "Head", "NameReader", "Reading", "is_part"]

LINKED = "بن "  # before a part of a name that names the father
_LONGEST_UNKNOWN = 4  # words of a name without a word of the lexicon
_LONGEST_NAME = 7  # parts
_STARTS_NONE = Bit.HEAD | Bit.ADJECTIVE | Bit.HONOUR | Bit.HONORIFIC | Bit.PLACE
_ENDS_GENITIVE = Bit.DEFINITE | Bit.PLACE
_BREAKS = Role.SPEAKER_END | Role.IN | Role.FROM | Role.COMPLEMENTISER | Role.RELATIVE | Role.PARTICLE | Role.NEGATION
_FATHERS = ("ابي", "ابا")
_FATHER = "ابو"
_BARE_ADJECTIVES = frozenset(("احمر", "عليا", "كبري", "اعلي", "مركزي"))
_ONE_OF = frozenset(("احد", "احدي"))
_ROYAL = frozenset(("ملك", "امير", "امام", "شيخ", "سلطان"))


class Head(NamedTuple):
    """The first word of a title or an organisation; `own`: of an office that the word alone does not name."""

    base: str
    own: bool


class Reading(NamedTuple):
    """The parts of a phrase.

    Attributes:
        kind: "person", "organisation", "unnamed", "honorific", or "other" for what looks like none of these.
        name: The parts of the name as bases; that of the father has `LINKED` before it.
        heads: The heads of titles, or of the organisation.
        words: The bases of the words outside the name, in order.
        definite: Whether the first word has the article.
        ranks: The titles of rank.
    """

    kind: str
    name: tuple[str, ...]
    heads: tuple[Head, ...]
    words: tuple[str, ...]
    definite: bool
    ranks: frozenset[str]


def is_part(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    """Return whether a name is a shorter form of another: parts in the same order, not only those of the father.

    >>> is_part(("علي", "نجار"), ("علي", "بن سعد", "نجار")), is_part(("سعد", "نجار"), ("علي", "بن سعد", "نجار"))
    (True, False)
    """
    place = 0
    for number, part in enumerate(short):
        father = LINKED + part if number else part
        while place < len(full) and full[place] not in (part, father):
            place += 1
        if place == len(full):
            return False
        place += 1
    return True


class NameReader:
    """Reads phrases of one document.

    Attributes:
        document: The document.
        bits: The bits of `Bit` of each token.
        bases: The base of each token.
    """

    def __init__(self, document: Document, classes: NameClasses) -> None:
        self.document = document
        self.classes = classes
        types = document.types
        self.bits: list[int] = classes.bits[types].tolist()
        self.bases: list[str] = classes.bases[types].tolist()
        self.roles = document.roles

    def read(self, first: int, end: int) -> Reading:
        """Return the parts of the phrase of the tokens first to end."""
        start = self._name_start(first, end)
        stop = self.name_end(start, end) if start < end else end
        before = range(first, start if start < end else self._core_end(first, end))
        title = next((place for place in range(stop, end) if self.bits[place] & Bit.TITLE), end) if stop < end else end
        after = range(title, end)
        heads = (*self._heads(before), *self._heads(after))
        outside = [*before, *after]
        words = tuple([self.bases[place] for place in outside if self.roles[place] & Role.WORD])
        ranks = frozenset([self.bases[place] for place in outside if self._is_rank(place)])
        bits, kind = self.bits[first], self._kind(first, start, stop, end)
        return Reading(kind, self.parts(start, stop), heads, words, bool(bits & Bit.DEFINITE), ranks)

    def _is_rank(self, place: int) -> bool:
        return bool(self.bits[place] & Bit.RANK) and not self.bits[place] & Bit.OFFICE

    def _kind(self, first: int, start: int, stop: int, end: int) -> str:
        bits = self.bits[first]
        if bits & Bit.HONORIFIC:
            return "honorific"
        if start == first and not self._may_be_name(first, stop, end):
            return "other"
        if start < end or bits & Bit.TITLE:
            return "person"
        if bits & Bit.UNNAMED:
            return "unnamed"
        return "organisation" if bits & (Bit.ORGANISATION | Bit.PLACE) else "person"

    def _may_be_name(self, first: int, stop: int, end: int) -> bool:
        """Return whether a phrase without a title may begin with a name: with a first name, or with few words."""
        if self.bits[first] & (Bit.GIVEN | Bit.PARTICLE | Bit.DEFINITE):
            return True
        if stop - first > 1 and self._is_title(stop, end):
            return True
        if end - first > _LONGEST_UNKNOWN or stop < end:
            return False
        return self.bases[first][-1] != "ه" and not self.bits[first] & (Bit.CLITIC | Bit.PREPOSITION)

    def _is_title(self, stop: int, end: int) -> bool:
        return stop < end and bool(self.bits[stop] & Bit.HEAD)

    def _core_end(self, first: int, end: int) -> int:
        """Return where a title or organisation ends in a phrase that may run on into the object of its verb.

        After a definite word it goes on only with adjectives, prepositions and what و joins.
        """
        place = first + 1
        while place < end:
            bits, role = self.bits[place], self.roles[place]
            if not role & (Role.WORD | Role.MARK | Role.DASH) or role & Role.PROCLITIC:
                break
            if role & Role.IN and place > first + 1:
                break
            free = bits & (Bit.CLITIC | Bit.PREPOSITION | Bit.ADJECTIVE | Bit.TITLE) or role & (_BREAKS | Role.MARK)
            if self.bits[place - 1] & Bit.DEFINITE and not free and not self._like_adjective(place):
                break
            place += 1
        return place

    def _like_adjective(self, place: int) -> bool:
        base, bits = self.bases[place], self.bits[place]
        return bool(bits & Bit.DEFINITE and (base[-1] in "يه" or base in _BARE_ADJECTIVES)) or base[0] in "لب"

    # ------------------------------------------------------------------------------------- the name

    def _name_start(self, first: int, end: int) -> int:
        """Return where the name begins, or `end`."""
        bits = self.bits[first]
        unnamed = bits & Bit.UNNAMED and self.bases[first] not in _ONE_OF
        if unnamed or (bits & Bit.ORGANISATION and not (bits & Bit.RANK and bits & Bit.DEFINITE)):
            return end
        if not bits & (_STARTS_NONE | Bit.DEFINITE) or self._is_given(first, end):
            return first
        skip = first
        for place in range(first + 1, end):
            if place < skip or not self.roles[place] & Role.WORD:
                continue
            before = self._word_before(place, first)
            if self._names_organisation(place, before, first):
                skip = self.name_end(place, end)
            elif self._begins_name(place, before, first, end):
                return place
        return end if bits & _STARTS_NONE else first

    def _is_given(self, place: int, end: int) -> bool:
        """Return whether a word that is a title and a first name (مساعد) is a first name here."""
        bits = self.bits[place]
        if not bits & Bit.GIVEN or bits & (Bit.DEFINITE | Bit.CLITIC):
            return False
        if not bits & Bit.TITLE:
            return True
        after = self.bits[place + 1] if place + 1 < end else 0
        return bool(after & (Bit.LINK | Bit.PARTICLE)) or (end - place == 2 and not after & _STARTS_NONE)

    def _word_before(self, place: int, first: int) -> int:
        place -= 1
        while place > first and not self.roles[place] & Role.WORD:
            place -= 1
        return place

    def _names_organisation(self, place: int, before: int, first: int) -> bool:
        """Return whether a person's name is that of an organisation: جامعة الملك سعود, شارع علي."""
        if not self.bits[place] & (Bit.GIVEN | Bit.PARTICLE):
            return False
        if self.bits[before] & Bit.ORGANISATION and not self.bits[before] & Bit.DEFINITE:
            return True
        royal = self.bits[before] & Bit.DEFINITE and self.bases[before] in _ROYAL
        return bool(royal and before > first and self.bits[before - 1] & Bit.ORGANISATION)

    def _begins_name(self, place: int, before: int, first: int, end: int) -> bool:
        bits, left = self.bits[place], self.bits[before]
        if bits & (Bit.CLITIC | Bit.PREPOSITION) or self.roles[place] & _BREAKS:
            return False
        rank = left & Bit.RANK and (left & Bit.DEFINITE or len(self.bases[before]) == 1)
        if bits & (Bit.GIVEN | Bit.PARTICLE) and not bits & Bit.DEFINITE:
            after = self.bits[place + 1] if place + 1 < end else Bit.HEAD
            certain = rank or after & (Bit.GIVEN | Bit.LINK | Bit.PARTICLE)
            if bits & Bit.HEAD:
                return bool(certain)
            return bool(certain or left & _ENDS_GENITIVE or not after & _STARTS_NONE)
        if bits & Bit.LINK:
            return bool(rank)  # الإمام ابن تيمية
        if bits & _STARTS_NONE:
            return False
        if rank:
            return not self.roles[place] & Role.LA or not bits & Bit.DEFINITE
        return bool(left & _ENDS_GENITIVE) and self._unknown_name(place, first, end)

    def _unknown_name(self, place: int, first: int, end: int) -> bool:
        """Return whether the word after a title may begin a name that the lexicon does not have."""
        base = self.bases[place]
        if self.bits[place] or base[0] in "لب" or base.endswith(("ه", "ات")):
            return False
        if self.bits[first] & Bit.PLACE or not self.bits[first] & _STARTS_NONE:  # الغامدي زيادة كذا: an object
            return place + 1 < end and self.name_end(place, end) == end
        return place + 1 == end or not self.bits[place + 1] & (_STARTS_NONE & ~Bit.ADJECTIVE)

    def name_end(self, start: int, end: int) -> int:
        """Return the token after the name that begins at `start`."""
        place, parts, definite = start, 0, False
        while place < end and parts < _LONGEST_NAME:
            bits, role = self.bits[place], self.roles[place]
            if not role & Role.WORD or role & _BREAKS:
                break
            if parts and self._ends_name(start, place, end, parts, definite):
                break
            if bits & (Bit.LINK | Bit.PARTICLE) and place + 1 < end and self.roles[place + 1] & Role.WORD:
                definite = bool(bits & Bit.PARTICLE) and parts > 0
                place += 1 if bits & Bit.LINK else 2
                parts += not bits & Bit.LINK
                continue
            definite = definite or bool(bits & Bit.DEFINITE)
            place, parts = place + 1, parts + 1
        return max(place, min(start + 1, end))

    def _ends_name(self, start: int, place: int, end: int, parts: int, definite: bool) -> bool:
        """Return whether a word after some parts of a name is no part of it."""
        bits, base = self.bits[place], self.bases[place]
        if bits & Bit.ADJECTIVE:
            return parts > 1 or definite
        if bits & Bit.LINK:
            return False
        if definite or bits & (Bit.CLITIC | Bit.PREPOSITION | Bit.HONOUR | Bit.PLACE):
            return True
        if bits & Bit.HEAD:
            office = bits & Bit.OFFICE and place + 1 < self.document.size and self.bits[place + 1] & Bit.HEAD
            return bool(bits & Bit.DEFINITE or office) or not bits & (Bit.GIVEN | Bit.RANK)
        if bits & (Bit.GIVEN | Bit.PARTICLE | Bit.DEFINITE):
            return False
        if parts == 1 and (self.bits[start] & (Bit.GIVEN | Bit.PARTICLE)):
            return False
        return base.endswith(("ه", "ات")) or (base[0] in "لب" and place + 1 < end)  # فلان أهمية كذا, فلان لمناسبة كذا

    def parts(self, start: int, stop: int) -> tuple[str, ...]:
        parts: list[str] = []
        prefix = ""
        for place in range(start, stop):
            base, bits = self.bases[place], self.bits[place]
            if bits & Bit.LINK and (parts or prefix == ""):
                if parts:
                    prefix = LINKED
            elif bits & Bit.PARTICLE and place + 1 < stop:
                prefix += _FATHER if base in _FATHERS else base
            elif self.roles[place] & Role.WORD:
                parts.append(prefix + base)
                prefix = ""
        return tuple(parts)

    def _is_object(self, place: int) -> bool:
        """Return whether a word after a definite one is not of its title: استقبل العمدة ضيفه."""
        apart = not self.bits[place] and self.bits[place - 1] & Bit.DEFINITE and self.bases[place][0] not in "بلوفك"
        return bool(apart and self.roles[place] & Role.WORD and not self.roles[place] & _BREAKS)

    def goes_on(self, place: int) -> bool:
        """Return whether a word belongs to the title or first name before it: ل or ب with a noun, or a surname."""
        bits, before = self.bits[place], self.bits[place - 1]
        surname = before & Bit.GIVEN and bits & Bit.DEFINITE and not bits & _STARTS_NONE
        return bool(bits & Bit.PREPOSITION or (surname and not before & Bit.DEFINITE))

    def continues_name(self, place: int) -> bool:
        """Return whether a word may stand before another part of the same name."""
        bits = self.bits[place]
        return bool(bits & (Bit.GIVEN | Bit.PARTICLE | Bit.LINK)) and not bits & (Bit.DEFINITE | Bit.CLITIC)

    # ---------------------------------------------------------------------------------- the titles

    def title_end(self, first: int, end: int) -> int:
        """Return where a title in running text ends: with its name, or with the adjectives of its genitive."""
        start = self._name_start(first, end)
        if start < end and not any(self._is_object(place) for place in range(first + 1, start)):
            return self.name_end(start, end)
        place, inside = first, True
        while place < end and self.roles[place] & Role.WORD and not self.roles[place] & _BREAKS:
            bits = self.bits[place]
            apart = bits & (Bit.CLITIC | Bit.PREPOSITION) or not (inside or bits & Bit.DEFINITE)
            if place > first and (apart or (not inside and bits & Bit.TITLE)):
                break
            if place > first + 1 and place + 1 < end and self.bases[place + 1][0] == "ب":
                break  # الجنرال الأمريكي المكلف بكذا
            inside = inside and not bits & Bit.DEFINITE
            place += 1
        return max(place, first + 1)

    def _heads(self, places: range) -> list[Head]:
        """Return the heads of the titles in a run of tokens: a word within a genitive is none (نائب الرئيس)."""
        heads: list[Head] = []
        inside = False
        for place in places:
            bits = self.bits[place]
            if not self.roles[place] & Role.WORD or bits & Bit.HONOUR:
                inside = inside and bool(self.roles[place] & Role.WORD)
                continue
            opens = not inside and bits & (Bit.HEAD if not heads else Bit.TITLE)
            if (opens and not bits & Bit.PREPOSITION) or not heads:
                heads.append(Head(self.bases[place], bool(bits & Bit.OWN_OFFICE and not bits & Bit.DEFINITE)))
            inside = not bits & _ENDS_GENITIVE and len(self.bases[place]) > 1
        return heads
