"""What every other folder builds on: columns, arguments, atomic files, hashing, provenance."""
