"""How the site looks and what Sphinx makes of its pages. tools/build_site.py lays the pages ready, and calls Sphinx."""

from pathlib import Path
import sys
import tomllib

sys.path.insert(0, str(Path(__file__).parent / "_ext"))
PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))

project = "Neural style transfer, lesson by lesson"
author = "the authors of the course"
copyright = "the authors of the course. Code: MIT. Prose and figures: CC BY 4.0. Pictures: see their licences"
version = release = PROJECT["project"]["version"]
language = "en"

extensions = ["myst_nb", "sphinx.ext.mathjax", "steady_pictures"]
exclude_patterns = ["_pictures"]
suppress_warnings = []

# Notebooks: what is stored is shown. Widgets would need a script from another server.
nb_execution_mode = "off"
nb_ipywidgets_js = {}
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "html_image"]
myst_heading_anchors = 4
myst_dmath_double_inline = True

# Mathematics: MathJax 3 lies in the site (tools/build_site.py puts it there).
mathjax_path = "mathjax/tex-chtml.js"
mathjax3_config = {"options": {"enableMenu": False}}

add_module_names = False
maximum_signature_line_length = 80
smartquotes = False

html_theme = "furo"
html_title = "Neural style transfer"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_js_files = ["course.js"]
html_search_scorer = str(Path(__file__).parent / "_static" / "lessons_first.js")  # Sphinx would look elsewhere
html_domain_indices = False
html_show_sourcelink = False
html_copy_source = False
html_permalinks_icon = "#"
html_theme_options = {"navigation_with_keys": True}
