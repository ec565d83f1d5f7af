"""Names that are one word however they are spaced: equal to counts of texts in which they were joined by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError

pytestmark = pytest.mark.interface

COUNTED = {"word", "number", "hashtag", "mention"}
NAMES = ["عبد العزيز", "أبو عبد العزيز", "أبو ظبي", "#عاصفة_الحزم"]


def built(texts: list[str], folder: str | Path, **metadata: list[str | None]) -> ck.Corpus:
    return ck.Corpus.build(pl.DataFrame({"text": texts, **metadata}), Path(folder) / "corpus", progress=False)


# ------------------------------------------------------------------- the slow twin


def words_of(text: str) -> list[str]:
    found = ck.tokens([text]).filter(pl.col("kind").is_in(sorted(COUNTED)))["token"].to_list()
    return [form for form in map(ck.normalize, found) if form]


def joined(words: list[str], names: list[str]) -> list[str]:
    """Join names in the words of one paragraph, word by word."""
    cuts = {}  # after how many letters each name may have a space
    for name in names:
        parts = words_of(name.replace("#", "").replace("_", " "))
        ends = {sum(map(len, parts[:k])) for k in range(1, len(parts))}
        cuts.setdefault("".join(parts), []).append(ends)
    result = []
    while words:
        for length in range(min(8, len(words)), 1, -1):
            letters = "".join(words[:length])
            ends = {sum(map(len, words[:k])) for k in range(1, length)}
            if any(ends <= allowed for allowed in cuts.get(letters, [])):
                result.append(letters)
                break
        else:
            length = 1
            bare = words[0].replace("#", "").replace("_", "")
            result.append(bare if bare in cuts else words[0])
        words = words[length:]
    return result


def rewritten(text: str, names: list[str], within: str = "paragraph") -> str:
    """Return a text with its names joined: what is counted without `join`, and compared with what is counted with."""
    units = text.split("\n") if within == "paragraph" else [text]
    return "\n".join(" ".join(joined(words_of(unit), names)) for unit in units)


WORDS = st.sampled_from(
    [
        "عبد",
        "عبد",
        "العزيز",
        "العزيز",
        "عبدُ",
        "عبدالعزيز",
        "ابو",
        "أبو",
        "ظبي",
        "أبوظبي",
        "وعبد",
        "أبوعبدالعزيز",
        "أبوعبد",
    ]
    + ["#عبد_العزيز", "#عبدالعزيز", "عاصفة", "الحزم", "#عاصفة_الحزم", "قال", "\n", "،", "2030"]
)
TEXTS = st.lists(st.lists(WORDS, max_size=14).map(" ".join), min_size=1, max_size=5)


@pytest.mark.filterwarnings("ignore:not all of the source was read")
@settings(max_examples=examples(16), deadline=None)
@given(TEXTS, st.lists(st.sampled_from(NAMES), unique=True), st.sampled_from(["paragraph", "document"]))
def test_counts_are_those_of_texts_with_joined_names(texts: list[str], names: list[str], within: str) -> None:
    texts = [*texts, "قال خبر"]  # a corpus must have a word
    outlets: list[str | None] = ["a" if row % 2 else "b" for row in range(len(texts))]
    with TemporaryDirectory() as one, TemporaryDirectory() as two, TemporaryDirectory() as three:
        corpus = built(texts, one, outlet=outlets)
        by_hand = built([rewritten(text, names) for text in texts], two, outlet=outlets)
        across = built([rewritten(text, names, within) for text in texts], three, outlet=outlets)
        for options in ({}, {"by": "outlet"}, {"n_bootstrap": 20}, {"dispersion": None}):
            equal(ck.frequency(corpus, join=names, **options), ck.frequency(by_hand, **options))
        equal(ck.dispersion(corpus, join=names), ck.dispersion(by_hand))
        for part in (corpus, corpus.filter(pl.col("outlet") == "b")):
            other = across if part is corpus else across.filter(pl.col("outlet") == "b")
            options = {"n": (1, 3), "min_count": 1, "within": within}
            equal(ck.ngrams(part, join=names, **options), ck.ngrams(other, **options))
            equal(
                ck.ngrams(part, join=names, by="outlet", skip=1, **options),
                ck.ngrams(other, by="outlet", skip=1, **options),
            )
            least = {"min_count": 1, "min_documents": 1, "within": within}
            equal(ck.ngram_collocations(part, join=names, **least), ck.ngram_collocations(other, **least))
            terms, by_word = (
                dict_of(ck.document_term_matrix(each, n=(1, 2), **chosen))
                for each, chosen in ((part, {"join": names, "within": within}), (other, {"within": within}))
            )
            assert terms == by_word
        assert dict_of(ck.document_term_matrix(corpus, join=names)) == dict_of(ck.document_term_matrix(by_hand))
        for options in ({"window": 2}, {"window": (0, 3), "by": "outlet"}, {"window": "paragraph", "by": "outlet"}):
            # the text that is searched is the same: no name has this word
            equal(
                ck.collocations(corpus, "قال|غد", min_count=1, join=names, **options),
                ck.collocations(by_hand, "قال|غد", min_count=1, **options),
            )


def dict_of(counts: ck.DocumentTermMatrix) -> dict[str, list[int]]:
    """Return the counts of each term in the documents that have words."""
    rows = counts.matrix.toarray()
    return dict(zip(counts.terms["term"], rows[rows.any(axis=1)].T.tolist(), strict=True))


def equal(left: pl.DataFrame, right: pl.DataFrame) -> None:
    """Compare tables without spellings, which the rewritten texts lost; a joined word may come after equal counts."""
    left, right = left.drop("spelling", strict=False), right.drop("spelling", strict=False)
    keys = [name for name in left.columns if left[name].dtype in {pl.String, pl.Int64, pl.UInt8}]
    assert_frame_equal(left.sort(keys), right.sort(keys), rel_tol=1e-12)


# ------------------------------------------------------------------- by hand

LINES = [
    "افتتح الملك عبد العزيز المعرض. وزار الملك عبدالعزيز أبو ظبي",
    "بدأت عاصفة الحزم. #عاصفة_الحزم في أبوظبي",
    "قال عبد\nالعزيز إن عبد، العزيز غائب، وعبد العزيز حاضر",
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    with built(LINES, tmp_path_factory.mktemp("joined"), outlet=["a", "b", "b"]) as made:
        yield made


def test_every_occurrence_counts_once(corpus: ck.Corpus) -> None:
    names = ["عبد العزيز", "أبو ظبي", "عاصفة الحزم"]
    counts = dict(ck.frequency(corpus, join=names).select("word", "count").iter_rows())
    assert {word: counts[word] for word in ("عبدالعزيز", "ابوظبي", "عاصفهالحزم", "عبد", "العزيز", "وعبد")} == {
        "عبدالعزيز": 3, "ابوظبي": 2, "عاصفهالحزم": 2, "عبد": 1, "العزيز": 2, "وعبد": 1,
    }  # fmt: skip
    assert len(ck.kwic(corpus, "عبد العزيز | عبدالعزيز")) == 3  # passes over punctuation, as n-grams do
    assert sum(counts.values()) == sum(ck.frequency(corpus)["count"]) - 4  # sequences of two words
    options = provenance_of(ck.frequency(corpus, join=names))["options"]
    assert options["join"] == ["ابو ظبي", "عاصفه الحزم", "عبد العزيز"]
    assert (options["joined_names"], options["joined_sequences"]) == (3, 4)


def test_a_name_does_not_cross_a_sentence_within_sentences(tmp_path: Path) -> None:
    corpus = built(["جاء عبد. العزيز وعاد عبد العزيز"], tmp_path)
    for within, count in (("sentence", 1), ("paragraph", 2)):
        table = ck.ngrams(corpus, 1, min_count=1, within=within, join=["عبد العزيز"])
        assert table.filter(ngram="عبدالعزيز")["count"].to_list() == [count]


def test_the_longest_name_counts_from_left_to_right(tmp_path: Path) -> None:
    corpus = built(["دار دار دار الأمة دار الأمة اليوم"], tmp_path)
    names = ["دار دار", "دار الأمة", "دار الأمة اليوم"]
    table = ck.frequency(corpus, join=names)
    assert sorted(table["word"]) == sorted(["داردار", "دارالامه", "دارالامهاليوم"])


def test_names_are_given_in_any_spelling(corpus: ck.Corpus) -> None:
    expected = ck.frequency(corpus, join=["عبد العزيز", "أبو ظبي"])
    for names in (
        ("ابو ظبى", "عَبد  العزيز"),
        {"عبد_العزيز", "#أبو_ظبي"},
        pl.Series(["أبو ظبي", "عبد العزيز", "عبد العزيز"]),
    ):
        assert ck.frequency(corpus, join=names).equals(expected)
    assert ck.frequency(corpus, join=[]).equals(ck.frequency(corpus))
    assert ck.frequency(corpus, join=["لا يوجد"]).equals(ck.frequency(corpus))


def test_bundles_are_n_grams_of_joined_words(corpus: ck.Corpus) -> None:
    table = ck.lexical_bundles(corpus, 2, min_documents=1, join=["عبد العزيز"], within="paragraph")
    row = table.filter(ngram="الملك عبدالعزيز").row(0, named=True)
    assert (row["count"], row["per_million"]) == (2, 2e6 / (sum(ck.frequency(corpus)["count"]) - 2))


def test_hits_that_differ_by_a_space_are_one_row(corpus: ck.Corpus) -> None:
    pattern = "الملك (عبد العزيز | عبدالعزيز)"
    assert ck.frequency(corpus, pattern=pattern)["word"].to_list() == ["الملك عبد العزيز", "الملك عبدالعزيز"]
    for join in (True, ["عبد العزيز"]):
        assert ck.frequency(corpus, pattern=pattern, join=join).select("word", "count", "documents").rows() == [
            ("الملك عبدالعزيز", 2, 1)
        ]
    hashtag = "عاصفة الحزم | #عاصفة_الحزم"
    assert ck.frequency(corpus, pattern=hashtag, join=True)["word"].to_list() == ["عاصفهالحزم"]
    assert ck.frequency(corpus, pattern=hashtag, join=["أبو ظبي"]).height == 2
    assert ck.frequency(corpus, pattern="لا يوجد", join=True).height == 0
    rate = ck.frequency(corpus, pattern=hashtag, join=["أبو ظبي"])["per_million"]
    assert rate.to_list() == [1e6 / (sum(ck.frequency(corpus)["count"]) - 1)] * 2


def test_keyness_counts_both_sides_alike(corpus: ck.Corpus) -> None:
    a, b = corpus.filter(pl.col("outlet") == "a"), corpus.filter(pl.col("outlet") == "b")
    table = ck.keyness(a, b, join=["عبد العزيز", "أبو ظبي"], min_documents=1)
    row = table.filter(word="عبدالعزيز").row(0, named=True)
    assert (row["target_count"], row["reference_count"]) == (2, 1)
    assert row["variants"] == [
        {"surface": "عبد العزيز", "target": 1, "reference": 1},
        {"surface": "عبدالعزيز", "target": 1, "reference": 0},
    ]
    rest = table.filter(word="العزيز")["variants"].to_list()
    assert rest == [[{"surface": "العزيز", "target": 0, "reference": 2}]]
    for word, target, reference, variants in table.select("word", "^.*_count$", "variants").iter_rows():
        for side, count in (("target", target), ("reference", reference)):
            assert sum(each[side] for each in variants) == count, word
    assert provenance_of(table)["options"]["joined_sequences"] == 3


# ------------------------------------------------------------------- which pairs join

PAIRS = {  # joined, spaced: counts of both
    ("عبدالعزيز", "عبد العزيز"): (30, 10),
    ("الملكعبدالعزيز", "الملك عبدالعزيز"): (1, 40),  # a typing error
    ("كلما", "كل ما"): (20, 20),  # function words
    ("أنتم", "أن تم"): (20, 20),
    ("الفلتر", "ألف لتر"): (20, 20),  # a numeral
    ("تمديدها", "تمد يدها"): (20, 20),  # a word with a root
    ("الثاني", "آل ثاني"): (20, 20),  # a part of two letters
    ("#عاصفة_الحزم", "عاصفة الحزم"): (20, 20),
    ("حفرالباطن", "حفر الباطن"): (3, 20),
}
JOINING = ["حفر الباطن", "عاصفه الحزم", "عبد العزيز"]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ck.Corpus]:
    lines = [
        f"{spelling}\n" * count for pair, counts in PAIRS.items() for spelling, count in zip(pair, counts, strict=True)
    ]
    with built(lines, tmp_path_factory.mktemp("pairs")) as made:
        yield made


def test_pairs_join_by_rule(pairs: ck.Corpus) -> None:
    table = ck.spaced_spellings(pairs, min_count=1)
    assert sorted(table.filter("joins")["spaced"]) == JOINING
    found = dict(zip(table["spaced"], table.select("joined_count", "spaced_count").rows(), strict=True))
    # the king is written with his name as two words, too
    assert found == {
        **{ck.normalize(spaced): counts for (_, spaced), counts in PAIRS.items() if "الملك" not in spaced},
        "الملك عبدالعزيز": (1, 40),
        "عبد العزيز": (30 + 40, 10),
    }
    row = table.filter(joined="عاصفهالحزم").row(0, named=True)
    assert (row["joined_spelling"], row["spaced_spelling"]) == ("#عاصفة_الحزم", "عاصفة الحزم")
    assert (row["joined_documents"], row["spaced_documents"], row["share"]) == (1, 1, 0.5)
    assert ck.spaced_spellings(pairs).filter("joins")["spaced"].to_list() == ["عاصفه الحزم", "عبد العزيز"]
    assert not ck.spaced_spellings(pairs, min_count=1, min_share=0.2).filter(spaced="حفر الباطن")["joins"][0]
    assert ck.spaced_spellings(pairs, profile=None)["joined"].is_in(["عبدالعزيز"]).any()


def test_true_joins_what_the_rule_joins(pairs: ck.Corpus) -> None:
    chosen = ck.spaced_spellings(pairs).filter("joins")["spaced"]
    for count in (ck.frequency, ck.ngrams, ck.dispersion, ck.lexical_bundles):
        assert count(pairs, join=True).equals(count(pairs, join=chosen))
    options = provenance_of(ck.frequency(pairs, join=True))["options"]
    assert (options["join"], options["joined_names"], options["joined_sequences"]) == (True, 2, 30)
    assert provenance_of(ck.frequency(pairs))["options"]["join"] is False


def test_parts_of_a_corpus_are_counted_alike(pairs: ck.Corpus) -> None:
    spaced = pairs.filter(pl.col("document") == 1)  # here the name is never one word
    assert ck.frequency(spaced, join=True).select("word", "count").rows() == [("عبدالعزيز", 10)]
    assert ck.spaced_spellings(spaced, min_count=1).height == 0
    both = pairs.filter(pl.col("document").is_in([0, 1]))
    assert ck.spaced_spellings(both).select("joined_count", "spaced_count", "joins").rows() == [(30, 10, True)]
    without = pairs.exclude(pl.DataFrame({"document": [0], "start": [0], "end": [10**4]}))
    assert ck.spaced_spellings(without).filter(spaced="عبد العزيز")["joined_count"].to_list() == [40]


@pytest.mark.slow
def test_the_twin_of_candidates() -> None:
    corpus = ck.sample_corpus()
    texts = corpus.documents.select("text").collect()["text"].to_list()
    lines = [words_of(line) for text in texts for line in text.split("\n")]
    single = Counter(word for line in lines for word in line)
    sequences = Counter(
        tuple(line[at : at + n]) for line in lines for n in (2, 3, 4) for at in range(len(line) - n + 1)
    )
    expected = {
        ("".join(parts), " ".join(parts), single["".join(parts)], count)
        for parts, count in sequences.items()
        if "".join(parts) in single and not "".join(parts).isdigit()
    }
    table = ck.spaced_spellings(corpus, min_count=1)
    assert set(table.select("joined", "spaced", "joined_count", "spaced_count").iter_rows()) == expected
    assert expected


# ------------------------------------------------------------------- bad input, threads


@pytest.mark.parametrize("count", [ck.frequency, ck.ngrams, ck.dispersion])
@pytest.mark.parametrize(
    "join", ["عبد العزيز", 1, None, 5.0, [5], [None], pl.Series([1]), pl.DataFrame({"spaced": ["أ ب"]})]
)
def test_join_is_true_false_or_names(corpus: ck.Corpus, count: Callable[..., pl.DataFrame], join: object) -> None:
    with pytest.raises(InputError, match=r"^join must be True, False or a collection of names"):
        count(corpus, join=join)


@pytest.mark.parametrize("name", ["عبدالعزيز", "", "،", "عبد ،", "ا ب ج د ه و ز ح ط"])
def test_a_name_has_two_to_eight_words(corpus: ck.Corpus, name: str) -> None:
    with pytest.raises(InputError, match=r"^each name in join must be 2 to 8 words"):
        ck.frequency(corpus, join=["أبو ظبي", name])


def test_only_words_of_corpora_are_joined(corpus: ck.Corpus) -> None:
    annotated = ck.sample_corpus()
    for count in (ck.frequency, ck.ngrams, ck.dispersion):
        with pytest.raises(InputError, match=r"^join must be False with unit='lemma', got True"):
            count(annotated, unit="lemma", join=True)
    table = ck.frequency(corpus)
    with pytest.raises(InputError, match=r"^join must be False unless both sides are corpora"):
        ck.keyness(corpus, table, join=True)
    with pytest.raises(InputError, match=r"^join must be False for a table of n-grams"):
        ck.ngrams("no folder", join=True)
    for options in ({"min_count": 0}, {"min_share": 0}, {"min_share": 2}, {"profile": "none"}):
        with pytest.raises(InputError, match=f"^{next(iter(options))}"):
            ck.spaced_spellings(corpus, **options)


def test_nothing_to_count(corpus: ck.Corpus) -> None:
    nothing = corpus.filter(pl.col("outlet") == "c")
    assert ck.spaced_spellings(nothing).height == 0
    for join in (True, ["عبد العزيز"]):
        assert ck.frequency(nothing, join=join).height == ck.ngrams(nothing, join=join).height == 0
        assert ck.dispersion(nothing, join=join).height == 0
        assert ck.frequency(nothing, by="outlet", join=join).height == 0


def test_any_number_of_threads_gives_the_same(pairs: ck.Corpus) -> None:
    before, found = ck.threads(), []
    try:
        for number in (1, 3):
            ck.set_threads(number)
            found.append(
                [ck.spaced_spellings(pairs, min_count=1), ck.ngrams(pairs, join=True), ck.frequency(pairs, join=True)]
            )
    finally:
        ck.set_threads(before)
    assert all(one.equals(other) for one, other in zip(*found, strict=True))


# ------------------------------------------------------------------- the column spelling


def test_spelling_is_the_commoner_of_both_ways(tmp_path: Path) -> None:
    lines = [
        "عاد الملك عبد العزيز",
        "قال الملك عبد العزيز",
        "الملك عبدالعزيز",
        "أبوظبي ثم أبوظبي ثم أبو ظبي",
        "عبد قال",
    ]
    names = ["عبد العزيز", "أبو ظبي"]
    with built(lines, tmp_path, outlet=["a", "a", "b", "b", "b"]) as corpus:
        words = dict(ck.frequency(corpus, join=names).select("word", "spelling").iter_rows())
        assert (words["عبدالعزيز"], words["ابوظبي"], words["عبد"]) == ("عبد العزيز", "أبوظبي", "عبد")
        ngrams = dict(ck.ngrams(corpus, 2, min_count=1, join=names).select("ngram", "spelling").iter_rows())
        assert (ngrams["الملك عبدالعزيز"], ngrams["ثم ابوظبي"]) == ("الملك عبد العزيز", "ثم أبوظبي")
        hits = ck.frequency(corpus, pattern="الملك (عبد العزيز | عبدالعزيز)", join=True)
        assert hits.select("word", "spelling", "count").rows() == [("الملك عبدالعزيز", "الملك عبد العزيز", 3)]
        a, b = corpus.filter(pl.col("outlet") == "a"), corpus.filter(pl.col("outlet") == "b")
        key = ck.keyness(a, b, join=names).filter(word="عبدالعزيز")
        assert key["spelling"].to_list() == ["عبد العزيز"]
        assert ck.frequency(b, join=names).filter(word="عبدالعزيز")["spelling"].to_list() == ["عبدالعزيز"]


def test_first_word_of_a_corpus_is_no_spelling_of_a_joined_hashtag(tmp_path: Path) -> None:
    # the hashtag leaves a form without spellings; the first word is not the usual spelling of its own
    with built(["أبوظبي 12 ابو_ظبي ابو_ظبي"], tmp_path) as corpus:
        table = ck.ngrams(corpus, 2, min_count=1, join=["أبو ظبي"])
    assert dict(table.select("ngram", "spelling").iter_rows())["ابوظبي 12"] == "أبوظبي 12"


def test_spellings_as_frequent_as_each_other(tmp_path: Path) -> None:
    lines = ["أبو عبد الله", "أبو عبدالله", "العَزيز عبد العزيز ثم عبدالعزيز"]
    with built(lines, tmp_path) as corpus:
        words = dict(ck.frequency(corpus, join=["أبو عبد الله", "عبد العزيز"]).select("word", "spelling").iter_rows())
    # of several with spaces the first, but the one without before them
    assert (words["ابوعبدالله"], words["عبدالعزيز"]) == ("أبو عبد الله", "عبدالعزيز")


def test_a_hit_in_a_name_has_all_of_it(tmp_path: Path) -> None:
    lines = ["زار الملك عبد العزيز المعرض", "زار الملك عبدالعزيز المعرض", "عبد ، العزيز جاء"]
    with built(lines, tmp_path, outlet=["a", "a", "b"]) as corpus:
        options = {"window": 1, "min_count": 1, "join": ["عبد العزيز"]}
        for pattern in ("عبد العزيز | عبدالعزيز", "العزيز | عبدالعزيز", "عبد | العزيز | عبدالعزيز"):
            table = ck.collocations(corpus, pattern, **options)
            assert dict(table.select("collocate", "count").iter_rows()) == {"الملك": 2, "المعرض": 2, "جاء": 1}
            assert provenance_of(table)["options"]["joined_sequences"] == 2
        assert ck.collocations(corpus, "،", **options)["collocate"].to_list() == ["جاء"]  # the comma is in the name
        a, b = corpus.filter(outlet="a"), corpus.filter(outlet="b")
        table = ck.compare_collocations(a, b, "زار|جاء", window=2, min_count=1, min_documents=1, join=["عبد العزيز"])
        rows = table.select("collocate", "spelling", "target_count", "reference_count").rows()
        assert ("عبدالعزيز", "عبد العزيز", 2, 1) in rows
