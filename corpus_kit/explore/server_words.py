"""What the page of `corpus-kit explore` says around the explorer, in English and Arabic."""

from __future__ import annotations

from corpus_kit.display.columns import LANGUAGES

__all__ = ["words_around"]

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Corpus explorer", "مستكشف المدونة"),
    "no_script": (
        "The explorer needs JavaScript. Allow it for this page, which loads nothing from the network.",
        "يحتاج المستكشف إلى جافاسكربت. اسمح بها لهذه الصفحة، وهي لا تحمّل شيئًا من الشبكة.",
    ),
    "connecting": ("Connecting…", "جارٍ الاتصال…"),
    "opening": ("Opening the corpus…", "جارٍ فتح المدونة…"),
    "comparing": (
        "Comparing the texts with the corpus that was built of them…",
        "جارٍ مقارنة النصوص بالمدونة المبنية منها…",
    ),
    "reading": ("Reading the texts", "جارٍ قراءة النصوص"),
    "files": ("files", "عدد الملفات"),
    "documents": ("documents", "عدد النصوص"),
    "counting": ("Counting the words and making the index…", "جارٍ عدّ الكلمات وبناء الفهرس…"),
    "annotating": ("Adding stems and lemmas…", "جارٍ إضافة الجذوع والمداخل المعجمية…"),
    "starting": ("Starting…", "جارٍ البدء…"),
    "problem": ("This did not work", "تعذّر ذلك"),
    "missing": ("There is no file or folder {path}.", "لا ملف ولا مجلد بهذا الاسم: {path}"),
    "again": ("Try again", "أعد المحاولة"),
    "another": ("Choose another folder", "اختر مجلدًا آخر"),
    "which_columns": ("Which column of the table is what?", "ما أعمدة الجدول؟"),
    "column_text": ("Texts", "النصوص"),
    "column_date": ("Dates, for trends", "التواريخ، لعرضها عبر الزمن"),
    "no_column": ("none", "بلا تواريخ"),
    "unexpected": (
        "Something unexpected happened. The window where corpus-kit runs has the details.",
        "حدث ما لم يُتوقع، وتفاصيله في النافذة التي يعمل فيها corpus-kit.",
    ),
    "gone": (
        "The connection to corpus-kit is lost. If it was ended, start it again; this page goes on when it is back.",
        "انقطع الاتصال ببرنامج corpus-kit. إن كان قد أُغلق فشغّله ثانية، وتتابع هذه الصفحة عملها متى عاد.",
    ),
    "too_large": ("What was sent is too large, so it was not done.", "ما أُرسل أكبر من الحد، فلم يُنفَّذ."),
    "replaced": (
        "The corpus was built again, moved or removed. What is shown is the one that was opened.",
        "أُعيد بناء المدونة أو نُقلت أو حُذفت، والمعروض هو ما فُتح منها.",
    ),
    "show_new": ("Open it again", "افتحها من جديد"),
    "kept": (
        "The texts have not changed: the corpus that was built before is shown.",
        "لم تتغير النصوص، والمعروض هو المدونة التي بُنيت من قبل.",
    ),
    "built": ("A corpus was built: {documents} documents from {files} files, in the folder {folder}",
              "بُنيت المدونة. عدد نصوصها {documents}، وعدد ملفاتها {files}، وهي في المجلد: {folder}"),
    "left_out": ("Left out", "ما لم يدخلها"),
    "close": ("Close", "إغلاق"),
    "choose": ("Which texts?", "أيّ النصوص؟"),
    "choose_how": (
        "Choose a folder of texts, a file, or a corpus, or type its path. A corpus is built beside the texts, which "
        "stay as they are.",
        "اختر مجلدًا فيه نصوص، أو ملفًّا، أو مدونة سبق بناؤها، أو اكتب المسار. "
        "وتُبنى المدونة بجانب النصوص، ولا تتغير النصوص.",
    ),
    "path": ("Folder or file", "المجلد أو الملف"),
    "annotate": (
        "add stems and lemmas, to search with them and with clitics (slower)",
        "مع إضافة الجذوع والمداخل المعجمية، للبحث بها وباللواصق (أبطأ)",
    ),
    "dates": ("Dates in a table, for trends", "التواريخ في جدول، لعرض النصوص عبر الزمن"),
    "date": ("Its column of dates", "عمود التواريخ فيه"),
    "open": ("Open", "افتح"),
    "another_open": ("Open other texts", "افتح نصوصًا أخرى"),
    "beside": ("Compare with a reference corpus", "المقارنة مع مدونة مرجعية"),
    "beside_how": (
        "Key words of your texts are then those that are more frequent than in these. Not needed if you compare your "
        "own texts with each other.",
        "تكون الكلمات المفتاحية لنصوصك حينئذ ما كثر فيها أكثر منه في هذه. ولا حاجة إليها إذا قارنت نصوصك بعضها ببعض.",
    ),
    "reference": ("Reference: folder or file", "المرجع: مجلد أو ملف"),
    "places": ("Places", "الأماكن"),
    "place_home": ("Home folder", "المجلد الشخصي"),
    "place_current": ("Current folder", "المجلد الحالي"),
    "place_drive": ("Drive", "قرص"),
    "above": ("Folders above", "المجلدات الأعلى"),
    "inside": ("In this folder", "في هذا المجلد"),
    "readable": ("Files that can be read: {count}", "الملفات التي تُقرأ: {count}"),
    "at_least": ("{count} or more", "{count} أو أكثر"),
    "is_corpus": ("corpus", "مدونة"),
    "is_file": ("file", "ملف"),
    "empty": ("There are no folders here, and no files that can be read.", "ليس هنا مجلدات ولا ملفات تُقرأ."),
    "not_shown": ("Not shown: {count}", "ما لم يُعرض: {count}"),
    "unlisted": ("This folder cannot be listed: {problem}", "تعذّر عرض هذا المجلد: {problem}"),
    "recent": ("Opened before", "فُتحت من قبل"),
}  # fmt: skip


def words_around(language: str) -> dict[str, str]:
    """Return the words by their names in the script; {name} stands for a value.

    >>> words_around("en")["open"]
    'Open'
    """
    return {name: words[LANGUAGES.index(language)] for name, words in _WORDS.items()}
