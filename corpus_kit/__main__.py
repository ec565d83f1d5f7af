"""The command as a module: `python -m corpus_kit`."""

from corpus_kit_command import main

if __name__ == "__main__":
    main()
