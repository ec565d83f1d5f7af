"""Analyses of news texts."""
