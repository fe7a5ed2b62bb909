-- How many studies were found, and how far have they got: in all, and for each misuse vector?
-- misuse_vector: The misuse vector; NULL for all studies, where a study counts once, at its furthest.
-- found: Number of studies found: candidates, excluded and included. Withdrawn ones are left out.
-- candidates: Number of studies found that wait for a decision.
-- excluded: Number of studies found that were left out, with a reason.
-- included: Number of studies found that are to be coded, or are.
-- coded: Number of included studies that somebody has coded.
-- coded_twice: Number of included studies that two coders or more have coded independently.
-- withdrawn: Number of studies taken off the map, with a reason.
create view screening_flow as
with ranked as (
    select
        citekey,
        misuse_vector,
        case stage
            when 'withdrawn' then 1
            when 'excluded' then 2
            when 'candidate' then 3
            when 'included' then 4
            when 'coded' then 5
            else 6
        end as furthest
    from found_studies
),
works as (
    select cast(null as varchar) as misuse_vector, citekey, max(furthest) as furthest
    from ranked
    group by citekey
    union all
    select misuse_vector, citekey, furthest
    from ranked
    where misuse_vector is not null
),
scopes as (
    select slug as misuse_vector from vectors
    union all
    select null
)
select
    scopes.misuse_vector,
    count(*) filter (where furthest >= 2) as found,
    count(*) filter (where furthest = 3) as candidates,
    count(*) filter (where furthest = 2) as excluded,
    count(*) filter (where furthest >= 4) as included,
    count(*) filter (where furthest >= 5) as coded,
    count(*) filter (where furthest >= 6) as coded_twice,
    count(*) filter (where furthest = 1) as withdrawn
from scopes
left join works on coalesce(works.misuse_vector, '') = coalesce(scopes.misuse_vector, '')
group by scopes.misuse_vector
