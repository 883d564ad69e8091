"""Measures relevance and speed on scratch databases: ``python -m benchmarks.relevance`` and ``benchmarks.speed``.

Nothing in here is a test: figures depend on the machine, so each is printed beside a baseline of the same run.
"""
