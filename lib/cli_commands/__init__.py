"""The commands of `python -m lib.cli`, a module for each kind; `call` is what they share."""
