-- Where do screeners differ, and nobody has settled it?
-- includes: Number of screeners who include it.
-- excludes: Number of screeners who exclude it.
-- unsure: Number of screeners who are unsure.
create view screening_conflicts as
select
    f.citekey,
    f.misuse_vector,
    f.screening_stage,
    count(*) filter (where d.decision = 'include') as includes,
    count(*) filter (where d.decision = 'exclude') as excludes,
    count(*) filter (where d.decision = 'unsure') as unsure
from screening f
join screener_decisions d
    on d.citekey = f.citekey
    and d.stage = f.screening_stage
    and (d.misuse_vector = f.misuse_vector or d.misuse_vector is null)
where f.waiting_for = 'settling'
group by f.citekey, f.misuse_vector, f.screening_stage
