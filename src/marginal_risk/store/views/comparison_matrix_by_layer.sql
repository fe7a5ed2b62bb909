-- Compared with what? For each misuse vector and comparator, in each layer of the map: how many studies compare, and what do they find?
-- layer (text): counted, or with_provisional: the same, and what machines coded of studies whose comparisons nobody else has coded.
-- comparator (text): What the models are compared with.
-- state (text): measured, not_measured (compared, nothing measured), not_compared (no study compares with it), not_coded (no study's comparisons are coded) or no_study.
-- in_scope: Number of studies found for the vector and not excluded.
-- coded: Number of them whose comparisons are coded.
-- compare_nothing: Number of those that compare with nothing.
-- studies: Number of those that compare with this comparator.
-- measured: Number of them that measure something against it.
-- open_measured: Number of them that measure open models against it, alone or beside closed ones.
-- examined_open: Number of them with a comparison that examines open models alone.
-- examined_closed: Number of them with one that examines closed models alone.
-- examined_both: Number of them with one that examines both.
-- examined_unclear: Number of them with one that does not say which.
-- more: Number of them with a comparison that finds more.
-- no_difference: Number of them with one that finds no difference.
-- less: Number of them with one that finds less.
-- mixed: Number of them with one whose finding is mixed.
-- not_measured: Number of them that measure nothing against it.
-- provisional: Number of them whose comparisons only machines have coded.
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
read_of as (
    select
        layer,
        misuse_vector,
        count(distinct citekey) as studies,
        count(distinct citekey) filter (where comparator = 'none') as compare_nothing
    from comparisons_by_layer
    group by layer, misuse_vector
),
counted as (
    select
        layer,
        misuse_vector,
        comparator,
        count(distinct citekey) as studies,
        count(distinct citekey) filter (where finding <> 'not_measured') as measured,
        count(distinct citekey) filter (
            where finding <> 'not_measured' and examined in ('open', 'both')
        ) as open_measured,
        count(distinct citekey) filter (where examined = 'open') as examined_open,
        count(distinct citekey) filter (where examined = 'closed') as examined_closed,
        count(distinct citekey) filter (where examined = 'both') as examined_both,
        count(distinct citekey) filter (where examined = 'unclear') as examined_unclear,
        count(distinct citekey) filter (where finding = 'more') as more,
        count(distinct citekey) filter (where finding = 'no_difference') as no_difference,
        count(distinct citekey) filter (where finding = 'less') as less,
        count(distinct citekey) filter (where finding = 'mixed') as mixed,
        count(distinct citekey) filter (where is_provisional = 1) as provisional
    from comparisons_by_layer
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
