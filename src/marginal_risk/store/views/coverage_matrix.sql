-- How far does the coded literature cover each step, for each misuse vector?
-- level: The strongest level that a coded study reaches; NULL where there is none.
-- state (text): What the cell shows: addressed, partial, absent, contested, not_coded or no_study.
-- gap_kind (text): What is missing in the cell; NULL where two or more studies address the step.
-- gap_in (text): literature, where every study found was read; reading, where one waits, coders disagree or nobody searched.
-- in_scope: Number of studies found for the vector and not excluded.
-- waiting: Number of studies found for the vector that nobody has judged at this step.
-- studies: Number of studies that are coded for the vector.
-- addressed: Number of coded studies that address the step.
-- partial: Number of coded studies that cover the step in part.
-- absent: Number of coded studies that leave the step out.
-- not_coded: Number of coded studies that nobody has judged at this step.
-- contested: Number of coded studies on which coders disagree, unsettled; each counts at its lowest level.
-- low_confidence: Number of coded studies whose judgement has low confidence.
-- single_coder: Number of coded studies that one coder alone judged.
create view coverage_matrix as
select
    misuse_vector,
    step,
    level,
    state,
    gap_kind,
    gap_in,
    in_scope,
    waiting,
    studies,
    addressed,
    partial,
    absent,
    not_coded,
    contested,
    low_confidence,
    single_coder
from coverage_by_layer
where layer = 'counted'
