"""Measures of a ranking, of a difference and of times. Pure: nothing in here knows of Django."""
