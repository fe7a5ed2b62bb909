-- Where do two coders give one study different levels at a step?
-- coder: The one coder, first in the alphabet.
-- level: The level that this coder gave.
-- rationale: The reason that this coder gave.
-- other_coder: The other coder.
-- other_level: The level that the other coder gave.
-- other_rationale: The reason that the other coder gave.
-- settled_level: The level of the consensus; NULL while there is none.
create view disagreements as
select
    a.citekey,
    a.misuse_vector,
    a.step,
    a.coder,
    a.level,
    a.rationale,
    b.coder as other_coder,
    b.level as other_level,
    b.rationale as other_rationale,
    case when agreed.basis = 'consensus' then agreed.level end as settled_level
from judgements a
join judgements b
    on b.citekey = a.citekey and b.misuse_vector = a.misuse_vector and b.step = a.step
join coders ca on ca.coder = a.coder
join coders cb on cb.coder = b.coder
join agreed_judgements agreed
    on agreed.citekey = a.citekey and agreed.misuse_vector = a.misuse_vector
    and agreed.step = a.step
where a.coder < b.coder
    and a.level <> b.level
    and ca.kind in ('published', 'person')
    and cb.kind in ('published', 'person')
