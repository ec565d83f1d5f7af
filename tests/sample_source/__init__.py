"""The builder of the sample items: turns hand-written storyboards into the bundled files.

    PYTHONPATH=tests python -m sample_source            write items.jsonl and truth.json
    PYTHONPATH=tests python -m sample_source --check    fail if they are out of date

This folder is only in the repository; the installed library contains only the two files.
"""
