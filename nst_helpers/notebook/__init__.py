"""What is seen in a notebook: figures (plots), and a bar while something runs (progress)."""
