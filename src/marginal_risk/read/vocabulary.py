"""What the codebook may say: its sections, and the words that are fixed because SQL uses them."""

from marginal_risk.records import (
    CoderKind,
    Coding,
    Confidence,
    Decision,
    ExclusionReason,
    GapKind,
    Level,
    MisuseVector,
    Step,
    StudyType,
    Term,
)

# The views give these words a meaning, so the codebook may describe but not rename them.
FIXED = {
    "levels": ("addressed", "partial", "absent"),
    "confidences": ("high", "low"),
    "coder_kinds": ("published", "person", "machine", "consensus"),
    "decisions": ("candidate", "included", "excluded", "withdrawn"),
    "gap_kinds": ("no_study", "not_coded", "absent", "partial_only", "contested", "single_study"),
}
# Each step is a column of studies.csv and of the view study_coverage, beside these.
TAKEN = frozenset({*Coding.model_fields, "coders"})
TERMS: dict[str, type[Term]] = {
    "misuse_vectors": MisuseVector,
    "steps": Step,
    "levels": Level,
    "confidences": Confidence,
    "coder_kinds": CoderKind,
    "decisions": Decision,
    "exclusion_reasons": ExclusionReason,
    "study_types": StudyType,
    "gap_kinds": GapKind,
}
SECTIONS = (*TERMS, "marginal_risk_step")
COMPUTED = frozenset({"position", "rank", "is_marginal_risk"})
"""Fields of terms that follow from where a term stands, and are not written."""
