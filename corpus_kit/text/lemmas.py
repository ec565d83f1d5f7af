"""Lemmas and roots of words: `lemmatize`.

They are those of the likeliest reading of a word (`corpus_kit.text.readings`). Verbs are known by their paradigms, from
the tables of mazini; nouns and adjectives from the dictionary simplemma (A. Barbaresi, doi:10.5281/zenodo.4673264), the
participles and verbal nouns of the verbs, and a list of irregular plurals.
"""

from __future__ import annotations

from typing import Any

from corpus_kit.text.readings import Reader
from corpus_kit.text.words import ARABIC_WORD, plain_series, word_series

__all__ = ["lemmatize"]


def lemmatize(words: Any) -> list[str]:
    """Return the dictionary forms of words.

    Of a verb it is the perfect, third person masculine singular; of a noun the singular; of an adjective the masculine
    singular. Verbal nouns and participles are lemmas of their own, and so is a noun in ة unless it is rather the
    feminine of an adjective.

    Args:
        words: A list of str, a Series of strings or another Arrow column of them, one word each.

    Returns:
        For each word its lemma without marks. What does not consist of Arabic letters alone (numbers, hashtags,
        addresses, Latin words) is returned as it is. A word out of context may have several lemmas; this is the
        likeliest one.

    Raises:
        InputError: If `words` is not a list of str or holds a null.

    Note:
        Of the content words of the treebank UD Arabic PUD (news sentences, 5,462 words) 92 % have the lemma that
        they have there.

    References:
        A. Barbaresi. simplemma. doi:10.5281/zenodo.4673264

    Examples:
        >>> lemmatize(["وبالمدارس", "مدرستها", "ستكتبون", "#السعودية", "2030"])
        ['مدرسة', 'مدرسة', 'كتب', '#السعودية', '2030']
    """
    series = word_series(words)
    types = series.unique(maintain_order=True)
    plain = plain_series(types)
    is_arabic = plain.str.contains(f"^{ARABIC_WORD.pattern}$")
    found = dict(zip(types.to_list(), types.to_list(), strict=True))
    if is_arabic.any():
        lemmas = Reader().read(plain.filter(is_arabic))["lemma"]
        found.update(zip(types.filter(is_arabic).to_list(), lemmas.to_list(), strict=True))
    return [found[word] for word in series.to_list()]
