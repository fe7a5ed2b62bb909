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
with differing as materialized (
    select
        p.*,
        agreed.level as settled_level,
        -- Of several consensuses that say the same, the first in the alphabet.
        (
            select min(j.coder collate "binary")
            from judgements j
            join coders c on c.coder = j.coder and c.kind = 'consensus'
            where j.citekey = p.citekey and j.misuse_vector = p.misuse_vector and j.step = p.step
        ) as consensus
    from paired_judgements p
    left join agreed_levels agreed
        on agreed.layer = 'counted' and agreed.misuse_vector = p.misuse_vector
        and agreed.step = p.step and agreed.citekey = p.citekey and agreed.basis = 'consensus'
    where p.level <> p.other_level
)
select
    d.citekey,
    d.misuse_vector,
    d.step,
    d.coder,
    d.level,
    a.rationale,
    d.other_coder,
    d.other_level,
    b.rationale as other_rationale,
    d.settled_level,
    s.coder as consensus,
    s.rationale as settled_rationale
from differing d
join judgements a
    on a.citekey = d.citekey and a.misuse_vector = d.misuse_vector
    and a.coder = d.coder and a.step = d.step
join judgements b
    on b.citekey = d.citekey and b.misuse_vector = d.misuse_vector
    and b.coder = d.other_coder and b.step = d.step
left join judgements s
    on s.citekey = d.citekey and s.misuse_vector = d.misuse_vector
    and s.coder = d.consensus and s.step = d.step and d.settled_level is not null
