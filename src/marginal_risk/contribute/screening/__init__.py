"""Screening: what waits for a screener, one work after the other, and the decisions as rows."""
