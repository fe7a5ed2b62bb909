-- Which comparators does each coder name for a study, and which not? (Codings whose comparisons are coded; no consensus.)
-- among (text): independent, for people and publications; or machines.
-- is_named: 1 where the coder names the comparator, else 0.
create view named_comparators as
select
    case when g.authority = 1 then 'machines' else 'independent' end as among,
    g.citekey,
    g.misuse_vector,
    g.coder,
    k.slug as comparator,
    max(case when c.comparator = k.slug then 1 else 0 end) as is_named
from placed_codings g
join comparisons c
    on c.citekey = g.citekey and c.misuse_vector = g.misuse_vector and c.coder = g.coder
cross join comparators k
where g.layer = 'with_provisional' and g.authority < 3
    and (g.citekey, g.misuse_vector, g.coder) not in (select * from rechecked_codings)
group by g.authority, g.citekey, g.misuse_vector, g.coder, k.slug
