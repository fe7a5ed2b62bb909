-- Where do two coders give one study different levels at a step?
-- coder: The one coder, first in the alphabet.
-- level: The level that this coder gave.
-- rationale: The reason that this coder gave.
-- other_coder (text): The other coder.
-- other_level (text): The level that the other coder gave.
-- other_rationale (text): The reason that the other coder gave.
-- settled_level (text): The level of the consensus; NULL while there is none.
-- consensus (text): The coder that is the consensus; NULL while there is none.
-- settled_rationale (text): How it was settled; NULL while it is not.
create view disagreements as
with settled as (
    select
        j.citekey, j.misuse_vector, j.step, j.coder, j.rationale,
        row_number() over (
            partition by j.citekey, j.misuse_vector, j.step order by j.coder collate "binary"
        ) as place
    from judgements j
    join coders c on c.coder = j.coder
    where c.kind = 'consensus'
)
select
    p.citekey,
    p.misuse_vector,
    p.step,
    p.coder,
    p.level,
    a.rationale,
    p.other_coder,
    p.other_level,
    b.rationale as other_rationale,
    case when agreed.basis = 'consensus' then agreed.level end as settled_level,
    case when agreed.basis = 'consensus' then s.coder end as consensus,
    case when agreed.basis = 'consensus' then s.rationale end as settled_rationale
from paired_judgements p
join judgements a
    on a.citekey = p.citekey and a.misuse_vector = p.misuse_vector
    and a.coder = p.coder and a.step = p.step
join judgements b
    on b.citekey = p.citekey and b.misuse_vector = p.misuse_vector
    and b.coder = p.other_coder and b.step = p.step
join agreed_levels agreed
    on agreed.layer = 'counted' and agreed.misuse_vector = p.misuse_vector
    and agreed.step = p.step and agreed.citekey = p.citekey
left join settled s
    on s.citekey = p.citekey and s.misuse_vector = p.misuse_vector
    and s.step = p.step and s.place = 1
where p.level <> p.other_level
