"""What the library says on the explorer's Arabic page: each message that can reach it has Arabic."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import corpus_kit as ck
from corpus_kit.explore.messages import LEFT_IN_ENGLISH, in_language

PACKAGE = Path(ck.__file__).parent
VALUE = "'س'"
# All texts of these modules that read like English are messages.
WHOLE = ["query/*.py", "search/hints.py", "search/order.py", "search/matching.py", "coding/project.py",
         "coding/project_folder.py", "coding/line_codes.py", "coding/corrected_prevalence.py", "_base/locks.py",
         "explore/opening.py", "explore/text_answers.py", "explore/table_requests.py",
         "corpus/manifest.py", "readers/*.py"]  # fmt: skip
# Of these, what they raise and what they warn of.
RAISED = ["explore/*.py", "explore/tabs/*.py", "search/*.py", "coding/co*.py", "_base/arguments.py", "_base/files.py",
          "corpus/f*.py", "corpus/units.py", "corpus/building.py", "corpus/writing.py", "analysis/keyness.py",
          "analysis/group*.py", "analysis/cells.py", "analysis/chosen_words.py", "analysis/asked*.py",
          "analysis/colloc*.py", "analysis/word_sketch.py",
          "news/duplicate_search.py", "text/periods.py", "export/excel.py"]  # fmt: skip
# What no page calls, or only with values that are right.
ELSEWHERE = {
    "explore.py", "explorer.py", "server.py", "start.py", "given.py", "mention_places.py", "behind.py", "row_hits.py",
    "table_rows.py", "saved_hits.py", "grouping.py", "token_values.py", "kwic.py", "code_matching.py", "coding.py",
    "spool.py", "registry.py", "press_databases.py", "date_values.py", "reader.py", "plan.py", "shortcut.py",
}  # fmt: skip
# Messages about arguments that no page gives, and texts that are none.
NOT_ON_THE_PAGE = re.compile(
    r"^ finds nothing"
    r"|^'س'; write |^; write |^regex error|^# A coding project|^\[sample\]|^These codes do$|^The sheet 'س' does$"
    r"|^'س' now \(by|^frame must|^predicates must|^(join|reference|target) must be|must be None with|must be left out"
    r"|^by must be (labels|a list|a Series)|^rename must|date_format|^columns? 'س' .*list the columns|max_pairs"
    r"|must be pairs|row numbers in|first_'س'|method='minhash'|character 'س''س'|^<Coding|^cannot read 'س': $"
    r"|^'س'; lines=True|^ignored, unknown file ending: 'س'$|or a pattern such as|^\. Texts themselves"
    # of readers: signs that they look for
    r"|\(\?|\\s|^//|\0|^(address article|ab head|article:pub|using |non-clean|\[Script|newdoc|newpar|We are sorry)"
    r"|^Place of publication|Abū|memory allocation"
)
RAISE = {"InputError", "SourceError", "CorpusError", "CorpusKitError", "invalid", "choose", "warn"}


def said(node: ast.AST) -> list[str]:
    """Return the texts that an expression can be, with a value in place of what is computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value.replace("{:,}", VALUE)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(parts) for parts in product(*map(said, node.values))]
    if isinstance(node, ast.FormattedValue):
        return said(node.value)
    if isinstance(node, ast.IfExp):
        return [*said(node.body), *said(node.orelse)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return ["".join(parts) for parts in product(said(node.left), said(node.right))]
    return [VALUE]


def messages(tree: ast.Module, *, whole: bool) -> Iterator[tuple[int, str]]:
    """Yield the messages of a module, with their lines."""
    nodes = list(ast.walk(tree))
    joined = [node for node in nodes if isinstance(node, ast.JoinedStr | ast.BinOp)] if whole else []
    inner = {id(part) for node in joined for part in ast.walk(node) if part is not node}
    documented = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISE:
            name, parts = node.func.id, [said(each) for each in node.args]
            if name == "invalid":
                hints = [f" {hint}" if hint else "" for hint in parts[3]] if len(parts) > 3 else [""]
                for expected, hint in product(parts[1], hints):
                    yield node.lineno, f"{parts[0][0]} must be {expected}, got {VALUE}.{hint}"
            elif name != "choose":
                yield from ((node.lineno, text) for text in (parts[0] if parts else []))
        elif whole and isinstance(node, ast.Constant | ast.JoinedStr) and not {id(node)} & (inner | documented):
            yield from ((node.lineno, text) for text in said(node) if text != VALUE)


def is_english(text: str) -> bool:
    return re.search(r"(?<![\w\\$.{])[A-Za-z]{2,} [a-z]{2,}|[A-Za-z]{3,} .*[a-z]{2,}", text) is not None


@pytest.mark.parametrize(("pattern", "whole"), [*((each, True) for each in WHOLE), *((each, False) for each in RAISED)])
def test_every_message_has_arabic(pattern: str, whole: bool) -> None:
    files = [file for file in sorted(PACKAGE.glob(pattern)) if file.name not in ELSEWHERE]
    assert files
    absent = []
    for file in files:
        for line, text in messages(ast.parse(file.read_text(encoding="utf-8")), whole=whole):
            if is_english(text) and not NOT_ON_THE_PAGE.search(text) and LEFT_IN_ENGLISH in in_language(text, "ar"):
                absent.append(f"{file.relative_to(PACKAGE)}:{line}: {text!r}")
    assert not absent, "\n".join(absent)


def test_arabic_has_the_values_of_the_message() -> None:
    text = (PACKAGE / "explore" / "messages.toml").read_text(encoding="utf-8")
    for part in tomllib.loads(text).values():
        for english, arabic in part.items():
            holes = [set(re.findall(r"\{([a-z]\w*)\}", each)) for each in (english, arabic)]
            assert holes[1] <= holes[0], english
            assert re.search("[\u0621-\u064a{`]", arabic), english


def plain(text: str) -> str:
    return re.sub("[\u200f\u2066\u2068\u2069]", "", text)


@pytest.mark.parametrize(
    ("message", "arabic"),
    [
        ("min_count must be an integer of at least 1, got 0.", "«الأقل»: المطلوب عدد صحيح لا يقل عن 1، والموجود 0."),
        (
            "pattern '[x' has an error at character 1: '[' is never closed; write \\[ for the sign itself.",
            "في النمط «[x» خطأ عند المحرف 1: «[» لا يُغلق؛ اكتب \\[ للعلامة نفسها.",
        ),
        ("path must be a str, got 'It. must be x, got y'.", "«المسار»: المطلوب نص، والموجود «It. must be x, got y»."),
        ("'قال' does not occur. Did you mean 'قالت'?", "لا ترد «قال». هل تقصد «قالت»؟"),
        ("cannot write 'a': Permission denied", "تعذّرت كتابة «a»: لا إذن بذلك"),
        ("An oddity: no Arabic.", "An oddity: no Arabic."),
    ],
)
def test_messages_in_arabic(message: str, arabic: str) -> None:
    said = in_language(message, "ar", {"min_count": "الأقل"})
    assert plain(said) == arabic
    assert (LEFT_IN_ENGLISH in said) == (arabic == message)
    assert in_language(message, "en") == message


def test_what_is_arabic_stays() -> None:
    for words in tomllib.loads((PACKAGE / "explore" / "words.toml").read_text(encoding="utf-8"))["python"].values():
        assert in_language(words[1], "ar") == words[1]
