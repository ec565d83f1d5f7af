"""Lead-ins: the part of the sentence before some words, and what in it introduces them.

That is a verb with its speaker, a participle (مضيفا), a noun of saying (بقوله), a cue (بحسب), or a name and a colon.
Other quotations in a lead-in are skipped, so that a second span belongs to the verb of the first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from corpus_kit.news.attribution import BESIDE, CLAUSE, LOOSE, SPOKEN, THAT, Attribution, carried
from corpus_kit.news.document_words import LONGEST_PHRASE, SHORT_NAME
from corpus_kit.news.reporting_verbs import Role, folded_types
from corpus_kit.news.speaker_phrases import Phrase
from corpus_kit.news.speakers import Document
from corpus_kit.news.topic_speakers import TopicSpeakers, source_cue
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH

__all__ = ["before", "before_signs", "by_report", "impersonal", "lead_in", "listener"]

_LONGEST_LEAD = 60  # tokens of a lead-in
_LONGEST_GAP = 40  # tokens between the verb and the words
_NEAR = 20  # tokens between the words and a verb that reports only in some constructions (`needs`)
_LONGEST_LISTENER = 4  # words: لوكالة أنباء فرانس برس
_AGENCIES = ["فرانس", "برس", "اسوشيتد", "اسوشييتد", "رويترز", "شينخوا", "سبوتنيك", "نوفوستي"]
_LEAST_CLAUSE = 4  # tokens of a sentence before a colon, without a reporting verb
_PREPOSITIONS = {"ب": Role.PREPOSED_NOUN, "إلى": Role.TO, "على": Role.ON}
_NO_OBJECT = {"أن", ":"}  # what follows a verb that takes no noun
_SIGNS = Role.COMMA | Role.COLON | Role.DASH | Role.BRACKET | Role.MARK | Role.SEMICOLON
_ENDS_TEXT = Role.SPEAKER_END | Role.COMMA | Role.RELATIVE | Role.BRACKET | Role.MARK | Role.DASH


def lead_in(document: Document, open_: int) -> list[int]:
    """Return the tokens of the sentence before a mark, without the contents of longer quotations."""
    first = _sentence_before(document, open_)
    marks = document.marks
    if bisect_left(marks, first) == bisect_left(marks, open_):
        return list(range(max(first, open_ - _LONGEST_LEAD), open_))
    tokens: list[int] = []
    place = open_
    while place and len(tokens) < _LONGEST_LEAD:
        if document.begins[place] and not (place == open_ and first < open_):
            break
        place -= 1
        if place in document.opens and document.opens[place] > open_:
            break  # the enclosing span begins here
        tokens.append(place)
        if place in document.closes:
            inner = document.closes[place]
            if document.words_in(inner) <= SHORT_NAME:
                tokens.extend(range(place - 1, inner, -1))
            place = inner
            tokens.append(place)
    return tokens[::-1]


def _sentence_before(document: Document, open_: int) -> int:
    """Return where the sentence before a mark begins; the mark itself if it begins a sentence."""
    if open_ and (not document.begins_sentence(open_) or _announced(document, open_)):
        return document.sentence_start(open_ - 1)
    return open_


def _announced(document: Document, place: int) -> bool:
    """Return whether what begins a sentence belongs to the one before.

    That is a paragraph after a colon, and أن after a semicolon or full stop in the place of a comma (قال الوزير؛ إن).
    """
    if document.flags[place] & BEGINS_PARAGRAPH:
        return bool(document.roles[place - 1] & Role.COLON)
    return bool(document.roles[place] & Role.COMPLEMENTISER)


def _how(document: Document, lead: list[int], verb: int, speaker: Phrase | None) -> int:
    """Return how a lead-in ends."""
    last = lead[-1]
    if document.roles[last] & Role.COMMA and len(lead) > 1:
        last = lead[-2]
    role, form = document.roles[last], document.verb_form(last)
    if role & (Role.COLON | Role.SAYING) or (form is not None and form.participle):
        return SPOKEN
    if role & Role.COMPLEMENTISER:
        return THAT
    while len(lead) > 1 and last > verb and document.roles[last] & (Role.ADVERB | Role.TANWIN) and form is None:
        last -= 1  # قال الوزير ساخرا «كذا»
    name_in_marks = role & Role.MARK and speaker is not None and speaker.end == last
    aside = role & Role.DASH and speaker is not None and document.roles[speaker.end] & Role.DASH  # قال فلان -أمس- «كذا»
    if last == verb or aside or name_in_marks or (speaker is not None and speaker.end == last + 1):
        return BESIDE
    if any(document.roles[place] & Role.COMPLEMENTISER for place in reversed(lead) if place > verb):
        return CLAUSE
    told = listener(document, lead)
    return BESIDE if told is not None and told > verb else LOOSE


def listener(document: Document, lead: list[int]) -> int | None:
    """Return where the listener begins with whom a lead-in ends (قال شاهد لرويترز «...»); None without one."""
    agencies = document.corpus.derive("agencies", lambda: folded_types(document.corpus).is_in(_AGENCIES).to_numpy())
    words = lead[:-1] if lead and document.roles[lead[-1]] & Role.COMMA else lead
    for place in reversed(words[-_LONGEST_LISTENER:]):
        role = document.roles[place]
        if role & Role.ADDRESSEE:
            return None if place == words[-1] and role & Role.TITLE else place  # لصحيفة «كذا» is a name
        if role & Role.TITLE or not (role & Role.DEFINITE or agencies[document.types[place]]):
            return None
    return None


def before(document: Document, lead: list[int], open_: int) -> Attribution | None:
    """Return the attribution before a span: an impersonal phrase, a verb, or a participle with the verb before it."""
    nobody = impersonal(document, lead[-1]) if lead and document.roles[lead[-1]] & Role.COMPLEMENTISER else None
    return nobody or by_report(document, lead, open_)


def by_report(document: Document, lead: list[int], open_: int) -> Attribution | None:
    """Return the attribution before a span that no impersonal phrase introduces."""
    carrier: int | None = None  # the participle that carries a report on (مضيفا)
    quotative: int | None = None  # the one that only says that words follow (قائلا)
    by_words: int | None = None  # the noun that does so (بقوله)
    saying = False
    spoken = len(lead) > 1 and document.roles[lead[-1]] & Role.COLON and _is_long(document, open_)
    if spoken and document.is_impersonal(lead[-2]):
        return Attribution(lead[-2], None, "none", SPOKEN)  # قديما قيل: «...»
    cue = (_joined_cue(document, lead, open_) or _written(document, lead)) if spoken else None
    for place in _reporting(document, lead[-_LONGEST_GAP:]):
        if cue is not None and place < cue.verb and carrier is None and quotative is None:
            return cue
        form = document.verb_form(place)
        if form is None or document.roles[place] & Role.SAYING:
            saying = True
            announces = document.roles[place] & Role.SAYING and document.roles[place] & Role.PREPOSED_NOUN
            if by_words is None and announces and open_ in document.opens:
                by_words = place  # a clause has the verb (عبر عن كذا بالقول إن)
            continue
        if form.participle:
            asks = "needs" in form.flags and form.frames == _NO_OBJECT and document.roles[place + 1] & Role.OBJECT
            asks = asks or _hides_name(document, place)
            if asks or not document.is_participle(place):
                continue  # طالبا عدم كشف اسمه، رافضا الكشف عن اسمه
            if "quotative" in form.flags:
                quotative = place if quotative is None else quotative
            else:
                carrier = place if carrier is None else carrier
        elif document.in_relative(place) and not document.is_finite(place):
            if carrier is not None and "needs" not in form.flags and not form.has_object:
                antecedent = document.antecedent(place - 1)  # الوزير الذي أشار إلى ...، مضيفا
                if antecedent is not None and document.gender(carrier) == form.gender:
                    return Attribution(carrier, antecedent, "explicit", _how(document, lead, place, antecedent))
            free = quotative is None and carrier is None
            found = _relative(document, lead, open_, place) if free else None
            if found is not None:
                return found
        elif (
            document.is_finite(place)
            or quotative == place + 1  # وعن هذا تشرح قائلة
            or (saying and document.relays(place))
            or _before_saying(document, lead, place)
        ):
            found = _governed(document, lead, open_, place, carrier)
            if quotative is not None and carrier is None and _has_content(document, found, quotative):
                found = _governed(document, lead, open_, place, quotative)
                saying, quotative = True, None
            elif by_words is not None and carrier is None and _has_content(document, found, by_words):
                found = found._replace(verb=by_words)  # أكد أن كذا، بقوله
            if carrier is not None and found.source == "explicit":
                differs = {form.gender, document.gender(carrier)} == {"m", "f"}  # الأحزاب وافقت، مشيرا
                if (differs and document.reports_in_sentence(place)) or document.in_clause(place, found.speaker):
                    continue  # أوضح الوزير أن الحزب يرى كذا، مضيفا
            if "finds" in form.flags and (found.how != THAT or carrier is not None):
                continue
            described = found.source == "explicit" or (found.speaker is not None and _is_long(document, open_))
            with_ba = document.roles[lead[-1]] & Role.BA and described  # وصفتها الأمم المتحدة بـ«كذا»، مما وصفه بـ«كذا»
            if form.has_object and found.describes and found.how not in (THAT, BESIDE) and not with_ba:
                continue  # ما يعتبرها كذبة ... "كذا"
            that = len(lead) > 1 and document.roles[lead[-2]] & Role.COMPLEMENTISER  # نصت المادة على أنه: «كذا»
            direct = found.how in (SPOKEN, BESIDE) and not that
            if ":" not in form.frames and direct and not saying and quotative is None:
                continue  # شهد الملتقى "كذا"
            if form.has_object and carrier is not None and document.roles[place - 1] & Role.RELATIVE:
                continue  # التي وصفها بـ«كذا»، مضيفا
            introduced = _introduces(document, lead, place, found, open_) or _in_message(document, place, open_)
            if document.roles[place] & Role.CONTINUES and found.source == "explicit" and open_ - place <= _NEAR:
                introduced = introduced or _is_long(document, open_)  # وتابع الوزير في البيان «...»
            if "needs" not in form.flags or saying or quotative is not None or introduced:
                return found
    if cue is not None and carrier is None and quotative is None:
        return cue
    noun = _by_noun(document, lead, open_) if open_ in document.opens and carrier is None else None
    return noun or _without_verb(document, lead, open_, quotative if carrier is None else carrier)


def _hides_name(document: Document, participle: int) -> bool:
    """Return whether a name of his own follows a participle (رافضا الكشف عن اسمه)."""
    name = Role.OBJECT | Role.TITLE | Role.OWN
    return any(role & name == name for role in document.roles[participle + 1 : participle + 2 + SHORT_NAME])


def _joined_cue(document: Document, lead: list[int], open_: int) -> Attribution | None:
    """Return the attribution by a cue that begins a clause of its own up to a colon (..., وجاء في التقرير: «...»)."""
    for place in reversed(lead[-_NEAR:]):
        joined = document.cue[place] >= 0 and document.roles[place] & Role.CONJUNCTION
        found = source_cue(document, place, open_) if joined else None
        if found is not None:
            return Attribution(*found, "explicit", SPOKEN, cue=True)
    return None


def _written(document: Document, lead: list[int]) -> Attribution | None:
    """Return the attribution to any text that the words before a colon name (وجاء في الدعوة: «...»)."""
    for place in reversed(lead[-LONGEST_PHRASE:-2]):
        role, first = document.roles[place + 1], place + 2
        noun = document.roles[first] & Role.WORD and not document.roles[first] & (Role.UTTERANCE | Role.SAYING)
        if document.roles[place] & Role.WRITTEN and role & (Role.IN | Role.ON) and noun:
            ends = (each for each in range(first + 1, lead[-1]) if document.roles[each] & _ENDS_TEXT)
            return Attribution(place, Phrase(first, next(ends, lead[-1])), "explicit", SPOKEN, cue=True)
    return None


def _introduces(document: Document, lead: list[int], verb: int, found: Attribution, open_: int) -> bool:
    """Return whether a verb that does not always report introduces the words: near, or by its preposition."""
    if found.how == SPOKEN and document.begins_sentence(verb) and document.roles[lead[-1]] & Role.COLON:
        return True  # كتب الوزير في مقال …: «...»
    if found.how != LOOSE:
        distance = len(lead) - bisect_left(lead, verb)  # without the contents of other quotations
        return (distance if open_ in document.opens else open_ - verb) <= _NEAR
    form, after = document.verb_form(verb), verb + 1
    if found.speaker is not None and found.speaker.first >= after:
        after = found.speaker.end
    if form is None or found.speaker is None or lead[-1] != after or not _is_long(document, open_):
        return False
    role = document.roles[lead[-1]]  # خلصت اللجنة إلى «كذا»، تحدث الوزير عن «كذا»
    return bool((role & Role.TO and "إلى" in form.frames) or (role & Role.FROM and "عن" in form.frames))


def _is_long(document: Document, open_: int) -> bool:
    """Return whether a token opens marks around more words than a name has."""
    return open_ in document.opens and document.words_in(open_) > SHORT_NAME


def _before_saying(document: Document, lead: list[int], verb: int) -> bool:
    """Return whether words follow a verb that one event precedes (صمت قليلا قبل أن يضيف: «...»)."""
    then = verb > 1 and document.roles[verb - 1] & Role.COMPLEMENTISER and document.roles[verb - 2] & Role.GOVERNOR
    return bool(then and document.roles[lead[-1]] & Role.COLON and lead[-1] - verb <= SHORT_NAME)


def _has_content(document: Document, found: Attribution, participle: int) -> bool:
    """Return whether a verb has words of its own before قائلا or بقوله, which then governs (أردف أن كذا، قائلا)."""
    first = found.verb + 1 if found.speaker is None else max(found.verb + 1, found.speaker.end)
    own = range(first, participle)
    if any(document.roles[place] & Role.COMPLEMENTISER or document.in_quotation(place) for place in own):
        return True
    form = document.verb_form(found.verb)
    if form is None or "needs" in form.flags or document.words_between(first, max(first, participle)) < 2:
        return False
    begin = _after_insertion(document, first, participle)
    role = document.roles[begin]
    if role & Role.THIS or (role & Role.UTTERANCE and role & Role.OWN):
        return False  # بيّن ذلك بقوله، ختم الوزير كلمته أمام المجلس بقوله
    if begin > first + 1 and role & Role.WORD and document.form[begin] < 0:
        return not role & (Role.SPEAKER_END | Role.ADVERB | Role.OFFICE)  # نفى لـ«الوطن» وصول الوفد، قائلا
    objects = Role.ONWARD | Role.BA | Role.OBJECT | Role.OUTCOME | Role.BARE_VERBAL_NOUN | Role.ITS
    asked = "transitive" in form.flags and role & Role.PREPOSED and not role & Role.LA  # طالب بالدعاء
    only = _PREPOSITIONS.get("".join(form.frames - {":"}), 0)  # اتهم فلانا بكذا، دعا فلانا إلى كذا، حث فلانا على كذا
    accused = "transitive" in form.flags and any(document.roles[place] & only for place in own)
    thing = Role.FEMININE | Role.VERBAL_NOUN  # انتقد تصريحات فلان، قائلا
    criticised = form.frames == {":"} and role & thing and not role & (Role.OFFICE | Role.BODY)
    return document.form[begin] < 0 and bool(role & objects or asked or accused or criticised)


def _after_insertion(document: Document, first: int, end: int) -> int:
    """Return where the words go on after a comma, an insertion between commas, or a listener with a name in marks."""
    if document.roles[first] & Role.COMMA:
        commas = (place for place in range(first + 1, end - 1) if document.roles[place] & Role.COMMA)
        return next(commas, first) + 1
    if document.roles[first] & Role.LA and first + 1 in document.opens:
        return document.opens[first + 1] + 1
    return first


def _in_message(document: Document, verb: int, open_: int) -> bool:
    """Return whether a written occasion stands between a verb and the words (كتب الوزير في تغريدة على حسابه)."""
    between = [role for role in document.roles[verb:open_] if not role & Role.MARK]  # عبر «تويتر»
    pairs = pairwise(between)
    messages = any(role & (Role.IN | Role.ONWARD) and after & (Role.OCCASION | Role.PAGE) for role, after in pairs)
    return messages and open_ - verb <= _NEAR and not any(role & Role.COMMA for role in between[:-1])


def _relative(document: Document, lead: list[int], open_: int, verb: int) -> Attribution | None:
    """Return the attribution by a verb in a relative clause that directly introduces the words (الذي قال: "...")."""
    form = document.verb_form(verb)
    if form is None or open_ - verb > _NEAR or form.flags & {"needs", "preposition"}:
        return None
    passive = "describes" in form.flags and not form.has_object and not document.roles[lead[-1]] & Role.BY
    if passive and not document.roles[verb + 1] & Role.COMPLEMENTISER:
        return None  # الذي يعتبر الأول من نوعه
    subject = document.phrase(verb + 1, open_, verb)
    how = _how(document, lead, verb, subject)
    if how == LOOSE and _in_message(document, verb, open_):
        how = SPOKEN  # الذي قال في كلمته «...»
    if how == LOOSE and open_ in document.opens and document.roles[open_ + 1] & Role.COMPLEMENTISER:
        how = SPOKEN  # الذي قال منذ زمن «إن ...»
    if how not in (SPOKEN, THAT, BESIDE) or (how == BESIDE and subject is None):
        return None
    if how != SPOKEN and form.has_object:
        return None  # ما يسميه "كذا"
    if subject is None and not form.has_object:
        subject = document.antecedent(verb - 1)
    return Attribution(verb, subject, "explicit" if subject else "none", how, describes="describes" in form.flags)


def _by_noun(document: Document, lead: list[int], open_: int) -> Attribution | None:
    """Return the attribution by a noun of saying that introduces the words: تصريح الوزير بأن، بقوله، جاء فيه."""
    for place in reversed(lead[-_NEAR:]):
        role = document.roles[place]
        if role & Role.UTTERANCE or (
            role & Role.SAYING and (role & Role.PREPOSED or not role & Role.DEFINITE) and not role & Role.LA
        ):
            break
        if role & Role.STOP or (document.form[place] >= 0 and document.form_is_verb(place)):
            return None
    else:
        return None
    if role & Role.WRITTEN:  # جاء فيه، not جاء في بيان كذا
        how = _how(document, lead, place + 1, None)
        inside = place + 1 < open_ and document.roles[place + 1] & Role.PRONOUN and how in (SPOKEN, BESIDE, THAT)
        return Attribution(place, None, "none", SPOKEN) if inside else None
    own = bool(role & (Role.OWN | Role.SAYING))
    speaker = None if own else document.phrase(place + 1, open_)
    if speaker is not None and not document.roles[speaker.first] & (Role.DEFINITE | Role.OFFICE | Role.BODY):
        speaker = speaker if document.known_speaker(speaker) else None
    how = _how(document, lead, place, speaker)
    if how not in (SPOKEN, THAT) and not (how in (BESIDE, CLAUSE) and role & Role.SAYING):
        return None
    if speaker is not None:
        return Attribution(place, speaker, "explicit", how)
    if own and (place - lead[0] <= SHORT_NAME or document.reports_in_sentence(place)):
        return carried(document, place, open_, how)
    subject = document.derived(TopicSpeakers).sentence_subject(place)
    return Attribution(place, subject, "carried" if subject else "none", how)


def _by_name(document: Document, lead: list[int]) -> Attribution | None:
    """Return the attribution by a name and a colon, without a verb or with one that is not listed (الوزير: "...")."""
    if not document.roles[lead[-1]] & Role.COLON or not 1 < len(lead) <= LONGEST_PHRASE:
        return None
    if document.roles[lead[0]] & (Role.TITLE | Role.UTTERANCE):
        return None
    for first in lead[:2]:
        name = document.phrase(first, lead[-1])
        if name is not None and name.first == first and name.end == lead[-1] and document.known_speaker(name):
            return Attribution(lead[0], name, "explicit", SPOKEN)
    return None


def _by_subject(document: Document, lead: list[int], open_: int) -> Attribution | None:
    """Return the attribution of a sentence in marks after a colon to whom the sentence before it is about.

    The verb is none that reports (ودافع الوزير عن القانون: «لا بديل منه في هذه الظروف.»).
    """
    colon, close = lead[-1], document.opens[open_]
    whole = document.words_in(open_) > 2 * SHORT_NAME
    if not whole or len(lead) < _LEAST_CLAUSE or not document.roles[colon] & Role.COLON:
        return None
    if document.roles[lead[-2]] & (Role.SPEAKER_END | Role.PARTICLE | Role.HEADING | Role.TITLE | Role.OCCASION):
        return None
    if close + 1 < document.size and not document.begins[close + 1] and not document.roles[close + 1] & Role.STOP:
        return None
    subject = document.derived(TopicSpeakers).sentence_subject(colon)
    return Attribution(subject.first, subject, "carried", SPOKEN) if subject else None


def _reporting(document: Document, lead: list[int]) -> Iterator[int]:
    """Yield the verbs and the words of saying of a lead-in from its end, without those in quotation marks."""
    roles, forms, closes = document.roles, document.form, document.closes
    begin = document.size
    for place in reversed(lead):
        if place in closes:
            begin = min(begin, closes[place])
        if place < begin:
            if forms[place] >= 0 or roles[place] & Role.SAYING:
                yield place
            begin = document.size


def _governed(document: Document, lead: list[int], open_: int, verb: int, carrier: int | None) -> Attribution:
    passive = document.roles[verb] & Role.PASSIVE  # أُعلن أمس أن: nobody is named
    subject = None if passive else document.subject(verb, min(open_, carrier or open_))
    main = _goes_on_saying(document, verb) if subject is None else None
    if main is not None and main < verb - 1:
        named = document.subject(main, verb)
        subject, main = (named, main) if named is not None and named.end == verb else (None, None)
    relayed = document.relayed(carrier or verb, open_)
    if relayed is not None:
        speaker, agency = relayed
        how = _how(document, lead, verb, speaker)
        return Attribution(verb, speaker, "explicit", how, relayed_by=subject if carrier else agency)
    source = document.relayed(verb, open_) if carrier else None
    if carrier and source is not None and document.agrees(source[0], carrier):  # نقلت الوكالة عن الوزير أن ...، مضيفا
        how = _how(document, lead, verb, source[0])
        return Attribution(carrier, source[0], "explicit", how, relayed_by=source[1])
    how = _how(document, lead, verb, subject)
    of_him = any(document.roles[place] & Role.SAYING and document.roles[place - 1] & Role.PRONOUN for place in lead)
    if document.relays(verb) and (how == SPOKEN or of_him):  # نقلت الوكالة عنه قوله
        report = document.last_report(verb, "")
        him = report.speaker if report else None
        return Attribution(verb, him, "carried" if him else "none", how, relayed_by=subject)
    head = carrier or verb
    form = document.verb_form(head)
    describes = form is not None and "describes" in form.flags
    if subject is None:
        return carried(document, head if main is None else main, open_, how, describes=describes)._replace(verb=head)
    quotation_between = carrier is not None and any(
        verb < p < carrier and p in document.opens and document.words_in(p) > SHORT_NAME for p in lead
    )
    return Attribution(head, subject, "carried" if quotation_between else "explicit", how, describes=describes)


def _goes_on_saying(document: Document, verb: int) -> int | None:
    """Return the verb before one without a subject that only says that somebody goes on (مضى الوزير يقول)."""
    form = document.verb_form(verb)
    if form is None or not form.imperfect or document.begins_sentence(verb):
        return None
    for place in range(verb - 1, max(verb - LONGEST_PHRASE, 0) - 1, -1):
        if document.form[place] >= 0:
            same = document.gender(place) == form.gender and document.roles[place] & Role.CONTINUES
            return place if same and document.is_finite(place) else None
        ends = Role.COMPLEMENTISER | Role.SPEAKER_END | Role.RELATIVE | Role.PARTICLE
        if document.begins_sentence(place) or not document.roles[place] & Role.WORD or document.roles[place] & ends:
            return None
    return None


def impersonal(document: Document, that: int) -> Attribution | None:
    """Return the attribution of a clause that an impersonal phrase introduces: يذكر أن، وتجدر الإشارة إلى أن."""
    last = before_signs(document, that) - 1
    if last == that - 1 and document.roles[last] & Role.TO:
        last -= 1
    if last < 0 or document.begins_sentence(that):
        return None
    if document.roles[last] & Role.PASSIVE and document.is_finite(last):
        return Attribution(last, None, "impersonal", THAT)
    if not document.ends_impersonal(last):
        return None
    return Attribution(last, None, "impersonal", THAT)


def before_signs(document: Document, place: int) -> int:
    """Return the token after the last word before a token, past commas, colons, dashes, brackets and marks."""
    signs, roles = (_SIGNS | Role.STOP if document.begins[place] else _SIGNS), document.roles
    while place and roles[place - 1] & signs:
        place -= 1
    return place


def _without_verb(document: Document, lead: list[int], open_: int, participle: int | None) -> Attribution | None:
    """Return the attribution by a participle whose verb is not a reporting verb, or by a cue (بحسب)."""
    if participle is not None:
        return carried(document, participle, open_, _how(document, lead, participle, None))
    for place in (place for place in lead if document.cue[place] >= 0):
        cue = source_cue(document, place, open_)
        if cue is not None:
            verb, speaker = cue
            how = _how(document, lead, verb, speaker)
            # وجاء في بيان النادي على موقعه «...»
            near = place == lead[0] and open_ - speaker.end <= LONGEST_PHRASE and _is_long(document, open_)
            how = BESIDE if how == LOOSE and near else how
            return None if how == LOOSE else Attribution(verb, speaker, "explicit", how, cue=True)
    if lead and document.roles[lead[0]] & Role.COMPLEMENTISER:
        return _continued(document, lead)
    if not lead or not _is_long(document, open_):
        return None
    return _by_name(document, lead) or _by_subject(document, lead, open_)


def _continued(document: Document, lead: list[int]) -> Attribution | None:
    """Return the attribution of a sentence that begins with وأن, which continues the report before it."""
    report = document.last_report(lead[0], "") if document.roles[lead[0]] & Role.WAW else None
    if report is None:
        return None
    return Attribution(report.verb, report.speaker, "carried", THAT if lead[-1] == lead[0] else CLAUSE)
