"""An exhibition: pictures of a folder on one offline page, which asks how each was made before it tells."""
