"""The campaign against the library: seeded hostile cases; each part holds a promise of docs/explanation/trust.md."""
