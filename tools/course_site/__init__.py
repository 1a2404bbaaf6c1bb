"""The parts of tools/build_site.py: which files are pages, and how they are made ready for Sphinx."""
