-- What do the studies compare with what, and what came out, in each layer of the map?
-- layer (text): counted, or with_provisional: the same, and what machines coded of studies whose comparisons nobody else has coded.
-- comparison: Number of the row of the table comparisons.
-- locator (text): Where in the study the comparison stands.
-- note (text): What was compared, and what came out.
-- is_provisional: 1 where machines alone coded what the study compares, else 0.
create view comparisons_by_layer as
with placed as (
    select
        g.layer, c.id, g.authority,
        max(g.authority) over (partition by g.layer, c.citekey, c.misuse_vector) as highest
    from comparisons c
    join codings_by_layer g
        on g.citekey = c.citekey and g.misuse_vector = c.misuse_vector and g.coder = c.coder
)
select
    p.layer,
    c.id as comparison,
    c.citekey,
    c.misuse_vector,
    c.coder,
    c.examined,
    c.comparator,
    c.finding,
    c.property,
    c.locator,
    c.note,
    case when p.highest = 1 then 1 else 0 end as is_provisional
from placed p
join comparisons c on c.id = p.id
where p.authority = p.highest
