-- How far does each coded study cover each step? (The shape of Table 1 of Kapoor et al. 2024.)
-- coders: Number of coders who coded it independently; a consensus does not count as a coder.
create view study_coverage as
select
    citekey,
    misuse_vector,
    "STEP", -- for each step
    coders
from study_coverage_by_layer
where layer = 'counted'
