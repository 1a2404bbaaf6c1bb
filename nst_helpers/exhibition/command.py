"""The command `course exhibition FOLDER`. What may go here: its arguments, and what it prints."""

import argparse
import sys

from nst_helpers.exhibition.page import write_exhibition


def main(arguments=None):
    """Write the page and say what came of it; what stops it is one sentence."""
    parser = argparse.ArgumentParser(
        prog="course exhibition",
        description="Put all pictures of a folder on one page, which asks how each was made before it tells. Titles, "
                    "makers and descriptions may stand in captions.toml in that folder.")
    parser.add_argument("folder", nargs="?", default="results", help="with the pictures, and folders inside (results)")
    parser.add_argument("--title", default="Exhibition", help="what stands above the pictures")
    parser.add_argument("--file", help="where the page goes (exhibition.html in the folder)")
    options = parser.parse_args(arguments)
    try:
        file, sentences = write_exhibition(options.folder, options.file, options.title)
    except (OSError, ValueError) as error:
        sys.exit(_printable(error))
    for sentence in sentences:
        print(_printable(sentence))
    print(_printable(f"{file} ({file.stat().st_size / 1e6:.1f} MB): open it in a browser."))


def _printable(text):
    """Names of files may hold what a terminal has no letter for."""
    encoding = sys.stdout.encoding or "utf-8"
    return str(text).encode(encoding, "backslashreplace").decode(encoding)
