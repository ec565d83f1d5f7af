"""Make the tables of verbs in this folder from mazini, which knows every form of 24,188 attested verbs.

    python -m corpus_kit.text.paradigms.make_verbs

Run it again after a new version of mazini; README.md names the version used. It takes a minute.

A verb is written as a few stems between prefixes and suffixes. Verbs of the same root and spelling (شرِب, شرُب) are one
row. The tables:

- verbs: root, vocalised (the perfect, third person masculine singular), patterns; where the table is read it gets the
  lemma, which is the same without vowel marks;
- stems: stem, verb (row of verbs), class;
- classes: class, prefix, suffix, tense, voice, person: the slots of a class of stems;
- nominals: nominal, kind (active, passive, verbal, elative), verb: participles, verbal nouns and elatives.
"""

from __future__ import annotations

import json
import lzma
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import polars as pl

_FOLDER = Path(__file__).parent
_MARKS = re.compile("[\u064b-\u0652\u0670\u0640]")
_SLOT = re.compile("(past|ind|sub|juss|imp)(_pass)?_(.+)")
_PAST = {"1s": "ت", "2ms": "ت", "2fs": "ت", "3fs": "ت", "2d": "تما", "3md": "ا", "3fd": "تا", "1p": "نا", "2mp": "تم"}
_PAST |= {"2fp": "تن", "3mp": "وا", "3fp": "ن"}
_PREFIXES = {"1s": "أ", "1p": "ن", "3ms": "ي", "3md": "ي", "3mp": "ي", "3fp": "ي"}  # ت elsewhere
_FULL = {"2fs": "ين", "2d": "ان", "3md": "ان", "3fd": "ان", "2mp": "ون", "2fp": "ن", "3mp": "ون", "3fp": "ن"}
_SHORT = {"2fs": "ي", "2d": "ا", "3md": "ا", "3fd": "ا", "2mp": "وا", "2fp": "ن", "3mp": "وا", "3fp": "ن"}
_TENSES = {"past": "perfect", "ind": "indicative", "sub": "subjunctive", "juss": "jussive", "imp": "imperative"}
_KINDS = {"ap": "active", "ap1": "active", "pp": "passive", "vn": "verbal", "vn2": "verbal", "apcd": "elative"}

Slot = tuple[str, str, str, str, str]  # prefix, suffix, tense, voice, person


def plain(form: str) -> str:
    """Return a form without vowel marks."""
    return _MARKS.sub("", form).replace("ٱ", "ا")


def divided(form: str, tense: str, person: str) -> tuple[str, str, str]:
    """Return prefix, stem and suffix; what is not written as the slot says (آكل) belongs to the stem."""
    if tense == "past":
        prefix, suffix = "", _PAST.get(person, "")
    else:
        prefix = "" if tense == "imp" else _PREFIXES.get(person, "ت")
        suffix = (_FULL if tense == "ind" else _SHORT).get(person, "")
    if not suffix and form.endswith("ى"):
        suffix = "ى"  # becomes an alef before a pronoun
    if not form.startswith(prefix) or len(form) <= len(prefix) + len(suffix):
        prefix = ""
    if not form.endswith(suffix):
        suffix = ""
    return prefix, form[len(prefix) : len(form) - len(suffix)], suffix


def verb_forms() -> dict[tuple[str, str], dict[str, Any]]:
    """Return for each root and lemma its patterns, vocalised lemma, forms by slot, and nominals by kind."""
    from mazini import conjugate  # needed here only
    from mazini.lexicon import attested_wazns, lexicon_roots  # needed here only

    verbs: dict[tuple[str, str], dict[str, Any]] = {}
    for root in lexicon_roots():
        for pattern in attested_wazns(root):
            verb = conjugate(root, pattern)
            slots = {slot: [form.form for form in forms if form.form != "?"] for slot, forms in verb.slots.items()}
            vocalised = slots["past_3ms"][0]
            found = verbs.setdefault(
                (root, plain(vocalised)),
                {"patterns": [], "vocalised": vocalised, "forms": defaultdict(set), "nominals": set()},
            )
            found["patterns"].append(pattern)
            for slot, forms in slots.items():
                if _SLOT.fullmatch(slot):
                    found["forms"][slot].update(map(plain, forms))
                elif slot in _KINDS:
                    found["nominals"].update((nominal(form), _KINDS[slot]) for form in forms)
    return verbs


def nominal(form: str) -> str:
    """Return a noun as a dictionary spells it: قاضي, of which قاضٍ is the indefinite form."""
    return plain(form) + ("ي" if form.endswith("\u064d") else "")


def tables() -> dict[str, pl.DataFrame]:
    """Return the tables by name."""
    verbs = verb_forms()
    stems: list[tuple[str, int, frozenset[Slot]]] = []
    nominals: list[tuple[str, str, int]] = []
    for row, found in enumerate(verbs.values()):
        slots_of: dict[str, set[Slot]] = defaultdict(set)
        for name, forms in found["forms"].items():
            match = _SLOT.fullmatch(name)
            assert match is not None
            tense, voice, person = match[1], "passive" if match[2] else "active", match[3]
            for form in forms:
                prefix, stem, suffix = divided(form, tense, person)
                slots_of[stem].add((prefix, suffix, _TENSES[tense], voice, person))
        stems += [(stem, row, frozenset(slots)) for stem, slots in sorted(slots_of.items())]
        nominals += [(form, kind, row) for form, kind in sorted(found["nominals"])]
    classes = {slots: number for number, slots in enumerate(sorted({slots for *_, slots in stems}, key=sorted))}
    return {
        "verbs": pl.DataFrame(
            {
                "root": [root for root, _ in verbs],
                "vocalised": [found["vocalised"] for found in verbs.values()],
                "patterns": [", ".join(found["patterns"]) for found in verbs.values()],
            }
        ),
        "stems": pl.DataFrame(
            [(stem, row, classes[slots]) for stem, row, slots in stems],
            schema={"stem": pl.String, "verb": pl.UInt32, "class": pl.UInt16},
            orient="row",
        ),
        "classes": pl.DataFrame(
            [(number, *slot) for slots, number in classes.items() for slot in sorted(slots)],
            schema={"class": pl.UInt16} | dict.fromkeys(("prefix", "suffix", "tense", "voice", "person"), pl.String),
            orient="row",
        ),
        "nominals": pl.DataFrame(
            nominals, schema={"nominal": pl.String, "kind": pl.String, "verb": pl.UInt32}, orient="row"
        ),
    }


def packed(table: pl.DataFrame) -> bytes:
    """Return a table as its columns one after the other, in JSON with one byte for a letter (ISO 8859-6).

    So it is much smaller than in Parquet, which packs the letters of a few words at a time, and their lengths.
    """
    columns = json.dumps(table.to_dict(as_series=False), ensure_ascii=False, separators=(",", ":"))
    return lzma.compress(columns.encode("iso8859_6"), preset=9 | lzma.PRESET_EXTREME)


if __name__ == "__main__":
    for name, table in tables().items():
        (_FOLDER / f"{name}.json.xz").write_bytes(packed(table))
