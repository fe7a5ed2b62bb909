"""The map and its numbers as pictures: SVG, PNG and PDF."""
