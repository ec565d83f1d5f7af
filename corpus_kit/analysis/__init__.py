"""Analyses of a corpus: functions from a corpus to a table."""
