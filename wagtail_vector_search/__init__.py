"""Semantic and hybrid site search for Wagtail, in the project's own PostgreSQL."""

__version__ = "0.1.0"
