"""Searching a corpus: where patterns occur, hit lists, concordances."""
