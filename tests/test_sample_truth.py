"""The sample's tables of truth, recounted with plain Python."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter, defaultdict
from itertools import combinations, pairwise

import pytest
from sample_reading import (
    BOILERPLATE_OPENINGS,
    COPY_IDS,
    FOOTER,
    ITEMS,
    LETTER,
    OUTLET,
    TEXTS,
    bodies,
    facts,
    folded,
    found,
    lines_of,
    spans,
    whole,
    words,
)

DATE: dict[str, datetime.date] = {item["id"]: item["date"] for item in ITEMS}
WEEK = {name: (date - datetime.date(2026, 1, 4)).days // 7 + 1 for name, date in DATE.items()}
BLOCS = {
    "تحالف الضفتين": ["الأردن", "العراق", "السعودية", "الكويت", "مصر", "المغرب", "قطر", "البحرين", "لبنان"],
    "تحالف الممرات البحرية": ["فرنسا", "بريطانيا", "كندا", "إيطاليا", "اليونان", "قبرص", "ليبيا", "عُمان"],
}
STATES = [*BLOCS["تحالف الضفتين"], *BLOCS["تحالف الممرات البحرية"], "الإمارات", "تونس", "سوريا", "الولايات المتحدة"]
CITIES = ["عمّان", "بيروت", "مسقط", "بغداد", "القاهرة", "الدوحة", "باريس", "لندن", "الرياض", "المنامة", "روما", "أثينا"]
UNVOWELLED = str.maketrans({"\u064f": None, "\u0651": None})


def with_article_after_li(names: list[str]) -> list[str]:
    return ["ل" + name[2:] for name in names if name.startswith("ال")]


# ---- the lines of an item ------------------------------------------------------------------------


def test_paragraphs():
    expected = {(name, *match.span()) for name, text in TEXTS.items() for match in re.finditer(r"[^\n]+", text)}
    assert spans("paragraphs") == expected
    roles = defaultdict(list)
    for row in facts("paragraphs"):
        assert row["paragraph"] == len(roles[row["id"]])
        roles[row["id"]].append(row["role"])
    for row in facts("items"):
        in_text = [role for role, _ in lines_of(row["id"])]
        kept = [role if role in ("headline", "body") else "boilerplate" for role in roles[row["id"]]]
        assert kept == in_text
        assert row["paragraphs"] == len(in_text)
        assert row["body"] == in_text.count("body")


def test_boilerplate():
    openings = "|".join(re.escape(opening) for opening in BOILERPLATE_OPENINGS)
    lines = found(rf"(?m)^(?:{openings}).*$")
    footers = found(re.escape(FOOTER))
    assert spans("boilerplate") == lines | footers
    assert Counter(row["kind"] for row in facts("boilerplate")).keys() == {
        "caption",
        "credit",
        "related",
        "share",
        "footer",
    }
    for row in facts("boilerplate"):
        before = TEXTS[row["id"]][row["start"] - 1]
        assert row["glued"] == (row["kind"] == "footer") == (before != "\n")


def test_footers_are_in_most_items_of_one_outlet():
    own = [name for name in TEXTS if OUTLET[name] == "barid"]
    footed = {row["id"] for row in facts("boilerplate") if row["kind"] == "footer"}
    assert footed < set(own)
    assert len(footed) / len(own) >= 0.7


def test_one_caption_repeats_a_statement():
    ((name, start, end),) = spans("no_speech", kind="repeated")
    repeated = TEXTS[name][start:end]
    assert any(row["id"] == name and repeated in row["surface"] for row in facts("quotations"))
    assert any(row["id"] == name and row["start"] < start < row["end"] for row in facts("boilerplate"))


# ---- labels ------------------------------------------------------------------------------------


def test_labels():
    phrases = ["(?:إمارة|تنظيم|ميليشيا) السهل", "التنظيم"]
    pattern = whole(*phrases, before="و?ف?[بلك]?") + "|" + whole("للتنظيم", before="و?")
    assert spans("labels") == found(pattern)
    for row in facts("labels"):
        hidden = row["surface"].removeprefix(row["proclitic"])
        assert hidden == row["label"] or "ا" + hidden == row["label"]


def test_place_and_adjective_are_not_labels():
    everywhere = {(name, end) for name, _, end in found(rf"(?:السهل|للسهل)(?![{LETTER}])")}
    in_labels = {(row["id"], row["end"]) for row in facts("labels") if row["label"] != "التنظيم"}
    decoys = {(row["id"], row["end"]) for row in facts("decoys") if row["against"] == "labels"}
    assert everywhere == in_labels | decoys
    assert not in_labels & decoys
    assert len(decoys) >= 10


def test_labels_of_each_outlet():
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in facts("labels"):
        if row["place"] != "boilerplate" and row["label"] != "التنظيم":
            counts[OUTLET[row["id"]]][row["label"].split()[0]] += 1
    assert counts == LABELS
    place_of = {(row["id"], row["start"], row["end"]): row["place"] for row in facts("labels")}
    for (name, start, _), place in place_of.items():
        line = TEXTS[name][:start].count("\n\n")
        assert lines_of(name)[line][0] == place


def test_one_outlet_puts_half_of_the_self_designations_in_quotation_marks():
    rows = [row for row in facts("labels") if OUTLET[row["id"]] == "mirqab" and row["label"] == "إمارة السهل"]
    assert (len(rows), sum(row["quoted"] for row in rows)) == (20, 10)
    assert sum(row["quoted"] for row in facts("labels")) == 10
    for row in rows:
        assert row["quoted"] == (TEXTS[row["id"]][row["start"] - 1] == "«")


def test_one_outlet_switches_its_label():
    for row in facts("labels"):
        if OUTLET[row["id"]] == "unqud" and row["label"] != "التنظيم":
            after = DATE[row["id"]] >= datetime.date(2026, 4, 1)
            assert row["label"] == ("ميليشيا السهل" if after else "تنظيم السهل")


# ---- quotations ----------------------------------------------------------------------------------


def test_every_span_in_quotation_marks_is_annotated():
    marked = found(r"«([^»]*)»|“([^”]*)”|\"([^\"]*)\"")
    inner = {(name, start + 1, end - 1) for name, start, end in marked}
    assert spans("quotations") | spans("no_speech") == inner
    assert not spans("quotations") & spans("no_speech")


def test_quotations_of_each_kind():
    kinds = Counter(row["kind"] for row in facts("quotations"))
    assert kinds == {"before": 100, "carried": 45, "fragment": 15, "after": 10, "relayed": 10}
    assert Counter(row["speaker_source"] for row in facts("quotations")) == {"explicit": 135, "carried": 45}
    for row in facts("quotations"):
        length = len(words(row["surface"]))
        assert (2 <= length <= 3) == (row["kind"] == "fragment")
        assert length >= 2
    assert len(spans("no_speech")) - len(spans("no_speech", kind="repeated")) == 40
    assert all(
        len(words(row["surface"])) <= 4 for row in facts("no_speech") if row["kind"] not in ("verse", "repeated")
    )


def test_position_of_speaker_and_verb_matches_the_kind():
    for row in facts("quotations"):
        text = TEXTS[row["id"]]
        assert text[row["verb_start"] : row["verb_end"]] == row["verb"]
        assert text[row["speaker_start"] : row["speaker_end"]] == row["speaker"]
        begins, ends = text.rfind("\n", 0, row["start"]) + 1, text.find("\n", row["start"]) % (len(text) + 1)
        if row["kind"] == "after":
            assert row["end"] < row["verb_start"] <= row["speaker_start"] < ends
        elif row["kind"] == "carried":
            assert begins <= row["verb_start"] < row["start"]
            assert row["speaker_end"] < row["verb_start"], "an explicit speaker"
            assert text[row["speaker_start"] : row["start"]].count("\n\n") <= 2
        else:
            assert begins <= row["verb_start"] < row["start"]
            assert begins <= row["speaker_start"] < row["start"]
            assert row["verb_end"] <= row["speaker_start"], "the verb before its subject"
            if row["kind"] == "before":
                between = text[row["verb_end"] : row["speaker_start"]]
                assert not re.search(r"[.؟!]", between)


def test_carried_quotations_belong_to_the_previous_speaker():
    rows = facts("quotations")
    feminine = re.compile("[تة]$")
    for previous, row in pairwise(rows):
        if row["kind"] == "carried":
            assert previous["id"] == row["id"]
            assert set(previous["speaker"].split()) & set(row["speaker"].split())
            assert bool(feminine.search(previous["verb"])) == bool(feminine.search(row["verb"]))


def test_relayed_quotations_name_the_original_speaker():
    for row in facts("quotations"):
        if row["kind"] == "relayed":
            assert row["verb"].startswith("نقل")
            assert re.search(rf"{row['verb']} .*عن ", TEXTS[row["id"]][row["verb_start"] : row["speaker_start"] + 1])


def test_difficult_speakers():
    speakers = {row["speaker"] for row in facts("quotations")}
    for name in ("علي", "آلان"):
        assert any(name in speaker.split() for speaker in speakers)
    assert any("د. " in speaker for speaker in speakers)
    nicknames = {row["surface"] for row in facts("no_speech") if row["kind"] == "nickname"}
    assert len(nicknames & speakers) >= 2, "nicknames as speakers"
    assert found(whole("على"))
    now = spans("decoys", against="speakers")
    assert now == found(whole("الآن"))
    assert not now & {(row["id"], row["speaker_start"], row["speaker_end"]) for row in facts("quotations")}


def test_verbs_agree_in_gender():
    """The verb agrees with the gender of unambiguous titles and first names."""
    titles = "الباحثة|المتحدثة|منسقة|مديرة|رئيسة|القاضية|مبعوثة|الخبيرة|الطبيبة|المعلمة|المهندسة|الممرضة"
    women = f"{titles}|سلمى|لينا|هالة|سميرة|مها"
    feminine = re.compile(r"ت$|^ت|ة$|^(?:بحسب|وفق|وفقا|حسب|تعبير|حد|قولها|بقولها)$")
    quotations = [row for row in facts("quotations") if row["kind"] in ("before", "fragment", "carried")]
    spoken_by_women = [row for row in quotations if re.search(whole(*women.split("|")), row["speaker"])]
    assert len(spoken_by_women) >= 30
    assert all(feminine.search(row["verb"]) for row in spoken_by_women), "a woman with a masculine verb"


# ---- names ---------------------------------------------------------------------------------------


def test_names():
    names = [*STATES, *CITIES, *with_article_after_li([*STATES, *CITIES])]
    alike = spans("decoys", against="names", reason="spelt like a name")
    assert spans("names") | alike == found(whole(*names, before="و?ف?[بلك]?"))
    assert not spans("names") & alike
    for row in facts("names"):
        hidden = row["surface"].removeprefix(row["proclitic"]).translate(UNVOWELLED)
        assert hidden == row["name"] or "ا" + hidden == row["name"]
        assert (row["code"] is None) == (row["kind"] == "city")


def test_mentions_of_states():
    mentions = [row for row in facts("names") if row["kind"] == "state" and row["place"] != "boilerplate"]
    assert len(mentions) == 200
    assert sum(row["proclitic"] != "" for row in mentions) == 60
    for name in ("لبنان", "فرنسا", "بريطانيا", "ليبيا", "كندا"):
        assert {"", "و"} <= {row["proclitic"] for row in mentions if row["name"] == name}


def test_oman_and_amman():
    both = {(row["surface"].lstrip("وبل"), row["kind"]) for row in facts("names") if row["name"] == "عمان"}
    assert both == {("عُمان", "state"), ("عمّان", "city")}


def test_adjective_is_not_a_name():
    adjectives = spans("decoys", against="names", reason="an adjective")
    assert adjectives == found(whole("السورية", "للسورية", before="و?[بك]?"))
    assert len(adjectives) >= 2


def test_two_blocs():
    assert {bloc: [row["name"] for row in facts("blocs") if row["bloc"] == bloc] for bloc in BLOCS} == {
        bloc: [name.translate(UNVOWELLED) for name in names] for bloc, names in BLOCS.items()
    }
    bloc_of = {row["name"]: row["bloc"] for row in facts("blocs")}
    names_of = defaultdict(list)
    for row in facts("names"):
        names_of[row["id"]].append(row)
    within = across = 0
    for name, text in TEXTS.items():
        for sentence in re.finditer(r"[^\n.؟!]+", text):
            inside = {
                row["name"]
                for row in names_of[name]
                if sentence.start() <= row["start"] < sentence.end()
                and row["name"] in bloc_of
                and row["kind"] == "state"
            }
            for one, other in combinations(inside, 2):
                within += bloc_of[one] == bloc_of[other]
                across += bloc_of[one] != bloc_of[other]
    assert within >= 5 * across > 0


# ---- numbers, dates, spellings -------------------------------------------------------------------


def test_numbers():
    assert spans("numbers") == found(r"\d+(?:[,٬]\d{3})*(?:[.٫]\d+)?")
    for row in facts("numbers"):
        digits = [str(unicodedata.decimal(char)) if char.isdecimal() else char for char in row["surface"]]
        assert float("".join(digits).replace("٫", ".").replace(",", "").replace("٬", "")) == row["value"]
    scripts = Counter("ASCII" if row["surface"][0].isascii() else "Arabic-Indic" for row in facts("numbers"))
    assert min(scripts.values()) >= 30


def test_dates():
    weekday = whole("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
    levantine = "كانون الثاني|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين الأول|تشرين الثاني|كانون الأول"
    gregorian = "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر"
    hijri = "رجب|شعبان|رمضان|شوال|ذي القعدة|ذي الحجة|محرم"
    month = rf"(?:(?:{levantine})(?:/(?:{gregorian}))?|{gregorian}|{hijri})"
    day = rf"\d+ {month}(?![{LETTER}])(?: \d{{4}})?"
    assert spans("dates") == found(rf"{weekday}|{day}|\d+/\d+/\d{{4}}")
    for row in facts("dates"):
        distance = (row["date"] - DATE[row["id"]]).days
        if row["kind"] == "weekday":
            assert -7 < distance < 7
        if row["kind"] in ("day", "numeric"):
            assert row["date"].day == int(re.findall(r"\d+", row["surface"])[0])
    kinds = Counter(row["kind"] for row in facts("dates"))
    assert kinds.keys() == {"weekday", "day", "numeric", "hijri"}
    assert min(kinds.values()) >= 5


def test_spellings():
    decorated = found(rf"[{LETTER}]*[\u0640\u064b-\u0655\ufe70-\ufefc\u200c][{LETTER}]*")
    wrong = spans("spellings", kind="misspelling")
    assert spans("spellings") == decorated | wrong
    assert len(wrong) == 2
    for row in facts("spellings"):
        composed = unicodedata.normalize("NFKC", row["surface"])
        assert (re.sub("[\u0640\u064b-\u0652\u200c]", "", composed) == row["plain"]) != (row["kind"] == "misspelling")
    assert {row["kind"] for row in facts("spellings")} == {
        "tashkeel",
        "tatweel",
        "presentation form",
        "decomposed",
        "zero-width non-joiner",
        "misspelling",
    }


# ---- copies --------------------------------------------------------------------------------------


def shingles(name: str) -> frozenset[tuple[str, ...]]:
    run = [folded(word) for body in bodies(name) for word in words(body)]
    return frozenset(tuple(run[start : start + 5]) for start in range(len(run) - 4))


SHINGLES = {name: shingles(name) for name in TEXTS}


def jaccard(one: str, other: str) -> float:
    return len(SHINGLES[one] & SHINGLES[other]) / len(SHINGLES[one] | SHINGLES[other])


def test_pairs():
    assert Counter(row["kind"] for row in facts("pairs")) == {
        "identical": 12,
        "light": 12,
        "heavy": 12,
        "truncated": 6,
        "independent": 10,
    }
    for row in facts("pairs"):
        one, other = row["first"], row["second"]
        shared = len(SHINGLES[one] & SHINGLES[other])
        assert row["shared"] == shared
        assert row["jaccard"] == pytest.approx(jaccard(one, other), abs=1e-12)
        assert row["containment"] == pytest.approx(shared / min(len(SHINGLES[one]), len(SHINGLES[other])), abs=1e-12)
        assert WEEK[one] == WEEK[other]
        assert OUTLET[one] != OUTLET[other]
    originals = {row["original"] for row in facts("near_duplicates")}
    for row in facts("pairs"):
        if row["kind"] in ("identical", "light", "heavy"):
            # 120 words have 116 shingles, and m separate words change 5 m of them.
            expected = (116 - 5 * row["edits"]) / (116 + 5 * row["edits"])
            if {row["first"], row["second"]} & originals:
                assert row["jaccard"] == pytest.approx(expected)
            else:  # edits of two copies can be adjacent
                assert row["jaccard"] >= expected - 1e-12
        assert (row["jaccard"] >= 0.8) == (row["kind"] in ("identical", "light"))
    heavy = [row for row in facts("pairs") if row["kind"] == "heavy"]
    assert all(row["containment"] >= 0.65 for row in heavy)
    assert {row["edits"] for row in heavy if {row["first"], row["second"]} & originals} == {4}
    assert all(row["containment"] == 1 for row in facts("pairs") if row["kind"] == "truncated")
    assert all(row["jaccard"] < 0.1 for row in facts("pairs") if row["kind"] == "independent")


def test_no_other_pair_is_similar():
    known = {frozenset((row["first"], row["second"])) for row in facts("pairs") if row["kind"] != "independent"}
    names = list(TEXTS)
    alike = {
        (one, other): jaccard(one, other)
        for one, other in combinations(names, 2)
        if frozenset((one, other)) not in known and SHINGLES[one] & SHINGLES[other]
    }
    # A truncated copy is a copy of its original only.
    assert max(alike.values(), default=0) < 0.05


def test_copies_differ_only_in_the_listed_words():
    edits = defaultdict(list)
    for row in facts("edits"):
        edits[row["copy"]].append(row)
    for row in facts("near_duplicates"):
        assert row["edits"] == len(edits[row["copy"]])
        assert row["edits"] == {"identical": 0, "light": 1, "heavy": 4, "truncated": 0}[row["kind"]]
        text = TEXTS[row["original"]]
        for edit in sorted(edits[row["copy"]], key=lambda edit: edit["start"], reverse=True):
            text = text[: edit["start"]] + edit["copy_surface"] + text[edit["end"] :]
        original = re.sub('[«»“”"]', "|", text).split("\n\n")
        copied = [re.sub('[«»“”"]', "|", line) for role, line in lines_of(row["copy"]) if role != "boilerplate"]
        assert copied == (original[:3] if row["kind"] == "truncated" else original)


# ---- planted words -------------------------------------------------------------------------------

KEY_WORDS = {
    "mada": "مسؤولون",
    "mirqab": "السردية",
    "mina": "الأهالي",
    "barid": "المرتزقة",
    "unqud": "الأسواق",
    "maraya": "المنصات",
    "nafidha": "النازحين",
}
PHRASES = ("هدنة إنسانية", "خلايا نائمة", "الرسائل المضادة")


def outlets_of(term: str) -> Counter[str]:
    return Counter(OUTLET[name] for name, _, _ in found(whole(term)))


def test_terms():
    planted = [*KEY_WORDS.values(), *PHRASES, "المسيرات", "الزعفران", "بروتوكول", "نشرتنا"]
    assert spans("terms") == found(whole(*planted))
    assert {row["term"] for row in facts("terms")} == set(planted)
    assert all(row["surface"] == row["term"] for row in facts("terms"))


def test_key_words():
    rows = {row["term"]: row for row in facts("keyness")}
    for outlet, term in KEY_WORDS.items():
        counts = outlets_of(term)
        assert counts[outlet] == 20
        assert counts.total() == 23
        assert (rows[term]["count"], rows[term]["elsewhere"], rows[term]["kind"]) == (20, 3, "key")
        assert rows[term]["items"] == len({name for name, _, _ in found(whole(term))})
        assert not found(whole(term)) & {place for place in found(whole(term)) if place[0] in COPY_IDS}


def test_keyness_decoys():
    rows = {row["kind"]: row for row in facts("keyness") if row["kind"] != "key"}
    saffron = found(whole(rows["one item"]["term"]))
    assert len(saffron) == rows["one item"]["count"] == 7
    assert len({name for name, _, _ in saffron}) == 1
    protocol = Counter(name for name, _, _ in found(whole(rows["copies only"]["term"])))
    families = {frozenset((row["original"], row["copy"])) for row in facts("near_duplicates")}
    assert set(protocol.values()) == {2}
    assert all(any(name in family for family in families) for name in protocol)
    assert len(protocol) == 6
    newsletter = found(whole(rows["boilerplate"]["term"]))
    boilerplate = facts("boilerplate")
    for name, start, end in newsletter:
        assert any(row["id"] == name and row["start"] <= start and end <= row["end"] for row in boilerplate)
    assert len(newsletter) >= 15


def test_the_burst():
    holding = {name for name, _, _ in found(whole("المسيرات"))}
    assert len(holding) == len(found(whole("المسيرات"))), "once per item"
    with_term = Counter(WEEK[name] for name in holding)
    items = Counter(WEEK.values())
    for row in facts("bursts"):
        week = row["week"]
        assert (row["items"], row["with_term"]) == (items[week], with_term[week])
        assert row["with_term"] == (6 if week in (14, 15, 16) else 2 if week == 20 else 0 if week % 2 else 1)
        assert row["burst"] == (week in (14, 15, 16))
    week_20 = next(row for row in facts("bursts") if row["week"] == 20)
    assert abs(week_20["with_term"] / week_20["items"] - 1 / 9) < 0.03, "more items, the same rate"


def test_collocations():
    rows = facts("collocations")
    assert [f"{row['node']} {row['collocate']}" for row in rows] == list(PHRASES)
    for row, phrase in zip(rows, PHRASES, strict=True):
        places = found(whole(phrase))
        assert len(places) == row["count"] == 15
        assert len({name for name, _, _ in places}) == row["items"] == 15
        assert not {name for name, _, _ in places} & COPY_IDS


def test_frame_words():
    stems = ["عسكري", "شرطي", "استخباري", "استخباراتي", "اقتصادي", "دبلوماسي", "دولي", "إقليمي", "محلي"]
    pattern = whole(
        *[stem + ending for stem in stems for ending in ("", "ة", "ا", "ين", "ون", "ات", "تين", "تان")],
        before="و?ف?[بك]?(?:ال|لل|ل)?",
    )
    in_boilerplate = {
        (name, start, end)
        for name, start, end in found(pattern)
        if lines_of(name)[TEXTS[name][:start].count("\n\n")][0] == "boilerplate"
    }
    assert spans("frames") == found(pattern) - in_boilerplate
    frames = Counter((row["dimension"], row["frame"]) for row in facts("frames"))
    assert len(frames) == 8
    assert min(frames.values()) >= 2
    assert sum(row["proclitic"] != "" for row in facts("frames")) >= 4


# Labels of the armed group in headlines and bodies, by outlet.
LABELS: dict[str, dict[str, int]] = {
    "mada": {"تنظيم": 54},
    "mirqab": {"إمارة": 20, "تنظيم": 15},
    "mina": {"إمارة": 25, "تنظيم": 10},
    "barid": {"تنظيم": 8, "ميليشيا": 26},
    "unqud": {"تنظيم": 17, "ميليشيا": 17},
    "maraya": {"إمارة": 9, "تنظيم": 25, "ميليشيا": 1},
    "nafidha": {"إمارة": 18, "تنظيم": 17},
}
