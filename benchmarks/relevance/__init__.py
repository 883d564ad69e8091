"""``python -m benchmarks.relevance DIR...``: how well each search ranks test collections in BEIR layout."""
