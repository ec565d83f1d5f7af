"""Word sketches: held equal to a slow twin, to the lines that each row's query finds, and told of bad input."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.analysis.sketch_pairs import RelationSearch
from corpus_kit.analysis.sketch_relations import read_relations
from corpus_kit.errors import InputError
from corpus_kit.query.pattern_names import names_of
from corpus_kit.query.patterns import parse_pattern
from corpus_kit.search.matching import find

CORPUS = ck.sample_corpus()
PART = CORPUS.filter(pl.col("document") % 3 == 0)
ARTICLES = {"relations": {"after": {"a": "words after", "b": "words before", "annotated": 'a:[word="ال.+"] b:[]'}}}
TOGETHER = {"relations": {"next": {"both": "next to", "surface": 'a:[word="ال.+"] b:[word="ال.+|تنظيم"]'}}}


def unannotated(tmp_path: Path) -> ck.Corpus:
    texts = pl.DataFrame({"text": ["قالت الحكومة الجديدة إن الحكومة الجديدة في العاصمة.", "الحكومة الجديدة."]})
    return ck.Corpus.build(texts, tmp_path / "corpus", progress=False)


def words_of_sentences(corpus: ck.Corpus) -> list[list[tuple[int, str, str]]]:
    """Return the document, spelling and folded form of the words of each sentence."""
    sentences: dict[tuple[int, int], list[tuple[int, str, str]]] = {}
    chosen = set(corpus.documents.select("document").collect()["document"])
    counted = ("word", "number", "hashtag", "mention")
    table = corpus.tokens.select("document", "sentence", "token", "kind").collect()
    folded = ck.normalize(table["token"].to_list(), "search")
    for (document, sentence, token, kind), form in zip(table.rows(), folded, strict=True):
        if document in chosen and kind in counted:
            sentences.setdefault((document, sentence), []).append((document, token, form))
    return list(sentences.values())


def twin(corpus: ck.Corpus, word: str, least: int) -> list[tuple[Any, ...]]:
    """Return relation, collocate, count, node_count, collocate_count, documents and log_dice of ARTICLES, slowly."""
    pairs: Counter[tuple[str, str]] = Counter()
    documents: dict[tuple[str, str], set[int]] = {}
    for sentence in words_of_sentences(corpus):
        for (document, spelling, first), (_, _, second) in pairwise(sentence):
            if spelling.startswith("ال") and len(spelling) > 2:
                pairs[first, second] += 1
                documents.setdefault((first, second), set()).add(document)
    totals: tuple[Counter[str], Counter[str]] = Counter(), Counter()
    for pair, count in pairs.items():
        for place in (0, 1):
            totals[place][pair[place]] += count
    rows = []
    for heading, place in (("words after", 0), ("words before", 1)):
        own = []
        for pair, count in pairs.items():
            if pair[place] == word and count >= least:
                node, other = totals[place][word], totals[1 - place][pair[1 - place]]
                score = 14 + math.log2(2 * count / (node + other))
                own.append((heading, pair[1 - place], count, node, other, len(documents[pair]), round(score, 9)))
        rows += sorted(own, key=lambda row: (-row[6], -row[2], row[1]))
    return rows


@pytest.mark.parametrize(("corpus", "word", "least"), [(CORPUS, "السهل", 1), (CORPUS, "في", 2), (PART, "المدينة", 1)])
def test_a_sketch_equals_its_twin(corpus: ck.Corpus, word: str, least: int) -> None:
    table = ck.word_sketch(corpus, word, unit="word", patterns=ARTICLES, min_count=least)
    columns = ["relation", "collocate", "count", "node_count", "collocate_count", "documents", "log_dice"]
    rows = table.select(*columns[:-1], pl.col("log_dice").round(9)).sort(
        pl.col("relation") == "words before", -pl.col("log_dice"), -pl.col("count"), "collocate", maintain_order=True
    )
    assert rows.rows() == twin(corpus, ck.normalize(word, "search"), least)
    assert rows.height


def test_scores_are_those_of_the_measure_whose_published_numbers_are_tested() -> None:
    table = ck.word_sketch(CORPUS, "هدنة", min_count=2)
    names = {"o11": "count", "r1": "node_count", "c1": "collocate_count"}
    cells = {name: table[column].to_numpy() for name, column in names.items()}
    scores = ck.measures.log_dice(**cells, n=10**9)
    assert table["log_dice"].to_list() == pytest.approx(scores.tolist())


@pytest.mark.parametrize("word", ["هدنة", "قال", "في", "كبير", "لجنة"])
def test_each_row_leads_to_its_lines(word: str) -> None:
    table = ck.word_sketch(CORPUS, word, min_count=2)
    for row in table.group_by("relation", maintain_order=True).head(2).iter_rows(named=True):
        lines = ck.kwic(CORPUS, row["query"], within="sentence")
        assert (len(lines), lines.frame["document"].n_unique()) == (row["count"], row["documents"]), row["query"]
        assert row["example"] in lines.frame["node"].to_list()


@pytest.mark.parametrize(("unit", "exact"), [("word", True), ("stem", False), ("lemma", True)])
def test_units_lead_to_their_lines(unit: str, exact: bool) -> None:
    word = "السهل" if unit == "word" else "هدنة"
    table = ck.word_sketch(PART, word, unit=unit, exact=exact, min_count=1, within="paragraph")
    assert table.height
    for row in table.gather_every(max(1, table.height // 4)).iter_rows(named=True):
        assert len(ck.kwic(PART, row["query"], exact=exact)) == row["count"]


def test_words_in_a_symmetric_relation_are_counted_once() -> None:
    one = ck.word_sketch(CORPUS, "السهل", unit="word", patterns=TOGETHER, min_count=1)
    assert one["count"].sum() == one["node_count"][0]
    for row in one.head(3).iter_rows(named=True):
        assert len(ck.kwic(CORPUS, row["query"], within="sentence")) == row["count"]
        back = ck.word_sketch(CORPUS, row["collocate"], unit="word", patterns=TOGETHER, min_count=1)
        there = back.filter(collocate="السهل")
        assert there.select("count", "log_dice").rows() == [(row["count"], row["log_dice"])]


def test_a_sketch_difference_is_of_two_sketches() -> None:
    table = ck.sketch_difference(CORPUS, "هدنة", "مدينة", min_count=1)
    for word, count, score in (("هدنة", "count", "log_dice"), ("مدينة", "other_count", "other_log_dice")):
        own = ck.word_sketch(CORPUS, word, min_count=1).select("relation", "collocate", "count", "log_dice")
        both = own.join(table, on=["relation", "collocate"], suffix="_there")
        names = [name if name != "count" and name != "log_dice" else f"{name}_there" for name in (count, score)]
        assert both["count"].equals(both[names[0]])
        assert both["log_dice"].equals(both[names[1]])
        assert both.height == own.height
    kinds = table.group_by("shared_by").agg(pl.col("count").min(), other=pl.col("other_count").min())
    assert set(kinds.rows()) >= {("word", 1, 0), ("other", 0, 1)}
    largest = ck.sketch_difference(CORPUS, "هدنة", "مدينة", min_count=3)
    assert largest.select(pl.max_horizontal("count", "other_count").min()).item() >= 3


def test_a_corpus_without_annotation_is_read_by_its_surface(tmp_path: Path) -> None:
    corpus = unannotated(tmp_path)
    with pytest.warns(UserWarning, match="no parts of speech and lemmas.*subject.*corpus.annotate"):
        table = ck.word_sketch(corpus, "الحكومة", min_count=1)
    found = {(row["relation"], row["collocate"], row["count"]) for row in table.iter_rows(named=True)}
    assert ("adjectives", "الجديده", 3) in found
    with pytest.raises(InputError, match="unit='lemma' needs the column 'lemma'"):
        ck.word_sketch(corpus, "الحكومة", unit="lemma")


def test_a_layer_is_asked_for_parts_of_speech_in_context(tmp_path: Path) -> None:
    corpus = unannotated(tmp_path)

    def tagger(sentences: Any) -> Any:
        for words in sentences:
            for word in words:
                pos = "ADJ" if "جديد" in word else "NOUN" if "ال" in word else "ADP"
                yield {"lemma": word.removeprefix("ال"), "pos": pos}

    corpus = corpus.annotate(tagger, layer="context")
    table = ck.word_sketch(corpus, "الحكومة", min_count=1)
    rows = table.select("relation", "collocate", "count").rows()
    assert ("adjectives", "الجديده", 3) in rows
    assert len(ck.kwic(corpus, table.filter(relation="adjectives")["query"][0], within="sentence")) == 3


def test_a_lemma_is_found_by_its_words() -> None:
    with pytest.warns(UserWarning, match="no lemma of the corpus is 'المدينة'; the table is of its lemma 'مدينة'"):
        table = ck.word_sketch(CORPUS, "المدينة", min_count=2)
    assert table.equals(ck.word_sketch(CORPUS, "مدينة", min_count=2))


def test_a_word_that_is_not_there() -> None:
    with pytest.warns(UserWarning, match="ظظظظ"):
        table = ck.word_sketch(CORPUS, "ظظظظ")
    assert table.height == 0
    assert table.columns[:3] == ["relation", "collocate", "spelling"]
    with pytest.warns(UserWarning, match="هدنة"):
        assert ck.word_sketch(CORPUS.filter(pl.col("document") < 0), "هدنة").height == 0


def test_stopwords_are_left_out_and_change_nothing_else() -> None:
    all_rows = ck.word_sketch(CORPUS, "قال", min_count=2)
    one = all_rows["collocate"][0]
    kept = ck.word_sketch(CORPUS, "قال", min_count=2, stopwords=[one])
    assert kept.equals(all_rows.filter(pl.col("collocate") != one))
    assert kept.height < all_rows.height


@pytest.mark.parametrize("word", ["", "  ", "كلمة أخرى", "ش" * 400, 3, None])
def test_what_is_no_word(word: Any) -> None:
    with pytest.raises(InputError, match=r"^word must be"):
        ck.word_sketch(CORPUS, word)


@pytest.mark.parametrize("word", ["*", "[]", "/a/", "a|b", "(", '"', "\\", "$x", "@", "::"])
def test_signs_of_the_language_of_queries_are_signs(word: str) -> None:
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always")
        assert ck.word_sketch(CORPUS, word).height == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[relations.x\na=1", "cannot be read: .*line 1"),
        ("relation = 3", "made of relations and macros, got 'relation'"),
        ("[relations]", "a table of relations"),
        ("[relations.x]\na = 'x'", "the relation 'x' must be one with queries"),
        ("[relations.x]\nsurface = 'a:[word=x] b:[]'", "the relation 'x' must be one with a"),
        (
            "[relations.x]\na = 'x'\nsurface = 'a:[word=x] c:[]'",
            "query of the relation 'x' must be",
        ),
        (
            "[relations.x]\na = 'x'\nsurface = 'a:[word=x b:[]'",
            "the relation 'x' has an error: pattern .* at",
        ),
        (
            "[relations.x]\na = 'x'\nsurfaces = 'a:[] b:[]'",
            "a key of the relation 'x' .*Did you mean 'surface'",
        ),
        ("[relations.x]\na = 'x'\nb = 3\nsurface = 'a:[word=x] b:[]'", "b of the relation 'x' must be a text, got 3"),
        ("[relations.x]\na = 'x'\nb = 'x'\nsurface = 'a:[word=x] b:[]'", "headings of the relation 'x' must be diff"),
        (
            "[relations.x]\na = 'h'\nsurface = 'a:[word=x] b:[]'\n[relations.y]\na = 'h'\nsurface = 'a:[word=y] b:[]'",
            "headings of 'x' and 'y' must be different, got 'h'",
        ),
        ("[relations.x]\na = 'x'\nsurface = 'a:[/no[]] b:[]'", "the relation 'x' has an error.*'no'"),
        ("[relations.x]\na = 'x'\nsurface = 'a:[word=x] b:[]'\nwhere = 'c.word = x'", "the relation 'x' has an error"),
    ],
)
def test_a_broken_file_names_itself_and_the_place(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"(?s)mine.toml.*{message}"):
        ck.word_sketch(CORPUS, "هدنة", patterns=path)


def test_patterns_that_are_none() -> None:
    for patterns in (3, ["a"], b"x"):
        with pytest.raises(InputError, match=r"^patterns must be"):
            ck.word_sketch(CORPUS, "هدنة", patterns=patterns)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"missing\.toml"):
        ck.word_sketch(CORPUS, "هدنة", patterns="missing.toml")


def test_the_record_has_the_queries() -> None:
    table = ck.word_sketch(CORPUS, "هدنة", patterns=ARTICLES, unit="word")
    options = ck.record_of(table)["options"]
    assert options["relations"] == {"after": ['a:[word="ال.+"] b:[]']}
    assert (options["queries"], options["unit"], options["within"]) == ("annotated", "word", "sentence")


def test_queries_are_left_out_where_a_table_is_shown() -> None:
    table = ck.word_sketch(CORPUS, "هدنة", min_count=2)
    for language, heading in (("en", "adjectives"), ("ar", "صفاتها")):
        page = ck.show(table, language=language)._repr_html_()
        assert heading in page
        assert "type.lemma" not in page
    assert "type.lemma" in ck.show(table.select("query"))._repr_html_()


def test_relations_in_sentences(tmp_path: Path) -> None:
    """What stands near without being in a relation is not counted."""
    text = (
        "أعلنت الحكومة قرارا جديدا. قال الوزير إن رئيس الحكومة التركي وصل. لم يعلن الوزير الذي يدير الوزارة شيئا. "
        "هذه حياتنا اليومية. المشروعات التي تديرها الشركة كثيرة. تحدث الوزير عن قرار غير جديد. "
        "اعتمد المزارع على المطر. يمكن الاعتماد عليه. تم الوصول إلى المدينة."
    )
    corpus = ck.Corpus.build(pl.DataFrame({"text": [text]}), tmp_path / "corpus", annotate=True, progress=False)
    sketches = {
        word: {
            (row["relation"], row["collocate"])
            for row in ck.word_sketch(corpus, word, min_count=1).iter_rows(named=True)
        }
        for word in ("رئيس", "حكومة", "حياة", "وزارة", "شركة", "قرار", "وزير", "اعتمد", "تم", "أمكن")
    }
    assert ("adjectives", "تركي") in sketches["رئيس"]
    assert ("adjectives", "تركي") not in sketches["حكومة"]
    assert ("verbs with this subject", "اعلن") in sketches["حكومة"]
    assert ("adjectives", "يومي") in sketches["حياة"]
    assert ("prepositions", "علي") in sketches["اعتمد"]
    assert not any(relation == "prepositions" for word in ("تم", "أمكن") for relation, _ in sketches[word])
    assert not any(relation == "verbs with this subject" for relation, _ in sketches["وزارة"])
    assert ("verbs with this subject", "ادار") in sketches["شركة"]
    assert ("verbs with this subject", "اعلن") in sketches["وزير"]
    rows = ck.word_sketch(corpus, "قرار", min_count=1).filter(relation="adjectives")
    assert rows.select("collocate", "count").rows() == [("جديد", 1)]


def test_relations_are_found_together_as_alone() -> None:
    relations, _ = read_relations(None, names_of(PART), kind="annotated", exact=False)
    together = RelationSearch(PART, relations, "sentence", exact=False)
    for relation in relations:
        hits = [
            find(PART, parse_pattern(text, names=names_of(PART)), within="sentence").anchors
            for text in relation.texts()
        ]
        alone = {pair for each in hits for pair in zip(each["a"].tolist(), each["b"].tolist(), strict=True)}
        found = together.hits(relation)
        assert sorted(zip(found[2].tolist(), found[3].tolist(), strict=True)) == sorted(alone)


def test_where_can_differ_by_kind(tmp_path: Path) -> None:
    relation = {
        "a": "next",
        "surface": "a:[] b:[]",
        "where": {"surface": 'b.word = "العاصمة"', "context": "a.pos = NOUN"},
    }
    table = ck.word_sketch(unannotated(tmp_path), "في", patterns={"relations": {"next": relation}}, min_count=1)
    assert table["collocate"].to_list() == ["العاصمه"]
    relation["where"] = {"layer": "a.word = b.word"}
    with pytest.raises(InputError, match="a key of where"):
        ck.word_sketch(CORPUS, "في", patterns={"relations": {"next": relation}})
