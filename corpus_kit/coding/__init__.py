"""Coding lines by hand: sheets, their history, several coders."""
