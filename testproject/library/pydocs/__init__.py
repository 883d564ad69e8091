"""Read the documentation that comes with every Python: the manual's topics and the standard library's docstrings.

Nothing of it is written here, and nothing of it is fetched. Source files are parsed rather than imported, so that no
module can do anything while it is read.
"""
