"""Facts about the finished items: the tables of truth.json, and checks of the planted numbers.

Occurrences come from the marks of the storyboards or, for planted words (`TERM_KINDS`, frame words), from the text
itself. Counts and Jaccard similarities are computed from the finished text. `check_plants` rejects texts in which a
planted number is wrong.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from sample_source.builder import Item, changed_words
from sample_source.markup import LETTERS, Fact, MarkupError, plain, words
from sample_source.world import LABELS, OUTLETS, STATES, WEEKS, of_week

__all__ = ["SHINGLE", "build_truth", "check_plants", "shingles"]

Rows = list[dict[str, Any]]

SHINGLE = 5  # words

KEY_WORDS = {
    "mada": "مسؤولون",
    "mirqab": "السردية",
    "mina": "الأهالي",
    "barid": "المرتزقة",
    "unqud": "الأسواق",
    "maraya": "المنصات",
    "nafidha": "النازحين",
}
ONE_ITEM_WORD, COPIES_WORD, BOILERPLATE_WORD = "الزعفران", "بروتوكول", "نشرتنا"
BURST_WORD = "المسيرات"
BURST_WEEKS = (14, 15, 16)
PHRASES = ("هدنة إنسانية", "خلايا نائمة", "الرسائل المضادة")

TERM_KINDS = {
    **dict.fromkeys(KEY_WORDS.values(), "key"),
    ONE_ITEM_WORD: "one item",
    COPIES_WORD: "copies only",
    BOILERPLATE_WORD: "boilerplate",
    BURST_WORD: "burst",
    **dict.fromkeys(PHRASES, "collocation"),
}

# Adjectives of means or level: stem, frame and dimension.
FRAME_WORDS = {
    "عسكري": ("military", "means"),
    "شرطي": ("police", "means"),
    "استخباري": ("intelligence", "means"),
    "استخباراتي": ("intelligence", "means"),
    "اقتصادي": ("economic", "means"),
    "دبلوماسي": ("diplomatic", "means"),
    "دولي": ("international", "level"),
    "إقليمي": ("regional", "level"),
    "محلي": ("local", "level"),
}
_FRAME_FORM = re.compile(
    rf"(?P<proclitic>[وف]?[بلك]?)(?P<article>(?:ال|(?<=ل)ل)?)(?P<stem>{'|'.join(FRAME_WORDS)})(?:ة|ا|ين|ون|ات|تين|تان)?"
)

_FOLDED = str.maketrans("أإآىة٠١٢٣٤٥٦٧٨٩", "ااايه0123456789")


def folded(word: str) -> str:
    return plain(word).translate(_FOLDED)


def build_truth(items: Sequence[Item]) -> dict[str, Rows]:
    """Return all tables, each ordered by item and offset."""
    truth: dict[str, Rows] = {
        "items": [_item_row(item) for item in items],
        "paragraphs": [row for item in items for row in _paragraph_rows(item)],
        "boilerplate": [row for item in items for row in _boilerplate_rows(item)],
        "labels": [row for item in items for row in _label_rows(item)],
        "quotations": [row for item in items for row in _quotation_rows(item)],
        "no_speech": [_span(item, fact, "kind") for item in items for fact in item.facts.get("no_speech", [])],
        "names": [
            {**_span(item, fact, "name", "kind", "code", "proclitic"), "place": item.place(fact["start"])}
            for item in items
            for fact in item.facts.get("names", [])
        ],
        "blocs": [{"bloc": bloc, "name": plain(name), "code": code} for name, (code, bloc) in STATES.items() if bloc],
        "dates": [_span(item, fact, "date", "kind") for item in items for fact in item.facts.get("dates", [])],
        "numbers": [_span(item, fact, "value") for item in items for fact in item.facts.get("numbers", [])],
        "spellings": [_span(item, fact, "plain", "kind") for item in items for fact in item.facts.get("spellings", [])],
        "decoys": [_span(item, fact, "against", "reason") for item in items for fact in item.facts.get("decoys", [])],
        "near_duplicates": [_copy_row(item) for item in items if item.copy],
        "edits": [row for item in items if item.copy and item.copy.edits for row in _edit_rows(item)],
        "pairs": list(_pair_rows(items)),
        "terms": [row for item in items for row in _term_rows(item)],
        "frames": [row for item in items for row in _frame_rows(item)],
    }
    truth["keyness"] = _keyness_rows(truth["terms"], items)
    truth["bursts"] = _burst_rows(truth["terms"], items)
    truth["collocations"] = _collocation_rows(truth["terms"])
    _check_offsets(truth, items)
    return truth


def _span(item: Item, fact: Fact, *columns: str) -> dict[str, Any]:
    row = {"id": item.id, "start": fact["start"], "end": fact["end"], "surface": fact["surface"]}
    return {**row, **{column: fact[column] for column in columns}}


def _words_of(item: Item) -> list[str]:
    return [word for start, end in item.body() for word in words(item.text[start:end])]


def _item_row(item: Item) -> dict[str, Any]:
    count = len(_words_of(item))
    return {
        "id": item.id,
        "week": of_week(item.day),
        "storyboard": item.draft.board,
        "length": "long" if count > 100 else "brief",
        "paragraphs": len(item.lines),
        "body": len(item.body()),
        "words": count,
    }


def _paragraph_rows(item: Item) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(item.lines):
        yield {"id": item.id, "paragraph": number, "start": line.start, "end": line.end, "role": line.role}


def _boilerplate_rows(item: Item) -> Iterator[dict[str, Any]]:
    for line in item.lines:
        if line.role not in ("headline", "body"):
            surface = item.text[line.start : line.end]
            row = {"id": item.id, "start": line.start, "end": line.end, "surface": surface}
            yield {**row, "kind": line.role, "glued": False}
    if item.footer:
        start, end = item.footer
        row = {"id": item.id, "start": start, "end": end, "surface": item.text[start:end]}
        yield {**row, "kind": "footer", "glued": True}


def _label_rows(item: Item) -> Iterator[dict[str, Any]]:
    marked = [(fact["start"], fact["end"]) for fact in item.facts.get("no_speech", []) if fact["kind"] == "scare"]
    for fact in item.facts.get("labels", []):
        quoted = (fact["start"], fact["end"]) in marked
        yield {**_span(item, fact, "label", "proclitic"), "place": item.place(fact["start"]), "quoted": quoted}


def _quotation_rows(item: Item) -> Iterator[dict[str, Any]]:
    for fact in item.facts.get("quotations", []):
        verb, speaker = _verb_and_speaker(item, fact)
        yield {
            **_span(item, fact),
            "kind": fact["kind"],
            "verb": fact["verb"],
            "verb_start": verb[0],
            "verb_end": verb[1],
            "speaker": fact["speaker"],
            "speaker_start": speaker[0],
            "speaker_end": speaker[1],
            "speaker_source": "carried" if fact["kind"] == "carried" else "explicit",
        }


def _verb_and_speaker(item: Item, fact: Fact) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the spans of a quotation's verb and speaker, the nearest before or after it."""
    line = next(line for line in item.lines if line.start <= fact["start"] < line.end)
    if fact["kind"] == "after":
        region = (fact["end"], line.end)
        return _find(item, fact["verb"], *region, last=False), _find(item, fact["speaker"], *region, last=False)
    # The speaker of a carried quotation is in an earlier sentence.
    speaker = _find(item, fact["speaker"], 0 if fact["kind"] == "carried" else line.start, fact["start"], last=True)
    return _find(item, fact["verb"], line.start, fact["start"], last=True), speaker


def _find(item: Item, phrase: str, start: int, end: int, *, last: bool) -> tuple[int, int]:
    found = [
        match.span(1)
        for match in re.finditer(rf"(?<![{LETTERS}])[وفب]?({re.escape(phrase)})(?![{LETTERS}])", item.text[:end])
        if match.start() >= start
    ]
    if not found:
        raise MarkupError(f"{item.key}: {phrase!r} is not where its quotation says")
    return found[-1 if last else 0]


def _copy_row(item: Item) -> dict[str, Any]:
    assert item.copy
    assert item.original
    return {"original": item.original.id, "copy": item.id, "kind": item.copy.kind, "edits": len(item.copy.edits)}


def _edit_rows(item: Item) -> Iterator[dict[str, Any]]:
    assert item.copy
    assert item.original
    changed = changed_words(item.original, item)
    if len(changed) != len(item.copy.edits):
        raise MarkupError(f"{item.key}: expected {len(item.copy.edits)} edits, but {len(changed)} words changed")
    for (start, end), (copy_start, copy_end) in changed:
        yield {
            "original": item.original.id,
            "start": start,
            "end": end,
            "surface": item.original.text[start:end],
            "copy": item.id,
            "copy_start": copy_start,
            "copy_end": copy_end,
            "copy_surface": item.text[copy_start:copy_end],
        }


def shingles(item: Item) -> set[tuple[str, ...]]:
    """Return all sequences of five words of the folded body, across paragraphs."""
    run = [folded(word) for word in _words_of(item)]
    return {tuple(run[start : start + SHINGLE]) for start in range(len(run) - SHINGLE + 1)}


def _pair_rows(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """Return all pairs within each family of copies, and the pairs of independent reports."""
    families: dict[str, list[Item]] = defaultdict(list)
    reports: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        original = item.original or item
        if original.draft.copies:
            families[original.id].append(item)
        elif item.draft.pair is not None:
            reports[item.draft.pair].append(item)
    for family in families.values():
        kind = next(item.copy.kind for item in family if item.copy)
        for first, second in combinations(family, 2):
            yield _pair_row(first, second, kind)
    for pair in reports.values():
        first, second = pair
        yield _pair_row(first, second, "independent")


def _pair_row(first: Item, second: Item, kind: str) -> dict[str, Any]:
    one, two = shingles(first), shingles(second)
    if not one or not two:
        raise MarkupError(f"{first.key} and {second.key}: a body has fewer than {SHINGLE} words and cannot be compared")
    shared = len(one & two)
    return {
        "first": first.id,
        "second": second.id,
        "kind": kind,
        "edits": 0 if kind in ("truncated", "independent") else len(changed_words(first, second)),
        "shared": shared,
        "jaccard": shared / len(one | two),
        "containment": shared / min(len(one), len(two)),
    }


def _term_rows(item: Item) -> Iterator[dict[str, Any]]:
    """Return the occurrences of the planted words and phrases, as whole words without a proclitic."""
    for match in re.finditer(rf"(?<![{LETTERS}])(?:{'|'.join(TERM_KINDS)})(?![{LETTERS}])", item.text):
        row = {"id": item.id, "start": match.start(), "end": match.end(), "surface": match[0]}
        yield {**row, "term": match[0], "kind": TERM_KINDS[match[0]]}


def _frame_rows(item: Item) -> Iterator[dict[str, Any]]:
    for match in re.finditer(rf"[{LETTERS}]+", item.text):
        form = _FRAME_FORM.fullmatch(match[0])
        if form and item.place(match.start()) != "boilerplate":
            frame, dimension = FRAME_WORDS[form["stem"]]
            row = {"id": item.id, "start": match.start(), "end": match.end(), "surface": match[0]}
            yield {**row, "frame": frame, "dimension": dimension, "proclitic": form["proclitic"]}


def _keyness_rows(terms: Rows, items: Sequence[Item]) -> Rows:
    outlet = {item.id: item.outlet.key for item in items}
    own = {word: key for key, word in KEY_WORDS.items()}
    rows = []
    for term in (*KEY_WORDS.values(), ONE_ITEM_WORD, COPIES_WORD, BOILERPLATE_WORD):
        found = [row for row in terms if row["term"] == term]
        by_outlet = Counter(outlet[row["id"]] for row in found)
        most = own.get(term) or max(OUTLETS, key=lambda outlet: by_outlet[outlet])
        rows.append(
            {
                "term": term,
                "kind": TERM_KINDS[term],
                "outlet": OUTLETS[most].name,
                "count": by_outlet[most],
                "elsewhere": len(found) - by_outlet[most],
                "items": len({row["id"] for row in found}),
            }
        )
    return rows


def _burst_rows(terms: Rows, items: Sequence[Item]) -> Rows:
    """Return the number of items per week, and of those with the term."""
    week = {item.id: of_week(item.day) for item in items}
    all_items = Counter(week.values())
    with_term = Counter(week[name] for name in {row["id"] for row in terms if row["kind"] == "burst"})
    return [
        {"term": BURST_WORD, "week": w, "items": all_items[w], "with_term": with_term[w], "burst": w in BURST_WEEKS}
        for w in range(1, WEEKS + 1)
    ]


def _collocation_rows(terms: Rows) -> Rows:
    rows = []
    for phrase in PHRASES:
        node, collocate = phrase.split()
        found = [row["id"] for row in terms if row["term"] == phrase]
        rows.append({"node": node, "collocate": collocate, "count": len(found), "items": len(set(found))})
    return rows


def _check_offsets(truth: dict[str, Rows], items: Sequence[Item]) -> None:
    texts = {item.id: item.text for item in items}
    for table, rows in truth.items():
        for row in rows:
            text = texts.get(row.get("id") or row.get("original", ""), "")
            if "surface" in row and text[row["start"] : row["end"]] != row["surface"]:
                raise MarkupError(f"{table}: wrong offsets in {row}")


# ---- planted numbers -------------------------------------------------------------------------------

QUOTATIONS = {"before": 100, "carried": 45, "fragment": 15, "after": 10, "relayed": 10}
NO_SPEECH, MENTIONS, HIDDEN_MENTIONS = 40, 200, 60
LONG_ITEMS, BRIEF_ITEMS = 96, 144
WORDS = {"long": range(110, 141), "brief": range(35, 61)}
PAIRS = {"identical": 12, "light": 12, "heavy": 12, "truncated": 6, "independent": 10}
KEY_COUNT, ELSEWHERE, PHRASE_COUNT = 20, 3, 15

# Labels in headlines and bodies, by outlet; the anaphor التنظيم is not among them.
LABEL_COUNTS: dict[str, dict[str, int]] = {
    "mada": {"تنظيم السهل": 54},
    "mirqab": {"إمارة السهل": 20, "تنظيم السهل": 15},
    "mina": {"إمارة السهل": 25, "تنظيم السهل": 10},
    "barid": {"تنظيم السهل": 8, "ميليشيا السهل": 26},
    "unqud": {"تنظيم السهل": 17, "ميليشيا السهل": 17},
    "maraya": {"إمارة السهل": 9, "تنظيم السهل": 25, "ميليشيا السهل": 1},
    "nafidha": {"إمارة السهل": 18, "تنظيم السهل": 17},
}


def check_plants(truth: dict[str, Rows], items: Sequence[Item]) -> None:
    """Raise MarkupError listing every planted number that the texts contradict."""
    wrong: list[str] = []

    def expect(what: str, found: object, planned: object) -> None:
        if found != planned:
            wrong.append(f"{what}: {found}, expected {planned}")

    expect("items a week", Counter(row["week"] for row in truth["items"]), _items_a_week())
    expect("lengths", Counter(row["length"] for row in truth["items"]), {"long": LONG_ITEMS, "brief": BRIEF_ITEMS})
    wrong += [
        f"{row['id']}: a {row['length']} item of {row['words']} words"
        for row in truth["items"]
        if row["words"] not in WORDS[row["length"]]
    ]
    expect("quotations", Counter(row["kind"] for row in truth["quotations"]), QUOTATIONS)
    repeated = sum(row["kind"] == "repeated" for row in truth["no_speech"])
    expect("captions that repeat a statement", repeated, 1)
    expect("spans that are no speech", len(truth["no_speech"]) - repeated, NO_SPEECH)
    mentions = [row for row in truth["names"] if row["kind"] == "state" and row["place"] != "boilerplate"]
    expect("mentions of states", len(mentions), MENTIONS)
    expect("hidden mentions", sum(row["proclitic"] != "" for row in mentions), HIDDEN_MENTIONS)
    expect("pairs", Counter(row["kind"] for row in truth["pairs"]), PAIRS)
    expect("labels", _label_counts(truth["labels"], items), LABEL_COUNTS)
    for row in truth["keyness"]:
        if row["kind"] == "key":
            expect(row["term"], (row["count"], row["elsewhere"]), (KEY_COUNT, ELSEWHERE))
    for row in truth["bursts"]:
        week = row["week"]
        planned = 6 if week in BURST_WEEKS else 2 if week == 20 else 0 if week % 2 else 1
        expect(f"items of week {week} with {BURST_WORD}", row["with_term"], planned)
    for row in truth["collocations"]:
        expect(f"{row['node']} {row['collocate']}", row["count"], PHRASE_COUNT)
    for row in truth["pairs"]:
        wrong += _pair_problem(row)
    if wrong:
        raise MarkupError("planted numbers are wrong:\n" + "\n".join(wrong))


def _items_a_week() -> dict[int, int]:
    return {week: 15 if week == 20 else 9 for week in range(1, WEEKS + 1)}


def _label_counts(labels: Rows, items: Sequence[Item]) -> dict[str, dict[str, int]]:
    outlet = {item.id: item.outlet.key for item in items}
    counts = Counter(
        (outlet[row["id"]], row["label"])
        for row in labels
        if row["place"] != "boilerplate" and row["label"] != "التنظيم"
    )
    full = [label for label in LABELS if label != "التنظيم"]
    return {key: {label: counts[key, label] for label in full if counts[key, label]} for key in OUTLETS}


def _pair_problem(row: dict[str, Any]) -> list[str]:
    kind, jaccard = row["kind"], row["jaccard"]
    good = {
        "identical": jaccard == 1,
        "light": jaccard >= 0.8,
        "heavy": jaccard < 0.8 and row["containment"] >= 0.65,
        "truncated": row["containment"] == 1,
        "independent": jaccard < 0.1,
    }[kind]
    return [] if good else [f"{row['first']} and {row['second']}, {kind}: Jaccard {jaccard:.3f}"]
