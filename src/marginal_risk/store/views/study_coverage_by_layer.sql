-- How far does each coded study cover each step, in each layer of the map?
-- layer (text): counted, or with_provisional: the same, and what machines coded where nobody else has judged.
-- coders: Number of people and publications who coded it; of machines where nobody else did. A consensus does not count as a coder.
-- provisional: Number of its levels that are those of machines alone.
create view study_coverage_by_layer as
with reached as (
    select
        layer,
        citekey,
        misuse_vector,
        max(case when step = 'STEP' then level end) as "STEP", -- for each step
        count(*) filter (where is_provisional = 1) as provisional
    from agreed_levels
    group by layer, citekey, misuse_vector
)
select
    coded.layer,
    coded.citekey,
    coded.misuse_vector,
    r."STEP", -- for each step
    coded.coders,
    coalesce(r.provisional, 0) as provisional
from studies_by_layer coded
left join reached r
    on r.layer = coded.layer and r.citekey = coded.citekey
    and r.misuse_vector = coded.misuse_vector
