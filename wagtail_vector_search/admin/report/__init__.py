"""The report on the search index: every page with how it stands, and having pages indexed again."""
