"""Documents as numbers: what each token may do, where sentences begin, what is in quotation marks.

Tokens are numbered within a document. Loops of Python go over its lists.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from typing import NamedTuple, Self, TypeVar

import numpy as np

from corpus_kit._base.arrays import Array, Integers
from corpus_kit._base.once import Once
from corpus_kit._core import take
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.reporting_verbs import CueWords, Form, Role, WordClasses, folded_types, word_numbers
from corpus_kit.text.token_flags import BEGINS_PARAGRAPH, BEGINS_SENTENCE, GLUED

__all__ = ["LONGEST_PHRASE", "LONGEST_SUBJECT", "SHORT_NAME", "Block", "DocumentWords"]

T = TypeVar("T")

LONGEST_PHRASE = 12  # words of a speaker phrase
SHORT_NAME = 3  # words of a name in quotation marks
LONGEST_SUBJECT = 18  # words of a title and its name, where no reporting verb governs them
# what a word of a foreign name may look like
_PLAIN = Role.WORD | Role.NEVER_AFTER_THAT | Role.FIRST_NAME | Role.LETTER | Role.MANY | Role.PREPOSED_NOUN | Role.LA
_AFTER_SEMICOLON = Role.COMPLEMENTISER | Role.OFFICE | Role.IN | Role.OF | Role.FROM | Role.ON | Role.TO


class _Places(NamedTuple):
    """Tokens of the documents of a block, numbered within their documents: all of them, and where each begins."""

    tokens: list[int]
    bounds: list[int]

    def of(self, row: int) -> list[int]:
        """Return those of a document."""
        return self.tokens[self.bounds[row] : self.bounds[row + 1]]


class Block:
    """Some documents as numbers, of which each takes its part: numpy would be slow for one document at a time.

    What there is of every token stays in arrays, which Python's collector of cycles does not walk through.
    """

    def __init__(self, corpus: CorpusView, classes: WordClasses, types: Integers, flags: Array, sizes: Array) -> None:
        self.corpus, self.classes, self.types = corpus, classes, types
        ends = np.cumsum(sizes)
        begins = flags & (BEGINS_SENTENCE | BEGINS_PARAGRAPH) > 0
        self.form, self.cue, roles = classes.form[types], classes.cue[types], classes.roles[types]
        begins[1:] &= ~self._within_sentence(roles, flags)
        self._bounds = np.concatenate(([0], ends))
        self.bounds: list[int] = self._bounds.tolist()
        self.flags: bytes = flags.tobytes()
        self.begins: bytes = begins.tobytes()
        self.counted: bytes = (roles & np.uint64(Role.WORD) > 0).tobytes()
        self.verbs = self._places(self.form >= 0)
        self.sources = self._places(self._begin_sources())
        self.thats = self._places(roles & np.uint64(Role.COMPLEMENTISER) > 0)
        self.sentences = self._places(begins)
        self.joined = self._places(self._after_lone_conjunction(roles, begins))
        self.paragraphs = self._places(flags & BEGINS_PARAGRAPH > 0)

    def _within_sentence(self, roles: Array, flags: Array) -> Array:
        """Return whether the sign before each token but the first ends no sentence, although it mostly does.

        That is a question mark in the middle of a word, where a letter was lost, a semicolon in the place of a comma
        (أكد فلان؛ أن، ولفت فلان؛ في حديثه، إلى أن), and the point of an abbreviated name (جمال.ب).
        """
        within = np.zeros(max(len(flags) - 1, 0), bool)
        signs = np.flatnonzero((roles[:-1] & np.uint64(Role.STOP) > 0) & (flags[1:] & BEGINS_PARAGRAPH == 0))
        words, types, after = folded_types(self.corpus), self.types[signs], flags[signs + 1]
        marks = self.corpus.derive("question marks", lambda: (words == "?").to_numpy())[types]
        semicolons = self.corpus.derive("semicolons", lambda: words.is_in(["؛", ";"]).to_numpy())[types]
        goes_on = roles[signs + 1] & np.uint64(_AFTER_SEMICOLON) > 0
        joined = (flags[signs] & (GLUED | BEGINS_PARAGRAPH) == GLUED) & (after & GLUED > 0)
        letters = self.corpus.derive("letters", lambda: words.str.contains("^[ء-غق-هي]$").to_numpy())  # not و, ف
        within[signs] = (joined & (marks | letters[self.types[signs + 1]])) | (semicolons & goes_on)
        return within

    def _after_lone_conjunction(self, roles: Array, begins: Array) -> Array:
        """Return whether و or ف is a word of its own before each verb, أن or cue (و أضاف، و أن)."""
        words = folded_types(self.corpus)
        lone = self.corpus.derive("lone conjunctions", lambda: words.is_in(["و", "ف"]).to_numpy())
        after = np.zeros(len(roles), bool)
        after[1:] = lone[self.types[:-1]] & ~begins[1:]
        joined: Array = after & ((self.form >= 0) | (self.cue >= 0) | (roles & np.uint64(Role.COMPLEMENTISER) > 0))
        return joined

    def _begin_sources(self) -> Array:
        """Return whether a cue that names a source may begin at each token."""
        begin = self.cue >= 0
        cues = np.flatnonzero(begin)
        begin[cues] = self.classes.sources[self.cue[cues], np.append(self.cue, -1)[cues + 1]]
        return begin

    def _places(self, chosen: Array) -> _Places:
        places = np.flatnonzero(chosen)
        bounds = np.searchsorted(places, self._bounds)
        within = places - np.repeat(self._bounds[:-1], np.diff(bounds))
        return _Places(within.tolist(), bounds.tolist())


class DocumentWords:
    """One document as numbers: what each token may do, where sentences begin, what is in quotation marks.

    Attributes:
        corpus: The corpus.
        classes: What each type may do.
        types: The type of each token.
        first: The first token of the document in the corpus.
        size: The number of tokens.
        roles: The bits of `Role` of each token.
        form: The row of the verb form of each token, or -1.
        cue: The number of the cue word of each token, or -1.
        flags: The flags of each token.
        begins: 1 for each token with which a sentence or a paragraph begins, else 0.
        verbs: The tokens that are verb forms.
        sources: The tokens at which a cue that names a source may begin.
        thats: The tokens إن and أن.
        pairs: The opening and closing token of each pair of quotation marks.
        opens: The closing token by the opening one.
        closes: The opening token by the closing one.
    """

    # Python reads slots faster than a dictionary, which is there for what is found out when it is needed
    __slots__ = (
        "__dict__", "_counted", "_finite", "_paragraph_starts", "_participle", "_sentence_starts", "begins", "classes",
        "closes", "corpus", "cue", "first", "flags", "form", "opens", "pairs", "roles", "size", "sources", "thats",
        "types", "verbs",
    )  # fmt: skip

    def __init__(self, block: Block, row: int, first: int, pairs: list[tuple[int, int]]) -> None:
        begin, end = block.bounds[row : row + 2]
        self.corpus, self.classes = block.corpus, block.classes
        self.first = first
        self.size = end - begin
        self.types = block.types[begin:end]
        self.roles = take(block.classes.bits, self.types)
        for token in block.joined.of(row):
            self.roles[token] |= Role.CONJUNCTION | Role.WAW
        self.form: list[int] = block.form[begin:end].tolist()
        self.cue: list[int] = block.cue[begin:end].tolist()
        self.flags = block.flags[begin:end]
        self.begins = block.begins[begin:end]
        self.verbs = block.verbs.of(row)
        self.sources = block.sources.of(row)
        self.thats = [that for that in block.thats.of(row) if not self._begins_name(that)]
        self._sentence_starts = block.sentences.of(row)
        self._paragraph_starts = block.paragraphs.of(row)
        self._counted = block.counted[begin:end]
        # what is asked of a verb again and again
        self._finite: dict[int, bool] = {}
        self._participle: dict[int, bool] = {}
        self.pairs = pairs
        self.opens = dict(pairs)
        # of two pairs that share a mark, the outer one
        self.closes = {close: open_ for open_, close in reversed(pairs)}

    def _begins_name(self, that: int) -> bool:
        """Return whether بان or فان is a name and not بأن or فإن, and then give it the roles of one.

        A name goes on with a word that never follows بأن (بان كي مون), or is the subject of the verb before it, up to
        what is reported (أشار فان غال إلى أن).
        """
        after = self.roles[that + 1] if that + 1 < self.size else 0
        named = after & Role.NEVER_AFTER_THAT and not after & (Role.NEGATION | Role.BE | Role.HONORIFIC)
        if (self.roles[that] & Role.BY and named) or (self.roles[that] & Role.THEN and self._is_between(that)):
            self.roles[that] = Role.WORD | Role.LETTER
            return True
        return False

    def _is_between(self, that: int) -> bool:
        """Return whether a verb is right before a token, and what it reports after one to three plain words."""
        if not that or self.form[that - 1] < 0 or self.begins[that] or self._in_cue(that - 1):
            return False
        name = that + 1
        while name < min(that + 1 + SHORT_NAME, self.size) and not self.roles[name] & ~_PLAIN and self.form[name] < 0:
            name += 1
        after = self.roles[name] if that + 1 < name < self.size and not self.begins[name] else 0
        reported = Role.COMPLEMENTISER | Role.COLON | Role.COMMA | Role.MARK | Role.TO | Role.ON | Role.RELATIVE
        return bool(after & reported)

    @Once
    def words(self) -> list[int]:
        """A number for the spelling of each token."""
        return take(word_numbers(self.corpus), self.types)

    def derived(self, make: Callable[[Self], T]) -> T:
        """Return what a function or class makes of the document; it is called once."""
        found: T = self.__dict__.setdefault("derived from it", {}).get(make)
        if found is None:
            found = self.__dict__["derived from it"][make] = make(self)
        return found

    def forget_derived(self) -> None:
        """Drop what has been derived, which refers to the document: without it no collector of cycles is needed."""
        self.__dict__.pop("derived from it", None)

    def begins_sentence(self, token: int) -> bool:
        return self.begins[token] > 0

    def sentence_start(self, token: int) -> int:
        """Return the first token of the sentence of a token."""
        row = bisect_right(self._sentence_starts, token)
        return self._sentence_starts[row - 1] if row else 0

    def sentence_end(self, token: int) -> int:
        """Return the first token from this one on that begins a sentence, or the end of the document."""
        row = bisect_left(self._sentence_starts, token)
        return self._sentence_starts[row] if row < len(self._sentence_starts) else self.size

    def paragraph(self, token: int) -> int:
        return bisect_right(self._paragraph_starts, token)

    @Once
    def marks(self) -> list[int]:
        """The marks that are paired, in order."""
        return sorted({*self.opens, *self.closes})

    def is_lone_mark(self, place: int) -> bool:
        """Return whether a token is a quotation mark without a partner."""
        return bool(self.roles[place] & Role.MARK) and place not in self.opens and place not in self.closes

    def words_in(self, open_: int) -> int:
        """Count the words between a pair of marks."""
        return self._sizes[open_]

    @Once
    def _sizes(self) -> dict[int, int]:
        return {open_: self.words_between(open_, close) for open_, close in self.pairs}

    def words_between(self, first: int, end: int) -> int:
        """Count the words from a token to the one before another."""
        return self._counted.count(1, first, end)

    @Once
    def quoted(self) -> bytearray:
        """1 for each token that is in a longer quotation, or is a mark of one, else 0."""
        inside = bytearray(self.size)
        for open_, close in self.pairs:
            if self.words_in(open_) > SHORT_NAME:
                inside[open_ : close + 1] = b"\1" * (close + 1 - open_)
        return inside

    def in_quotation(self, token: int) -> bool:
        """Return whether a token is in a longer quotation, or is a mark of one."""
        return self.quoted[token] > 0

    def verb_form(self, token: int) -> Form | None:
        row = self.form[token]
        return self.classes.forms[row] if row >= 0 else None

    def gender(self, token: int) -> str:
        """Return the gender of a verb, or of the pronoun of a cue (على حد قولها); "" if unknown."""
        form = self.verb_form(token)
        if form is not None:
            return form.gender
        return "f" if self.roles[token] & Role.HERS else ""

    def _needs(self, verb: int) -> bool:
        form = self.verb_form(verb)
        return form is not None and "needs" in form.flags

    def is_embedded(self, token: int) -> bool:
        """Return whether a verb is relative, negated, possible or in a clause with أن (الذي قال، قد يقول، أن يقول)."""
        if not token or self.begins_sentence(token):
            return False
        if self.roles[token - 1] & Role.POSSIBLY:
            return True
        if self.roles[token - 1] & Role.PARTICLE and token > 1:
            token -= 1
        return bool(self.roles[token - 1] & (Role.RELATIVE | Role.NEGATION | Role.COMPLEMENTISER))

    def is_participle(self, token: int) -> bool:
        """Return whether a participle continues a report; متابعة, مقرا and the like only after a comma or a mark."""
        if self.form[token] < 0:
            return False
        if token not in self._participle:
            self._participle[token] = self._is_participle(token)
        return self._participle[token]

    def _is_participle(self, token: int) -> bool:
        form = self.classes.forms[self.form[token]]
        if not form.participle or self._is_subject_noun(token):
            return False
        if not self.roles[token] & Role.DOUBTFUL and (form.gender != "f" or "noun" not in form.flags):
            return True
        that = self.roles[token + 1] if token + 1 < self.size else 0
        if form.gender == "f" and that & Role.TO:
            return True  # . لافتة إلى أن
        agrees = form.gender == "m" or self.roles[token] & Role.FEMININE
        if agrees and that & Role.COMPLEMENTISER and not that & Role.BY:
            return True  # مفيدا أن, not وسائل متهمة بأنها, ما آمله أن
        return token > 0 and bool(self.roles[token - 1] & (Role.COMMA | Role.MARK))

    def _is_subject_noun(self, token: int) -> bool:
        """Return whether a participle is the person after a verb (قالت متحدثة باسم الشركة)."""
        person = self.roles[token] & Role.OFFICE and not self.roles[token] & Role.TANWIN
        return bool(person) and token > 0 and self.form[token - 1] >= 0 and not self.begins_sentence(token)

    def _after_turn(self, token: int) -> bool:
        """Return whether somebody has just been given the floor: من جانبه، بين ..."""
        place = token - 1
        while place > 0 and self.roles[place] & Role.COMMA:
            place -= 1
        return token > 0 and not self.begins_sentence(token) and bool(self.roles[place] & Role.TURN)

    def _follows(self, token: int, role: int, reach: int = 0) -> bool:
        """Return whether a word with this role follows in the clause, near a verb."""
        reach = reach or (LONGEST_SUBJECT if role & Role.COMPLEMENTISER else LONGEST_PHRASE)
        for place in range(token + 1, min(token + 1 + reach, self.size)):
            if (self.roles[place] & Role.STOP and not self._is_comma(place)) or self.begins_sentence(place):
                return False
            if self.roles[place] & Role.MARK and not self._marks_name(place):
                return False
            if self.roles[place] & role:
                return True
        return False

    def _is_comma(self, place: int) -> bool:
        """Return whether a semicolon stands in the place of a comma."""
        return bool(self.roles[place] & Role.SEMICOLON) and place + 1 < self.size and not self.begins[place + 1]

    def _marks_name(self, mark: int) -> bool:
        """Return whether a mark is one of a pair around a name (وبيَّن "الجهني" أن)."""
        return (mark in self.opens or mark in self.closes) and not self.quoted[mark]

    def cues_at(self, place: int) -> Iterator[CueWords]:
        """Yield the cues that begin at a token, the longest first."""
        number = self.cue[place]
        if number >= 0:
            for cue in self.classes.cues.get(number, ()):
                if len(cue.words) == 1 or self.cue[place : place + len(cue.words)] == cue.words:
                    yield cue

    def is_impersonal(self, verb: int) -> bool:
        """Return whether a verb without a subject is impersonal (يتوقع); after a comma its subject may be before it."""
        alone = any(cue.kind == "impersonal" and len(cue.words) == 1 for cue in self.cues_at(verb))
        return alone and not (verb and self.roles[verb - 1] & Role.COMMA)

    def _in_cue(self, token: int) -> bool:
        """Return whether a phrase such as كما or على ما comes directly before the token."""
        if not token or self.cue[token - 1] < 0:
            return False
        for size in (1, 2):
            first = token - size
            if first >= 0 and any(cue.kind == "clause" and len(cue.words) == size for cue in self.cues_at(first)):
                return True
        return False
