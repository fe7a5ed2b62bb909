-- Which judgements did a person or a publication make on their own? (No consensus, no machine.)
-- rank: Rank of the level; higher covers more of the step.
create view independent_judgements as
select j.citekey, j.misuse_vector, j.step, j.coder, j.level, l.rank
from judgements j
join coders c on c.coder = j.coder
join levels l on l.slug = j.level
-- A study that was withdrawn keeps its codings, and is off the map.
join coded_studies coded
    on coded.citekey = j.citekey and coded.misuse_vector = j.misuse_vector
where c.kind in ('published', 'person')
