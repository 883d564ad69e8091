"""Fill an empty site: Python's documentation in English, a short guide in French, and a few private pages."""
