"""Self-checks for the exercises: one file for each lesson, and below them what all of them need.

    from nst_helpers.checks import lesson_02 as check
    check.gram_matrix(gram_matrix)

From the ground up: errors · report · limits, defence · compare · optimisers, regions (what 04 and 06
compare with) · lesson_00 … lesson_06.
"""
