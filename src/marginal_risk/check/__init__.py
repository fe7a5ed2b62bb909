"""Rows -> problems across records; `read_corpus` reads and checks a whole data directory."""
