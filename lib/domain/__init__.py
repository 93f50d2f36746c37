"""The words of the field as small, immutable types. Imports nothing of the project."""
