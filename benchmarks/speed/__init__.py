"""``python -m benchmarks.speed --pages 1000,10000``: how fast everything is, beside what it is compared with."""
