-- For which reasons were studies left out: in all, and for each misuse vector?
-- misuse_vector: The misuse vector; NULL for all studies. There, one that is left out for every vector counts once, under the reason that stands first in the codebook.
-- studies: Number of studies left out for the reason.
create view exclusions as
with left_out as (
    select x.citekey, x.misuse_vector, r.position
    from found_studies x
    join exclusion_reasons r on r.slug = x.reason
    where x.stage = 'excluded'
),
works as (
    select cast(null as varchar) as misuse_vector, citekey, min(position) as position
    from left_out
    where not exists (
        select 1
        from found_studies other
        where other.citekey = left_out.citekey
            and other.stage not in ('excluded', 'withdrawn')
    )
    group by citekey
    union all
    select misuse_vector, citekey, position
    from left_out
    where misuse_vector is not null
)
select works.misuse_vector, r.slug as reason, count(*) as studies
from works
join exclusion_reasons r on r.position = works.position
group by works.misuse_vector, r.slug
