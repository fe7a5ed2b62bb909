"""The same tables and views on a PostgreSQL server: where it is, whose it is, and a build."""
