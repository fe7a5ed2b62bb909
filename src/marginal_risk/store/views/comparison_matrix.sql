-- Compared with what? For each misuse vector and comparator: how many coded studies compare, and what do they find?
-- comparator (text): What the models are compared with.
-- state (text): measured, not_measured (compared, nothing measured), not_compared (no study compares with it), not_coded (no study's comparisons are coded) or no_study.
-- in_scope: Number of studies found for the vector and not excluded.
-- coded: Number of studies found for the vector whose comparisons are coded.
-- compare_nothing: Number of studies that compare with nothing.
-- studies: Number of studies that compare with this comparator.
-- measured: Number of studies that measure something against this comparator.
-- open_measured: Number of studies that measure open models against this comparator, alone or beside closed ones.
-- examined_open: Number of studies with a comparison with this comparator that examines open models alone.
-- examined_closed: Number of studies with a comparison with this comparator that examines closed models alone.
-- examined_both: Number of studies with a comparison with this comparator that examines both.
-- examined_unclear: Number of studies with a comparison with this comparator that does not say which.
-- more: Number of studies with a comparison with this comparator that finds more.
-- no_difference: Number of studies with a comparison with this comparator that finds no difference.
-- less: Number of studies with a comparison with this comparator that finds less.
-- mixed: Number of studies with a comparison with this comparator whose finding is mixed.
-- not_measured: Number of studies that measure nothing against this comparator.
create view comparison_matrix as
select
    misuse_vector,
    comparator,
    state,
    in_scope,
    coded,
    compare_nothing,
    studies,
    measured,
    open_measured,
    examined_open,
    examined_closed,
    examined_both,
    examined_unclear,
    more,
    no_difference,
    less,
    mixed,
    not_measured
from comparison_matrix_by_layer
where layer = 'counted'
