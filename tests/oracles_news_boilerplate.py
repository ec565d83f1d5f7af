"""A slow implementation of ck.news.boilerplate: document by document, line by line, word by word, with lists and dicts.

It reads the corpus through its public tables and follows the rules in docs/news/boilerplate.md. Only the number that
represents a document's own text (`body_number`) is computed as in the library: which one is smallest depends on the
hash.
"""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

import corpus_kit as ck
from corpus_kit.text.tokenization import COUNTED_KINDS

LEXICON = Path(ck.__file__).parent / "news" / "lexicons" / "boilerplate.toml"
FINAL, WEAK, LABEL = ".!?؟…۔", "،,؛;:-–—/(«“\"'[{", ":：|-–—/"  # noqa: RUF001
SEPARATORS, BRACKETS, OPENERS = "-–—−ـ/:(،,", "([", "([{«“•■▪"  # noqa: RUF001
NUMBER = ("number",)
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
        return self.low <= self.places[word] < self.high

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

    def read(self, corpus: ck.Corpus, by: str | None) -> None:
        documents = corpus.documents.collect()
        labels = [None] * documents.height if by is None else documents[by].to_list()
        self.source = dict(zip(documents["document"].to_list(), labels, strict=True))
        head = {
            row["document"]: tuple(row["headline"].values()) if row["headline"] and row["headline"]["end"] else (0, 0)
            for row in documents.select("document", "headline").iter_rows(named=True)
        }
        folded = corpus.vocabulary.select("type", "folded")
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
        else:
            line.low = high

    # ------------------------------------------------------------------ by the lexicon

    def match(self, line: Line, word: int, forms: set[str]) -> tuple[str, str, int] | None:
        """Return form, kind and end of the longest phrase at a word; of equals, the last listed."""
        best = None
        for phrase, form, kind in self.phrases.get(line.words[word].folded, []):
            texts = tuple(token.folded for token in line.words[word : word + len(phrase)])
            if form in forms and texts == phrase and (best is None or len(phrase) >= best[2] - word):
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
                "alone": alone and rest == 0,
                "labels": marked or (alone and rest == 0 and end - word > 1),
                "openings": not (kind == "credit" and not marked and rest > 4 and line.ends_finally()),
            }
            if good[form] and rest <= (8 if kind == "credit" else longest):
                found_kind, reach = kind, end
        return found_kind

    def openings(self) -> None:
        for line in self.lines:
            if not line.words or line.is_headline:
                continue
            kind = self.kind_by_opening(line, 0, self.max_words, True)
            found = self.match(line, 0, {"controls"})
            if kind:
                self.take(line, 0, len(line.tokens), kind, "opening")
            elif found:
                end = found[2]
                high = line.places[end - 1] + 1 if end < len(line.words) else len(line.tokens)
                self.take(line, 0, high, found[1], "opening")

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
                if kind and (line.opens_at(word) or (bracket and kind == "credit")):
                    self.take(line, self.first_token(line, word), line.high, kind, "opening")
                    break

    @staticmethod
    def first_token(line: Line, word: int) -> int:
        """Return the first token of boilerplate that begins at a word: punctuation before it can belong to the text."""
        first = max(line.places[word - 1] + 1 if word else 0, line.low)
        attached = first > 0
        begin = first
        for place in range(first, line.places[word]):
            token = line.tokens[place]
            glued = token.glued and not token.is_sign(OPENERS)
            attached = attached and (glued or token.is_sign(FINAL))
            if attached or token.kind in ("url", "email"):
                begin = place + 1
        return begin

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
        return mixed((total % (1 << 64)) ^ mixed(0))

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

    def tails(self) -> None:
        ends = {document: self.remaining(document) for document in self.pages}
        units = {document: [line.words[word].unit for line, word in words] for document, words in ends.items() if words}
        self.exact = {document: [line.words[word].folded for line, word in ends[document]] for document in units}
        cut = {document: self.cut_of(document, units) for document in units}
        groups = defaultdict(list)
        for document, (length, variety) in cut.items():
            if length:
                groups[self.source[document], tuple(units[document][-length:])].append((document, length, variety))
        for group in groups.values():
            starts = [ends[document][-length] for document, length, _ in group]
            begin = sum(self.begins(line, word) for line, word in starts)
            short = sum(2 * length <= len(units[document]) for document, length, _ in group)
            for (document, length, variety), (line, word) in zip(group, starts, strict=True):
                words = ends[document][-length:]
                formula = sum(self.in_formula(each)[place] for each, place in words)
                clear = variety >= 0.5 * self.size[document] or 2 * begin >= len(group)
                if clear and 2 * formula <= length and 2 * short >= len(group):
                    self.take_end(document, line, word, len(group))

    def cut_of(self, document: int, units: dict[int, list[Any]]) -> tuple[int, int]:
        """Return the number of final words that repeat as an ending, and in how many contexts."""
        best = most = 0
        own = units[document]
        exact = self.exact
        same = [other for other in units if self.source[other] == self.source[document]]
        for length in range(1, min(len(own), 120) + 1):
            same = [other for other in same if len(units[other]) >= length and units[other][-length] == own[-length]]
            if len(same) < self.least[document]:
                break
            if length >= self.min_words:
                variety = len({tuple(exact[other][:-length][-4:]) for other in same})
                if variety >= max(self.least[document], 0.25 * most):
                    best = length
                most = max(most, variety)
        return best, most

    def take_end(self, document: int, line: Line, word: int, documents: int) -> None:
        found = self.match(line, word, {"openings", "labels", "alone", "endings", "controls"})
        kind = found[1] if found else "footer"
        first = self.first_token(line, word)
        for each in self.pages[document][line.number :]:
            low = first if each is line else each.low
            if low < each.high and not each.is_headline:
                self.take(each, low, each.high, kind, "repeated", documents)

    def open_tails(self, by_opening: set[tuple[int, int]]) -> None:
        ends = {document: self.remaining(document, by_opening) for document in self.pages}
        chosen: dict[int, tuple[int, int]] = {}
        for length in range(5, 0, -1):
            for document, place, count in self.open_footers(ends, length):
                chosen.setdefault(document, (place, count))
        for document, (place, count) in chosen.items():
            line, word = ends[document][place]
            if line.is_free(word):
                self.take_end(document, line, word, count)

    def open_footers(self, ends: dict[int, list[tuple[Line, int]]], length: int) -> list[tuple[int, int, int]]:
        """Return (document, place, documents) of open footers recognised by so many words, by document and place."""

        def run(document: int, place: int) -> tuple[Any, ...]:
            words = ends[document][place : place + length]
            return self.source[document], *(line.words[word].unit for line, word in words)

        begun = defaultdict(set)
        near: dict[tuple[Any, ...], dict[int, int]] = defaultdict(dict)
        everywhere: dict[tuple[Any, ...], int] = defaultdict(int)
        for document, words in ends.items():
            for place in range(len(words) - length + 1):
                key = run(document, place)
                everywhere[key] += 1
                line, word = words[place]
                if length == 1 and not self.phrases_at(line, word):
                    continue
                if place and len(words) - place <= 40 and not self.in_formula(line)[word]:
                    near[key].setdefault(document, place)
                    if self.begins(*words[place]):
                        begun[key].add(document)
        found = []
        for key, documents in begun.items():
            example = next(iter(documents))
            if len(documents) < max(self.least[example], 0.5 * self.size[example]):
                continue
            members = near[key]
            unended = sum(not self.holds_final(document, ends[document], place) for document, place in members.items())
            after = sum(self.after_final(document, *ends[document][place]) for document, place in members.items())
            around = {
                tuple(line.words[word].folded for line, word in ends[document][max(place - 4, 0) : place])
                for document, place in members.items()
            }
            good = len(around) >= self.least[example] and len(members) >= 0.9 * everywhere[key]
            short = sum(len(ends[document]) / 3 >= len(ends[document]) - place for document, place in members.items())
            good = good and 2 * short >= len(members)
            if good and unended >= 0.8 * len(members) and 2 * after >= len(members):
                found += [(document, place, len(members)) for document, place in members.items()]
        return sorted(found)

    def phrases_at(self, line: Line, word: int) -> bool:
        return self.match(line, word, {"openings", "labels", "alone", "endings", "controls"}) is not None

    def holds_final(self, document: int, words: list[tuple[Line, int]], place: int) -> bool:
        """Return whether a final mark is between a word and the end of its document or of its last word's line."""
        line, word = words[place]
        last = words[-1][0].number
        lines = self.pages[document][line.number : last + 1]
        tokens = line.tokens[line.places[word] :] + [token for each in lines[1:] for token in each.tokens]
        return any(token.is_sign(FINAL) for token in tokens)

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

    # ------------------------------------------------------------------ everything

    def free_words(self) -> set[tuple[int, int]]:
        return {(id(line), word) for line in self.lines for word in range(len(line.words)) if line.is_free(word)}

    def run(self) -> list[Row]:
        everything = self.free_words()
        self.openings()
        self.credits_at_ends()
        self.openings_within()
        by_opening = everything - self.free_words()
        self.headlines()
        self.repeated_lines()
        before = self.free_words()
        self.tails()
        self.open_tails(by_opening | (before - self.free_words()))
        same = defaultdict(set)
        for line, low, high, *_ in self.rows:
            same[self.key(line, low, high)].add(line.document)
        result = []
        for line, low, high, kind, rule, documents in self.rows:
            glued = (low, high) != (0, len(line.tokens))
            count = len(same[self.key(line, low, high)]) if documents is None else documents
            start, end = line.tokens[low].start, line.tokens[high - 1].end
            result.append((line.document, line.number, start, end, kind, glued, rule, count))
        return sorted(result, key=lambda row: (row[0], row[2]))

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
    return table.select(pl.col(columns)).rows()  # type: ignore[return-value]
