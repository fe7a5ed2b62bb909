-- Compared with what? For each misuse vector and comparator: how many coded studies compare, and what do they find?
-- comparator (text): What the models are compared with.
-- state (text): measured, not_measured (compared, nothing measured), not_compared (no study compares with it), not_coded (no study's comparisons are coded) or no_study.
-- in_scope: Number of studies found for the vector and not excluded.
-- coded: Number of them whose comparisons are coded.
-- compare_nothing: Number of those that compare with nothing.
-- studies: Number of those that compare with this comparator.
-- measured: Number of them that measure something against it.
-- open_measured: Number of them that measure open models against it, alone or beside closed ones.
-- examined_open: Number of them with a comparison that examines open models alone.
-- examined_closed: Number of them with one that examines closed models alone.
-- examined_both: Number of them with one that examines both.
-- examined_unclear: Number of them with one that does not say which.
-- more: Number of them with a comparison that finds more.
-- no_difference: Number of them with one that finds no difference.
-- less: Number of them with one that finds less.
-- mixed: Number of them with one whose finding is mixed.
-- not_measured: Number of them that measure nothing against it.
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
