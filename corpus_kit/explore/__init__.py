"""The interactive concordance."""
