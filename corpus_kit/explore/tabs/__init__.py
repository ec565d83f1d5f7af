"""The tabs of the explorer that show tables: a module each."""
