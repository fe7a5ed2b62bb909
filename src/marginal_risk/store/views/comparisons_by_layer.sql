-- What do the studies compare with what, and what came out, in each layer of the map?
-- layer (text): counted, or with_provisional: the same, and what machines coded of studies whose comparisons nobody else has coded.
-- comparison: Number of the row of the table comparisons.
-- locator (text): Where in the study the comparison stands.
-- note (text): What was compared, and what came out.
-- is_provisional: 1 where machines alone coded what the study compares, else 0.
create view comparisons_by_layer as
select
    g.layer,
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
    case when g.authority = 1 then 1 else 0 end as is_provisional
from placed_codings g
join comparisons c
    on c.citekey = g.citekey and c.misuse_vector = g.misuse_vector and c.coder = g.coder
-- Of those who coded comparisons of a study, the highest have the last word.
where not exists (
    select 1
    from placed_codings h
    join comparisons o
        on o.citekey = h.citekey and o.misuse_vector = h.misuse_vector and o.coder = h.coder
    where h.layer = g.layer and h.citekey = g.citekey and h.misuse_vector = g.misuse_vector
        and h.authority > g.authority
)
