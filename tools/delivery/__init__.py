"""Files that `tools/bundle.py` puts at the top of the archive for machines without internet."""
