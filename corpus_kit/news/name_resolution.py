"""Which phrases of one document name the same speaker: full name, title and name, surname, title, short form.

Names come first, wherever in the document: a shorter name joins the only longer one of which it is a part. Then titles
and short forms are read in the order of the text: each joins the only one so far who has that title. Where there are
two, nothing is joined. Every join is decided by an index of parts, so the time grows with the length of the document.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain as joined
from itertools import compress

import numpy as np

from corpus_kit._base.once import Once
from corpus_kit.news.document_words import SHORT_NAME
from corpus_kit.news.name_phrases import LINKED, NameReader, Reading, is_part
from corpus_kit.news.name_words import SLAVE, Bit, NameClasses
from corpus_kit.news.reporting_verbs import Role
from corpus_kit.news.speaker_phrases import Phrase
from corpus_kit.news.speakers import Document

__all__ = ["CONFIDENCES", "FORMS", "RULES", "Chain", "DocumentNames", "Mention", "may_refer"]

FORMS = ("full", "titled", "name", "title", "honorific", "organisation", "short", "unnamed", "other")
RULES = (
    "first", "same words", "part of name", "surname", "first name", "title", "honorific", "short form", "acronym",
    "ambiguous",
)  # fmt: skip
CONFIDENCES = ("high", "medium", "low")
_REACH = 13  # tokens of a phrase in running text
_IMPERFECT = "يت"
_OF_NOUN = frozenset(("عهده", "عهدنا"))  # ولي عهده الأمين
_NAMES = ("full", "titled", "name")
_NEVER = 1 << 62
_PLURAL = ("ين", "ون", "ات")
_LISTED = Bit.GIVEN | Bit.HEAD | Bit.ADJECTIVE  # a common word may be meant


@dataclass(eq=False, slots=True)
class Chain:
    """The mentions of one speaker.

    Attributes:
        kind: As in `Reading`.
        name: The longest name, of which all names in the chain are parts.
        mentions: The mentions.
        since: The first token.
        speaks_since: The first token of a mention that speaks, or None.
        words: The bases of the words outside names.
        ranks: The titles of rank.
        titles: The heads that name the speaker alone, too: not رئيس of رئيس الوزراء.
        ambiguous: Whether it is a mention that could belong to several chains, and so begins none that others join.
    """

    kind: str
    name: tuple[str, ...] = ()
    mentions: list[Mention] = field(default_factory=list)
    words: set[str] = field(default_factory=set)
    ranks: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    since: int = _NEVER
    speaks_since: int = _NEVER
    ambiguous: bool = False

    def add(self, mention: Mention, rule: str, confidence: str) -> None:
        mention.chain, mention.rule, mention.confidence = self, rule, confidence
        self.mentions.append(mention)
        self.words.update(mention.reading.words)
        self.ranks |= mention.reading.ranks
        self.titles.update(head.base for head in mention.reading.heads if not head.own)
        self.since = min(self.since, mention.first)
        if mention.speaks:
            self.speaks_since = min(self.speaks_since, mention.first)

    @property
    def fullest(self) -> Mention:
        """The mention that says most: the most parts of the name, then the most words, then the first.

        Where it can be, it is one without و or ل before it.
        """
        if len(self.mentions) == 1:
            return self.mentions[0]

        def order(mention: Mention) -> tuple[int, ...]:
            parts, *rest = mention.fullness
            attached = mention.reading.attached
            return (-parts, attached and parts > 1, *(-each for each in rest), attached)

        return min(self.mentions, key=lambda each: (*order(each), each.first))


@dataclass(eq=False, slots=True)
class Mention:
    """A phrase that names a speaker.

    Attributes:
        first: The first token.
        end: The token after the last.
        reading: Its parts.
        form: One of `FORMS`.
        speaks: Whether it is the speaker of a report.
        chain: Its chain.
        rule: One of `RULES`.
        confidence: One of `CONFIDENCES`.
    """

    first: int
    end: int
    reading: Reading
    form: str
    speaks: bool
    chain: Chain | None = None
    rule: str = "first"
    confidence: str = "high"

    @property
    def fullness(self) -> tuple[int, int, int]:
        parts = 1 if self.form == "organisation" else len(self.reading.name)
        return parts, len(self.reading.heads), len(self.reading.words)

    @property
    def phrase(self) -> Phrase:
        return Phrase(self.first, self.end)


def may_refer(document: Document, classes: NameClasses, phrase: Phrase) -> bool:
    """Return whether a phrase can name whom another phrase names: it has a word that recurs, or an honorific.

    A phrase without such a word has no fuller one; most documents need not be read further.
    """
    bits, bases = document.derived(classes.words_of)
    counts = document.derived(classes.counts_of)
    return any(counts[bases[place]] > 1 or bits[place] & Bit.HONORIFIC for place in range(*phrase))


def _one_name(name: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether one of two names is a shorter form of the other, with the same first and last part."""
    if is_part(name, other):
        return True
    return len(other) > 1 and name[-1] == other[-1] and name[0] == other[0] and is_part(other, name)


class DocumentNames:
    """The mentions of speakers in one document, and their chains."""

    def __init__(
        self, document: Document, classes: NameClasses, speakers: Iterable[Phrase], *, short_only: bool = False
    ) -> None:
        """Join the phrases of speakers; with `short_only` those that matter for short ones, which is faster."""
        self._document = document
        phrases = list(self._disjoint(speakers))
        self._reader = NameReader(document, classes, phrases)
        self._honorifics = classes.honorifics
        self._by_part: dict[str, list[Chain]] = defaultdict(list)  # chains with a name, by each part
        self._by_head: dict[str, dict[Chain, None]] = defaultdict(dict)  # by the head of a title or organisation
        self._aliases: dict[str, list[Chain]] = defaultdict(list)  # by acronym
        self._chains: list[Chain] = []
        self._taken = bytearray(document.size)
        for phrase in phrases:
            self._take(*phrase)
        phrases = self._beside_short(phrases) if short_only else phrases
        self._speakers = [self._mention(phrase, speaks=True) for phrase in phrases]
        self._alone = {each.reading.name[0] for each in self._speakers if each.form == "name"}
        introduced = self._introductions()
        persons = [*self._speakers, *introduced]
        self._join_full_names(self._full_names(persons))
        self._join_organisations([each for each in persons if each.form == "organisation"])
        self._join_short_names([each for each in persons if each.form in _NAMES[1:]])
        self._join_titles([each for each in self._speakers if each.chain is None], new=True)
        self._join_titles([each for each in introduced if each.chain is None], new=False)

    def _beside_short(self, phrases: list[Phrase]) -> list[Phrase]:
        """Return the short phrases, and those that share a word with one."""
        bases, bits = self._reader.bases, self._reader.bits
        classes = self._reader.classes
        short = [
            phrase for phrase in phrases
            if phrase.end - phrase.first <= SHORT_NAME and may_refer(self._document, classes, phrase)
        ]  # fmt: skip
        wanted = {base for phrase in short for base in bases[phrase.first : phrase.end]}
        for phrase in short:
            if bits[phrase.first] & Bit.HONORIFIC:
                wanted |= self._honorifics[bases[phrase.first]]
        with_acronym = 2  # tokens after a phrase
        return [
            phrase for phrase in phrases
            if not wanted.isdisjoint(bases[phrase.first : phrase.end + with_acronym])
        ]  # fmt: skip

    @Once
    def chains(self) -> list[Chain]:
        """The chains of those who speak, in the order of their first mentions, with the other places of their names."""
        titles = np.flatnonzero(self._reader.classes.bits[self._document.types] & Bit.TITLE).tolist()
        titled = (self._titled_in_text(place) for place in titles if self._speakers and not self._after_name(place))
        self._join_in_text([each for each in titled if each is not None])
        self._add_repeated_names()
        self._settle()
        return sorted((each for each in self._chains if each.speaks_since < _NEVER), key=lambda chain: chain.since)

    def _settle(self) -> None:
        """Give the rule "first" to the fullest mention of each chain, which may have come later."""
        for chain in self._chains:
            fullest = chain.fullest
            first = next(each for each in chain.mentions if each.rule in ("first", "ambiguous"))
            first.rule, fullest.rule = fullest.rule, first.rule
            first.confidence, fullest.confidence = fullest.confidence, first.confidence
            if len(chain.mentions) == 1 and fullest.form == "name" and fullest.end - fullest.first > 1:
                fullest.form = "other"

    def fuller_phrases(self) -> dict[int, Phrase]:
        """Return the fullest phrase of the chain of each speaker that says less, by the first token of the speaker."""
        fullest = {chain: chain.fullest for chain in self._chains}
        said = ((mention, fullest[mention.chain]) for mention in self._speakers if mention.chain is not None)
        return {mention.first: full.phrase for mention, full in said if full.fullness > mention.fullness}

    @Once
    def _by_first(self) -> dict[int, Mention]:
        return {mention.first: mention for mention in self._speakers}

    # ------------------------------------------------------------------------------------- mentions

    def _disjoint(self, phrases: Iterable[Phrase]) -> Iterator[Phrase]:
        end = 0
        for phrase in sorted(set(phrases)):
            if phrase.first >= end and phrase.first < phrase.end:
                end = phrase.end
                yield phrase

    def _mention(self, phrase: Phrase, *, speaks: bool) -> Mention:
        end = self._reader.extent(*phrase)
        reading = self._reader.read(phrase.first, end)
        return Mention(phrase.first, end, reading, self._form(reading), speaks)

    def _form(self, reading: Reading) -> str:
        if reading.kind in ("honorific", "other"):
            return reading.kind
        if reading.kind == "person":
            if len(reading.name) > 1:
                return "full"
            if reading.name:
                return "titled" if reading.heads else "name"
            return "title"
        if reading.definite and (len(reading.words) == 1 or reading.kind == "unnamed"):
            return "short"
        return reading.kind

    def _introductions(self) -> list[Mention]:
        """Return the phrases in running text that could introduce whom a short phrase of a speaker names."""
        parts: dict[str, None] = {}
        heads: dict[str, None] = {}
        for mention in self._speakers:
            if mention.form in _NAMES[1:]:
                parts[mention.reading.name[0]] = None
            elif mention.form == "honorific":
                heads.update(dict.fromkeys(sorted(self._honorifics[self._reader.bases[mention.first]])))
            elif mention.form in ("title", "short") and mention.reading.heads:
                heads[mention.reading.heads[0].base] = None
        places = self._places({**parts, **heads})
        found = [self._named_in_text(place) for part in parts for place in places[part]]
        found += [self._begun_in_text(place) for part in parts for place in places[part] if self._is_given(place)]
        found += [self._headed_in_text(place) for head in heads for place in places[head]]
        return [each for each in found if each is not None]

    def _headed_in_text(self, place: int) -> Mention | None:
        """Return the phrase in running text whose first word is a title, or an organisation without the article."""
        bits = self._reader.bits[place]
        if bits & Bit.TITLE:
            return self._titled_in_text(place)
        if not bits & Bit.ORGANISATION or place in self._by_first or not self._names_body(place):
            return None
        stop = self._reader.title_end(place, min(place + _REACH, self._document.size))
        if stop < self._document.size and self._for_which(place, stop):
            stop += 1
            while stop < self._document.size and self._reader.agrees(stop):
                stop += 1
        stop = self._reader.extent(place, stop)
        reading = self._reader.read(place, stop)
        if reading.kind != "organisation" or len(reading.words) == 1:
            return None
        return Mention(place, stop, reading, "organisation", speaks=False)

    def _for_which(self, head: int, place: int) -> bool:
        """Return whether ل with a definite noun belongs to a body: الهيئة العامة للطيران, شركة كذا للخدمات."""
        bits, definite = self._reader.bits, Bit.DEFINITE | Bit.PREPOSITION
        return bits[place] & definite == definite and bool(
            bits[head] & Bit.DEFINITE or not bits[place - 1] & Bit.DEFINITE
        )

    def _names_body(self, place: int) -> bool:
        """Return whether a head has another word of its name after it: وكالة كذا, الوكالة الأمريكية."""
        after = self._reader.bits[place + 1] if place + 1 < self._document.size else 0
        if not self._reader.bits[place] & Bit.DEFINITE:
            return True
        adjective = after & Bit.DEFINITE and after & Bit.ADJECTIVE
        return bool(adjective) and not self._reader.bits[place] & Bit.CLITIC

    def _titled_in_text(self, place: int) -> Mention | None:
        """Return the phrase that begins with this title outside the phrases of speakers."""
        document = self._document
        if self._taken[place] or self._reader.bits[place] & Bit.COMMON or self._inside_title(place):
            return None
        if document.in_quotation(place):
            return None
        phrase = document.phrase(place, min(place + _REACH, document.size))
        if phrase is None or phrase.first != place or any(self._taken[place : phrase.end]):
            return None
        return self._trimmed(phrase)

    def _named_in_text(self, place: int) -> Mention | None:
        """Return the full name in running text that ends with this word, with the title before it."""
        reader, first = self._reader, place
        if self._taken[place]:
            return None
        while first and not self._taken[first - 1] and reader.continues_name(first - 1):
            first -= 1
        for title in range(first - 1, max(first - _REACH, -1), -1):
            if self._taken[title] or self._document.begins_sentence(title + 1):
                break
            if reader.bits[title] & Bit.TITLE and not self._inside_title(title):
                mention = self._titled_in_text(title)
                if mention is not None and mention.first <= place < mention.end:
                    return mention
                break
        if first == place or any(self._taken[first : place + 1]):
            return None
        reading = reader.read(first, place + 1)
        if len(reading.name) < 2:
            return None
        self._take(first, place + 1)
        return Mention(first, place + 1, reading, "full", speaks=False)

    def _begun_in_text(self, place: int) -> Mention | None:
        """Return the full name in running text that begins with a first name that somebody has alone elsewhere."""
        reader = self._reader
        if self._taken[place] or not reader.begins_full_name(place):
            return None
        end = reader.name_end(place, min(place + _REACH, self._document.size))
        reading = reader.read(place, end)
        if len(reading.name) < 2 or any(self._taken[place:end]):
            return None
        self._take(place, end)
        return Mention(place, end, reading, "full", speaks=False)

    def _inside_title(self, title: int) -> bool:
        """Return whether a title is in the genitive of another: وزير in نائب وزير, الفريق in طبيب الفريق."""
        before = self._reader.bits[title - 1] if title else Bit.DEFINITE
        return bool(before & Bit.TITLE and not before & Bit.DEFINITE)

    def _take(self, first: int, end: int) -> None:
        self._taken[first:end] = b"\1" * (end - first)

    def _trimmed(self, phrase: Phrase) -> Mention | None:
        """Return the mention at the beginning of a phrase in running text: to the end of the name, or of the title."""
        reader, place = self._reader, phrase.first
        stop = reader.title_end(phrase.first, phrase.end)
        if stop < phrase.end and reader.goes_on(stop):
            stop += 1  # الرئيس الحالي للاتحاد is not every رئيس, and الأمين العام أحمد الخميس not every أحمد
        reading = reader.read(phrase.first, stop)
        if reading.name and not reader.is_known(reading.name, phrase.first, stop):
            stop = reader.core_end(phrase.first, stop)
            reading = reader.read(phrase.first, stop)
            named = stop < self._document.size and reader.bases[stop][0] not in _IMPERFECT
            if reading.name or (len(reading.words) == 1 and named):  # الرئيس فلان, not الرئيس يدرك
                return None
        followed = stop < phrase.end and self._reader.bits[stop] & Bit.DEFINITE  # السيد المرشد
        before = reader.bits[place - 1] & Bit.DEFINITE and not self._document.begins_sentence(place)  # البلد الأمين
        of_noun = before or reader.bases[place - 1] in _OF_NOUN
        alone = not reading.name and len(reading.words) == 1 and (not reading.definite or followed or of_noun)
        unsure = not reading.name and stop < phrase.end and reader.bases[stop][0] in "لب"  # المدرب لورينتيو كذا
        generic = not reading.name and reader.is_generic(phrase.first, stop)
        if reading.kind != "person" or alone or unsure or generic:
            return None
        self._take(phrase.first, stop)
        return Mention(phrase.first, stop, reading, self._form(reading), speaks=False)

    # ---------------------------------------------------------------------------------------- names

    def _new(self, mention: Mention, rule: str = "first", confidence: str = "high") -> Chain:
        chain = Chain(mention.reading.kind, mention.reading.name)
        self._chains.append(chain)
        for part in dict.fromkeys(mention.reading.name):
            self._by_part[part.removeprefix(LINKED)].append(chain)
        chain.ambiguous = rule == "ambiguous"
        self._join(mention, chain, rule, confidence)
        return chain

    def _join(self, mention: Mention, chain: Chain, rule: str, confidence: str) -> None:
        chain.add(mention, rule, confidence)
        for head in mention.reading.heads:
            self._by_head[head.base][chain] = None
        for alias in self._acronym_after(mention):
            self._aliases[alias].append(chain)

    def _full_names(self, mentions: list[Mention]) -> list[Mention]:
        """Return the full names. A word before another is a surname if it ends one (جون كيري; أبلغ كيري الصحافيين)."""
        full = [each for each in mentions if each.form == "full"]
        surnames = {each.reading.name[-1] for each in full} | self._alone
        given = Bit.GIVEN | Bit.PARTICLE | Bit.LINK
        for mention in full:
            name, bits = mention.reading.name, self._reader.bits[mention.first]
            if name[0] in surnames and not mention.reading.heads and name[-1] not in self._alone and not given & bits:
                mention.reading, mention.form = mention.reading._replace(name=name[:1], words=()), "name"
                mention.end = mention.first + 1
        return [each for each in full if each.form == "full"]

    def _join_full_names(self, mentions: list[Mention]) -> None:
        """Join full names: the longest ones begin chains; a shorter one joins the only one of which it is a part."""
        for mention in sorted(mentions, key=lambda each: (-len(each.reading.name), each.first)):
            name = mention.reading.name
            chains = [each for each in self._by_part[name[-1].removeprefix(LINKED)] if is_part(name, each.name)]
            same = [each for each in chains if each.name == name]
            if same or len(chains) == 1:
                self._join(mention, (same or chains)[0], "same words" if same else "part of name", "high")
            elif chains:
                self._new(mention, "ambiguous", "low")
            else:
                self._new(mention)

    def _join_short_names(self, mentions: list[Mention]) -> None:
        for mention in sorted(mentions, key=lambda each: each.first):
            part = mention.reading.name[0]
            chains = self._with_name(mention, part)
            if len(chains) == 1:
                if mention.form == "name" and len(chains[0].name) > 1:
                    mention.end = self._reader.extent(mention.first, mention.end, surname=True)
                self._join(mention, chains[0], *self._rule_of_part(mention, chains[0], part))
            elif chains:
                self._new(mention, "ambiguous", "low")
            elif mention.form == "titled" or not self._join_by_head(mention, part):
                self._new(mention)

    def _with_name(self, mention: Mention, part: str) -> list[Chain]:
        """Return the chains whose surname, or else whose first name, this is."""
        ranks = mention.reading.ranks
        chains = [
            each for each in self._by_part[part]
            if not each.ambiguous and not (ranks and each.ranks and not ranks & each.ranks)
        ]  # fmt: skip
        last = [each for each in chains if each.name[-1].removeprefix(LINKED) == part]
        if mention.form == "name" and self._is_given(mention.first):  # محمد alone: only one in the text has the name
            return chains if len(chains) == 1 or not last else self._of_one(chains, part)
        if last or self._reader.bases[mention.end - 1] != part:
            return last
        if self._reader.bits[mention.end - 1] & Bit.DEFINITE:  # الخازم of أحمد الخازم الغامدي; السعيد is not سعيد
            return [each for each in chains if part in each.name[1:]]
        return [each for each in chains if each.name[0] == part and ranks <= each.ranks]

    def _is_given(self, place: int) -> bool:
        return bool(self._reader.bits[place] & Bit.GIVEN) and not self._reader.bits[place] & Bit.DEFINITE

    def _of_one(self, chains: list[Chain], part: str) -> list[Chain]:
        """Return the chains that a first name may name: those that begin or end with it."""
        return [each for each in chains if part in (each.name[0], each.name[-1].removeprefix(LINKED))]

    def _rule_of_part(self, mention: Mention, chain: Chain, part: str) -> tuple[str, str]:
        if chain.name == (part,):
            return "same words", "high"
        surname = part in chain.name[1:] or chain.name[-1].removeprefix(LINKED) == part
        known = "high" if surname else "medium"
        if chain.since > mention.first:
            known = "medium" if surname else "low"
        return "surname" if surname else "first name", known

    def _places(self, wanted: Iterable[str]) -> dict[str, list[int]]:
        """Return where each of these bases is."""
        places: dict[str, list[int]] = {base: [] for base in wanted}
        if places:
            bases = self._reader.bases
            for place in compress(range(len(bases)), map(places.__contains__, bases)):
                places[bases[place]].append(place)
        return places

    # ------------------------------------------------------------------------------- organisations

    def _acronym_after(self, mention: Mention) -> Iterator[str]:
        """Yield the word in brackets or marks after an organisation: وكالة الفضاء الأمريكية (ناسا)."""
        document, place = self._document, mention.end
        if mention.form != "organisation" or place + 2 >= document.size:
            return
        around = Role.BRACKET | Role.MARK
        if document.roles[place] & around and document.roles[place + 2] & around:
            yield self._reader.bases[place + 1]

    def _join_organisations(self, mentions: list[Mention]) -> None:
        """Join organisations and their shorter forms: the words of one are among those of the only longer one."""
        for mention in sorted(mentions, key=lambda each: (-len(each.reading.words), each.first)):
            words = mention.reading.words
            head = words[0] if words else ""
            chains = [
                each for each in self._by_head[head]
                if each.kind == "organisation" and each.words.issuperset(words)
            ]  # fmt: skip
            chains = chains if len(words) > 1 else []
            same = [each for each in chains if any(other.reading.words == words for other in each.mentions)]
            if same or len(chains) == 1:
                self._join(mention, (same or chains)[0], "same words" if same else "short form", "high")
            elif chains:
                self._new(mention, "ambiguous", "low")
            else:
                self._new(mention)

    # ---------------------------------------------------------------------------------------- titles

    def _join_titles(self, mentions: list[Mention], *, new: bool) -> None:
        for mention in sorted(mentions, key=lambda each: each.first):
            reading = mention.reading
            some = mention.form == "title" and not reading.definite and len(reading.words) == 1  # وقال لاعب
            known = not some and mention.form not in ("unnamed", "other") and self._join_by_title(mention, new=new)
            if new and not known:
                self._new(mention)

    def _join_by_title(self, mention: Mention, *, new: bool) -> bool:
        """Join a title or short form to the only chain that has it, and return whether that was decided."""
        if mention.form == "honorific":
            heads = self._honorifics[self._reader.bases[mention.first]]
            chains = (chain for head in sorted(heads) for chain in self._by_head[head] if chain.kind == "person")
            return self._join_only(mention, chains, "honorific", new=new)
        rule = "short form" if mention.form == "short" else "title"
        return self._join_only(mention, self._with_title(mention), rule, new=new)

    def _with_title(self, mention: Mention) -> Iterator[Chain]:
        """Yield the chains that have all words of a title; الرئيس alone only those that are so called."""
        reading = mention.reading
        for head in reading.heads[:1]:
            alone = len(reading.words) == 1 and reading.definite
            for chain in self._by_head[head.base]:
                if (
                    chain.kind == reading.kind
                    and chain.words.issuperset(reading.words)
                    and not (alone and head.base not in chain.titles)
                ):
                    yield chain

    @Once
    def _by_own_word(self) -> dict[str, list[Chain]]:
        """The organisations by the word that is theirs alone: الداخلية of وزارة الداخلية, رويترز of وكالة رويترز."""
        bases, bits = self._reader.bases, self._reader.bits
        own: dict[str, list[Chain]] = defaultdict(list)
        for chain in self._chains:
            if chain.kind == "organisation":
                fullest = chain.fullest
                adjectives = {bases[each] for each in range(*fullest.phrase) if bits[each] & Bit.ADJECTIVE}
                words = [word for word in fullest.reading.words[1:] if word not in adjectives]
                for word in dict.fromkeys([*words[:1], *words[-1:]] if len(words) < 2 else words[-1:]):
                    own[word].append(chain)
        return own

    def _join_by_head(self, mention: Mention, part: str) -> bool:
        """Join a single word that is no name: an acronym, the title of somebody (المحلل), وزارة of الخارجية."""
        aliases = [chain for chain in self._aliases[part] if chain.since < mention.first]
        if aliases:
            return self._join_only(mention, aliases, "acronym", new=True)
        chains = [chain for chain in self._by_head[part] if part in chain.titles]
        if chains:
            return self._join_only(mention, chains, "title", new=True)
        own = [chain for chain in self._by_own_word[part] if chain.words.issuperset(mention.reading.words)]
        return mention.end == mention.first + 1 and self._join_only(mention, own, "short form", new=True)

    def _join_only(self, mention: Mention, chains: Iterable[Chain], rule: str, *, new: bool) -> bool:
        """Join a mention to the only chain before it that speaks, or that is named; else say that it is ambiguous."""
        speaking: dict[Chain, None] = {}
        earlier: dict[Chain, None] = {}
        later: dict[Chain, None] = {}
        for chain in chains:
            if chain.ambiguous:
                continue
            if chain.since < mention.first:
                earlier[chain] = None
            elif chain.kind == "person" or chain.speaks_since < _NEVER:
                later[chain] = None
            if chain.speaks_since < mention.first:
                speaking[chain] = None
                if len(speaking) > 1:
                    break
        choice = list(speaking or earlier or later)
        if not choice:
            return False
        if len(choice) > 1:
            if new:
                self._new(mention, "ambiguous", "low")
            return True
        confidence = "medium" if speaking and len(earlier) == 1 else "low"
        chain = choice[0]
        same = any(each.reading.words == mention.reading.words and not each.reading.name for each in chain.mentions)
        if same and not chain.name:
            rule = "same words"
        self._join(mention, chain, rule, confidence)
        return True

    # -------------------------------------------------------------------------------- running text

    def _join_in_text(self, mentions: list[Mention]) -> None:
        """Join phrases with titles in running text to the chains of those who speak; others are left out."""
        for mention in sorted(mentions, key=lambda each: each.first):
            name = mention.reading.name
            if len(name) > 1:
                chains = [each for each in self._by_part[name[-1].removeprefix(LINKED)] if _one_name(name, each.name)]
                chains = [each for each in chains if not each.ambiguous]
                if len(chains) == 1:
                    same = name == chains[0].name
                    self._join(mention, chains[0], "same words" if same else "part of name", "high")
            elif name:
                chains = self._with_name(mention, name[0])
                if len(chains) == 1:
                    self._join(mention, chains[0], *self._rule_of_part(mention, chains[0], name[0]))
            elif self._join_by_title(mention, new=False) and mention.chain is not None:
                self._extend(mention, mention.chain)

    def _extend(self, mention: Mention, chain: Chain) -> None:
        """Let a title end where it ends in its fuller form: وزير الشؤون البلدية | والقروية."""
        words = set(chain.fullest.reading.words)
        while mention.end < self._document.size and not self._taken[mention.end]:
            if self._document.begins_sentence(mention.end) or not self._reader.continues(mention.end, words):
                break
            mention.end += 1

    def _after_name(self, place: int) -> bool:
        """Return whether a title follows a name, which it then belongs to."""
        if not place or self._document.begins_sentence(place):
            return False
        before, further = self._reader.bits[place - 1], self._reader.bits[max(place - 2, 0)]
        return bool(self._taken[place - 1] or (further & Bit.GIVEN and before == Bit.DEFINITE))

    def _add_repeated_names(self) -> None:
        """Add the other places of the full names of speakers, and of the surnames by which they are called."""
        full: dict[str, list[Chain]] = defaultdict(list)
        short: dict[str, Chain] = {}
        for chain in self._chains:
            if len(chain.name) > 1 and chain.speaks_since < _NEVER and not chain.ambiguous and self._is_sure(chain):
                full[chain.name[0]].append(chain)
                short.update((each.reading.name[0], chain) for each in chain.mentions if each.form == "name")
        for place in sorted(joined.from_iterable(self._places({**full, **short}).values())):
            base = self._reader.bases[place]
            if base in full and not self._taken[place]:
                self._add_full_name(place, full[base])
            if base in short and not self._taken[place]:
                self._add_surname(place, short[base])

    def _is_sure(self, chain: Chain) -> bool:
        """Return whether a name is sure to be one: with a title, or with a first name of the lexicon."""
        given = Bit.GIVEN | Bit.PARTICLE
        return any(each.reading.heads or self._reader.bits[each.first] & given for each in chain.mentions)

    def _add_full_name(self, place: int, chains: list[Chain]) -> None:
        reader = self._reader
        end = reader.name_end(place, min(place + _REACH, self._document.size))
        name = reader.parts(place, end)
        before = self._reader.bits[place - 1] if place else 0
        if before & Bit.ORGANISATION and not before & (Bit.DEFINITE | Bit.PREPOSITION):  # محافظة خميس مشيط
            return
        matching = [chain for chain in chains if len(name) > 1 and _one_name(name, chain.name)]
        if len(matching) == 1 and not any(self._taken[place:end]):
            rule = "same words" if name == matching[0].name else "part of name"
            self._add_name(Phrase(place, end), name, matching[0], rule)

    def _add_surname(self, place: int, chain: Chain) -> None:
        part, before = self._reader.bases[place], self._reader.bits[place - 1] if place else 0
        of_another = Bit.GIVEN | Bit.LINK | Bit.PARTICLE | Bit.ORGANISATION | Bit.RANK
        if part.endswith(_PLURAL) or (place and self._reader.bases[place - 1].startswith(SLAVE)):
            return
        surname = chain.name[-1].removeprefix(LINKED) == part
        if surname and not before & of_another and not self._reader.bits[place] & _LISTED:
            self._add_name(Phrase(place, place + 1), (part,), chain, "surname")

    def _add_name(self, phrase: Phrase, name: tuple[str, ...], chain: Chain, rule: str) -> None:
        first, end = phrase
        reading = Reading("person", name, (), (), bool(self._reader.bits[first] & Bit.DEFINITE), frozenset())
        self._take(first, end)
        self._join(Mention(first, end, reading, "full" if len(name) > 1 else "name", speaks=False), chain, rule, "high")
