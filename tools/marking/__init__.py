"""Marks that a student's code cannot decide: what tools/collect_marks.py is made of.

Two processes work on one notebook. In a sandbox runs what the student wrote (inside.py, in the room of sandbox.py);
outside, where no student code runs, a check asks for values and calls functions across the boundary (session.py,
elsewhere in wire.py), and its verdict counts (verdicts.py). From the ground up: wire · limits, sandbox · inside ·
session · words, sources (what is read off the source) · submission (given cells put back),
untouched (what is the student's, and what is made of it) · marked, verdicts · table, page (what the teacher reads).
"""
