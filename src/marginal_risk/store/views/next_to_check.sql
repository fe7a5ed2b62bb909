-- Which provisional codings wait for a person to check them, the one first whose check could change the map most?
-- priority: 1 for the first: most cells changed, then those of the step of marginal risk first, then fewest steps at which the machines differ, then the newest study.
-- machines: Number of machines that coded it.
-- steps: Number of steps that they judged.
-- cells_changed: Number of cells of its vector that would show a stronger level if its judgements stood, or a level for the first time.
-- evidence_changed: 1 where one of these cells is at the step of marginal risk, else 0.
-- differing: Number of steps at which the machines differ; the lower level is the one that is counted on.
create view next_to_check as
with waiting as (
    select
        a.citekey, a.misuse_vector, a.step, a.basis, a.coders,
        case
            when c.level is null or l.rank > r.rank then 1
            else 0
        end as cells_changed,
        case when s.is_marginal_risk then 1 else 0 end as is_evidence
    from agreed_levels a
    join levels l on l.slug = a.level
    join steps s on s.slug = a.step
    join coverage_matrix c on c.misuse_vector = a.misuse_vector and c.step = a.step
    left join levels r on r.slug = c.level
    join studies_by_layer w
        on w.layer = a.layer and w.citekey = a.citekey and w.misuse_vector = a.misuse_vector
    where a.layer = 'with_provisional' and w.is_provisional = 1
),
counted as (
    select
        citekey,
        misuse_vector,
        max(coders) as machines,
        count(*) as steps,
        sum(cells_changed) as cells_changed,
        max(cells_changed * is_evidence) as evidence_changed,
        sum(case when basis = 'contested' then 1 else 0 end) as differing
    from waiting
    group by citekey, misuse_vector
)
select
    row_number() over (
        order by
            n.cells_changed desc,
            n.evidence_changed desc,
            n.differing,
            t.year desc,
            n.citekey collate "binary",
            v.position
    ) as priority,
    n.citekey,
    n.misuse_vector,
    n.machines,
    n.steps,
    n.cells_changed,
    n.evidence_changed,
    n.differing
from counted n
join studies t on t.citekey = n.citekey
join vectors v on v.slug = n.misuse_vector
