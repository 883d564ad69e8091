"""One dialect of SQL: names of tables, one way to run a statement, time limits, and what PostgreSQL may refuse."""
