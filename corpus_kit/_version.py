"""The version of the library. Imports nothing, so that every module can import it."""

__version__ = "0.2.0"
