"""Gazetteers: the built-in names, the file of additions, user files and their errors."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.news.actor_names import Actor, folded, keys_of
from corpus_kit.news.gazetteer import Gazetteer
from corpus_kit.news.lexicons import generate_gazetteer

LEXICONS = Path(generate_gazetteer.__file__).parent


@pytest.fixture(scope="module")
def additions() -> dict[str, Any]:
    return tomllib.loads((LEXICONS / "gazetteer_additions.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def everyone() -> Gazetteer:
    return Gazetteer.states(cities=True, organisations=True)


@pytest.fixture(scope="module")
def keys(everyone: Gazetteer) -> set[Any]:
    """Return the words of every built-in name and metonym."""
    return set(keys_of(name for one in everyone for name in (*one.names, *one.metonyms)))


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def write(text: str | bytes) -> Path:
        path = tmp_path / "actors.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def actor(id: str, *names: str, more: str = "") -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    return f'[[actor]]\nid = "{id}"\nkind = "group"\nnames = [{listed}]\n{more}\n'


# ---------------------------------------------------------------------------------------------- built in


def test_list_matches_babel(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("babel")
    from babel.core import get_global

    if get_global("cldr")["version"] != "47":
        pytest.skip("another version of the CLDR than the list states")
    assert generate_gazetteer.generated() == generate_gazetteer.TARGET.read_bytes().decode()
    assert generate_gazetteer.main(["--check"]) == 0
    assert generate_gazetteer.main(["--what"]) == 2
    assert "usage" in capsys.readouterr().out


def test_outdated_list_is_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(generate_gazetteer, "generated", lambda: "new\n")
    monkeypatch.setattr(generate_gazetteer, "TARGET", tmp_path / "gazetteer.tsv")
    generate_gazetteer.TARGET.write_text("old\n", encoding="utf-8")
    assert generate_gazetteer.main(["--check"]) == 1
    assert "out of date" in capsys.readouterr().out
    assert generate_gazetteer.main([]) == 0
    assert generate_gazetteer.main(["--check"]) == 0


def test_contents_of_the_list() -> None:
    text = (LEXICONS / "gazetteer.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")][1:]
    kinds = pl.Series([kind for _, kind, _ in rows]).value_counts()
    assert dict(kinds.iter_rows()) == {"state": 195, "territory": 61, "organisation": 2, "city": 418, "placeholder": 6}
    assert len([id for id, _, _ in rows if len(id) == 2]) == 263
    assert len([id for id, _, _ in rows if "/" in id]) == 419
    assert "CLDR version" in text
    assert "Unicode License" in text


def test_sizes_and_kinds(everyone: Gazetteer) -> None:
    assert len(Gazetteer.states()) == 256
    assert len(Gazetteer.states(cities=True)) == 674
    assert {one.kind for one in Gazetteer.states()} == {"state", "territory"}
    assert (everyone["EU"].kind, everyone["Asia/Amman"].kind) == ("organisation", "city")
    assert repr(Gazetteer.states()) == "<Gazetteer of 256 actors: 195 state, 61 territory>"
    assert Gazetteer.states() is Gazetteer.states()


def test_44_names_are_both_a_territory_and_a_city() -> None:
    unmarked = ck.Normalizer.preset("dediac")
    names: dict[str, set[str]] = {"city": set(), "other": set()}
    text = (LEXICONS / "gazetteer.tsv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            _, kind, name = line.split("\t")
            names["city" if kind == "city" else "other"].add(unmarked(name))
    assert len(names["city"] & names["other"]) == 44


def test_common_names_are_included(everyone: Gazetteer) -> None:
    names = everyone.names().filter(match="name")
    for name, id in (
        ("بريطانيا", "GB"),
        ("السعودية", "SA"),
        ("الإمارات", "AE"),
        ("سوريا", "SY"),
        ("سورية", "SY"),
        ("أمريكا", "US"),
        ("أميركا", "US"),
        ("فلسطين", "PS"),
        ("روسيا", "RU"),
        ("القدس", "Asia/Jerusalem"),
    ):
        assert names.filter(actor=id, name=name).height == 1, name


def test_names_contain_no_explanations(everyone: Gazetteer) -> None:
    assert everyone["MM"].names[0] == "ميانمار"
    assert not [name for name in everyone.names()["name"] if "(" in name or "،" in name]


def test_no_two_states_share_a_name() -> None:
    """Shared names in the built-in list belong to a state and a city, or to two cities."""
    owners: dict[Any, set[str]] = {}
    listed = [
        (one.id, name)
        for one in Gazetteer.states(organisations=True)
        for name in (*one.names, *one.metonyms)
        if name not in ("عمّان", "عَمّان")
    ]
    for (id, _), key in zip(listed, keys_of(name for _, name in listed), strict=True):
        owners.setdefault(key, set()).add(id)
    assert not {key: ids for key, ids in owners.items() if len(ids) > 1}


def test_additions_refer_to_known_entries(additions: dict[str, Any], everyone: Gazetteer, keys: set[Any]) -> None:
    known = {one.id for one in everyone}
    for id, lists in additions["additions"].items():
        assert id in known
        assert set(lists) <= {"names", "metonyms"}
    for ids in additions["groups"].values():
        assert set(ids) <= known
        assert len(ids) == len(set(ids))
    assert set(keys_of(additions["common_words"]["states"] + additions["common_words"]["cities"])) <= keys
    forms = additions["forms"]
    adjectives = additions["adjectives"]["after_definite"] + additions["adjectives"]["indefinite"]
    assert set(keys_of(adjectives)) <= keys | set(keys_of(forms))
    assert set(keys_of(additions["other_place"])) <= keys
    for form, entry in forms.items():
        assert set(entry["actors"]) <= known
        assert all(form in everyone[id].forms for id in entry["actors"])
    for id, entry in additions["by_context"].items():
        assert id in known
        assert keys_of([entry["name"]])[0] in keys


def test_excluded_expressions_contain_a_name(additions: dict[str, Any], keys: set[Any]) -> None:
    names = [" ".join(key) for key in keys]
    for key in keys_of(additions["not_a_mention"]["expressions"]):
        expression = " ".join(key)
        assert any(name in expression for name in names), expression


@pytest.mark.parametrize(
    ("group", "size"),
    [("arab_league", 22), ("gcc", 6), ("eu", 27), ("nato", 32), ("g7", 7), ("un_security_council_permanent", 5)],
)
def test_groups(group: str, size: int) -> None:
    states = Gazetteer.states()
    assert len(states.group(group)) == size
    assert all(states[id].kind == "state" for id in states.group(group))


def test_unknown_names() -> None:
    states = Gazetteer.states()
    with pytest.raises(InputError, match=r"^name must be .* got 'arab_leage'.*'arab_league'"):
        states.group("arab_leage")
    with pytest.raises(InputError, match=r"^id must be .* got 'XX'"):
        states["XX"]
    with pytest.raises(InputError, match=r"^cities must be True or False, got 'yes'"):
        Gazetteer.states(cities="yes")  # type: ignore[arg-type]
    assert "EG" in states
    assert "XX" not in states


# ---------------------------------------------------------------------------------------- folding and keys


def test_folding() -> None:
    words = ["أمريكا", "إيران", "غزة", "مصـر", "عُمَان", "آلان", "على", "علي", "ایران", "مؤتمر"]
    expected = ["امريكا", "ايران", "غزه", "مصر", "عمان", "آلان", "على", "علي", "ايران", "مؤتمر"]
    assert folded(pl.Series(words)).to_list() == expected


def test_keys() -> None:
    assert keys_of(["غينيا - بيساو", "", "ـ", "الولايات  المتحدة"]) == [
        ("غينيا", "بيساو"),
        (),
        (),
        ("الولايات", "المتحده"),
    ]


@given(st.text(alphabet="ابتةأإآىي -\u064e\u0640.،", max_size=12))
def test_keys_are_the_folded_words(name: str) -> None:
    (key,) = keys_of([name])
    assert all(key)
    assert keys_of([" ".join(key)]) == [tuple(word for word in key if word not in "-")]


# ---------------------------------------------------------------------------------------- user files


def test_file_with_every_field(file: Any) -> None:
    path = file(
        'not_a_mention = ["جبل السهل"]\n'
        + actor("G", "تنظيم السهل", "إمارة السهل", more='anaphors = ["التنظيم"]\nmetonyms = ["القلعة"]')
        + 'labels = {self = ["إمارة السهل"], agency = ["تنظيم السهل"]}\n'
        + '[groups]\nbloc = ["G", "EG"]\n'
    )
    gazetteer = Gazetteer.read(path)
    assert gazetteer["G"] == Actor(
        "G",
        "group",
        names=("تنظيم السهل", "إمارة السهل"),
        anaphors=("التنظيم",),
        metonyms=("القلعة",),
        labels={"self": ("إمارة السهل",), "agency": ("تنظيم السهل",)},
    )
    assert gazetteer["G"].label_of("إمارة السهل") == "self"
    assert gazetteer["G"].label_of("التنظيم") == "التنظيم"
    assert gazetteer.group("bloc") == ("G", "EG")
    assert gazetteer.group("gcc") == Gazetteer.states().group("gcc")
    assert gazetteer.not_mentions[0] == "جبل السهل"
    assert len(gazetteer) == 257
    assert next(iter(gazetteer)).id == "G"
    labels = gazetteer.names().filter(actor="G").select("name", "match", "label").rows()
    assert labels == [
        ("تنظيم السهل", "name", "agency"),
        ("إمارة السهل", "name", "self"),
        ("القلعة", "metonym", "القلعة"),
        ("التنظيم", "anaphor", "التنظيم"),
    ]


def test_base(file: Any) -> None:
    path = file(actor("G", "تنظيم السهل"))
    assert len(Gazetteer.read(path, base=None)) == 1
    assert len(Gazetteer.read(path, base=Gazetteer.states(cities=True))) == 675
    with pytest.raises(InputError, match=r"^base must be .* got 'state'.*'states'"):
        Gazetteer.read(path, base="state")
    with pytest.raises(InputError, match=r"^base must be"):
        Gazetteer.read(path, base=5)  # type: ignore[arg-type]


def test_file_extends_an_actor_of_the_base(file: Any) -> None:
    built_in = Gazetteer.states()["US"]
    path = file('[[actor]]\nid = "US"\nnames = ["بلاد العم سام"]\nanaphors = ["الدولة العظمى"]\n')
    us = Gazetteer.read(path)["US"]
    assert us.kind == "state"
    assert us.names == ("بلاد العم سام", *built_in.names)
    assert us.metonyms == built_in.metonyms
    assert us.anaphors == ("الدولة العظمى",)
    assert len(Gazetteer.read(path)) == 256


def test_same_id_with_another_kind_is_another_actor(file: Any) -> None:
    text = '[[actor]]\nid = "IS"\nkind = "organisation"\nnames = ["تنظيم السهل"]'
    joined = Gazetteer.read(file(text))
    assert joined["IS"].names == ("تنظيم السهل",)
    assert joined["state:IS"].names == Gazetteer.states()["IS"].names
    assert "state:IS" in joined.group("nato")
    assert len(joined) == len(Gazetteer.states()) + 1
    again = Gazetteer.read(file(text.replace("organisation", "state")))
    assert set(again["IS"].names) == {"تنظيم السهل", *Gazetteer.states()["IS"].names}


def test_user_names_override_built_in_ones(file: Any) -> None:
    gazetteer = Gazetteer.read(file(actor("club", "الاردن", "واشنطن")))
    assert "الأردن" not in gazetteer["JO"].names
    assert "واشنطن" not in gazetteer["US"].metonyms
    assert gazetteer["club"].names == ("الاردن", "واشنطن")


def test_two_files(file: Any) -> None:
    """Labels and shared anaphors of the first file are kept; a name in both files belongs to the second."""
    more = 'anaphors = ["التحالف", "الحلف"]\nlabels = {x = ["تحالف أول"]}'
    first = Gazetteer.read(file(actor("A", "تحالف أول", "اسم", more=more)), base=None)
    text = actor("B", "اسم", "الحلف", more='anaphors = ["التحالف"]') + '[[actor]]\nid = "A"\nnames = ["تحالف قديم"]\n'
    both = Gazetteer.read(file(text), base=first)
    assert both["A"] == Actor(
        "A",
        "group",
        names=("تحالف قديم", "تحالف أول"),
        anaphors=("التحالف",),
        labels={"x": ("تحالف أول",)},
    )


def test_shared_anaphors_and_own_variants_are_allowed(file: Any) -> None:
    more = 'anaphors = ["التحالف"]'
    path = file(actor("A", "تحالف أول", "تحالف اول", more=more) + actor("B", "تحالف ثان", more=more))
    assert [one.anaphors for one in Gazetteer.read(path, base=None)] == [("التحالف",), ("التحالف",)]


def test_digest(file: Any, everyone: Gazetteer) -> None:
    one = Gazetteer.read(file(actor("A", "اسم")), base=None)
    same = Gazetteer.read(file(actor("A", "اسم")), base=None)
    other = Gazetteer.read(file(actor("A", "اسم آخر")), base=None)
    assert one.digest == same.digest
    assert len({one.digest, other.digest, Gazetteer.states().digest, everyone.digest}) == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no actors"),
        ("[[actor]", "TOML"),
        (b"\xff\xfe", "UTF-8"),
        ('actors = "x"', "'actors'.*'actor'"),
        ('actor = "x"', r"\[\[actor\]\].* got 'x'"),
        ('[[actor]]\nkind = "x"\nnames = ["اسم"]', r"actor 1 \('اسم'\).* id "),
        ('[[actor]]\nid = ""\nkind = "x"\nnames = ["اسم"]', r"actor 1 \('اسم'\): id must be .* got ''"),
        ("[[actor]]\nid = 5", "actor 1: id must be .* got 5"),
        ('[[actor]]\nid = "A"\nnames = ["اسم"]', "actor 'A': .* kind "),
        ('[[actor]]\nid = "A"\nkind = ""', "actor 'A': kind must be .* got ''"),
        ('[[actor]]\nid = "A"\nkind = 3', "actor 'A': kind must be .* got 3"),
        ('[[actor]]\nid = "A"\nkind = "x"', "actor 'A': names"),
        ('[[actor]]\nid = "A"\nkind = "x"\nname = ["اسم"]', "actor 'A': .*'name'.*'names'"),
        ('[[actor]]\nid = "A"\nkind = "x"\nnames = "اسم"', "actor 'A': names must be .* got 'اسم'"),
        ('[[actor]]\nid = "A"\nkind = "x"\nnames = [5]', "actor 'A': names must be .* 5"),
        (actor("A", "اسم", " "), "actor 'A': names .*' '"),
        (actor("A", "ـ"), "actor 'A': names .*'ـ'"),
        (actor("A", "اسم") + actor("A", "آخر"), "two actors .*'A'"),
        (
            actor("A", "إمارة") + actor("B", "امارة"),
            "actor 'B': 'امارة' is already a name of actor 'A', spelled 'إمارة'",
        ),
        (
            actor("A", "اسم") + actor("B", "ثان", more='anaphors = ["اسم"]'),
            "actor 'B': 'اسم' is already a name of actor",
        ),
        (actor("A", "اسم", more="labels = 5"), "actor 'A': labels must be .* got 5"),
        (actor("A", "اسم", more='labels = {x = ["آخر"]}'), "actor 'A': label 'x' .*'آخر'"),
        (actor("A", "اسم", more='labels = {x = ["اسم"], y = ["اسم"]}'), "actor 'A': 'اسم' .*'x' and 'y'"),
        (actor("A", "اسم") + '[groups]\nx = ["Q"]', r"\[groups\]: x .*'Q'"),
        ("groups = 5\n" + actor("A", "اسم"), r"\[groups\] must be .* got 5"),
        ("not_a_mention = 5\n" + actor("A", "اسم"), "not_a_mention must be .* got 5"),
    ],
)
def test_invalid_files(file: Any, text: str | bytes, message: str) -> None:
    path = file(text)
    with pytest.raises(InputError, match=message) as caught:
        Gazetteer.read(path)
    assert path.name in str(caught.value)


def test_missing_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.toml"):
        Gazetteer.read(tmp_path / "absent.toml")
    with pytest.raises(InputError, match=tmp_path.name):
        Gazetteer.read(tmp_path)
    with pytest.raises(InputError, match=r"^path must be"):
        Gazetteer.read(5)  # type: ignore[arg-type]


def test_the_file_of_the_reference_document(shared: Path) -> None:
    gazetteer = Gazetteer.read(shared / "seed" / "actors.toml")
    assert [one.id for one in gazetteer][:4] == ["IS", "ALLEN", "COAL", "US"]
    assert set(Gazetteer.states()["US"].names) <= set(gazetteer["US"].names)
