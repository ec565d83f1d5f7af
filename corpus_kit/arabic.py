"""The inventory of code points and word lists: the single source of truth.

Every table that the library works with is made from this file. Code points are
written as numbers; ``UNICODE_VERSION`` names the version of the Unicode
Standard that the inventory follows.
"""

from __future__ import annotations

UNICODE_VERSION = "17.0"

# ----------------------------------------------------------------------------------------------------
# Normalisation
# ----------------------------------------------------------------------------------------------------
#
# end of normalisation
#

# ----------------------------------------------------------------------------------------------------
# Tokens and sentences
# ----------------------------------------------------------------------------------------------------
# The kinds of tokens. Their order is their code in the core and in stored corpora.
TOKEN_KINDS = ("word", "number", "punctuation", "symbol", "url", "email", "hashtag", "mention", "emoji")

# What counts, rates, sizes and n-grams are made of.
COUNTED_KINDS = ("word", "number", "hashtag", "mention")

# The tokeniser's classes of code points, in the order of their codes. Each follows from the general
# category, except where one of the lists below says otherwise.
TOKEN_CLASSES = (
    "control",  # Cc; separates as a space does and belongs to no token
    "space",
    "break",  # a line end: it separates paragraphs
    "arabic",  # letters of the Arabic script, tatweel included
    "letter",  # letters of other scripts (L, Nl)
    "mark",  # combining marks of any script (M)
    "digit",  # decimal digits of any script (Nd)
    "punctuation",  # P
    "symbol",  # S, No, private use, unassigned
    "emoji",
    "format",  # Cf, variation selectors: invisible; kept inside a word, skipped elsewhere
)

# \n, vertical tab, form feed, \r, next line, line separator, paragraph separator.
LINE_BREAKS = ((0x000A, 0x000D), (0x0085, 0x0085), (0x2028, 0x2029))

# With LINE_BREAKS and the category Zs: exactly what str.split() takes for white space.
SPACES = ((0x0009, 0x0009), (0x001C, 0x001F))

# The blocks of the Arabic script.
ARABIC_BLOCKS = (
    (0x0600, 0x06FF),
    (0x0750, 0x077F),
    (0x0870, 0x08FF),
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFE),
    (0x10EC0, 0x10EFF),
    (0x1EE00, 0x1EEFF),
)

# Of category Cf, but drawn: signs before numbers, the end of an ayah, the pound and piastre marks.
VISIBLE_FORMATS = ((0x0600, 0x0605), (0x06DD, 0x06DD), (0x0890, 0x0891), (0x08E2, 0x08E2))

# Of category Mn, but without a shape of their own.
VARIATION_SELECTORS = ((0x180B, 0x180D), (0x180F, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))

# Shown as pictures without a variation selector after them (emoji-data.txt of Unicode 17.0, property
# Emoji); in the blocks of pictures also what is not assigned yet. Any other sign, such as an arrow,
# is an emoji only before U+FE0F.
# fmt: off
EMOJI = (
    (0x231A, 0x231B), (0x2328, 0x2328), (0x23CF, 0x23CF), (0x23E9, 0x23F3), (0x23F8, 0x23FA), (0x25FD, 0x25FE),
    (0x2600, 0x2604), (0x260E, 0x260E), (0x2611, 0x2611), (0x2614, 0x2615), (0x2618, 0x2618), (0x261D, 0x261D),
    (0x2620, 0x2620), (0x2622, 0x2623), (0x2626, 0x2626), (0x262A, 0x262A), (0x262E, 0x262F), (0x2638, 0x263A),
    (0x2640, 0x2640), (0x2642, 0x2642), (0x2648, 0x2653), (0x265F, 0x2660), (0x2663, 0x2663), (0x2665, 0x2666),
    (0x2668, 0x2668), (0x267B, 0x267B), (0x267E, 0x267F), (0x2692, 0x2697), (0x2699, 0x2699), (0x269B, 0x269C),
    (0x26A0, 0x26A1), (0x26A7, 0x26A7), (0x26AA, 0x26AB), (0x26B0, 0x26B1), (0x26BD, 0x26BE), (0x26C4, 0x26C5),
    (0x26C8, 0x26C8), (0x26CE, 0x26CF), (0x26D1, 0x26D1), (0x26D3, 0x26D4), (0x26E9, 0x26EA), (0x26F0, 0x26F5),
    (0x26F7, 0x26FA), (0x26FD, 0x26FD), (0x2702, 0x2702), (0x2705, 0x2705), (0x2708, 0x270D), (0x270F, 0x270F),
    (0x2712, 0x2712), (0x2714, 0x2714), (0x2716, 0x2716), (0x271D, 0x271D), (0x2721, 0x2721), (0x2728, 0x2728),
    (0x2733, 0x2734), (0x2744, 0x2744), (0x2747, 0x2747), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755),
    (0x2757, 0x2757), (0x2763, 0x2764), (0x2795, 0x2797), (0x27A1, 0x27A1), (0x27B0, 0x27B0), (0x27BF, 0x27BF),
    (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55), (0x1F004, 0x1F004), (0x1F0CF, 0x1F0CF),
    (0x1F170, 0x1F171), (0x1F17E, 0x1F17F), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F1E6, 0x1F1FF),
    (0x1F201, 0x1F202), (0x1F21A, 0x1F21A), (0x1F22F, 0x1F22F), (0x1F232, 0x1F23A), (0x1F250, 0x1F251),
    (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F7E0, 0x1F7F0), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF),
)
# fmt: on
EMOJI_MODIFIERS = (0x1F3FB, 0x1F3FF)  # skin tones
REGIONAL_INDICATORS = (0x1F1E6, 0x1F1FF)  # two of them are a flag
EMOJI_TAGS = (0xE0020, 0xE007F)  # the flags of regions
TEXT_STYLE, EMOJI_STYLE, KEYCAP, ZERO_WIDTH_JOINER = 0xFE0E, 0xFE0F, 0x20E3, 0x200D

# A URL begins so, in small or capital letters.
URL_PREFIXES = ("https://", "http://", "ftp://", "www.")
# Beside letters, marks and digits of any script (an address may be written in Arabic), a URL holds these.
URL_SIGNS = "!#$%&'()*+,-./:;=?@[]_~"
# They do not end a URL; a closing bracket does where it was opened inside.
URL_NOT_LAST = ".,:;!?)]'"

# Between two digits they belong to the number.
NUMBER_SIGNS = ".,٫٬"

# Marks that end a sentence, alone or repeated.
SENTENCE_ENDS = "!?؟؛۔‼⁇⁈⁉。！？"  # noqa: RUF001
# A full stop ends a sentence unless an abbreviation or an initial stands before it; repeated it is an ellipsis.
FULL_STOP = "."
# It ends a sentence outside a quotation only.
ELLIPSIS = "…"
# After an end mark and its closing marks these carry the sentence on: «هل جاء؟»، سأل الرجل.
SENTENCE_CONTINUERS = "،,:;"
QUOTATION_PAIRS = (("«", "»"), ("“", "”"), ("‹", "›"))  # noqa: RUF001
TOGGLING_QUOTATION_MARK = '"'
BRACKET_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("﴿", "﴾"))  # noqa: RUF001
# Part of a word between letters that are not Arabic; closing a quotation only right after another token.
APOSTROPHES = "'’"

# A full stop that touches one of these does not end a sentence. Single letters (د. أ.د. م. ص. ج. ق.م.)
# need no entry: a full stop after one letter never ends a sentence. A conjunction may be joined: ود. سامي.
ABBREVIATION_PREFIXES = ("و",)
# fmt: off
ABBREVIATIONS = (
    "هـ", "أد", "مج", "صص", "تح", "بروف",
    "Mr", "Mrs", "Ms", "Dr", "Prof", "St", "Jr", "Sr", "Gen", "Lt", "Col", "Sgt", "Capt", "Gov", "Sen", "Rep", "Rev",
    "vs", "pp", "Vol", "vol", "Fig", "fig", "ed", "eds", "al", "cf", "ca",
)
# fmt: on

# Function words of Modern Standard Arabic, undecorated: prepositions, conjunctions, particles, pronouns,
# demonstratives, relatives, question words, auxiliary verbs and their common joined forms.
_STOP_WORDS = """
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
STOP_WORDS = frozenset(_STOP_WORDS.split())
#
# end of tokens and sentences
#
