"""Direct and indirect quotations: rules in invented sentences, the sample truth, the reference document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sample_reading as reading

import corpus_kit as ck
from corpus_kit._base.records import provenance_of
from corpus_kit.errors import InputError
from corpus_kit.news.attribution import CONFIDENCE, CONFIDENCES, SIDES, SPEAKER_RULES, SPEAKER_SOURCES
from corpus_kit.news.indirect_quotations import indirect_quotations
from corpus_kit.news.quotation_marks import STYLES
from corpus_kit.news.quotations import KINDS, SPEECH, quotations
from corpus_kit.news.reporting_verbs import lexicon_of
from corpus_kit.news.running_text import PLACE_DTYPE

pytestmark = pytest.mark.interface

LEXICON = Path(ck.__file__).parent / "news" / "lexicons" / "reporting_verbs.toml"


def build(tmp_path: Path, *texts: str) -> ck.Corpus:
    return ck.Corpus.build(pl.DataFrame({"text": list(texts)}), tmp_path / "corpus", progress=False)


def rows(tmp_path: Path, *texts: str, **options: Any) -> list[dict[str, Any]]:
    return quotations(build(tmp_path, *texts), **options).to_dicts()


def attribution(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["kind"], row["verb"], row["speaker"], row["speaker_source"]


# --------------------------------------------------------------------------------------- rules

RULES = {
    "a participle that hides a name": (
        "وأضاف مزارع رافضا الكشف عن اسمه: «لم يبق في البئر ماء منذ أسابيع».",
        ("direct", "أضاف", "مزارع", "explicit"),
    ),
    "a denial in a list of words in marks": (
        "يؤكد الكاتب يقينه المطلق بعبارات كثيرة منها كلمة «بالتأكيد» ثم «لا شك» ثم مع «لا بد».",
        ("scare", None, None, "none"),
    ),
    "an office that goes on after its noun of saying": (
        "بل القرية التي «لا تزال لنا مشكلات كثيرة معها» على قول مدير الري.",
        ("direct", "قول", "مدير الري", "explicit"),
    ),
    "a relative clause before أن in marks": (
        "وهذا رأي هدى الراوي مستشارة الوزارة، التي قالت منذ زمن «إن النهر سيجف حين نغفل عنه».",
        ("direct", "قالت", "مستشارة الوزارة", "explicit"),
    ),
    "a listener who is an agency": (
        "وقال شاهد لوكالة فرانس برس «قتلوا ثلاثة».",
        ("direct", "قال", "شاهد", "explicit"),
    ),
    "a listener after an age": (
        "وقال المزارع سامي النجار، 23 عاما، لفرانس برس «سنبقى هنا».",
        ("direct", "قال", "المزارع سامي النجار", "explicit"),
    ),
    "a listener without his name, whose name is in marks": (
        "وقال الوزير لصحيفة «ضفاف النهر».",
        ("title", None, None, "none"),
    ),
    "a first person after a place": (
        "وقال الوزير للصحافيين في المطار «موقفنا لم يتغير».",
        ("fragment", "قال", "الوزير", "explicit"),
    ),
    "a name after a place": (
        "وقال الوزير للصحافيين في فندق «ضفاف النهر».",
        ("title", None, None, "none"),
    ),
    "an insertion between dashes": (
        "قال مدير الري -في تصريحات خاصة- «القضية أغلقت نهائيا».",
        ("direct", "قال", "مدير الري", "explicit"),
    ),
    "what is written on banners": (
        "ورفع المزارعون لافتات كتب عليها «كفى صمتا على الجفاف».",
        ("slogan", None, None, "none"),
    ),
    "one of the slogans": (
        "وردد المزارعون هتافات منها: «لا للجفاف ولا للعطش».",
        ("slogan", None, None, "none"),
    ),
    "what somebody always said": (
        "كان الوزير سامي النجار يردد دائما: «النهر لا يعطيك بعضه حتى تعطيه كلك».",
        ("direct", "يردد", "الوزير سامي النجار", "explicit"),
    ),
    "the point of an abbreviated name": (
        "صرح جمال.ب، أحد الناجين، لموقع النهر: «كنا نائمين تحت الشجر».",
        ("direct", "صرح", "جمال.ب، أحد الناجين", "explicit"),
    ),
    "words in a sentence that names them": (
        "«ساعدوني في العثور على حقلي».. بهذه العبارة استهلت والدة الفلاح حديثها.",
        ("direct", "استهلت", "والدة الفلاح", "explicit"),
    ),
    "typed guillemets": (
        "وقال مدير الري <<فتحنا السد كله اليوم>>.",
        ("direct", "قال", "مدير الري", "explicit"),
    ),
    "double brackets": (
        "وقال مدير الري (( فتحنا السد كله اليوم )).",
        ("direct", "قال", "مدير الري", "explicit"),
    ),
    "letters of a foreign name": (
        "وذكرت الشركة أن الهاتف الجديد «إل جي رمال لاينر» سيباع في الصيف.",
        ("title", None, None, "none"),
    ),
    "Latin letters among few words": (
        "هذا ما تقوله الخبيرة هدى الراوي التي شاركت في تأسيس «اكتشاف الخبز BreadFind»، وهي تطبيقات.",
        ("title", None, None, "none"),
    ),
    "a number ends the name of a product": (
        "وقالت الشركة إن «نوافذ 10» -الذي يأتي بعد سنوات- جاهز.",
        ("title", None, None, "none"),
    ),
    "a word after the heading": (
        "وذكر ما أورده تقرير الري تحت عنوان نهضة «القرى تقدم بشري في عالم متنوع»، أن القرى تنمو.",
        ("title", None, None, "none"),
    ),
    "the name of a body with its adjective": (
        "قال سليم في لقاء على هامش «المؤتمر الزراعي الدولي لمواجهة الجفاف» إنه متفائل.",
        ("title", None, None, "none"),
    ),
    "the subject in marks, and its words after a comma": (
        "وأعلنت «اللجنة المحلية لحقوق المزارعين» أمس، أن الماء وصل.",
        ("title", None, None, "none"),
    ),
    "the person of an office in marks": (
        "ودعا الناطق باسم الدفاع المدني «العقيد محمد سليم النجار»؛ الناس إلى الحذر.",
        ("title", None, None, "none"),
    ),
    "a line of verse": (
        "ويبين لنا الشاعر جانبا من حقوق الجار في قوله «مررنا على الوادي وما سمعنا صوت جارتنا»، كناية عن الهدوء.",
        ("verse", None, None, "none"),
    ),
    "a formula": (
        "أشار الشيخ في درسه عن النبي محمد «صلى الله عليه وسلم»، إلى فضل العلم.",
        ("scripture", None, None, "none"),
    ),
    "لافتة is a banner": (
        "وبدأت النساء بالتظاهر وهن يحملن لافتة مكتوب عليها «لا نريد أن نبقى وراء السور».",
        ("slogan", None, None, "none"),
    ),
    "a clause of its own with جاء في": (
        "أفادت دراسة محلية أن الماء قليل، وجاء في الدراسة، التي أعدها المعهد: «نعتقد أن الماء سينفد».",
        ("direct", "جاء", "الدراسة", "explicit"),
    ),
    "قائلا after a verb with words of its own": (
        "واتهم العامري شركة الآبار بمحاولة إغلاق القناة، قائلا: «الشركة تريد الماء كله لنفسها».",
        ("direct", "قائلا", "العامري", "explicit"),
    ),
    "قائلا after what is criticised": (
        "انتقد سامي النجار، وزير الري، تصريحات خصمه، قائلا إنها «كلام لا يليق برجل مسؤول».",
        ("direct", "قائلا", "سامي النجار، وزير الري", "explicit"),
    ),
    "قائلا after an object behind a listener": (
        "ونفى الوزير لـ«المنارة» وصول السفينة إلى الميناء، قائلا: «لم نر سفينة في هذا الشهر».",
        ("direct", "قائلا", "الوزير", "explicit"),
    ),
    "قائلا after an object behind an insertion": (
        "وكشف سامي النجار، خلال لقاء عقده مع السكان، النقاب عن خطة الري، قائلا: «سنحفر الآبار قبل الشتاء».",
        ("direct", "قائلا", "سامي النجار", "explicit"),
    ),
    "بقوله after a clause": (
        "وأكد الوزير أن الجسر سيفتح في الصيف بقوله «العمال أنهوا البناء قبل موعده».",
        ("direct", "بقوله", "الوزير", "explicit"),
    ),
    "بقوله after a word that points to the words": (
        "وأكد الوزير ذلك أمام السكان أمس بقوله «العمال أنهوا البناء قبل موعده».",
        ("direct", "أكد", "الوزير", "explicit"),
    ),
    "a form that is also a noun before قائلة": (
        "وصلت هدى الراوي إلى القرية. وعن هذا تشرح قائلة: «كنت أبحث عن البئر القديمة».",
        ("direct", "تشرح", "هدى الراوي", "carried"),
    ),
    "عادا أن": (
        "وأوضح الوزير أن الماء قليل، عادا أن «الهدر الأكبر سببه سوء التخطيط».",
        ("direct", "عادا", "الوزير", "explicit"),
    ),
    "what somebody describes after a participle": (
        "ويتحدث الكاتب سامي النجار عن الصحف، شاكيا مما وصفه بـ«حملات قمع على كل الكتاب».",
        ("fragment", "وصفه", "الكاتب سامي النجار", "carried"),
    ),
    "an object in marks after a participle": (
        "نفى الوزير سامي النجار الاتهامات، متهما «قوى سوداء» بنشر الشائعات.",
        ("scare", None, None, "none"),
    ),
    "a medium after words that somebody says": (
        "لكن الوزير سامي النجار أكد أيضا «لا نرغب في بيع الجسر القديم» وفقا لوكالة المنارة.",
        ("fragment", "أكد", "الوزير سامي النجار", "explicit"),
    ),
    "a view is no speaker": (
        "وأعلن الوزير أمس عن «استعداده للبحث في حل شامل» وفق رؤيته.",
        ("fragment", "أعلن", "الوزير", "explicit"),
    ),
    "كما begins another report": (
        "يتقدم الكتاب إهداء قصير لوالدها «إلى روح من حفر البئر»، كما وجه الوزير الدعوة إلى السكان.",
        ("unattributed", None, None, "none"),
    ),
    "كما with a verb that is no verb of saying, at the end": (
        "بقي الطريق مغلقا و«لا أحد يعرف متى يفتح»، كما كتب سامي النجار.",
        ("direct", "كتب", "سامي النجار", "explicit"),
    ),
    "a verb after a name that introduces no words": (
        "وأوضح الأمين أن عقد البناء مع «شركة النهر وشركائها الجديدة»، يتضمن العقد بناء الجسر.",
        ("title", None, None, "none"),
    ),
    "a mark that was forgotten": (
        f"وأكد الوزير أن «لدينا قناعة راسخة. {'وعاد السكان إلى القرية. ' * 80}وانتهى اللقاء»، كما بدأ.",
        ("unattributed", None, None, "none"),
    ),
    "a long statement after a colon": (
        f"وقال الوزير: «لدينا قناعة راسخة. {'وعاد السكان إلى القرية. ' * 80}وانتهى اللقاء».",
        ("direct", "قال", "الوزير", "explicit"),
    ),
    "a participle that asks for silence": (
        "وقال تاجر في السوق، طالبا عدم كشف اسمه: «سمعت الانفجار وأنا في البيت».",
        ("direct", "قال", "تاجر في السوق", "explicit"),
    ),
    "a participle before بالقول": (
        "ورفض الوزير تحديد الموعد، مكتفيا بالقول: «سنبدأ عندما يكون النجاح مضمونا».",
        ("direct", "مكتفيا", "الوزير", "explicit"),
    ),
    "an adverb between speaker and words": (
        "وأضاف الوزير ساخرا «لم أر في حياتي مثل هذه الخطة».",
        ("direct", "أضاف", "الوزير", "explicit"),
    ),
    "verb, subject, colon": (
        'وقال الوزير سامي الفلاح: "لن نغادر هذه القرية أبدا".',
        ("direct", "قال", "الوزير سامي الفلاح", "explicit"),
    ),
    "with أن": (
        "وأكدت المديرة هدى الراوي أن «الطلاب عادوا إلى صفوفهم كلها».",
        ("direct", "أكدت", "المديرة هدى الراوي", "explicit"),
    ),
    "the verb before قائلا names the row": (
        'وأضاف الحارس سليم قائلا "رأيت الباب مفتوحا قبل الفجر".',
        ("direct", "أضاف", "الحارس سليم", "explicit"),
    ),
    "قائلا before the words, with a subject before the verb": (
        'وكان الحارس قد أوضح أن "الباب ظل مفتوحا طوال الليل".',
        ("direct", "أوضح", "الحارس", "explicit"),
    ),
    "the speaker is a short name in quotation marks": (
        'واختتم «الرشيد» بقوله: "سنعود إلى البئر في الصيف".',
        ("direct", "اختتم", "الرشيد", "explicit"),
    ),
    "an addressee is not a speaker": (
        "وقال لـ«المنارة» رئيس البلدية: «سنفتح الجسر بعد شهر».",
        ("direct", "قال", "رئيس البلدية", "explicit"),
    ),
    "a station is not a speaker": (
        "وقالت مربية النحل لمحطة الفجر: «لن نترك الوادي هذا العام».",
        ("direct", "قالت", "مربية النحل", "explicit"),
    ),
    "a station alone is not a speaker either": (
        "وقالت لمحطة الفجر: «لن نترك الوادي هذا العام».",
        ("direct", "قالت", None, "none"),
    ),
    "بين is a verb after من جانبه": (
        "من جانبه، بين المهندس رائد أن «السد سيمتلئ قبل الربيع».",
        ("direct", "بين", "المهندس رائد", "explicit"),
    ),
    "a carried quotation after an honorific is scripture": (
        "وقال صلى الله عليه وسلم: «كذا وكذا وكذا وكذا»، وذكر: «وكذا وكذا وكذا أيضا».",
        ("scripture", None, None, "none"),
    ),
    "a relayed quotation belongs to the person": (
        'ونقلت الإذاعة عن صياد عجوز قوله إن "البحر لا ينسى أحدا".',
        ("direct", "نقلت", "صياد عجوز", "explicit"),
    ),
    "a source after the quotation": (
        '"البحر لا ينسى أحدا"، بحسب الصياد نعمان.',
        ("direct", "بحسب", "الصياد نعمان", "explicit"),
    ),
    "a clause after the quotation": (
        '"البحر لا ينسى أحدا"، كما قال الصياد نعمان وهو يضحك.',
        ("direct", "قال", "الصياد نعمان", "explicit"),
    ),
    "وفقا ل": (
        '"البحر لا ينسى أحدا"، وفقا للصياد نعمان.',
        ("direct", "وفقا", "للصياد نعمان", "explicit"),
    ),
    "a subject after the verb comes before a phrase": (
        'وبخصوص الجسر القديم أضافت المستشارة هدى: "سنفتحه أمام الناس بعد شهر".',
        ("direct", "أضافت", "المستشارة هدى", "explicit"),
    ),
    "with كان the subject is before the verb": (
        'وكان الرشيد قال أول من أمس: "سنفتح الجسر أمام الناس بعد شهر".',
        ("direct", "قال", "الرشيد", "explicit"),
    ),
    "a title leads over في and ب to the name": (
        'وقال المتحدث باسم الوزارة في منطقة الوادي الرائد نعمان: "فتحنا الجسر أمام الناس".',
        ("direct", "قال", "المتحدث باسم الوزارة في منطقة الوادي الرائد نعمان", "explicit"),
    ),
    "a title leads over a body in marks": (
        'وحذر المستشار القانوني لـ«جمعية الوادي» سليم من أن "الجسر قديم ولن يصمد طويلا".',
        ("direct", "حذر", "المستشار القانوني لـ«جمعية الوادي» سليم", "explicit"),
    ),
    "a name in apposition": (
        'وقال رئيس اللجنة الفنية، نعمان السالم، إن "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قال", "رئيس اللجنة الفنية، نعمان السالم", "explicit"),
    ),
    "an adverb ends the speaker": (
        'وقال نعمان بهدوء: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قال", "نعمان", "explicit"),
    ),
    "a complement with ب is no speaker": (
        'وقالت بـ«الوادي»: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قالت", None, "none"),
    ),
    "an object is no speaker": (
        'وانتقدت الإهمال قائلة: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "انتقدت", None, "none"),
    ),
    "a pronoun stands before the subject": (
        'وقالت له والدته: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قالت", "والدته", "explicit"),
    ),
    "the subject of the sentence": (
        'استقبل وزير المياه سامي المهندسين أمس، وقال: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قال", "وزير المياه سامي المهندسين", "carried"),
    ),
    "as for him": (
        'أما المهندس سليم فقال: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قال", "المهندس سليم", "explicit"),
    ),
    "a noun of saying": (
        'وصافحه المدير سليم بقوله: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "بقوله", "المدير سليم", "carried"),
    ),
    "a genitive after a noun of saying": (
        'ويعجبني قول أحد مستشاري الرئيس: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قول", "أحد مستشاري الرئيس", "explicit"),
    ),
    "a text that says": (
        "وقال الوزير في دعوته إن الجسر قديم. وجاء في الدعوة: «نرحب بكم في حفل افتتاح الجسر».",
        ("direct", "جاء", "الدعوة", "explicit"),
    ),
    "a preposition that the verb takes": (
        "وخلصت اللجنة إلى «ضرورة ترميم الجسر القديم كله».",
        ("fragment", "خلصت", "اللجنة", "explicit"),
    ),
    "a verb after قبل أن": (
        "وقال الوزير سامي إن الجسر قديم. وصمت الوزير سامي قليلا، قبل أن يضيف: «لن يصمد الجسر طويلا».",
        ("direct", "يضيف", "الوزير سامي", "carried"),
    ),
    "two verbs": (
        "ومضى الوزير سامي يقول: «الجسر قديم ولن يصمد طويلا».",
        ("direct", "يقول", "الوزير سامي", "explicit"),
    ),
    "an agency before the words": (
        'وقالت هدى الراوي لرويترز "لا نملك ثمن الخبز".',
        ("direct", "قالت", "هدى الراوي", "explicit"),
    ),
    "words with which somebody acts": (
        '"لن أغادر هذا البيت أبدا"، بهذه الكلمات استقبلنا الوزير سامي.',
        ("direct", "استقبلنا", "الوزير سامي", "explicit"),
    ),
    "a sentence of its own after the words": (
        "«لم نكن نعرف أن الجسر قديم». يقول الوزير سامي شارحا.",
        ("direct", "يقول", "الوزير سامي", "explicit"),
    ),
    "a verb that is not listed": (
        "وقال الوزير سامي إن الجسر قديم. تندر الوزير سامي: «لن يصمد الجسر طويلا».",
        ("direct", "تندر", "الوزير سامي", "explicit"),
    ),
    "nobody says it": (
        "وقديما قيل: «من جد وجد ومن زرع حصد».",
        ("direct", "قيل", None, "none"),
    ),
    "a sentence after the report before it": (
        "ويقول الوزير سامي إن الجسر قديم. والناس يعبرونه كل يوم. «لا أحد يعرف كم من السنين سيصمد هذا الجسر».",
        ("direct", "يقول", "الوزير سامي", "carried"),
    ),
    "a relative clause that introduces the words": (
        'وحضر المهندس سليم الذي قال: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قال", "المهندس سليم", "explicit"),
    ),
    "a title and a colon": (
        'المهندس سليم: "الجسر قديم ولن يصمد طويلا".',
        ("direct", None, "المهندس سليم", "explicit"),
    ),
    "a sentence after a report": (
        'وقال المهندس سليم إن الماء عال. "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قال", "المهندس سليم", "carried"),
    ),
    "a body in marks is the subject": (
        "وأعلنت «حركة أهل الوادي القديم» أمس أن الجسر سليم.",
        ("title", None, None, "none"),
    ),
    "a participle after the verb is a person": (
        'وقالت متحدثة باسم البلدية: "الجسر قديم ولن يصمد طويلا".',
        ("direct", "قالت", "متحدثة باسم البلدية", "explicit"),
    ),
    "a description": (
        'ووصفت الطبيبة ليلى الوضع بأنه "مقلق جدا".',
        ("fragment", "وصفت", "الطبيبة ليلى", "explicit"),
    ),
    "لدى belongs to an envoy": (
        'وقال المبعوث لدى الجزيرة سامر النجار إن "المفاوضات ستبدأ غدا صباحا".',
        ("direct", "قال", "المبعوث لدى الجزيرة سامر النجار", "explicit"),
    ),
    "آلان is a name": (
        'وقال آلان إن "القارب وصل قبل العاصفة بساعة".',
        ("direct", "قال", "آلان", "explicit"),
    ),
    "الآن is not a name": (
        'وقال الآن إن "القارب وصل قبل العاصفة بساعة".',
        ("direct", "قال", None, "none"),
    ),
    "علي is a name and على is not": (
        'وقال علي: "القارب وصل قبل العاصفة بساعة".',
        ("direct", "قال", "علي", "explicit"),
    ),
    "an object after the verb does not agree with it": (
        'وأكد ضرورة الصبر قائلا: "القارب لن يصل قبل العاصفة".',
        ("direct", "قائلا", None, "none"),
    ),
    "بين is a preposition": (
        'جلس الطفل بين الوزير والحارس أن "القارب لن يصل قبل العاصفة".',
        ("unattributed", None, None, "none"),
    ),
    "a verb in a relative clause is not a reporting verb": (
        'وصل الرجل الذي قال الحارس عنه في بيته "القارب لن يصل قبل العاصفة".',
        ("unattributed", None, None, "none"),
    ),
    "a quoted name after a verb is not speech": ("وأعلن «الرشيد» فتح الباب.", ("scare", None, None, "none")),
    "a title": ('وقال الوزير في مجلة "ضوء القرية" كلاما.', ("title", None, None, "none")),
    "a slogan": ('رفع الطلاب شعار "الماء للجميع".', ("slogan", None, None, "none")),
    "a nickname": ('حضر الرجل الملقب "الصقر" وغادر.', ("nickname", None, None, "none")),
    "scripture": ('قال تعالى: "هنا كلمات من النص المقدس".', ("scripture", None, None, "none")),
    "verse": ('قال الشاعر: "هنا كلمات موزونة من القصيدة".', ("verse", None, None, "none")),
    "an ironic word": ('عادت "النعمة" إلى القرية.', ("scare", None, None, "none")),
    "a quotation without speaker": (
        'على الجدار "القارب لن يصل قبل العاصفة".',
        ("unattributed", None, None, "none"),
    ),
}


@pytest.fixture(scope="module")
def rows_by_rules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return the last row of each rule's text."""
    table = quotations(build(tmp_path_factory.mktemp("rules"), *(text for text, _ in RULES.values())))
    last = {row["document"]: row for row in table.to_dicts()}
    return {rule: last[document] for document, rule in enumerate(RULES)}


def test_each_of_several_paragraphs_opens_marks(tmp_path: Path) -> None:
    """Only the last closes them: it is the row, with the verb before the first."""
    paragraphs = "وقال الوزير سامي النجار: «تعبنا كثيرا.", "«المطلوب خطة للري.", "«وندعو الجميع» في إشارة إلى السد."
    last, apart = rows(tmp_path, "\n\n".join(paragraphs), "وقال الوزير: نعم.\n«وندعو الجميع» إلى العمل.")
    assert attribution(last) == ("direct", "قال", "الوزير سامي النجار", "carried")
    assert attribution(apart) == ("scare", None, None, "none")


@pytest.mark.parametrize("rule", RULES)
def test_rules(rows_by_rules: dict[str, dict[str, Any]], rule: str) -> None:
    assert attribution(rows_by_rules[rule]) == RULES[rule][1]


def test_an_agency_relays(tmp_path: Path) -> None:
    row = rows(tmp_path, 'ونقلت الإذاعة عن صياد عجوز قوله إن "البحر لا ينسى أحدا".')[0]
    assert row["relayed_by"] == "الإذاعة"
    row = rows(tmp_path / "other", 'وقال الصياد نعمان إن "البحر لا ينسى أحدا".')[0]
    assert row["relayed_by"] is None


def test_an_agency_relays_the_last_speaker(tmp_path: Path) -> None:
    text = 'وصرح الصياد نعمان بأن البحر هادئ. ونقلت الإذاعة عنه قوله: "البحر لا ينسى أحدا".'
    row = rows(tmp_path, text)[0]
    assert (*attribution(row)[1:], row["relayed_by"]) == ("نقلت", "الصياد نعمان", "carried", "الإذاعة")


def test_second_quotation_shares_verb_and_speaker(tmp_path: Path) -> None:
    text = 'وقالت المديرة هدى إن المدرسة "تفتح أبوابها للجميع اليوم" حيث "يتعلم الصغار القراءة والكتابة".'
    assert {attribution(row)[1:] for row in rows(tmp_path, text)} == {("قالت", "المديرة هدى", "explicit")}


CARRIED = 'وقال الوزير سامي إن الجسر سليم.\n{between}وأضاف: "سيعبره الناس بعد يومين".'


def test_a_verb_without_subject_takes_the_last_speaker(tmp_path: Path) -> None:
    text = CARRIED.format(between="")
    row = rows(tmp_path, text)[0]
    assert attribution(row) == ("direct", "أضاف", "الوزير سامي", "carried")
    assert text[row["speaker_start"] : row["speaker_end"]] == "الوزير سامي"
    row = rows(tmp_path / "without", text, carry=False)[0]
    assert attribution(row) == ("direct", "أضاف", None, "none")


def test_speaker_is_carried_over_two_paragraphs_at_most(tmp_path: Path) -> None:
    assert attribution(rows(tmp_path, CARRIED.format(between="نزل المطر.\n"))[0])[-1] == "carried"
    assert attribution(rows(tmp_path / "far", CARRIED.format(between="نزل المطر.\nثم توقف.\n"))[0])[-1] == "none"


def test_carried_speaker_agrees_in_gender(tmp_path: Path) -> None:
    text = 'وقال الوزير سامي إن الجسر سليم. وقالت المهندسة هدى إن الماء عال. وأضاف: "سيعبره الناس بعد يومين".'
    assert attribution(rows(tmp_path, text)[0])[2] == "الوزير سامي"
    assert attribution(rows(tmp_path / "f", text.replace("وأضاف", "وأضافت"))[0])[2] == "المهندسة هدى"


def test_a_cue_takes_the_last_speaker(tmp_path: Path) -> None:
    text = 'وقال الوزير سامي إن الجسر سليم. "لا خوف من الماء"، على حد قوله.'
    assert attribution(rows(tmp_path, text)[0]) == ("direct", "قوله", "الوزير سامي", "carried")


def test_a_sentence_beginning_with_that_continues_the_report(tmp_path: Path) -> None:
    text = 'وقال الوزير سامي إن "الجسر سليم منذ عامين". وأن «الماء لن يبلغ القرية أبدا».'
    assert [attribution(row)[1:3] for row in rows(tmp_path, text)] == [("قال", "الوزير سامي")] * 2


def test_title_refers_to_the_last_full_name(tmp_path: Path) -> None:
    text = (
        'وقال الجنرال المتقاعد سامي النجار إن الجسر سليم. وأضاف الجنرال: "سيعبره الناس بعد يومين". '
        'وختم النجار بقوله: "لا خوف من الماء أبدا".'
    )
    assert [row["speaker_refers_to"] for row in rows(tmp_path, text)] == ["الجنرال المتقاعد سامي النجار"] * 2


def test_other_titles_do_not_refer(tmp_path: Path) -> None:
    text = 'وقال الوزير القطري سامي النجار إن الجسر سليم. وأضاف الوزير المصري: "سيعبره الناس بعد يومين".'
    assert rows(tmp_path, text)[0]["speaker_refers_to"] is None


# --------------------------------------------------------------------------------------- edges


def test_a_document_that_is_one_quotation(tmp_path: Path) -> None:
    assert attribution(rows(tmp_path, '"البحر لا ينسى أحدا"')[0]) == ("unattributed", None, None, "none")


def test_a_text_without_sentence_marks(tmp_path: Path) -> None:
    """One paragraph of 20,000 words with marks that never close."""
    row = 'وقال الوزير سامي "لن نغادر هذه القرية أبدا" ثم مضى الناس إلى السوق «وعاد بعضهم منها ولم يسأل أحد '
    table = quotations(build(tmp_path, row * 1000))
    assert table["surface"].n_unique() == 1
    assert table["speaker_rule"].unique().to_list() == ["subject_after"]
    record = provenance_of(table)
    assert record is not None
    assert record["options"]["unpaired_marks"] == 1000


def test_headlines_in_marks_and_documents_without_words(tmp_path: Path) -> None:
    table = quotations(build(tmp_path, '"الجسر القديم لن يصمد طويلا"\nنزل المطر.', '« “ " »'))
    assert table.select("document", "kind", "speaker_rule", "confidence").rows() == [(0, "unattributed", "none", None)]


def test_each_rule_has_its_confidence() -> None:
    table = quotations(ck.sample_corpus())
    assert table.select(known=pl.col("speaker").is_null() == pl.col("confidence").is_null())["known"].all()
    pairs = set(table.select("speaker_rule", "confidence").rows())
    assert {("subject_after", "high"), ("carried_further", "medium"), ("none", None)} <= pairs
    assert all(CONFIDENCE[rule] == confidence for rule, confidence in pairs)


def test_nested_marks(tmp_path: Path) -> None:
    text = 'وقال الصياد نعمان: «سمعت أبي يقول: "البحر لا ينسى أحدا" ثم سكت».'
    outer, inner = rows(tmp_path, text)
    assert attribution(outer) == ("direct", "قال", "الصياد نعمان", "explicit")
    assert (outer["depth"], inner["depth"], inner["verb"]) == (0, 1, "يقول")


def test_a_quotation_over_several_paragraphs(tmp_path: Path) -> None:
    """Each paragraph reopens the quotation and only the last closes it: only the last is a pair."""
    text = 'وقال الصياد نعمان: "البحر لا ينسى.\n"ولا يغفر أحدا لأحد منا.\n"والناس تنسى كل شيء هنا".'
    table = quotations(build(tmp_path, text))
    assert table["surface"].to_list() == ["والناس تنسى كل شيء هنا"]
    record = provenance_of(table)
    assert record is not None
    assert record["options"]["unpaired_marks"] == 2


def test_marks_without_words_are_skipped(tmp_path: Path) -> None:
    assert rows(tmp_path, 'قال "" و «...» ثم سكت') == []


def test_min_words(tmp_path: Path) -> None:
    text = 'عادت "النعمة" وقال الصياد نعمان: "البحر لا ينسى أحدا".'
    assert [row["words"] for row in rows(tmp_path, text, min_words=2)] == [4]


SCHEMA = {
    "document": pl.UInt32, "id": pl.String, "start": pl.UInt32, "end": pl.UInt32, "surface": pl.String,
    "words": pl.UInt32, "style": pl.Enum(STYLES), "depth": pl.UInt32, "kind": pl.Enum(KINDS),
    "verb": pl.String, "verb_start": pl.UInt32, "verb_end": pl.UInt32, "verb_lemma": pl.String,
    "speaker": pl.String, "speaker_start": pl.UInt32, "speaker_end": pl.UInt32,
    "speaker_source": pl.Enum(SPEAKER_SOURCES), "speaker_rule": pl.Enum(SPEAKER_RULES),
    "confidence": pl.Enum(CONFIDENCES), "speaker_refers_to": pl.String,
    "speaker_refers_to_start": pl.UInt32, "speaker_refers_to_end": pl.UInt32, "relayed_by": pl.String,
    "relayed_by_start": pl.UInt32, "relayed_by_end": pl.UInt32, "side": pl.Enum(SIDES), "actor": pl.String,
    "place": PLACE_DTYPE,
}  # fmt: skip


def test_empty_results_have_all_columns(tmp_path: Path) -> None:
    empty = quotations(build(tmp_path, "لا علامات هنا"))
    assert (empty.height, dict(empty.schema)) == (0, SCHEMA)
    assert dict(quotations(ck.sample_corpus()).schema) == SCHEMA
    nothing = ck.sample_corpus().filter(pl.lit(False))
    assert quotations(nothing).schema == empty.schema
    said = {name: dtype for name, dtype in SCHEMA.items() if name not in ("style", "depth", "kind")}
    assert dict(indirect_quotations(nothing).schema) == dict(indirect_quotations(ck.sample_corpus()).schema) == said


def test_spans_are_the_text() -> None:
    for row in quotations(ck.sample_corpus()).to_dicts():
        text = reading.TEXTS[row["id"]]
        for name in ("verb", "speaker", "speaker_refers_to", "relayed_by"):
            if row[name] is not None:
                assert text[row[f"{name}_start"] : row[f"{name}_end"]] == row[name]
        assert text[row["start"] : row["end"]] == row["surface"]
        assert row["words"] == len(reading.words(row["surface"]))
        assert (row["verb"] is not None) == (row["kind"] in SPEECH)


def test_subcorpus_and_repetition() -> None:
    corpus = ck.sample_corpus()
    whole = quotations(corpus)
    assert whole.equals(quotations(corpus))
    part = corpus.filter(pl.col("outlet") == "صدى الميناء")
    of_part = whole.filter(pl.col("document").is_in(part.selected_documents().tolist()))
    assert quotations(part).equals(of_part)
    assert indirect_quotations(part).equals(
        indirect_quotations(corpus).filter(pl.col("document").is_in(part.selected_documents().tolist()))
    )


def test_identical_documents_have_identical_rows(tmp_path: Path) -> None:
    table = quotations(build(tmp_path, *[RULES["with أن"][0]] * 2)).drop("document", "id")
    assert table.row(0) == table.row(1)


def test_excluded_spans(tmp_path: Path) -> None:
    text = 'وقال الوزير سامي إن الجسر سليم.\nوقال الحارس نعيم إن الباب مغلق.\nوأضاف: "سيعبره الناس بعد يومين".'
    corpus = build(tmp_path, text)
    assert quotations(corpus)["speaker"].to_list() == ["الحارس نعيم"]
    line = pl.DataFrame({"document": [0], "start": [text.index("وقال الحارس")], "end": [text.index("وأضاف")]})
    row = quotations(corpus.exclude(line)).row(0, named=True)
    assert row["speaker"] == "الوزير سامي"
    assert text[row["start"] : row["end"]] == row["surface"] == "سيعبره الناس بعد يومين"


# ----------------------------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_words": 0}, "^min_words must be"),
        ({"carry": "yes"}, "^carry must be"),
        ({"lexicon": 5}, "^lexicon must be"),
        ({"lexicon": "absent.toml"}, "absent.toml"),
        ({"actors": 5}, "^actors must be"),
        ({"boilerplate": 5}, "^boilerplate must be"),
    ],
)
def test_invalid_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        quotations(ck.sample_corpus(), **options)


def test_rejects_anything_but_a_corpus() -> None:
    for function in (quotations, indirect_quotations):
        with pytest.raises(InputError, match=r"^corpus must be"):
            function("نص")  # type: ignore[operator]
    with pytest.raises(InputError, match=r"^carry must be"):
        indirect_quotations(ck.sample_corpus(), carry=1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[cues]\n", r"no \[\[verb\]\]"),
        ("[[verb]]\nforms = 1\n", "lemma"),
        ('[[verb]]\nlemma = "قال"\nfuture = 1\n', "'قال': .*'future'"),
        ('[[verb]]\nlemma = "قال"\nperfect = { x = "قال" }\n', "'قال': perfect must be .* m, f, p"),
        ('[[verb]]\nlemma = "قال"\n[words]\nrelatives = 3\n', "words.relatives must be .* got 3"),
        ('[[verb]]\nlemma = "قال"\n[verbs]\n', "'verbs'.*'verb'"),
        ('[[verb]]\nlemma = "قال"\nframes = "أن كي"\n', "'قال': frames must be .* got 'كي'"),
        ('[[verb]]\nlemma = "قال"\nframes = ["أن"]\n', "'قال': frames must be .* in one string"),
        ("no toml", "lexicon.toml"),
    ],
)
def test_an_invalid_lexicon(tmp_path: Path, toml: str, message: str) -> None:
    path = tmp_path / "lexicon.toml"
    path.write_text(toml, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        quotations(ck.sample_corpus(), lexicon=path)


def test_a_lexicon_without_frames_takes_every_clause(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.toml"
    lines = [line for line in LEXICON.read_text(encoding="utf-8").splitlines() if not line.startswith("frames")]
    path.write_text("\n".join(lines), encoding="utf-8")
    corpus = build(tmp_path, "وأدان الصياد نعمان على أن يسرق القارب.")
    assert indirect_quotations(corpus).height == 0
    assert indirect_quotations(corpus, lexicon=path)["verb"].to_list() == ["أدان"]


def test_user_lexicon(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.toml"
    added = '[[verb]]\nlemma = "دندن"\nperfect = { m = "دندن" }\n\n'
    path.write_text(added + LEXICON.read_text(encoding="utf-8"), encoding="utf-8")
    text = 'ودندن الصياد نعمان: "البحر لا ينسى أحدا".'
    corpus = build(tmp_path, text)
    assert quotations(corpus)["verb"].to_list() == [None]
    assert quotations(corpus, lexicon=path)["verb"].to_list() == ["دندن"]


def test_the_lexicon_is_large_enough() -> None:
    forms = lexicon_of(None).forms.values()
    assert len({form.lemma for form in forms}) >= 45
    assert {"m", "f", "p"} == {form.gender for form in forms}


# -------------------------------------------------------------------------- the sample's planted truth


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, int, int], dict[str, Any]]:
    return {(row["id"], row["start"], row["end"]): row for row in quotations(ck.sample_corpus()).to_dicts()}


def planted(**wanted: str) -> dict[tuple[str, int, int], dict[str, Any]]:
    facts = [row for row in reading.facts("quotations") if all(row[key] == value for key, value in wanted.items())]
    return {(row["id"], row["start"], row["end"]): row for row in facts}


def is_speech(row: dict[str, Any], source: str) -> bool:
    return row["kind"] in SPEECH and row["speaker_source"] == source


def test_sample_spans(found: dict[tuple[str, int, int], dict[str, Any]]) -> None:
    assert set(found) == set(planted()) | reading.spans("no_speech")


def test_sample_explicit(found: dict[tuple[str, int, int], dict[str, Any]]) -> None:
    wanted = planted(speaker_source="explicit")
    assert {key for key, row in found.items() if is_speech(row, "explicit")} == set(wanted)
    assert all(found[key]["verb_start"] == row["verb_start"] for key, row in wanted.items())
    assert all(found[key]["verb"] == row["verb"] for key, row in wanted.items())
    heads = [found[key]["speaker_start"] == row["speaker_start"] for key, row in wanted.items()]
    assert (sum(heads), len(heads)) == (134, 135)  # the other one: a title before a nickname in quotation marks


def test_sample_carried(found: dict[tuple[str, int, int], dict[str, Any]]) -> None:
    wanted = planted(speaker_source="carried")
    assert {key for key, row in found.items() if is_speech(row, "carried")} == set(wanted)
    inside = [
        found[key]["speaker_start"] <= row["speaker_start"] and row["speaker_end"] <= found[key]["speaker_end"]
        for key, row in wanted.items()
    ]
    assert (sum(inside), len(inside)) == (45, 45)


def test_sample_spans_that_are_not_speech(found: dict[tuple[str, int, int], dict[str, Any]]) -> None:
    facts = reading.facts("no_speech")
    kinds = {(row["id"], row["start"], row["end"]): row["kind"] for row in facts}
    assert not [key for key in kinds if found[key]["kind"] in SPEECH]
    assert {found[key]["kind"] for key, kind in kinds.items() if kind == "title"} == {"title"}
    assert {found[key]["kind"] for key, kind in kinds.items() if kind == "slogan"} == {"slogan"}
    assert [found[key]["kind"] for key, kind in kinds.items() if kind == "repeated"] == ["unattributed"]


def test_sample_decoys(found: dict[tuple[str, int, int], dict[str, Any]]) -> None:
    for fact in reading.facts("decoys"):
        spans = [
            (row["speaker_start"], row["speaker_end"])
            for row in found.values()
            if row["id"] == fact["id"] and row["speaker"] and fact["against"] == "speakers"
        ]
        assert not [1 for start, end in spans if start <= fact["start"] < end]


def test_sample_relayed(found: dict[tuple[str, int, int], dict[str, Any]]) -> None:
    assert all(found[key]["relayed_by"] for key in planted(kind="relayed"))
    assert not [1 for key in planted(kind="before") if found[key]["relayed_by"]]


def test_sample_without_boilerplate() -> None:
    corpus = ck.sample_corpus()
    documents = corpus.documents.select("document", "id").collect()
    lines = ck.sample_truth()["boilerplate"].join(documents, on="id")
    table = quotations(corpus, boilerplate=lines)
    assert table.filter(pl.col("place") == "boilerplate")["kind"].to_list() == ["unattributed"]
    assert quotations(corpus.exclude(lines)).height == table.height - 1


# ------------------------------------------------------------------------------ the reference document


def test_reference_document(shared: Path, tmp_path: Path) -> None:
    corpus = ck.Corpus.build(shared / "seed" / "article.txt", tmp_path / "seed", progress=False)
    wanted = json.loads((shared / "seed" / "expected.json").read_text(encoding="utf-8"))["quotes"]
    table = quotations(corpus, actors=shared / "seed" / "actors.toml")
    assert table.height == len(wanted) == 7
    for row, fact in zip(table.to_dicts(), wanted, strict=True):
        assert (row["start"], row["end"], row["words"]) == (fact["start"], fact["end"], fact["tokens"])
        assert (row["kind"] if row["kind"] not in SPEECH else "quote") == fact["kind"]
        assert row["verb"] == (fact["verb"] and fact["verb"].split()[0])
        assert (row["speaker"], row["actor"]) == (fact["surface_speaker"], fact["speaker"])
        assert row["speaker_source"] == ("explicit" if fact["speaker"] else "none")


def test_reference_document_with_mentions(shared: Path, tmp_path: Path) -> None:
    corpus = ck.Corpus.build(shared / "seed" / "article.txt", tmp_path / "seed", progress=False)
    by_hand = pl.DataFrame({"document": [0], "start": [480], "end": [485], "actor": ["SOMEBODY"]})
    name = quotations(corpus).row(0, named=True)
    by_hand = by_hand.with_columns(start=pl.lit(name["speaker_end"] - 8), end=pl.lit(name["speaker_end"]))
    actors = quotations(corpus, actors=by_hand)["actor"].to_list()
    assert actors == ["SOMEBODY"] * 5 + [None] * 2  # three of them via the referent of الجنرال


def test_reference_document_indirect_quotations(shared: Path, tmp_path: Path) -> None:
    corpus = ck.Corpus.build(shared / "seed" / "article.txt", tmp_path / "seed", progress=False)
    table = indirect_quotations(corpus)
    assert table.select("verb", "words").rows() == [("قال", 11)]  # the caption; the others contain quoted words


# ----------------------------------------------------------------------------- indirect quotations


def test_indirect_quotations(tmp_path: Path) -> None:
    text = (
        "وقال الوزير سامي إن الجسر سليم، مشيرا إلى أن الماء انخفض. وأضاف أن العمل بدأ، وأكدت المهندسة هدى أنه آمن. "
        'وقال الحارس إن "الباب ظل مفتوحا طوال الليل".'
    )
    table = indirect_quotations(build(tmp_path, text))
    assert table.select("surface", "verb", "speaker", "speaker_source", "words").rows() == [
        ("إن الجسر سليم", "قال", "الوزير سامي", "explicit", 3),
        ("أن الماء انخفض", "مشيرا", "الوزير سامي", "explicit", 3),
        ("أن العمل بدأ", "أضاف", "الوزير سامي", "carried", 3),
        ("أنه آمن", "أكدت", "المهندسة هدى", "explicit", 2),
    ]
    assert indirect_quotations(build(tmp_path / "no", text), carry=False)["speaker"].null_count() == 1


# Each text with its rows: verb, speaker, source of the speaker, clause.
STATEMENTS: dict[str, list[tuple[str | None, ...]]] = {
    # what stands before and after أن
    "وقال الوزير سامي إن جسر «القرية» سليم.": [("قال", "الوزير سامي", "explicit", "إن جسر «القرية» سليم")],
    "وأكد الوزير سامي أن «القرية» بعيدة.": [("أكد", "الوزير سامي", "explicit", "أن «القرية» بعيدة")],
    "وأكد الوزير سامي أنها «كذا».": [],
    "وقال الوزير سامي في تصريح خاص أمس: إن الجسر سليم.": [("قال", "الوزير سامي", "explicit", "إن الجسر سليم")],
    "وبين المدير سامي، أن الماء انخفض.": [("بين", "المدير سامي", "explicit", "أن الماء انخفض")],
    "من جانبه ذكر الحارس نعيم أن الباب مغلق.": [("ذكر", "الحارس نعيم", "explicit", "أن الباب مغلق")],
    "وقال الصياد نعمان الذي يعرف البحر والريح منذ عرف أباه إن الموج عال.": [
        ("قال", "الصياد نعمان", "explicit", "إن الموج عال")
    ],
    "وأوضحت الطبيبة ليلى أن المريض تحسن كثيرا منذ الصباح وأنه «سيغادر إلى بيته غدا».": [
        ("أوضحت", "الطبيبة ليلى", "explicit", "أن المريض تحسن كثيرا منذ الصباح")
    ],
    # frames
    "ولفت الصياد نعمان إلى أن الموج عال.": [("لفت", "الصياد نعمان", "explicit", "أن الموج عال")],
    "وأعرب الصياد نعمان عن أمله في أن يهدأ الموج.": [("أعرب", "الصياد نعمان", "explicit", "أن يهدأ الموج")],
    "وأدان الصياد نعمان أن يسرق القارب.": [],
    "وقال الصياد نعمان على أن يعود غدا.": [],
    # words that take أن themselves, conditions, first persons
    "وأعلن الصياد نعمان الرحيل بعد أن هدأ الموج.": [],
    "وأعلن الصياد نعمان الرحيل بالرغم من أن الموج عال.": [],
    "وقال الصياد نعمان بعد أن عاد إن الموج هدأ.": [("قال", "الصياد نعمان", "explicit", "إن الموج هدأ")],
    "وذكر الصياد نعمان القارب، إذا هدأ الموج فإن الناس تعود.": [],
    "ويمكن القول إن الموج عال. وأعتقد أن الموج عال. هل تعتقد أن الموج عال؟": [],
    "ولم يقل الصياد نعمان إن الموج عال. وقد يقول الصياد إن الموج عال.": [],
    "وقال بان كي مون عند البحر إن شاء الله.": [],
    # sources, nouns of saying, relative clauses after a comma
    "وبحسب التقرير فإن الموج عال.": [("بحسب", "التقرير", "explicit", "فإن الموج عال")],
    "وجاء في البيان أن الموج عال.": [("جاء", "البيان", "explicit", "أن الموج عال")],
    "وغضب الناس بعد تأكيد الصياد نعمان أن الموج عال.": [("تأكيد", "الصياد نعمان", "explicit", "أن الموج عال")],
    "وصرح الصياد نعمان للإذاعة. وكان قربه الحارس، الذي أكد أن الموج عال.": [
        ("أكد", "الحارس", "explicit", "أن الموج عال")
    ],
    # nobody is named
    "قال الصياد نعمان إن الموج عال. يذكر أن القرية قديمة. وتجدر الإشارة إلى أن السد ممتلئ.": [
        ("قال", "الصياد نعمان", "explicit", "إن الموج عال"),
        ("يذكر", None, "impersonal", "أن القرية قديمة"),
        ("الإشارة", None, "impersonal", "أن السد ممتلئ"),
    ],
    "قيل إن البئر جف. أُعلن أمس أن الجسر مغلق.": [
        ("قيل", None, "impersonal", "إن البئر جف"),
        ("أُعلن", None, "impersonal", "أن الجسر مغلق"),
    ],
    "ويذكر الصياد نعمان أن القرية قديمة.": [("يذكر", "الصياد نعمان", "explicit", "أن القرية قديمة")],
    # ends
    "وقال الحارس (وهو نعيم) إن الباب (الكبير) مغلق، كما قال نعمان إن الموج عال.": [
        ("قال", "الحارس", "explicit", "إن الباب (الكبير) مغلق"),
        ("قال", "نعمان", "explicit", "إن الموج عال"),
    ],
    "وقال نعمان إن الموج عال؛ لأن الريح قوية؛ مؤكدا أن القارب صغير.": [
        ("قال", "نعمان", "explicit", "إن الموج عال؛ لأن الريح قوية"),
        ("مؤكدا", "نعمان", "carried", "أن القارب صغير"),
    ],
    "وقال نعمان إن الموج عال،\n\nوالريح قوية. وإن القارب صغير. ثم سكت.": [
        ("قال", "نعمان", "explicit", "إن الموج عال، والريح قوية. وإن القارب صغير")
    ],
    "وقال نعمان إن الشباك التي نسجها الصياد أمس وتوعد ببيعها كثيرة.": [
        ("قال", "نعمان", "explicit", "إن الشباك التي نسجها الصياد أمس وتوعد ببيعها كثيرة")
    ],
    "وقال نعمان إن الحارس اتصل به وأبلغه بذلك، وإن النظام يحمي الشط ويقر الصيد.": [
        ("قال", "نعمان", "explicit", "إن الحارس اتصل به وأبلغه بذلك، وإن النظام يحمي الشط ويقر الصيد")
    ],
    "وقال نعمان إن القارب كبير كما وصفه الحارس قبل عام، فيما نفى الوزير سامي الخبر.": [
        ("قال", "نعمان", "explicit", "إن القارب كبير كما وصفه الحارس قبل عام")
    ],
    "وقال نعمان إن فيلم «الصياد الكبير والبحر القديم» عرض هنا عام 1980 م.": [
        ("قال", "نعمان", "explicit", "إن فيلم «الصياد الكبير والبحر القديم» عرض هنا عام 1980 م")
    ],
    "وقال بنك (إيه إن زد) ذلك. وقالت قناة (إن.بي.سي) ذلك.": [],
    "ودعا نعمان الله تعالى أن يهدأ الموج. وكان قربه القارب، الذي يتوقع أن يغرق إن لم يهدأ الموج.": [],
    'وبيّن "الحارس" أن الباب مغلق. من جانبه، بين سعادة المدير العام للشؤون البحرية في القرية سامي، أن الماء انخفض.': [
        ("بيّن", "الحارس", "explicit", "أن الباب مغلق"),
        ("بين", "سعادة المدير العام للشؤون البحرية في القرية سامي", "explicit", "أن الماء انخفض"),
    ],
    "وحضر الوزير سامي القرشي الذي أكد لهم أن الجسر سليم.": [
        ("أكد", "الوزير سامي القرشي", "explicit", "أن الجسر سليم")
    ],
    "(وقال نعمان إن الموج عال) ثم سكت.": [("قال", "نعمان", "explicit", "إن الموج عال")],
    "وقال نعمان إن الموج عال مشيرا إلى أن القارب صغير.": [
        ("قال", "نعمان", "explicit", "إن الموج عال"),
        ("مشيرا", "نعمان", "explicit", "أن القارب صغير"),
    ],
    # another sign in the place of the comma, and a lost letter in a word
    "وأكد الحارس نعيم؛ أن الباب مغلق. ولفت الحارس نعيم؛ في حديثه، إلى أن المفتاح ضاع.": [
        ("أكد", "الحارس نعيم", "explicit", "أن الباب مغلق"),
        ("لفت", "الحارس نعيم", "explicit", "أن المفتاح ضاع"),
    ],
    "وقال سامي القرشي؛ مدير السد، إن الماء انخفض. وأوضح المدير سامي… أن السد سليم. وأضاف. أن الماء عذب.": [
        ("قال", "سامي القرشي؛ مدير السد", "explicit", "إن الماء انخفض"),
        ("أوضح", "المدير سامي", "explicit", "أن السد سليم"),
        ("أضاف", "المدير سامي", "carried", "أن الماء عذب"),
    ],
    "وزار الحارس السد ورأى الماء. إن الموج عال. وقال نعمان إن القارب ا?خر صغير.": [
        ("قال", "نعمان", "explicit", "إن القارب ا?خر صغير")
    ],
    # a clause joined to a noun; conditions, prayers and other words that take أن
    "وأكد نعمان أهمية الشباك الجديدة، وأن القارب صغير.": [("أكد", "نعمان", "explicit", "وأن القارب صغير")],
    "وأكد نعمان أهمية الشباك الجديدة وإن غلت كثيرا. ودعا الناس داعيا الله التوفيق، وأن يهدأ الموج.": [],
    "وأكد نعمان أهمية الشباك، لا سيما وأنها جديدة. وأكد نعمان فائدة الصيد الذي من الممكن له أن يستمر.": [],
    "وأوضح نعمان إلى أن الموج عال. وأعلن نعمان الرحيل إلى أن يعود القارب.": [
        ("أوضح", "نعمان", "explicit", "أن الموج عال")
    ],
    # insertions before the clause, names in marks
    "وقال الخبراء الذين تحدثوا للصحيفة إن الموج عال. وأفاد مصدر أمني، لم يكشف عن اسمه، بأن الجسر مغلق.": [
        ("قال", "الخبراء", "explicit", "إن الموج عال"),
        ("أفاد", "مصدر أمني", "explicit", "بأن الجسر مغلق"),
    ],
    "وحضر الصيادون، الذين توقع كثير منهم أن يهدأ الموج. وذكر «المرصد البحري لأحوال الموج والريح» أن الموج عال.": [
        ("توقع", "كثير منهم", "explicit", "أن يهدأ الموج"),
        ("ذكر", "المرصد البحري لأحوال الموج والريح", "explicit", "أن الموج عال"),
    ],
    # nouns of saying, texts, findings, a subject before its verb
    "وغضب الناس من كلام الصياد نعمان بسبب تأكيده على أن الموج عال. ووصلت رسالة جاء فيها أن القارب غرق.": [
        ("تأكيده", None, "none", "أن الموج عال"),
        ("جاء", None, "none", "أن القارب غرق"),
    ],
    "ووجد الباحثون أن الماء مالح. ووجد نعمان أن الشباك ممزقة. بعض الصيادين يتوقعون أن يهدأ الموج.": [
        ("وجد", "الباحثون", "explicit", "أن الماء مالح"),
        ("يتوقعون", "بعض الصيادين", "explicit", "أن يهدأ الموج"),
    ],
    "وعن الشط ذكر أن الماء مالح. وفي القرية تكشف تقارير قديمة أن السد عال. ولكن وفقا لتقرير آخر فإن السد قصير.": [
        ("ذكر", None, "none", "أن الماء مالح"),
        ("تكشف", "تقارير قديمة", "explicit", "أن السد عال"),
        ("وفقا", "لتقرير آخر", "explicit", "فإن السد قصير"),
    ],
    "وتبين من التحقيق أن الجسر سليم. وطبقا للإجراءات فإن الجسر يغلق. وحضرت المدن التي تصفها الصحف بأنها بعيدة.": [],
    # verbs of opinion after their subject, and where they are no report
    "أخيرا، الصيادون يرون أن الموج عال. لكن نعمان يعتقد أن الموج هادئ. هناك تقارير تقول إن السد قصير.": [
        ("يرون", "الصيادون", "explicit", "أن الموج عال"),
        ("يعتقد", "نعمان", "explicit", "أن الموج هادئ"),
        ("تقول", "تقارير", "explicit", "إن السد قصير"),
    ],
    "وعاش نعمان في قرية ترى أن البحر عدو. وعندما يرى الناس أن الموج عال يعودون. ربما أنها الريح.": [],
    # verbs in insertions, also without a relative pronoun
    "وأضافت المصادر التي رفضت ذكر اسمها، أن الموج عال. وقال حارس قديم، رفض ذكر اسمه، إن الباب مغلق.": [
        ("أضافت", "المصادر", "explicit", "أن الموج عال"),
        ("قال", "حارس قديم", "explicit", "إن الباب مغلق"),
    ],
    # nouns of saying with more before أن, and texts
    "وأغضب الناس تصريح الوزير سامي قبل أيام بأن الجسر سليم. وتوافقه الرأي الطبيبة ليلى بأن الماء عذب.": [
        ("تصريح", "الوزير سامي", "explicit", "بأن الجسر سليم"),
        ("الرأي", "الطبيبة ليلى", "explicit", "بأن الماء عذب"),
    ],
    "وكتبت اللجنة دراسة رأت فيها المهندسة هدى أن الجسر قديم. وعلل ذلك بقوله إن القارب صغير.": [
        ("رأت", "المهندسة هدى", "explicit", "أن الجسر قديم"),
        ("علل", None, "none", "إن القارب صغير"),
    ],
    "وحسبما جاء في التقرير فإن الموج عال. ووفقا للاعب فان نعيم، فإن الملعب مغلق.": [
        ("حسبما", "التقرير", "explicit", "فإن الموج عال"),
        ("وفقا", "للاعب", "explicit", "فإن الملعب مغلق"),
    ],
    # و as a word of its own, a short quotation in a clause that goes on, the occasion at the end
    "و أوضح المتحدث سامي ان الجسر سليم ، و أشار إلى ان الماء انخفض ، وذلك في تصريح للإذاعة.": [
        ("أوضح", "المتحدث سامي", "explicit", "ان الجسر سليم"),
        ("أشار", "المتحدث سامي", "carried", "ان الماء انخفض"),
    ],
    "وقال نعمان إن القوارب ومنها «قارب الصياد القديم جدا» وصلت إلى الشط بعد غروب شمس أمس بقليل.": [
        ("قال", "نعمان", "explicit", "إن القوارب ومنها «قارب الصياد القديم جدا» وصلت إلى الشط بعد غروب شمس أمس بقليل")
    ],
    "وأورد نعمان أن الموج عال، قبل أن يضيف: «لن نخرج اليوم إلى البحر».": [
        ("أورد", "نعمان", "explicit", "أن الموج عال")
    ],
    # ends before what others say, what is asked, and what could not be learned
    "وقال نعمان إن الموج عال، في الوقت الذي أكدت فيه الإذاعة أن الريح هادئة، ولم يتسن الاتصال بالحارس.": [
        ("قال", "نعمان", "explicit", "إن الموج عال"),
        ("أكدت", "الإذاعة", "explicit", "أن الريح هادئة"),
    ],
    "وقال نعمان إن الموج عال، وطالب بإغلاق الشط.": [("قال", "نعمان", "explicit", "إن الموج عال")],
    "وبيّن نعمان أن الشط بعيد عن القرية والسد والبئر، بقوله: «هو خلف ذلك الجبل».": [
        ("بيّن", "نعمان", "explicit", "أن الشط بعيد عن القرية والسد والبئر")
    ],
    # ends before what opens the clause of a verb of saying, also of one that introduces nothing by itself
    "وقال نعمان إن الموج عال، وكان الوزير سامي تحدث أمس عن الريح.": [("قال", "نعمان", "explicit", "إن الموج عال")],
    "وقال نعمان إن الموج عال، وعن القارب الكبير قال هو صغير.": [("قال", "نعمان", "explicit", "إن الموج عال")],
    "وقال نعمان إن الموج عال، بينما أشاد الحارس نعيم بالصيادين.": [("قال", "نعمان", "explicit", "إن الموج عال")],
    "وقال نعمان إن الموج عال، في حين تحدثت مصادر عن هدوئه، بل تحدثت مصادر عن سكونه.": [
        ("قال", "نعمان", "explicit", "إن الموج عال")
    ],
    "وقال نعمان إن الموج عال بينما كان القارب صغيرا فيما زادت الريح.": [
        ("قال", "نعمان", "explicit", "إن الموج عال بينما كان القارب صغيرا فيما زادت الريح")
    ],
    "وقال نعمان إن الموج عال، وأشاد الحارس نعيم بالصيادين.": [("قال", "نعمان", "explicit", "إن الموج عال")],
    "وقال نعمان إن الموج عال،\n\nوغادر الصيادون الشط.": [("قال", "نعمان", "explicit", "إن الموج عال")],
    # subjects after particles and with a demonstrative
    "ورغم الريح فإن أحدث التقارير أكدت أن الموج هادئ. وتقول تلك المعلومة إن الماء مالح.": [
        ("أكدت", "أحدث التقارير", "explicit", "أن الموج هادئ"),
        ("تقول", "تلك المعلومة", "explicit", "إن الماء مالح"),
    ],
    # newspapers after a cue, a relative clause with a passive, nouns of saying, restrictive relative clauses
    'ووفقا لصحيفة "أخبار الشط" فإن الموج هادئ. ويؤكد "المركز" الذي يعتبر الأول من نوعه في البلاد، أن الماء عذب.': [
        ("وفقا", 'لصحيفة "أخبار الشط"', "explicit", "فإن الموج هادئ"),
        ("يؤكد", "المركز", "explicit", "أن الماء عذب"),
    ],
    "ومما يؤكد هذا الخطر، أن الموج عال.": [("يؤكد", None, "none", "أن الموج عال")],
    "وفي هذا ما يؤكد أن الموج عال. وهذا يؤكد أن السد قديم.": [],  # the author concludes
    # impersonal phrases end a clause; sources and what is ascribed; the author's own perfect; who goes on after a sign
    "يذكر أن السد قديم، ويشار إلى أن الجسر جديد، ومن الجدير بالذكر أن الماء عذب.": [
        ("يذكر", None, "impersonal", "أن السد قديم"),
        ("يشار", None, "impersonal", "أن الجسر جديد"),
        ("بالذكر", None, "impersonal", "أن الماء عذب"),
    ],
    "وبحسب ما ورد في التقرير، فإن الموج عال. واستنادا إلى مصادر فإن الشط مغلق. ونقلا عن حارس، فإن السد آمن.": [
        ("بحسب", "التقرير", "explicit", "فإن الموج عال"),
        ("استنادا", "مصادر", "explicit", "فإن الشط مغلق"),
        ("نقلا", "حارس", "explicit", "فإن السد آمن"),
    ],
    "ونسبت الإذاعة إلى مهندس في الميناء القول إن السد آمن. وبحثت في القرى ولاحظت أن الماء عذب، وللأسف أن الشط مغلق.": [
        ("القول", "مهندس في الميناء", "explicit", "إن السد آمن"),
    ],
    "وجاء تأكيد سماحة المفتي العام رئيس هيئة العلماء وإدارة البحوث والنشر والتعليم الشيخ نعمان على أن العلم نور.": [
        (
            "تأكيد",
            "سماحة المفتي العام رئيس هيئة العلماء وإدارة البحوث والنشر والتعليم الشيخ نعمان",
            "explicit",
            "أن العلم نور",
        )
    ],
    "وإذ لفت الوزير سامي إلى أن الشط مغلق، دعا إلى الصبر. وأكد أن الموج عال، أجاب نعمان: «هو هادئ اليوم».": [
        ("لفت", "الوزير سامي", "explicit", "أن الشط مغلق"),
        ("أكد", "الوزير سامي", "carried", "أن الموج عال"),
    ],
    "وغضب الناس من ردود نعمان بأن الموج عال. وبعد إجابته أوضح نعمان أن الشط مغلق. وانتقد من وصفهم بأنهم صيادون.": [
        ("ردود", "نعمان", "explicit", "بأن الموج عال"),
        ("أوضح", "نعمان", "explicit", "أن الشط مغلق"),
    ],
    # what a reporter goes on with: what follows in the article, what is not ruled out, thanks and praise without a sign
    "وقال نعمان إن الموج عال، ولم يستبعد الحارس هدوءه. وقال نعمان إن الشط مغلق.. وفيما يلي نص الحوار.": [
        ("قال", "نعمان", "explicit", "إن الموج عال"),
        ("قال", "نعمان", "explicit", "إن الشط مغلق"),
    ],
    "وقال نعمان إن الموج عال مقدما شكره للحارس. وقال نعمان إن الشط مغلق مشيدا بجهود الحارس.": [
        ("قال", "نعمان", "explicit", "إن الموج عال"),
        ("قال", "نعمان", "explicit", "إن الشط مغلق"),
    ],
    # what exists or not, conditions after على, manners of acting, what a place witnessed; a relative with و
    "وقال نعمان إن المطلوب صورة وكشف درجات وشهادات إن وجدت إلى المكتب.": [
        ("قال", "نعمان", "explicit", "إن المطلوب صورة وكشف درجات وشهادات إن وجدت إلى المكتب")
    ],
    "وشدد نعمان على أهمية لجان للصيد على أن تبدأ غدا. وشدد نعمان على أن يبدأ الصيد.": [
        ("شدد", "نعمان", "explicit", "أن يبدأ الصيد")
    ],
    "وحسب طرق عملهم، فإن القرى في خطر. وشهد الشط غياب نعمان وسامي، وجميعهم بعذر على أن يعودوا مساء.": [],
    "وغاب الصياد نعمان لسفره خارج القرية حاليا والذي أكد أن الموج عال.": [("أكد", None, "none", "أن الموج عال")],
}  # fmt: skip


def test_statements(tmp_path: Path) -> None:
    table = indirect_quotations(build(tmp_path, *STATEMENTS))
    found: list[list[tuple[Any, ...]]] = [[] for _ in STATEMENTS]
    for document, *row in table.select("document", "verb", "speaker", "speaker_source", "surface").rows():
        found[document].append(tuple(row))
    assert dict(zip(STATEMENTS, found, strict=True)) == STATEMENTS


def test_contrasts_and_other_acts_of_speech_end_a_clause(tmp_path: Path) -> None:
    text = "وقال نعمان إن الموج عال، لكنه أكد أن القارب آمن، مثمنا جهد الحارس. وقال إن البئر جف، إلا أنه نفى أن السد جف"
    clauses = ["إن الموج عال", "أن القارب آمن", "إن البئر جف", "أن السد جف"]
    assert indirect_quotations(build(tmp_path, text))["surface"].to_list() == clauses


def test_a_text_without_marks_has_clauses_of_limited_length(tmp_path: Path) -> None:
    """A paragraph of 9,000 words without a mark: no clause runs to its end, so that the result is not quadratic."""
    table = indirect_quotations(build(tmp_path, "قال الصياد إن الموج عال والقارب صغير والليل طويل " * 1000))
    assert table.height == 1000
    assert table["words"].max() < 300
    assert table["surface"].str.len_chars().sum() < 1_500_000


def test_indirect_quotations_have_actors(tmp_path: Path) -> None:
    text = "وقال الوزير سامي إن الجسر سليم."
    mentions = pl.DataFrame({"document": [0], "start": [12], "end": [16], "actor": ["SAMI"]})
    assert indirect_quotations(build(tmp_path, text), actors=mentions)["actor"].to_list() == ["SAMI"]


# ------------------------------------------------------------------------------------- real articles


@pytest.mark.slow
def test_real_articles(shared: Path, tmp_path: Path) -> None:
    frame = pl.read_parquet(shared / "data" / "saudinewsnet-part1.parquet").head(3000)
    text = next(name for name in ("content", "text") if name in frame.columns)
    corpus = ck.Corpus.build(frame.select(text), tmp_path / "real", text=text, progress=False)
    table = quotations(corpus)
    speech = table.filter(pl.col("kind").is_in(SPEECH))
    assert speech.height > 1000
    assert (speech["speaker_source"] == "explicit").mean() > 0.4
    assert table.filter(pl.col("words") >= 4).filter(kind="unattributed").height < speech.height / 2
    assert table.equals(table.sort("document", "start", maintain_order=True))


@pytest.mark.parametrize("find", [quotations, indirect_quotations])
def test_metadata_stand_beside_the_id(find: Any) -> None:
    corpus = ck.sample_corpus().filter(date=("2026-02-01", "2026-02-07"))
    plain, table = find(corpus), find(corpus, metadata=["outlet", "id", "date"])
    assert table.columns == ["document", "id", "outlet", "date", *plain.columns[2:]]
    assert table.drop("outlet", "date").equals(plain)
    known = corpus.documents.select("document", "outlet", "date").collect()
    assert table.select("document", "outlet", "date").unique().join(known, on=known.columns, how="anti").height == 0
    with pytest.raises(InputError, match=r"^metadata must be one of .*Did you mean 'outlet'"):
        find(corpus, metadata="outlets")
