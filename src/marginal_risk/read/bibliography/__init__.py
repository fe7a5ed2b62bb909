"""data/bib -> references + problems (the only user of bibtexparser)."""

from marginal_risk.read.bibliography.references import BibFile, Bibliography, read_references

__all__ = ["BibFile", "Bibliography", "read_references"]
