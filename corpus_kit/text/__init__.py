"""Arabic text: code points, normalisation, tokens, segments and lemmas."""
