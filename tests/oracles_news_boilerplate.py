"""A slow implementation of ck.news.boilerplate: document by document, line by line, word by word, with lists and dicts.

It reads the corpus through its public tables and follows the rules in docs/news/boilerplate.md. Only the number that
represents a document's own text (`body_number`) is computed as in the library: which one is smallest depends on the
hash.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import defaultdict
from collections.abc import Collection
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

import corpus_kit as ck
from corpus_kit.news.name_words import Bit, name_classes
from corpus_kit.news.reporting_verbs import lexicon_of
from corpus_kit.text.tokenization import COUNTED_KINDS

LEXICON = Path(ck.__file__).parent / "news" / "lexicons" / "boilerplate.toml"
CLOSERS, BUTTON, RULES, TEXT = ")]}»”|/", "|/•-–—·+", "/|*=_", "!?؟…:؛-–—−ـ/|_"  # noqa: RUF001
FINAL, WEAK, LABEL = ".!?؟…۔", "،,؛;:-–—/(«“\"'[{", ":：|-–—/"  # noqa: RUF001
SEPARATORS, BRACKETS, OPENERS = "-–—−ـ/:(،,", "([", "([{«“•■▪"  # noqa: RUF001
FULL_STOPS = ".۔"  # noqa: RUF001
BULLETS, SENTENCE_MARKS, DASHES = "-–—*•", "!?؟…؛", "-–—ـ"
OPENING, CLOSING = '([«“”"', ')]»“”"'
NUMBER = ("number",)
ACCOUNTS = ("url", "email", "mention")
ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
ALL_FORMS = {
    "openings", "labels", "alone", "endings", "controls", "buttons", "short", "below", "moments", "contacts", "stamps",
}  # fmt: skip
NAMED = Bit.GIVEN | Bit.PARTICLE | Bit.LINK | Bit.TITLE | Bit.HONOUR | Bit.DEFINITE
REPORTING = set(lexicon_of(None).forms)
Row = tuple[int, int, int, int, str, bool, str, int]  # document, paragraph, start, end, kind, glued, rule, documents


class Token(NamedTuple):
    text: str
    kind: str
    start: int
    end: int
    folded: str
    opens: bool  # a sentence or a paragraph begins
    glued: bool
    is_word: bool

    @property
    def unit(self) -> Any:
        return NUMBER if self.kind == "number" else self.folded

    def is_sign(self, marks: str) -> bool:
        return self.text[0] in marks and not self.is_word


class Line:
    """A line of a document; its tokens from `low` to `high` are not yet boilerplate."""

    def __init__(self, document: int, number: int, tokens: list[Token], headline: tuple[int, int]) -> None:
        self.document, self.number, self.tokens = document, number, tokens
        self.low, self.high = 0, len(tokens)
        self.taken: set[int] = set()  # words in the middle that are boilerplate
        self.places = [place for place, token in enumerate(tokens) if token.is_word]
        self.words = [tokens[place] for place in self.places]
        self.is_headline = headline[0] <= tokens[0].start < headline[1]

    @property
    def units(self) -> tuple[Any, ...]:
        return tuple(word.unit for word in self.words)

    @property
    def is_whole(self) -> bool:
        return (self.low, self.high) == (0, len(self.tokens))

    def is_free(self, word: int) -> bool:
        return self.low <= self.places[word] < self.high and word not in self.taken

    def opens_at(self, word: int) -> bool:
        """Return whether a sentence begins at a word or at the punctuation before it."""
        since = self.places[word - 1] + 1 if word else 0
        return any(token.opens for token in self.tokens[since : self.places[word] + 1])

    def ends_finally(self) -> bool:
        return any(token.is_sign(FINAL) for token in self.tokens[self.places[-1] + 1 :])

    def mark_after(self, end: int, marks: str) -> bool:
        """Return whether the token after the word before `end` is one of these marks."""
        after = self.places[end - 1] + 1
        return after < len(self.tokens) and self.tokens[after].is_sign(marks)


def fold(phrase: str) -> tuple[str, ...]:
    return tuple(word for word in map(ck.normalize, ck.tokenize(phrase)) if any(map(str.isalnum, word)))


Left = dict[int, list[tuple[Line, int]]]  # the words of each document that are left


class Twin:
    def __init__(
        self,
        corpus: ck.Corpus,
        by: str | None,
        min_share: float = 0.01,
        min_documents: int = 5,
        min_words: int = 4,
        max_words: int = 40,
        lexicon: Path = LEXICON,
    ) -> None:
        self.min_words, self.max_words = min_words, max_words
        self.rows: list[tuple[Line, int, int, str, str, int | None]] = []
        self.read_lexicon(lexicon)
        self.read(corpus, by)
        sizes: dict[Any, int] = defaultdict(int)
        for source in self.source.values():
            sizes[source] += 1
        self.size = {document: sizes[source] for document, source in self.source.items()}
        self.least = {
            document: max(min_documents, math.ceil(min_share * size - 1e-9)) for document, size in self.size.items()
        }

    def read_lexicon(self, path: Path) -> None:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        kept = tables.pop("kept", {})
        self.phrases: dict[str, list[tuple[tuple[str, ...], str, str]]] = defaultdict(list)  # by the first word
        for kind, table in tables.items():
            for form, phrases in table.items():
                for phrase in map(fold, phrases):
                    self.phrases[phrase[0]].append((phrase, form, kind))
        self.formulas = [fold(phrase) for phrase in kept.get("formulas", [])]
        self.formula_words = {formula[0] for formula in self.formulas}
        self.dateline = {word for phrase in kept.get("dateline", []) for word in fold(phrase)}
        self.holders = {fold(phrase)[0] for phrase in kept.get("holders", [])}
        self.counters, self.times, self.channels = (
            {word for phrase in kept.get(name, []) for word in fold(phrase)}
            for name in ("counters", "times", "channels")
        )
        self.invitations = [fold(phrase) for phrase in kept.get("invitations", [])]

    def read(self, corpus: ck.Corpus, by: str | None) -> None:
        documents = corpus.documents.collect()
        labels = [None] * documents.height if by is None else documents[by].to_list()
        self.source = dict(zip(documents["document"].to_list(), labels, strict=True))
        head = {
            row["document"]: tuple(row["headline"].values()) if row["headline"] and row["headline"]["end"] else (0, 0)
            for row in documents.select("document", "headline").iter_rows(named=True)
        }
        folded = corpus.vocabulary.select("type", "folded")
        spelled = corpus.type_column("surface").to_list()
        self.name_bits = dict(zip(spelled, name_classes(corpus).bits.tolist(), strict=True))
        self.ranks = {form: rank for rank, form in enumerate(sorted(self.all_folded(corpus), key=str.encode))}
        table = corpus.tokens.join(folded, on="type", how="left", maintain_order="left").collect()
        flags = corpus.token_flags.tolist()
        low, high = corpus.document_bounds(corpus.selected_documents())
        flag_of = [flags[token] for first, end in zip(low, high, strict=True) for token in range(first, end)]
        lines: dict[int, list[list[Token]]] = {document: [] for document in self.source}
        for row, flag in zip(table.iter_rows(named=True), flag_of, strict=True):
            is_word = row["kind"] in COUNTED_KINDS and row["folded"] != ""
            token = Token(
                row["token"], row["kind"], row["start"], row["end"], row["folded"], flag & 3 > 0, flag & 4 > 0, is_word
            )
            if flag & 2:
                lines[row["document"]].append([])
            lines[row["document"]][-1].append(token)
        self.pages = {
            document: [Line(document, number, tokens, head[document]) for number, tokens in enumerate(page)]
            for document, page in lines.items()
        }
        self.lines = [line for page in self.pages.values() for line in page]

    @staticmethod
    def all_folded(corpus: ck.Corpus) -> set[str]:
        return set(corpus.type_column("folded").to_list())

    def take(self, line: Line, low: int, high: int, kind: str, rule: str, documents: int | None = None) -> None:
        self.rows.append((line, low, high, kind, rule, documents))
        if high >= line.high:
            line.high = low
        elif low <= line.low:
            line.low = high
        else:
            line.taken |= {word for word, place in enumerate(line.places) if low <= place < high}

    # ------------------------------------------------------------------ by the lexicon

    def match(self, line: Line, word: int, forms: set[str], only: str | None = None) -> tuple[str, str, int] | None:
        """Return form, kind and end of the longest phrase (of one kind) at a word; of equals, the last listed."""
        best = None
        for phrase, form, kind in self.phrases.get(line.words[word].folded, []):
            texts = tuple(token.folded for token in line.words[word : word + len(phrase)])
            if (
                form in forms
                and only in (None, kind)
                and texts == phrase
                and (best is None or len(phrase) >= best[2] - word)
            ):
                best = form, kind, word + len(phrase)
        return best

    def kind_by_opening(self, line: Line, word: int, longest: int, alone: bool) -> str | None:
        """Return the kind of the rest of a line if its first words mark it as boilerplate."""
        found_kind, reach = None, 0
        for form in ("alone", "labels", "openings"):
            found = self.match(line, word, {form})
            if found is None or found[2] < reach:
                continue
            _, kind, end = found
            rest = len(line.words) - end
            marked = line.mark_after(end, LABEL)
            good = {
                "alone": alone and rest == 0 and not (end - word == 1 and self.is_item(line)),
                "labels": marked or (alone and rest == 0 and end - word > 1),
                "openings": not (kind == "credit" and not marked and rest > 4 and line.ends_finally()),
            }
            if good[form] and rest <= (8 if kind == "credit" else longest):
                found_kind, reach = kind, end
        return found_kind

    @staticmethod
    def is_item(line: Line) -> bool:
        return line.tokens[0].is_sign("*•") and line.tokens[-1].is_word

    def openings(self) -> None:
        for line in self.lines:
            if not line.words or line.is_headline or not line.is_whole:
                continue
            kind = self.kind_by_opening(line, 0, self.max_words, True)
            above = self.pages[line.document][line.number - 1] if line.number else None
            announced = above and above.tokens[-1].is_sign(":") and line.tokens[0].kind in ("url", "email")
            if kind:
                self.take(line, self.first_token(line, 0) if announced else 0, len(line.tokens), kind, "opening")

    def controls(self) -> None:
        for line in self.lines:
            pieces = []
            for word in range(len(line.words)):
                found = self.match(line, word, {"controls"})
                if not found or line.is_headline or not line.is_free(word):
                    continue
                _, kind, end = found
                if word and not all(token.folded.isascii() for token in line.words[word:end]):
                    continue
                low, high = line.places[word], line.places[end - 1] + 1
                bracket = low > 0 and line.tokens[low - 1].is_sign(BRACKETS)
                if bracket and high < len(line.tokens) and line.tokens[high].is_sign(")]"):
                    high += 1
                low = low - bracket if word else 0
                pieces.append((low, high if end < len(line.words) else len(line.tokens), kind))
            for low, high, kind in pieces:
                self.take(line, low, high, kind, "opening")

    def bracketed_credits(self) -> None:
        for line in self.lines:
            pieces = []
            for word in range(1, len(line.words)):
                found = self.match(line, word, {"labels", "openings"}, "credit")
                bracket = line.tokens[line.places[word] - 1].is_sign(BRACKETS)
                if not found or not bracket or line.is_headline or not line.is_free(word):
                    continue
                after = range(line.places[word], len(line.tokens))
                close = next((place for place in after if line.tokens[place].is_sign(")]")), None)
                if close is None or not line.mark_after(found[2], LABEL):
                    continue
                if 0 < sum(place < close for place in line.places) - found[2] <= 8:
                    pieces.append((line.places[word] - 1, close + 1))
            for low, high in pieces:
                self.take(line, low, high, "credit", "opening")

    def credits_at_ends(self) -> None:
        for line in self.lines:
            if line.is_headline or not line.words or line.ends_finally():
                continue
            for word in range(1, len(line.words)):
                found = self.match(line, word, {"endings"})
                if not found or line.high <= line.places[word]:
                    continue
                end = found[2]
                if not 1 <= len(line.words) - end <= 6:
                    continue
                holder = line.words[end].folded
                latin = "a" <= holder[0] <= "z"
                if not (latin or holder in self.holders or line.mark_after(end, LABEL + "،,")):
                    continue
                one_sentence = not any(line.opens_at(place) for place in range(1, word + 1))
                if one_sentence and len(line.words) <= self.max_words:
                    self.take(line, 0, len(line.tokens), found[1], "opening")
                else:
                    self.take(line, self.first_token(line, word), line.high, found[1], "opening")
                break

    def openings_within(self) -> None:
        for line in self.lines:
            for word in range(1, len(line.words)):
                if line.is_headline or not line.is_free(word):
                    continue
                kind = self.kind_by_opening(line, word, min(self.max_words, 25), False)
                bracket = line.tokens[line.places[word] - 1].is_sign(BRACKETS)
                slash = line.tokens[line.places[word] - 1].is_sign(RULES)
                if kind and (line.opens_at(word) or slash or (bracket and kind == "credit")):
                    self.take(line, self.first_token(line, word), line.high, kind, "opening")
                    break
        self.sure_in_source()

    def sure_in_source(self) -> None:
        groups = defaultdict(list)
        for line in self.lines:
            for word in range(len(line.words)):
                found = self.match(line, word, {"openings"})
                if found:
                    phrase = tuple(token.folded for token in line.words[word : found[2]])
                    groups[self.source[line.document], phrase].append((line, word))
        sure = []
        for places in groups.values():
            count = sum(not line.is_free(word) for line, word in places)
            if count >= 0.9 * len(places) and count >= self.least[places[0][0].document]:
                sure += [(line, word) for line, word in places if line.is_free(word) and not line.is_headline]
        done: set[int] = set()
        for line, word in sorted(sure, key=lambda place: place[1]):
            kind = self.kind_by_opening(line, word, min(self.max_words, 25), False)
            if kind and id(line) not in done:
                done.add(id(line))
                self.take(line, self.first_token(line, word), line.high, kind, "opening")

    @staticmethod
    def first_token(line: Line, word: int) -> int:
        """Return the first token of boilerplate that begins at a word: punctuation before it can belong to the text."""
        first = max(line.places[word - 1] + 1 if word else 0, line.low)
        inside = attached = first > 0
        begin = first
        for place in range(first, line.places[word]):
            token = line.tokens[place]
            glued = token.glued and not token.is_sign(OPENERS)
            ends = token.is_sign(FINAL + ")]}»”%٪")
            ends |= token.is_sign('“"') and not line.tokens[place + 1].glued
            attached = attached and (glued or ends)
            if attached or token.kind in ("url", "email") or (inside and ends):
                begin, inside = place + 1, True
        return begin

    def linked_headlines(self) -> None:
        related = {id(line) for line, _, _, kind, _, _ in self.rows if kind == "related"}
        linked: dict[int, Line] = {}
        for line in self.lines:
            heading = id(line) in related and len(line.words) > 1 and self.match(line, 0, ALL_FORMS, "related")
            if not heading or heading[2] != len(line.words):
                continue
            for below in self.pages[line.document][line.number + 1 : line.number + 7]:
                inner = any(
                    below.opens_at(word) and self.final_before(below, word) for word in range(1, len(below.words))
                )
                short = 3 <= len(below.words) <= 15 and not below.tokens[-1].is_sign(FULL_STOPS)
                if inner or not short or not below.is_whole or below.is_headline:
                    break
                linked[id(below)] = below
        for line in linked.values():
            self.take(line, 0, len(line.tokens), "related", "form")

    # ------------------------------------------------------------------ what a page says of itself

    def is_time(self, word: Token) -> bool:
        return word.kind == "number" or word.folded in self.times | self.dateline

    def stamps(self) -> None:
        for line in self.small_lines():
            words = line.words
            counters = [word for word in words if word.folded in self.counters]
            known = all(self.is_time(word) or word.folded in self.counters for word in words)
            if known and counters and any(word.kind == "number" for word in words):
                self.take(line, 0, len(line.tokens), "footer", "form")
        for line in self.lines:
            for word in range(len(line.words)):
                stop = self.end_of_stamp(line, word)
                if stop and (word == 0 or stop == len(line.words)):
                    self.take_words(line, word, stop - 1, "footer", "opening")
                    break
        for line in self.small_lines():
            if len(line.words) > 1 and all(word.kind == "hashtag" for word in line.words):
                self.take(line, 0, len(line.tokens), "related", "form")
        for line in self.lines:
            for word in range(len(line.words)):
                if self.is_invitation(line, word):
                    self.take(line, self.first_token(line, word), line.high, "share", "opening")
                    break
        self.signatures()

    def small_lines(self) -> list[Line]:
        return [line for line in self.lines if 0 < len(line.words) <= 12 and line.is_whole and not line.is_headline]

    def end_of_stamp(self, line: Line, word: int) -> int:
        found = self.match(line, word, {"stamps"})
        if not found or line.is_headline or not line.is_free(word) or not (word == 0 or line.opens_at(word)):
            return 0
        stop = end = found[2]
        while stop < min(len(line.words), end + 14):
            each = line.words[stop]
            if not self.is_time(each) and each.folded not in self.counters:
                break
            stop += 1
        return stop if any(each.kind == "number" for each in line.words[end:stop]) else 0

    def is_invitation(self, line: Line, word: int) -> bool:
        texts = tuple(each.folded for each in line.words[word:])
        ends = [len(phrase) for phrase in self.invitations if texts[: len(phrase)] == phrase]
        if not ends or line.is_headline or not line.is_free(word) or len(texts) > 20:
            return False
        return (word == 0 or line.opens_at(word)) and any(text in self.channels for text in texts[max(ends) :])

    def signatures(self) -> None:
        for line in self.small_lines():
            first = line.tokens[0]
            if first.is_sign("-–—") and any(word.kind in ACCOUNTS for word in line.words):
                self.take(line, 0, len(line.tokens), "credit", "form")
            elif first.is_sign("©"):
                dated = any(word.kind == "number" for word in line.words)
                self.take(line, 0, len(line.tokens), "footer" if dated else "credit", "form")
        for page in [*self.pages.values()] * 2:
            last = self.last_line(page)
            if last and last.number and last.is_whole and len(last.words) <= 15 and self.is_signed(last):
                self.take(last, 0, len(last.tokens), "credit", "form")

    def is_signed(self, line: Line) -> bool:
        words, tokens = line.words, line.tokens
        numbers = [word for word in words if word.kind == "number"]
        initials = [
            word
            for word in words
            if word not in numbers and len(word.folded) <= 2 and all(map(ARABIC.match, word.folded))
        ]
        known = all(word in initials or word in numbers or self.is_holder(word) for word in words)
        slashed = len(initials) > 1 and known and any(token.is_sign("/") for token in tokens)
        ruled = tokens[0].is_sign("=ـ-") and len(initials) == len(words)
        agency = self.match(line, 0, {"alone"}, "credit")
        named = agency and agency[2] < len(words) <= 9 and line.mark_after(agency[2], "/")
        makers = self.match(line, 0, {"below"}, "credit") and tokens[0].is_sign("([") and tokens[-1].is_sign(")]")
        dated = len(numbers) > 1 and all(map(self.is_time, words))
        return bool(slashed or ruled or named or makers or dated)

    # ------------------------------------------------------------------ by repetition

    def headlines(self) -> None:
        for page in self.pages.values():
            if len(page) < 2:
                continue
            first, second = page[:2]
            free = second.is_whole and not second.is_headline
            if free and len(second.words) >= 3 and first.units == second.units:
                self.take(second, 0, len(second.tokens), "headline", "repeated")

    def in_formula(self, line: Line) -> list[bool]:
        inside = [False] * len(line.words)
        texts = [word.folded for word in line.words]
        for word in range(len(texts)):
            if texts[word] not in self.formula_words:
                continue
            fits = [each for each in self.formulas if tuple(texts[word : word + len(each)]) == each]
            for place in range(word, word + max(map(len, fits), default=0)):
                inside[place] = True
        return inside

    def repeated_lines(self) -> None:
        groups = defaultdict(list)
        for line in self.lines:
            named = any(word.kind != "number" for word in line.words)
            if len(line.words) >= 2 and named and line.is_whole and not line.is_headline:
                groups[self.source[line.document], line.units].append(line)
        often = [
            group
            for group in groups.values()
            if len({each.document for each in group}) >= self.least[group[0].document]
        ]
        lines_often = {id(line) for group in often for line in group}
        good: list[Line] = []
        for group in often:
            bodies = {self.body_number(line.document, lines_often) for line in group} - {None}
            datelines = sum(self.is_dateline(line) for line in group)
            formula = all(self.in_formula(group[0]))
            if len(bodies) >= self.least[group[0].document] and 2 * datelines < len(group) and not formula:
                good += group
        for line in good:  # all at once: hits must not change what counts as a document's own text
            self.take(line, 0, len(line.tokens), "repeated", "repeated")

    def body_number(self, document: int, lines_often: set[int]) -> int | None:
        free = own = 0
        hashes = []
        for line in self.pages[document]:
            for word in range(len(line.words)):
                if line.is_free(word):
                    free += 1
                    if id(line) not in lines_often:
                        own += 1
                        hashes.append(self.hash_of(line.words[word : word + 3]))
        return min(hashes) if own >= max(0.2 * free, 1) else None

    def hash_of(self, words: list[Token]) -> int:
        total = 0
        for place, word in enumerate(words):
            total += mixed(self.ranks[word.folded]) * pow(0x9FB21C651E98DF25, place, 1 << 64)
        return mixed(total % (1 << 64))

    def is_dateline(self, line: Line) -> bool:
        page = self.pages[line.document]
        bodies = [each.number for each in page if len(each.words) >= 12 and not each.is_headline]
        in_head = line.number < (bodies[0] if bodies else 2)
        separated = any(token.is_sign(SEPARATORS) for token in line.tokens)
        dated = any(word.folded in self.dateline for word in line.words)
        return in_head and len(line.words) <= 8 and (separated or dated)

    # ------------------------------------------------------------------ ends of texts

    def remaining(self, document: int, also: Collection[tuple[int, int]] = ()) -> list[tuple[Line, int]]:
        return [
            (line, word)
            for line in self.pages[document]
            if not line.is_headline
            for word in range(len(line.words))
            if line.is_free(word) or (id(line), word) in also
        ]

    def begins(self, line: Line, word: int) -> bool:
        if line.opens_at(word):
            return True
        before = line.tokens[line.places[word] - 1]
        return not before.is_word and not before.is_sign(WEAK)

    def bound(self, words: list[tuple[Line, int]], place: int) -> bool:
        """Return whether a sentence or a line begins at a place, or the document ends there."""
        if place in (0, len(words)):
            return True
        line, word = words[place]
        return line is not words[place - 1][0] or line.opens_at(word)

    def tails(self) -> None:
        left = {document: self.remaining(document) for document in self.pages}
        self.take_runs(
            left, self.grown(left, {document: [len(words)] for document, words in left.items() if words}, -1)
        )

    def runs(self) -> None:
        left = {document: self.remaining(document) for document in self.pages}
        self.take_runs(left, self.grown_from_bounds(left))

    def templates(self) -> set[int]:
        """Return the documents with little text of their own."""
        left = {document: self.remaining(document) for document in self.pages}
        inside = {(run[0], place) for run in self.grown_from_bounds(left) for place in range(*run[1:3])}
        return {document for document, words in left.items() if not self.has_own_text(document, words, inside)}

    def grown_from_bounds(self, left: Left) -> list[tuple[int, int, int, int]]:
        bounds = {
            document: [place for place in range(len(words) + 1) if self.bound(words, place)]
            for document, words in left.items()
            if words
        }
        forward = self.grown(left, {document: places[:-1] for document, places in bounds.items()}, 1)
        return forward + self.grown(left, {document: places[1:] for document, places in bounds.items()}, -1)

    @staticmethod
    def has_own_text(document: int, words: list[tuple[Line, int]], inside: set[tuple[int, int]]) -> bool:
        return sum((document, place) not in inside for place in range(len(words))) >= 0.5 * len(words)

    def grown(self, left: Left, anchors: dict[int, list[int]], step: int) -> list[tuple[int, int, int, int]]:
        """Return (document, first, end, variety) of the runs from each anchor on that enough documents share."""
        alive = [(document, place) for document, places in anchors.items() for place in places]
        best: dict[tuple[int, int], int] = {}
        most: dict[tuple[int, int], int] = defaultdict(int)
        for size in range(self.min_words, 121):
            groups = defaultdict(list)
            for document, place in alive:
                first = place if step > 0 else place - size
                if first >= 0 and first + size <= len(left[document]):
                    groups[self.key_of(left, document, first, first + size)].append((document, place, first))
            alive = []
            for group in groups.values():
                least = self.least[group[0][0]]
                if len({document for document, _, _ in group}) < least:
                    continue
                around = set()
                for document, _, first in group:
                    exact = [line.words[word].folded for line, word in left[document]]
                    beside = exact[first + size :][:4] if step > 0 else exact[:first][-4:]
                    around.add(tuple(beside))
                for document, place, _ in group:
                    alive.append((document, place))
                    if len(around) >= max(least, 0.25 * most[document, place]):
                        best[document, place] = size
                    most[document, place] = max(most[document, place], len(around))
        return [
            (document, place if step > 0 else place - size, place + size if step > 0 else place, most[document, place])
            for (document, place), size in best.items()
        ]

    def key_of(self, left: Left, document: int, first: int, end: int) -> tuple[Any, ...]:
        return self.source[document], *(line.words[word].unit for line, word in left[document][first:end])

    def take_runs(self, left: Left, runs: list[tuple[int, int, int, int]]) -> None:
        inside = {(document, place) for document, first, end, _ in runs for place in range(first, end)}
        groups = defaultdict(list)
        for run in runs:
            groups[self.key_of(left, *run[:3])].append(run)
        placed = {key for key, group in groups.items() if self.is_placed(left, group)}
        placed_words = {
            (document, place)
            for key in placed
            for document, first, end, _ in groups[key]
            for place in range(first, end)
        }
        pairs: dict[tuple[Any, ...], list[bool]] = defaultdict(list)
        for document, words in left.items():
            for place in range(len(words) - 1):
                both = {(document, place), (document, place + 1)} <= placed_words
                pairs[self.key_of(left, document, place, place + 2)].append(both)
        own = {document for document, words in left.items() if self.has_own_text(document, words, inside)}
        good: set[tuple[int, int]] = set()
        for key, group in groups.items():
            document, first, end, _ = group[0]
            variety = max(each for *_, each in group)
            shares = sorted(
                sum(pairs[pair]) / len(pairs[pair])
                for pair in (self.key_of(left, document, place, place + 2) for place in range(first, end - 1))
            )
            cohesive = key in placed and (not shares or shares[len(shares) // 2] >= 0.8)
            clear = self.is_clear_end(left, group) and variety >= 0.5 * self.size[document]
            evidence = len({each for each, *_ in group if each in own})
            if (clear or cohesive) and evidence >= self.least[document]:
                good |= {(each, place) for each, first, end, _ in group for place in range(first, end)}
        for document, words in left.items():
            places = [place for place in range(len(words)) if (document, place) in good]
            starts = [place for place in places if place - 1 not in places]
            for start in starts:
                end = next(place for place in range(start, len(words) + 1) if place not in places)
                found = self.match(*words[start], ALL_FORMS)
                kind = found[1] if found else "footer" if end == len(words) else "repeated"
                for line in dict.fromkeys(line for line, _ in words[start:end]):
                    within = [word for each, word in words[start:end] if each is line]
                    self.take_words(line, within[0], within[-1], kind, "repeated")

    def is_text(self, left: Left, group: list[tuple[int, int, int, int]]) -> bool:
        """Return whether a run is a formula, a dateline or most of its documents."""
        formulas = 0
        for document, first, end, _ in group:
            formulas += 2 * sum(self.in_formula(line)[word] for line, word in left[document][first:end]) > end - first
        long = sum(2 * (high - low) > len(left[each]) for each, low, high, _ in group)
        datelines = sum(self.looks_like_dateline(left[each], low, high) for each, low, high, _ in group)
        return 2 * formulas >= len(group) or 2 * long > len(group) or 2 * datelines >= len(group)

    def is_placed(self, left: Left, group: list[tuple[int, int, int, int]]) -> bool:
        """Return whether a run begins where something begins, and ends so or is glued to a line in enough documents."""
        document, variety = group[0][0], max(each for *_, each in group)
        starts = [(left[each], low, high) for each, low, high, _ in group]
        begins = sum(self.begins(*words[low]) for words, low, _ in starts)
        lines = sum(low == 0 or words[low][0] is not words[low - 1][0] for words, low, _ in starts)
        ends = sum(self.bound(words, high) for words, _, high in starts)
        glued = 2 * lines >= len(group) and variety >= 0.05 * self.size[document]
        return 2 * begins >= len(group) and (2 * ends >= len(group) or glued) and not self.is_text(left, group)

    def is_clear_end(self, left: Left, group: list[tuple[int, int, int, int]]) -> bool:
        at_end = sum(high == len(left[document]) for document, _, high, _ in group)
        return 2 * at_end >= len(group) and not self.is_text(left, group)

    def looks_like_dateline(self, words: list[tuple[Line, int]], low: int, high: int) -> bool:
        line, word = words[low]
        last_line, last = words[high - 1]
        if high - low > 8 or line.number > 3 or (low and words[low - 1][0] is line):
            return False
        tokens: list[Token] = []
        for each in self.pages[line.document][line.number : last_line.number + 1]:
            from_here = line.places[word] if each is line else 0
            to_here = last_line.places[last] + 2 if each is last_line else len(each.tokens)
            tokens += each.tokens[from_here:to_here]
        return any(token.is_sign(SEPARATORS) for token in tokens)

    def take_words(self, line: Line, first: int, last: int, kind: str, rule: str) -> None:
        """Take words with the signs that belong to them."""
        end = line.places[last] + 1
        after = line.places[last + 1] if last + 1 < len(line.words) else len(line.tokens)
        if after >= line.high:
            end = line.high
        else:
            while end < after:
                token = line.tokens[end]
                if not ((token.glued and not token.is_sign(OPENERS)) or token.is_sign(CLOSERS)):
                    break
                end += 1
        self.take(line, self.first_token(line, first), end, kind, rule)

    def take_end(self, document: int, line: Line, word: int, documents: int) -> None:
        found = self.match(line, word, ALL_FORMS)
        kind = found[1] if found else "footer"
        first = self.first_token(line, word)
        for each in self.pages[document][line.number :]:
            low = first if each is line else each.low
            if low < each.high and not each.is_headline:
                self.take(each, low, each.high, kind, "repeated", documents)

    def open_tails(self, by_opening: set[tuple[int, int]], templates: set[int]) -> None:
        ends = {document: self.remaining(document, by_opening) for document in self.pages}
        chosen: dict[int, tuple[int, int]] = {}
        for length in range(5, 0, -1):
            for document, place, count in self.open_footers(ends, length, templates):
                chosen.setdefault(document, (place, count))
        for document, (place, count) in chosen.items():
            line, word = ends[document][place]
            if line.is_free(word):
                self.take_end(document, line, word, count)

    def open_footers(self, ends: Left, length: int, templates: set[int]) -> list[tuple[int, int, int]]:
        """Return (document, place, documents) of open footers recognised by so many words, by document and place."""

        def run(document: int, place: int) -> tuple[Any, ...]:
            words = ends[document][place : place + length]
            return self.source[document], *(line.words[word].unit for line, word in words)

        begun = defaultdict(set)
        near = defaultdict(list)
        everywhere: dict[tuple[Any, ...], int] = defaultdict(int)
        for document, words in ends.items():
            for place in range(len(words) - length + 1):
                key = run(document, place)
                everywhere[key] += 1
                line, word = words[place]
                if place and len(words) - place <= 80 and not self.in_formula(line)[word]:
                    if self.begins(*words[place]):
                        begun[key].add(document)
                    if length > 1 or self.phrases_at(line, word):
                        near[key].append((document, place))
        found, more = [], []
        for key, documents in begun.items():
            example = next(iter(documents))
            if len(documents) < max(self.least[example], (0.05 if length > 1 else 0.5) * self.size[example]):
                continue
            usual = len({document for document, _ in near[key]}) >= 0.5 * self.size[example]
            members: dict[int, int] = {}
            unmarked: dict[int, int] = {}
            for document, place in near[key]:
                if usual or self.begins(*ends[document][place]):
                    members.setdefault(document, place)
                elif not self.holds_stop(document, ends[document], place):
                    unmarked.setdefault(document, place)
            unended = sum(not self.holds_stop(document, ends[document], place) for document, place in members.items())
            after = sum(self.after_final(document, *ends[document][place]) for document, place in members.items())
            around = {
                tuple(line.words[word].folded for line, word in ends[document][max(place - 4, 0) : place])
                for document, place in members.items()
            }
            good = len(around) >= self.least[example] <= len(members.keys() - templates)
            good = good and len(members) >= 0.9 * everywhere[key]
            short = sum(len(ends[document]) / 3 >= len(ends[document]) - place for document, place in members.items())
            good = good and 2 * short >= len(members)
            if good and unended >= 0.8 * len(members) and 2 * after >= len(members):
                found += [(document, place, len(members)) for document, place in members.items()]
                more += [(document, place, len(members)) for document, place in unmarked.items()]
        marked = {document for document, *_ in found}
        return sorted(found + [each for each in more if each[0] not in marked])

    def phrases_at(self, line: Line, word: int) -> bool:
        return self.match(line, word, ALL_FORMS) is not None

    def holds_stop(self, document: int, words: list[tuple[Line, int]], place: int) -> bool:
        """Return whether a full stop is between a word and the end of its document or of its last word's line."""
        line, word = words[place]
        last = words[-1][0].number
        lines = self.pages[document][line.number : last + 1]
        tokens = line.tokens[line.places[word] :] + [token for each in lines[1:] for token in each.tokens]
        return any(token.text in FULL_STOPS for token in tokens)

    def after_final(self, document: int, line: Line, word: int) -> bool:
        if word:
            between = line.tokens[line.places[word - 1] : line.places[word]]
        else:
            between = line.tokens[: line.places[0]]
            for earlier in reversed(self.pages[document][: line.number]):
                last = earlier.places[-1] if earlier.places else 0
                between = earlier.tokens[last:] + between
                if earlier.places:
                    break
        return any(token.is_sign(FINAL) for token in between)

    # ------------------------------------------------------------------ by form and place

    def buttons(self) -> None:
        for line in self.lines:
            rows: list[list[Any]] = []
            for word in range(len(line.words)):
                found = self.match(line, word, {"buttons"})
                opening = self.match(line, word, {"openings"})
                if opening and opening[1] == "share" and (not found or opening[2] > found[2]):
                    found = opening
                if not found or line.is_headline or not line.is_free(word) or (rows and word < rows[-1][1]):
                    continue
                between = line.tokens[line.places[word - 1] + 1 : line.places[word]] if word else []
                if rows and word == rows[-1][1] and all(token.is_sign(BUTTON) for token in between):
                    rows[-1][1:3] = [found[2], rows[-1][2] + 1]
                else:
                    rows.append([word, found[2], 1, found[1]])
            for first, end, count, kind in rows:
                if count >= 3 and (first == 0 or end == len(line.words)):
                    self.take_words(line, first, end - 1, kind, "opening")

    def code(self) -> None:
        for line in self.lines:
            foreign = [word.kind == "number" or not ARABIC.search(word.folded) for word in line.words]
            pieces = []
            for first in range(len(foreign)):
                if not foreign[first] or (first and foreign[first - 1]):
                    continue
                end = next((word for word in range(first, len(foreign)) if not foreign[word]), len(foreign))
                stop = line.places[end] if end < len(foreign) else len(line.tokens)
                braces = sum(token.is_sign("{") for token in line.tokens[line.places[first] : stop])
                if end - first >= 15 and braces >= 2:
                    tail = len(foreign) - end <= 24 and not line.ends_finally()
                    pieces.append([first, len(foreign) if tail else end])
            for piece, following in pairwise(pieces):
                if following[0] - piece[1] <= 4:
                    piece[1] = following[0]
            pieces = [piece for piece in pieces if line.is_free(piece[0]) and not line.is_headline]
            for first, end in pieces:
                self.take_words(line, first, end - 1, "navigation", "form")
        for line in self.lines:
            self.comments(line)

    def comments(self, line: Line) -> None:
        tokens = line.tokens
        pairs = [
            tokens[place].text[0] + tokens[place + 1].text[0] if tokens[place + 1].glued else ""
            for place in range(len(tokens) - 1)
        ]
        pieces = []
        for low in [place for place, pair in enumerate(pairs) if pair == "/*"]:
            high = next((place + 2 for place, pair in enumerate(pairs) if pair == "*/" and place >= low + 2), None)
            if high is None or line.is_headline or low < line.low or high > line.high:
                continue
            inside = [token for token in tokens[low:high] if token.is_word]
            if all(word.kind == "number" or not ARABIC.search(word.folded) for word in inside):
                pieces.append((low, high))
        for low, high in pieces:
            self.take(line, low, high, "navigation", "form")

    def is_address(self, line: Line, first: int, end: int, tokens: list[Token]) -> bool:
        words = line.words[first:end]
        apart = any(token.is_sign("@") for token in tokens)
        contact = self.match(line, first, {"contacts"}) if words else None
        if contact is not None and contact[2] < end:
            word = line.words[contact[2]]
            apart |= word.kind == "number" or not ARABIC.search(word.folded)
        others = [word for word in words if word.kind not in (*ACCOUNTS, "number") and ARABIC.search(word.folded)]
        return (apart or any(token.kind in ACCOUNTS for token in tokens)) and len(others) <= 2

    def addresses(self) -> None:
        for page in self.pages.values():
            last_text = max((line.number for line in page if self.left_in(line) >= 20), default=0)
            for line in page:
                if not self.is_address(line, 0, len(line.words), line.tokens) or len(line.words) > 12:
                    continue
                if line.number <= last_text or not line.is_whole or line.is_headline:
                    continue
                if not page[line.number - 1].tokens[-1].is_sign(":"):
                    self.take(line, 0, len(line.tokens), "footer", "form")

    @staticmethod
    def left_in(line: Line) -> int:
        return sum(line.low <= place < line.high for place in line.places)

    def tails_of_footers(self) -> None:
        for page in self.pages.values():
            found = [line.number for line, _, _, kind, *_ in self.rows if kind == "footer" and line in page]
            after = [
                line for line in page[max(found) + 1 :] if line.is_whole and not line.is_headline and line.words
            ] if found else []  # fmt: skip
            if sum(len(line.words) for line in after) <= 12 and not any(
                line.ends_finally() or any(self.in_formula(line)) for line in after
            ):
                for line in after:
                    self.take(line, 0, len(line.tokens), "footer", "form")

    def has_marks(self, line: Line, first: int, high: int | None = None, marks: str = TEXT) -> bool:
        """Return whether a line has marks of text from a word on, and up to a token."""
        high = len(line.tokens) if high is None else high
        tokens = line.tokens[line.places[first] : high]
        last = max(place for place in line.places if place < high)
        final = any(token.is_sign(FINAL) for token in line.tokens[last:high])
        return final or any(token.is_sign(marks) or token.kind == "number" for token in tokens)

    def short_lines(self) -> None:
        free = {
            document: [line for line in page if line.is_whole and not line.is_headline and line.words]
            for document, page in self.pages.items()
        }
        short = {document: [self.is_short(line) for line in lines] for document, lines in free.items()}
        above = self.blocks(free, short, 1)
        usual = self.captions(above)
        for document, lines in free.items():
            if lines and len(lines) <= 3 and all(short[document]):
                for line in lines:
                    if self.source[document] in usual or self.match(line, 0, {"short"}):
                        self.take(line, 0, len(line.tokens), "caption", "form")
            if lines and short[document][-1] and lines[-1].tokens[0].is_sign(BULLETS) and lines[-1].number:
                line = lines[-1]
                above_line = self.pages[document][line.number - 1]
                named = self.match(line, 0, {"below"}, "credit") or self.is_signature(line, 0, len(line.words), False)
                named = named or (len(line.words) <= 2 and above_line.words and above_line.ends_finally())
                if named and not self.pages[document][line.number - 1].tokens[0].is_sign(BULLETS):
                    self.take(line, 0, len(line.tokens), "credit", "form")
        self.last_lines()
        below = {document: block for document, block in self.blocks(free, short, -1).items() if block[0]}
        for block, ended in below.values():
            first = block[-1]
            found = self.match(first, 0, {"below"})
            kind = found[1] if found else "credit" if self.is_signature(first, 0, len(first.words)) else None
            if kind and ended:
                for line in block[-3:]:
                    self.take(line, 0, len(line.tokens), kind, "form")
        short = {
            document: [one or self.is_long_caption(line) for one, line in zip(short[document], lines, strict=True)]
            for document, lines in free.items()
        }
        below = {document: block for document, block in self.blocks(free, short, -1).items() if block[0]}
        self.tails_of_texts(self.captions(below, if_ended=True))
        self.sentences()

    def is_long_caption(self, line: Line) -> bool:
        if not 12 < len(line.words) <= 25 or line.words[0].folded.startswith("و") or any(self.in_formula(line)):
            return False
        inner = any(line.opens_at(word) and self.final_before(line, word) for word in range(1, len(line.words)))
        return not inner and not self.has_marks(line, 0)

    def last_line(self, page: list[Line]) -> Line | None:
        """Return the last line in which a word or more is left, if it is no headline."""
        left = [line for line in page if self.left_in(line)]
        return left[-1] if left and not left[-1].is_headline else None

    def foot(self, line: Line, start: int, end: int) -> str | None:
        below, alone = self.match(line, start, {"below"}), self.match(line, start, {"alone"})
        if below:
            return below[1]
        return alone[1] if alone and alone[2] == end else None

    @staticmethod
    def before_dash(line: Line, start: int, end: int) -> int:
        for word in range(start + 1, end):
            if any(token.is_sign(DASHES) for token in line.tokens[line.places[word - 1] : line.places[word]]):
                return word
        return end

    def last_lines(self) -> None:
        for page in self.pages.values():
            line = self.last_line(page)
            if line is None or not line.is_whole or not line.number or any(self.in_formula(line)):
                continue
            above, size = page[line.number - 1], len(line.words)
            if len(above.words) < 20 or not above.ends_finally() or line.ends_finally():
                continue
            kind = self.foot(line, 0, size) if size <= 25 else None
            if self.has_marks(line, 0, marks=SENTENCE_MARKS):
                kind = None
            named = self.before_dash(line, 0, size)
            marks = self.has_marks(line, 0, line.places[named - 1] + 1)
            if kind is None and size - named <= 12 and not marks and self.is_signature(line, 0, named, False):
                kind = "credit" if self.is_signature(line, 0, named) else "caption"
            if kind is None and 2 <= size <= 8 and line.words[0].folded[0] != "و" and not self.has_marks(line, 0):
                kind = "credit" if line.tokens[0].is_sign(BULLETS) else "caption"
            if kind:
                self.take(line, 0, len(line.tokens), kind, "form")

    def blocks(self, free: dict[int, list[Line]], short: dict[int, list[bool]], step: int) -> dict[int, Any]:
        """Return, by document, the short lines beside the text, the nearest last, and whether the text ends finally."""
        result = {}
        for document, lines in free.items():
            ordered, are_short = lines[::step], short[document][::step]
            size = next((place for place, each in enumerate(are_short) if not each), len(lines))
            if size == len(lines):
                continue
            text, block = ordered[size], ordered[:size]
            ended = text.ends_finally()
            if len(text.words) < 20:
                marked = bool(block) and block[-1].tokens[0].is_sign(BULLETS)
                if step > 0 or not ended or (len(text.words) < 8 and not marked):
                    continue
            if step > 0 or len(block) <= 12:
                result[document] = block[-(3 if step > 0 else 12) :], ended
        return result

    def captions(self, blocks: dict[int, Any], *, if_ended: bool = False) -> set[Any]:
        """Take the captions among short lines; return the sources that have them."""
        of_source = defaultdict(list)
        ended = {id(block): if_ended and end for block, end in blocks.values()}
        for document, (block, _) in blocks.items():
            of_source[self.source[document]].append(block)
        usual = set()
        for source, group in of_source.items():
            listed = [
                sum(
                    self.match(line, 0, {"short"}) is not None
                    or (line.tokens[0].is_sign(".…") and line.words[0].folded.startswith("و"))
                    for line in block
                )
                for block in group
            ]
            if sum(listed) < max(3, 0.05 * sum(map(len, group))):
                continue
            usual.add(source)
            for block, count in zip(group, listed, strict=True):
                for line in block if count or len(block) == 1 or ended[id(block)] else []:
                    if line.is_whole:
                        self.take(line, 0, len(line.tokens), "caption", "form")
        return usual

    def is_signature(self, line: Line, first: int, end: int, new: bool = True) -> bool:
        bits = [self.name_bits[word.text] for word in line.words[first:end]]
        skip = int(len(bits) > 2 and bits[0] & Bit.RANK > 0)
        start, bits = first + skip, bits[skip:]
        if not 2 <= len(bits) <= 6:
            return False
        surname = re.search("^ال.{3,}ي$", line.words[end - 1].text) is not None
        plain = not bits[0] & (Bit.HEAD | Bit.DEFINITE | Bit.CLITIC)
        named = bits[0] & (Bit.GIVEN | Bit.PARTICLE) and not bits[0] & Bit.PREPOSITION
        named = named or (len(bits) > 2 and bits[1] & Bit.LINK)
        if not named and not (plain and surname):
            return False
        if any(token.is_sign(FINAL) for token in line.tokens[line.places[start] : line.places[end - 1]]):
            return False
        if not new:
            return True
        before = [word.text for each in self.pages[line.document][: line.number] for word in each.words]
        before += [word.text for word in line.words[:start]]
        return tuple(word.text for word in line.words[start : start + 2]) not in set(pairwise(before))

    def photo_credits(self) -> None:
        self.latin_credits()
        for line in self.lines:
            tokens = line.tokens
            address = len(tokens) > 2 and tokens[0].kind in ("url", "email") and tokens[1].is_sign("-–—")
            if address and line.low == 0 and not line.is_headline:
                self.take(line, 0, 1, "credit", "form")
        for line in self.lines:
            if self.is_credited(line):
                self.take(line, 0, len(line.tokens), "caption", "form")
        for page in self.pages.values():
            last = self.last_line(page)
            credits = [
                (line, word, end, line is last and end == self.end_of_left(line))
                for line in page
                for word, end in self.agencies(line, line is last)
            ]
            lines = [line for line in page if line.low < line.high and not line.is_headline]
            few = sum(len(line.words) for line in lines) <= 45 * len(credits) and len(lines) <= 3
            if few and any(at_end for *_, at_end in credits):
                for line in lines:
                    self.take(line, line.low, line.high, "caption", "form")
                continue
            found = []
            before: tuple[Line | None, int] = (None, 0)
            for line, word, end, at_end in credits:
                begin = max(self.sentence_before(line, word), before[1] if before[0] is line else 0)
                before = line, end
                caption = not at_end and begin < word and word - begin <= 30
                found.append((line, begin if caption else word, end - 1, "caption" if caption else "credit"))
            for each in found:
                self.take_words(*each, "form")
        for page in self.pages.values():
            self.last_brackets(page)

    def agencies(self, line: Line, is_last: bool) -> list[tuple[int, int]]:
        """Return the agencies in brackets in a line that are credits: word and end."""
        found = []
        for word in range(len(line.words)):
            phrase = self.match(line, word, {"alone"}, "credit")
            if not phrase or not line.is_free(word) or line.is_headline or not self.in_brackets(line, word, phrase[2]):
                continue
            end = phrase[2]
            at_end = is_last and end == self.end_of_left(line)
            named = any(
                each.folded in self.holders or re.match("[a-z]", each.folded)
                for each in line.words[max(word - 3, 0) : word]
            )
            at_end = at_end and not named and word - self.sentence_before(line, word) > 3
            after = line.places[end - 1] + 2
            dateline = word == 0 and after < len(line.tokens) and line.tokens[after].is_sign("-–—")
            if (at_end or word == 0 or self.final_before(line, word)) and not dateline:
                found.append((word, end))
        return found

    @staticmethod
    def end_of_left(line: Line) -> int:
        return sum(place < line.high for place in line.places)

    @staticmethod
    def in_brackets(line: Line, word: int, end: int) -> bool:
        before, after = line.places[word] - 1, line.places[end - 1] + 1
        if before < 0 or after >= len(line.tokens):
            return False
        return line.tokens[before].is_sign(OPENING) and line.tokens[after].is_sign(CLOSING)

    @staticmethod
    def sentence_before(line: Line, word: int) -> int:
        opens = [each for each in range(word) if line.opens_at(each)]
        return opens[-1] if opens and line.is_free(opens[-1]) else word

    def last_brackets(self, page: list[Line]) -> None:
        line = self.last_line(page)
        if line is None or not line.tokens[line.high - 1].is_sign(CLOSING):
            return
        end, above = self.end_of_left(line), page[line.number - 1]
        for word in range(end - 1, max(end - 4, -1), -1):
            whole = word == 0 and line.number > 0 and above.words and above.ends_finally()
            kept = any(self.in_formula(line)[word:end]) or any(each.kind == "number" for each in line.words[word:end])
            placed = whole or (word > 0 and self.final_before(line, word))
            if self.in_brackets(line, word, end) and line.is_free(word) and placed and not kept:
                self.take_words(line, word, end - 1, "credit", "form")
                return

    def is_credited(self, line: Line) -> bool:
        """Return whether a line is a caption that ends in an agency."""
        page = self.pages[line.document]
        if line.is_headline or not any(len(each.words) >= 20 for each in page):
            return False
        above = page[line.number - 1] if line.number else None
        for word in range(4, min(len(line.words), 31)):
            found = self.match(line, word, {"alone"}, "credit")
            if not found or found[2] != len(line.words) or not (line.is_free(word) and line.is_free(0)):
                continue
            before, last = line.tokens[line.places[word] - 1], line.tokens[-1]
            dashed = before.is_sign("-–—") and line.places[-1] == len(line.tokens) - 1
            dashed = dashed and above is not None and bool(above.words) and above.ends_finally()
            inner = line.tokens[line.places[0] : line.places[word]]
            if (
                ((before.is_sign("(") and last.is_sign(")")) or dashed)
                and not any(line.opens_at(place) for place in range(1, word))
                and not any(token.is_sign(FINAL) for token in inner)
                and not any(self.is_holder(each) for each in line.words[word - 3 : word])
            ):
                return True
        return False

    def is_holder(self, word: Token) -> bool:
        return word.folded in self.holders or bool(re.match("[a-z]", word.folded))

    def latin_credits(self) -> None:
        for line in self.lines:
            captions: dict[int, int] = {}
            credits: dict[int, int] = {}  # by the end
            texts = [word.folded for word in line.words]
            foreign = [word.kind == "number" or not ARABIC.search(word.folded) for word in line.words]
            for word in range(len(texts)):
                phrase = self.match(line, word, {"alone", "openings"}, "credit") if texts[word].isascii() else None
                if not phrase or line.is_headline or not line.is_free(word):
                    continue
                if word and not self.final_before(line, word):
                    continue
                end = next((each for each in range(word, len(texts)) if not re.match("[a-z]", texts[each])), len(texts))
                begin = next((each + 1 for each in range(word, -1, -1) if not foreign[each]), 0)
                stop = next((each for each in range(word, len(texts)) if not foreign[each]), len(texts))
                if stop - begin > 8 and line.opens_at(begin):
                    captions[begin] = stop
                elif end - word <= 8:
                    credits.setdefault(end, word)
            for begin, stop in captions.items():
                self.take_words(line, begin, stop - 1, "caption", "form")
            for end, word in credits.items():
                self.take_words(line, word, end - 1, "credit", "form")

    def tails_of_texts(self, captions: set[Any]) -> None:
        for page in self.pages.values():
            left = [line for line in page if any(line.low <= place < line.high for place in line.places)]
            if not left or left[-1].is_headline:
                continue
            line = left[-1]
            words = [word for word, place in enumerate(line.places) if line.low <= place < line.high]
            end = words[-1] + 1
            starts = [
                word
                for word in range(max(words[0] + 1, end - 80), end)
                if line.is_free(word)
                and line.opens_at(word)
                and any(token.is_sign(FINAL) for token in line.tokens[line.places[word - 1] : line.places[word]])
            ]
            if not starts:
                continue
            start = starts[-1]
            tokens = line.tokens[line.places[start] : line.high]
            kind = None
            short = end - start <= 12
            if short and self.is_address(line, start, end, tokens):
                kind = "footer"
            elif any(self.in_formula(line)[start:end]):
                pass
            elif sum(t.is_sign("»”") for t in tokens) <= sum(t.is_sign("«“") for t in tokens):
                listed = short and not self.has_marks(line, start, line.high, SENTENCE_MARKS)
                named = self.before_dash(line, start, end)
                signed = listed and not self.has_marks(line, start, line.places[named - 1] + 1)
                kind = self.foot(line, start, end) if listed else None
                if kind:
                    pass
                elif signed and self.is_signature(line, start, named):
                    kind = "credit"
                elif signed and named == end and self.is_signature(line, start, end, False):
                    kind = "caption"
                elif self.source[line.document] in captions and not self.has_marks(line, start, line.high):
                    kind = "caption" if short or not line.words[start].folded.startswith("و") else None
            if kind:
                self.take(line, self.first_token(line, start), line.high, kind, "form")
        self.dashed_names()

    def dashed_names(self) -> None:
        for page in self.pages.values():
            left = [line for line in page if any(line.low <= place < line.high for place in line.places)]
            if not left or left[-1].is_headline:
                continue
            line = left[-1]
            words = [word for word, place in enumerate(line.places) if line.low <= place < line.high]
            end = words[-1] + 1
            starts = []
            for word in range(max(words[0] + 1, end - 80), end):
                sign, token = line.tokens[line.places[word] - 1], line.tokens[line.places[word]]
                if line.is_free(word) and sign.is_sign(BULLETS) and not sign.glued and not token.glued:
                    starts.append(word)
            if not starts or end - starts[-1] > 12 or self.has_marks(line, starts[-1], line.high):
                continue
            place = end - starts[-1] <= 2 and self.final_before(line, starts[-1])
            given = self.name_bits[line.words[starts[-1]].text] & Bit.GIVEN
            if place or (given and self.is_signature(line, starts[-1], end, False)):
                self.take(line, self.first_token(line, starts[-1]), line.high, "credit", "form")

    def sentences(self) -> None:
        listed = [(line, *each) for line in self.lines for each in self.listed_sentences(line)]
        documents = defaultdict(set)
        for line, start, end in listed:
            if end - start <= 12:
                documents[self.source[line.document]].add(line.document)
        usual = {source for source, found in documents.items() if len(found) >= 3}
        for line, start, end in listed:
            if end - start <= 12 or self.source[line.document] in usual:
                self.take_words(line, start, end - 1, "caption", "form")
        for document, page in self.pages.items():
            if self.source[document] in usual:
                text = [word.text for line in page for word in line.words]
                after = {word for first, word in pairwise(text) if self.name_bits[first] & Bit.GIVEN}
                for line in page:
                    for start, end in [each for each in self.within(line, 12) if self.is_named(line, *each, after)]:
                        self.take_words(line, start, end - 1, "caption", "form")

    def listed_sentences(self, line: Line) -> list[tuple[int, int]]:
        return [each for each in self.within(line, 25) if self.match(line, each[0], {"below"}, "caption")]

    def within(self, line: Line, longest: int) -> list[tuple[int, int]]:
        """Return the sentences of at most so many words that end within a line."""
        opens = [word for word in range(len(line.words)) if line.opens_at(word)]
        return [
            (start, end)
            for start, end in pairwise(opens)
            if not line.is_headline
            and end - start <= longest
            and line.is_free(start)
            and line.is_free(end - 1)
            and all(self.final_before(line, word) for word in (start, end) if word)
        ]

    def is_named(self, line: Line, start: int, end: int, after: set[str]) -> bool:
        """Return whether a sentence is a name, or a name and what the person is seen doing."""
        for word in range(start, end):
            if self.match(line, word, {"moments"}):
                return word > start
            text = line.words[word].text
            bits = self.name_bits[text]
            known = bits & NAMED and not bits & Bit.PREPOSITION and (word > start or not bits & Bit.CLITIC)
            known = known or re.search("^ال.{3,}ي$", text)
            if not known and (text not in after or line.words[word].folded in REPORTING):
                return False
        given = any(self.name_bits[each.text] & Bit.GIVEN for each in line.words[start:end])
        return given and end - start > 1 and start > 0

    @staticmethod
    def final_before(line: Line, word: int) -> bool:
        return any(token.is_sign(FINAL) for token in line.tokens[line.places[word - 1] : line.places[word]])

    def is_short(self, line: Line) -> bool:
        if any(line.opens_at(word) and self.final_before(line, word) for word in range(1, len(line.words))):
            return False
        return len(line.words) <= 12 and not self.has_marks(line, 0) and not any(self.in_formula(line))

    # ------------------------------------------------------------------ everything

    def free_words(self) -> set[tuple[int, int]]:
        return {(id(line), word) for line in self.lines for word in range(len(line.words)) if line.is_free(word)}

    def run(self) -> list[Row]:
        everything = self.free_words()
        self.stamps()
        self.buttons()
        self.openings()
        self.controls()
        self.bracketed_credits()
        self.credits_at_ends()
        self.openings_within()
        self.linked_headlines()
        self.code()
        self.addresses()
        self.photo_credits()
        by_opening = everything - self.free_words()
        self.headlines()
        self.repeated_lines()
        before = self.free_words()
        templates = self.templates()
        self.tails()
        self.open_tails(by_opening | (before - self.free_words()), templates)
        self.tails_of_footers()
        self.short_lines()
        self.runs()
        kept: list[tuple[Line, int, int, str, str, int | None]] = []  # without what a later rule took along
        for row in sorted(self.rows, key=lambda row: (row[0].document, row[0].number, row[1], -row[2])):
            if not kept or kept[-1][0] is not row[0] or row[2] > kept[-1][2]:
                kept.append(row)
        same = defaultdict(set)
        for line, low, high, *_ in kept:
            same[self.key(line, low, high)].add(line.document)
        result = []
        for line, low, high, kind, rule, documents in kept:
            glued = (low, high) != (0, len(line.tokens))
            count = len(same[self.key(line, low, high)]) if documents is None else documents
            start, end = line.tokens[low].start, line.tokens[high - 1].end
            result.append((line.document, line.number, start, end, kind, glued, rule, count))
        return result

    def key(self, line: Line, low: int, high: int) -> tuple[Any, ...]:
        units = tuple(token.unit for token in line.tokens[low:high] if token.is_word)
        return self.source[line.document], units


def mixed(number: int) -> int:
    """Return the finaliser of splitmix64."""
    top = (1 << 64) - 1
    x = (number + 0x9E3779B97F4A7C15) & top
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & top
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & top
    return x ^ (x >> 31)


def boilerplate(corpus: ck.Corpus, by: str | None = None, **options: Any) -> list[Row]:
    """Return the rows of the table, without id and surface."""
    return Twin(corpus, by, **options).run()


def rows_of(table: pl.DataFrame) -> list[Row]:
    columns = ["document", "paragraph", "start", "end", "kind", "glued", "rule", "documents"]
    return table.select(pl.col(columns)).rows()
