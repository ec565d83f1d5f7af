"""What shows where speech without quotation marks begins and ends: words such as نحن, and some signs.

The words are in lexicons/unmarked_speech.toml. Like the roles of reporting verbs, they are looked up once for each
type, with the same folding of spellings.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from corpus_kit._base.files import read_toml, read_whole
from corpus_kit.corpus.view import CorpusView
from corpus_kit.news.reporting_verbs import Role, WordClasses, folded, folded_types
from corpus_kit.text.tokenization import KINDS

__all__ = ["Sign", "lexicon_digest", "speech_signs"]

_BUILT_IN = Path(__file__).parent / "lexicons" / "unmarked_speech.toml"
_CONJUNCTIONS = ("و", "ف")
_BULLETS = ("*", "-", "–", "—", "•", "●", "▪", "·", "■", "◄", "#")
_LEAST_NOUN = 6  # letters of a noun with فال: فالوقاية


class Sign:
    """What a type shows, as bit flags."""

    FIRST_PERSON = 1 << 0
    BEGINS = 1 << 1  # words may begin with it after a verb without a colon
    CONTINUES = 1 << 2
    LIST = 1 << 3
    TURN = 1 << 4
    ASKS = 1 << 5
    TOPIC = 1 << 6
    OWN_VERB = 1 << 7
    VERSE = 1 << 8
    # by the sign or the form, not by the lexicon
    NUMBER = 1 << 9
    QUESTION = 1 << 10
    SEMICOLON = 1 << 11
    PERIOD = 1 << 12  # the end of a sentence, and no dots
    SCRIPTURE = 1 << 13  # a bracket around verses of the Qur'an
    INTRODUCES = 1 << 14  # a colon, a verb, قوله: words may begin after it
    THAT = 1 << 15  # إن or أن, which begins an indirect clause
    # of a reporting verb
    SAYS = 1 << 16
    SAYS_BARE = 1 << 17
    PRESENT = 1 << 18  # in the imperfect
    ONWARD = 1 << 19
    # of the lexicon again
    NARRATES = 1 << 20
    WAS = 1 << 21
    ALREADY = 1 << 22
    BULLET = 1 << 23
    HEARER = 1 << 24
    AND = 1 << 25  # it begins with و
    UNREAL = 1 << 26


# The lists of the file: what their words show, and what they show with و or ف before them.
_LISTS = {
    "first_persons": (Sign.FIRST_PERSON | Sign.BEGINS, Sign.FIRST_PERSON),
    "first_person_forms": (Sign.FIRST_PERSON, Sign.FIRST_PERSON),
    "openers": (Sign.BEGINS, 0),
    "continuations": (Sign.CONTINUES, 0),
    "lists": (Sign.LIST, Sign.LIST),
    "turns": (Sign.TURN, 0),
    "questions": (Sign.ASKS, 0),
    "topics": (Sign.TOPIC, 0),
    "own_verbs": (Sign.OWN_VERB, 0),
    "verse": (Sign.VERSE, 0),
    "narrations": (Sign.NARRATES, Sign.NARRATES),
    "narrative_verbs": (0, Sign.NARRATES),
    "hearers": (Sign.HEARER, 0),
    "unreal": (Sign.UNREAL, Sign.UNREAL),
    "was": (Sign.WAS, Sign.WAS),
    "already": (Sign.ALREADY, Sign.ALREADY),
}
_LEMMAS = {
    "verbs_of_saying": Sign.SAYS,
    "bare_verbs_of_saying": Sign.SAYS | Sign.SAYS_BARE,
    "onward_verbs": Sign.ONWARD,
}


class _Lexicon(NamedTuple):
    digest: str
    words: dict[str, int]
    lemmas: dict[str, int]


@cache
def _lexicon() -> _Lexicon:
    raw = read_whole(_BUILT_IN)
    lists = {name: text.split() for name, text in read_toml(raw).items()}
    words: dict[str, int] = {}
    for name, (alone, joined) in _LISTS.items():
        for word in map(folded, _with_futures(name, lists[name])):
            words[word] = words.get(word, 0) | alone
            for conjunction in _CONJUNCTIONS:
                words[conjunction + word] = words.get(conjunction + word, 0) | joined
    lemmas: dict[str, int] = {}
    for name, bits in _LEMMAS.items():
        for lemma in lists[name]:
            lemmas[lemma] = lemmas.get(lemma, 0) | bits
    return _Lexicon(sha256(raw).hexdigest(), words, lemmas)


def _with_futures(name: str, words: list[str]) -> list[str]:
    """Return the words of a list, and those of the first person with س: نعمل and سنعمل."""
    return words + ["س" + word for word in words if name.startswith("first_person") and word.startswith("ن")]


def lexicon_digest() -> str:
    """Return the SHA-256 of the lexicon."""
    return _lexicon().digest


def speech_signs(corpus: CorpusView, classes: WordClasses, lexicon: str) -> npt.NDArray[np.uint32]:
    """Return the bits of `Sign` of each type of a corpus; done once for a corpus.

    Args:
        corpus: A corpus.
        classes: Its word classes.
        lexicon: The digest of the lexicon from which these are.
    """
    return corpus.derive(("signs of speech", lexicon), lambda: _signs(corpus, classes))


def _signs(corpus: CorpusView, classes: WordClasses) -> npt.NDArray[np.uint32]:
    _, words, lemmas = _lexicon()
    found = folded_types(corpus).replace_strict(list(words), list(words.values()), default=0, return_dtype=pl.UInt32)
    signs = found.to_numpy().copy()
    first = corpus.type_column("surface").str.slice(0, 1)
    introduces = (classes.roles & np.uint64(Role.COLON | Role.SAYING) > 0) | (classes.form >= 0)
    for holds, bit in (
        (corpus.type_kinds == KINDS.index("number"), Sign.NUMBER),
        (first.is_in(["?", "؟"]).to_numpy(), Sign.QUESTION),
        (first.is_in([";", "؛"]).to_numpy(), Sign.SEMICOLON),
        (corpus.type_column("surface").is_in([".", "!", "؟", "?"]).to_numpy(), Sign.PERIOD),
        (introduces, Sign.INTRODUCES),
        (classes.roles & np.uint64(Role.COMPLEMENTISER) > 0, Sign.THAT),
        (first.is_in(["{", "[", "\ufd3f"]).to_numpy(), Sign.SCRIPTURE),
        (corpus.type_column("surface").is_in(_BULLETS).to_numpy(), Sign.BULLET),
        ((first == "و").to_numpy(), Sign.AND),
        (_begins_with_fal(corpus), Sign.CONTINUES),
    ):
        signs[holds] |= bit
    signs[_present(corpus, classes)] |= Sign.PRESENT
    verbs = np.array([*(lemmas.get(form.lemma, 0) for form in classes.forms), 0], np.uint32)
    return signs | verbs[classes.form]  # -1 is no form: the last


def _begins_with_fal(corpus: CorpusView) -> npt.NDArray[np.bool_]:
    """Return the types that are nouns after ف: فالوقاية."""
    surface = corpus.type_column("surface")
    return (surface.str.starts_with("فال") & (surface.str.len_chars() >= _LEAST_NOUN)).to_numpy()


def _present(corpus: CorpusView, classes: WordClasses) -> list[int]:
    """Return the types that are verbs in the imperfect: they begin like one, and not like their lemma (ناشد)."""
    verbs = np.flatnonzero((classes.form >= 0) & (classes.roles & np.uint64(Role.IMPERFECT) > 0))
    words = folded_types(corpus).gather(verbs).to_list()
    stems = [word[int(classes.conjunction[verb]) :] for word, verb in zip(words, verbs.tolist(), strict=True)]
    lemmas = [folded(classes.forms[row].lemma)[:2] for row in classes.form[verbs].tolist()]
    begun = zip(verbs.tolist(), stems, lemmas, strict=True)
    return [verb for verb, stem, lemma in begun if not stem.startswith(lemma)]
