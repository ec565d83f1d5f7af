"""The commands in the order of `corpus-kit --help`: the module of each, and what it does.

They stand here so that the list is shown without loading what the commands need.
"""

from __future__ import annotations

__all__ = ["COMMANDS"]

COMMANDS: dict[str, tuple[str, str]] = {
    "build": ("corpus", "Build a corpus from files."),
    "add": ("corpus", "Add documents to a corpus."),
    "annotate": (
        "corpus",
        "Add segments, stems, lemmas and roots to the words of a corpus, for --clitics, --unit and [lemma=...].",
    ),
    "info": ("corpus", "Show what a corpus contains and what it was built from."),
    "documents": ("coding", "List the documents with their metadata."),
    "metadata": ("coding", "Add metadata of a file to the documents of a corpus, or change them."),
    "clean": ("corpus", "Remove what killed builds left behind; what belongs to a running program is kept."),
    "frequency": ("analyses", "Count words, or what a pattern finds."),
    "ngrams": ("analyses", "Count sequences of words, of a corpus or of a table of count."),
    "count": (
        "count",
        "Count n-grams of texts larger than memory, on this machine or on a cluster, into a folder of Parquet files.",
    ),
    "kwic": (
        "analyses",
        "Show what a pattern finds in context: a word, a phrase, * and ?, a|b, []{0,3}, /regex/, [lemma=...].",
    ),
    "hits": ("analyses", "List the hits that kwic --save kept with a corpus, or show the lines of one list."),
    "collocations": ("analyses", "Find the collocates of a word or pattern."),
    "compare-collocations": (
        "analyses",
        "Find whose company differs: of a pattern in two parts of the corpus, or of two patterns.",
    ),
    "ngram-collocations": ("analyses", "Find the n-grams whose words occur together more often than by chance."),
    "word-sketch": ("analyses", "Find the collocates of a word by grammatical relation: adjectives, subjects, idafa."),
    "sketch-difference": ("analyses", "Compare the word sketches of two words."),
    "thesaurus": ("analyses", "Find the words that keep the same company as a word."),
    "shared-collocates": ("analyses", "Show which collocates two words share, and which only one has."),
    "keyness": (
        "analyses",
        "Find the words that are typical of some documents, compared with others, or of each group.",
    ),
    "trend": ("analyses", "Follow how often patterns occur over time."),
    "trend-tests": ("analyses", "Test whether the rate of patterns changes over time."),
    "dispersion": ("analyses", "Measure how evenly words are spread over the documents."),
    "diversity": ("analyses", "Measure how varied the vocabulary is."),
    "readability": ("analyses", "Measure how easy the texts are to read."),
    "vocabulary-growth": ("analyses", "Follow how the vocabulary grows with the text."),
    "fit-heaps": ("analyses", "Fit Heaps' law to the growth of the vocabulary."),
    "fit-zipf-mandelbrot": ("analyses", "Fit the Zipf-Mandelbrot law to the frequencies of words."),
    "lexical-bundles": ("analyses", "Find the sequences of words that recur in many documents."),
    "spaced-spellings": ("analyses", "Find names that are written with and without a space."),
    "news": (
        "news",
        "Print a first report on news: boilerplate, quotations, actors, labels, dates, network and frames.",
    ),
    "structure": ("news", "Count headlines, paragraphs, sentences and page furniture."),
    "boilerplate": ("news", "Find page furniture: lines that repeat, and what belongs to the page."),
    "quotations": ("news", "Find quotations and their speakers."),
    "speech": ("news", "Find all reported speech: in quotation marks, without them, and indirect."),
    "indirect-quotations": ("news", "Find reported speech without quotation marks."),
    "name-chains": ("news", "Join the phrases that name the same speaker."),
    "actors": ("news", "Find the names of actors."),
    "labels": ("news", "Count by which names actors are called."),
    "label-log-odds": ("news", "Compare by which names groups of documents call actors."),
    "near-duplicates": ("news", "Find pairs of documents with nearly the same text."),
    "duplicate-clusters": ("news", "Find clusters of documents with nearly the same text."),
    "passages": ("news", "Find passages that otherwise different documents share."),
    "edits": ("news", "Show what differs between near-duplicates."),
    "dates": ("news", "Find and resolve dates."),
    "article-days": ("news", "Tell the day of each article by its own words."),
    "bursts": ("news", "Find when a pattern is unusually frequent."),
    "network": ("news", "Count which actors are named together."),
    "nodes": ("news", "Measure the place of each actor in the network."),
    "frames": ("news", "Find the words of a dictionary of frames."),
    "frame-rates": ("news", "Count how often the frames of a dictionary occur."),
    "validate": ("coding", "Draw a stratified sample of a table as a sheet to be judged by hand."),
    "precision": ("coding", "Compute from a judged sheet how often a table is right."),
    "join-codes": ("coding", "Join the sheets of several coders to one table."),
    "agreement": (
        "coding",
        "Measure how far coders agree: Krippendorff's alpha, Cohen's kappa and plain agreement.",
    ),
    "export": (
        "export",
        "Write a corpus in the format of another program: CWB, R, spaCy, Hugging Face, text files, ...",
    ),
    "sample": ("corpus", "Build the bundled sample of invented news items."),
    "demo": (
        "demo",
        "Build the bundled sample; print words, bigrams and a concordance, and write them as one HTML page.",
    ),
    "explore": ("explore", "Search, count and read a corpus in a browser; texts become a corpus first."),
    "lab": ("lab", "Start JupyterLab with the notebooks and with Arabic set right to left."),
    "licences": ("licences", "List the licences of what is bundled with the library and of what it needs."),
    "bench": ("bench", "Time every kernel and its peers on the same text, after comparing their results."),
}
