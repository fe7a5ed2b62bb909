-- How far does each coded study cover each step, in each layer of the map?
-- layer (text): counted, or with_provisional: the same, and what machines coded where nobody else has judged.
-- coders: Number of people and publications who coded it; of machines where nobody else did. A consensus is none.
-- provisional: Number of its levels that are those of machines alone.
create view study_coverage_by_layer as
select
    coded.layer,
    coded.citekey,
    coded.misuse_vector,
    max(case when a.step = 'STEP' then a.level end) as "STEP", -- for each step
    coded.coders,
    count(*) filter (where a.is_provisional = 1) as provisional
from studies_by_layer coded
left join agreed_levels a
    on a.layer = coded.layer and a.citekey = coded.citekey
    and a.misuse_vector = coded.misuse_vector
group by coded.layer, coded.citekey, coded.misuse_vector, coded.coders
