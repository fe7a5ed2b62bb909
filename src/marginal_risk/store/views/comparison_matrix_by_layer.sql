-- Compared with what? For each misuse vector and comparator, in each layer of the map: how many studies compare, and what do they find?
-- layer (text): counted, or with_provisional: the same, and what machines coded of studies whose comparisons nobody else has coded.
-- comparator (text): What the models are compared with.
-- state (text): measured, not_measured (compared, nothing measured), not_compared (no study compares with it), not_coded (no study's comparisons are coded) or no_study.
-- in_scope: Number of studies found for the vector and not excluded.
-- coded: Number of studies found for the vector whose comparisons are coded.
-- compare_nothing: Number of studies that compare with nothing.
-- studies: Number of studies that compare with this comparator.
-- measured: Number of studies that measure something against this comparator.
-- open_measured: Number of studies that measure open models against this comparator, alone or beside closed ones.
-- examined_open: Number of studies with a comparison with this comparator that examines open models alone.
-- examined_closed: Number of studies with a comparison with this comparator that examines closed models alone.
-- examined_both: Number of studies with a comparison with this comparator that examines both.
-- examined_unclear: Number of studies with a comparison with this comparator that does not say which.
-- more: Number of studies with a comparison with this comparator that finds more.
-- no_difference: Number of studies with a comparison with this comparator that finds no difference.
-- less: Number of studies with a comparison with this comparator that finds less.
-- mixed: Number of studies with a comparison with this comparator whose finding is mixed.
-- not_measured: Number of studies that measure nothing against this comparator.
-- provisional: Number of studies whose comparisons only machines have coded.
create view comparison_matrix_by_layer as
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
of_study as (
    select
        layer,
        misuse_vector,
        comparator,
        citekey,
        max(case when finding <> 'not_measured' then 1 else 0 end) as measured,
        max(
            case when finding <> 'not_measured' and examined in ('open', 'both') then 1 else 0 end
        ) as open_measured,
        max(case when examined = 'open' then 1 else 0 end) as examined_open,
        max(case when examined = 'closed' then 1 else 0 end) as examined_closed,
        max(case when examined = 'both' then 1 else 0 end) as examined_both,
        max(case when examined = 'unclear' then 1 else 0 end) as examined_unclear,
        max(case when finding = 'more' then 1 else 0 end) as more,
        max(case when finding = 'no_difference' then 1 else 0 end) as no_difference,
        max(case when finding = 'less' then 1 else 0 end) as less,
        max(case when finding = 'mixed' then 1 else 0 end) as mixed,
        max(is_provisional) as provisional
    from comparisons_by_layer
    group by layer, misuse_vector, comparator, citekey
),
read_of as (
    select
        layer,
        misuse_vector,
        count(distinct citekey) as studies,
        count(*) filter (where comparator = 'none') as compare_nothing
    from of_study
    group by layer, misuse_vector
),
counted as (
    select
        layer,
        misuse_vector,
        comparator,
        count(*) as studies,
        sum(measured) as measured,
        sum(open_measured) as open_measured,
        sum(examined_open) as examined_open,
        sum(examined_closed) as examined_closed,
        sum(examined_both) as examined_both,
        sum(examined_unclear) as examined_unclear,
        sum(more) as more,
        sum(no_difference) as no_difference,
        sum(less) as less,
        sum(mixed) as mixed,
        sum(provisional) as provisional
    from of_study
    group by layer, misuse_vector, comparator
)
select
    y.layer,
    v.slug as misuse_vector,
    k.slug as comparator,
    case
        when coalesce(found.studies, 0) = 0 then 'no_study'
        when coalesce(read_of.studies, 0) = 0 then 'not_coded'
        when coalesce(c.studies, 0) = 0 then 'not_compared'
        when c.measured = 0 then 'not_measured'
        else 'measured'
    end as state,
    coalesce(found.studies, 0) as in_scope,
    coalesce(read_of.studies, 0) as coded,
    coalesce(read_of.compare_nothing, 0) as compare_nothing,
    coalesce(c.studies, 0) as studies,
    coalesce(c.measured, 0) as measured,
    coalesce(c.open_measured, 0) as open_measured,
    coalesce(c.examined_open, 0) as examined_open,
    coalesce(c.examined_closed, 0) as examined_closed,
    coalesce(c.examined_both, 0) as examined_both,
    coalesce(c.examined_unclear, 0) as examined_unclear,
    coalesce(c.more, 0) as more,
    coalesce(c.no_difference, 0) as no_difference,
    coalesce(c.less, 0) as less,
    coalesce(c.mixed, 0) as mixed,
    coalesce(c.studies, 0) - coalesce(c.measured, 0) as not_measured,
    coalesce(c.provisional, 0) as provisional
from layers y
cross join vectors v
cross join comparators k
left join found on found.misuse_vector = v.slug
left join read_of on read_of.layer = y.layer and read_of.misuse_vector = v.slug
left join counted c
    on c.layer = y.layer and c.misuse_vector = v.slug and c.comparator = k.slug
where k.slug <> 'none'
