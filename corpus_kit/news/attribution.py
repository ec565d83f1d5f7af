"""Speaker attribution: the reporting verb or cue before or after some words, and its speaker.

The words are a span in quotation marks or an indirect clause. What stands after them is read here, what stands before
them in `lead_ins`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.actors import mentions_of
from corpus_kit.news.document_words import SHORT_NAME
from corpus_kit.news.name_resolution import DocumentNames, may_refer
from corpus_kit.news.name_words import name_classes
from corpus_kit.news.reporting_verbs import Role, WordClasses
from corpus_kit.news.running_text import original_text, token_ends
from corpus_kit.news.speaker_phrases import Phrase
from corpus_kit.news.speakers import Document
from corpus_kit.news.topic_speakers import TopicSpeakers, source_cue
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
    "carried",
    "columns_of_rows",
    "continues",
    "follows_report",
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

_NEAR_THAT = 5  # tokens between an impersonal form and the clause (ويتوقع اليوم أن)
_BATCH = 256  # rows
_SENTENCES_BACK = 2  # from a sentence in marks to the report before it

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


def carried(
    document: Document, verb: int, open_: int, how: int, *, side: str = "before", describes: bool = False
) -> Attribution:
    """Return the attribution of a verb without a subject: the last speaker of its gender, if nothing intervenes."""
    that_next = verb + 1 < document.size and document.roles[verb + 1] & Role.COMPLEMENTISER  # يذكر أن
    near = that_next or 0 < open_ - verb <= _NEAR_THAT
    if document.roles[verb] & Role.PASSIVE or (near and document.is_impersonal(verb)):
        return Attribution(verb, None, "impersonal", how, side, describes=describes)
    speaker = document.derived(TopicSpeakers).carried(verb, min(verb, open_))
    return Attribution(verb, speaker, "none" if speaker is None else "carried", how, side, describes=describes)


def continues(document: Document, open_: int) -> Attribution | None:
    """Return the attribution of the last of several paragraphs of speech, each of which opens marks, as it does."""
    first = open_
    while first and document.flags[first] & BEGINS_PARAGRAPH:
        start = document.sentence_start(first - 1)
        while start and not document.flags[start] & BEGINS_PARAGRAPH:
            start = document.sentence_start(start - 1)
        opened = [place for place in range(start, first) if document.is_lone_mark(place)]
        if not opened:
            return None
        first = opened[-1]
    report = document.last_report(first, "") if first < open_ else None
    if report is None or document.paragraph(report.verb) != document.paragraph(first):
        return None
    return Attribution(report.verb, report.speaker, "carried", SPOKEN)


def follows_report(document: Document, open_: int) -> Attribution | None:
    """Return the attribution of a sentence in marks after the sentence of a report: ... كما قال. "كذا".

    Also of marks that follow other marks with nothing but a full stop or a comma between them, and of a longer
    sentence after a report in its paragraph or the one before.
    """
    if not open_ or not document.begins_sentence(open_):
        return None
    whole = document.words_in(open_) > 2 * SHORT_NAME
    start = document.sentence_start(open_ - 1)
    for _ in range(_SENTENCES_BACK if whole else 0):
        if start and not document.flags[start] & BEGINS_PARAGRAPH:
            start = document.sentence_start(start - 1)
    report = document.last_report(open_, "")
    verb = _last_verb(document, start, open_)
    if report is not None and report.verb >= max(start, verb or 0):
        return Attribution(report.verb, report.speaker, "carried", SPOKEN)
    if not whole:
        return None
    if verb is not None:
        return carried(document, verb, open_, SPOKEN)
    near = report is not None and document.paragraph(open_) - document.paragraph(report.verb) < 2
    signed = document.roles[min(document.opens[open_] + 1, document.size - 1)] & Role.BRACKET  # كذا» (صحيفة كذا)
    return Attribution(report.verb, report.speaker, "carried", SPOKEN) if report and near and not signed else None


def _last_verb(document: Document, start: int, end: int) -> int | None:
    """Return the last verb outside marks that reports by itself, or with أن."""
    for place in reversed(document.verbs[bisect_left(document.verbs, start) : bisect_left(document.verbs, end)]):
        form = document.verb_form(place)
        if form is None or form.participle or document.quoted[place] or not document.is_finite(place):
            continue
        that = document.roles[min(place + 1, end)] & (Role.COMPLEMENTISER | Role.COLON)
        if that or not form.flags & {"needs", "preposition", "describes"}:
            return place
    return None


# -------------------------------------------------------------------------------- the words after a span


def after(document: Document, close: int) -> Attribution | None:
    """Return the attribution after a span: بحسب فلان، كما قال فلان، على حد تعبيره، قال فلان."""
    place, comma = close + 1, False
    if place + 1 < document.size and document.roles[place] & Role.STOP:
        if _cites(document, place + 1):
            place += 1  # كذا».. بهذه الكلمات استقبلنا فلان
        elif document.begins_sentence(place + 1):
            return _said_next(document, place + 1, close)
    while place < document.size and document.roles[place] & (Role.COMMA | Role.DASH):
        place, comma = place + 1, True
    if (
        place >= document.size
        or document.flags[place] & BEGINS_PARAGRAPH
        or (comma and document.begins_sentence(place))
    ):
        return None
    cue = source_cue(document, place, document.size)
    if cue is not None and not _is_view(document, cue[1]):
        verb, speaker = cue
        return Attribution(verb, speaker, "explicit", SPOKEN, "after", cue=True)
    for phrase in document.cues_at(place):
        if phrase.kind != "source":
            last = place + len(phrase.words) - 1
            if phrase.kind == "own":
                return carried(document, last, close, SPOKEN, side="after")
            named = document.roles[last] & Role.DEFINITE  # بهذه الكلمات استقبلنا فلان
            if not named and last + 1 < document.size and document.form[last + 1] >= 0:
                return _cited_by(document, last + 1, close)
            if named and last + 1 < document.size:
                found = _said_after(document, last + 1, close)
                return found if found.source == "explicit" else None
    form = document.verb_form(place)
    joined = document.roles[place] & Role.CONJUNCTION
    if form is None or ":" not in form.frames:
        return None  # عقد مع «شركة كذا وكذا»، يتضمن البناء
    needs = "needs" in form.flags and not (comma and document.words_in(document.closes[close]) > SHORT_NAME)
    if not joined and not needs and document.is_finite(place):
        found = _said_after(document, place, close)
        return found if found.source == "explicit" and not _goes_on(document, found) else None
    return None


def _is_view(document: Document, speaker: Phrase) -> bool:
    """Return whether what a cue names is somebody's view and no speaker (وفق رؤيته)."""
    role = document.roles[speaker.first]
    someone = Role.OFFICE | Role.KIN | Role.BODY | Role.UTTERANCE | Role.STUDY | Role.FIRST_NAME
    own = speaker.end - speaker.first == 1 and role & Role.POSSESSED and not role & someone
    return bool(own) and not document.known_speaker(speaker)


def _cited_by(document: Document, verb: int, close: int) -> Attribution | None:
    """Return the attribution by كما or على ما and a verb; None if they begin another report (كما وجه الوزير بكذا)."""
    found, form = _said_after(document, verb, close), document.verb_form(verb)
    end = found.speaker.end if found.source == "explicit" and found.speaker else verb + 1
    if end >= document.size or document.begins_sentence(end) or document.roles[end] & (Role.STOP | Role.COMMA):
        return found
    if form is None or document.roles[end] & (Role.COMPLEMENTISER | Role.COLON):
        return None
    reports = "أن" in form.frames or form.flags & {"describes", "relays"}
    return found if reports and "needs" not in form.flags else None


def _cites(document: Document, place: int) -> bool:
    """Return whether a sentence begins with a noun for the words before it (بهذه الكلمات)."""
    return any(
        cue.kind == "clause" and document.roles[place + len(cue.words) - 1] & Role.DEFINITE
        for cue in document.cues_at(place)
    )


def _said_next(document: Document, verb: int, close: int) -> Attribution | None:
    """Return the attribution by a verb and its speaker who make a sentence of their own (كذا». يقول الوزير.)."""
    form = document.verb_form(verb)
    if form is None or not form.imperfect or form.flags & {"needs", "describes"} or document.begins[verb] > 1:
        return None
    if document.roles[verb] & Role.CONJUNCTION or not document.is_finite(verb):
        return None
    found = _said_after(document, verb, close)
    goes_on = any(
        document.roles[place] & (Role.COMPLEMENTISER | Role.COLON | Role.MARK)
        for place in range(verb + 1, document.sentence_end(verb + 1))
    )
    return found if found.source == "explicit" and not goes_on else None


def _said_after(document: Document, verb: int, close: int) -> Attribution:
    speaker = document.phrase(verb + 1, document.size, verb)
    if speaker is None:
        return carried(document, verb, close, SPOKEN, side="after")
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
    rule = "none" if source == "none" else _rule(document, found)
    if speaker is not None and (source == "carried" or rule == "main_subject"):
        speaker = _without_object(document, speaker)
    return Reported(
        None if named else document.first + found.verb,
        form.lemma if form else None,
        placed(speaker),
        source,
        rule,
        placed(_fuller(document, speaker) if speaker else None),
        placed(found.relayed_by),
        found.side,
    )


def _without_object(document: Document, speaker: Phrase) -> Phrase:
    """Return a speaker without the object of the verb that he is the subject of (شكر الوزير | المواطنين، وقال)."""
    if speaker.end - speaker.first == 1 or speaker.first - 1 in document.opens:
        return speaker
    return Phrase(speaker.first, document.derived(TopicSpeakers).reader.subject_end(*speaker))


def _rule(document: Document, found: Attribution) -> str:
    """Return which of `SPEAKER_RULES` gave the speaker, as its place shows."""
    speaker, verb = found.speaker, found.verb
    if speaker is None:
        return "none"
    if found.source == "carried":
        if document.sentence_start(verb) <= speaker.first and not document.reports_speaker(speaker):
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
        return "noun" if speaker.first > verb else "main_subject"  # أكد الوزير أن كذا، بقوله
    if document.roles[speaker.first - 1] & Role.FROM and document.relays(verb):
        return "relayed"
    if document.closes.get(speaker.end) == speaker.first - 1:
        return "name_in_marks"
    if speaker.first > verb:
        return "subject_after"
    return "main_subject" if document.is_participle(verb) else "subject_before"


def columns_of_rows(rows: Iterable[tuple[Any, ...]], own: int) -> list[list[Any]]:
    """Return the fields of the rows of a result as lists: its own ones, and those of `Reported`, which ends each row.

    Rows are not kept, since Python's collector of cycles would walk through them again and again.

    Args:
        rows: The rows.
        own: How many fields precede that with the `Reported`.
    """
    columns: list[list[Any]] = [[] for _ in range(own + len(Reported._fields))]
    rest = iter(rows)
    while batch := [(*row[:own], *row[own]) for row in islice(rest, _BATCH)]:
        for column, values in zip(columns, zip(*batch, strict=True), strict=True):
            column.extend(values)
    return columns


def report_columns(corpus: CorpusView, classes: WordClasses, found: list[list[Any]]) -> list[pl.Series]:
    """Return the columns of the attribution: verb, speaker, the rule, whom it refers to, who relays, side.

    Args:
        corpus: The corpus.
        classes: What each of its types may do.
        found: The fields of `Reported` in the rows, as lists.
    """
    verb, lemma, speaker, source, rule, refers_to, relayed_by, side = found
    return [
        *_verb_columns(corpus, classes, verb),
        pl.Series("verb_lemma", lemma, pl.String),
        *_span_columns(corpus, "speaker", speaker),
        pl.Series("speaker_source", source, pl.Enum(SPEAKER_SOURCES)),
        pl.Series("speaker_rule", rule, pl.Enum(SPEAKER_RULES)),
        pl.Series("confidence", [CONFIDENCE[each] for each in rule], pl.Enum(CONFIDENCES)),
        *_span_columns(corpus, "speaker_refers_to", refers_to),
        *_span_columns(corpus, "relayed_by", relayed_by),
        pl.Series("side", side, pl.Enum(SIDES)),
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
