"""A slow, obvious tokeniser that the tests compare the fast one with.

It maps a text to a string of class letters, one per code point, and finds the tokens with regular expressions
in that string; sentences are found afterwards, from the tokens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import unicodedata2

from corpus_kit.text import arabic


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
_ORACLE_SCHEME = re.compile(r"(?:https?|ftp)://", re.IGNORECASE | re.ASCII)
_ORACLE_MAIL = re.compile(r"[A-Za-z0-9._%+-]*[A-Za-z0-9_%+-]@(?P<domain>[A-Za-z0-9.-]+)")
_ORACLE_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_ORACLE_NUMBER = re.compile(f"D+(?:[{re.escape(arabic.NUMBER_SIGNS)}]D+)*")
_OPENING, _CLOSING = ("".join(pair[side] for pair in arabic.QUOTATION_PAIRS) for side in (0, 1))
_BRACKETS = "".join(pair[1] for pair in arabic.BRACKET_PAIRS)
_ORACLE_LATIN = "L(?:[FU]*[LMD]|')*"
_ORACLE_WORD = re.compile(f"(?:[AM]|{_ORACLE_LATIN})(?:[FU]*(?:[AM]|{_ORACLE_LATIN}))*")


def _oracle_url(text: str, classes: str, start: int) -> int | None:
    prefix = _ORACLE_URL.match(text, start)
    if prefix is None or prefix.end() == len(text):
        return None
    end = prefix.end()
    if re.match("www[.].", text[end:], re.IGNORECASE | re.ASCII | re.DOTALL):
        end += 4
    host = end
    while end < len(text) and (text[end] in arabic.URL_SIGNS or classes[end] in "ALMD"):
        # a stands for what may end a sentence, digits and marks, s for other signs
        before = "".join(
            letter if letter in "AL" else "a" if letter in "DM" or char in arabic.URL_NOT_LAST else "s"
            for char, letter in zip(text[host:end], classes[host:end], strict=True)
        )
        if text[end] == "#" and text[end - 1] != "#":
            tag = re.match("#+([ALMDFU]*)", _with_underscores(text[end:], classes[end:]))
            if tag and "A" in tag[1] and not re.search("Aa*$", before):
                break
        elif classes[end] == "A":
            if re.search("(L|^a|sa)a*$", before):
                break
        elif classes[end - 1] in "ALD" and _ORACLE_SCHEME.match(text, end):
            break
        end += 1
    while end > prefix.end() and text[end - 1] in arabic.URL_NOT_LAST:
        body = text[prefix.end() : end]
        if body[-1] == ")" and body.count("(") >= body.count(")"):
            break
        end -= 1
    return end if end > prefix.end() else None


def _with_underscores(text: str, classes: str) -> str:
    """Return the class letters, with U for underscores and # for itself."""
    pairs = zip(text, classes, strict=True)
    return "".join(char if char == "#" else "U" if char == "_" else letter for char, letter in pairs)


def _oracle_arabizi(text: str, classes: str, start: int) -> int | None:
    """Return where the Latin letters begin of a word that begins with a digit."""
    found = re.compile("[2-9]['’]?(?P<rest>[A-Za-z][A-Za-z0-9]*)").match(text, start)
    if found is None or not re.search("[A-Za-z].*[A-Za-z]|^[aiou][0-9]", found["rest"]):
        return None
    if not re.search("[a-z]", found["rest"]):
        return None
    if found["rest"].lower() in arabic.NUMBER_SUFFIXES or re.match("[xX][0-9]", found["rest"]):
        return None
    rest = found.start("rest")
    return None if _oracle_url(text, classes, rest) or _oracle_mail(text, rest) else rest


def _oracle_mail(text: str, start: int) -> int | None:
    found = _ORACLE_MAIL.match(text, start)
    if found is None:
        return None
    domain = found["domain"].rstrip(".-")
    return found.start("domain") + len(domain) if _ORACLE_DOMAIN.fullmatch(domain) else None


def _oracle_word_classes(text: str, classes: str) -> str:
    """Return class letters from the beginning of a word to the next white space, for the word pattern.

    U underscore, ' an apostrophe between letters, X the beginning of a URL or an e-mail address.
    X can only replace a letter that does not follow another Latin letter of the word.
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
    # unlike a digit, a symbol before the style selector is an emoji with all that follows
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
    letters = _with_underscores(text, classes)
    stop = start + 1
    while stop < len(text) and not _oracle_url(text, classes, stop) and not _ORACLE_SCHEME.match(text, stop):
        if text[stop : stop + 4].lower() == "http" and letters[:stop].rstrip("F")[-1] == "A":
            break
        stop += 1
    found = re.compile("[ALMDU](?:F*[ALMDU])*").match(letters, start + 1, stop)
    return found.end() if found and re.search("[AL]", found[0]) else None


def oracle_spans(text: str) -> list[tuple[int, int, str]]:
    """Return (start, end, kind) of the standard tokens."""
    classes = "".join(map(_class_letter, text))
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
        elif (begin := i if letter in "ALM" else _oracle_arabizi(text, classes, i)) is not None:
            stop = begin + len(re.split("[WNC]", classes[begin:], maxsplit=1)[0])
            found = _ORACLE_WORD.match(_oracle_word_classes(text[begin:stop], classes[begin:stop]))
            assert found is not None
            end = begin + found.end()
        elif letter == "D":
            found = _ORACLE_NUMBER.match(number_text, i)
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


def _oracle_is_end(
    text: str, previous: tuple[int, int, str] | None, leads: bool, touches: bool, mark: str, quoted: bool, after: str
) -> bool:
    """Return whether a mark ends a sentence.

    `previous`: the token before it in the paragraph; `leads`: whether it is the first one; `touches`: whether it is
    adjacent; `after`: the class of what follows.
    """
    if mark[0] in arabic.SENTENCE_ENDS:
        return True
    if mark == "..":
        return False
    if mark[0] == arabic.ELLIPSIS or len(mark) > 1:
        return not quoted
    if previous is None:
        return True
    start, end, kind = previous
    word = text[start:end]
    bare = [word, *(word.removeprefix(prefix) for prefix in arabic.ABBREVIATION_PREFIXES)]
    if leads and kind == "number":
        return False
    if not touches:
        if start and _class_letter(text[start - 1]) == "D":
            return True
        initials = [form for form in bare if len(form) == 1 and form != "ـ" and _class_letter(form) in "AL"]
        return not (kind == "word" and initials)
    if kind == "word" and any(len(form) == 1 or form in arabic.ABBREVIATIONS for form in bare):
        return False
    return not (_class_letter(text[end - 1]) in "LD" and after in ("L", "D"))


def oracle_tokens(text: str) -> list[OracleToken]:
    """Return the standard tokens with their flags: split into paragraphs, then each into sentences."""
    spans = oracle_spans(text)
    classes = "".join(map(_class_letter, text))
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
                sign[0] in arabic.SENTENCE_ENDS + arabic.FULL_STOP + arabic.ELLIPSIS + _CLOSING + _BRACKETS
                or (sign[0] == '"' and is_open)
                or (sign[0] in arabic.APOSTROPHES and touches[i])
            )
            if not belongs:
                flags |= 1
                ended = False
        tokens.append(OracleToken(start, end, kind, flags))
        if sign[0] in _OPENING:
            depth += len(sign)
        elif sign[0] in _CLOSING:
            depth = max(0, depth - len(sign))
        elif sign[0] == '"':
            is_open ^= len(sign) % 2 == 1
        elif not ended and sign[0] in arabic.SENTENCE_ENDS + arabic.FULL_STOP + arabic.ELLIPSIS:
            after = classes[spans[i + 1][0]] if i + 1 < len(spans) and touches[i + 1] else ""
            leads = i > 0 and tokens[i - 1].flags & 2 > 0
            previous = None if flags & 2 else spans[i - 1]
            ended = _oracle_is_end(text, previous, leads, touches[i], sign, depth > 0 or is_open, after)
    return tokens


def oracle_characters(text: str) -> list[OracleToken]:
    """Return the tokens of mode "character": code points, with white space in a paragraph as one space."""
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
