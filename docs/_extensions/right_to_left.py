"""The style sheet of the theme for pages from right to left: the same rules, with left and right exchanged."""

from __future__ import annotations

import re

_RULE = re.compile(r"(?<=[{;])(\s*)([a-z-]+)(\s*:\s*)((?:[^;{}()\"']|\"[^\"]*\"|'[^']*'|\((?:[^()]|\([^()]*\))*\))+)")
_SIDE = re.compile(r"\b(left|right)\b")
_VALUE = re.compile(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+")
_SHIFT = re.compile(r"(translateX\()(-?)(?=[\d.])")
# What a shadow is moved to the right by: its first length, at the beginning or after "inset".
_SHADOW = re.compile(r"^(\s*(?:inset\s+)?)(-?)((?:max|calc)\((?:[^()]|\([^()]*\))*\)|[\d.]+\w+)(?=\s)")
_OTHER = {"left": "right", "right": "left"}
# Properties whose four values are top, right, bottom and left.
_AROUND = {"margin", "padding", "border-width", "border-color", "border-style", "inset", "scroll-margin"}


def mirrored(css: str) -> str:
    """Return a style sheet for the other direction.

    >>> mirrored("a{margin-left:1em;padding:0 1px 2px calc(3px + 1em)}")
    'a{margin-right:1em;padding:0 calc(3px + 1em) 2px 1px}'
    >>> mirrored("p.left{float:left;border-radius:1px 2px;transform:translateX(-5px)}")
    'p.left{float:right;border-radius:2px 1px;transform:translateX(5px)}'
    >>> mirrored("i{box-shadow:inset max(3px,.1em) 0 0 red}u{box-shadow:-2px 0 0 red}")
    'i{box-shadow:inset calc(-1*max(3px,.1em)) 0 0 red}u{box-shadow:calc(1*2px) 0 0 red}'
    >>> mirrored("b{background:url('left.png');color:var(--left)}")
    "b{background:url('left.png');color:var(--left)}"
    """
    return _RULE.sub(_mirrored_rule, css)


def _mirrored_rule(rule: re.Match[str]) -> str:
    before, name, colon, value = rule.groups()
    if not name.startswith("--"):
        name = _SIDE.sub(lambda side: _OTHER[side[0]], name)
    if "url(" not in value and "var(" not in value:
        value = _SIDE.sub(lambda side: _OTHER[side[0]], value)
    value = _SHIFT.sub(lambda shift: shift[1] + ("" if shift[2] else "-"), value)
    if name == "box-shadow":
        value = _SHADOW.sub(lambda shadow: f"{shadow[1]}calc({'1' if shadow[2] else '-1'}*{shadow[3]})", value)
    important = "!important" if value.endswith("!important") else ""
    parts = _VALUE.findall(value.removesuffix("!important"))
    if name in _AROUND and len(parts) == 4:
        value = " ".join((parts[0], parts[3], parts[2], parts[1])) + important
    elif name == "border-radius" and "/" not in value and len(parts) > 1:
        # the corners from the top left on; a missing one is as the opposite
        top_left, top_right, bottom_right, bottom_left = [*parts, *parts[len(parts) - 2 : 2], *parts[1:2]][:4]
        corners = [top_right, top_left, bottom_left, bottom_right]
        value = " ".join(corners[:2] if len(parts) == 2 else corners) + important
    return f"{before}{name}{colon}{value}"
