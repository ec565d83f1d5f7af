"""Where an indirect clause ends: at the next report, its bracket, a longer quotation, or the end of its sentence."""

from __future__ import annotations

from corpus_kit.news.attribution import Attribution
from corpus_kit.news.document_words import LONGEST_PHRASE, SHORT_NAME
from corpus_kit.news.quotations import SPEECH, read_span
from corpus_kit.news.reporting_verbs import Role
from corpus_kit.news.speakers import Document
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH

__all__ = ["LONGEST_TITLE", "NEAR", "PAUSE", "clause_end"]

NEAR = LONGEST_PHRASE + 6  # tokens from a verb to words that it introduces
LONGEST_TITLE = 8  # words of a title in marks
_LEAST_WORDS = 6  # words after أن and before a longer quotation
_LONGEST = 250  # tokens of a clause: a text without marks has no end of a sentence
_TRAILING = Role.COMMA | Role.COLON | Role.STOP | Role.DASH | Role.LINK | Role.COMPLEMENTISER | Role.BREAK
PAUSE = Role.COMMA | Role.STOP | Role.DASH
_MAY_END = (
    Role.MARK | Role.BRACKET | Role.ASIDE | Role.OCCASION | Role.WRITTEN
)  # what a word has that may end a clause, besides verbs


def clause_end(document: Document, that: int, governed: dict[int, Attribution]) -> int | None:
    """Return the token after the clause that begins at أن; None if it has a longer quotation, or no word of its own."""
    roles, forms, opens = document.roles, document.form, document.opens
    end, brackets, inside = _sentence_end(document, that), 0, 0
    for place in [each for each in range(that + 1, end) if forms[each] >= 0 or roles[each] & _MAY_END]:
        if place < inside:
            continue
        if place in opens:
            if not brackets and _is_quotation(document, place):
                if document.words_between(that + 1, place) >= _LEAST_WORDS:
                    break
                if not _is_within(document, that, place, end):
                    return None
            inside = opens[place] + 1
        elif roles[place] & Role.BRACKET:
            brackets += 1 if roles[place] & Role.OPENING else -1
            if brackets < 0:
                within = any(role & Role.BRACKET for role in roles[governed[that].verb : that])
                if within and document.words_between(that + 1, place) <= SHORT_NAME:
                    return None  # قال بنك (إيه إن زد)
                break
        elif _new_report(document, place, that, governed):
            break
        elif (opener := _opener(document, place, that, governed)) is not None:
            place = opener
            break
    else:
        place = end
    while place > that + 1 and _trails(document, place - 1):
        place -= 1
    own = place > that + 1 and opens.get(that + 1) != place - 1
    return place if own else None


def _is_within(document: Document, that: int, open_: int, end: int) -> bool:
    """Return whether a few words in marks are within a clause that goes on (أن عشرة بينهم «كثير من الأطفال» ماتوا)."""
    after = document.opens[open_] + 1
    stop = next((place for place in range(after, end) if place in document.opens), end)
    goes_on = document.words_between(after, stop) >= _LEAST_WORDS
    return goes_on and open_ > that + 1 and document.words_in(open_) <= LONGEST_TITLE


def _is_quotation(document: Document, open_: int) -> bool:
    """Return whether marks hold a longer quotation, and not a name or a title, which a clause goes on over."""
    size = document.words_in(open_)
    return size > SHORT_NAME and (size > LONGEST_TITLE or read_span(document, open_)[0] in SPEECH)


def _sentence_end(document: Document, that: int) -> int:
    """Return the token after the sentence of أن, with what goes on with it after a sign that may end a sentence."""
    limit = min(that + _LONGEST, document.size)
    end = document.sentence_end(that + 1)
    while end < limit and _goes_on(document, end):
        end = document.sentence_end(end + 1)
    if end <= limit:
        return end
    return next((place for place in range(limit - 1, that, -1) if document.roles[place] & PAUSE), limit)


def _goes_on(document: Document, start: int) -> bool:
    """Return whether a sentence goes on with the one before: after a semicolon, a comma and a new line, or with وأن."""
    last, role = document.roles[start - 1], document.roles[start]
    if last & Role.COMMA:
        joined = role & Role.WAW and not role & (Role.COMPLEMENTISER | Role.DEFINITE | Role.WAW_NOUN)  # وتولى الوزير
        return not (role & Role.LINK or joined) and document.form[start] < 0  # not كما أكد in a new line
    listed = role & Role.COMPLEMENTISER and role & Role.WAW and not document.flags[start] & BEGINS_PARAGRAPH
    return bool(last & Role.SEMICOLON or listed)


def _trails(document: Document, last: int) -> bool:
    """Return whether a clause does not end with this token: a sign, a single letter (و), وأن, إلا أنه, or في حين."""
    role = document.roles[last]
    following = document.roles[last + 1] if last + 1 < document.size else 0
    contrast = role & Role.GOVERNOR and document.roles[last - 1] & PAUSE and following & Role.COMPLEMENTISER
    meanwhile = role & Role.RELATIVE and document.roles[last - 1] & Role.MEANWHILE  # في الوقت الذي
    denied = role & Role.NEGATION and following & Role.ASIDE  # ولم يتسن
    said = role & Role.SAYING and document.roles[last - 1] & PAUSE  # ، بقوله:
    before = contrast or meanwhile or denied or (role & Role.IN and following & (Role.LINK | Role.MEANWHILE))
    before = before or said or (role & Role.MEANWHILE and following & Role.RELATIVE)
    proclitic = role & Role.PROCLITIC and role & Role.WORD and not (role | document.roles[last - 1]) & Role.NUMBER
    return bool(role & _TRAILING or before or proclitic)  # not the letter of 2015 م


def _new_report(document: Document, verb: int, that: int, governed: dict[int, Attribution]) -> bool:
    """Return whether a new report begins with a word in the clause of أن: a verb, or a participle of speech."""
    last = document.roles[verb - 1]
    if document.roles[verb] & Role.ASIDE and last & Role.NEGATION and document.roles[verb - 2] & PAUSE:
        return True  # ، ولم يتسن، ، ولم يستبعد
    if document.form[verb] < 0:
        after = document.roles[verb + 1] if verb + 1 < document.size else 0
        thanks = after & Role.OBJECT and after & Role.OWN  # مقدما شكره
        return bool(document.roles[verb] & Role.ASIDE and (last & PAUSE or thanks))
    if document.is_participle(verb):
        after = document.roles[verb + 1] if verb + 1 < document.size else 0
        form = document.verb_form(verb)
        assert form is not None
        feels = after & Role.FROM and "preposition" not in form.flags  # معربا عن كذا
        praises = {"by", "needs"} <= form.flags and ":" in form.frames  # not مهددة بكذا, متذرعا بكذا
        acts = praises or ("noun" in form.flags and form.gender != "f")
        asks = acts and "ب" in form.frames and after & Role.PREPOSED_NOUN
        opens = last & PAUSE or after & (Role.TO | Role.ON | Role.OF) or feels or asks  # مطالبين بتدخل، مشيدا بكذا
        return bool(opens) or _governs(document, verb, governed)
    if not document.is_finite(verb):
        return False
    form = document.verb_form(verb)
    assert form is not None
    if document.roles[verb] & Role.CONJUNCTION:
        reports = _reports(document, verb, governed[that].verb) and not _in_relative(document, that, verb)
        named = last & PAUSE and "أن" not in form.frames and _speaks(document, verb)
        named = named and document.phrase(verb + 1, document.size, verb) is not None  # ، وأشاد الوزير بكذا
        return reports or bool(named) or _introduces(document, verb, governed)
    if last & PAUSE:
        return _begins_after_sign(document, verb, that, governed)
    if _turns(document, verb):
        named = last & Role.BREAK and _speaks(document, verb)
        named = named and document.phrase(verb + 1, document.size, verb) is not None
        return bool(named) or _introduces(document, verb, governed)  # بل تحدثت المصادر عن كذا
    meanwhile = (
        last & Role.RELATIVE and document.roles[verb - 2] & Role.MEANWHILE and verb - that > 4
    )  # في الوقت الذي أكد
    if not (last & Role.LINK or meanwhile) or form.has_object:  # كما وصفها فلان
        return False
    when = last & Role.WHEN and not document.roles[verb - 2] & Role.IN  # not في حين
    if when and ("needs" in form.flags or document.is_impersonal(verb)):
        return False  # حيث أظهرت الأرقام أن, حيث يتوقع أن
    if _introduces(document, verb, governed):
        return True
    if when or (last & Role.POSSIBLY and form.imperfect):
        return False
    if document.phrase(verb + 1, document.size, verb) is None:
        return False
    return _speaks(document, verb) or _reports(document, verb, governed[that].verb)  # فيما رحب الوزير بالاتفاق


def _begins_after_sign(document: Document, verb: int, that: int, governed: dict[int, Attribution]) -> bool:
    """Return whether a verb right after a sign begins a report: its subject follows (، رأت فلانة أن، ، أجاب فلان: )."""
    found = _next(document, verb, governed)
    if found is not None and found.verb == verb:
        return found.source == "impersonal" or (found.speaker is not None and found.speaker.first > verb)
    main, since = governed[that].verb, Role.BREAK | Role.GOVERNOR | Role.WAW
    if main and document.roles[main - 1] & since == since:
        return True  # وإذ لفت إلى أن كذا، دعا فلان إلى كذا
    subject = document.phrase(verb + 1, document.size, verb) if _speaks(document, verb) else None
    return subject is not None and _introduces(document, subject.end - 1, governed)


def _speaks(document: Document, verb: int) -> bool:
    """Return whether a verb is a perfect of saying, also one that does not introduce words by itself (رحب، تحدث)."""
    form = document.verb_form(verb)
    if form is None or form.imperfect or form.has_object or "noun" in form.flags:
        return False
    if "needs" in form.flags and "أن" in form.frames and "عن" not in form.frames:
        return False  # زادت المبيعات, but تحدثت المصادر عن كذا
    return ":" in form.frames and len(form.frames) > 1  # not بادر


def _opener(document: Document, verb: int, that: int, governed: dict[int, Attribution]) -> int | None:
    """Return what opens the clause of a verb of saying: أما فلان فقال، وكان فلان تحدث، وعن كذا قالت، قبل أن يضيف: ."""
    if document.form[verb] < 0:
        return _occasion(document, verb)
    roles, form = document.roles, document.verb_form(verb)
    before_it = roles[verb - 2] & Role.GOVERNOR and roles[verb - 2] & Role.SPEAKER_END  # قبل أن
    if before_it and roles[verb - 1] & Role.BARE_THAT and form is not None and ":" in form.frames:
        return verb - 2 if form.imperfect and _introduces(document, verb, governed) else None
    if not document.is_finite(verb) or not _speaks(document, verb):
        return None
    for place in range(verb - 1, max(that + 1, verb - NEAR), -1):
        role = document.roles[place]
        if role & (Role.COMPLEMENTISER | Role.RELATIVE | Role.WHEN | Role.STOP | Role.COLON):
            return None
        topic = role & Role.AS_FOR or (role & Role.WAW and role & (Role.BE | Role.FROM))
        if topic and document.roles[place - 1] & PAUSE:
            return place
    return None


def _occasion(document: Document, place: int) -> int | None:
    """Return where the reporter goes on after a sign: ، وذلك في تصريح، ، جاء ذلك خلال، ، ومن الجدير بالذكر."""
    roles = document.roles
    if roles[place] & Role.WRITTEN:
        this = place + 1 < document.size and roles[place + 1] & Role.THIS
        return place if this and roles[place - 1] & PAUSE else None
    last, joined = roles[place - 1], Role.WAW | Role.SPEAKER_END
    if roles[place] & Role.ASIDE:  # ، ومن الجدير بالذكر
        return place - 1 if last & joined == joined and roles[place - 2] & PAUSE else None
    leads = last & (Role.IN | Role.SPEAKER_END) and not last & Role.GOVERNOR and roles[place] & Role.OCCASION
    this = roles[place - 2] & Role.WAW and roles[place - 2] & Role.THIS
    return place - 2 if leads and this and roles[place - 3] & PAUSE else None


def _turns(document: Document, verb: int) -> bool:
    """Return whether a word of contrast with a pronoun stands before a verb: لكنه أكد، إلا أنه أكد."""
    last = document.roles[verb - 1]
    if last & Role.BREAK:
        return not last & Role.WHEN
    contrast = last & Role.COMPLEMENTISER and document.roles[verb - 2] & Role.GOVERNOR
    return bool(contrast and verb > 2 and document.roles[verb - 3] & PAUSE)


def _reports(document: Document, verb: int, main: int) -> bool:
    """Return whether a verb reports without أن or a colon after it, and is not a part of what `main` reports.

    An imperfect after a perfect is (قال إن القانون يقر كذا ويرفض كذا), and a verb with an object pronoun (وأبلغه بذلك).
    """
    form, before = document.verb_form(verb), document.verb_form(main)
    if form is None or form.has_object or form.flags & {"needs", "preposition"}:
        return False
    if "noun" in form.flags and not (
        "ب" in form.frames
        and document.roles[verb - 1] & PAUSE
        and document.roles[min(verb + 1, document.size - 1)] & (Role.PREPOSED_NOUN | Role.BY)
    ):  # ، وطالب بالإبلاغ, not وطالب من الجامعة
        return False
    return not form.imperfect or (before is not None and before.imperfect)


def _in_relative(document: Document, that: int, verb: int) -> bool:
    """Return whether a relative clause without a comma leads to a verb (الخطاب الذي ألقاه الوزير وتوعد فيه)."""
    for place in range(verb - 1, that, -1):
        role = document.roles[place]
        if role & (Role.COMMA | Role.STOP):
            return False
        if role & Role.RELATIVE and role & Role.DEFINITE:
            return True
    return False


def _governs(document: Document, verb: int, governed: dict[int, Attribution]) -> bool:
    """Return whether the next reported clause is that of a verb."""
    found = _next(document, verb, governed)
    return found is not None and found.verb == verb


def _next(document: Document, verb: int, governed: dict[int, Attribution]) -> Attribution | None:
    """Return the attribution of the next reported clause, if it is near."""
    near = range(verb + 1, min(verb + NEAR, document.size))
    return next((governed[place] for place in near if place in governed), None)


def _introduces(document: Document, verb: int, governed: dict[int, Attribution]) -> bool:
    """Return whether a verb introduces a clause, or words after a colon or in marks."""
    for place in range(verb + 1, min(verb + NEAR, document.size)):
        if place in governed or document.begins_sentence(place):
            break
        if document.roles[place] & (Role.COLON | Role.SAYING):
            return True
        if place in document.opens and document.words_in(place) > SHORT_NAME:
            return True
    return _governs(document, verb, governed)
