"""The RULES table: every rule, whether breaking it stops a build, and what finds it.

A new rule is one row here and one small function: in ``checks``, or in a reader.
"""

from collections.abc import Iterator
from itertools import chain

from marginal_risk.check import (
    comparisons,
    decisions,
    locators,
    origins,
    people,
    published_text,
    reasons,
    renamed,
    repeats,
    settling,
    words,
)
from marginal_risk.check import screening_rows as screening
from marginal_risk.check.duplicates import (
    find_duplicate_works,
    find_near_duplicates,
    find_same_titles,
    pairs_of_screeners,
    seniority_of,
)
from marginal_risk.problems import Problem, Rule, Severity
from marginal_risk.rows import Records

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        # Files and their form, reported while reading.
        Rule("missing-file", _ERROR, "a file that the data must have is not there"),
        Rule("unreadable-file", _ERROR, "a file is a pipe, leads elsewhere or cannot be read"),
        Rule("unfinished-change", _ERROR, "a command was killed while it changed the data"),
        Rule("not-utf8", _ERROR, "a file is not text, as far as can be told"),
        Rule("doubtful-encoding", _WARNING, "a file does not say what it is written in"),
        Rule("merge-marks", _ERROR, "a file holds the marks of a merge that was not finished"),
        Rule("stray-file", _WARNING, "a file lies where nothing reads it"),
        Rule("byte-order-mark", _ERROR, "the codebook starts with a byte-order mark"),
        Rule("bad-codebook", _ERROR, "the codebook cannot be read or lacks something"),
        Rule("spreadsheet-form", _WARNING, "a sheet is laid out as spreadsheets save it"),
        Rule("bad-csv", _ERROR, "a CSV file has a quote that is not closed"),
        Rule("wrong-columns", _ERROR, "the first line has other columns than expected"),
        Rule("wrong-cell-count", _ERROR, "a row has more or fewer cells than columns"),
        Rule("empty-row", _ERROR, "a row has no text in any cell"),
        Rule("missing-value", _ERROR, "a cell that must be filled is empty"),
        Rule("stray-white-space", _ERROR, "a cell has white space where none belongs"),
        Rule("spreadsheet-formula", _ERROR, "a text starts like a formula, or is the error of one",
             lambda records: published_text.find_formulas(records.references)),
        Rule("bad-date", _ERROR, "a date is not an ISO date up to today"),
        Rule("bad-number", _ERROR, "a number is not a whole number"),
        # BibTeX, reported while reading.
        Rule("unreadable-entry", _ERROR, "an entry has broken syntax"),
        Rule("duplicate-key", _ERROR, "two entries have one key"),
        Rule("duplicate-field", _ERROR, "an entry gives a field twice"),
        Rule("bad-key", _ERROR, "an entry's key is missing or holds a forbidden character"),
        Rule("unresolved-string", _ERROR, "a value names a @string that nothing defines"),
        Rule("bad-crossref", _ERROR, "an entry inherits from one that does not exist"),
        Rule("bad-latex", _ERROR, "a text holds LaTeX that cannot be read"),
        Rule("unknown-command", _WARNING, "a text holds a command of LaTeX that nobody knows"),
        Rule("bad-name", _ERROR, "a name cannot be split into its parts"),
        Rule("doubtful-name", _WARNING, "a body in braces reads like a list of people"),
        Rule("missing-field", _ERROR, "an entry lacks its title, author or year"),
        Rule("missing-venue", _WARNING, "an entry does not say where it appeared"),
        Rule("bad-year", _ERROR, "a year or date is not one"),
        Rule("year-out-of-range", _ERROR, "a year is too early or in the future"),
        Rule("bad-doi", _ERROR, "a DOI is not one"),
        Rule("bad-arxiv-id", _ERROR, "an arXiv identifier is not one"),
        Rule("unsafe-url", _ERROR, "an address is not safe to link to"),
        # Not for public data.
        Rule("local-file", _WARNING, "an entry names a file on somebody's computer",
             lambda records: published_text.find_local_files(records.references)),
        Rule("publisher-notice", _WARNING, "an abstract holds a notice of its publisher's rights",
             lambda records: published_text.find_notices(records.references)),
        Rule("slash-in-key", _WARNING, "a key holds a slash, which addresses of pages escape",
             lambda records: published_text.find_slashes(records.references)),
        # Across the bibliography.
        Rule("duplicate-work", _ERROR, "two entries are the same work",
             lambda records: find_duplicate_works(records.references, seniority_of(records))),
        Rule("same-title", _WARNING, "two entries share title and year, but no identifier",
             lambda records: find_same_titles(
                 records.references, seniority_of(records), pairs_of_screeners(records)
             )),
        Rule("near-duplicate", _WARNING, "two entries look like one work, by titles that are near",
             lambda records: find_near_duplicates(
                 records.references, seniority_of(records), pairs_of_screeners(records)
             )),
        Rule("bad-version", _ERROR, "a work is a version of nothing, or of a version",
             screening.find_bad_versions),
        Rule("bad-person", _ERROR, "a row of people.csv names nobody, or not one person",
             people.find_bad_people),
        Rule("likely-same-person", _WARNING, "two names are likely one person's",
             people.find_likely_people),
        Rule("bad-renaming", _ERROR, "a row of renamed.csv leads from a key in use, or to none",
             renamed.find_bad_renamings),
        # Across the coding sheets.
        Rule("unknown-citekey", _ERROR, "a study is not in the bibliography",
             words.find_unknown_citekeys),
        Rule("unknown-vector", _ERROR, "a misuse vector is not in the codebook",
             words.find_unknown_vectors),
        Rule("unknown-step", _ERROR, "a step is not in the codebook", words.find_unknown_steps),
        Rule("unknown-level", _ERROR, "a level is not in the codebook", words.find_unknown_levels),
        Rule("unknown-confidence", _ERROR, "a confidence is not in the codebook",
             words.find_unknown_confidences),
        Rule("unknown-coder", _ERROR, "a coder is not in coders.csv", words.find_unknown_coders),
        Rule("bad-coder", _ERROR, "a coder's short name is spelt in another way than the others",
             words.find_misspelt_coders),
        Rule("unknown-coder-kind", _ERROR, "a kind of coder is not in the codebook",
             words.find_unknown_coder_kinds),
        Rule("published-without-reference", _ERROR, "a published table has no reference",
             words.find_unnamed_publications),
        Rule("duplicate-coding", _ERROR, "a coder coded a study twice for one vector",
             repeats.find_duplicate_codings),
        Rule("duplicate-rationale", _ERROR, "a judgement has two rationales",
             repeats.find_duplicate_rationales),
        Rule("duplicate-coder", _ERROR, "a coder stands twice", repeats.find_duplicate_coders),
        Rule("judgement-without-rationale", _ERROR, "a level has no reason",
             reasons.find_judgements_without_rationale),
        Rule("rationale-without-judgement", _ERROR, "a reason has no level",
             reasons.find_rationales_without_judgement),
        Rule("placeholder-rationale", _ERROR, "a reason is blank, one word or a placeholder",
             reasons.find_placeholder_rationales),
        Rule("copied-rationale", _ERROR, "a reason is the codebook's own sentence",
             reasons.find_copied_rationales),
        Rule("bad-locator", _ERROR, "a locator is no place in the study, or the abstract alone",
             locators.find_bad_locators),
        Rule("repeated-rationale", _ERROR, "two judgements have the same reason",
             reasons.find_repeated_rationales),
        Rule("unknown-reading", _ERROR, "how much was read is said in no word of the codebook",
             words.find_unknown_readings),
        Rule("unknown-codebook-version", _ERROR, "a coding names a version that never was",
             origins.find_unknown_versions),
        Rule("no-codebook-version", _WARNING, "a coding does not say by which codebook",
             origins.find_codings_without_version),
        Rule("bad-start", _ERROR, "a coding began with one that it cannot have begun with",
             origins.find_bad_starts),
        # Comparisons.
        Rule("unknown-comparison-word", _ERROR,
             "what was examined or compared with, a finding or property is not in the codebook",
             words.find_unknown_comparison_words),
        Rule("duplicate-comparison", _ERROR, "a comparison stands twice",
             comparisons.find_repeated_comparisons),
        Rule("comparison-without-coding", _ERROR, "a comparison belongs to no coding",
             comparisons.find_comparisons_without_coding),
        Rule("none-not-alone", _ERROR, "a study compares with nothing, and with something",
             comparisons.find_crowded_nothing),
        Rule("addressed-without-comparison", _ERROR,
             "evidence on marginal risk is addressed, against no baseline that is named",
             comparisons.find_evidence_without_comparison),
        # Several coders.
        Rule("bad-settler", _ERROR, "a consensus was settled by nobody known",
             settling.find_bad_settlers),
        Rule("settled-by-a-party", _WARNING, "a consensus was settled by one of its coders",
             settling.find_settlers_of_their_own),
        Rule("nothing-to-settle", _WARNING, "a consensus stands where fewer than two coders judged",
             settling.find_nothing_to_settle),
        # Screening.
        Rule("not-screened", _ERROR, "a study has no row in screening.csv",
             screening.find_unscreened_studies),
        Rule("unknown-screening-word", _ERROR,
             "a word about screening is not in the codebook",
             lambda records: chain(
                 screening.find_unknown_decisions(records), decisions.find_unknown_words(records)
             )),
        Rule("search-does-not-add-up", _ERROR, "a search found more or fewer records than it says",
             screening.find_searches_that_do_not_add_up),
        Rule("duplicate-screening", _ERROR, "a study is screened twice for one vector",
             screening.find_repeated_screening),
        Rule("incomplete-decision", _ERROR, "a decision does not say when, why or for what",
             lambda records: chain(
                 screening.find_incomplete_decisions(records), decisions.find_incomplete(records)
             )),
        Rule("duplicate-decision", _ERROR, "a screener decided on a study twice, or two settled it",
             decisions.find_repeated),
        Rule("bad-decision", _ERROR, "a decision is on what was not found, or by no person",
             decisions.find_bad),
        Rule("settled-without-conflict", _WARNING,
             "a decision settles what nobody disputes",
             decisions.find_settled_without_conflict),
        Rule("coded-not-included", _ERROR, "a study is coded that is not included",
             screening.find_codings_not_included),
        Rule("empty-coding", _WARNING, "a coding has no level at all", reasons.find_empty_codings),
    )
}  # fmt: skip


def check_records(records: Records) -> Iterator[Problem]:
    """Yield what is wrong across records, rule by rule."""
    for rule in RULES.values():
        if rule.find:
            yield from rule.find(records)


def severity(problem: Problem) -> Severity:
    """Return whether a problem stops a build."""
    return RULES[problem.rule].severity
