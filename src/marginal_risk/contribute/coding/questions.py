"""The questions to a coder, one for each answer, in the words of the codebook."""

from collections.abc import Iterator
from datetime import date

from marginal_risk.check.today import today_here
from marginal_risk.contribute.coding.answer_rows import DEFAULT_FOUND_VIA, find_screening_row
from marginal_risk.contribute.coding.answers import (
    AS,
    NOT_CODED,
    OWN,
    Answers,
    StepAnswer,
    comparison_part,
)
from marginal_risk.contribute.coding.question import Question
from marginal_risk.contribute.coding.starting_codings import Sources, StartingCoding, find_sources
from marginal_risk.records import NOTHING_COMPARED, Step
from marginal_risk.rows import INDEPENDENT, CodingKey, Records


def plan_questions(
    records: Records, answers: Answers, citekey: str, today: date
) -> Iterator[Question]:
    """Yield the questions about a study in order; earlier answers decide which are asked.

    What is compared is asked for after the step of marginal risk. Where the answers check or
    settle other codings, these are shown with each question.
    """
    yield from _about_the_study(records, answers, citekey)
    yield from _about_the_coder(records, answers, citekey, today)
    sources = find_sources(records, answers, citekey)
    yield from _about_the_reading(records, sources)
    steps = records.codebook.steps
    for number, step in enumerate(steps, start=1):
        heading = f"Step {number} of {len(steps)}: {step.name}"
        if sources.asks(step.slug):
            yield from _about_a_step(records, answers, sources, (step, heading))
        if step.is_marginal_risk:
            yield from about_comparisons(records, answers, sources)


def _about_the_study(records: Records, answers: Answers, citekey: str) -> Iterator[Question]:
    codebook = records.codebook
    found_for = [
        row.record.misuse_vector
        for row in records.screening
        if row.record.citekey == citekey and row.record.misuse_vector
    ]
    yield Question(
        "misuse_vector",
        "Misuse vector",
        choices={term.slug: term.definition for term in codebook.misuse_vectors},
        default=found_for[0] if len(found_for) == 1 else "",
    )
    row = find_screening_row(records, CodingKey(citekey, answers.misuse_vector, ""))
    existing = row.record if row else None
    if not existing or not existing.study_type:
        yield Question(
            "study_type",
            "Type of study",
            choices={term.slug: term.definition for term in codebook.study_types},
            is_needed=False,
        )
    if not existing or not existing.found_via:
        yield Question("found_via", "How you found it", default=DEFAULT_FOUND_VIA)


def _about_the_coder(
    records: Records, answers: Answers, citekey: str, today: date
) -> Iterator[Question]:
    coders = {row.record.coder for row in records.coders if row.record.kind == "person"}
    known = f"So far there are: {', '.join(sorted(coders))}." if 0 < len(coders) <= 10 else ""
    words = "Your short name as a coder, the same each time: small letters, digits and _."
    yield Question("coder", "Coder", before=(f"{words} {known}".strip(),))
    if answers.coder and answers.coder not in {row.record.coder for row in records.coders}:
        yield Question("coder_name", "Your name, as the pages show it")
        page = "Address of a page about you, if there is one"
        yield Question("coder_url", page, is_needed=False)
        yield from _about_a_consensus(records, answers, citekey)
    day = min(today, today_here()).isoformat()
    yield Question("coded_on", "Day of the coding", default=day)


def _about_the_reading(records: Records, sources: Sources) -> Iterator[Question]:
    if sources.is_check or not sources:  # who settles a coding reads no version of their own
        version = "Which version of the study you read, such as 'arXiv v2'"
        told = {source.row.version_read for source in sources.codings} - {None}
        before = (f"The coders read: {'; '.join(sorted(map(str, told)))}.",) if told else ()
        yield Question("version_read", version, before=before, is_needed=sources.is_check)
        readings = {term.slug: term.definition for term in records.codebook.readings}
        yield Question("read", "How much of it", choices=readings, is_needed=sources.is_check)
    yield Question("note", "What a reader must know of this coding", is_needed=False)


def _about_a_consensus(records: Records, answers: Answers, citekey: str) -> Iterator[Question]:
    """Ask about a consensus, where two or more have coded the study; else it is a person."""
    kinds = {row.record.coder: row.record.kind for row in records.coders}
    others = [
        row.key.coder
        for row in records.codings
        if (row.key.citekey, row.key.misuse_vector) == (citekey, answers.misuse_vector)
        and kinds.get(row.key.coder) in INDEPENDENT
    ]
    if len(others) < 2 and not answers.coder_kind:
        return
    yield Question(
        "coder_kind",
        "Your own coding, or a consensus",
        before=(f"Coded already by {' and by '.join(others)}." if others else "",),
        choices={
            term.slug: term.definition
            for term in records.codebook.coder_kinds
            if term.slug in ("person", "consensus")
        },
        default="person",
    )
    if answers.coder_kind == "consensus":
        who = "Short name of the person who settled it; nothing if the coders did"
        yield Question("settled_by", who, is_needed=False)


def _about_a_step(
    records: Records, answers: Answers, sources: Sources, asked: tuple[Step, str]
) -> Iterator[Question]:
    """Ask about a step, which comes with its heading."""
    step, heading = asked
    codebook = records.codebook
    rules = {rule.level: rule.rule for rule in codebook.coding_rules if rule.step == step.slug}
    not_coded = "Nobody has judged it then, which is not the same as absent."
    own = {level.slug: rules.get(level.slug, level.definition) for level in codebook.levels}
    if sources:
        taken = {
            f"{AS}{name}": f"{level}, for the reason above"
            for name, level in sources.levels(step.slug).items()
        }
        left = "leave it open: not coded." if sources.is_check else "leave it contested."
        own = {**taken, **own, NOT_CODED: left}
        told = [_judgement_line(source, step.slug) for source in sources.codings]
        before = ("", heading, step.question, *told)
    else:
        before = ("", heading, step.question, f"No answer: not coded. {not_coded}")
    yield Question("level", "Level", step.slug, before, own, is_needed=bool(sources))
    level = answers.steps.get(step.slug, StepAnswer()).level
    if level in ("", NOT_CODED) or level.startswith(AS):
        return
    what = "Why: what the study does or leaves out, in a sentence"
    yield Question("rationale", what, step.slug)
    yield Question("locator", "Where in the study: pages or sections", step.slug)
    sure = {term.slug: term.definition for term in codebook.confidences}
    yield Question("confidence", "How sure you are", step.slug, choices=sure)


def _judgement_line(source: StartingCoding, step: str) -> str:
    if step not in source.row.levels:
        return f"{source.name}: not coded."
    reason = source.reasons[step]
    why = f"{reason.rationale} ({reason.locator}; confidence: {reason.confidence})"
    return f"{source.name}: {source.row.levels[step]}. {why}"


def about_comparisons(records: Records, answers: Answers, sources: Sources) -> Iterator[Question]:
    """Ask what the study compares, where the step of marginal risk is judged."""
    marginal = {step.slug for step in records.codebook.steps if step.is_marginal_risk}
    levels = {answers.steps.get(step, StepAnswer()).level for step in marginal}
    if sources.asks_for_comparisons:
        told = [_comparison_lines(source) for source in sources.compared]
        choices = {source.name: "the same comparisons" for source in sources.compared}
        choices |= {OWN: "comparisons of your own", NOT_CODED: "leave them open: not coded."}
        before = ("", "What the study compares with what, and what came out", *sum(told, ()))
        yield Question("comparisons_as", "Comparisons", "", before, choices)
        if answers.comparisons_as != OWN:
            return
    elif sources.compared:
        return  # those whose coding this settles agree
    elif not answers.comparisons and not levels - {"", NOT_CODED}:
        return
    for number in range(1, len(answers.comparisons) + 2):
        yield from _about_a_comparison(records, answers, number)


def _comparison_lines(source: StartingCoding) -> tuple[str, ...]:
    return tuple(
        f"{source.name}: {one.examined} against {one.comparator}: {one.finding}"
        f" ({one.locator}). {one.note or ''}".rstrip()
        for one in source.comparisons
    )


def _about_a_comparison(records: Records, answers: Answers, number: int) -> Iterator[Question]:
    codebook, part = records.codebook, comparison_part(number)
    more = "No answer: there are no more." if number > 1 else "No answer: comparisons not coded."
    yield Question(
        "comparator",
        "Compared with",
        part,
        ("", f"Comparison {number} that the study makes. {more}"),
        {term.slug: term.definition for term in codebook.comparators},
        is_needed=False,
    )
    if number > len(answers.comparisons):
        return
    examined = {term.slug: term.definition for term in codebook.examined}
    yield Question("examined", "Models that it examines", part, choices=examined)
    if answers.comparisons[number - 1].comparator != NOTHING_COMPARED:
        found = {term.slug: term.definition for term in codebook.findings}
        yield Question("finding", "What came out", part, choices=found)
        properties = {term.slug: term.definition for term in codebook.properties}
        what = "Property of open models that the difference rests on, if the study says so"
        yield Question("property", what, part, choices=properties, is_needed=False)
    yield Question("locator", "Where in the study: pages or sections", part)
    yield Question("note", "What was compared, and what came out", part, is_needed=False)
