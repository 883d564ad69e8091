"""Search backends for ``WAGTAILSEARCH_BACKENDS``: ``hybrid``, ``semantic`` and ``keyword``."""
