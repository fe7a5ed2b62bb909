-- Which judgements did a person or a publication make on their own? (No consensus, no machine.)
-- rank: Rank of the level; higher covers more of the step.
create view independent_judgements as
select j.citekey, j.misuse_vector, j.step, j.coder, j.level, l.rank
from judgements j
join levels l on l.slug = j.level
join codings_by_layer g
    on g.citekey = j.citekey and g.misuse_vector = j.misuse_vector and g.coder = j.coder
where g.layer = 'counted' and g.authority = 2
