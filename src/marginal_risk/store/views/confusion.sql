-- How often does one coder give a level where another gives which?
-- coder: The one coder, first in the alphabet.
-- level: The level that this coder gave.
-- other_coder (text): The other coder.
-- other_level (text): The level that the other coder gave.
-- judgements: Number of steps, over all studies, that the two judged so.
create view confusion as
with counted as materialized (
    select coder, level, other_coder, other_level, count(*) as judgements
    from paired_judgements
    group by coder, level, other_coder, other_level
),
compared as (
    select distinct coder, other_coder from counted
)
select
    c.coder,
    a.slug as level,
    c.other_coder,
    b.slug as other_level,
    coalesce(n.judgements, 0) as judgements
from compared c
cross join levels a
cross join levels b
left join counted n
    on n.coder = c.coder and n.other_coder = c.other_coder
    and n.level = a.slug and n.other_level = b.slug
