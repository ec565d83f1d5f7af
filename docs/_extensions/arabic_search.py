"""The search of the site for English and Arabic, with words folded as in the library's own search.

Sphinx splits words at vowel marks, and does not find المدونة on a page with المدوّنة. Here marks and tatweel are removed
and letters are folded, in the index and in what a reader types.
"""

from __future__ import annotations

import re
from typing import Any

from sphinx.search.en import SearchEnglish

# Replacements as character classes that both languages read; the same as in the profile `search`.
_FOLDS = (
    (r"[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]", ""),
    (r"[\u0622\u0623\u0625\u0671]", r"\u0627"),
    (r"\u0649", r"\u064a"),
    (r"\u0629", r"\u0647"),
)
_COMPILED = tuple((re.compile(letters), by.encode().decode("unicode_escape")) for letters, by in _FOLDS)


class SearchArabic(SearchEnglish):
    """English stems and folded Arabic."""

    lang = "ar"
    # Without the characters that the template would escape.
    js_splitter_code = "\n".join(
        (
            "var splitQuery = function (query) {",
            "  return query",
            *(f"    .replace(/{letters}/gu, `{by}`)" for letters, by in _FOLDS),
            r"    .split(/[^\p{Letter}\p{Number}_\p{Emoji_Presentation}]+/gu)",
            "    .filter(function (term) { return term; });",
            "};",
        )
    )

    def split(self, input: str) -> list[str]:
        """Return the words of a text, folded.

        >>> SearchArabic({}).split("عُدّة المدوّنات: tools")
        ['عده', 'المدونات', 'tools']
        """
        for letters, by in _COMPILED:
            input = letters.sub(by, input)
        return super().split(input)


def setup(app: Any) -> dict[str, Any]:
    app.add_search_language(SearchArabic)
    return {"version": "1", "parallel_read_safe": True}
