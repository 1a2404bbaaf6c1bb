"""Around `stylize`: what may be given, what it will take, what is kept of it."""
