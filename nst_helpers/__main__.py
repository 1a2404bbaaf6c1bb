"""`python -m nst_helpers` prints what a report of an error should say; about.py says what that is."""

from nst_helpers.about import report

if __name__ == "__main__":
    print(report())
