-- How often does one coder give a level where another gives which?
-- coder: The one coder, first in the alphabet.
-- level: The level that this coder gave.
-- other_coder (text): The other coder.
-- other_level (text): The level that the other coder gave.
-- judgements: Number of steps, over all studies, that the two judged so.
create view confusion as
with compared as (
    select distinct coder, other_coder from paired_judgements
)
select
    c.coder,
    a.slug as level,
    c.other_coder,
    b.slug as other_level,
    count(p.citekey) as judgements
from compared c
cross join levels a
cross join levels b
left join paired_judgements p
    on p.coder = c.coder and p.other_coder = c.other_coder
    and p.level = a.slug and p.other_level = b.slug
group by c.coder, a.slug, c.other_coder, b.slug
