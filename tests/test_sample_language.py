"""The language of the sample items: clean, varied, and with the proportions of news."""

from __future__ import annotations

import re
import statistics
from collections import Counter

import polars as pl
import pytest
from sample_reading import COPY_IDS, FOOTER, ITEMS, LETTER, OUTLET, TEXTS, bodies, facts, folded, found, lines_of, words

import corpus_kit as ck

MARKS = {"mada": "«»", "mirqab": "«»", "unqud": "«»", "mina": '""', "maraya": '""', "barid": "“”", "nafidha": "“”"}
DISTRIBUTIVE = re.compile("(خطوة خطوة|شبرا شبرا|بابا بابا)")  # reduplication: "step by step"
MARKS_OF_TEXT = re.escape(
    '\n «»“”"،.:؛!؟()–-/,%٪٫٬…\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653\u200c\ufefb'
)
OWN = [name for name in TEXTS if name not in COPY_IDS]


def test_the_language_is_clean():
    wrong = {
        "two spaces": "  ",
        "a Latin letter": "[A-Za-z]",
        "an ASCII mark in Arabic prose": r"(?<!\d),|,(?!\d)|[;?]",
        "a space on the wrong side of a mark": r"\s[،.؟:؛»”)]|[«“(]\s",
        "no space after a mark": r"[،؛:؟](?=[^\s\d»”\"])",
        "odd white space": r"^\s|\s$|\n\n\n|[^\n]\n[^\n]",
        "a final letter inside a word": r"[ةى][\u0621-\u064a]",
        "a proclitic by itself": rf"(?<![{LETTER}])(و|ف|ب|ل|ك|ال)(?![{LETTER}])(?![\d«“\"])",
        "another character": f"[^{MARKS_OF_TEXT}\u0621-\u064a\\d]",
    }
    for name, text in TEXTS.items():
        for what, pattern in wrong.items():
            assert not re.search(pattern, text), (name, what)
        assert not re.search(r"(\b\w{2,}\b) \1\b", DISTRIBUTIVE.sub("", text)), (name, "a doubled word")


def test_every_body_paragraph_is_complete():
    for name in TEXTS:
        for body in bodies(name):
            assert re.search(r"[.؟!][»”\"]?$", body), (name, body)
            assert body[0].isalnum() or body[0] in '«“"', (name, body)
            assert 10 <= len(words(body)) <= 60, (name, body)


def test_only_planted_misspellings():
    wrong = "ان الى انه انها هذة الذى فى لاكن إجتماع الإجتماع إستقبل أستقبل إفتتح أفتتح إختتم أختتم إنتهت إنتهى"
    spellings = "|".join(wrong.split())
    assert found(rf"(?<![{LETTER}])[وفبل]?(?:{spellings})(?![{LETTER}])") == {
        (row["id"], row["start"], row["end"]) for row in facts("spellings") if row["surface"] in wrong.split()
    }


def test_lengths_are_typical_of_news():
    lengths = {name: sum(len(words(body)) for body in bodies(name)) for name in TEXTS}
    assert {row["id"]: row["words"] for row in facts("items")} == lengths
    long = [length for length in lengths.values() if length >= 110]
    brief = [length for length in lengths.values() if length < 110]
    assert (len(long), len(brief)) == (96, 144)
    assert max(long) <= 140
    assert 35 <= min(brief) <= max(brief) <= 60
    paragraphs = [len(words(body)) for name in TEXTS for body in bodies(name)]
    assert 32 <= statistics.median(paragraphs) <= 34


def test_most_body_paragraphs_begin_with_waw():
    every = [body for name in TEXTS for body in bodies(name)]
    with_waw = [body for body in every if body.startswith("و")]
    assert 0.58 <= len(with_waw) / len(every) <= 0.64


def test_the_vocabulary_is_rich():
    tokens = [
        folded(word) for name in OWN for role, line in lines_of(name) if role != "boilerplate" for word in words(line)
    ]
    assert 15_500 <= len(tokens) <= 18_500
    assert len(set(tokens)) >= 4_100


def test_words_agree_with_the_tokenizer():
    """Words as counted here and in the truth are those that the library counts."""
    counted = ck.count_ngrams(list(TEXTS.values()), n=1, profile=None, min_count=1)["count"].sum()
    assert counted == sum(len(words(text)) for text in TEXTS.values())


def test_every_sentence_is_used_once():
    sentences = [
        sentence
        for name in OWN
        for body in bodies(name)
        for sentence in re.split(r"(?<=[.؟!])(?<! د\.)\s+", body)
        if sentence
    ]
    assert len(sentences) == len(set(sentences)) >= 600


def test_openings_are_varied():
    """Hardly any two bodies begin with the same three words."""
    openings = Counter(tuple(words(bodies(name)[0])[:3]) for name in OWN)
    assert max(openings.values()) <= 2
    assert sum(count - 1 for count in openings.values()) <= 6


def test_no_repeated_eight_word_sequence_outside_planted_copies():
    seen: dict[tuple[str, ...], str] = {}
    for name in OWN:
        for role, line in lines_of(name):
            tokens = [folded(word) for word in words(line)] if role != "boilerplate" else []
            for start in range(len(tokens) - 7):
                sequence = tuple(tokens[start : start + 8])
                assert sequence not in seen, (seen[sequence], name)
                seen[sequence] = name


def test_each_outlet_keeps_its_quotation_marks():
    for item in ITEMS:
        used = "".join(char for char in item["text"] if char in '«»“”"')
        assert used == MARKS[OUTLET[item["id"]]] * (len(used) // 2)


def test_house_spellings():
    """Each outlet has its spelling of "American" and "hundred"; copies keep that of the original."""
    american = {"mada": "أميرك", "mirqab": "أميرك", "nafidha": "أميرك"}
    for name in OWN:
        stem = american.get(OUTLET[name], "أمريك")
        assert set(re.findall("أم(?:ير|ري)ك", TEXTS[name])) <= {stem}
        hundred = "مائة" if OUTLET[name] in ("barid", "maraya") else "مئة"
        assert set(re.findall(rf"(?<![{LETTER}])(?:ال)?(مئة|مائة)(?![{LETTER}])", TEXTS[name])) <= {hundred}


def test_digits_follow_the_house_style():
    for name in OWN:
        arabic = OUTLET[name] in ("mina", "maraya")
        digits = [char for char in TEXTS[name].replace(FOOTER, "") if char.isdecimal()]
        assert all(char.isascii() != arabic for char in digits)


def test_weekdays_match_the_calendar():
    weekdays = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"]
    rows = [row for row in facts("dates") if row["kind"] == "weekday"]
    for row in rows:
        assert weekdays[row["date"].weekday()] == row["surface"]
    assert {row["surface"] for row in rows} == set(weekdays)


@pytest.mark.slow
def test_nothing_is_copied_from_real_texts(shared):
    real = pl.concat([pl.read_parquet(path).select("content") for path in sorted((shared / "data").glob("*.parquet"))])
    seed = (shared / "seed" / "article.txt").read_text(encoding="utf-8")
    mine = {
        tuple(tokens[start : start + 6])
        for name in TEXTS
        for _, line in lines_of(name)
        for tokens in [words(line)]
        for start in range(len(tokens) - 5)
    }
    # Each sequence is looked up at its longest word, since long words are rare.
    places: dict[str, set[int]] = {}
    for sequence in mine:
        longest = max(range(6), key=lambda place: len(sequence[place]))
        places.setdefault(sequence[longest], set()).add(longest)
    for text in [*real["content"].drop_nulls(), seed]:
        tokens = words(text)
        for position, token in enumerate(tokens):
            for place in places.get(token, ()):
                start = position - place
                assert start < 0 or tuple(tokens[start : start + 6]) not in mine
