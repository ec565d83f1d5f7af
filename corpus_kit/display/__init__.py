"""Tables for people: right-to-left HTML, aligned columns for a terminal, the card of a corpus."""
