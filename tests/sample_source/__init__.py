"""The builder of the sample items: storyboards written by hand become the bundled files.

    PYTHONPATH=tests python -m sample_source            write items.jsonl and truth.json
    PYTHONPATH=tests python -m sample_source --check    fail if they are out of date

This folder is part of the repository only; an installed library contains only the two files.
"""
