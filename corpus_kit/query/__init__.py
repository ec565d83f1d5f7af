"""Patterns as text: the languages, the tree they are read into, names, limits."""
