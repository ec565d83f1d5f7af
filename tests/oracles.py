"""Slow, obvious twins of the fast code: written for reading, held equal to it by the tests."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from typing import Any, TypeAlias, TypeVar

import unicodedata2

import corpus_kit
from corpus_kit import arabic

COUNTED = frozenset({"word", "number", "hashtag", "mention"})

T = TypeVar("T")


# ----------------------------------------------------------------------------------------------------
# Normalisation
# ----------------------------------------------------------------------------------------------------
#
# The twin of the normaliser keeps a list of (character, index in the text) and goes over all of it for each option.
# Unicode's own data (unicodedata2) tell classes, compositions and presentation forms.

Pairs: TypeAlias = list[tuple[str, int]]


def normalize_by_tables(
    text: str, early: Mapping[int, Iterable[int]], late: Mapping[int, Iterable[int]]
) -> tuple[str, list[int]]:
    """A program without marks: each code point by one table, what comes of it by the other."""
    pairs = [(ord(char), index) for index, char in enumerate(text)]
    for table in (early, late):
        pairs = [(new, index) for code_point, index in pairs for new in table.get(code_point, [code_point])]
    return "".join(chr(code_point) for code_point, _ in pairs), [index for _, index in pairs]


def _is_arabic_mark(char: str) -> bool:
    blocks = ((0x0600, 0x06FF), (0x0750, 0x077F), (0x0870, 0x08FF), (0x10EC0, 0x10EFF))
    return unicodedata2.combining(char) > 0 and any(low <= ord(char) <= high for low, high in blocks)


def _map_chars(pairs: Pairs, change: Callable[[str], str]) -> Pairs:
    return [(new, index) for char, index in pairs for new in change(char)]


def _remove(pairs: Pairs, code_points: Iterable[int]) -> Pairs:
    removed = {chr(code_point) for code_point in code_points}
    return [(char, index) for char, index in pairs if char not in removed]


def _translate(pairs: Pairs, table: Mapping[int, int]) -> Pairs:
    return _map_chars(pairs, lambda char: chr(table.get(ord(char), ord(char))))


def _letter_of_form(char: str) -> str:
    """A presentation form as letters: NFKC without the space that Unicode puts under an isolated mark."""
    code_point = ord(char)
    if not (0xFB50 <= code_point <= 0xFDFF or 0xFE70 <= code_point <= 0xFEFE) or code_point in arabic.WORD_LIGATURES:
        return char
    return unicodedata2.normalize("NFKC", char).replace(" ", "")


def _joins_emoji(text: str, index: int) -> bool:
    before = text[:index]
    if before.endswith("\ufe0f"):
        before = before[:-1]
    after = ord(text[index + 1 : index + 2] or "\0")
    return ord(before[-1:] or "\0") in arabic.JOINED_EMOJI and after in arabic.JOINED_EMOJI


def _compose_arabic(pairs: Pairs) -> Pairs:
    """NFC of each letter and the Arabic marks after it, step by step as in the standard."""
    result: Pairs = []
    for is_mark, group in groupby(pairs, key=lambda pair: _is_arabic_mark(pair[0])):
        members = list(group)
        if not is_mark:
            result += members
            continue
        if result and 0x600 <= ord(result[-1][0]) <= 0x6FF:
            base, index = result.pop()
            members = [(part, index) for part in unicodedata2.normalize("NFD", base)] + members
            result.append(members.pop(0))
        members.sort(key=lambda pair: unicodedata2.combining(pair[0]))
        left: Pairs = []
        for char, index in members:
            blocked = bool(left) and unicodedata2.combining(left[-1][0]) >= unicodedata2.combining(char)
            whole = unicodedata2.normalize("NFC", result[-1][0] + char) if result and not blocked else ""
            if len(whole) == 1:
                result[-1] = (whole, result[-1][1])
            else:
                left.append((char, index))
        result += left
    return result


def _drop_hamza_on_alef(pairs: Pairs) -> Pairs:
    result: Pairs = []
    base = ""
    for char, index in pairs:
        if not _is_arabic_mark(char):
            base = char
        if char in "\u0654\u0655" and base in list("اآأإٱ\u0672\u0673"):
            continue
        result.append((char, index))
    return result


def _fold_chars(pairs: Pairs, options: Mapping[str, Any]) -> Pairs:
    if options["alef"] == "all":
        pairs = _drop_hamza_on_alef(pairs)
    if options["dagger"] == "drop":
        pairs = _remove(pairs, [0x670])
    if options["dagger"] == "alef":
        pairs = _translate(pairs, {0x670: 0x627})
    if options["lookalikes"] == "on":
        pairs = _translate(pairs, arabic.LOOKALIKES)
    if options["farsi"] == "arabic":
        pairs = _translate(pairs, {0x6CC: 0x64A, 0x6A9: 0x643})
    if options["hamza"] == "seat":
        pairs = _remove(_translate(pairs, {0x624: 0x648, 0x626: 0x64A}), [0x654, 0x655])
    if options["hamza"] == "bare":
        pairs = _translate(pairs, dict.fromkeys([0x624, 0x626, 0x654, 0x655], 0x621))
    alefs = {"keep": "", "hamza": "آأإ", "wasla": "آأإٱ", "all": "آأإٱ\u0672\u0673"}[options["alef"]]
    pairs = _translate(pairs, dict.fromkeys(map(ord, alefs), 0x627))
    if options["maksura"] == "yeh":
        pairs = _translate(pairs, {0x649: 0x64A})
    if options["teh_marbuta"] == "heh":
        pairs = _translate(pairs, {0x629: 0x647})
    if options["digits"] == "ascii":
        pairs = _map_chars(pairs, lambda char: str(int(char)) if char in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹" else char)
    if options["case"] == "lower":
        latin = [*range(0x250), *range(0x1E00, 0x1F00)]
        pairs = _map_chars(pairs, lambda char: char.lower()[0] if ord(char) in latin else char)
    return pairs


def _cut_runs(pairs: Pairs, longest: int) -> Pairs:
    letters = {chr(code_point) for code_point in arabic.LETTERS}
    result: Pairs = []
    word = ""  # the letters of the word so far
    position = 0
    for char, group in groupby(pairs, key=lambda pair: pair[0]):
        run = list(group)
        position += len(run)
        if char in letters:
            rest = "".join(after for after, _ in pairs[position:]).lstrip("ـ" + _MARKS)
            opens = word == "" or word[-1] in "اآأإٱ\u0672\u0673" or word in list("وفبتلك")
            keep = 2 if char == "ل" and len(run) > 1 and opens and rest[:1] == "ه" else longest
            run = run[:keep]
            word += char * len(run)
        elif char != "ـ" and char not in _MARKS:
            word = ""
        result += run
    return result


_MARKS = "".join(chr(code_point) for code_point in range(0x600, 0x11000) if _is_arabic_mark(chr(code_point)))


def normalize_slowly(text: str, options: Mapping[str, Any]) -> tuple[str, list[int]]:
    """The normalised text, and for each of its characters the index in `text` that it came from."""
    pairs: Pairs = [(char, index) for index, char in enumerate(text)]
    if options["presentation"] == "letters":
        pairs = _map_chars(pairs, _letter_of_form)
    if options["ligatures"] == "expand":
        words = {**arabic.WORD_LIGATURES, 0xFD3E: ")", 0xFD3F: "("}
        pairs = _map_chars(pairs, lambda char: words.get(ord(char), char))
    if options["controls"] == "drop":
        pairs = [(char, index) for char, index in pairs if char != "\u200d" or _joins_emoji(text, index)]
        pairs = _remove(pairs, arabic.CONTROLS - {0x200D})
    if options["zwnj"] == "drop":
        pairs = _remove(pairs, [0x200C])
    if options["spaces"] == "ascii":
        pairs = _map_chars(pairs, lambda char: " " if unicodedata2.category(char) == "Zs" else char)
    if options["tatweel"] == "drop":
        pairs = _remove(pairs, [0x640])
    signs: frozenset[int] = frozenset()
    if options["marks"]:
        signs |= arabic.CORE_MARKS if options["marks"] == "core" else arabic.EXTENDED_MARKS
    if options["quranic"] == "drop":
        signs |= arabic.QURANIC_SIGNS
    pairs = _remove(pairs, [sign for sign in signs if not _is_arabic_mark(chr(sign))])
    before = None
    while before != pairs:
        before = pairs
        if options["composition"] == "nfc":
            pairs = _compose_arabic(pairs)
        pairs = _remove(pairs, signs)
        pairs = _fold_chars(pairs, options)
    if options["elongation"]:
        pairs = _cut_runs(pairs, options["elongation"])
    return "".join(char for char, _ in pairs), [index for _, index in pairs]


#
# end of normalisation
#


# ----------------------------------------------------------------------------------------------------
# Tokens and sentences
# ----------------------------------------------------------------------------------------------------
#
# The tokeniser's twin writes a text as a string of class letters, one a code point, and finds the
# tokens with regular expressions over that string; sentences are found afterwards, from the tokens.


@dataclass(frozen=True)
class OracleToken:
    start: int
    end: int
    kind: str
    flags: int


def _within(code_point: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code_point <= last for first, last in ranges)


@cache
def _class_letter(char: str) -> str:
    """W space, N line end, C control, A Arabic letter, L other letter, M mark, D digit, P, S, E, F format."""
    c, category = ord(char), unicodedata2.category(char)
    if _within(c, arabic.LINE_BREAKS):
        return "N"
    if char.isspace():
        return "W"
    if _within(c, arabic.TOKEN_EMOJI):
        return "E"
    if _within(c, arabic.VARIATION_SELECTORS):
        return "F"
    if category in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nl"):
        return "A" if _within(c, arabic.ARABIC_BLOCKS) else "L"
    if category == "Cf":
        return "S" if _within(c, arabic.VISIBLE_FORMATS) else "F"
    return {"Cc": "C", "Nd": "D", "No": "S", "Co": "S", "Cn": "S"}.get(category) or category[0]


_ORACLE_URL = re.compile(r"(?:https?://|ftp://|www\.)", re.IGNORECASE | re.ASCII)
_ORACLE_MAIL = re.compile(r"[A-Za-z0-9._%+-]*[A-Za-z0-9_%+-]@(?P<domain>[A-Za-z0-9.-]+)")
_ORACLE_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_ORACLE_LATIN = "L(?:[FU]*[LMD]|')*"
_ORACLE_WORD = re.compile(f"(?:[AM]|{_ORACLE_LATIN})(?:[FU]*(?:[AM]|{_ORACLE_LATIN}))*")


def _oracle_url(text: str, classes: str, start: int) -> int | None:
    prefix = _ORACLE_URL.match(text, start)
    if prefix is None:
        return None
    end = prefix.end()
    while end < len(text) and (text[end] in arabic.URL_SIGNS or classes[end] in "ALMD"):
        end += 1
    while end > prefix.end() and text[end - 1] in arabic.URL_NOT_LAST:
        body = text[prefix.end() : end]
        if body[-1] == ")" and body.count("(") >= body.count(")"):
            break
        end -= 1
    return end if end > prefix.end() else None


def _oracle_mail(text: str, start: int) -> int | None:
    found = _ORACLE_MAIL.match(text, start)
    if found is None:
        return None
    domain = found["domain"].rstrip(".-")
    return found.start("domain") + len(domain) if _ORACLE_DOMAIN.fullmatch(domain) else None


def _oracle_word_classes(text: str, classes: str) -> str:
    """Class letters from the beginning of a word to the next white space, as its pattern needs them.

    U underscore, ' an apostrophe between letters, X the beginning of a URL or an e-mail address.
    X can only stand for a letter that no other Latin letter of the word leads up to.
    """
    letters = list(classes)
    for i, char in enumerate(text):
        if char == "_":
            letters[i] = "U"
        elif char in arabic.APOSTROPHES and classes[i + 1 : i + 2] == "L":
            letters[i] = "'"
        elif char.isascii() and classes[i] == "L" and not re.search("L[LMFUD']*$", "".join(letters[:i])):
            is_address = _oracle_url(text, classes, i) or _oracle_mail(text, i)
            letters[i] = "X" if is_address else "L"
    return "".join(letters)


def _oracle_emoji(text: str, classes: str, start: int) -> int | None:
    tail = "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
    if found := re.compile("[\U0001f1e6-\U0001f1ff]{1,2}").match(text, start):
        return found.end()
    # a sign, unlike a digit, is an emoji before the style selector anyway, with all that follows
    if found := re.compile("[0-9]\ufe0f?\u20e3|[#*]\u20e3").match(text, start):
        return found.end()
    if classes[start] != "E" and not (classes[start] in "PS" and text[start + 1 : start + 2] == "\ufe0f"):
        return None
    end = start + 1
    while True:
        found = re.compile(tail).match(text, end)
        assert found is not None
        end = found.end()
        if text[end : end + 1] != "\u200d" or classes[end + 1 : end + 2] not in ("E", "S"):
            return end
        end += 2


def _oracle_tag(text: str, classes: str, start: int) -> int | None:
    letters = "".join("U" if char == "_" else letter for char, letter in zip(text, classes, strict=True))
    found = re.compile("[ALMDU](?:F*[ALMDU])*").match(letters, start + 1)
    return found.end() if found and re.search("[AL]", found[0]) else None


def oracle_spans(text: str) -> list[tuple[int, int, str]]:
    """(start, end, kind) of the standard tokens."""
    classes = "".join(map(_class_letter, text))
    number = re.compile(f"D+(?:[{re.escape(arabic.NUMBER_SIGNS)}]D+)*")
    number_text = "".join(
        letter if letter == "D" else char if char in arabic.NUMBER_SIGNS else "x"
        for char, letter in zip(text, classes, strict=True)
    )
    spans = []
    i = 0
    while i < len(text):
        char, letter, end = text[i], classes[i], None
        kind = "word"
        if letter in "WNCF":
            i += 1
            continue
        if letter in "DEPS" and (end := _oracle_emoji(text, classes, i)):
            kind = "emoji"
        elif letter == "L" and (end := _oracle_url(text, classes, i)):
            kind = "url"
        elif letter in "LD" and re.match("[A-Za-z0-9]", char) and (end := _oracle_mail(text, i)):
            kind = "email"
        elif letter in "ALM":
            stop = i + len(re.split("[WNC]", classes[i:], maxsplit=1)[0])
            found = _ORACLE_WORD.match(_oracle_word_classes(text[i:stop], classes[i:stop]))
            assert found is not None
            end = i + found.end()
        elif letter == "D":
            found = number.match(number_text, i)
            assert found is not None
            end, kind = found.end(), "number"
        elif char in "#@" and (end := _oracle_tag(text, classes, i)):
            kind = "hashtag" if char == "#" else "mention"
        else:
            end = i + len(text[i:]) - len(text[i:].lstrip(char))
            kind = "punctuation" if letter == "P" else "symbol"
        spans.append((i, end, kind))
        i = end
    return spans


def _oracle_is_end(text: str, previous: tuple[int, int, str] | None, mark: str, quoted: bool, after: str) -> bool:
    """Does this mark end a sentence? `previous`: the token it touches; `after`: the class of what touches it behind."""
    if mark[0] in arabic.SENTENCE_ENDS:
        return True
    if mark[0] == arabic.ELLIPSIS or len(mark) > 1:
        return not quoted
    if previous is None:
        return True
    start, end, kind = previous
    word = text[start:end]
    bare = [word, *(word.removeprefix(prefix) for prefix in arabic.ABBREVIATION_PREFIXES)]
    if kind == "word" and any(len(form) == 1 or form in arabic.ABBREVIATIONS for form in bare):
        return False
    return not (_class_letter(text[end - 1]) in "LD" and after in ("L", "D"))


def oracle_tokens(text: str) -> list[OracleToken]:
    """The standard tokens with their flags: paragraphs are cut first, then each is cut into sentences."""
    spans = oracle_spans(text)
    classes = "".join(map(_class_letter, text))
    opening, closing = ("".join(pair[side] for pair in arabic.QUOTATION_PAIRS) for side in (0, 1))
    brackets = "".join(pair[1] for pair in arabic.BRACKET_PAIRS)
    tokens: list[OracleToken] = []
    gaps = [text[: spans[0][0]]] if spans else []
    gaps += [text[before[1] : after[0]] for before, after in pairwise(spans)]
    touches = [i > 0 and not re.search("[WNC]", "".join(map(_class_letter, gap))) for i, gap in enumerate(gaps)]
    depth, is_open, ended = 0, False, False
    for i, (start, end, kind) in enumerate(spans):
        flags = 4 if touches[i] else 0
        sign = text[start:end] if kind in ("punctuation", "symbol") else " "
        if i == 0 or "N" in "".join(map(_class_letter, gaps[i])):
            flags |= 3
            depth, is_open, ended = 0, False, False
        elif ended and sign[0] in arabic.SENTENCE_CONTINUERS:
            ended = False
        elif ended:
            belongs = (
                sign[0] in arabic.SENTENCE_ENDS + arabic.FULL_STOP + arabic.ELLIPSIS + closing + brackets
                or (sign[0] == '"' and is_open)
                or (sign[0] in arabic.APOSTROPHES and touches[i])
            )
            if not belongs:
                flags |= 1
                ended = False
        tokens.append(OracleToken(start, end, kind, flags))
        if sign[0] in opening:
            depth += len(sign)
        elif sign[0] in closing:
            depth = max(0, depth - len(sign))
        elif sign[0] == '"':
            is_open ^= len(sign) % 2 == 1
        elif not ended and sign[0] in arabic.SENTENCE_ENDS + arabic.FULL_STOP + arabic.ELLIPSIS:
            after = classes[spans[i + 1][0]] if i + 1 < len(spans) and touches[i + 1] else ""
            previous = spans[i - 1] if touches[i] else None
            ended = _oracle_is_end(text, previous, sign, depth > 0 or is_open, after)
    return tokens


def oracle_characters(text: str) -> list[OracleToken]:
    """The tokens of mode "character": code points, and one space for white space inside a paragraph."""
    kinds = {"A": "word", "L": "word", "M": "word", "D": "number", "P": "punctuation", "E": "emoji"}
    begins = {token.start for token in oracle_tokens(text) if token.flags & 3 == 1}
    tokens: list[OracleToken] = []
    for paragraph in re.finditer("[^\n-\r\x85\u2028\u2029]+", text):
        first = True
        for piece in re.finditer(r"(?P<space>\s+)|\S", paragraph[0]):
            start = paragraph.start() + piece.start()
            if piece["space"] is None:
                flags = 3 if first else 4 | (start in begins)
                tokens.append(OracleToken(start, start + 1, kinds.get(_class_letter(piece[0]), "symbol"), flags))
                first = False
            elif not first and paragraph[0][piece.end() :].strip():
                tokens.append(OracleToken(start, start + 1, "symbol", 4))
    return tokens


#
# end of tokens and sentences
#


# ----------------------------------------------------------------------------------------------------
# Counting
# ----------------------------------------------------------------------------------------------------


def slow_select(
    type_ids: Sequence[int],
    flags: Sequence[int],
    counts: Sequence[int],
    forms: Sequence[int | None],
    *,
    barrier_bit: int,
    chosen: Sequence[int] | None = None,
) -> tuple[list[int], list[int], list[int], list[int]]:
    """Ids, barriers, document ends and positions of the tokens whose type has a form."""
    ids: list[int] = []
    barriers: list[int] = []
    ends: list[int] = []
    positions: list[int] = []
    position = 0
    for document, count in enumerate(counts):
        barrier = True
        for _ in range(count):
            form = forms[type_ids[position]]
            if flags[position] & barrier_bit:
                barrier = True
            if form is not None and (chosen is None or chosen[document]):
                ids.append(form)
                barriers.append(int(barrier))
                positions.append(position)
                barrier = False
            position += 1
        ends.append(len(ids))
    return ids, barriers, ends, positions


def runs(tokens: Sequence[T], barriers: Sequence[int]) -> list[list[T]]:
    """The stretches of tokens between barriers."""
    stretches: list[list[T]] = []
    for token, barrier in zip(tokens, barriers, strict=True):
        if barrier or not stretches:
            stretches.append([])
        stretches[-1].append(token)
    return stretches


def slow_ngrams(tokens: Sequence[T], n: int, skip: int = 0) -> list[tuple[T, ...]]:
    """All n-grams of one stretch that skip at most `skip` tokens, in text order."""
    found = []
    for start in range(len(tokens)):
        following = range(start + 1, min(start + n + skip, len(tokens)))
        found += [
            (tokens[start], *(tokens[position] for position in rest))
            for rest in itertools.combinations(following, n - 1)
        ]
    return found


def slow_count_ngrams(
    documents: Sequence[Sequence[Sequence[T]]],
    low: int,
    high: int,
    *,
    skip: int = 0,
    min_count: int = 1,
    labels: Sequence[object] | None = None,
) -> list[tuple[object, tuple[T, ...], int, int]]:
    """Rows (label, n-gram, count, documents) of documents that are lists of stretches.

    Count descending, then n, then first occurrence.
    """
    count: Counter[tuple[object, tuple[T, ...]]] = Counter()
    documents_of: dict[tuple[object, tuple[T, ...]], set[int]] = {}
    for number, stretches in enumerate(documents):
        label = labels[number] if labels is not None else None
        for stretch in stretches:
            # By start, then by length: a Counter keeps the order of first occurrence of each length.
            for n in range(low, high + 1):
                for ngram in slow_ngrams(stretch, n, skip):
                    count[label, ngram] += 1
                    documents_of.setdefault((label, ngram), set()).add(number)
    rows = [
        (label, ngram, number, len(documents_of[label, ngram]))
        for (label, ngram), number in count.items()
        if number >= min_count
    ]
    return sorted(rows, key=lambda row: (-row[2], len(row[1])))


def slow_postings(ids: Sequence[int], n_types: int) -> list[list[int]]:
    """The positions of each type."""
    return [[position for position, other in enumerate(ids) if other == type_id] for type_id in range(n_types)]


def slow_text_documents(
    texts: Sequence[str | None], *, profile: str | None, tokenizer: str, within: str
) -> list[list[list[str]]]:
    """The counted forms of each text, in stretches that n-grams do not leave."""
    frame = corpus_kit.tokens(list(texts))
    documents: list[list[list[str]]] = []
    for number, text in enumerate(texts):
        stretches: list[list[str]] = [[]]
        if text is not None and tokenizer == "whitespace":
            forms = text.split() if profile is None else corpus_kit.normalize(text.split(), profile=profile)
            stretches[0] += [form for form in forms if form]
        elif text is not None:
            end, sentence = 0, 0
            for token in frame.filter(document=number).iter_rows(named=True):
                new_paragraph = len(text[end : token["start"]].splitlines()) > 1 or "\n" in text[end : token["start"]]
                new_sentence = token["sentence"] != sentence
                if (within != "document" and new_paragraph) or (within == "sentence" and new_sentence):
                    stretches.append([])
                end, sentence = token["end"], token["sentence"]
                form = token["token"] if profile is None else corpus_kit.normalize(token["token"], profile=profile)
                if token["kind"] in COUNTED and form:
                    stretches[-1].append(form)
        documents.append(stretches)
    return documents


def slow_character_documents(texts: Sequence[str | None], *, profile: str | None, within: str) -> list[list[list[str]]]:
    """The characters of the normalised texts, white space as one space, in stretches."""
    documents: list[list[list[str]]] = []
    for text in texts:
        stretches = []
        if text is not None:
            normalised = text if profile is None else corpus_kit.normalize(text, profile=profile)
            paragraphs = [" ".join(line.split()) for line in normalised.split("\n")]
            if within == "document":
                paragraphs = ["".join(paragraphs)]
            for paragraph in paragraphs:
                stretches += [list(part) for part in (paragraph.split() if within == "token" else [paragraph])]
        documents.append(stretches)
    return documents


#
# end of counting
#


# ----------------------------------------------------------------------------------------------------
# Readers
# ----------------------------------------------------------------------------------------------------
def lines_of(text: str) -> list[tuple[int, int]]:
    """Where the lines of a text lie, without their line breaks; the last one has none."""
    lines = []
    start = position = 0
    while position < len(text):
        if text[position] in "\n\v\f\r\u0085\u2028\u2029":
            lines.append((start, position))
            if text[position : position + 2] == "\r\n":
                position += 1
            start = position + 1
        position += 1
    return [*lines, (start, len(text))]


WHITE_SPACE = "\t\n\v\f\r \u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def structure_of(text: str, *, page: bool) -> tuple[tuple[int, int] | None, list[tuple[int, int]]]:
    """The headline and the paragraphs of a text; only a page has a headline."""
    filled = []  # number of the line, start, end
    for number, (start, end) in enumerate(lines_of(text)):
        while start < end and text[start] in WHITE_SPACE:
            start += 1
        while start < end and text[end - 1] in WHITE_SPACE:
            end -= 1
        if start < end:
            filled.append((number, start, end))
    spans = [(start, end) for _, start, end in filled]
    if not page or len(filled) < 2 or filled[1][0] == filled[0][0] + 1:
        return None, spans
    first = text[spans[0][0] : spans[0][1]]
    words = "".join(" " if letter in WHITE_SPACE else letter for letter in first).split(" ")
    if sum(map(bool, words)) > 25 or first[-1] in ".؟?!:؛;":
        return None, spans
    return spans[0], spans[1:]


#
# end of readers
#


# ----------------------------------------------------------------------------------------------------
# Concordance
# ----------------------------------------------------------------------------------------------------

REACH = 16  # tokens that a context may hold for each word it was asked for
LINE_BREAKS = frozenset("\n\r\x0b\x0c\x85\u2028\u2029")


@dataclass(frozen=True)
class Line:
    """One line of a concordance."""

    document: int
    position: int
    before: str
    node: str
    after: str
    start: int
    end: int


def concordance(texts: list[str], forms: list[str], window: tuple[int, int], fold: Callable[[str], str]) -> list[Line]:
    """Every place where these folded words follow one another in a paragraph, by going through each text."""
    lines = []
    for document, text in enumerate(texts):
        tokens = corpus_kit.tokens([text]).rows(named=True)
        words = [i for i, token in enumerate(tokens) if token["kind"] in COUNTED]
        for k in range(len(words) - len(forms) + 1):
            run = words[k : k + len(forms)]
            if [fold(tokens[i]["token"]) for i in run] != forms:
                continue
            start, end = tokens[run[0]]["start"], tokens[run[-1]]["end"]
            if LINE_BREAKS & set(text[start:end]):
                continue
            first, last = context(words, k, k + len(forms), window, len(tokens))
            farthest = min(len(tokens), run[-1] + 1 + REACH * window[1])
            while last < farthest and last > run[-1] + 1 and tokens[last]["kind"] not in COUNTED:
                if any(character.isspace() for character in text[tokens[last - 1]["end"] : tokens[last]["start"]]):
                    break  # an invisible character between them does not part them
                last += 1
            lines.append(
                Line(
                    document,
                    tokens[run[0]]["position"],
                    joined(text, tokens[first : run[0]]),
                    joined(text, tokens[run[0] : run[-1] + 1]),
                    joined(text, tokens[run[-1] + 1 : last]),
                    start,
                    end,
                )
            )
    return lines


def context(words: list[int], first: int, end: int, window: tuple[int, int], n_tokens: int) -> tuple[int, int]:
    """Token bounds of the context: as many words as asked, or all up to the edge of the document or of the reach."""
    if window[0] == 0:
        before = words[first]
    else:
        before = words[first - window[0]] if first >= window[0] else 0
    if window[1] == 0:
        after = words[end - 1] + 1
    else:
        after = words[end + window[1] - 1] + 1 if end + window[1] <= len(words) else n_tokens
    return max(before, words[first] - REACH * window[0]), min(after, words[end - 1] + 1 + REACH * window[1])


def joined(text: str, tokens: list[dict[str, Any]]) -> str:
    """Tokens with one space where the text has anything but nothing between them."""
    out = ""
    for previous, token in zip([None, *tokens], tokens, strict=False):
        gap = text[previous["end"] : token["start"]] if previous else ""
        out += " " if any(character.isspace() for character in gap) else ""
        out += token["token"]
    return out


#
# end of concordance
#
