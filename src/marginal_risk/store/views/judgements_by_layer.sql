-- Which judgements are in each layer of the map, and what weight have they? (The table placed_judgements keeps its rows.)
-- layer (text): counted, or with_provisional: the same, and what machines coded.
-- rank: Rank of the level; higher covers more of the step.
-- authority: 3 for a consensus, 2 for a person or publication, 1 for a machine. Of those who judged a step, the highest have the last word.
-- year: Year of publication of the study.
create view judgements_by_layer as
select
    g.layer, j.misuse_vector, j.step, j.citekey, j.coder, l.rank, j.confidence, g.authority, t.year
from judgements j
join placed_codings g
    on g.citekey = j.citekey and g.misuse_vector = j.misuse_vector and g.coder = j.coder
join levels l on l.slug = j.level
join studies t on t.citekey = j.citekey
