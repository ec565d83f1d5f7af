"""Flags, word lists and plain values in conditions: what is written there is never ignored."""

from __future__ import annotations

from pathlib import Path

import pytest

import corpus_kit as ck
from corpus_kit.errors import InputError
from corpus_kit.query.patterns import parse_pattern

pytestmark = pytest.mark.interface

# The forms of a word: with and without hamza, with marks, a tatweel and capitals.
TEXT = "إن ان أنّ إنـ Ab ab AB 5% U.S. إن"
SPEAKERS = ["Ab", "ab", "إن", "ان"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> ck.Corpus:
    texts = [{"text": TEXT, "speaker": speaker} for speaker in SPEAKERS]
    built = ck.Corpus.build(texts, Path(tmp_path_factory.mktemp("values")) / "corpus", progress=False)
    lists = {"verbs": ["قال", "أكد"], "letters": ["ab"]}
    return built.with_definitions({"lists": lists})


def found(corpus: ck.Corpus, pattern: str, **options: bool) -> list[str]:
    """Return what a pattern finds in the first document, or the values of the documents that have hits."""
    lines = ck.kwic(corpus, pattern, window=0, **options).frame  # type: ignore[arg-type]
    return lines.filter(lines["document"] == 0)["node"].to_list()


def refusal(corpus: ck.Corpus, pattern: str, **options: bool) -> str:
    with pytest.raises(InputError) as caught:
        ck.kwic(corpus, pattern, **options)  # type: ignore[arg-type]
    return str(caught.value)


SPELLED, FOLDED = ["إن", "إن"], ["إن", "ان", "أنّ", "إنـ", "إن"]
LATIN, CAPITALS = ["Ab"], ["Ab", "ab", "AB"]


@pytest.mark.parametrize(
    ("attribute", "flags", "arabic", "latin"),
    [
        ("word", "", SPELLED, LATIN),
        ("word", "%c", SPELLED, CAPITALS),
        ("word", "%d", FOLDED, CAPITALS),
        ("word", "%cd", FOLDED, CAPITALS),
        ("word", "%l", SPELLED, LATIN),
        ("word", "%e", SPELLED, LATIN),
        ("word", "%le", SPELLED, LATIN),
        ("word", "%lc", SPELLED, CAPITALS),
        ("word", "%ld", FOLDED, CAPITALS),
        ("surface", "", SPELLED, LATIN),
        ("surface", "%c", SPELLED, CAPITALS),
        ("surface", "%d", FOLDED, CAPITALS),
        ("surface", "%e", SPELLED, LATIN),
        ("surface", "%lc", SPELLED, CAPITALS),
        ("folded", "", FOLDED, CAPITALS),
        ("folded", "%c", FOLDED, CAPITALS),
        ("folded", "%d", FOLDED, CAPITALS),
        ("folded", "%l", FOLDED, CAPITALS),
    ],
)
def test_flags_of_words(corpus: ck.Corpus, attribute: str, flags: str, arabic: list[str], latin: list[str]) -> None:
    for exact in (False, True):
        assert found(corpus, f'[{attribute}="إن"{flags}]', exact=exact) == arabic
        assert found(corpus, f'[{attribute}="Ab"{flags}]', exact=exact) == latin


@pytest.mark.parametrize(
    ("flags", "exact", "arabic", "latin"),
    [
        ("", False, FOLDED, CAPITALS),
        ("", True, SPELLED, LATIN),
        ("%e", False, SPELLED, LATIN),
        ("%e", True, SPELLED, LATIN),
        ("%d", True, FOLDED, CAPITALS),
        ("%c", True, SPELLED, CAPITALS),
        ("%lc", True, SPELLED, CAPITALS),
        ("%ld", True, FOLDED, CAPITALS),
    ],
)
def test_flags_of_expressions(corpus: ck.Corpus, flags: str, exact: bool, arabic: list[str], latin: list[str]) -> None:
    assert found(corpus, f"/إن/{flags}", exact=exact) == arabic
    assert found(corpus, f"/Ab/{flags}", exact=exact) == latin


@pytest.mark.parametrize(
    ("flags", "exact", "documents"),
    [
        ("", False, {"إن", "ان"}),
        ("", True, {"إن"}),
        ("%d", True, {"إن", "ان"}),
        ("%ld", True, {"إن", "ان"}),
        ("%c", True, {"إن"}),
    ],
)
@pytest.mark.parametrize("mark", ['"', "/"])
def test_flags_of_attributes_of_regions(
    corpus: ck.Corpus, flags: str, exact: bool, documents: set[str], mark: str
) -> None:
    pattern = f"[text.speaker={mark}إن{mark}{flags} & folded=5]"
    lines = ck.kwic(corpus, pattern, exact=exact, metadata="speaker").frame
    assert set(lines["speaker"]) == documents


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ('[folded="x"%e]', "%e is for words as they are spelled"),
        ('[folded="x"%le]', "%e is for words as they are spelled"),
        ('[word="x"%ce]', "without %c and %d"),
        ('[text.speaker="x"%e]', "%e is for words alone"),
        ('[stem="x"%e]', "%e is for words alone"),
        ('[root="كتب"%d]', "a root has no flags"),
        ("[root=/كتب/%c]", "a root has no flags"),
        ('[word="x"%q]', "'q' is no flag"),
        ("[word=إن%d]", 'flags are for values in quotation marks: "إن"%d'),
        ("[folded=5%d]", r"write \% for the sign itself"),
        ("[text.speaker=*x%cd]", "flags are for values in quotation marks"),
        ('[word=""%l]', "no letters"),
        ("[word=$verb]", r"there is no word list '$verb'. Did you mean '$verbs'? Write \$verb for the text itself"),
        ("[lemma!=$xyz]", "There is '$verbs' or '$letters'."),
        ("[root=$verb]", "Did you mean '$verbs'?"),
        ("a:[] b:[] :: a.word=$verb", "Did you mean '$verbs'?"),
        ("<text speaker=$verb> []", "Did you mean '$verbs'?"),
        ("إن within text[speaker=$verb]", "Did you mean '$verbs'?"),
    ],
)
def test_what_says_nothing_is_refused(corpus: ck.Corpus, pattern: str, said: str) -> None:
    assert said in refusal(corpus, pattern)


def test_flags_of_roots_between_slashes() -> None:
    with pytest.raises(InputError, match="a root has no flags"):
        parse_pattern("/كتب/%d", unit="root")


def test_a_dollar_is_written_with_a_backslash(tmp_path: Path) -> None:
    given = [{"text": "المبلغ $verb كبير"}]
    with ck.Corpus.build(given, tmp_path / "dollar", progress=False) as corpus:
        assert found(corpus, r"\$verb") == found(corpus, "$verb") == ["$verb"]
        assert found(corpus, r"[kind=symbol & surface=\$] [word=verb]") == ["$verb"]
        assert found(corpus, "[word=$100]") == []


def test_a_value_ends_before_an_arrow(corpus: ck.Corpus) -> None:
    for arrow in ("->", " -> "):
        assert found(corpus, f"[kind=word{arrow}folded=ab]") == found(corpus, "[!kind=word | folded=ab]")
        assert found(corpus, f"[text.speaker=/ab|x/{arrow}folded=ab]") == CAPITALS  # the speaker of the first is Ab


def test_any_token_of_a_region_is_found(corpus: ck.Corpus) -> None:
    """A sign is a token in CQP's syntax, also where it is all that is asked for."""
    tokens = list(zip(range(corpus.n_tokens), range(1, corpus.n_tokens + 1), strict=True))
    hits = ck.kwic(corpus, ck.cqp("[] within text")).hits
    assert list(zip(hits.first.tolist(), hits.end.tolist(), strict=True)) == tokens
    met = ck.kwic(corpus, ck.cqp('MU(meet [] "%" 0 0)')).hits
    assert len(met.first) == len(SPEAKERS)


def test_numbers_count_what_the_query_is_about(corpus: ck.Corpus) -> None:
    assert found(corpus, "5 expand by 2") == ["ab AB 5% U.S"]
    assert found(corpus, ck.cqp('"5" expand to 2')) == ["ab AB 5% U"]
    first = ck.kwic(corpus, ck.cqp('"5" expand to 2')).hits
    assert (first.end - first.first).tolist() == [5] * len(SPEAKERS)


def test_cqp_cuts_before_it_expands(corpus: ck.Corpus) -> None:
    assert len(ck.kwic(corpus, ck.cqp('"إن" cut 3 expand to text'))) == 2
    assert len(ck.kwic(corpus, "[word=إن] cut 3 expand to text")) == 3
