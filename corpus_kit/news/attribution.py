"""Speaker attribution: the reporting verb or cue before or after some words, and its speaker.

The words are a span in quotation marks or an indirect clause. The part of the sentence before them is the lead-in;
other quotations in it are skipped, so that a second span belongs to the verb of the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.actors import mentions_of
from corpus_kit.news.reporting_verbs import Role, WordClasses
from corpus_kit.news.running_text import original_text, token_ends
from corpus_kit.news.speakers import SHORT_NAME, Document, Phrase
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH

__all__ = [
    "BESIDE",
    "CLAUSE",
    "LOOSE",
    "SIDES",
    "SPEAKER_SOURCES",
    "SPOKEN",
    "THAT",
    "Attribution",
    "Reported",
    "actor_column",
    "after",
    "before",
    "lead_in",
    "mentions_for",
    "report_columns",
    "reported",
]

SPEAKER_SOURCES = ("explicit", "carried", "none")
SIDES = ("before", "after")

_LONGEST_LEAD = 60  # tokens of a lead-in
_NEAR = 20  # tokens between the words and a verb that reports only in some constructions (`needs`)
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
    tokens: list[int] = []
    place = open_
    while place and len(tokens) < _LONGEST_LEAD:
        if document.begins_sentence(place) and not (place == open_ and _colon_before(document, place)):
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
    for place in _outside_marks(document, lead[-_LONGEST_GAP:]):
        form = document.verb_form(place)
        if document.roles[place] & Role.SAYING:
            saying = True
        elif form is None:
            continue
        elif form.participle:
            if not document.is_participle(place):
                continue
            if "quotative" in form.flags:
                quotative = place if quotative is None else quotative
            else:
                carrier = place if carrier is None else carrier
        elif document.is_finite(place):
            found = _governed(document, lead, open_, place, carrier)
            if form.has_object and found.describes and found.how not in (THAT, BESIDE):
                continue  # ما يعتبرها كذبة ... "كذا"
            introduced = found.how != LOOSE and open_ - place <= _NEAR
            if "needs" not in form.flags or saying or quotative is not None or introduced:
                return found
    return _without_verb(document, lead, open_, quotative if carrier is None else carrier)


def _outside_marks(document: Document, lead: list[int]) -> Iterator[int]:
    """Yield the tokens of a lead-in from its end, without those in quotation marks."""
    begin = document.size
    for place in reversed(lead):
        begin = min(begin, document.closes.get(place, begin))
        if place < begin:
            yield place
            begin = document.size


def _governed(document: Document, lead: list[int], open_: int, verb: int, carrier: int | None) -> Attribution:
    subject = document.subject(verb, min(open_, carrier or open_))
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


def _carried(
    document: Document, verb: int, open_: int, how: int, *, side: str = "before", describes: bool = False
) -> Attribution:
    """Return the attribution of a verb without a subject: the last speaker of its gender."""
    report = document.last_report(min(verb, open_), document.gender(verb))
    speaker = report.speaker if report else None
    return Attribution(verb, speaker, "none" if speaker is None else "carried", how, side, describes=describes)


def _without_verb(document: Document, lead: list[int], open_: int, participle: int | None) -> Attribution | None:
    """Return the attribution by a participle whose verb is not a reporting verb, or by a cue (بحسب)."""
    if participle is not None:
        return _carried(document, participle, open_, _how(document, lead, participle, None))
    for place in lead:
        cue = source_cue(document, place, open_)
        if cue is not None:
            verb, speaker = cue
            how = _how(document, lead, verb, speaker)
            return None if how == LOOSE else Attribution(verb, speaker, "explicit", how, cue=True)
    if lead and document.roles[lead[0]] & Role.COMPLEMENTISER:
        return _continued(document, lead)
    return None


def _continued(document: Document, lead: list[int]) -> Attribution | None:
    """Return the attribution of a sentence that begins with وأن, which continues the report before it."""
    report = document.last_report(lead[0], "")
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
        return Attribution(verb, speaker, "explicit", SPOKEN, "after")
    for phrase in document.cues_at(place):
        if phrase.kind != "source":
            last = place + len(phrase.words) - 1
            if phrase.kind == "own":
                return _carried(document, last, close, SPOKEN, side="after")
            if last + 1 < document.size and document.form[last + 1] >= 0:
                return _said_after(document, last + 1, close)
    form = document.verb_form(place)
    joined = document.roles[place] & Role.CONJUNCTION
    if form is not None and not joined and "needs" not in form.flags and document.is_finite(place):
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


# --------------------------------------------------------------------------------------------- columns


class Reported(NamedTuple):
    """The attribution in a row of the result: tokens, and runs of tokens (first, end), of the corpus."""

    verb: int | None = None
    lemma: str | None = None
    speaker: tuple[int, int] | None = None
    source: str = "none"
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
    return Reported(
        document.first + found.verb,
        form.lemma if form else None,
        placed(speaker),
        source,
        placed(document.refers_to(speaker) if speaker else None),
        placed(found.relayed_by),
        found.side,
    )


def report_columns(corpus: CorpusView, classes: WordClasses, rows: list[Reported]) -> list[pl.Series]:
    """Return the columns of the attribution: verb, speaker, whom it refers to, who relays, side."""
    return [
        *_verb_columns(corpus, classes, [row.verb for row in rows]),
        pl.Series("verb_lemma", [row.lemma for row in rows], pl.String),
        *_span_columns(corpus, "speaker", [row.speaker for row in rows]),
        pl.Series("speaker_source", [row.source for row in rows], pl.Enum(SPEAKER_SOURCES)),
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
