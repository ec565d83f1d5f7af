"""Hold the pages in docs/ar in step with the English ones: which are behind, and in which sections.

python docs/ar/in_step.py                       say what is behind
python docs/ar/in_step.py renew howto/search.md record that this page now says what the English one says

python docs/ar/in_step.py wait                  list English pages that are new in waiting.txt

`in_step.toml` has, for each page, a digest of every section of the English page as it was translated.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ARABIC = Path(__file__).parent
ENGLISH = ARABIC.parent
STATE = ARABIC / "in_step.toml"
WAITING = ARABIC / "waiting.txt"
# Pages that are not for users, or that Sphinx makes of docstrings.
_NOT_FOR_USERS = re.compile(
    r"README\.md|review\.md|explanation/(design|platforms)\.md|reference/(?!cqp|query_language).*"
)
_BUILT = ("_build/", "_static/", "ar/", "notebooks/")
_FENCE = re.compile(r"^ *```")
_HEADING = re.compile(r"^#{1,5} (.+)$")
_COMMENT = re.compile(r"\s{2,}# .*$", re.MULTILINE)
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_LINK = re.compile(r"(!?)\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")


def sections(text: str) -> list[tuple[str, str]]:
    r"""Return the headings of a page and what is under each.

    >>> sections("# One\n\nText.\n\n## Two\n```\n# no heading\n```\n")
    [('One', 'Text.'), ('Two', '```\n# no heading\n```')]
    """
    found: list[tuple[str, list[str]]] = []
    in_code = False
    for line in text.splitlines():
        in_code ^= bool(_FENCE.match(line))
        heading = None if in_code else _HEADING.match(line)
        if heading:
            found.append((heading[1], []))
        elif found:
            found[-1][1].append(line)
    return [(title, "\n".join(lines).strip()) for title, lines in found]


def digests(text: str) -> dict[str, str]:
    """Return a digest of each section; of two with one heading, the second is numbered."""
    found: dict[str, str] = {}
    for title, body in sections(text):
        same = sum(name.partition(" [")[0] == title for name in found)
        name = f"{title} [{same + 1}]" if same else title
        found[name] = hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()[:12]
    return found


def pages_for_users() -> list[str]:
    """Return the English pages of the user's part, as paths in docs/."""
    found = (path.relative_to(ENGLISH).as_posix() for path in ENGLISH.rglob("*.md"))
    return sorted(page for page in found if not page.startswith(_BUILT) and not _NOT_FOR_USERS.fullmatch(page))


def state() -> dict[str, dict[str, str]]:
    """Return what `in_step.toml` records: of each page the sections and their digests."""
    return tomllib.loads(STATE.read_text(encoding="utf-8"))


def waiting() -> list[str]:
    """Return the pages that `waiting.txt` lists."""
    lines = WAITING.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def behind(page: str, recorded: dict[str, str]) -> Iterator[str]:
    """Yield what is not in step on a translated page, section by section."""
    if not (ENGLISH / page).exists() or not (ARABIC / page).exists():
        yield f"{page}: there is no {'English' if not (ENGLISH / page).exists() else 'Arabic'} page"
        return
    english, arabic = ((folder / page).read_text(encoding="utf-8") for folder in (ENGLISH, ARABIC))
    now = digests(english)
    for section in [*recorded, *(now.keys() - recorded.keys())]:
        if recorded.get(section) != now.get(section):
            change = "changed" if section in recorded and section in now else "new" if section in now else "gone"
            yield f"{page}: “{section}” is {change} in the English page"
    ours, theirs = sections(arabic), sections(english)
    if len(ours) != len(theirs):
        yield f"{page}: {len(theirs)} sections in English, {len(ours)} in Arabic"
        return
    for (title, body), (_, translated) in zip(theirs, ours, strict=True):
        yield from (f"{page}: “{title}”: {difference}" for difference in differences(page, body, translated))


def differences(page: str, english: str, arabic: str) -> Iterator[str]:
    """Yield how a translated section differs in what both must have: code, pictures, links, figures."""
    (prose, blocks), (translated, same) = _parted(english), _parted(arabic)
    if [_COMMENT.sub("", block) for block in blocks] != [_COMMENT.sub("", block) for block in same]:
        yield "the code differs"
    for kind, expected, got in (
        ("code in a line", _inline(prose), _inline(translated)),
        ("links", _links(prose, page), _links(translated, f"ar/{page}")),
        ("numbers", _numbers(prose), _numbers(translated)),
    ):
        lacking, surplus = _less(expected, got), _less(got, expected)
        if kind == "code in a line":
            surplus = []  # a word that English prose only mentions may be code
        if lacking or surplus:
            yield f"{kind}: missing {lacking}, not in the English page {surplus}"


def _parted(text: str) -> tuple[str, list[str]]:
    """Return the prose and the blocks of code, without directives."""
    prose, blocks, in_code = [], [], False
    for line in text.splitlines():
        if _FENCE.match(line):
            in_code = not in_code
            if in_code:
                blocks.append(line + "\n")
        elif in_code:
            blocks[-1] += line + "\n"
        else:
            prose.append(line)
    return "\n".join(prose), [block for block in blocks if not block.startswith("```{")]


def _inline(prose: str) -> list[str]:
    return sorted(code[2] for code in _CODE.finditer(prose))


def _links(prose: str, page: str) -> list[str]:
    """Return where the links of a page lead, as paths in docs/, an Arabic page as its English one."""
    found = []
    for sign, target in _LINK.findall(_CODE.sub("", prose)):
        path, _, anchor = target.partition("#")
        if not path and page.startswith("ar/"):
            anchor = ""  # of this page, whose headings are Arabic
        elif not path:
            anchor = ""
        if "//" not in path:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
            path = path.removeprefix("ar/").replace("pictures/ar/", "pictures/en/")
        found.append(f"{sign}{path}{'#' if anchor else ''}{anchor}")
    return sorted(found)


def _numbers(prose: str) -> list[str]:
    return sorted(_NUMBER.findall(_CODE.sub("", _LINK.sub(lambda link: link[0].rpartition("](")[0], prose))))


def _less(these: list[str], those: list[str]) -> list[str]:
    """Return the items of one list without as many equal ones of the other."""
    rest = list(those)
    return [item for item in these if item not in rest or rest.remove(item)]  # type: ignore[func-returns-value]


def english_links() -> Iterator[tuple[Path, str, str]]:
    """Yield links from Arabic pages to English ones that are translated, and what they must be."""
    for path in sorted(ARABIC.rglob("*.md")):
        here = path.relative_to(ENGLISH).parent.as_posix()
        for _, target in _LINK.findall(path.read_text(encoding="utf-8")):
            there, sign, anchor = target.partition("#")
            page = posixpath.normpath(posixpath.join(here, there))
            if there and page in state() and path != ARABIC / page:  # its own English page may be linked
                yield path, target, posixpath.relpath(f"ar/{page}", here) + sign + anchor


def refused_words() -> Iterator[str]:
    """Yield words of Arabic pages that the table in README.md refuses; one that ends in a tatweel begins a word."""
    guide = (ARABIC / "README.md").read_text(encoding="utf-8")
    refused = re.findall(r"^\| ([\u0600-\u06ff][^|]*) \| [^|]+ \|$", guide, re.MULTILINE)
    for path in sorted({*ARABIC.rglob("*.md")} - {ARABIC / "README.md"}):
        text = path.read_text(encoding="utf-8")
        for word in refused:
            end = "" if word.endswith("ـ") else r"(?!\w)"
            if re.search(rf"(?<!\w){word.removesuffix('ـ')}{end}", text):
                yield f"{path.relative_to(ENGLISH)}: “{word}”: see README.md"


def most_waiting() -> int:
    """Return how many pages may wait, which `waiting.txt` says and `renew` lowers."""
    bound = re.search(r"At most (\d+) pages", WAITING.read_text(encoding="utf-8"))
    return int(bound[1]) if bound else 0


def report() -> list[str]:
    """Return everything that is not in step."""
    recorded, untranslated = state(), waiting()
    found = [problem for page, there in recorded.items() for problem in behind(page, there)]
    found += [
        f"{page}: neither translated nor in waiting.txt"
        for page in pages_for_users()
        if page not in recorded and page not in untranslated
    ]
    found += [f"{page}: translated: strike it from waiting.txt" for page in untranslated if page in recorded]
    found += [
        f"{page}: in waiting.txt, but no page for users" for page in untranslated if page not in pages_for_users()
    ]
    if len(untranslated) > most_waiting():
        found.append(f"waiting.txt may have at most {most_waiting()} pages, got {len(untranslated)}")
    found += [f"{path.relative_to(ENGLISH)}: {target} must be {arabic}" for path, target, arabic in english_links()]
    return [*found, *refused_words()]


def renew(pages: list[str]) -> None:
    """Record that these pages now say what the English ones say, and strike them from the list of those that wait."""
    known = state() | {page: digests((ENGLISH / page).read_text(encoding="utf-8")) for page in pages}
    lines = ["# Written by `python docs/ar/in_step.py renew PAGE`: the sections of the English pages as translated."]
    for page in sorted(known):
        lines += ["", f'["{page}"]']
        lines += [f'"{_escaped(section)}" = "{digest}"' for section, digest in known[page].items()]
    STATE.write_text("\n".join([*lines, ""]), encoding="utf-8")
    rest = "\n".join(line for line in WAITING.read_text(encoding="utf-8").splitlines() if line not in pages) + "\n"
    WAITING.write_text(rest, encoding="utf-8")
    WAITING.write_text(re.sub(r"At most \d+ pages", f"At most {len(waiting())} pages", rest), encoding="utf-8")


def wait() -> None:
    """Add the English pages that are neither translated nor listed to those that wait, and raise the bound."""
    known = {*state(), *waiting()}
    head = [line for line in WAITING.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    listed = sorted({*waiting(), *(page for page in pages_for_users() if page not in known)})
    text = "\n".join([*head, *listed, ""])
    WAITING.write_text(re.sub(r"At most \d+ pages", f"At most {len(listed)} pages", text), encoding="utf-8")


def relink() -> None:
    """Let links of Arabic pages lead to the Arabic pages that there are."""
    for path, target, arabic in list(english_links()):
        path.write_text(path.read_text(encoding="utf-8").replace(f"]({target})", f"]({arabic})"), encoding="utf-8")


def _escaped(section: str) -> str:
    return section.replace("\\", "\\\\").replace('"', '\\"')


if __name__ == "__main__":
    if sys.argv[1:2] == ["renew"]:
        renew(sys.argv[2:])
        relink()
    elif sys.argv[1:2] == ["wait"]:
        wait()
    problems = report()
    print("\n".join([*problems, f"Pages in step: {len(state())}. Waiting: {len(waiting())}."]))
    sys.exit(bool(problems))
