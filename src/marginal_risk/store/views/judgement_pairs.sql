-- Which judgements of two coders are on one study and step? (No consensus; none of a coding with what it began with, and of those that began with the same machine, one.)
-- among (text): independent, for two people or publications; machines; or machine_and_independent.
-- coder: The one coder, first in the alphabet.
-- level: The level that this coder gave.
-- other_coder (text): The other coder.
-- other_level (text): The level that the other coder gave.
create view judgement_pairs as
select
    case
        when a.authority <> b.authority then 'machine_and_independent'
        when a.authority = 1 then 'machines'
        else 'independent'
    end as among,
    a.citekey,
    a.misuse_vector,
    a.step,
    a.coder,
    one.slug as level,
    b.coder as other_coder,
    other.slug as other_level
from placed_judgements a
join placed_judgements b
    on b.layer = a.layer and b.misuse_vector = a.misuse_vector and b.step = a.step
    and b.citekey = a.citekey
join levels one on one.rank = a.rank
join levels other on other.rank = b.rank
where a.layer = 'with_provisional'
    and a.coder < b.coder collate "binary"
    and a.authority < 3
    and b.authority < 3
    and (a.citekey, a.misuse_vector, a.coder) not in (select * from rechecked_codings)
    and (b.citekey, b.misuse_vector, b.coder) not in (select * from rechecked_codings)
    and not exists (
        select 1
        from coding_starts s
        where s.citekey = a.citekey and s.misuse_vector = a.misuse_vector
            and s.coder in (a.coder, b.coder) and s.started_from in (a.coder, b.coder)
    )
