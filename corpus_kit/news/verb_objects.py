"""What a verb governs besides its subject: where an object or a clause begins within the words after the verb.

A genitive ends with its first definite noun, and a name after a title begins with an indefinite word (K. Ryding, A
Reference Grammar of Modern Standard Arabic, 2005, chapters 8 and 10); what follows both is no part of the subject.
"""

from __future__ import annotations

from corpus_kit.news.document_words import SHORT_NAME, DocumentWords
from corpus_kit.news.reporting_verbs import Role

__all__ = ["ENDS", "GOES_ON", "NOT_FIRST", "PREPOSITION", "VerbObjects"]

_LONGEST_OFFICE = 10  # tokens between an office and the في or ب that leads on to its body
_NEAR_OFFICE = 4  # tokens between an office and the في or ب that follows it
ENDS = Role.COLON | Role.STOP | Role.BRACKET | Role.COMPLEMENTISER | Role.SAYING | Role.RELATIVE | Role.SPEAKER_END
NOT_FIRST = (
    Role.OBJECT | Role.OUTCOME | Role.NEGATION | Role.PARTICLE | Role.IN | Role.ADVERB | Role.TANWIN | Role.JOINED
    | Role.AS_FOR
)  # fmt: skip
_NOT_NAMES = ENDS | NOT_FIRST | Role.OFFICE
_GOD = Role.OBJECT | Role.MASCULINE_NAME | Role.DEFINITE  # الله
# what a lone name is not
_COMMON = (
    Role.OFFICE | Role.BODY | Role.KIN | Role.PLURAL | Role.DEFINITE | Role.MANY | Role.OCCASION | Role.TITLE
    | Role.ENVOY | Role.QUANTITY | Role.FIRST_NAME | Role.FEMININE
)  # fmt: skip
# what may follow the definite noun that ends a genitive, where no name follows
GOES_ON = Role.DEFINITE | Role.WAW | Role.BODY | Role.LA | Role.SPEAKER_END | Role.IN | Role.SELF | Role.OFFICE
_HEADS = Role.OFFICE | Role.WAW_NOUN  # what a preposition may belong to
_IN_GENITIVE = (
    Role.DEFINITE | Role.OFFICE | Role.BODY | Role.PREPOSED | Role.ONWARD | Role.IN | Role.TO_BODY | Role.LA | Role.WAW
)  # fmt: skip
PREPOSITION = Role.IN | Role.OF | Role.FROM | Role.ON | Role.TO | Role.ONWARD


class VerbObjects(DocumentWords):
    """A document in which objects are told from the subject that stands before them."""

    __slots__ = ()

    def _describes_as(self, verb: int, open_: int) -> bool:
        """Return whether marks hold what a verb calls its object, or the object (اعتبره «انتصارا»، وصف «كذا» بأنه).

        In وصفته «النصرة» بأنه and اعتبرت «النصرة» أن they hold the subject.
        """
        form, after = self.verb_form(verb), self.opens[open_] + 1
        if form is None or "describes" not in form.flags:
            return False
        follows = self.roles[after] if after < self.size else 0
        if form.has_object:
            return not follows & (Role.BA | Role.ONWARD | Role.COMPLEMENTISER)
        return bool(follows & Role.BY)

    def _before_described(self, first: int, end: int, limit: int, verb: int) -> int:
        """Return the end of the phrase without what somebody describes (وصف الوزير فلان | الاتفاق النووي بأنه)."""
        form = self.verb_form(verb)
        if form is None or form.has_object or "describes" not in form.flags or end >= limit:
            return end
        by = Role.BA | Role.ONWARD
        if "أن" not in form.frames and end - first > 2:  # وصف نادي الوادي | الاتفاق بعبارة كذا
            by |= Role.PREPOSED_NOUN
        if not self.roles[end] & by or self.roles[end] & (Role.SPEAKER_END | Role.ONWARD) == Role.SPEAKER_END:
            return end
        alone = not self.roles[first] & _COMMON  # وصف فلان | تصريحات كذا
        for place in range(first + 1 + (not alone), end):
            role, before = self.roles[place], self.roles[place - 1]
            thing = role & (Role.FEMININE | Role.TITLE | Role.OCCASION) and not role & (
                Role.DEFINITE | Role.OFFICE | Role.MASCULINE_NAME | Role.PREPOSED | Role.WAW
            )
            if thing and not (before & (Role.OFFICE | Role.BODY) and not before & Role.DEFINITE):
                return place
        if not self.roles[end - 1] & Role.DEFINITE:
            return end
        adjective = self.roles[end - 1] & (Role.FAMILY | Role.NISBA) and self.roles[end - 2] & Role.DEFINITE
        trimmed = end - 2 if adjective and end - first > 2 else end - 1
        return trimmed if trimmed > first and not self._needs_genitive(trimmed - 1) else end

    def _before_accused(self, first: int, end: int, limit: int, verb: int) -> int:
        """Return the end of the phrase without whom somebody accuses (اتهم الوزير فلان | رئيس الحزب فلان بأنه).

        The object is between the subject and ب: it begins with the first office or body after a name, or is a lone
        name at the end after one (اتهم الوزير فلان الفلاني | إسرائيل بكذا).
        """
        form = self.verb_form(verb)
        if form is None or form.has_object or not form.frames < {"ب", "على", ":"} or not self._takes_objects(verb):
            return end
        if "describes" in form.flags:
            return end
        if end >= limit or not self.roles[end] & (Role.BY | Role.BA | Role.PREPOSED_NOUN | Role.ON):
            return end
        heads = Role.OFFICE | Role.BODY | Role.KIN
        for place in range(first + 1, end):
            role, before = self.roles[place], self.roles[place - 1]
            if (
                role & heads
                and not role & (Role.WAW | Role.NISBA)
                and not before & (heads & ~Role.DEFINITE | Role.COMMA | Role.IN)
            ):
                named = before & Role.DEFINITE or self._office_before(first, place) is None
                if named and not (before & Role.DEFINITE and role & Role.DEFINITE and role & Role.OFFICE):
                    return place
        last = self.roles[end - 1]
        plain = all(role & Role.WORD and not role & (heads | Role.DEFINITE) for role in self.roles[end - 2 : end])
        return end - 1 if end - first > SHORT_NAME and plain and not last & Role.FIRST_NAME else end

    def _before_clause(self, first: int, end: int) -> int:
        """Return the end of an indefinite phrase without the verb that describes it (دراسة حديثة | شملت كذا)."""
        head = self.roles[first]
        person = head & Role.OFFICE and not head & Role.PLURAL
        kinds = Role.FEMININE | Role.PLURAL | Role.ENVOY | Role.OCCASION
        if not head & kinds or person or head & (Role.DEFINITE | Role.BODY):
            return end
        for place in range(first + 1, end):
            role, before = self.roles[place], self.roles[place - 1]
            after = self.roles[min(place + 1, self.size - 1)]
            if (before | role) & Role.DEFINITE or role & PREPOSITION:
                break
            if after & Role.PRONOUN and place == first + 1 and not role & Role.FEMININE:
                return place  # دراسة قام بها باحثون
            if role & (Role.FEMININE_VERB | Role.FEMININE) == Role.FEMININE_VERB:
                follows = after & (Role.POSSESSED | Role.NUMBER | PREPOSITION)
                if follows if place == first + 1 else before & Role.FEMININE:
                    return place
        return end

    def _is_addressed(self, first: int, token: int) -> bool:
        """Return whether a definite noun can only be the object: no name and no genitive goes on with it.

        That is one after an indefinite person with what describes him (أبلغ مصدر مطلع | الصحيفة), any after a family
        name in ي, and a feminine one after another whole name (دعا الوزير سامي النجار | البلديات).
        """
        role, before, given = self.roles[token], self.roles[token - 1], self.roles[token - 2]
        if not role & Role.DEFINITE or role & (Role.FAMILY | Role.PREPOSED | Role.WAW | Role.OFFICE | Role.NISBA):
            return False
        persons = Role.OFFICE | Role.BODY | Role.KIN | Role.PLURAL
        if token == first + 1 and before & Role.FAMILY:
            return not before & persons and not role & Role.PARTICIPLE  # وصف المالكي | البرنامج
        after = self.roles[min(token + 1, self.size - 1)]
        if role & Role.BODY or after & Role.DEFINITE:  # طالب عباس | الولايات المتحدة
            common = persons | Role.DEFINITE | Role.MANY | Role.OCCASION | Role.TITLE | Role.ENVOY
            plain = not any(each & common for each in self.roles[first:token])
            if plain and (self.roles[first] & Role.FIRST_NAME or self._spoke_before(first)):
                return bool(role & (Role.BODY | Role.FEMININE)) or (token > first + 1 and bool(after & Role.FAMILY))
        if token == first + 1:
            return not before & _COMMON and self._spoke_before(first)  # أبلغ بوتين | الحضور
        if before & Role.ENVOY and not (before | given) & Role.DEFINITE:
            return token == first + 2 and bool(given & Role.OFFICE) and not before & Role.OFFICE
        if given & (Role.DEFINITE | Role.OFFICE | Role.BODY) or not given & Role.WORD or not before & Role.DEFINITE:
            return False
        apart = before & Role.FAMILY or role & Role.FEMININE
        return bool(apart) and not role & Role.PARTICIPLE and self._office_before(first, token) is None

    def _needs_genitive(self, token: int) -> bool:
        """Return whether an indefinite office or body needs the word after it (رئيس الحكومة)."""
        role = self.roles[token]
        return bool(role & (Role.OFFICE | Role.BODY | Role.WAW_NOUN)) and not role & (Role.DEFINITE | Role.JOINED)

    def _is_object(self, verb: int, first: int, end: int) -> bool:
        """Return whether the noun after a verb is its object: of any verb an accusative (شهد تسارعا) or a verbal noun.

        Also one definite noun after a verb with objects (انتقدت التحرش). A subject is a person by office, a body, a
        family name in ي, or a noun that agrees with a feminine verb.
        """
        form, role = self.verb_form(verb), self.roles[first]
        if form is not None and form.lemma == "سأل" and role & Role.HONORIFIC and role & Role.OWN:
            return True  # وسأله سبحانه أن
        if form is None or form.has_object or form.gender == "p":
            return False
        persons = Role.OFFICE | Role.BODY | Role.PLURAL | Role.KIN | Role.QUANTITY
        if role & Role.ACCUSATIVE and not role & persons and form.gender == "m" and "quotative" not in form.flags:
            dual = first + 1 < self.size and self.roles[first + 1] & Role.DEFINITE  # أكد وزيرا الداخلية
            return not dual  # شهد تسارعا
        if role & Role.BARE_VERBAL_NOUN and form.gender == "m" and "needs" not in form.flags:
            return True  # أعلن اكتمال كذا
        if "transitive" not in form.flags or "quotative" in form.flags:  # what one says has no noun of its own
            return False
        if role & Role.OBLIQUE:
            return True  # نصح المسلمين
        if form.gender == "f" and end - first > 1 and role & Role.DEFINITE and not role & (persons | Role.FEMININE):
            return bool(self.roles[first + 1] & Role.FAMILY)  # دعت الشعب الأمريكي: its adjective is masculine
        if end < self.size and self.roles[end] & (Role.VERBAL_NOUN | Role.THOSE | Role.OBJECT | Role.OUTCOME):
            return False  # the object follows (نصح الشيخ | المسلمين)
        if end < self.size and self.roles[end] & Role.BODY and self.roles[end] & Role.DEFINITE:
            return False  # دعا البيان | الحكومة
        alone = end - first == 1 or self.roles[first + 1] & Role.LA  # دعا الجميع لحضور كذا
        if not alone or not role & Role.DEFINITE or role & persons:
            return False
        if form.gender == "m" and role & (Role.MANY | Role.THOSE | Role.PERSONS) == Role.MANY:
            return False  # طالب المحاميان: a nominative
        agrees = bool(role & (Role.FEMININE | Role.FAMILY)) if form.gender == "f" else bool(role & Role.FAMILY)
        return not agrees and not self._spoke_before(first)

    def _spoke_before(self, token: int) -> bool:
        """Return whether a word has been the end of a name before, after an office or a reporting verb."""
        words, word = self.words, self.words[token]
        place = words.index(word)
        while place < token:
            if self._is_named(place) and not self.roles[place + 1] & Role.DEFINITE:
                return True
            place = words.index(word, place + 1)
        return False

    def _is_named(self, token: int) -> bool:
        """Return whether a word may be a name, after a reporting verb or shortly after an office."""
        if not token or self.form[token] >= 0 or self.roles[token] & _NOT_NAMES:
            return False
        near = self.roles[max(0, token - _NEAR_OFFICE) : token]
        return self.form[token - 1] >= 0 or any(role & Role.OFFICE for role in near)

    def _takes_objects(self, verb: int | None) -> bool:
        """Return whether a verb has a person as its object (نصح، أبلغ)."""
        form = self.verb_form(verb) if verb is not None else None
        return form is not None and "transitive" in form.flags and "quotative" not in form.flags

    def _takes_by(self, verb: int | None) -> bool:
        """Return whether a verb has an object with ب (أشاد بكذا, طالب بكذا)."""
        form = self.verb_form(verb) if verb is not None else None
        if form is None or "quotative" in form.flags:
            return False
        return "by" in form.flags or ("transitive" in form.flags and "ب" in form.frames)

    def _is_object_here(self, first: int, token: int, verb: int | None) -> bool:
        """Return whether a noun after the subject is what it announces, stresses or describes."""
        role, before = self.roles[token], self.roles[token - 1]
        if self._takes_by(verb) and self._is_object_with_by(first, token):
            return True
        if role & Role.OUTCOME and self.roles[min(token + 1, self.size - 1)] & _GOD != _GOD:  # but فتح الله
            return self._is_outcome(first, token)
        accusative = role & (Role.ACCUSATIVE | Role.DEFINITE) == Role.ACCUSATIVE  # but اليسا
        if accusative and before & Role.DEFINITE and not self.roles[first] & Role.FEMININE:
            return True  # أبدى المدير | تفاؤلا
        if before & Role.DEFINITE and not before & Role.ENVOY and not role & Role.OFFICE:
            # a genitive ends with its first definite noun: أعلن مجلس الإدارة | اعتماد كذا, نصح الشيخ | المسلمين
            these = role & Role.THOSE and not self.roles[first] & Role.QUANTITY  # بعض القادة الدينيين
            persons = these or (role & Role.BODY and not role & (Role.PREPOSED | Role.PREPOSED_NOUN | Role.NISBA))
            announced = role & Role.VERBAL_NOUN and not role & Role.BODY
            by = role & (Role.PREPOSED_NOUN | Role.DEFINITE | Role.FIRST_NAME) == Role.PREPOSED_NOUN
            if announced and not by and not before & Role.LA:  # but لائحة الاتهام after ل
                return True
            if persons and self._takes_objects(verb):
                return True
        bare = role & Role.VERBAL_NOUN and not role & (Role.DEFINITE | Role.BODY | Role.PREPOSED_NOUN)
        named = token > first + 1 and not before & (GOES_ON | Role.PREPOSED | Role.PREPOSED_NOUN)
        if bare and named and self.roles[token - 2] & Role.DEFINITE:
            return True  # رفض الناطق باسم الوزارة فلان | اعتبار كذا
        if role & Role.PREPOSED_NOUN and role & Role.POSSESSED and not role & Role.OFFICE:
            return not (role & Role.ONWARD and before & Role.OFFICE)  # فلانة | بصوتها, but الناطق باسمها فلان
        if role & Role.OBJECT and role & Role.DEFINITE and not role & Role.POSSESSED:  # but التزامها
            named = token > first + 1 and not before & (Role.LA | Role.PREPOSED_NOUN | Role.FEMININE)
            named = named and self._office_before(first, token) is None  # نفى فلان الفلاني | الأنباء
            return (self._takes_objects(verb) or named) and not role & Role.MASCULINE_NAME  # عبد الله
        if role & Role.POSSESSED and not role & (Role.OBJECT | Role.DEFINITE | Role.OFFICE):
            if before & (Role.OFFICE | Role.BODY) and not before & Role.DEFINITE:
                return False  # رئيس مجلس إدارتها
            if before & (Role.FIRST_NAME | Role.MASCULINE_NAME):
                return False  # أسامة فلاته
            return token > first + 1 or bool(before & Role.DEFINITE)  # but أحد منظميها
        letter = role & Role.LETTER and before & (Role.BODY | Role.DEFINITE) == Role.BODY  # شركة إي بي سي
        return bool(role & Role.OBJECT) and not (role & Role.MASCULINE_NAME or letter)  # عبد ربه

    def _is_object_with_by(self, first: int, token: int) -> bool:
        """Return whether a word with ب is the object of a verb that takes it, and no place or name (بجدة، بوتين)."""
        role, before, after = self.roles[token], self.roles[token - 1], self.roles[min(token + 1, self.size - 1)]
        if not role & Role.PREPOSED_NOUN or role & Role.BODY:
            return False
        if role & Role.VERBAL_NOUN:
            return True  # طالب الوزير فلان | بإغلاق كذا
        if role & (Role.DEFINITE | Role.FIRST_NAME | Role.ONWARD | Role.COMPLEMENTISER | Role.OFFICE):
            return False
        if role & (Role.OUTCOME | Role.OBJECT):
            return True  # طالب النائب روبن | بتمديد كذا
        named = self._office_before(first, token) is None
        if before & Role.DEFINITE and not before & Role.ENVOY:  # أشاد المدرب | بأداء الفريق
            return named or bool(role & Role.FEMININE) or not self._follows(token, Role.PREPOSED_NOUN | Role.BA)
        definite = after & (Role.DEFINITE | Role.PREPOSED) == Role.DEFINITE  # اعترف جيمس روبن | بصعوبة المهمة
        return named and definite and bool(role & Role.FEMININE)

    def _is_outcome(self, first: int, token: int) -> bool:
        """Return whether a word such as إطلاق is an object, and not within a title (مدير إدارة تنفيذ المشاريع)."""
        role, before, after = self.roles[token], self.roles[token - 1], self.roles[min(token + 1, self.size - 1)]
        if role & Role.DEFINITE and token > first + 1 and not self._needs_genitive(token - 1):
            return True  # كشف الشيخ أحمد | النقاب
        if after & Role.RELATIVE and not after & Role.OF:
            return True  # نفى المصدر في شركة كذا | صحة ما تردد
        if before & Role.DEFINITE or (after & Role.OF and not before & Role.BODY):  # أول من أمس
            return True
        near = self.roles[max(first, token - SHORT_NAME) : token]
        return not any(each & (Role.OFFICE | Role.BODY) for each in near)

    def _office_before(self, first: int, token: int) -> int | None:
        """Return the office or body to which a preposition after it belongs; None if a name has been given since.

        A genitive ends with its first definite noun. An indefinite word after it begins a name.
        """
        body = None
        for place in range(token - 1, max(first, token - _LONGEST_OFFICE) - 1, -1):
            role = self.roles[place]
            if role & Role.COMMA:
                break
            if role & _HEADS and not role & Role.OCCASION:
                return place
            if role & Role.BODY and body is None:
                body = place
            left = self.roles[place - 1]
            if (
                left & Role.OFFICE
                and place > first + 1
                and self.roles[place - 2] & (Role.BODY | Role.DEFINITE) == Role.BODY
            ):
                continue  # مركز الملك سلمان
            if role & Role.WORD and not role & _IN_GENITIVE and left & Role.DEFINITE:
                return body if place > first else None
        return body
