-- What is missing, in the order in which it matters?
-- priority: 1 for the first gap: marginal-risk evidence first, then the widest gaps.
-- gap_kind (text): What is missing in the cell.
-- gap_in (text): literature, where every study found was read; reading, where one waits, coders disagree or nobody searched.
-- in_scope: Number of studies found for the vector and not excluded.
-- waiting: Number of studies found for the vector that nobody has judged at this step.
-- studies: Number of studies that are coded for the vector.
create view gaps as
select
    row_number() over (
        order by
            case when s.is_marginal_risk then 0 else 1 end, k.position, v.position, s.position
    ) as priority,
    m.misuse_vector,
    m.step,
    m.gap_kind,
    m.gap_in,
    m.in_scope,
    m.waiting,
    m.studies
from coverage_matrix m
join vectors v on v.slug = m.misuse_vector
join steps s on s.slug = m.step
join gap_kinds k on k.slug = m.gap_kind
