"""Text of the data directory -> rows and problems. Knows no table and no page."""
