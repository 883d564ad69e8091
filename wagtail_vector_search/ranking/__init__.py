"""Numbers and formulas of the ranking. Pure: no database, no Django."""
