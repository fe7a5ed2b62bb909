-- How has the number of coded studies grown for each misuse vector, by year of publication?
-- coded: Number of studies coded for the vector that were published in the year.
-- coded_so_far: Number of studies coded for the vector that were published up to the end of the year.
create view coded_by_vector_and_year as
with published as (
    select coded.misuse_vector, t.year, count(*) as coded
    from coded_studies coded
    join studies t on t.citekey = coded.citekey
    group by coded.misuse_vector, t.year
)
select
    v.slug as misuse_vector,
    y.year,
    coalesce(p.coded, 0) as coded,
    cast(
        coalesce(sum(p.coded) over (partition by v.slug order by y.year), 0) as bigint
    ) as coded_so_far
from vectors v
cross join publication_years y
left join published p on p.misuse_vector = v.slug and p.year = y.year
