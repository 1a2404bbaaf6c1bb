"""Lessons on paper and on a wall: what tools/print_lessons.py and tools/make_slides.py are made of.

What may go here: turning a stored notebook into pages or slides, its templates and styles. Nothing here runs a lesson.
"""
