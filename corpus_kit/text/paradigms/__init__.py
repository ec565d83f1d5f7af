"""Words by paradigm: verbs with all their forms, nouns with their plurals, and which reading of a word is likely."""
