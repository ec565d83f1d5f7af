"""The words of the interactive concordance in English and Arabic."""

from __future__ import annotations

from corpus_kit.display.columns import LANGUAGES

__all__ = ["say", "words_of_the_page"]

_PAGE: dict[str, tuple[str, str]] = {
    "concordance": ("Concordance", "كشاف سياقي"),
    "search": ("Search", "بحث"),
    "search_title": ("A word, a phrase or a pattern", "كلمة أو عبارة أو نمط"),
    "clitics": ("with clitics", "باللواصق"),
    "clitics_title": (
        "Also with proclitics (و ف ب ل ك س) and pronouns at the end",
        "ولو اتصلت بأولها (و ف ب ل ك س) أو بآخرها الضمائر",
    ),
    "exact": ("exact spelling", "بالرسم نفسه"),
    "exact_title": (
        "Forms of hamza, ة and ه, ى and ي are told apart",
        "بالتمييز بين صور الهمزة، وبين ة وه، وبين ى وي",
    ),
    "cqp": ("CQP", "بلغة CQP"),
    "cqp_title": (
        "The search is a query of the Corpus Query Processor (CQP)",
        "البحث استعلام بلغة CQP، معالج استعلامات المدونات",
    ),
    "words": ("Words", "الكلمات"),
    "words_title": ("Words of the table", "كلمات الجدول"),
    "first_words": ("… the first {shown} of {total}", "… أول {shown} من أصل {total}"),
    "sort": ("Sort by", "الترتيب"),
    "sort_title": ("Sort the lines by", "ترتيب الأسطر بحسب"),
    "then": ("then", "ثم"),
    "then_title": ("And then by", "ثم بحسب"),
    "text_order": ("order of the text", "ترتيب النص"),
    "ascending": ("Ascending", "تصاعدي"),
    "descending": ("Descending", "تنازلي"),
    "before1": ("first word before", "الأولى قبلها"),
    "before2": ("second word before", "الثانية قبلها"),
    "before3": ("third word before", "الثالثة قبلها"),
    "after1": ("first word after", "الأولى بعدها"),
    "after2": ("second word after", "الثانية بعدها"),
    "after3": ("third word after", "الثالثة بعدها"),
    "node": ("node", "الكلمة"),
    "document": ("document", "النص"),
    "context": ("Context", "السياق"),
    "context_title": ("Words of context", "عدد كلمات السياق"),
    "words_before": ("before", "قبل"),
    "words_before_title": ("Words before the node", "عدد الكلمات قبل الكلمة"),
    "words_after": ("after", "بعد"),
    "words_after_title": ("Words after the node", "عدد الكلمات بعد الكلمة"),
    "page_size": ("Lines per page", "أسطر الصفحة"),
    "searching": ("Searching…", "جارٍ البحث…"),
    "first": ("First", "الأولى"),
    "first_title": ("First page", "الصفحة الأولى"),
    "previous": ("Previous", "السابقة"),
    "previous_title": ("Previous page", "الصفحة السابقة"),
    "next": ("Next", "التالية"),
    "next_title": ("Next page", "الصفحة التالية"),
    "last": ("Last", "الأخيرة"),
    "last_title": ("Last page", "الصفحة الأخيرة"),
    "page": ("page {page} of {pages}", "صفحة {page} من {pages}"),
    "pages": ("Pages", "الصفحات"),
    "examples": ("Type a word, a phrase or a pattern, such as:", "اكتب كلمة أو عبارة أو نمطًا، مثل:"),
    "example_word": ("a word, in any spelling", "كلمة بأي رسم"),
    "example_phrase": ("a phrase", "عبارة"),
    "example_or": ("one or the other", "إحدى الكلمتين"),
    "example_letters": ("any letters", "أي حروف"),
    "example_gap": ("up to two words between", "بينهما كلمتان على الأكثر"),
    "example_lemma": ("all forms of a lemma", "كل صيغ المدخل المعجمي"),
    "example_structure": ("at the beginning of a sentence", "في أول الجملة"),
    "example_cqp_word": ("a word, as it is spelled", "كلمة كما كُتبت"),
    "example_cqp_regex": ("a regular expression for a word", "تعبير نمطي لكلمة"),
    "example_cqp_pos": ("a word and a noun after it", "كلمة واسم بعدها"),
    "example_cqp_label": ("the same lemma twice in a sentence", "مدخل معجمي مرتين في جملة"),
    "coding": ("coding", "الترميز"),
    "coding_title": ("code and note", "الرمز والملاحظة"),
    "code": ("code", "الرمز"),
    "note": ("note", "الملاحظة"),
    "lines": ("Lines of the concordance", "أسطر الكشاف"),
    "no_answer": (
        "No answer yet: the kernel is busy or gone. Run the cell again.",
        "لا جواب بعد: نواة الدفتر مشغولة أو متوقفة. أعد تشغيل الخلية.",
    ),
    "none": ("no hits", "لا نتائج"),
    "line_of": ("line {range} of {count}", "السطر {range} من {count}"),
    "lines_of": ("lines {range} of {count}", "الأسطر {range} من {count}"),
    "sample": ("sample of {total}", "عيّنة من أصل {total}"),
    "documents": ("documents: {number}", "النصوص: {number}"),
    "documents_title": ("documents with hits", "عدد النصوص التي فيها نتائج"),
    "coded": ("coded: {number}", "المرمَّز: {number}"),
    "coded_title": ("coded lines, of all searches", "عدد الأسطر المرمَّزة في كل عمليات البحث"),
    "stale": ("lines of the search before: {pattern}", "أسطر البحث السابق: {pattern}"),
    "open_title": ("Enter: context; arrows: other lines", "مفتاح الإدخال: السياق؛ الأسهم: الأسطر الأخرى"),
    "keys_title": ("1 to 9: code; 0: none", "من 1 إلى 9: الرمز؛ 0: بلا رمز"),
    "another_code": ("another code", "رمز آخر"),
    "another_note": ("another note", "ملاحظة أخرى"),
    "take": ("use it", "اعتماد"),
    "take_title": ("Use this instead", "اعتماد هذا بدل ما هنا"),
    "keep": ("keep mine", "إبقاء ما هنا"),
    "keep_title": ("Keep what is here", "إبقاء ما هنا وترك الآخر"),
    "paragraph": ("paragraph", "الفقرة"),
    "whole_document": ("document", "النص كاملًا"),
    "close": ("Close", "إغلاق"),
    "far": ("… {number} characters …", "… {number} من المحارف …"),
}
_KERNEL: dict[str, tuple[str, str]] = {
    "run": ("Run the cell to search and code the lines.", "شغّل الخلية لتبحث في الأسطر وترمّزها."),
    "not_searched": ("Concordance: nothing has been searched for yet.", "كشاف سياقي: لم يُبحث عن شيء بعد."),
    "changed": (
        "The sheet of codes was changed elsewhere. Its codes are shown.",
        "تغيّر جدول الرموز من برنامج آخر، والمعروض رموزه.",
    ),
    "lost": (
        "It had lost {number} codes or notes that were given here: the next code puts them back.",
        "وقد فُقد منه من الرموز والملاحظات المعطاة هنا: {number}، ويعيدها الترميز التالي.",
    ),
    "spreadsheet": ("spreadsheet", "جدول بيانات"),
}


def say(name: str, language: str, **values: object) -> str:
    """Return what Python itself says on the page.

    >>> say("changed", "en")
    'The sheet of codes was changed elsewhere. Its codes are shown.'
    """
    return _KERNEL[name][LANGUAGES.index(language)].format(**values)


def words_of_the_page(language: str) -> dict[str, str]:
    """Return the words that the script of the page writes, by their names there; {name} stands for a value."""
    return {name: words[LANGUAGES.index(language)] for name, words in _PAGE.items()}
