-- What do the studies wait for that nobody has decided on: in all, and for each misuse vector?
-- misuse_vector: The misuse vector; NULL for all studies, where a study counts once, at its furthest.
-- studies: Number of studies that wait for it.
create view waiting_candidates as
with ranked as (
    select
        citekey,
        misuse_vector,
        screening_stage,
        waiting_for,
        case screening_stage when 'full_text' then 4 else 0 end
        + case waiting_for when 'first' then 1 when 'second' then 2 when 'vector' then 3 else 4 end
        as furthest
    from found_studies
    where stage = 'candidate'
),
works as (
    select cast(null as varchar) as misuse_vector, citekey, max(furthest) as furthest
    from ranked
    where not exists (
        select 1
        from found_studies other
        where other.citekey = ranked.citekey and other.stage in ('included', 'coded', 'coded_twice')
    )
    group by citekey
    union all
    select misuse_vector, citekey, furthest
    from ranked
    where misuse_vector is not null
)
select
    w.misuse_vector,
    case when w.furthest > 4 then 'full_text' else 'title' end as screening_stage,
    case
        when w.furthest in (1, 5) then 'first'
        when w.furthest in (2, 6) then 'second'
        when w.furthest in (3, 7) then 'vector'
        else 'settling'
    end as waiting_for,
    count(*) as studies
from works w
group by w.misuse_vector, w.furthest
