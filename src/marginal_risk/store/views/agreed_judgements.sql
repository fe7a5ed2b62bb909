-- What do the coders together say of each study, step by step?
-- level: The consensus if there is one, else the level all coders agree on, else the lowest.
-- highest_level (text): The highest level that a coder gave; differs from level where contested.
-- basis (text): consensus, agreement, single_coder or contested.
-- coders: Number of coders who judged it independently.
-- has_low_confidence: 1 where a judgement it rests on has low confidence, else 0.
create view agreed_judgements as
select citekey, misuse_vector, step, level, highest_level, basis, coders, has_low_confidence
from agreed_levels
where layer = 'counted'
