"""The pages of the site, one module each, named as its address."""

from marginal_risk.publish.pages import (
    about,
    agreement,
    cells,
    checklist,
    citing,
    codebook,
    comparisons,
    data,
    downloads,
    feeds,
    figure,
    gaps,
    map,  # noqa: A004  (the map is what we make)
    next,  # noqa: A004  (the page at /next)
    review,
    rows_and_columns,
    screening,
    studies,
    study,
    study_files,
    trends,
    versions,
)

PAGES = (
    *(map, figure, cells, comparisons, rows_and_columns, gaps, studies, study, study_files),
    *(citing, feeds, versions),
    *(codebook, about, checklist, data, downloads, trends, screening, next, review, agreement),
)
"""Modules with ROUTES."""
