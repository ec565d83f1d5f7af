"""CAMeL Tools: its normalisers, run by `measure.py` in an environment of their own (see `peers.py`)."""

from collections.abc import Callable

from camel_tools.utils.dediac import dediac_ar
from camel_tools.utils.normalize import normalize_alef_ar, normalize_alef_maksura_ar, normalize_teh_marbuta_ar

Texts = list[str]


def marks(texts: Texts) -> Callable[[], Texts]:
    # dediac_ar keeps tatweel.
    return lambda: [dediac_ar(text).replace("\u0640", "") for text in texts]


def fold(texts: Texts) -> Callable[[], Texts]:
    def one(text: str) -> str:
        text = normalize_alef_ar(dediac_ar(text).replace("\u0640", ""))
        folded: str = normalize_teh_marbuta_ar(normalize_alef_maksura_ar(text))
        return folded

    return lambda: [one(text) for text in texts]


WAYS = {"normalize-marks": marks, "normalize-str": fold}
