"""Arabic stop words."""

from __future__ import annotations

__all__ = ["stopwords"]

# Function words of Modern Standard Arabic without vowel marks: prepositions, conjunctions, particles, pronouns,
# demonstratives, relatives, question words, auxiliary verbs and their common joined forms.
_LIST = """
في من إلى على عن مع حتى منذ خلال عبر عند عندما لدى لدي نحو حول بين دون بدون ضد تحت فوق أمام وراء خلف قبل بعد
ضمن وسط رغم سوى غير إزاء تجاه عقب طوال لأجل أثناء حسب وفق وفقا نظرا
فيه فيها فيهم فيهما منه منها منهم منهما منا إليه إليها إليهم إلينا عليه عليها عليهم علينا
عنه عنها عنهم معه معها به بها بهم بهما بي له لها لهم لهما لنا لي لك لديه لديها لديهم
بينهم بينها
و أو أم ثم بل لكن لكنه لكنها ولكن إما أما فإن فإنه وإن كما كأن كأنه لأن لأنه لأنها لأنهم لذا لذلك كذلك
أن إن أنه أنها أنهم أننا إنه إنها إنهم بأن بأنه بأنها وأن وأنه وأنها
لا لم لن ما ليس ليست لست قد لقد سوف إذ إذا إذن لو لولا كي لكي ألا إلا هل ربما لعل ليت
يا أي أيا نعم كلا بلى
أنا نحن أنت أنتم أنتن هو هي هم هما هن
هذا هذه هذان هذين هؤلاء ذلك تلك ذاك أولئك هنا هناك هنالك بهذا بهذه لهذا لهذه وهذا وهذه بذلك وذلك
الذي التي الذين اللذان اللذين اللاتي والتي والذي مما ممن عما فيما بما لما كلما
حيث حين حينما بينما طالما مهما
من متى أين كيف كم لماذا ماذا لم
كل بعض جميع كلا كلتا أحد إحدى نفس نفسه أكثر أقل جدا فقط أيضا حتى
كان كانت كانوا يكون تكون كنت وكان أصبح أصبحت صار صارت ظل ظلت ما
وهو وهي وهم وقد ولا ولم ولن ومن وفي وعلى وإلى ومع كذا هكذا الآن بعدما
"""
_STOP_WORDS = frozenset(_LIST.split())


def stopwords() -> frozenset[str]:
    """Return Arabic function words without vowel marks (أن, not أَنْ), to compare with text without marks.

    Returns:
        The words of a built-in list: prepositions, conjunctions, particles, pronouns, auxiliary verbs.

    Examples:
        >>> "في" in stopwords()
        True
    """
    return _STOP_WORDS
