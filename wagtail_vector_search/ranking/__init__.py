"""What a result is worth: every number and every formula, pure.

``constants`` holds the numbers, ``formulas`` computes with them, ``fusion`` makes one ranking of two legs, and
``cutoff`` says where it ends. Nothing in here knows Django or runs SQL; where PostgreSQL needs a formula, its SQL
stands beside the Python.
"""
