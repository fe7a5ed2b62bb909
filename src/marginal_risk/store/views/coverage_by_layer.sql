-- How far does the literature cover each step, for each misuse vector, in each layer of the map?
-- layer (text): counted, or with_provisional: the same, and what machines coded where nobody else has judged.
-- level: The strongest level that a coded study reaches; NULL where there is none.
-- state (text): What the cell shows: addressed, partial, absent, contested, not_coded or no_study.
-- gap_kind (text): What is missing in the cell; NULL where two or more studies address the step.
-- gap_in (text): literature, where every study found was read; reading, where one waits, coders disagree or nobody searched.
-- in_scope: Number of studies found for the vector and not excluded.
-- waiting: Number of studies found for the vector that nobody has judged at this step.
-- studies: Number of studies that are coded for the vector.
-- addressed: Number of coded studies that address the step.
-- partial: Number of coded studies that cover the step in part.
-- absent: Number of coded studies that leave the step out.
-- not_coded: Number of coded studies that nobody has judged at this step.
-- contested: Number of coded studies on which coders disagree, unsettled; each counts at its lowest level.
-- low_confidence: Number of coded studies whose judgement has low confidence.
-- single_coder: Number of coded studies that one coder alone judged.
-- provisional: Number of coded studies whose judgement is that of machines alone.
create view coverage_by_layer as
with layers as (
    select cast('counted' as varchar) as layer
    union all
    select cast('with_provisional' as varchar) as layer
),
found as (
    select misuse_vector, count(*) as studies
    from screening
    where decision in ('candidate', 'included')
    group by misuse_vector
),
-- A vector without a row in screening.csv is one that no search was made for.
searched as (
    select distinct misuse_vector
    from screening
    where exists (select 1 from searches where kind = 'systematic')
),
coded as (
    select layer, misuse_vector, count(*) as studies
    from studies_by_layer
    group by layer, misuse_vector
),
judged as (
    select
        layer,
        misuse_vector,
        step,
        max(rank) as best,
        max(highest_rank) as best_possible,
        count(*) as studies,
        count(*) filter (where level = 'addressed') as addressed,
        count(*) filter (where level = 'partial') as partial,
        count(*) filter (where level = 'absent') as absent,
        count(*) filter (where basis = 'contested') as contested,
        count(*) filter (where has_low_confidence = 1) as low_confidence,
        count(*) filter (where coders = 1) as single_coder,
        count(*) filter (where is_provisional = 1) as provisional
    from agreed_levels
    group by layer, misuse_vector, step
),
cells as (
    select
        y.layer,
        v.slug as misuse_vector,
        s.slug as step,
        j.best,
        j.best_possible,
        coalesce(c.studies, 0) as studies,
        coalesce(j.addressed, 0) as addressed,
        coalesce(j.partial, 0) as partial,
        coalesce(j.absent, 0) as absent,
        coalesce(c.studies, 0) - coalesce(j.studies, 0) as not_coded,
        coalesce(j.contested, 0) as contested,
        coalesce(j.low_confidence, 0) as low_confidence,
        coalesce(j.single_coder, 0) as single_coder,
        coalesce(j.provisional, 0) as provisional
    from layers y
    cross join vectors v
    cross join steps s
    left join coded c on c.layer = y.layer and c.misuse_vector = v.slug
    left join judged j
        on j.layer = y.layer and j.misuse_vector = v.slug and j.step = s.slug
),
counted as (
    select
        cells.*,
        coalesce(found.studies, 0) as in_scope,
        coalesce(found.studies, 0) - (addressed + partial + absent) as waiting,
        case when searched.misuse_vector is null then 0 else 1 end as is_searched
    from cells
    left join found on found.misuse_vector = cells.misuse_vector
    left join searched on searched.misuse_vector = cells.misuse_vector
),
compared as (
    select
        counted.layer,
        counted.misuse_vector,
        counted.step,
        l.slug as level,
        case
            when in_scope = 0 then 'no_study'
            when best is null then 'not_coded'
            when best_possible > best then 'contested'
            else l.slug
        end as state,
        case
            when in_scope = 0 then 'no_study'
            when best is null then 'not_coded'
            when best_possible > best then 'contested'
            when l.slug = 'absent' then 'absent'
            when l.slug = 'partial' then 'partial_only'
            when addressed = 1 then 'single_study'
        end as gap_kind,
        in_scope,
        waiting,
        is_searched,
        studies,
        addressed,
        partial,
        absent,
        not_coded,
        contested,
        low_confidence,
        single_coder,
        provisional
    from counted
    left join levels l on l.rank = counted.best
)
select
    layer,
    misuse_vector,
    step,
    level,
    state,
    gap_kind,
    case
        when gap_kind is null then null
        when waiting > 0 or gap_kind = 'contested' then 'reading'
        when in_scope = 0 and is_searched = 0 then 'reading'
        else 'literature'
    end as gap_in,
    in_scope,
    waiting,
    studies,
    addressed,
    partial,
    absent,
    not_coded,
    contested,
    low_confidence,
    single_coder,
    provisional
from compared
