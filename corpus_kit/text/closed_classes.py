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

# Function words. A conjunction may precede any of them; nothing else is cut off.
_FUNCTION_WORDS = """
في من إلى على عن مع حتى منذ مذ خلال عبر عند لدى نحو حول بين دون ضد تحت فوق أمام وراء خلف قبل بعد ضمن وسط رغم
سوى غير إزاء تجاه عقب طوال أثناء حسب وفق وفقا قرب فور كي لكي لئلا
أو أم ثم بل لكن لكنما أما إما إذ إذا إذن لو لولا إن أن كأن كأنما إنما أنما لعل ليت ألا إلا هلا كلا بلى نعم أجل
لا لم لن ما لما قد لقد سوف هل يا أيها أيتها أيا
أنا نحن أنت أنتم أنتما أنتن هو هي هم هما هن
هذا هذه هذان هذين هاتان هاتين هؤلاء ذلك تلك ذاك أولئك هنا هناك هنالك هكذا كذا كذلك ذا لذا
الذي التي الذين اللذان اللذين اللتان اللتين اللاتي اللواتي اللائي
أي أية أين أينما كيف كيفما كم متى ماذا لماذا مهما حيث حيثما حين حينما حينئذ عندئذ عندما بينما طالما كلما ربما
قبلما بعدما مثلما كما مما عما ممن عمن فيما فيمن
كل بعض جميع كلتا أحد إحدى نفس ذات ذو ذوي ذوو مثل فقط قط أيضا جدا الآن آنذاك
"""
# Verbs that are function words, by lemma.
_KANA = "كان كانت كانوا كانا كانتا كنت كنا كنتم يكون تكون يكونوا تكونوا نكون أكون يكن تكن نكن أكن"
_LAYSA = "ليس ليست ليسوا لست لسنا ليسا"
FORMS_OF_FUNCTION_VERBS = {"كان": tuple(_KANA.split()), "ليس": tuple(_LAYSA.split())}
FUNCTION_WORDS = frozenset(
    (*_FUNCTION_WORDS.split(), *(form for forms in FORMS_OF_FUNCTION_VERBS.values() for form in forms))
)

# The function words that ب, ل and ك may precede, and those of them that may then have a pronoun: بأنه, لنفسه.
_AFTER_PREPOSITIONS = """
ما من أن أي أية لا هذا هذه هذين هاتين ذلك تلك ذاك هؤلاء أولئك كل بعض جميع معظم غير مثل نفس أنفس أحد إحدى ذات ذوي
الذي التي الذين اللذين اللتين اللاتي اللواتي حيث
"""
AFTER_PREPOSITIONS = tuple(_AFTER_PREPOSITIONS.split())
_HOSTS_AFTER_PREPOSITIONS = "أن كل بعض جميع معظم غير مثل نفس أنفس أحد إحدى ذات"
HOSTS_AFTER_PREPOSITIONS = frozenset(_HOSTS_AFTER_PREPOSITIONS.split())

# Compound prepositions and adverbs of ب or ل and a noun; some are more frequent than the noun alone.
_COMPOUND_PREPOSITIONS = """
بشكل بصورة بسبب بشأن بخصوص بصدد بموجب بواسطة بفضل بجانب بجوار بحسب باسم بهدف بغرض بإمكان باعتبار بوسع
بدون بشدة ببطء لمدة لصالح لأجل لغرض لضمان
"""
COMPOUND_PREPOSITIONS = tuple(_COMPOUND_PREPOSITIONS.split())

# Words that the lists above would cut: كما is not ك and ما, فهم not ف and هم, ولي not و and لي.
_NOT_COMBINED = "كما لما كأن كذلك لكن كلا كلما بعد فقط فهم فلك بي ولي كلي"
NOT_COMBINED = frozenset(_NOT_COMBINED.split())
# The assimilation in لله: ل and الله, of which two letters are written.
GOD_AFTER_LAM, GOD = "لله", "الله"

# Words whose first or last letter looks like a clitic, and which are written as other words with one. They take
# conjunctions and pronouns as other words do.
_WHOLE_WORDS = "واحد واحدة واحدا بابل باول بكين بشار فطائر لقطة وضيع وعود نبيه أبها منوها"
WHOLE_WORDS = frozenset(_WHOLE_WORDS.split())

# For lemmas: function words that a dictionary confuses with forms of other words: أيضا is not an accusative of أيض.
_OWN_LEMMAS = "أيضا أبدا بلى عما كلتا مهما أنت"
OWN_LEMMAS = frozenset(_OWN_LEMMAS.split())
