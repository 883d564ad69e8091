"""``python -m benchmarks.words_speed DIR --against CHECKOUT``: words on real text, beside another checkout."""
