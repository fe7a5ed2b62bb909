-- Which judgements did a person or a publication make on their own? (No consensus, no machine.)
-- rank: Rank of the level; higher covers more of the step.
create view independent_judgements as
select p.citekey, p.misuse_vector, p.step, p.coder, l.slug as level, p.rank
from placed_judgements p
join levels l on l.rank = p.rank
where p.layer = 'counted' and p.authority = 2
