"""Mentions of actors: rules, sample truth, reference document, slow oracle, invalid input."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import oracles_news_actors as oracle
import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError
from corpus_kit.news.actors import DECISION_DTYPE, MATCH_DTYPE, actors, count_undecided, mention_tokens, mentions_of
from corpus_kit.news.gazetteer import Gazetteer
from corpus_kit.news.running_text import PLACE_DTYPE

pytestmark = pytest.mark.interface

SPAN = ["id", "start", "end"]
GROUP = """
[[actor]]
id = "group"
kind = "organisation"
names = ["تنظيم السهل", "إمارة السهل", "ميليشيا السهل", "التنظيم"]
"""


@pytest.fixture(scope="module")
def sample() -> ck.Corpus:
    return ck.sample_corpus()


@pytest.fixture(scope="module")
def truth() -> dict[str, pl.DataFrame]:
    return ck.sample_truth()


@pytest.fixture(scope="module")
def sample_boilerplate(sample: ck.Corpus, truth: dict[str, pl.DataFrame]) -> pl.DataFrame:
    rows = sample.documents.select("document", "id").collect()
    return truth["boilerplate"].join(rows, on="id").select("document", "start", "end")


@pytest.fixture
def corpus_of(tmp_path: Path) -> Any:
    def build(*texts: str) -> ck.Corpus:
        return ck.Corpus.build(pl.DataFrame({"text": texts}), tmp_path / f"corpus{len(list(tmp_path.iterdir()))}")

    return build


@pytest.fixture
def actors_of(tmp_path: Path) -> Any:
    def read(text: str, *, base: Any = None) -> Gazetteer:
        file = tmp_path / "actors.toml"
        file.write_text(text, encoding="utf-8")
        return Gazetteer.read(file, base=base)

    return read


def found(corpus: ck.Corpus, gazetteer: Any = None, **options: Any) -> list[tuple[str, ...]]:
    return actors(corpus, gazetteer, **options).select("surface", "proclitic", "actor").rows()


# ------------------------------------------------------------------------------------ the sample's truth


def test_states_of_the_sample(
    sample: ck.Corpus, truth: dict[str, pl.DataFrame], sample_boilerplate: pl.DataFrame
) -> None:
    """Exactly the 200 mentions of states, 60 of them behind a proclitic."""
    table = actors(sample, boilerplate=sample_boilerplate)
    states = truth["names"].filter(kind="state")
    got = table.select(*SPAN, "surface", "proclitic", pl.col("actor").alias("code"), pl.col("place").cast(pl.String))
    assert_frame_equal(got, states.select(got.columns), check_row_order=False)
    outside = table.filter(pl.col("place") != "boilerplate")
    assert (outside.height, outside.filter(pl.col("proclitic") != "").height) == (200, 60)


def test_names_of_the_sample(sample: ck.Corpus, truth: dict[str, pl.DataFrame]) -> None:
    """With cities, exactly the 223 names."""
    table = actors(sample, Gazetteer.states(cities=True))
    expected = truth["names"].with_columns(place=pl.col("place").replace("boilerplate", "body"))
    got = table.select(*SPAN, "surface", "kind", "proclitic", pl.col("place").cast(pl.String))
    assert_frame_equal(got, expected.select(got.columns), check_row_order=False)
    cities = table.filter(kind="city")
    assert dict(cities["actor"].value_counts().iter_rows()) == {"Asia/Amman": 12, "Asia/Muscat": 11}


def test_decoys_of_the_sample(sample: ck.Corpus, truth: dict[str, pl.DataFrame], actors_of: Any) -> None:
    table = actors(sample, actors_of(GROUP, base="states"))
    decoys = truth["decoys"].filter(pl.col("against").is_in(["names", "labels"]))
    assert decoys.height == 14
    assert not decoys.join(table, on=SPAN, how="semi").height


def test_the_armed_group(sample: ck.Corpus, truth: dict[str, pl.DataFrame], actors_of: Any) -> None:
    """All 282 labels with proclitic and quotation marks, للتنظيم among them."""
    labels = truth["labels"]
    rows = sample.documents.select("document", "id").collect()
    boilerplate = truth["boilerplate"].join(rows, on="id")
    table = actors(sample, actors_of(GROUP), boilerplate=boilerplate)
    got = table.select(
        *SPAN, "surface", pl.col("name").alias("label"), "proclitic", pl.col("place").cast(pl.String), "quoted"
    )
    assert_frame_equal(got, labels, check_row_order=False)


def test_blocs(sample: ck.Corpus, truth: dict[str, pl.DataFrame]) -> None:
    """Every member of a bloc is found under its code."""
    codes = set(actors(sample)["actor"])
    assert set(truth["blocs"]["code"]) <= codes


# ----------------------------------------------------------------------------------- the reference document


@pytest.fixture(scope="module")
def seed(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    return ck.Corpus.build(shared / "seed" / "article.txt", tmp_path_factory.mktemp("seed") / "corpus")


@pytest.fixture(scope="module")
def seed_table(seed: ck.Corpus, shared: Path) -> pl.DataFrame:
    """The mentions of the reference document; its boilerplate is lines 2, 3 and 29."""
    lines = (shared / "seed" / "article.txt").read_text(encoding="utf-8").split("\n")
    ends = [sum(len(line) + 1 for line in lines[: n + 1]) - 1 for n in range(len(lines))]
    marked = [(0, ends[n] - len(lines[n]), ends[n]) for n in (2, 3, 29) if n < len(lines)]
    boilerplate = pl.DataFrame(marked, schema=["document", "start", "end"], orient="row")
    return actors(seed, shared / "seed" / "actors.toml", metonyms=True, boilerplate=boilerplate)


def test_countries_of_the_reference_document(seed_table: pl.DataFrame, shared: Path) -> None:
    expected = json.loads((shared / "seed" / "expected.json").read_text(encoding="utf-8"))
    countries = expected["countries"]
    states = seed_table.filter((pl.col("kind") == "state") & (pl.col("match") == "name"))
    assert states.height == countries["mentions"]
    assert states["actor"].n_unique() == countries["distinct"]
    hidden = states.filter(pl.col("proclitic") != "")
    assert hidden.height == countries["hidden_by_proclitic"]
    assert states.height - hidden.height == countries["whole_token_matches"]
    listed = states["actor"].to_list()
    first = listed.index(countries["list"][0])
    assert sorted(listed[first : first + len(countries["list"])]) == sorted(countries["list"])
    assert hidden.filter(proclitic="و").height == countries["list_with_waw"] + 1  # and one outside the list


def test_labels_of_the_reference_document(seed_table: pl.DataFrame, shared: Path) -> None:
    expected = json.loads((shared / "seed" / "expected.json").read_text(encoding="utf-8"))
    us = seed_table.filter(actor="US")
    assert us.filter(match="name").height == expected["us_name"]
    body = pl.col("place") == "body"
    in_body = us.filter((pl.col("match") == "metonym") & body)
    assert in_body.height == expected["metonym"]["واشنطن"]
    group = seed_table.filter(actor="IS")
    counts = dict(group.filter(body)["name"].value_counts().iter_rows())
    naming = expected["naming_body"]
    assert counts == {
        "تنظيم الدولة الإسلامية": naming["تنظيم الدولة الإسلامية"],
        "الدولة الإسلامية": naming["الدولة الإسلامية (bare)"],
        "التنظيم": naming["التنظيم (anaphoric)"],
    }
    assert group.filter(place="headline")["name"].to_list() == ["الدولة الإسلامية"]
    assert group.filter(place="boilerplate")["name"].to_list() == ["التنظيم"]
    # the adjective after a quoted word is not a name
    assert group.filter(pl.col("name") != "التنظيم").height == 12


def test_anaphors_of_the_reference_document(seed_table: pl.DataFrame) -> None:
    person = seed_table.filter((pl.col("actor") == "ALLEN") & (pl.col("place") == "body"))
    assert dict(person["match"].cast(pl.String).value_counts().iter_rows()) == {"name": 1, "anaphor": 4}


def test_reference_document_without_boilerplate(seed: ck.Corpus, seed_table: pl.DataFrame, shared: Path) -> None:
    """The names in the headline and in the body are still found."""
    gone = seed_table.filter(place="boilerplate")
    spans = gone.select("document", "start", "end")
    view = actors(seed.exclude(spans), shared / "seed" / "actors.toml", metonyms=True)
    assert view.select(SPAN).rows() == seed_table.filter(pl.col("place") != "boilerplate").select(SPAN).rows()


# ---------------------------------------------------------------------------------------------- the rules


RULES: list[tuple[str, list[tuple[str, ...]]]] = [
    ("زار الوزير مصر", [("مصر", "", "EG")]),
    ("وصل ومصر فلبنان", [("ومصر", "و", "EG"), ("فلبنان", "ف", "LB")]),
    ("بقيت بالأردن وللأردن وبالعراق", [("بالأردن", "ب", "JO"), ("وللأردن", "ول", "JO"), ("وبالعراق", "وب", "IQ")]),
    ("سلمت للكويت كتونس", [("للكويت", "ل", "KW"), ("كتونس", "ك", "TN")]),
    ("رسالة لـمصر", [("لـمصر", "ل", "EG")]),
    ("سمصر السورية اللبنان مصرية", []),  # neither verbal particle nor unlisted article nor adjective
    ("في الامارات والإِمارات", [("الامارات", "", "AE"), ("والإِمارات", "و", "AE")]),
    ("غينيا-بيساو ثم غينيا – بيساو", [("غينيا-بيساو", "", "GW"), ("غينيا – بيساو", "", "GW")]),
    ("زار غينيا. بيساو", [("غينيا", "", "GN")]),  # names do not cross sentences
    ("الولايات المتحدة الأميركية", [("الولايات المتحدة الأميركية", "", "US")]),
    ("في جنوب السودان والسودان", [("جنوب السودان", "", "SS"), ("والسودان", "و", "SD")]),
    ("أمريكا اللاتينية وأمريكا", [("وأمريكا", "و", "US")]),
    ("بعد صلاة المغرب في المغرب", [("المغرب", "", "MA")]),
    ("الفريق المالي قال إن مالي مرت", []),
    ("في مالي وقالت مالي", [("مالي", "", "ML"), ("مالي", "", "ML")]),
    ("أصدرت لدولة بنين وتوزع مدارس بنين", [("بنين", "", "BJ"), ("بنين", "", "BJ")]),
    ("مدارس بنين", []),
    ("دعم السنغال، ومالي", [("السنغال", "", "SN"), ("ومالي", "و", "ML")]),  # joined to a name
    ("خلاف إداري ومالي في السنغال", [("السنغال", "", "SN")]),
    ("زار بلاروسيا والفيتنام", [("بلاروسيا", "", "BY"), ("والفيتنام", "و", "VN")]),
    ("قصف الكيان الصهيوني", [("الكيان الصهيوني", "", "IL")]),
    ("عند الحدود السعودية", []),
    (
        "في السعودية والإمارات والسعودية",
        [("السعودية", "", "SA"), ("والإمارات", "و", "AE"), ("والسعودية", "و", "SA")],
    ),
    ("العلاقات المصرية والسعودية", []),
    ("إلى بلاده بالسعودية", [("بالسعودية", "ب", "SA")]),
    ("عملة سورية في سورية", [("سورية", "", "SY")]),
    ("تشهد سورية، سورية", [("سورية", "", "SY"), ("سورية", "", "SY")]),
    ("قال سوريًا وتركياً", []),
    ("باليُمن والبركة", []),
    ("باليمن", [("باليمن", "ب", "YE")]),
    ("كلاوس وباندورا", []),  # neither ك + Laos nor ب + Andorra
    ("دخلوا سورية ثم وصلت مصادر سورية وقوات برية سورية", [("سورية", "", "SY")]),
    ("في استاد الإمارات قرب شارع فلسطين", []),
    ("أعلن بنك أوف أميركا مع شركة «مصر للزجاج»", []),
    ("حكومة كندا وسفارة فرنسا", [("كندا", "", "CA"), ("فرنسا", "", "FR")]),
    ("متحف بألمانيا", [("بألمانيا", "ب", "DE")]),
    ("مركز الإمارات للبحوث", []),
    ("احتل مركز الإمارات الصدارة", [("الإمارات", "", "AE")]),
    ("طارت من أتلانتا إلى جورجيا", []),
    ("طارت إلى جورجيا", [("جورجيا", "", "GE")]),
    ("زار الأردن ثم غادر عمان", [("الأردن", "", "JO")]),
    ("الأردن والإمارات وعمان", [("الأردن", "", "JO"), ("والإمارات", "و", "AE"), ("وعمان", "و", "OM")]),
]


@pytest.fixture(scope="module")
def found_by_rules(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[tuple[str, ...]]]:
    """The mentions in each text of `RULES`."""
    texts = pl.DataFrame({"text": [text for text, _ in RULES]})
    table = actors(ck.Corpus.build(texts, tmp_path_factory.mktemp("rules") / "corpus"))
    columns = ["surface", "proclitic", "actor"]
    return {document: frame.select(columns).rows() for (document,), frame in table.group_by("document")}


@pytest.mark.parametrize("number", range(len(RULES)), ids=[text for text, _ in RULES])
def test_rules(found_by_rules: dict[int, list[tuple[str, ...]]], number: int) -> None:
    assert found_by_rules.get(number, []) == RULES[number][1]


def test_the_vowels_of_oman_and_amman(corpus_of: Any) -> None:
    corpus = corpus_of("عمان", "عُمان", "عمّان", "لعَمّان", "وعُمان", "العاصمة عمان", "سلطنة عمان")
    with_cities = actors(corpus, Gazetteer.states(cities=True)).select("document", "actor", "ambiguous").rows()
    assert with_cities == [
        (0, "OM", True),
        (1, "OM", False),
        (2, "Asia/Amman", False),
        (3, "Asia/Amman", False),
        (4, "OM", False),
        (5, "Asia/Amman", False),
        (6, "OM", False),
    ]
    states = actors(corpus).select("document", "actor", "ambiguous").rows()
    assert states == [row for row in with_cities if row[1] == "OM"]
    assert ("لعَمّان", "ل", "JO") in found(corpus, metonyms=True)


def test_shared_names_are_states_and_ambiguous(corpus_of: Any) -> None:
    corpus = corpus_of("بالكويت ثم تونس فمصر")
    table = actors(corpus, Gazetteer.states(cities=True))
    assert table.select("actor", "kind", "ambiguous").rows() == [
        ("KW", "state", True),
        ("TN", "state", True),
        ("EG", "state", False),
    ]
    assert actors(corpus)["ambiguous"].to_list() == [True, True, False]


def test_metonyms(corpus_of: Any) -> None:
    corpus = corpus_of("قالت موسكو وطهران في بغداد")
    assert found(corpus) == []
    assert found(corpus, metonyms=True) == [("موسكو", "", "RU"), ("وطهران", "و", "IR"), ("بغداد", "", "IQ")]
    floods = corpus_of("بعد سيول جدة", "العاصمة سيول")
    assert found(floods, metonyms=True) == [("سيول", "", "KR")]
    both = actors(corpus, Gazetteer.states(cities=True), metonyms=True)
    assert both.select("kind", "match", "ambiguous").rows() == [("state", "metonym", True)] * 3


def test_common_city_names_need_a_preceding_cue(corpus_of: Any) -> None:
    gazetteer = Gazetteer.states(cities=True)
    assert found(corpus_of("ترك العيون بعد نوم"), gazetteer) == []
    assert found(corpus_of("في مدينة العيون"), gazetteer) == [("العيون", "", "Africa/El_Aaiun")]
    assert found(corpus_of("مضين وعدن"), gazetteer) == []
    assert found(corpus_of("لحج وعدن ثم عدن"), gazetteer) == [("وعدن", "و", "Asia/Aden"), ("عدن", "", "Asia/Aden")]


def test_madda_and_alef_maksura_are_distinct(corpus_of: Any, actors_of: Any) -> None:
    people = actors_of(
        '[[actor]]\nid = "A"\nkind = "person"\nnames = ["جون آلان", "آلان"]\n'
        '[[actor]]\nid = "B"\nkind = "person"\nnames = ["علي"]\n'
    )
    assert found(corpus_of("قال آلان الآن الان على علي وعلي"), people) == [
        ("آلان", "", "A"),
        ("علي", "", "B"),
        ("وعلي", "و", "B"),
    ]


def test_listed_words_are_not_split(corpus_of: Any, actors_of: Any) -> None:
    text = '[[actor]]\nid = "{}"\nkind = "person"\nnames = ["{}"]\n'
    corpus = corpus_of("كيري لبنان بنان ككيري")
    listed = actors_of(text.format("K", "كيري") + text.format("Y", "يري") + text.format("B", "بنان"), base="states")
    assert found(corpus, listed) == [
        ("كيري", "", "K"),
        ("لبنان", "", "LB"),
        ("بنان", "", "B"),
        ("ككيري", "ك", "K"),
    ]


def test_longest_name_wins(corpus_of: Any, actors_of: Any) -> None:
    listed = actors_of(
        '[[actor]]\nid = "S"\nkind = "group"\nnames = ["تنظيم السهل"]\nanaphors = ["التنظيم", "تنظيم"]\n'
        '[[actor]]\nid = "L"\nkind = "group"\nnames = ["تنظيم السهل الجديد", "السهل"]\n'
    )
    corpus = corpus_of("تنظيم السهل الجديد وتنظيم السهل والسهل والتنظيم")
    assert found(corpus, listed) == [
        ("تنظيم السهل الجديد", "", "L"),
        ("وتنظيم السهل", "و", "S"),
        ("والسهل", "و", "L"),
        ("والتنظيم", "و", "S"),
    ]


ALLIANCES = """
[[actor]]
id = "land"
kind = "coalition"
names = ["تحالف البر"]
anaphors = ["التحالف"]
[[actor]]
id = "sea"
kind = "coalition"
names = ["تحالف البحر"]
anaphors = ["التحالف"]
"""


def test_anaphors(corpus_of: Any, actors_of: Any) -> None:
    corpus = corpus_of(
        "قال التحالف شيئا",
        "التحالف ثم تحالف البحر ثم تحالف البر",
        "تحالف البحر ثم التحالف وبعده تحالف البر وللتحالف",
    )
    table = actors(corpus, actors_of(ALLIANCES)).filter(match="anaphor")
    assert table.select("document", "actor", "proclitic", "ambiguous").rows() == [
        (1, "sea", "", True),
        (2, "sea", "", True),
        (2, "land", "ول", True),
    ]
    assert not actors(corpus, actors_of(ALLIANCES), anaphors=False).filter(match="anaphor").height


@pytest.fixture(scope="module")
def kingdoms(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    texts = [
        ("SA", "تستضيف المملكة المعرض، وقال إن بالمملكة فرصا وللسلطنة جناحا"),
        ("SA", "زار مملكة البحرين ثم ملك مملكة البحرين. وشكرت المملكة الضيوف"),
        ("SA", "زار السعودية ومملكة البحرين ثم ملك مملكة البحرين والسعودية. وشكرت المملكة الضيوف"),
        ("SA", "وصل إلى المملكة المغربية. والتقى سفير المملكة لدى المغرب"),
        ("SA", "سفير المملكة المغربية لدى المملكة وأعضاء سفارة المملكة المغربية"),
        ("SA", "زار مملكة البحرين ثم ملك مملكة البحرين برقية خادم الحرمين. وشكرت المملكة الضيوف"),
        ("OM", "وصل إلى المملكة المغربية. وقال إن المملكة ترحب وإن السلطنة تشكر"),
        (None, "برج المملكة وشركة المملكة القابضة والأغلبية الجمهورية في السلطنة العثمانية"),
        (None, "رئيس الجمهورية بحث الأمر"),
        (None, "وصل رئيس جمهورية مصر العربية. وألقى رئيس الجمهورية كلمة"),
    ]
    frame = pl.DataFrame(texts, schema=["country", "text"], orient="row")
    return ck.Corpus.build(frame, tmp_path_factory.mktemp("kingdoms") / "corpus")


def forms_of(corpus: ck.Corpus, gazetteer: Any = None, **options: Any) -> list[tuple[Any, ...]]:
    columns = ["document", "surface", "actor", "decided_by", "ambiguous"]
    return actors(corpus, gazetteer, **options).filter(match="form").select(columns).rows()


def test_forms_of_state(kingdoms: ck.Corpus) -> None:
    assert forms_of(kingdoms, home="country") == [
        (0, "المملكة", "SA", "home", False),
        (0, "بالمملكة", "SA", "home", False),
        (0, "وللسلطنة", None, "none", True),
        (1, "المملكة", "BH", "nearest", False),  # twice in full, and the home is not named
        (2, "المملكة", "SA", "home", False),
        (3, "المملكة", "SA", "home", False),
        (4, "المملكة", "SA", "home", False),
        (5, "المملكة", "SA", "home", False),
        (6, "المملكة", "MA", "nearest", False),
        (6, "السلطنة", "OM", "home", False),
        (8, "الجمهورية", None, "none", True),
        (9, "الجمهورية", "EG", "nearest", False),
    ]
    without = forms_of(kingdoms)
    assert [row[:4] for row in without if row[2]] == [
        (1, "المملكة", "BH", "nearest"),
        (2, "المملكة", "BH", "nearest"),
        (5, "المملكة", "BH", "nearest"),
        (6, "المملكة", "MA", "nearest"),
        (9, "الجمهورية", "EG", "nearest"),
    ]
    assert len(without) == 12
    record = provenance_of(actors(kingdoms, home="SA"))
    assert record is not None
    assert record["options"]["home"] == "SA"
    assert record["options"]["forms"] == {"home": 7, "nearest": 2, "none": 3}


def test_undecided_forms_are_no_mentions_for_other_analyses(kingdoms: ck.Corpus) -> None:
    table = actors(kingdoms, home="country")
    assert table["actor"].null_count() == table["kind"].null_count() == 2
    found_again = mentions_of(kingdoms, None)
    assert mentions_of(kingdoms, table)["actor"].null_count() == found_again["actor"].null_count() == 0
    assert (count_undecided(table, table), count_undecided(None, found_again)) == (2, 7)
    assert count_undecided(table.filter(pl.col("actor").is_not_null()), table) == 0
    network = ck.news.network(kingdoms, table)
    assert None not in {*network["source"], *network["target"]}
    record = provenance_of(network)
    assert record is not None
    assert (record["options"]["undecided"], record["options"]["outside"]) == (2, 0)
    labels = ck.news.labels(kingdoms, table, actor="SA", match=["name", "form"])
    assert labels.select("label", "count").rows() == [("المملكة", 6), ("السعودية", 2)]


def test_forms_and_heads_of_a_file(corpus_of: Any, actors_of: Any) -> None:
    emirates = '[[actor]]\nid = "AE"\nforms = ["الدولة"]\n'
    corpus = corpus_of("مواطنو الدولة", "طيران الإمارات ومول الإمارات")
    assert forms_of(corpus, actors_of(emirates, base="states"), home="AE") == [(0, "الدولة", "AE", "home", False)]
    assert found(corpus, actors_of('heads = ["مول"]\n' + emirates, base="states"), home="AE") == [
        ("الدولة", "", "AE"),
        ("الإمارات", "", "AE"),
    ]


FORMS = """
[[actor]]
id = "A"
kind = "state"
names = ["المملكة الأولى", "ألف"]
forms = ["المملكة"]
[[actor]]
id = "B"
kind = "state"
names = ["باء"]
forms = ["المملكة"]
[[actor]]
id = "C"
kind = "state"
names = ["جيم"]
"""


@pytest.mark.parametrize("home", [None, "A", "C"])
def test_forms_are_equal_to_the_oracle(tmp_path_factory: pytest.TempPathFactory, actors_of: Any, home: Any) -> None:
    random = Random(11)
    words = ["المملكة", "المملكة", "الأولى", "ألف", "مملكة", "مملكة باء", "باء", "جيم", "في", "لدى", "ماء"]
    texts = [" ".join(random.choices(words, k=random.randint(2, 24))) for _ in range(60)]
    corpus = ck.Corpus.build(pl.DataFrame({"text": texts}), tmp_path_factory.mktemp("forms") / "corpus")
    table = actors(corpus, actors_of(FORMS), home=home)
    checked = set()
    for document, text in enumerate(texts):
        rows = table.filter(document=document)
        named = rows.filter(match="name").select("position", "tokens", "actor", "name").rows()
        names = [(first, first + n - 1, actor, name) for first, n, actor, name in named]
        forms = rows.filter(match="form")
        expected = oracle.form_referents(
            [*text.split(), ""], forms["position"].to_list(), names, "المملكة", {"A", "B"}, home
        )
        assert forms.select("actor", "decided_by").rows() == expected, text
        checked |= set(expected)
    assert len(checked) >= 3 - (home == "A")


def test_bad_homes(kingdoms: ck.Corpus) -> None:
    for home in ("XX", 5, ["SA"], "countri"):
        with pytest.raises(InputError, match=r"^home must be the id of an actor, a metadata column with ids or None"):
            actors(kingdoms, home=home)  # type: ignore[arg-type]
    named = kingdoms.with_metadata(pl.DataFrame({"id": kingdoms.ids(kingdoms.selected_documents()), "of": "Oman"}))
    with pytest.raises(InputError, match=r"^home must be a column with ids of actors; 'of' has 'Oman' in 10 documents"):
        actors(named, home="of")
    with pytest.raises(InputError, match=r"^home must be a column with ids of actors, got 'document'. It holds"):
        actors(kingdoms, home="document")
    with pytest.warns(UserWarning, match="home='country' has no values"):
        nobody = actors(kingdoms.filter(pl.col("country").is_null()), home="country")
    assert nobody.filter(match="form")["actor"].to_list() == [None, "EG"]


def test_excluded_names_are_not_antecedents(corpus_of: Any, actors_of: Any) -> None:
    corpus = corpus_of("تحالف البحر ثم التحالف")
    view = corpus.exclude(pl.DataFrame({"document": [0], "start": [0], "end": [11]}))
    assert actors(view, actors_of(ALLIANCES)).height == 0


def test_quoted(corpus_of: Any, actors_of: Any) -> None:
    listed = actors_of('[[actor]]\nid = "S"\nkind = "group"\nnames = ["إمارة السهل", "السهل"]\n')
    corpus = corpus_of('زعمت «إمارة السهل» أن السهل قرب «أرض السهل» و"السهل" آمن')
    assert actors(corpus, listed)["quoted"].to_list() == [True, False, False, True]


def test_columns_and_positions(corpus_of: Any) -> None:
    table = actors(corpus_of("لا شيء", "في مصر\nوالولايات  المتحدة"))
    assert table.schema == {
        "document": pl.UInt32,
        "id": pl.String,
        "start": pl.UInt32,
        "end": pl.UInt32,
        "position": pl.UInt32,
        "tokens": pl.UInt32,
        "surface": pl.String,
        "proclitic": pl.String,
        "actor": pl.String,
        "kind": pl.String,
        "name": pl.String,
        "match": MATCH_DTYPE,
        "ambiguous": pl.Boolean,
        "decided_by": DECISION_DTYPE,
        "quoted": pl.Boolean,
        "place": PLACE_DTYPE,
    }
    rows = table.select("document", "start", "end", "position", "tokens", "surface", "name").rows()
    assert rows == [
        (1, 3, 6, 1, 1, "مصر", "مصر"),
        (1, 7, 25, 2, 2, "والولايات المتحدة", "الولايات المتحدة"),
    ]


# ----------------------------------------------------------------------------------------- the slow oracle

WORDS = ["تنظيم", "السهل", "والسهل", "للسهل", "التنظيم", "لتنظيم", "بنان", "لبنان", "إمارة", "امارة", "-", ".", "\n"]
NAMES = ["تنظيم السهل", "السهل", "بنان", "إمارة السهل", "تنظيم", "السهل إمارة تنظيم", "لبنان"]
ANAPHORS = ["التنظيم", "إمارة", "تنظيم السهل بنان"]


@st.composite
def gazetteers(draw: st.DrawFn) -> str:
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=5))
    cut = draw(st.integers(0, len(names)))
    parts = []
    for id, own in (("a", names[:cut]), ("b", names[cut:])):
        if own:
            shared = draw(st.lists(st.sampled_from(ANAPHORS), unique=True))
            listed = (
                f"names = {json.dumps(own, ensure_ascii=False)}\nanaphors = {json.dumps(shared, ensure_ascii=False)}"
            )
            parts.append(f'[[actor]]\nid = "{id}"\nkind = "group"\n{listed}\n')
    nobody = draw(st.lists(st.sampled_from(["السهل تنظيم", "للسهل", "بنان السهل"]), unique=True))
    return f"not_a_mention = {json.dumps(nobody, ensure_ascii=False)}\n" + "".join(parts)


def by_the_oracle(corpus: ck.Corpus, gazetteer: Gazetteer, **options: Any) -> list[Any]:
    tokens = corpus.tokens.collect()
    rows: list[Any] = []
    for document, frame in tokens.group_by("document", maintain_order=True):
        units = [{"token": row["token"], "unit": row["sentence"]} for row in frame.iter_rows(named=True)]
        starts, ends = frame["start"].to_list(), frame["end"].to_list()
        for first, last, *rest in oracle.mentions(units, gazetteer, **options):
            rows.append((document[0], starts[first], ends[last], first, last - first + 1, *rest))
    return rows


def by_the_library(corpus: ck.Corpus, gazetteer: Gazetteer, **options: Any) -> list[Any]:
    columns = ["document", "start", "end", "position", "tokens", "proclitic", "actor", "name", "match", "ambiguous"]
    return actors(corpus, gazetteer, **options).select(columns).rows()


@pytest.fixture(scope="module")
def random_texts(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    """Return ten texts made of words that occur in names."""
    random = Random(7)
    texts = [" ".join(random.choices(WORDS, k=random.randint(1, 18))) + " ." for _ in range(10)]
    return ck.Corpus.build(pl.DataFrame({"text": texts}), tmp_path_factory.mktemp("random") / "corpus")


@settings(max_examples=examples(25))
@given(text=gazetteers())
def test_equal_to_the_oracle(random_texts: ck.Corpus, tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("oracle") / "actors.toml"
    file.write_text(text, encoding="utf-8")
    gazetteer = Gazetteer.read(file, base=None)
    assert by_the_library(random_texts, gazetteer) == by_the_oracle(random_texts, gazetteer)


def test_equal_to_the_oracle_on_the_sample(sample: ck.Corpus, actors_of: Any) -> None:
    text = (
        GROUP.replace(', "التنظيم"]', ']\nanaphors = ["التنظيم"]')
        + """
[[actor]]
id = "A"
kind = "coalition"
names = ["تحالف الضفتين"]
anaphors = ["التحالف"]
[[actor]]
id = "B"
kind = "coalition"
names = ["تحالف الممرات البحرية"]
anaphors = ["التحالف"]
[[actor]]
id = "X"
kind = "state"
names = ["الكويت", "مصر", "العراق", "الأردن", "المغرب"]
"""
    )
    gazetteer = actors_of(text)
    part = sample.filter(pl.col("document") < 80)
    assert by_the_library(part, gazetteer) == by_the_oracle(part, gazetteer)


# ---------------------------------------------------------------------------- subcorpora, views, small corpora


def test_a_subcorpus_has_the_same_mentions(sample: ck.Corpus) -> None:
    whole = actors(sample)
    part = actors(sample.filter(pl.col("outlet") == "وكالة مدى"))
    chosen = sample.filter(pl.col("outlet") == "وكالة مدى").selected_documents().tolist()
    assert_frame_equal(part, whole.filter(pl.col("document").is_in(chosen)))


def test_nothing_is_found_in_excluded_spans(sample: ck.Corpus, sample_boilerplate: pl.DataFrame) -> None:
    view = sample.exclude(sample_boilerplate)
    whole = actors(sample, boilerplate=sample_boilerplate)
    rest = whole.filter(pl.col("place") != "boilerplate")
    assert actors(view).select(SPAN).rows() == rest.select(SPAN).rows()
    first, end = mention_tokens(view, actors(view))
    assert (view.token_starts[first] == actors(view)["start"].to_numpy()).all()
    assert (end > first).all()


def test_empty_results(sample: ck.Corpus, corpus_of: Any, actors_of: Any) -> None:
    full = actors(sample)
    nothing = sample.filter(pl.lit(value=False))
    listed = actors_of('[[actor]]\nid = "S"\nkind = "group"\nnames = ["اسم لا يرد"]\n')
    for table in (actors(nothing), actors(corpus_of("لا أحد")), actors(sample, listed), actors(sample, Gazetteer(()))):
        assert table.schema == full.schema
        assert table.height == 0


def test_identical_documents_and_determinism(corpus_of: Any) -> None:
    corpus = corpus_of("مصر والأردن", "مصر والأردن")
    table = actors(corpus)
    assert table.select("document", "surface").rows() == [(0, "مصر"), (0, "والأردن"), (1, "مصر"), (1, "والأردن")]
    assert_frame_equal(table, actors(corpus))


def test_call_is_recorded(sample: ck.Corpus) -> None:
    record = provenance_of(actors(sample, metonyms=True))
    assert record is not None
    assert record["function"] == "ck.news.actors"
    assert record["corpus_id"] == sample.id
    options = record["options"]
    assert (options["metonyms"], options["anaphors"], options["subcorpus"]) == (True, True, None)
    assert options["gazetteer"]["digest"] == Gazetteer.states().digest


# ----------------------------------------------------------------------------------------- tables of mentions


def test_mentions_of_accepts_what_actors_accepts(sample: ck.Corpus, tmp_path: Path) -> None:
    assert_frame_equal(mentions_of(sample, None), actors(sample))
    assert_frame_equal(mentions_of(sample, Gazetteer.states(), metonyms=True), actors(sample, metonyms=True))
    file = tmp_path / "actors.toml"
    file.write_text(GROUP, encoding="utf-8")
    assert_frame_equal(mentions_of(sample, str(file)), actors(sample, file))


def test_a_table_is_returned_unchanged(sample: ck.Corpus) -> None:
    table = actors(sample, metonyms=True)
    assert_frame_equal(mentions_of(sample, table), table)
    part = sample.filter(pl.col("document") < 20)
    assert_frame_equal(mentions_of(part, table), table.filter(pl.col("document") < 20))


def test_a_table_with_excluded_spans(sample: ck.Corpus, sample_boilerplate: pl.DataFrame) -> None:
    view = sample.exclude(sample_boilerplate)
    table = mentions_of(view, actors(sample))
    assert_frame_equal(table, actors(view))
    with_places = mentions_of(sample, actors(sample), boilerplate=sample_boilerplate)
    assert_frame_equal(with_places, actors(sample, boilerplate=sample_boilerplate))


def test_missing_columns_are_added(corpus_of: Any) -> None:
    corpus = corpus_of("زار «مصر» أمس")
    table = mentions_of(corpus, pl.DataFrame({"document": [0], "start": [5], "end": [8], "actor": ["EG"]}))
    row = table.row(0, named=True)
    assert (row["surface"], row["name"], row["proclitic"], row["match"], row["position"]) == (
        "مصر",
        "مصر",
        "",
        "name",
        2,
    )
    assert row["quoted"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"document": [0], "start": [0]}, "^actors must be .* document, start[.]$"),
        ({"document": [0], "start": [0], "end": [1], "actor": [None]}, "^actors must be .*'actor'"),
        ({"document": [900], "start": [0], "end": [1], "actor": ["A"]}, "^actors must be .* document=900"),
        ({"document": [0], "start": [4], "end": [1], "actor": ["A"]}, "^actors must be .* start=4, end=1"),
        ({"document": [0], "start": [0], "end": [1], "actor": ["A"], "match": ["guess"]}, "^actors must be .*'match'"),
    ],
)
def test_tables_that_are_not_mentions(sample: ck.Corpus, table: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        mentions_of(sample, pl.DataFrame(table))


def test_options_of_a_table(sample: ck.Corpus) -> None:
    table = actors(sample)
    assert_frame_equal(mentions_of(sample, table, metonyms=True, anaphors=False), table)
    with pytest.raises(InputError, match=r"^boilerplate must be"):
        mentions_of(sample, table, boilerplate="lines")  # type: ignore[arg-type]


def test_bad_arguments(sample: ck.Corpus) -> None:
    with pytest.raises(InputError, match=r"^corpus must be"):
        actors("corpus")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^gazetteer must be .* got 5"):
        actors(sample, 5)  # type: ignore[arg-type]
    for option in ("metonyms", "anaphors"):
        with pytest.raises(InputError, match=f"^{option} must be True or False"):
            actors(sample, **{option: "yes"})  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"^boilerplate must be .* document, start, end"):
        actors(sample, boilerplate=pl.DataFrame({"a": [1]}))


# ------------------------------------------------------------------------------------------- real articles


@pytest.mark.slow
def test_hidden_mentions_in_real_articles(shared: Path, tmp_path: Path) -> None:
    """About a fifth of the mentions of states, and over a quarter of those of Jordan, have a proclitic."""
    articles = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet")
    text = next(name for name in ("content", "text", "body") if name in articles.columns)
    frame = articles.select(pl.col(text).alias("text")).drop_nulls().head(6000)
    table = actors(ck.Corpus.build(frame, tmp_path / "corpus"))
    hidden = pl.col("proclitic") != ""
    assert 0.15 < table.select(hidden.mean()).item() < 0.25
    assert table.filter(actor="JO").select(hidden.mean()).item() > 0.2
    assert (table["end"] > table["start"]).all()
