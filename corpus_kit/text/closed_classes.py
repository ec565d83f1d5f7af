"""Clitics, and the words of closed classes, in which clitics are listed rather than guessed.

These are closed classes of the grammar (K. Ryding, A Reference Grammar of Modern Standard Arabic, 2005, chapters 12
and 16 to 19), spelled without vowel marks. clitics.py combines them; segmentation.py describes when a clitic is cut
off a word of an open class.
"""

from __future__ import annotations

# Before a word, in this order: وسيكون, وبالمدرسة.
CONJUNCTION_CLITICS = ("و", "ف")
PREPOSITION_CLITICS = ("ب", "ل", "ك")
FUTURE_CLITIC = "س"
IMPERFECT_PREFIXES = ("أ", "ي", "ت", "ن")  # the first letter of the verb after it
ARTICLE = "ال"

# After a word, the longer ones first.
PRONOUN_CLITICS = ("هما", "كما", "ها", "هم", "هن", "كم", "كن", "نا", "ه", "ك")
FIRST_PERSON_CLITICS = ("ني", "ي")
# What nouns and verbs take. Of the first person only نا: a final ي is most often the ending of an adjective.
OPEN_CLASS_PRONOUNS = ("هما", "ها", "هم", "هن", "كم", "نا", "ه", "ك")
# Common in written Arabic, and rarely the ending of a word.
COMMON_PRONOUNS = ("هما", "ها", "هم", "ه")

# How the end of a word is written without the pronoun: مدرستها مدرسة, مستواه مستوى, أبنائهم and أبناؤهم أبناء.
FREE_ENDINGS = {"ت": "ة", "ا": "ى", "ئ": "ء", "ؤ": "ء"}
# Sound plurals, duals and verbs lose their noon before a pronoun: مسؤوليهم مسؤولين.
ENDINGS_WITHOUT_NOON = ("ي", "و")

# Function words that take pronouns, as spelled before one; after a colon the spelling without.
_PRONOUN_HOSTS = """
من عن في مع عند علي:على إلي:إلى لدي:لدى
بين قبل بعد فوق تحت أمام وراء ورائ:وراء خلف دون ضد نحو حول خلال عبر تجاه إزاء إزائ:إزاء ضمن وسط
أن إن كأن لكن لعل ليت
كل بعض جميع معظم نفس أنفس ذات وحد سبحان مثل غير سوا:سوى أحد إحدا:إحدى
كلا كلي:كلا كلتا كلتي:كلتا إيا
"""
PRONOUN_HOSTS = {host: free or host for host, _, free in (item.partition(":") for item in _PRONOUN_HOSTS.split())}
# Hosts of the first person, where host and pronoun are not another word, as نفسي (psychological) and قبلي (tribal).
FIRST_PERSON_HOSTS = {
    "ي": ("من", "عن", "مع", "عند", "أن", "إن", "لكن", "كأن"),
    "ني": ("أن", "إن", "لكن", "كأن", "ليت"),
}
# ب and ل take pronouns themselves: به, لها, لي.
PREPOSITIONS_WITH_PRONOUNS = ("ب", "ل")

# Function words by their part of speech in Universal Dependencies: of a word that has two, the more frequent one. A
# conjunction may precede any of them; nothing else is cut off. Of two that are the same without their hamza (إلا and
# ألا), the first is the one that is meant by a spelling without it.
_TAGGED_WORDS = {
    "ADP": """
في من إلى على عن مع حتى منذ مذ خلال عبر عند لدى نحو حول بين دون ضد تحت فوق أمام وراء خلف قبل بعد ضمن وسط
إزاء تجاه عقب طوال أثناء حسب وفق قرب فور كما مما عما ممن عمن فيمن مثل
""",
    "CCONJ": "أو أم ثم بل لكن لكنما أما إما",
    "SCONJ": """
كي لكي لئلا إذ إذا إذن لو لولا أن إن كأن كأنما إنما أنما لعل ليت حيث حيثما حين حينما حينئذ عندئذ عندما بينما طالما
كلما ربما قبلما بعدما مثلما فيما لما مهما متى أينما كيفما
""",
    "PART": "لا لم لن ما قد لقد سوف هل يا أيها أيتها أيا إلا ألا هلا كلا بلى نعم",
    "PRON": "أنا نحن أنت أنتم أنتما أنتن هو هي هم هما هن ماذا",
    "DET": """
هذا هذه هذان هذين هاتان هاتين هؤلاء ذلك تلك ذاك أولئك ذا
الذي التي الذين اللذان اللذين اللتان اللتين اللاتي اللواتي اللائي أي أية كم
""",
    "ADV": "هنا هناك هنالك هكذا كذا كذلك لذا أين كيف لماذا فقط قط أيضا جدا الآن آنذاك",
    "NOUN": "كل بعض جميع كلتا أحد إحدى نفس ذات ذو ذوي ذوو غير سوى رغم أجل وفقا",
}
# Verbs that are function words, by lemma.
_KANA = "كان كانت كانوا كانا كانتا كنت كنا كنتم يكون تكون يكونوا تكونوا نكون أكون يكن تكن نكن أكن"
_LAYSA = "ليس ليست ليسوا لست لسنا ليسا"
FORMS_OF_FUNCTION_VERBS = {"كان": tuple(_KANA.split()), "ليس": tuple(_LAYSA.split())}
TAGS_OF_FUNCTION_WORDS = {
    **{word: tag for tag, words in _TAGGED_WORDS.items() for word in words.split()},
    **{form: "AUX" for forms in FORMS_OF_FUNCTION_VERBS.values() for form in forms},
}
FUNCTION_WORDS = tuple(TAGS_OF_FUNCTION_WORDS)
# Hosts of pronouns and clitics that are no words on their own, or other words.
TAGS_OF_HOSTS = {"ب": "ADP", "ل": "ADP", "ك": "ADP", "إيا": "PRON", "و": "CCONJ", "ف": "CCONJ", "س": "PART"}

# The numerals from three; ordinals are adjectives, and واحد is one, too.
_NUMERALS = """
ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة ثلاث أربع خمس ست سبع ثماني ثمان تسع عشر اثنان اثنين اثنتان اثنتين
عشرون عشرين ثلاثون ثلاثين أربعون أربعين خمسون خمسين ستون ستين سبعون سبعين ثمانون ثمانين تسعون تسعين
مئة مائة مئتان مائتان مئتين مائتين ألف ألفان ألفين آلاف مليون مليونان مليونين ملايين مليار ملياران مليارين مليارات
بليون بلايين تريليون
"""
NUMERALS = tuple(_NUMERALS.split())

# The function words that ب, ل and ك may precede, and those of them that may then have a pronoun: بأنه, لنفسه.
_AFTER_PREPOSITIONS = """
ما من أن أي أية لا هذا هذه هذين هاتين ذلك تلك ذاك هؤلاء أولئك كل بعض جميع معظم غير مثل نفس أنفس أحد إحدى ذات ذوي
الذي التي الذين اللذين اللتين اللاتي اللواتي حيث
"""
AFTER_PREPOSITIONS = tuple(_AFTER_PREPOSITIONS.split())
_HOSTS_AFTER_PREPOSITIONS = "أن كل بعض جميع معظم غير مثل نفس أنفس أحد إحدى ذات"
HOSTS_AFTER_PREPOSITIONS = tuple(_HOSTS_AFTER_PREPOSITIONS.split())

# Compound prepositions and adverbs of ب or ل and a noun; some are more frequent than the noun alone.
_COMPOUND_PREPOSITIONS = """
بشكل بصورة بسبب بشأن بخصوص بصدد بموجب بواسطة بفضل بجانب بجوار بحسب باسم بهدف بغرض بإمكان باعتبار بوسع
بدون بشدة ببطء لمدة لصالح لأجل لغرض لضمان
"""
COMPOUND_PREPOSITIONS = tuple(_COMPOUND_PREPOSITIONS.split())

# Words that the lists above would cut: كما is not ك and ما, فهم not ف and هم, ولي not و and لي.
_NOT_COMBINED = "كما لما كأن كذلك لكن كلا كلما بعد فقط فهم فلك بي ولي كلي"
NOT_COMBINED = tuple(_NOT_COMBINED.split())
# The assimilation in لله: ل and الله, of which two letters are written.
GOD_AFTER_LAM, GOD = "لله", "الله"

# Words whose first or last letter looks like a clitic, and which are written as other words with one. They take
# conjunctions and pronouns as other words do.
_WHOLE_WORDS = {
    "ADJ": "واحد واحدة واحدا وضيع نبيه منوها",
    "PROPN": "بابل باول بكين بشار أبها",
    "NOUN": "فطائر لقطة وعود",
}
TAGS_OF_WHOLE_WORDS = {word: tag for tag, words in _WHOLE_WORDS.items() for word in words.split()}
WHOLE_WORDS = tuple(TAGS_OF_WHOLE_WORDS)

# For lemmas: function words that a dictionary confuses with forms of other words: أيضا is not an accusative of أيض.
_OWN_LEMMAS = "أيضا أبدا بلى عما كلتا مهما أنت"
OWN_LEMMAS = tuple(_OWN_LEMMAS.split())
