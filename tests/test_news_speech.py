"""Speech as one table: where speech without marks begins and ends, and that no words are counted twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

import corpus_kit as ck
from corpus_kit.errors import InputError

pytestmark = pytest.mark.interface

# name: (text, the words of each row without marks, what they begin after, what ends them, the speaker)
UNMARKED: dict[str, tuple[str, list[tuple[str, str, str, str | None]]]] = {
    "a colon after verb and speaker, to the next report": (
        "وقال المزارع حسن: نحن نسقي الحقول فجرا، وأضاف أن البئر عميقة.",
        [("نحن نسقي الحقول فجرا", "colon", "report", "المزارع حسن")],
    ),
    "an adverbial before the colon": (
        "وقالت المديرة سعاد في ندوة أمس: المدرسة مفتوحة لكل طفل.",
        [("المدرسة مفتوحة لكل طفل", "colon", "document", "المديرة سعاد")],
    ),
    "a tradition that the speaker cites, and words in marks after a preposition": (
        "وقال الشيخ سالم: الدواء نافع، وفيه تفريج وقد قال -صلى الله عليه وسلم-: «من فرج كربة فرج الله عنه».\n"
        "وقال الشيخ سالم: الشعر باق رغم «نثر الواقع البغيض»، بتعبير صديقي.",
        [
            (
                "الدواء نافع، وفيه تفريج وقد قال -صلى الله عليه وسلم-: «من فرج كربة فرج الله عنه»",
                "colon",
                "paragraph",
                "الشيخ سالم",
            ),
            ("الشعر باق رغم «نثر الواقع البغيض»، بتعبير صديقي", "colon", "document", "الشيخ سالم"),
        ],
    ),
    "the first person and لذلك carry on, the reporter does not": (
        "وقال الصياد نعمان: البحر هائج. لذلك بقينا هنا. لدينا شباك كافية. ويقع الميناء في الشمال. وفيه مقهى.",
        [("البحر هائج. لذلك بقينا هنا. لدينا شباك كافية", "colon", "sentence", "الصياد نعمان")],
    ),
    "questions go on, a semicolon does not end": (
        "وتساءل الحارس سليم: من فتح الباب؟ ولماذا تركه؛ هكذا بلا قفل؟ الباب من خشب.\nوفي المساء أغلق.",
        [("من فتح الباب؟ ولماذا تركه؛ هكذا بلا قفل؟", "colon", "sentence", "الحارس سليم")],
    ),
    "the words in the next paragraph": (
        "وقال المدير في رسالته:\nأهل القرية بخير جميعا.\nوعاد المطر.",
        [("أهل القرية بخير جميعا", "paragraph", "paragraph", "المدير")],
    ),
    "without a colon": (
        "وأضاف المدرب نحن نلعب بروح واحدة.\nوتابع الحارس قائلا الباب ظل مغلقا.\nوأضاف لا نريد سوى العودة.",
        [
            ("نحن نلعب بروح واحدة", "verb", "paragraph", "المدرب"),
            ("الباب ظل مغلقا", "saying", "paragraph", "الحارس"),
            ("لا نريد سوى العودة", "verb", "document", "الحارس"),
        ],
    ),
    "a participle, and a verb in the perfect that looks like an imperfect": (
        "وأوضح المدير أن البئر جفت، مضيفا هناك بئر أخرى في الوادي، وناشد المحسنين حفرها.",
        [("هناك بئر أخرى في الوادي", "verb", "report", "المدير")],
    ),
    "a name and a colon, of a speaker whom a verb names too": (
        "وأكد الوزير سامي الفلاح أن الجسر سيفتح.\nالفلاح: الجسر يفتح قبل نهاية الصيف.",
        [("الجسر يفتح قبل نهاية الصيف", "name", "document", "الفلاح")],
    ),
    "a mark that nothing opens ends it, and one that nothing closes lets it go on": (
        "وقال الطبيب: الحالات قليلة» وزار القرية.\nوقال الطبيب: «الدواء متوفر. وصل صباحا.\nوعاد الهدوء» ثم مضى.",
        [
            ("الحالات قليلة", "colon", "mark", "الطبيب"),
            ("الدواء متوفر. وصل صباحا. وعاد الهدوء", "colon", "mark", "الطبيب"),
        ],
    ),
    "in brackets": (
        "وقال النجار: (الخشب غال هذا العام. لا أبيعه) ثم مضى.",
        [("الخشب غال هذا العام. لا أبيعه", "colon", "mark", "النجار")],
    ),
    "a statement goes on where the speaker does, to the end of the paragraph, and not where the reporter is back": (
        "وقال الفلاح نعمان: الأرض عطشى هذا العام والبئر التي حفرها جدي جفت قبل موعد الحصاد. المطر تأخر كثيرا. وأضاف أن "
        "الماء قليل.\n"
        "وقال الفلاح سليم: الأرض واسعة هذا العام والبئر التي حفرها جدي امتلأت قبل موعد الحصاد. المطر غزير.\n"
        "وقال الفلاح حسن: الأرض خضراء هذا العام والبئر التي حفرها جدي تكفينا إلى موعد الحصاد. وقام الوفد بجولة. وعاد.",
        [
            (
                "الأرض عطشى هذا العام والبئر التي حفرها جدي جفت قبل موعد الحصاد. المطر تأخر كثيرا",
                "colon",
                "report",
                "الفلاح نعمان",
            ),
            (
                "الأرض واسعة هذا العام والبئر التي حفرها جدي امتلأت قبل موعد الحصاد. المطر غزير",
                "colon",
                "paragraph",
                "الفلاح سليم",
            ),
            (
                "الأرض خضراء هذا العام والبئر التي حفرها جدي تكفينا إلى موعد الحصاد",
                "colon",
                "sentence",
                "الفلاح حسن",
            ),
        ],
    ),
    "a saying is short, wide blanks part paragraphs, and a line breaks after a comma": (
        "يقول الحكيم سليم: الصبر مفتاح. هكذا كان جيراننا.\nوقال الحارس نعمان: الباب مغلق منذ الصباح.   والسوق بعيد.\n"
        "وقال النجار حسن: الخشب غال هذا العام،\nوالزبائن قليل.",
        [
            ("الصبر مفتاح", "colon", "sentence", "الحكيم سليم"),
            ("الباب مغلق منذ الصباح", "colon", "paragraph", "الحارس نعمان"),
            ("الخشب غال هذا العام، والزبائن قليل", "colon", "document", "النجار حسن"),
        ],
    ),
    "what the speaker tells with reporting verbs is his, and so are studies after كما": (
        "وقال الفلاح نعمان: سرقت أغنامي مرتين وأبلغت الشرطة دون جدوى، كما أثبتت التجارب أن السياج ضعيف.\n"
        "وقال الطلاب: الجامعات اختلفت. وجامعات التزمت الصمت ورفضت الرد علينا.",
        [
            (
                "سرقت أغنامي مرتين وأبلغت الشرطة دون جدوى، كما أثبتت التجارب أن السياج ضعيف",
                "colon",
                "paragraph",
                "الفلاح نعمان",
            ),
            ("الجامعات اختلفت. وجامعات التزمت الصمت ورفضت الرد علينا", "colon", "document", "الطلاب"),
        ],
    ),
    "the reporter leads on with a colon, and says whose words they are": (
        "وقال الصياد سليم: البحر كريم. وكان لنا معه هذا الحوار:\nمتى بدأت؟\n"
        "وقال الحارس نعمان: الباب مغلق، على حد قوله.",
        [
            ("البحر كريم", "colon", "sentence", "الصياد سليم"),
            ("الباب مغلق", "colon", "report", "الحارس نعمان"),
        ],
    ),
    "items, and the rest of a sentence, in the next paragraphs": (
        "وقالت البلدية: نوضح لأهل القرية ما يلي:\nأولا: البئر سليمة.\nثانيا: الماء كاف.\nوعاد الهدوء.\n"
        "وقالت البلدية: إشارة إلى ما نشر عن البئر في الوادي.\nفإن الماء سليم.\nوعاد الهدوء.",
        [
            ("نوضح لأهل القرية ما يلي: أولا: البئر سليمة. ثانيا: الماء كاف", "colon", "paragraph", "البلدية"),
            ("إشارة إلى ما نشر عن البئر في الوادي. فإن الماء سليم", "colon", "paragraph", "البلدية"),
        ],
    ),
    "the comment of a writer": (
        "ثم تقول: اسألوا زوجي، وهذا الأمر يضيع وقت الجميع.",
        [("اسألوا زوجي", "colon", "sentence", None)],
    ),
    "a question without a colon, another after كما, and a number before the colon": (
        "وأكد الحارس سليم أن الباب مغلق. كما تساءل: هل يعود الماء قبل الصيف؟\nوتساءل سليم لماذا تركوا الباب مفتوحا؟\n"
        "وقال المدير سامي رئيس اللجنة منذ 1970: المدرسة مفتوحة لكل طفل.",
        [
            ("هل يعود الماء قبل الصيف؟", "colon", "paragraph", "الحارس سليم"),
            ("لماذا تركوا الباب مفتوحا؟", "verb", "paragraph", "سليم"),
            ("المدرسة مفتوحة لكل طفل", "colon", "document", "المدير سامي رئيس اللجنة"),
        ],
    ),
    "a name in marks is part of the sentence, and so is what others tell the speaker": (
        "وقال الحارس سليم: وصلنا أمس إلى سوق القرية الكبير «سوق الجمعة القديم جدا» قبل الشمس.\n"
        "وقال الفلاح نعمان: الحقل بعيد، وكل يوم تقول لي أمي «الحقل الذي ورثته ليس لك وحدك» فأضحك.\n"
        "وقالت الجدة سعاد: كان الأطفال يلعبون في كل الحارات في القرية حتى تغيب الشمس وقامت جارة فقالت لهم: نحن نائمون.",
        [
            ("وصلنا أمس إلى سوق القرية الكبير «سوق الجمعة القديم جدا» قبل الشمس", "colon", "paragraph", "الحارس سليم"),
            (
                "الحقل بعيد، وكل يوم تقول لي أمي «الحقل الذي ورثته ليس لك وحدك» فأضحك",
                "colon",
                "paragraph",
                "الفلاح نعمان",
            ),
            (
                "كان الأطفال يلعبون في كل الحارات في القرية حتى تغيب الشمس وقامت جارة فقالت لهم: نحن نائمون",
                "colon",
                "document",
                "الجدة سعاد",
            ),
        ],
    ),
    "scripture that the speaker cites, and the tags of a page": (
        "وقال الشيخ سليم: الماء حياة كل شيء، قال تعالى: (وجعلنا من الماء كل شيء حي) وهذا حق.\n"
        "وعلق حسن: حفظ الله قريتنا من كل شر سمات السوق القرية",
        [
            (
                "الماء حياة كل شيء، قال تعالى: (وجعلنا من الماء كل شيء حي) وهذا حق",
                "colon",
                "paragraph",
                "الشيخ سليم",
            ),
            ("حفظ الله قريتنا من كل شر", "colon", "document", "حسن"),
        ],
    ),
    "a reply, brackets after قائلين, and a noun of the first person": (
        "اجتمع الأهالي قائلين (نريد الماء في القرية قبل الصيف) ثم عادوا.\nوأكد المدير سامي أن السوق مفتوح. "
        "وقال هدفنا هو خدمة القرية.\nوكان جوابه: السوق للجميع.",
        [
            ("نريد الماء في القرية قبل الصيف", "saying", "mark", "الأهالي"),
            ("هدفنا هو خدمة القرية", "verb", "paragraph", "المدير سامي"),
            ("السوق للجميع", "colon", "document", "المدير سامي"),
        ],
    ),
    "another speaker announced with a colon": (
        "وقال المدرب: فريقنا جاهز، وعن الإصابات قال الطبيب: لا إصابات في صفوفنا.",
        [
            ("فريقنا جاهز", "colon", "report", "المدرب"),
            ("لا إصابات في صفوفنا", "colon", "document", "الطبيب"),
        ],
    ),
    "answers of an interview with bullets, to the next question and not over its heading": (
        "وقال المدير سالم الفلاح إن السوق مفتوح.\n* متى يكتمل السوق؟\n- نعمل كل يوم.\nوسنفتح قريبا.\nعن البئر\n"
        "* وأين البئر؟\n- خلف الجبل القريب.\nوعاد الوفد.",
        [
            ("نعمل كل يوم. وسنفتح قريبا", "answer", "paragraph", "المدير سالم الفلاح"),
            ("خلف الجبل القريب", "answer", "paragraph", "المدير سالم الفلاح"),
        ],
    ),
    "answers after names, of which no verb speaks, and after ج:": (
        "الساحل: متى يكتمل السوق؟\nالفلاح: نعمل كل يوم.\nالساحل: وأين البئر؟\nالفلاح: خلف الجبل القريب.",
        [
            ("نعمل كل يوم", "answer", "paragraph", "الفلاح"),
            ("خلف الجبل القريب", "answer", "document", "الفلاح"),
        ],
    ),
    "answers after ••, of whom the words before name": (
        "حوار «الساحل» مع الوزير سامي الفلاح وفتحت معه الملفات.\n• متى يكتمل السوق؟\n•• نعمل كل يوم.\n"
        "• وأين البئر؟\n•• خلف الجبل القريب.\n",
        [
            ("نعمل كل يوم", "answer", "paragraph", "الوزير سامي الفلاح"),
            ("خلف الجبل القريب", "answer", "document", "الوزير سامي الفلاح"),
        ],
    ),
    "the only person whom the words before an interview name": (
        "قرأنا ديوان الشاعر محمد الفلاح كله. وهنا أسئلة عنه.\n* متى كتبت الديوان؟\n- في الربيع.\n* ولماذا؟\n"
        "- لأنني أحب البحر.",
        [
            ("في الربيع", "answer", "paragraph", "الشاعر محمد الفلاح"),
            ("لأنني أحب البحر", "answer", "document", "الشاعر محمد الفلاح"),
        ],
    ),
    "answers without a sign of their own": (
        "وتوضح الصورة المرفقة أن السوق كبير.\n** متى يكتمل السوق؟\nنعمل كل يوم.\n** وأين البئر؟\nخلف الجبل القريب.\n"
        "** ومن يسقي؟\nنحن نسقي الحقل.",
        [
            ("نعمل كل يوم", "answer", "paragraph", None),
            ("خلف الجبل القريب", "answer", "paragraph", None),
            ("نحن نسقي الحقل", "answer", "document", None),
        ],
    ),
    "a headline: a name that begins with ل, two words, and a city": (
        'لافروف: السوق لن يغلق\nالوزير حسن كمال ل"الساحل": لن أستقيل\nموسكو: لن نتراجع عن السوق\n'
        "وأعلن الوزير سيرغي لافروف أن السوق باق. وقال الوزير حسن كمال إنه باق. وأكدت موسكو أن الباب مفتوح.",
        [
            ("السوق لن يغلق", "name", "paragraph", "لافروف"),
            ("لن أستقيل", "name", "paragraph", "الوزير حسن كمال"),
            ("لن نتراجع عن السوق", "name", "paragraph", "موسكو"),
        ],
    ),
    "a time or an outlet beside a name, and a dash or comma after the speaker": (
        "أكد الوزير سامي الفلاح أن الجسر سيفتح.\n10:45 الفلاح: الجسر جاهز منذ أمس.\n"
        "الفلاح لـ«الساحل»: الجسر آمن للناس.\n"
        "وقال الصياد نعمان، نحن بخير هنا.\nوقالت هند لـ«الساحل» نحن هنا معا.\n"
        "وقال الحارس سليم - نحن نحرس السوق.\nوتابع قائلا - البحر هائج.",
        [
            ("الجسر جاهز منذ أمس", "name", "paragraph", "الفلاح"),
            ("الجسر آمن للناس", "name", "paragraph", "الفلاح"),
            ("نحن بخير هنا", "verb", "paragraph", "الصياد نعمان"),
            ("نحن هنا معا", "verb", "paragraph", "هند"),
            ("نحن نحرس السوق", "verb", "paragraph", "الحارس سليم"),
            ("البحر هائج", "saying", "document", "الحارس سليم"),
        ],
    ),
    "another matter, a participle after a semicolon, أما, and who told the speaker; a noun like a participle is his": (
        "وأكد المدير: العمل يسير بخير من جانب آخر أعلن النادي موعد التدريب.\n"
        "وقال الحارس سليم: أنا راض عن السوق؛ مشيدا بالمدير.\nوقال آخر: السوق قريب، أما حسن فقال: السوق بعيد.\n"
        "وقال الصياد نعمان: ذهبت إلى السوق فأجابني الحارس بأن الباب مغلق، لافتة كبيرة تقول ذلك.",
        [
            ("العمل يسير بخير", "colon", "report", "المدير"),
            ("أنا راض عن السوق", "colon", "report", "الحارس سليم"),
            ("السوق قريب", "colon", "report", "آخر"),
            ("السوق بعيد", "colon", "paragraph", "حسن"),
            ("ذهبت إلى السوق فأجابني الحارس بأن الباب مغلق، لافتة كبيرة تقول ذلك", "colon", "document", "الصياد نعمان"),
        ],
    ),
}

# name: (text, the speakers of the rows without marks, whether they are explicit, carried or none)
SPEAKERS: dict[str, tuple[str, list[tuple[str | None, str]]]] = {
    "a verb that is not listed, in the sentence and over verbs without a subject": (
        "من جانبه، افتتح المدير خالد الفلاح أمس السوق، وقال: السوق مفتوح لكل الناس.\nوأكد أن البئر عميقة.\n"
        "وأشار إلى أن الماء قليل.\nوشدد على أن الحقل واسع.\nوأضاف: نحن نسقي الحقول فجرا.",
        [("المدير خالد الفلاح", "carried")] * 2,
    ),
    "in the sentence before, without the object": (
        "شكر لاعب الفريق حسن الصياد جمهور ناديه على دعمه في كل مكان. وأضاف: لا أنسى هذا اليوم.",
        [("لاعب الفريق حسن الصياد", "carried")],
    ),
    "after what he confirms and an addressee, in marks or brackets": (
        "أكد ذلك لـ«الساحل» خالد الفلاح عضو اللجنة، وقال إن السوق مفتوح.\nوأضاف: كانت البئر عميقة جدا.\n"
        "وتحدث لـ(الساحل) المدير حسن الصياد قائلا: المدرسة مفتوحة لكل طفل.",
        [("خالد الفلاح عضو اللجنة", "carried"), ("المدير حسن الصياد", "explicit")],
    ),
    "before the verb": (
        "خالد الفلاح رئيس الفريق، يقول: البحر هائج هذا اليوم.\nعلي بن حسن يصيح منتشيا: هذا يومنا الكبير.\n"
        "والمنطق يقول: لا تزرع في الصيف أبدا.",
        [("خالد الفلاح رئيس الفريق", "explicit"), ("علي بن حسن", "explicit"), ("والمنطق", "explicit")],
    ),
    "beside the colon, whatever the gender, and in brackets": (
        "هذا السوق قديم في بلدنا.\nوبين البحر والسوق يقول الرواة: هنا نام الصياد.\nوتساءل بعض الناس: أين ذهب الماء؟\n"
        "في قصة أخرى، يقول (علي): بعد المطر جاء الجراد.",
        [("الرواة", "explicit"), ("بعض الناس", "explicit"), ("علي", "explicit")],
    ),
    "not the author, not who has asked, not the first word of the speech": (
        "سألت صديقي خالد الفلاح: ما حكاية البئر عندكم؟\nوقال الحارس حسن: من فتح الباب؟ قال: فتحته الريح أمس.\n"
        "وقالت المعلمة سعاد إن الطفل بخير. وأضافت كيف ننسى هذا. وتابعت: الطفل يقرأ كل يوم.",
        [("الحارس حسن", "explicit"), (None, "none"), ("المعلمة سعاد", "carried")],
    ),
    "who agrees, known or not, but not what أما has been answered for": (
        "وقالت سعاد الفلاح إن العيد جميل. ووافقتها أم الخير، مستشهدة بالقرية، مضيفة: أشتاق للأيام الماضية.\n"
        "أما التفكير الناقد فهو مفهوم مركب وقد عرفه الناس فقال: هو التمهل في الحكم.",
        [("أم الخير", "explicit"), (None, "none")],
    ),
    "who agrees, and who is asked": (
        "وقال الحارس حسن إن الباب مغلق. ويؤيده في ذلك الحارس علي مضيفا: المفتاح عند الجيران.\n"
        "وعندما سئل أحد سكان القرية، قال: لن نغادر بيوتنا هنا.",
        [("الحارس علي", "explicit"), ("أحد سكان القرية", "explicit")],
    ),
    "from whom a letter or statement comes, a name in brackets, and who hands a tradition down": (
        "جاء ذلك في بيان أصدره نادي الوادي أمس قال فيه: نعلن الانسحاب.\n"
        "ومن القصص قصة (عبدالله) الذي يقول: عدت مساء.\nوعن أبي سعيد الساحلي رضي الله عنه قال: كنا نجلس في السوق.",
        [("نادي الوادي", "explicit"), ("عبدالله", "explicit"), ("أبي سعيد الساحلي", "explicit")],
    ),
    "a known subject before the verb rather than the object after it": (
        "سالم الفلاح أستاذ الزراعة يوضح الرأي العلمي في الري قائلا: الري الليلي أفضل.",
        [("سالم الفلاح أستاذ الزراعة", "explicit")],
    ),
}

# A colon that introduces no speech, and words that only look like the first person after a verb.
NO_SPEECH = {
    "a list": "وأعلن النادي أسماء الفائزين: سليم ونعمان وحسن.",
    "what follows": "وذكر البيان الأسباب التالية: قلة المطر وبعد السوق.",
    "a time": "قال الحارس في الساعة 10:30 مساء.",
    "a heading and a dateline": "الساحل: كتب سليم عن البحر.\nشروط التسجيل: صورة وشهادة.",
    "scripture and verse": "قال تعالى: وجعلنا من الماء كل شيء حي.\nوقال الشاعر سليم: يا بحر يا بعيد.",
    "a verse in brackets, and a name after كما يقول": "وقال الشيخ: {كل نفس ذائقة الموت}.\nكما يقول: سامي الفلاح.",
    "words of the Prophet, and of God in brackets": (
        "والنبي صلى الله عليه وسلم قال لصاحبه: أطعم جارك.\nوهنا حكمة الله عز وجل حيث قال: (وجعلنا من الماء كل شيء حي)."
    ),
    "the author of what is said, and a name before marked speech": (
        "مهما كانت نية قائله وغرضه من الكلام.\nوقالت رئيسة معهد أنا ليند للحوار «علينا أن نسمع كل الناس هنا»."
    ),
    "a colon within an indirect clause": "وأضاف المدير أن المدرسة تضم قسمين: قسما للصغار وقسما للكبار.",
    "they addressed us": "والحقائق قالت لنا ما يكفي عن السفر.",
    "nobody in particular, a proverb, and the author": (
        "وكأنهم يقولون: نحن هنا.\nوكما يقولون: الجار قبل الدار.\nوهنا نتساءل: هل يعود؟"
    ),
    "what one may say, will say or would say": (
        "وقال سالم إن البئر عميقة.\nولا تملك إلا أن تقول: هذا رجل عصامي كبير.\nوسيقول البائع: الباب مفتوح.\n"
        "وإن قال أحدهم: الطريق بعيد فجوابي واضح.\nوهم يسألون هل عادت السفن؟"
    ),
    "an author's own verb after what another says": (
        "وقال الحارس سالم إن البئر عميقة.\nوضحكت من ذلك فسألته بدهشة: أين الدلو الآن؟"
    ),
    "a column whose author says we, though nobody is named": (
        "* ما الربو؟\n- مرض معروف. وإذا نظرنا حولنا نجد له أسبابا.\n* وما علاجه؟\n- الراحة في البيت."
    ),
    "items of a list": "وأجاب القسم في النشرة:\n- قلة النوم.\n- كثرة السهر.\n- ضيق الوقت.",
    "what is stressed": "وأكدت اللجنة على الجميع الحضور مصطحبين: صورة وشهادة.",
    "a byline, and who is named after a country": "كتبت: هند الفلاح من الساحل.\nوفازت مصر. وقالت مصر كلمتها.",
    "questions that the author answers, and a list of questions": (
        "* ما الربو؟\n- مرض معروف.\n* وما علاجه؟\n- الراحة.\n- أين السوق؟\n- وأين البئر؟\n- وأين الحقل؟"
    ),
    "datelines": (
        "الرياض: افتتح الوزير السوق أمس.\nموسكو: السوق كبير منذ أمس.\n"
        "وقالت الرياض إن الباب مفتوح. وأكدت موسكو أن الحوار باق."
    ),
    "a participle that is a heading": "خاتمة: كل شيء إلى زوال.",
    "the title of a column, and a usage": ("«الساحل» تقول للمسؤول: البئر جافة.\nوكثيرا ما نسمعهم يقولون: زك الشيء."),
}


def build(path: Path, texts: list[str]) -> ck.Corpus:
    return ck.Corpus.build(pl.DataFrame({"text": texts}), path / "corpus", progress=False)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each case, all read in one corpus."""
    names = [*UNMARKED, *SPEAKERS, *NO_SPEECH]
    texts = [text for text, _ in [*UNMARKED.values(), *SPEAKERS.values()]] + list(NO_SPEECH.values())
    table = ck.news.speech(build(tmp_path_factory.mktemp("speech"), texts), tiers="unmarked")
    return {name: table.filter(document=row).to_dicts() for row, name in enumerate(names)}


@pytest.mark.parametrize("name", UNMARKED)
def test_speech_without_marks(found: dict[str, list[dict[str, Any]]], name: str) -> None:
    columns = ("surface", "begins_after", "ends_at", "speaker")
    got = [tuple(row[column] for column in columns) for row in found[name]]
    assert [(words.rstrip("؟"), *rest) for words, *rest in got] == [
        (words.rstrip("؟"), *rest) for words, *rest in UNMARKED[name][1]
    ]


@pytest.mark.parametrize("name", SPEAKERS)
def test_speakers_of_speech_without_marks(found: dict[str, list[dict[str, Any]]], name: str) -> None:
    assert [(row["speaker"], row["speaker_source"]) for row in found[name]] == SPEAKERS[name][1]


@pytest.mark.parametrize("name", NO_SPEECH)
def test_no_speech(found: dict[str, list[dict[str, Any]]], name: str) -> None:
    assert not found[name]


def test_no_words_are_counted_twice(tmp_path: Path) -> None:
    texts = [
        "وقال المزارع: نحن نسقي الحقول وقت «الفجر» ثم «نرجع إلى البيت قبل شروق الشمس» كل يوم.",
        'وقال المزارع: "سألني جاري: نحن إلى أين نمضي؟ وقال إن الطريق بعيد".',
        "وأكد المزارع أن الحقل «يسقى فجرا» كل يوم.",
        "وقال المزارع: نحن نعلم من قال لنا إن البئر عميقة.",
    ]
    table = ck.news.speech(build(tmp_path, texts))
    assert table["tier"].to_list() == ["unmarked", "marked", "marked", "indirect", "unmarked"]
    assert table["surface"][0] == "نحن نسقي الحقول وقت «الفجر» ثم"  # names in marks stay, marked speech ends it
    assert table["ends_at"][0] == "mark"
    spans = table.group_by("document", maintain_order=True).agg("start", "end")
    for starts, ends in spans.select("start", "end").iter_rows():
        assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_tiers_are_parts_of_one_table() -> None:
    sample = ck.sample_corpus()
    whole = ck.news.speech(sample, metadata=["outlet"])
    parts = [ck.news.speech(sample, tiers=tier, metadata="outlet") for tier in ("marked", "unmarked", "indirect")]
    assert whole.rows() == pl.concat(parts).sort("document", "start").rows()
    spoken = ck.news.quotations(sample).filter(pl.col("kind").is_in(["direct", "fragment"]))
    within = spoken.join(parts[2], on="document").filter(pl.col("start").is_between("start_right", "end_right"))
    rest = spoken.join(within, on=["document", "start"], how="anti")  # a clause holds the few words in marks of it
    assert within["words"].max() <= 3
    assert parts[0].select("document", "start", "verb").rows() == rest.select("document", "start", "verb").rows()
    assert parts[1].filter(begins_after="colon")["surface"].to_list() == ["من يدفع"]
    assert set(parts[1].filter(begins_after="name")["place"]) == {"headline"}
    assert whole.columns[:3] == ["document", "id", "outlet"]


def test_speech_that_never_ends(tmp_path: Path) -> None:
    """One paragraph without marks or sentences, and marks that never close, are read in linear time."""
    long = "وقال الراوي: كان البحر هادئا والناس نيام " * 3000
    table = ck.news.speech(build(tmp_path, [long, "وقال الراوي: «" * 2000, "قال:"]), tiers=["unmarked"])
    assert table.height == 3000
    assert set(table["ends_at"]) == {"report", "document"}
    assert table.columns == ck.news.speech(ck.sample_corpus()).columns


def test_excluded_spans_and_empty_subcorpora(tmp_path: Path) -> None:
    corpus = build(tmp_path, ["وقال الراوي: كان البحر هادئا.\nشارك من خلال البريد."])
    rest = corpus.exclude(pl.DataFrame({"document": [0], "start": [0], "end": [29]}))
    assert ck.news.speech(corpus)["tier"].to_list() == ["unmarked"]
    assert not ck.news.speech(rest).height
    assert not ck.news.speech(corpus.filter(pl.col("document") > 5)).height


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tiers": "direct"}, "tiers must be one of .marked., .unmarked., .indirect., got .direct."),
        ({"tiers": ["marked", 3]}, "tiers must be .*got 3"),
        ({"tiers": []}, "tiers must be .*got"),
        ({"tiers": 3}, "tiers must be .*got 3"),
        ({"carry": "no"}, "carry must be"),
    ],
)
def test_invalid_arguments(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ck.news.speech(ck.sample_corpus(), **options)
