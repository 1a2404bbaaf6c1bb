"""Self-checks for the exercises: one file for each lesson, and below them what all of them need.

    from nst_helpers.checks import lesson_02 as check
    check.gram_matrix(gram_matrix)

From the ground up: mistakes, elsewhere, errors · report · limits, defence · compare · optimisers, regions, descents,
restyled, clouds, judges, votes, pieces, copies, denoising (what single lessons compare with) · lesson_00 … lesson_13.
"""
