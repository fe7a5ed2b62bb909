-- What do the coders together say of each study, step by step?
-- level: The consensus if there is one, else the level all coders agree on, else the lowest.
-- highest_level (text): The highest level that a coder gave; differs from level where contested.
-- basis (text): consensus, agreement, single_coder or contested.
-- coders: Number of coders who judged it independently.
-- has_low_confidence: 1 where a judgement it rests on has low confidence, else 0.
create view agreed_judgements as
with human as (
    select
        j.citekey, j.misuse_vector, j.step, j.confidence, l.rank,
        case when c.kind = 'consensus' then 1 else 0 end as is_consensus
    from judgements j
    join coders c on c.coder = j.coder
    join levels l on l.slug = j.level
    join coded_studies coded
        on coded.citekey = j.citekey and coded.misuse_vector = j.misuse_vector
    where c.kind <> 'machine'
),
keyed as (
    select
        human.*,
        max(is_consensus) over (partition by citekey, misuse_vector, step) as has_consensus,
        sum(1 - is_consensus) over (partition by citekey, misuse_vector, step) as coders
    from human
),
settled as (
    select
        citekey, misuse_vector, step, has_consensus, coders,
        min(rank) as lowest,
        max(rank) as highest,
        max(case when confidence = 'low' then 1 else 0 end) as has_low_confidence
    from keyed
    where is_consensus = has_consensus
    group by citekey, misuse_vector, step, has_consensus, coders
)
select
    s.citekey,
    s.misuse_vector,
    s.step,
    low.slug as level,
    high.slug as highest_level,
    case
        when s.lowest <> s.highest then 'contested'
        when s.has_consensus = 1 then 'consensus'
        when s.coders = 1 then 'single_coder'
        else 'agreement'
    end as basis,
    s.coders,
    s.has_low_confidence
from settled s
join levels low on low.rank = s.lowest
join levels high on high.rank = s.highest
