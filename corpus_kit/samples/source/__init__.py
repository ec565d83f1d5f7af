"""How the sample items are made: storyboards written by hand, and the builder that turns them into the bundled files.

    python -m corpus_kit.samples.source            write items.jsonl and truth.json
    python -m corpus_kit.samples.source --check    fail if they are out of date

This folder belongs to the repository; an installed library brings only the two files.
"""
