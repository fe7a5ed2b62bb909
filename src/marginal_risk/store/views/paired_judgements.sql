-- Which judgements can be compared: those of two coders on one study and step?
-- coder: The one coder, first in the alphabet.
-- level: The level that this coder gave.
-- other_coder (text): The other coder.
-- other_level (text): The level that the other coder gave.
create view paired_judgements as
select
    a.citekey,
    a.misuse_vector,
    a.step,
    a.coder,
    a.level,
    b.coder as other_coder,
    b.level as other_level
from independent_judgements a
join independent_judgements b
    on b.citekey = a.citekey and b.misuse_vector = a.misuse_vector and b.step = a.step
where a.coder < b.coder collate "binary"
