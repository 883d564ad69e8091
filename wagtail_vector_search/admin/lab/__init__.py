"""The search lab: one query in three ways side by side, what the weight of meaning does, and judgments of results."""
