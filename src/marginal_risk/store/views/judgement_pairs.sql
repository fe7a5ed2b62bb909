-- Which judgements of two coders are on one study and step? (No consensus; none of a coding with what it began with, and of those that began with the same machine, one.)
-- among (text): independent, for two people or publications; machines; or machine_and_independent.
-- coder: The one coder, first in the alphabet.
-- level: The level that this coder gave.
-- other_coder (text): The other coder.
-- other_level (text): The level that the other coder gave.
create view judgement_pairs as
with judged as (
    select j.citekey, j.misuse_vector, j.step, j.coder, j.level, g.authority
    from judgements j
    join codings_by_layer g
        on g.citekey = j.citekey and g.misuse_vector = j.misuse_vector and g.coder = j.coder
    where g.layer = 'with_provisional' and g.authority < 3
        and (j.citekey, j.misuse_vector, j.coder) not in (select * from rechecked_codings)
)
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
    a.level,
    b.coder as other_coder,
    b.level as other_level
from judged a
join judged b
    on b.citekey = a.citekey and b.misuse_vector = a.misuse_vector and b.step = a.step
where a.coder < b.coder collate "binary"
    and not exists (
        select 1
        from coding_starts s
        where s.citekey = a.citekey and s.misuse_vector = a.misuse_vector
            and s.coder in (a.coder, b.coder) and s.started_from in (a.coder, b.coder)
    )
