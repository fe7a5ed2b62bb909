"""Checked records -> tables and views, in SQLite or PostgreSQL."""
