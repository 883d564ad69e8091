"""Measures of times, and typing errors. Pure: nothing in here knows of Django."""
