"""What a phrase that names somebody consists of: titles, a name, the words of an organisation.

A name begins at a first name of the lexicon, after a title of rank (الدكتور فلان), or at an indefinite word after a
definite one, which no longer belongs to the title (وزير الخارجية الأمريكي جون كيري): a genitive construction ends with
its first definite noun, and adjectives agree with it (K. Ryding, A Reference Grammar of Modern Standard Arabic, 2005,
chapters 8 and 10).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from corpus_kit.news.name_words import SLAVE, Bit, NameClasses
from corpus_kit.news.reporting_verbs import Role
from corpus_kit.news.speaker_phrases import Phrase
from corpus_kit.news.speakers import Document
from corpus_kit.text.token_flags import GLUED

__all__ = ["LINKED", "Head", "NameReader", "Reading", "is_part"]

LINKED = "بن "  # before a part of a name that names the father
_LONGEST_UNKNOWN = 4  # words of a name without a word of the lexicon
_LONGEST_NAME = 7  # parts
_FEW_WORDS = 3  # of a name after a comma
_STARTS_NONE = Bit.HEAD | Bit.ADJECTIVE | Bit.HONOUR | Bit.HONORIFIC | Bit.PLACE
_ENDS_GENITIVE = Bit.DEFINITE | Bit.PLACE
_BREAKS = Role.SPEAKER_END | Role.IN | Role.FROM | Role.COMPLEMENTISER | Role.RELATIVE | Role.PARTICLE | Role.NEGATION
_NO_PART_OF_NAME = Role.OFFICE | Role.DEFINITE | Role.BODY | Role.LA | Role.IN  # after a name
_SHORT_WORD = 4  # letters
_FATHERS = ("ابي", "ابا")
_FATHER = "ابو"
_BARE_ADJECTIVES = frozenset(("احمر", "عليا", "كبري", "اعلي", "مركزي"))
_ONE_OF = frozenset(("احد", "احدي"))
_GOD = "الله"
_BLESSED = "صلي"  # صلى الله عليه وسلم
_TATWEEL = "ـ"
_NO_NAMES = Role.VERBAL_NOUN | Role.WAW
_COMPOUND = frozenset(("دين", "اسلام"))  # سيف الإسلام محمد
_PERSONS = ("ون", "ين")
_SOURCES = frozenset(("مصدر", "مصادر", "خبراء"))
_MINISTERS = frozenset(("وزراء", "علماء", "خبراء", "امراء"))
_HAPPENINGS = frozenset((
    "وقوع", "وصول", "وجود", "ورود", "وقوف", "وفاه", "وضع", "وقف", "فشل", "نجاح", "مقتل", "اصابه", "بدء", "عوده", "سقوط",
    "ظهور", "خروج", "دخول", "رفض", "قيام", "لقاء", "بيع",
))  # fmt: skip
_SCHOOLING = frozenset(("تعليم", "بتعليم"))  # مدير الإدارة بتعليم جازان
_DANGLING = frozenset(("صادر", "صادره", "تابع", "تابعه", "بالغ", "بالغه"))  # a preposition comes after them
_WITH_NEXT = frozenset((SLAVE, "ولد"))  # ولد الشيخ أحمد
_NO_PERSON = (*_PERSONS, "ات", "ه")
_ENCLOSES = Role.MARK | Role.BRACKET
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
        attached: Whether the first word has و ب ل ك before it.
        ranks: The titles of rank.
    """

    kind: str
    name: tuple[str, ...]
    heads: tuple[Head, ...]
    words: tuple[str, ...]
    definite: bool
    ranks: frozenset[str]
    attached: bool = False


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

    def __init__(self, document: Document, classes: NameClasses, speakers: Iterable[Phrase] = ()) -> None:
        """Read the words of a document; a word that speaks alone (وأضاف النجار) is no object elsewhere."""
        self.document = document
        self.classes = classes
        self.bits, self.bases = document.derived(classes.words_of)
        self.roles = document.roles
        self._alone = {
            self.bases[first] for first, end in speakers if end == first + 1 and not self.bits[first] & _STARTS_NONE
        }

    def read(self, first: int, end: int) -> Reading:
        """Return the parts of the phrase of the tokens first to end."""
        end, start, stop = self._name_within(first, end)
        before = range(first, start if start < end else self.core_end(first, end))
        title = next((place for place in range(stop, end) if self.bits[place] & Bit.TITLE), end) if stop < end else end
        after = range(title, end)
        heads = (*self._heads(before), *self._heads(after))
        outside = [*before, *after]
        words = tuple([self.bases[place] for place in outside if self.roles[place] & Role.WORD])
        ranks = frozenset([self.bases[place] for place in outside if self._is_rank(place)])
        bits, kind = self.bits[first], self._kind(first, start, stop, end)
        definite, attached = bool(bits & Bit.DEFINITE), bool(bits & Bit.CLITIC or self.roles[first] & Role.PREPOSED)
        return Reading(kind, self.parts(start, stop), heads, words, definite, ranks, attached)

    def kind(self, first: int, end: int) -> str:
        """Return the kind of a phrase, as in its `Reading`."""
        end, start, stop = self._name_within(first, end)
        return self._kind(first, start, stop, end)

    def _name_within(self, first: int, end: int) -> tuple[int, int, int]:
        """Return the end of a phrase without نفسه, and where its name begins and ends."""
        while end > first + 1 and self.roles[end - 1] & Role.SELF:  # الوزير نفسه
            end -= 1
        start = self._name_start(first, end)
        return end, start, self.name_end(start, end) if start < end else end

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
        if stop < end and self.roles[stop] & Role.COMMA:  # فلان، وزير كذا
            return True
        if stop - first > 1 and self._is_title(stop, end):
            return True
        if end - first > _LONGEST_UNKNOWN or stop < end:
            return False
        return self.bases[first][-1] != "ه" and not self.bits[first] & (Bit.CLITIC | Bit.PREPOSITION)

    def _is_title(self, stop: int, end: int) -> bool:
        return stop < end and bool(self.bits[stop] & Bit.HEAD)

    def core_end(self, first: int, end: int) -> int:
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

    def agrees(self, place: int) -> bool:
        """Return whether a word is an adjective with the article after a definite noun."""
        bits, words = self.bits[place], Bit.DEFINITE | Bit.CLITIC
        return bits & words == Bit.DEFINITE and self._like_adjective(place) and bool(self.roles[place] & Role.WORD)

    def _like_adjective(self, place: int) -> bool:
        base, bits = self.bases[place], self.bits[place]
        return bool(bits & Bit.DEFINITE and (base[-1] in "يه" or base in _BARE_ADJECTIVES)) or base[0] in "لب"

    # --------------------------------------------------------------------------------- its surplus

    def extent(self, first: int, end: int, *, surname: bool = False) -> int:
        """Return where a phrase ends that may run on into an object, an adverb, a verb or another name.

        After a name or a definite word it goes on with a title, an adjective, a preposition, and what و joins. With
        `surname` its first word is known to be a name, not a common noun.
        """
        if end == first + 1:
            return end
        start = self._name_start(first, end)
        stop = self.name_end(start, end) if start < end else first + 1
        if start == first and not self._may_be_name(first, stop, end):
            return end
        common = start == first and self.bits[first] == Bit.DEFINITE and not surname  # التقارير looks like النجار
        named = start < end and not common
        for place in range(first + 1, start if named else first):
            if self.roles[place] & Role.COMMA and not self._opens_apposition(first, place + 1, end):
                return place
        place = stop
        while place < end:
            role = self.roles[place]
            if role & (Role.COMMA | Role.DASH):
                glued = self.document.flags[place] & self.document.flags[min(place + 1, end - 1)] & GLUED
                if not glued and not self._opens_apposition(first, place + 1, end):
                    break
                place += 2
            elif role & _ENCLOSES:
                place = next((each + 1 for each in range(place + 1, end) if self.roles[each] & _ENCLOSES), end)
            elif not role & Role.WORD or self._belongs(first, place, named=named and place == stop):
                place += 1
            else:
                break
        while place > stop and self._dangles(place - 1):
            place -= 1
        return place

    def subject_end(self, first: int, end: int) -> int:
        """Return where a subject ends before the object of its verb: where `extent` stops, if an object begins there.

        Unknown words after a name may be more of it (فلان بن فلان | شالوالة), and are left.
        """
        mark = next((place for place in range(first, end) if self.roles[place] & Role.MARK), end)
        bare = (place for place in range(first + 1, mark) if self._is_accusative(first, place, end))
        end = next(bare, end)
        stop = self.extent(first, end)
        if stop == end and self._speaks_alone(first, end) and self._begins_object(first + 1, end):
            return first + 1  # هادي | التهنئة
        before, lead = self.roles[stop - 1], self.roles[max(stop - 2, first)]
        family = before & Role.FAMILY and not lead & Role.DEFINITE
        whole = before & Role.DEFINITE and (family or not self.roles[first] & Role.OFFICE)
        if stop < end and self.roles[stop] & Role.COMMA and not self.roles[first] & Role.OFFICE:
            return stop
        for place in range(stop, end):
            if self._begins_object(place, end):
                return stop if whole else place
            if self.roles[place] & _NO_PART_OF_NAME or not self.roles[place] & Role.WORD:
                break
        return end

    def _is_accusative(self, first: int, place: int, end: int) -> bool:
        """Return whether a word after a subject is an accusative: by its form, or as its adjective shows (بيانا قويا).

        Names of women may end so, two words of them too.
        """
        role = self.roles[place]
        if role & (Role.DEFINITE | Role.OFFICE | Role.SELF | Role.QUANTITY) or not role & Role.WORD:
            return False
        ending = all(len(base) > _SHORT_WORD and base[-1] == "ا" for base in self.bases[place : place + 2])
        both = ending and place + 1 < end and not self.roles[first] & Role.FEMININE
        return bool(role & (Role.TANWIN | Role.ACCUSATIVE) or both)

    def _speaks_alone(self, first: int, end: int) -> bool:
        """Return whether a phrase begins with a word that is the whole name of a speaker elsewhere."""
        if end == first + 1 or self.bits[first] & _STARTS_NONE or self.roles[first] & (Role.OFFICE | Role.BODY):
            return False
        return self.document.words[first] in self._lone_speakers

    @cached_property
    def _lone_speakers(self) -> frozenset[int]:
        speakers = (report.speaker for report in self.document.reports)
        return frozenset(self.document.words[first] for first, end in speakers if end == first + 1)

    def _begins_object(self, place: int, end: int) -> bool:
        """Return whether a word after a name or title is no name: by its form, or since it has a genitive."""
        role, before, lead = self.roles[place], self.roles[place - 1], self.roles[max(place - 2, 0)]
        after = self.roles[place + 1] if place + 1 < end else 0
        definite = role & Role.DEFINITE
        if role & (Role.MASCULINE_NAME | Role.FIRST_NAME | Role.SELF | Role.LA) or not role & Role.WORD:
            return False
        if before & (Role.IN | Role.OF | Role.FROM | Role.ON | Role.TO):
            return False
        if role & (Role.OBLIQUE | Role.OBJECT | Role.SPEECH_NOUN | Role.OUTCOME):
            return True
        bare = role & (Role.FEMININE_VERB | Role.VERBAL_NOUN | Role.LIKE_VERB)
        bare = bare and not (definite or role & Role.PREPOSED_NOUN)
        if self.document.form[place] >= 0 or bare:
            return True
        whole = not before & Role.DEFINITE or (before & Role.FAMILY and not lead & Role.DEFINITE)
        if role & Role.OFFICE or after & Role.OFFICE:
            return False
        if definite:
            differs = before & Role.FEMININE if before & Role.DEFINITE else role & Role.FEMININE
            other = differs and (role ^ before) & Role.FEMININE and not role & (Role.FAMILY | Role.PERSONS)
            genitive = after & Role.DEFINITE and not role & (Role.PERSONS | Role.NISBA)
            return bool(role & Role.BODY or other or genitive)
        if role & Role.PREPOSED_NOUN and (role & Role.FEMININE or self.bits[place] & Bit.PLACE):
            return True
        family = after & Role.FAMILY and not after & Role.BODY
        genitive = after & Role.DEFINITE and not family and not after & Role.ACCUSATIVE
        placed = self.bits[place] & Bit.PLACE and (whole or before & Role.FAMILY)  # الرئيس التونسي | أوروبا
        return bool(placed or (whole and (genitive or role & Role.BODY)))

    def _dangles(self, place: int) -> bool:
        """Return whether the last word of a phrase needs another one: رئيس الحكومة ووزير, تقرير المجلس الصادر."""
        bits = self.bits[place]
        joined = bits & Bit.CLITIC and bits & Bit.HEAD and not bits & (Bit.DEFINITE | Bit.PREPOSITION)
        return bool(joined or (bits & Bit.DEFINITE and self.bases[place] in _DANGLING))

    def _opens_apposition(self, first: int, place: int, end: int) -> bool:
        """Return whether a title, a preposition or a name of few words follows a comma within a phrase."""
        if place >= end or self.document.form_is_verb(place):
            return False
        if self.bits[place] & Bit.UNNAMED:
            return self.bases[place] in _ONE_OF
        if self.bits[place] & (_STARTS_NONE | Bit.GIVEN) or self.roles[place] & _BREAKS:
            return True
        name = self.bits[first] & Bit.TITLE and self.bits[place - 2] & _ENDS_GENITIVE and end - place <= _FEW_WORDS
        return not self.roles[place] & Role.WORD or (bool(name) and self.name_end(place, end) == end)

    def _belongs(self, first: int, place: int, *, named: bool) -> bool:
        """Return whether a word belongs to the phrase before it; `named` directly after a name."""
        bits, role, base, before = self.bits[place], self.roles[place], self.bases[place], self.bits[place - 1]
        if base in self._alone or base[0] == _TATWEEL:  # التقرير الـ51
            return True
        if role & (Role.TANWIN | Role.ACCUSATIVE):  # تفاؤلا
            return False
        if named:
            return self._follows_name(place)
        if self._is_announced(first, place):
            return False
        if bits & (_STARTS_NONE & ~(Bit.UNNAMED | Bit.PLACE)) or role & _BREAKS:
            return True
        if not before & _ENDS_GENITIVE or bits & (Bit.CLITIC | Bit.PREPOSITION | Bit.GIVEN | Bit.PARTICLE):
            return True
        if bits & Bit.DEFINITE:
            persons = place < first + 3 and self.bits[first] & Bit.UNNAMED and self.bases[first].endswith(_PERSONS)
            qualified = not before & Bit.DEFINITE or self._is_adjective(place - 1)  # جامعة تبوك | القبول
            agrees = not qualified or base[-1] in "يه" or base[0] == "م" or base in _BARE_ADJECTIVES
            return not base.endswith("ات") and bool(agrees) and not (persons and base[-1] == "ه")
        if base[0] in "لبو":
            return True
        of_body = not before & Bit.DEFINITE and self.bits[place - 2] & Bit.ORGANISATION  # صحيفة واشنطن تايمز
        return bool(before & Bit.RANK or of_body) and not base.endswith(("ه", "ات"))

    def _is_adjective(self, place: int) -> bool:
        """Return whether a word is an adjective of the one before it: الشؤون | الإنسانية, not مركز | الحي."""
        adjective = self.bits[place] & Bit.ADJECTIVE or self.bases[place].endswith("يه")
        return bool(adjective and self.bits[place - 1] & Bit.DEFINITE)

    def _is_announced(self, first: int, place: int) -> bool:
        """Return whether a word is what a body or a source announces, or to whom it speaks."""
        bits, base, before = self.bits[place], self.bases[place], self.bits[place - 1]
        source = self.bits[first] & Bit.UNNAMED and (
            self.bases[first] in _SOURCES or self.bases[first].endswith(_PERSONS)
        )
        if bits & Bit.PREPOSITION and self.roles[place] & Role.LA:  # دول الخليج | لوزير كذا, خبراء | لصحيفة كذا
            return bool(
                (bits & Bit.TITLE and not bits & Bit.COMMON and before & _ENDS_GENITIVE)
                or (bits & Bit.ORGANISATION and source)
            )
        happens = self.roles[place] & Role.VERBAL_NOUN or base in _HAPPENINGS or (base[:2] == "ان" and base[4:5] == "ا")
        plain = not bits & (Bit.CLITIC | Bit.DEFINITE | Bit.GIVEN) and base not in _SCHOOLING
        if happens and plain:  # مصدر مطلع | إقرار كذا
            qualified = source and place > first + 1 and not self.roles[place - 1] & _BREAKS
            return bool(qualified or before & _ENDS_GENITIVE)
        minister = self.bases[place - 1] in _MINISTERS and self.bases[first][-1] != "ه"  # مجلس الوزراء | الموافقة
        return minister and base[-1] == "ه" and not bits & Bit.CLITIC

    def _follows_name(self, place: int) -> bool:
        """Return whether a word after a name belongs to its phrase: a title, an adjective, a preposition."""
        bits, role, base = self.bits[place], self.roles[place], self.bases[place]
        if bits & Bit.PREPOSITION or role & Role.PREPOSED:
            return bool(bits & Bit.ORGANISATION) and not role & Role.LA
        if role & Role.WEEKDAY:  # محمد الخميس, but محمود عباس الجمعة
            return bool(self.bits[place - 1] & Bit.GIVEN and not self.bits[place - 2] & Bit.GIVEN)
        if bits & Bit.DEFINITE and not bits & Bit.TITLE:  # المتخصص, الجامعي, but الجمعة, السلطة, المسلمين
            like = base[0] == "م" or base[-1] == "ي"
            return bool(bits & Bit.ADJECTIVE) or (like and not bits & Bit.CLITIC and not base.endswith(_NO_PERSON))
        return bool(bits & (Bit.TITLE | Bit.HONOUR | Bit.ADJECTIVE) or role & _BREAKS) or base == "احد"

    # ------------------------------------------------------------------------------------- the name

    def _name_start(self, first: int, end: int) -> int:
        """Return where the name begins, or `end`."""
        bits = self.bits[first]
        unnamed = (
            bits & Bit.UNNAMED and not (bits & Bit.TITLE and bits & Bit.DEFINITE) and self.bases[first] not in _ONE_OF
        )
        if unnamed or (bits & Bit.ORGANISATION and not (bits & Bit.RANK and bits & Bit.DEFINITE)):
            return end
        if not bits & (_STARTS_NONE | Bit.DEFINITE) or self._is_given(first, end):
            return first
        if end == first + 2 and bits & Bit.TITLE and bits & Bit.DEFINITE and self._is_surname(first + 1):
            return first + 1
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

    def _is_surname(self, place: int) -> bool:
        """Return whether a word after a title (المدرب النجار) speaks alone elsewhere, or is after a first name."""
        base = self.bases[place]
        return self.bits[place] == Bit.DEFINITE and (base in self._alone or base in self._given_before)

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
        if bits & (Bit.CLITIC | Bit.PREPOSITION) or self.roles[place] & (_BREAKS | Role.TANWIN | Role.ADVERB):
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
        if rank and bits & Bit.DEFINITE:  # العميد البحري عبدالله
            given = place + 1 < end and self.bits[place + 1] & Bit.GIVEN and not self.bits[place + 1] & Bit.DEFINITE
            return not (given or self.roles[place] & Role.LA)
        if rank and left & Bit.ORGANISATION:  # الفريق أربع مواجهات
            return not self.roles[place] & (Role.NUMBER | Role.POSSESSED) and self.bases[place][-1] != "ه"
        if rank:
            return True
        return bool(left & _ENDS_GENITIVE) and self._unknown_name(place, first, end)

    def _unknown_name(self, place: int, first: int, end: int) -> bool:
        """Return whether the word after a title may begin a name that the lexicon does not have."""
        base = self.bases[place]
        if self.roles[place - 1] & _ENCLOSES or self.document.form_is_verb(place):
            return False
        woman = self.bases[first][-1] == "ه" and place + 2 == end and self.bits[place + 1] & Bit.DEFINITE
        if (
            self.bits[place]
            or base[0] in "لب"
            or (base.endswith(("ه", "ات")) and not woman)
            or self.roles[place] & _NO_NAMES
        ):
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
            if parts > 1 and bits & Bit.PARTICLE and (place + 1 >= end or not self.roles[place + 1] & Role.WORD):
                break
            if bits & (Bit.LINK | Bit.PARTICLE) and place + 1 < end and self.roles[place + 1] & Role.WORD:
                definite = bool(bits & Bit.PARTICLE) and parts > 0 and self.bases[place] not in _WITH_NEXT
                place += 1 if bits & Bit.LINK else 2
                parts += not bits & Bit.LINK
                continue
            definite = (definite or bool(bits & Bit.DEFINITE)) and self.bases[place] not in _COMPOUND
            place, parts = place + 1, parts + 1
        return max(place, min(start + 1, end))

    def _ends_name(self, start: int, place: int, end: int, parts: int, definite: bool) -> bool:
        """Return whether a word after some parts of a name is no part of it."""
        bits, role, base = self.bits[place], self.roles[place], self.bases[place]
        if parts > 1 and self.bases[place - 1] in self._alone and not bits & (Bit.GIVEN | Bit.PARTICLE | Bit.LINK):
            return True
        family = not bits & ~Bit.DEFINITE  # الخازم الغامدي
        if base == _GOD or self.bits[place - 1] & Bit.LINK or (family and base in self._alone):
            return False
        if bits & Bit.ADJECTIVE:
            return parts > 1 or definite
        if bits & Bit.LINK:
            return False
        if definite or bits & (Bit.CLITIC | Bit.PREPOSITION | Bit.HONOUR | Bit.PLACE):
            return True
        if bits & Bit.HEAD:
            after = self.bits[place + 1] if place + 1 < self.document.size else 0
            office = bits & Bit.OFFICE or not bits & Bit.GIVEN
            return bool(bits & Bit.DEFINITE or (office and after & Bit.HEAD)) or not bits & (Bit.GIVEN | Bit.RANK)
        if (role & Role.VERBAL_NOUN and not bits & Bit.GIVEN) or base == _BLESSED:
            return True  # فلان اغتيال كذا
        if bits & Bit.DEFINITE and base in _DANGLING:
            return True
        if parts > 1 and not bits and self._like_verb(place, end):
            return True  # فلان الفلاني سيصل
        if parts > 2 and bits & Bit.DEFINITE and base.endswith(("يات", "ون")):
            return True  # فلان الفلاني الميليشيات
        if bits & (Bit.GIVEN | Bit.PARTICLE | Bit.DEFINITE):
            return False
        if parts == 1 and (self.bits[start] & (Bit.GIVEN | Bit.PARTICLE)):
            return False
        if parts > 1 and base.endswith("اء"):  # فلان الفلاني أعضاء المجلس
            return True
        return base.endswith(("ه", "ات")) or (base[0] in "لب" and place + 1 < end)  # فلان أهمية كذا, فلان لمناسبة كذا

    def _like_verb(self, place: int, end: int) -> bool:
        """Return whether a word that no lexicon has is an imperfect, by its letters and the noun after it."""
        base = self.bases[place]
        after = self.bits[place + 1] if place + 1 < end else 0
        noun = after & (Bit.DEFINITE | Bit.PLACE) and not after & Bit.TITLE
        return len(base) > 3 and (base.startswith(("سي", "ست")) or (base[0] in "يت" and bool(noun)))

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

    def begins_full_name(self, first: int) -> bool:
        """Return whether a first name in running text has another part of a name after it (محمد سالم, محمد النجار)."""
        place = first + 1
        if place >= self.document.size or self.bits[first] & (Bit.CLITIC | Bit.DEFINITE):
            return False
        bits, role = self.bits[place], self.roles[place]
        if not role & Role.WORD or role & _BREAKS or self.document.begins_sentence(place):
            return False
        if bits & (Bit.GIVEN | Bit.LINK | Bit.PARTICLE):
            return not bits & Bit.CLITIC
        if bits & ~Bit.DEFINITE or role & _NO_NAMES:
            return False
        return bool(bits) or len(self._given_before[self.bases[place]]) > 1

    @cached_property
    def _given_before(self) -> dict[str, set[str]]:
        """The first names before each word: two of them make it a name of a family."""
        before: dict[str, set[str]] = defaultdict(set)
        for place, bits in enumerate(self.bits[:-1]):
            if bits & Bit.GIVEN:
                before[self.bases[place + 1]].add(self.bases[place])
        return before

    def is_known(self, name: tuple[str, ...], first: int, end: int) -> bool:
        """Return whether a name in running text is sure to be one: a word of the lexicon, after a rank, or repeated."""
        lexical = Bit.GIVEN | Bit.PARTICLE | Bit.LINK
        if any(self.bits[place] & lexical or self.bits[place - 1] & Bit.RANK for place in range(first + 1, end)):
            return True
        counts = self.document.derived(self.classes.counts_of)
        return any(counts[part] > 1 for part in name)

    def is_generic(self, first: int, end: int) -> bool:
        """Return whether a phrase has nothing definite: زعيم حرب is not the leader of whom the text speaks."""
        return not any(bits & _ENDS_GENITIVE for bits in self.bits[first:end])

    def continues(self, place: int, words: set[str]) -> bool:
        """Return whether a word goes on with a phrase as its fuller form does: عميد القبول | والتسجيل."""
        role = self.roles[place]
        return bool(role & Role.WORD and self.bases[place] in words and not role & _BREAKS)

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
            inner = place > first + 1 and not bits & (Bit.CLITIC | Bit.DEFINITE)
            if inner and self._names_organisation(place, place - 1, first):  # مركز الملك سلمان
                place = self.name_end(place, end)
                continue
            apart = bits & (Bit.CLITIC | Bit.PREPOSITION) or not (inside or bits & Bit.DEFINITE)
            if place > first and (apart or (not inside and bits & Bit.TITLE)):
                break
            after = self.bits[place + 1] if place + 1 < end else Bit.DEFINITE
            if place > first + 1 and not after & Bit.DEFINITE and self.bases[place + 1][0] == "ب":
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
