"""What corpus linguists ask a query engine for, in our language and in that of CQP.

A task is a function that makes a call ready, and the same in CQP's commands. `bench_queries.py` times them, beside CQP
where it is installed; `query_figures.py` times two versions of ours in turns.

CQP gets the words alone, since our patterns pass over signs (`cqp_peer.py`). Its queries are the forms that give the
right hits: it finds 12,098 of 15,308 hits of `(و|ف)?قالت?` in one corpus, so that the six forms are listed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import corpus_kit as ck

__all__ = ["TASKS", "Task", "Words", "query_words"]

LINES = 50
MIDDLING = 20_000  # hits, at most; a fiftieth of the words of a small corpus
RARE = 20
SPOKE = "قال"  # a verb that every news corpus has, generated ones too
SPOKEN = "|".join(before + SPOKE + after for before in ("", "و", "ف") for after in ("", "ت"))

# The words of queries: frequent, second, third; middling and rare; two and three: frequent phrases with `middling`.
Words = dict[str, str]
Call = Callable[[], Any]


class Task(NamedTuple):
    """A task in both languages.

    Attributes:
        ready: Returns the call that is timed.
        pattern: What we search, of whose hits the starts are compared with those of `query`; None for no comparison.
        query: The same in CQP's language, which finds it as A before `commands`.
        commands: What CQP does with A. Those with `program` are the arguments of that program.
        again: Whether CQP's query is timed with its commands; otherwise the result is already there, as with us.
        program: A program of CWB that does it without CQP.
        lemmas: Whether the corpus must be annotated.
    """

    ready: Callable[[ck.Corpus, Words], Call]
    pattern: str | None = None
    query: str | None = None
    commands: tuple[str, ...] = ()
    again: bool = True
    program: str | None = None
    lemmas: bool = False


def _page(pattern: str, query: str, **more: Any) -> Task:
    """Return the task of the first page of a pattern."""

    def ready(corpus: ck.Corpus, words: Words) -> Call:
        return lambda: ck.kwic(corpus, pattern.format(**words)).page(1, LINES)

    return Task(ready, pattern, query, (f"cat A 0 {LINES - 1};",), **more)


def _of_result(pattern: str, query: str, *commands: str, of: Callable[[ck.Concordance], Any]) -> Task:
    """Return a task that begins with the hits."""

    def ready(corpus: ck.Corpus, words: Words) -> Call:
        lines = ck.kwic(corpus, pattern.format(**words))
        return lambda: of(lines)

    return Task(ready, pattern, query, commands, again=False)


def _call(call: Callable[[ck.Corpus, Words], Any], pattern: str | None = None, query: str | None = None,
          *commands: str, **more: Any) -> Task:  # fmt: skip
    """Return a task that is one call."""
    return Task(lambda corpus, words: lambda: call(corpus, words), pattern, query, commands, **more)


def _folded(*names: str) -> str:
    """Return tests of CQP for words of ours, one after the other, in one paragraph."""
    return " ".join(f'[folded="{{{name}}}"]' for name in names) + (" within p" if len(names) > 1 else "")


_FREQUENT, _MIDDLING = _folded("frequent"), _folded("middling")
_SIDES = [f"match[-{n}]" for n in range(1, 6)] + [f"matchend[{n}]" for n in range(1, 6)]

TASKS: dict[str, Task] = {
    "page of a frequent word": _page("{frequent}", _FREQUENT),
    "page of a rare word": _page("{rare}", _folded("rare")),
    "page of a ready result": _of_result(
        "{frequent}", _FREQUENT, f"cat A {LINES} {2 * LINES - 1};", of=lambda lines: lines.page(2, LINES)
    ),
    "sorted page": _call(
        lambda corpus, words: ck.kwic(corpus, words["frequent"], sort="after1").page(1, LINES),
        "{frequent}", _FREQUENT, "sort A by folded on matchend[1];", f"cat A 0 {LINES - 1};",
    ),
    "100 random lines": _call(
        lambda corpus, words: ck.kwic(corpus, words["frequent"], sample=100).page(1, 100),
        "{frequent}", _FREQUENT, "randomize 1;", "reduce A to 100;", "cat A;",
    ),
    "hits by source": _call(
        lambda corpus, words: ck.frequency(corpus, pattern=words["frequent"], by="source", total=True),
        "{frequent}", _FREQUENT, "group A match text_source;",
    ),
    "forms of an infix, counted": _call(
        lambda corpus, _: ck.frequency(corpus, pattern=f"*{SPOKE}*", dispersion=None),
        f"*{SPOKE}*", f'[folded=".*{SPOKE}.*"]', "group A match folded;",
    ),
    "page of an infix": _page(f"*{SPOKE}*", f'[folded=".*{SPOKE}.*"]'),
    "page of a regular expression": _page(f"/(و|ف)?{SPOKE}ت?/", f'[folded="{SPOKEN}"]'),
    "counted phrases": _call(
        lambda corpus, words: ck.kwic(corpus, f"{words['frequent']} []").variants,
        "{frequent} []", '[folded="{frequent}"] [] within p', "count A by folded;",
    ),
    "word list with documents": _call(
        lambda corpus, _: ck.frequency(corpus, dispersion=None), None, None, "-f", "-P", "folded",
        program="cwb-lexdecode",
    ),
    "word list with dispersion": _call(lambda corpus, _: ck.frequency(corpus)),
    "collocates of a middling word": _call(
        lambda corpus, words: ck.collocations(corpus, words["middling"]),
        "{middling}", _MIDDLING, *(f"group A {place} folded;" for place in _SIDES),
    ),
    "phrase of two": _page("{two}", "{two_cqp} within p"),
    "phrase of two frequent words": _page("{second} {frequent}", _folded("second", "frequent")),
    "phrase of three": _page("{three}", "{three_cqp} within p"),
    "gap": _page("{frequent} []{{1,2}} {second}", '[folded="{frequent}"] []{{1,2}} [folded="{second}"] within p'),
    "gap, CQP's TAB": _page(
        "{frequent} []{{1,2}} {second}", 'TAB [folded="{frequent}"] {{1,2}} [folded="{second}"] within p'
    ),
    "lemma": _page(f"[lemma={SPOKE}]", f'[lemma="{SPOKE}"]', lemmas=True),
    "lemma, gap and word": _page(
        f"[lemma={SPOKE}] []{{{{0,2}}}} {{frequent}}",
        f'[lemma="{SPOKE}"] []{{{{0,2}}}} [folded="{{frequent}}"] within p',
        lemmas=True,
    ),
    "labels with a constraint": _page(
        "a:[] {middling} b:[] :: a.folded = b.folded", 'a:[] [folded="{middling}"] b:[] :: a.folded = b.folded within p'
    ),
    "first word of a sentence": _page(f"<s> {SPOKE}", f'<s> [folded="{SPOKE}"]'),
    "gap within a sentence": _page(
        "{middling} []{{0,5}} {frequent} within s", '[folded="{middling}"] []{{0,5}} [folded="{frequent}"] within s'
    ),
    "metadata in a query": _page(
        '{frequent} :: match.text.source = "{source}"', '[folded="{frequent}"] :: match.text_source = "{source}"'
    ),
    "grouped by source": _of_result(
        "{middling}", _MIDDLING, "group A match text_source;", of=lambda lines: lines.group("source")
    ),
    "grouped by the next word": _of_result(
        "{middling}", _MIDDLING, "group A matchend[1] folded;", of=lambda lines: lines.group("after1.folded")
    ),
    "tabulated": _of_result(
        "{middling}", _MIDDLING, "tabulate A match text_source, match word, matchend[1] word;",
        of=lambda lines: lines.tabulate("source", "node.word", "after1.word"),
    ),
}  # fmt: skip


def query_words(corpus: ck.Corpus) -> Words:
    """Return words for the queries: by their rank, or with about so many hits."""
    table = ck.frequency(corpus, dispersion=None)
    letters = table.filter(table["word"].str.contains(r"^\p{Arabic}+$"))
    middling = min(MIDDLING, int(letters["count"].sum()) // 500)
    words = {name: str(letters["word"][rank]) for rank, name in enumerate(("frequent", "second", "third"))}
    for name, hits in (("middling", middling), ("rare", RARE)):
        row = (letters["count"] - hits).abs().arg_min()
        assert row is not None, "a corpus without words"
        words[name] = str(letters["word"][row])
    for name, pattern in (("two", "{middling} []"), ("three", "{middling} [] []")):
        phrases = ck.kwic(corpus, pattern.format(**words)).variants["surface"]
        without_signs = phrases.filter(phrases.str.contains(r"^[\p{Arabic} ]+$"))
        words[name] = str(ck.normalize(without_signs.head(1), "search").item())
        words[f"{name}_cqp"] = " ".join(f'[folded="{word}"]' for word in words[name].split())
    words["source"] = str(corpus.labels("source").drop_nulls().mode().sort()[0])
    return words
