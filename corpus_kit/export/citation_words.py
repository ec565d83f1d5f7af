"""What citations call functions, options and steps, in English and Arabic."""

from __future__ import annotations

__all__ = ["CONNECTIVES", "FUNCTIONS", "OPTIONS", "STEPS", "VALUES"]

FUNCTIONS: dict[str, tuple[str, str]] = {
    "ck.frequency": ("Frequencies", "تواتر الكلمات"),
    "ck.trend": ("Rates over time", "المعدلات عبر الزمن"),
    "ck.ngrams": ("Frequencies of n-grams", "تواتر المتتاليات اللفظية"),
    "ck.count_ngrams": ("Frequencies of n-grams", "تواتر المتتاليات اللفظية"),
    "ck.count_ngram_ids": ("Frequencies of n-grams", "تواتر المتتاليات اللفظية"),
    "ck.lexical_bundles": ("Lexical bundles", "الحزم اللفظية"),
    "ck.keyness": ("Key words", "الكلمات المميِّزة"),
    "ck.collocations": ("Collocations", "المتلازمات اللفظية"),
    "ck.compare_collocations": ("Compared collocations", "المتلازمات اللفظية مقارنةً"),
    "ck.ngram_collocations": ("Collocations of adjacent words", "المتلازمات اللفظية المتجاورة"),
    "ck.dispersion": ("Dispersion of words", "انتشار الكلمات"),
    "ck.diversity": ("Lexical diversity", "التنوع اللفظي"),
    "ck.vocabulary_growth": ("Growth of the vocabulary", "نمو المفردات"),
    "ck.fit_heaps": ("Fit of Heaps' law", "مطابقة قانون هيبس"),
    "ck.fit_zipf_mandelbrot": ("Fit of the Zipf-Mandelbrot law", "مطابقة قانون زيف وماندلبرو"),
    "ck.folding_steps": ("Effects of normalisation", "أثر توحيد الرسم"),
    "ck.conflations": ("Words joined by normalisation", "كلمات جمعها توحيد الرسم"),
    "ck.document_term_matrix": ("Terms of a document-term matrix", "ألفاظ مصفوفة الوثائق والألفاظ"),
    "ck.kwic": ("Concordance lines", "سياقات الورود"),
    "ck.explore": ("Coded concordance lines", "سياقات مرمَّزة"),
    "ck.read_codes": ("Codes", "رموز"),
    "ck.news.actors": ("Mentions of actors", "ذكر الفاعلين"),
    "ck.news.actor_lists": ("Lists of actors", "قوائم الفاعلين"),
    "ck.news.agreement": ("Agreement of coders", "اتفاق المرمِّزين"),
    "ck.news.boilerplate": ("Boilerplate", "النصوص المكررة من قالب الصفحة"),
    "ck.news.bursts": ("Bursts", "الطفرات"),
    "ck.news.dates": ("Dates in texts", "التواريخ في النصوص"),
    "ck.news.duplicate_clusters": ("Clusters of near-duplicates", "مجموعات النصوص شبه المكررة"),
    "ck.news.edits": ("Edits between near-duplicates", "فروق النصوص شبه المكررة"),
    "ck.news.frame_rates": ("Rates of frames", "معدلات الأطر"),
    "ck.news.frames": ("Frames", "الأطر"),
    "ck.news.indirect_quotations": ("Indirect quotations", "الأقوال المنقولة بالمعنى"),
    "ck.news.labels": ("Labels of actors", "تسميات الفاعلين"),
    "ck.news.label_log_odds": ("Log-odds of labels", "لوغاريتم أرجحية التسميات"),
    "ck.news.near_duplicates": ("Near-duplicates", "النصوص شبه المكررة"),
    "ck.news.network": ("Co-occurrence of actors", "تصاحب الفاعلين"),
    "ck.news.nodes": ("Actors of a network", "فاعلو الشبكة"),
    "ck.news.quotations": ("Quotations", "الأقوال المنقولة بنصها"),
    "ck.news.structure": ("Structure of articles", "بنية الأخبار"),
    "ck.news.substitutions": ("Substitutions between near-duplicates", "الإبدال بين النصوص شبه المكررة"),
}
"""Of each function, what its table holds."""

OPTIONS: dict[str, tuple[str, str]] = {
    "pattern": ("pattern {}", "النمط {}"),
    "actor": ("actor {}", "الفاعل {}"),
    "n": ("n = {}", "طول المتتالية {}"),
    "unit": ("counted by {}", "وحدة العدّ {}"),
    "annotator": ("annotated by {}", "التحليل الصرفي من {}"),
    "layers": ("layers of tokens by {}", "طبقات الألفاظ من {}"),
    "profile": ("forms folded by the profile {}", "الرسم موحَّد بالقاعدة {}"),
    "exact": ("exact spelling", "بالرسم كما كُتب"),
    "clitics": ("with clitics", "مع اللواصق"),
    "measure": ("measure {}", "المقياس {}"),
    "window": ("window of {} words", "النافذة من الكلمات {}"),
    "within": ("within a {}", "داخل {} الواحدة"),
    "threshold": ("threshold {}", "العتبة {}"),
    "by": ("by {}", "بحسب {}"),
    "every": ("for every {}", "لكل {}"),
    "min_count": ("at least {} occurrences", "الحد الأدنى للورود {}"),
    "min_documents": ("in at least {} documents", "الحد الأدنى للوثائق {}"),
    "min_per_million": ("at least {} per million words", "الحد الأدنى في كل مليون كلمة {}"),
    "stopwords": ("without stop words ({})", "من غير كلمات الوقف (عددها {})"),
    "sample": ("random sample of {}", "عيّنة عشوائية حجمها {}"),
    "n_bootstrap": ("{} bootstrap replicates", "عدد عيّنات البوتستراب {}"),
    "confidence": ("confidence {}", "مستوى الثقة {}"),
    "seed": ("seed {}", "البذرة {}"),
}
"""The options that decide on numbers, in the order in which a sentence names them."""

VALUES: dict[str, tuple[str, str]] = {
    "sentence": ("sentence", "الجملة"),
    "paragraph": ("paragraph", "الفقرة"),
    "document": ("document", "الوثيقة"),
    "stem": ("stem", "الجذع"),
    "lemma": ("lemma", "المدخل المعجمي"),
    "root": ("root", "الجذر"),
    "day": ("day", "يوم"),
    "week": ("week", "أسبوع"),
    "month": ("month", "شهر"),
    "quarter": ("quarter", "ربع سنة"),
    "year": ("year", "سنة"),
    "decade": ("decade", "عقد"),
    "century": ("century", "قرن"),
}
"""Values of options that are words."""

STEPS: dict[str, tuple[str, str]] = {
    "head": ("the first {} rows", "أول الصفوف وعددها {}"),
    "limit": ("the first {} rows", "أول الصفوف وعددها {}"),
    "tail": ("the last {} rows", "آخر الصفوف وعددها {}"),
    "filter": ("the rows where {}", "الصفوف التي فيها {}"),
    "remove": ("without the rows where {}", "من غير الصفوف التي فيها {}"),
    "sort": ("sorted by {}", "بترتيب {}"),
    "select": ("the columns {}", "الأعمدة {}"),
    "with_columns": ("with the columns {} added or changed", "بإضافة الأعمدة أو تغييرها {}"),
    "join": ("joined with {}", "بضمّ {}"),
}
"""What was done with a table since, by the method."""

CONNECTIVES: dict[str, tuple[str, str]] = {
    "results": ("Results of", "نتائج"),
    "of": ("in the corpus", "في المدوّنة"),
    "whole": ("Corpus", "المدوّنة"),
    "documents": ("{} documents", "عدد الوثائق {}"),
    "words": ("{} words", "عدد الكلمات {}"),
    "tokens": ("{} tokens with punctuation", "عدد الألفاظ مع علامات الترقيم {}"),
    "built": ("built with corpus-kit {}", "بُنيت بالإصدار {} من corpus-kit"),
    "selected": ("{} of its documents", "من وثائقها {}"),
    "filters": ("selected by {}", "بشرط {}"),
    "spans": ("without {} spans of their texts", "من غير مقاطع من نصوصها عددها {}"),
    "target": ("target {}", "المدروس {}"),
    "reference": ("reference {}", "المرجع {}"),
    "unfolded": ("forms as written", "الرسم كما كُتب"),
    "then": ("Then: {}", "ثم: {}"),
    "more": ("and {} more", "وغيرها وعددها {}"),
}
"""The words between."""
