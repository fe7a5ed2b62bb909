-- For each misuse vector: does any coded study give evidence on marginal risk?
-- evidence (text): none, partial, addressed, contested, not_coded or no_study.
-- gap_kind (text): What is missing in the step that asks for evidence; NULL where two or more give it.
-- gap_in (text): literature, where every study found was read; reading, where one waits, coders disagree or nobody searched.
-- in_scope: Number of studies found for the vector and not excluded.
-- waiting: Number of studies found for the vector that nobody has judged at this step.
-- studies: Number of studies that are coded for the vector.
-- addressed: Number of coded studies that give evidence on marginal risk, whatever it shows.
-- partial: Number of coded studies that give some evidence.
-- absent: Number of coded studies that give none.
-- not_coded: Number of coded studies that nobody has judged at this step.
create view marginal_risk_gaps as
select
    m.misuse_vector,
    case when m.state = 'absent' then 'none' else m.state end as evidence,
    m.gap_kind,
    m.gap_in,
    m.in_scope,
    m.waiting,
    m.studies,
    m.addressed,
    m.partial,
    m.absent,
    m.not_coded
from coverage_matrix m
join steps s on s.slug = m.step
where s.is_marginal_risk
