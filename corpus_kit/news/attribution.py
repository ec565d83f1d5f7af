"""Speaker attribution: the reporting verb or cue before or after some words, and its speaker.

The words are a span in quotation marks or an indirect clause. The part of the sentence before them is the lead-in;
other quotations in it are skipped, so that a second span belongs to the verb of the first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.actors import mentions_of
from corpus_kit.news.name_resolution import DocumentNames, may_refer
from corpus_kit.news.name_words import name_classes
from corpus_kit.news.reporting_verbs import Role, WordClasses
from corpus_kit.news.running_text import original_text, token_ends
from corpus_kit.news.speakers import LONGEST_PHRASE, SHORT_NAME, Document, Phrase
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH

__all__ = [
    "BESIDE",
    "CLAUSE",
    "CONFIDENCE",
    "CONFIDENCES",
    "LOOSE",
    "SIDES",
    "SPEAKER_RULES",
    "SPEAKER_SOURCES",
    "SPOKEN",
    "THAT",
    "Attribution",
    "Reported",
    "actor_column",
    "after",
    "before",
    "before_signs",
    "follows_report",
    "impersonal",
    "lead_in",
    "mentions_for",
    "report_columns",
    "reported",
    "source_cue",
    "speaker_phrases",
]

SPEAKER_SOURCES = ("explicit", "carried", "none", "impersonal")
SIDES = ("before", "after")
CONFIDENCES = ("high", "medium", "low")
# The rules that decide who speaks, and how far to trust them: high where at least 95 % of the rows read on real
# articles were right, medium from 85 %, low below or where too few were read (docs/news/quotations.md).
CONFIDENCE: dict[str, str | None] = {
    "subject_after": "high",  # قال الوزير
    "subject_before": "medium",  # وكان الوزير قد قال
    "main_subject": "high",  # أكد الوزير ...، مضيفا
    "name_in_marks": "high",  # قال «الرشيد»
    "relayed": "high",  # نقلت الوكالة عن الوزير قوله
    "cue": "high",  # بحسب الوزير
    "noun": "low",  # تصريح الوزير بأن
    "no_verb": "low",  # الوزير: «...»
    "sentence_subject": "medium",  # استقبل الوزير ... وقال
    "carried_sentence": "medium",  # a verb without a subject, and the last speaker in its sentence
    "carried_paragraph": "medium",  # ... in its paragraph
    "carried_further": "medium",  # ... in a paragraph before
    "none": None,
}
SPEAKER_RULES = tuple(CONFIDENCE)

_LONGEST_LEAD = 60  # tokens of a lead-in
_NEAR = 20  # tokens between the words and a verb that reports only in some constructions (`needs`)
_NEAR_THAT = 5  # tokens between an impersonal form and the clause (ويتوقع اليوم أن)
_LONGEST_GAP = 40  # tokens between the verb and the words

# How the lead-in ends: with a colon, قائلا or قوله; with أن; with the verb or its speaker. Or the words are part of a
# clause with أن, or of the reporter's sentence.
SPOKEN, THAT, BESIDE, CLAUSE, LOOSE = range(5)


class Attribution(NamedTuple):
    """What a span is attributed to.

    Attributes:
        verb: The token of the verb.
        speaker: The phrase of the speaker.
        source: One of `SPEAKER_SOURCES`.
        how: How the lead-in ends, one of the constants above.
        side: One of `SIDES`.
        relayed_by: Who passes the words on.
        describes: Whether the verb says how somebody describes something.
        cue: Whether a phrase such as بحسب replaces the verb.
    """

    verb: int
    speaker: Phrase | None
    source: str
    how: int
    side: str = "before"
    relayed_by: Phrase | None = None
    describes: bool = False
    cue: bool = False


# ------------------------------------------------------------------------------- the words before a span


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
    if open_ and (not document.begins_sentence(open_) or _colon_before(document, open_)):
        return document.sentence_start(open_ - 1)
    return open_


def _colon_before(document: Document, place: int) -> bool:
    """Return whether the paragraph before ends with a colon, which announces words in a paragraph of their own."""
    return bool(document.flags[place] & BEGINS_PARAGRAPH and document.roles[place - 1] & Role.COLON)


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
    name_in_marks = role & Role.MARK and speaker is not None and speaker.end == last
    if last == verb or name_in_marks or (speaker is not None and speaker.end == last + 1):
        return BESIDE
    after_verb = (place for place in reversed(lead) if place > verb)
    return CLAUSE if any(document.roles[place] & Role.COMPLEMENTISER for place in after_verb) else LOOSE


def before(document: Document, lead: list[int], open_: int) -> Attribution | None:
    """Return the attribution before a span: a verb, or a participle with the verb before it."""
    carrier: int | None = None  # the participle that carries a report on (مضيفا)
    quotative: int | None = None  # the one that only says that words follow (قائلا)
    saying = False
    if lead and document.roles[lead[-1]] & Role.COMPLEMENTISER:
        nobody = impersonal(document, lead[-1])
        if nobody is not None:
            return nobody
    for place in _reporting(document, lead[-_LONGEST_GAP:]):
        form = document.verb_form(place)
        if form is None or document.roles[place] & Role.SAYING:
            saying = True
            continue
        if form.participle:
            if not document.is_participle(place):
                continue
            if "quotative" in form.flags:
                quotative = place if quotative is None else quotative
            else:
                carrier = place if carrier is None else carrier
        elif document.in_relative(place) and not document.is_finite(place):
            free = quotative is None and carrier is None
            found = _relative(document, lead, open_, place) if free else None
            if found is not None:
                return found
        elif document.is_finite(place):
            found = _governed(document, lead, open_, place, carrier)
            with_ba = document.roles[lead[-1]] & Role.BA and found.source == "explicit"  # وصفتها الأمم المتحدة بـ«كذا»
            if form.has_object and found.describes and found.how not in (THAT, BESIDE) and not with_ba:
                continue  # ما يعتبرها كذبة ... "كذا"
            if ":" not in form.frames and found.how in (SPOKEN, BESIDE) and not saying and quotative is None:
                continue  # شهد الملتقى "كذا"
            if form.has_object and carrier is not None and document.roles[place - 1] & Role.RELATIVE:
                continue  # التي وصفها بـ«كذا»، مضيفا
            introduced = (found.how != LOOSE and open_ - place <= _NEAR) or _in_message(document, place, open_)
            if document.roles[place] & Role.CONTINUES and found.source == "explicit" and open_ - place <= _NEAR:
                introduced = introduced or _is_long(document, open_)  # وتابع الوزير في البيان «...»
            if "needs" not in form.flags or saying or quotative is not None or introduced:
                return found
    noun = _by_noun(document, lead, open_) if open_ in document.opens else None
    return noun or _without_verb(document, lead, open_, quotative if carrier is None else carrier)


def _is_long(document: Document, open_: int) -> bool:
    """Return whether a token opens marks around more words than a name has."""
    return open_ in document.opens and document.words_in(open_) > SHORT_NAME


def _in_message(document: Document, verb: int, open_: int) -> bool:
    """Return whether a written occasion stands between a verb and the words (كتب الوزير في تغريدة على حسابه)."""
    between = document.roles[verb:open_]
    pairs = pairwise(between)
    messages = any(role & (Role.IN | Role.ONWARD) and after & (Role.OCCASION | Role.PAGE) for role, after in pairs)
    return messages and open_ - verb <= _NEAR and not any(role & Role.COMMA for role in between[:-1])


def _relative(document: Document, lead: list[int], open_: int, verb: int) -> Attribution | None:
    """Return the attribution by a verb in a relative clause that directly introduces the words (الذي قال: "...")."""
    form = document.verb_form(verb)
    if form is None or open_ - verb > _NEAR or form.flags & {"needs", "preposition"}:
        return None
    subject = document.phrase(verb + 1, open_, verb)
    how = _how(document, lead, verb, subject)
    if how == LOOSE and _in_message(document, verb, open_):
        how = SPOKEN  # الذي قال في كلمته «...»
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
    if document.cue[place] >= 0:  # جاء فيه، not جاء في بيان كذا
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
        return _carried(document, place, open_, how)
    subject = document.sentence_subject(place)
    return Attribution(place, subject, "carried" if subject else "none", how)


def _by_name(document: Document, lead: list[int]) -> Attribution | None:
    """Return the attribution by a name and a colon, without a verb (الوزير فلان: "...")."""
    if not document.roles[lead[-1]] & Role.COLON or not 1 < len(lead) <= LONGEST_PHRASE:
        return None
    name = document.phrase(lead[0], lead[-1])
    if name is None or name.end != lead[-1] or document.roles[lead[0]] & (Role.TITLE | Role.UTTERANCE):
        return None
    return Attribution(name.first, name, "explicit", SPOKEN) if document.known_speaker(name) else None


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
    relayed = document.relayed(carrier or verb, open_)
    if relayed is not None:
        speaker, agency = relayed
        how = _how(document, lead, verb, speaker)
        return Attribution(verb, speaker, "explicit", how, relayed_by=subject if carrier else agency)
    how = _how(document, lead, verb, subject)
    if document.relays(verb) and how == SPOKEN:  # نقلت الوكالة عنه قوله
        report = document.last_report(verb, "")
        him = report.speaker if report else None
        return Attribution(verb, him, "carried" if him else "none", how, relayed_by=subject)
    named = carrier or verb
    form = document.verb_form(named)
    describes = form is not None and "describes" in form.flags
    if subject is None:
        return _carried(document, named, open_, how, describes=describes)
    quotation_between = carrier is not None and any(
        verb < p < carrier and p in document.opens and document.words_in(p) > SHORT_NAME for p in lead
    )
    return Attribution(named, subject, "carried" if quotation_between else "explicit", how, describes=describes)


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
    while place and document.roles[place - 1] & (Role.COMMA | Role.COLON | Role.DASH | Role.BRACKET | Role.MARK):
        place -= 1
    return place


def _carried(
    document: Document, verb: int, open_: int, how: int, *, side: str = "before", describes: bool = False
) -> Attribution:
    """Return the attribution of a verb without a subject: the last speaker of its gender, if nothing intervenes."""
    if document.roles[verb] & Role.PASSIVE or (0 < open_ - verb <= _NEAR_THAT and document.is_impersonal(verb)):
        return Attribution(verb, None, "impersonal", how, side, describes=describes)
    place = min(verb, open_)
    report = document.last_report(place, document.gender(verb)) if document.continues(verb) else None
    speaker = report.speaker if report else None
    subject = document.sentence_subject(verb) if side == "before" else None
    if subject is not None and (speaker is None or speaker.first < subject.first):
        speaker = subject
    return Attribution(verb, speaker, "none" if speaker is None else "carried", how, side, describes=describes)


def _without_verb(document: Document, lead: list[int], open_: int, participle: int | None) -> Attribution | None:
    """Return the attribution by a participle whose verb is not a reporting verb, or by a cue (بحسب)."""
    if participle is not None:
        return _carried(document, participle, open_, _how(document, lead, participle, None))
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
    return _by_name(document, lead) if lead and _is_long(document, open_) else None


def follows_report(document: Document, open_: int) -> Attribution | None:
    """Return the attribution of a sentence in marks after the sentence of a report: ... كما قال. "كذا".

    Also of marks that follow other marks with nothing but a full stop or a comma between them.
    """
    if not open_ or not document.begins_sentence(open_) or document.flags[open_] & BEGINS_PARAGRAPH:
        return None
    report = document.last_report(open_, "")
    if report is None or report.verb < document.sentence_start(open_ - 1):
        return None
    return Attribution(report.verb, report.speaker, "carried", SPOKEN)


def _continued(document: Document, lead: list[int]) -> Attribution | None:
    """Return the attribution of a sentence that begins with وأن, which continues the report before it."""
    report = document.last_report(lead[0], "") if document.roles[lead[0]] & Role.WAW else None
    if report is None:
        return None
    return Attribution(report.verb, report.speaker, "carried", THAT if lead[-1] == lead[0] else CLAUSE)


# -------------------------------------------------------------------------------- the words after a span


def source_cue(document: Document, place: int, limit: int) -> tuple[int, Phrase] | None:
    """Return the word that names a cue such as بحسب at this token, and the speaker after it; None without either."""
    for cue in document.cues_at(place):
        first = place + len(cue.words)
        if cue.kind != "source":
            continue
        if cue.before_lam and not (first < document.size and document.roles[first] & Role.LA):
            continue
        speaker = document.phrase(first, limit)
        if speaker is not None:
            after_noun = document.roles[first - 1] & Role.SPEAKER_END  # جاء في
            return (place if after_noun and len(cue.words) > 1 else first - 1), speaker
    return None


def after(document: Document, close: int) -> Attribution | None:
    """Return the attribution after a span: بحسب فلان، كما قال فلان، على حد تعبيره، قال فلان."""
    place, comma = close + 1, False
    while place < document.size and document.roles[place] & (Role.COMMA | Role.DASH):
        place, comma = place + 1, True
    if (
        place >= document.size
        or document.flags[place] & BEGINS_PARAGRAPH
        or (comma and document.begins_sentence(place))
    ):
        return None
    cue = source_cue(document, place, document.size)
    if cue is not None:
        verb, speaker = cue
        return Attribution(verb, speaker, "explicit", SPOKEN, "after", cue=True)
    for phrase in document.cues_at(place):
        if phrase.kind != "source":
            last = place + len(phrase.words) - 1
            if phrase.kind == "own":
                return _carried(document, last, close, SPOKEN, side="after")
            if last + 1 < document.size and document.form[last + 1] >= 0:
                return _said_after(document, last + 1, close)
    form = document.verb_form(place)
    joined = document.roles[place] & Role.CONJUNCTION
    needs = (
        form is not None
        and "needs" in form.flags
        and not (comma and document.words_in(document.closes[close]) > SHORT_NAME)
    )
    if form is not None and not joined and not needs and document.is_finite(place):
        found = _said_after(document, place, close)
        return found if found.source == "explicit" and not _goes_on(document, found) else None
    return None


def _said_after(document: Document, verb: int, close: int) -> Attribution:
    speaker = document.phrase(verb + 1, document.size, verb)
    if speaker is None:
        return _carried(document, verb, close, SPOKEN, side="after")
    return Attribution(verb, speaker, "explicit", SPOKEN, "after")


def _goes_on(document: Document, found: Attribution) -> bool:
    """Return whether the verb after a span introduces the next words, and not the span."""
    end = found.speaker.end if found.speaker else found.verb + 1
    return end < document.size and (
        bool(document.roles[end] & (Role.COMPLEMENTISER | Role.COLON | Role.MARK | Role.SAYING))
        or document.form[end] >= 0
    )


# ------------------------------------------------------------------------------------ whom a phrase names


def speaker_phrases(document: Document) -> list[Phrase]:
    """Return the phrases of the explicit speakers: subjects of reporting verbs, and those after cues (بحسب)."""
    places = (place for place in document.sources if not document.quoted[place])
    cued = (source_cue(document, place, document.size) for place in places)
    return [report.speaker for report in document.reports] + [found[1] for found in cued if found is not None]


def _fuller(document: Document, speaker: Phrase) -> Phrase | None:
    """Return the fullest phrase of the document for the speaker that a short one names; None if it is no fuller."""
    if speaker.end - speaker.first > SHORT_NAME:
        return None
    # statements need what quotations have found; the classes of words live as long as the corpus
    known: dict[int, dict[int, Phrase]] = document.corpus.derive_from_tokens(("fuller", id(document.classes)), dict)
    if document.first not in known:
        names = name_classes(document.corpus)
        if not may_refer(document, names, speaker):
            return None
        found = DocumentNames(document, names, speaker_phrases(document), short_only=True)
        known[document.first] = found.fuller_phrases()
    return known[document.first].get(speaker.first)


# --------------------------------------------------------------------------------------------- columns


class Reported(NamedTuple):
    """The attribution in a row of the result: tokens, and runs of tokens (first, end), of the corpus."""

    verb: int | None = None
    lemma: str | None = None
    speaker: tuple[int, int] | None = None
    source: str = "none"
    rule: str = "none"
    refers_to: tuple[int, int] | None = None
    relayed_by: tuple[int, int] | None = None
    side: str | None = None


def reported(document: Document, found: Attribution | None, *, carry: bool) -> Reported:
    """Return an attribution with the tokens of the corpus; `carry` keeps speakers that are carried over."""
    if found is None:
        return Reported()

    def placed(phrase: Phrase | None) -> tuple[int, int] | None:
        return None if phrase is None else (document.first + phrase.first, document.first + phrase.end)

    form = document.verb_form(found.verb)
    speaker, source = found.speaker, found.source
    if source == "carried" and not carry:
        speaker, source = None, "none"
    named = found.speaker is not None and found.speaker.first == found.verb  # فلان: "..."
    return Reported(
        None if named else document.first + found.verb,
        form.lemma if form else None,
        placed(speaker),
        source,
        "none" if source == "none" else _rule(document, found),
        placed(_fuller(document, speaker) if speaker else None),
        placed(found.relayed_by),
        found.side,
    )


def _rule(document: Document, found: Attribution) -> str:
    """Return which of `SPEAKER_RULES` gave the speaker, as its place shows."""
    speaker, verb = found.speaker, found.verb
    if speaker is None:
        return "none"
    if found.source == "carried":
        if speaker == document.sentence_subject(verb) and document.form[document.sentence_start(verb)] < 0:
            return "sentence_subject"
        earlier, later = sorted((speaker.first, verb))
        if document.paragraph(earlier) != document.paragraph(later):
            return "carried_further"
        whole = document.sentence_end(earlier + 1) > later
        return "carried_sentence" if whole else "carried_paragraph"
    if found.cue:
        return "cue"
    if speaker.first == verb:
        return "no_verb"
    if document.verb_form(verb) is None:
        return "noun"
    if document.roles[speaker.first - 1] & Role.FROM and document.relays(verb):
        return "relayed"
    if document.closes.get(speaker.end) == speaker.first - 1:
        return "name_in_marks"
    if speaker.first > verb:
        return "subject_after"
    return "main_subject" if document.is_participle(verb) else "subject_before"


def report_columns(corpus: CorpusView, classes: WordClasses, rows: list[Reported]) -> list[pl.Series]:
    """Return the columns of the attribution: verb, speaker, the rule, whom it refers to, who relays, side."""
    return [
        *_verb_columns(corpus, classes, [row.verb for row in rows]),
        pl.Series("verb_lemma", [row.lemma for row in rows], pl.String),
        *_span_columns(corpus, "speaker", [row.speaker for row in rows]),
        pl.Series("speaker_source", [row.source for row in rows], pl.Enum(SPEAKER_SOURCES)),
        pl.Series("speaker_rule", [row.rule for row in rows], pl.Enum(SPEAKER_RULES)),
        pl.Series("confidence", [CONFIDENCE[row.rule] for row in rows], pl.Enum(CONFIDENCES)),
        *_span_columns(corpus, "speaker_refers_to", [row.refers_to for row in rows]),
        *_span_columns(corpus, "relayed_by", [row.relayed_by for row in rows]),
        pl.Series("side", [row.side for row in rows], pl.Enum(SIDES)),
    ]


def _verb_columns(corpus: CorpusView, classes: WordClasses, verbs: list[int | None]) -> list[pl.Series]:
    """Return the columns of the verbs, without و or ف before them."""
    surface, start, end = _span_columns(corpus, "verb", [None if verb is None else (verb, verb + 1) for verb in verbs])
    joined = [verb is not None and bool(classes.conjunction[corpus.token_types[verb]]) for verb in verbs]
    cut = pl.Series("cut", joined, pl.Boolean).cast(pl.UInt32)
    return [surface.str.slice(cut), start + cut, end]


def _span_columns(corpus: CorpusView, name: str, spans: list[tuple[int, int] | None]) -> list[pl.Series]:
    """Return runs of tokens as three columns: their text, start and end; null for None."""
    known = [span for span in spans if span is not None]
    first, end = (np.array([span[side] for span in known], np.int64) for side in (0, 1))
    columns = [
        original_text(corpus, first, end).alias(name),
        pl.Series(f"{name}_start", corpus.token_starts[first].astype(np.uint32)),
        pl.Series(f"{name}_end", token_ends(corpus, end - 1).astype(np.uint32)),
    ]
    present = np.array([span is not None for span in spans], bool)
    row_of = pl.Series(np.cumsum(present) - 1).set(~pl.Series(present, dtype=pl.Boolean), None)
    return [column.gather(row_of) for column in columns]


def mentions_for(corpus: CorpusView, actors: Any, boilerplate: pl.DataFrame | None) -> pl.DataFrame | None:
    """Return the mentions of the actors that speakers may be; None if no actors are given."""
    if actors is None:
        return None
    return mentions_of(corpus, actors, boilerplate=boilerplate)


def actor_column(table: pl.DataFrame, mentions: pl.DataFrame | None) -> pl.Series:
    """Return the actor that the phrase of each speaker, or the one it refers to, mentions.

    A person takes precedence over other actors, then the phrase itself over the other one, then the first mention:
    the head of an Arabic phrase is at its beginning.
    """
    if mentions is None:
        return pl.Series("actor", [None] * table.height, pl.String)
    numbered = table.with_row_index("row")
    said = pl.concat(
        [
            numbered.select("row", "document", first=f"{name}_start", last=f"{name}_end", phrase=pl.lit(rank))
            for rank, name in enumerate(("speaker", "speaker_refers_to"))
        ]
    ).drop_nulls()
    spans = mentions.select("document", "start", "end", "actor", person=pl.col("kind").eq("person").fill_null(False))
    chosen = (
        said.join(spans, on="document")
        .filter((pl.col("start") < pl.col("last")) & (pl.col("end") > pl.col("first")))
        .sort("row", "person", "phrase", "start", descending=[False, True, False, False])
        .unique("row", keep="first", maintain_order=True)
        .select("row", "actor")
    )
    return numbered.select("row").join(chosen, on="row", how="left", maintain_order="left")["actor"]
