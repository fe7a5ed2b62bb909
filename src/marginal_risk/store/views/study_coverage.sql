-- How far does each coded study cover each step? (The shape of Table 1 of Kapoor et al. 2024.)
-- coders: Number of coders who coded it independently; a consensus is none.
create view study_coverage as
select
    coded.citekey,
    coded.misuse_vector,
    max(case when a.step = 'STEP' then a.level end) as "STEP", -- for each step
    coded.coders
from coded_studies coded
left join agreed_judgements a
    on a.citekey = coded.citekey and a.misuse_vector = coded.misuse_vector
group by coded.citekey, coded.misuse_vector, coded.coders
