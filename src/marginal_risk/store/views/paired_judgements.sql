-- Which judgements can be compared: those of two coders on one study and step?
-- coder: The one coder, first in the alphabet.
-- level: The level that this coder gave.
-- other_coder (text): The other coder.
-- other_level (text): The level that the other coder gave.
create view paired_judgements as
select citekey, misuse_vector, step, coder, level, other_coder, other_level
from judgement_pairs
where among = 'independent'
