"""Searching a corpus: patterns, where they occur, concordances, coding by hand."""
