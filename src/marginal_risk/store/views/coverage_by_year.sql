-- For each year of publication: how many studies are coded, and how far do they give evidence on marginal risk?
-- studies: Number of works in the bibliography that were published in the year.
-- in_scope: Number of studies found that were published in the year and not left out.
-- coded: Number of studies published in the year that are coded for a misuse vector.
-- addressed: Number of coded studies that address the step on marginal risk, for at least one vector.
-- partial: Number of coded studies that cover the step on marginal risk in part at best.
-- absent: Number of coded studies that leave the step on marginal risk out.
-- contested: Number of coded studies on which coders disagree at the step on marginal risk, where settling it could raise the level.
-- not_coded: Number of coded studies that nobody has judged at the step on marginal risk.
create view coverage_by_year as
with focus as materialized (
    select a.citekey, a.misuse_vector, low.rank as lowest, high.rank as highest
    from agreed_judgements a
    join steps s on s.slug = a.step
    join levels low on low.slug = a.level
    join levels high on high.slug = a.highest_level
    where s.is_marginal_risk
),
reached as materialized (
    select
        coded.citekey,
        max(focus.lowest) as best,
        max(focus.highest) as best_possible
    from coded_studies coded
    left join focus
        on focus.citekey = coded.citekey and focus.misuse_vector = coded.misuse_vector
    group by coded.citekey
),
judged as (
    select
        t.year,
        case
            when best is null then 'not_coded'
            when best_possible > best then 'contested'
            else l.slug
        end as state
    from reached
    join studies t on t.citekey = reached.citekey
    left join levels l on l.rank = reached.best
),
by_year as (
    select
        year,
        count(*) as coded,
        count(*) filter (where state = 'addressed') as addressed,
        count(*) filter (where state = 'partial') as partial,
        count(*) filter (where state = 'absent') as absent,
        count(*) filter (where state = 'contested') as contested,
        count(*) filter (where state = 'not_coded') as not_coded
    from judged
    group by year
)
select
    y.year,
    (select count(*) from studies t where t.year = y.year) as studies,
    (
        select count(*)
        from studies t
        where t.year = y.year
            and exists (
                select 1
                from screening f
                where f.citekey = t.citekey and f.decision in ('candidate', 'included')
            )
    ) as in_scope,
    coalesce(by_year.coded, 0) as coded,
    coalesce(by_year.addressed, 0) as addressed,
    coalesce(by_year.partial, 0) as partial,
    coalesce(by_year.absent, 0) as absent,
    coalesce(by_year.contested, 0) as contested,
    coalesce(by_year.not_coded, 0) as not_coded
from publication_years y
left join by_year on by_year.year = y.year
