-- What do the coders together say of each study, step by step, in each layer of the map? (The rule; the table agreed_levels keeps its rows.)
-- layer (text): counted, or with_provisional: the same, and what machines coded where nobody else has judged.
-- level: The consensus if there is one, else the level all coders agree on, else the lowest.
-- highest_level (text): The highest level that a coder gave; differs from level where contested.
-- basis (text): consensus, agreement, single_coder or contested.
-- coders: Number of people and publications who judged it; of machines where nobody else did.
-- has_low_confidence: 1 where a judgement it rests on has low confidence, else 0.
-- is_provisional: 1 where it rests on judgements of machines alone, else 0.
create view levels_by_layer as
with judged as (
    select
        g.layer, j.citekey, j.misuse_vector, j.step, j.confidence, l.rank, g.authority,
        max(g.authority) over (
            partition by g.layer, j.citekey, j.misuse_vector, j.step
        ) as highest
    from judgements j
    join codings_by_layer g
        on g.citekey = j.citekey and g.misuse_vector = j.misuse_vector and g.coder = j.coder
    join levels l on l.slug = j.level
),
keyed as (
    select
        judged.*,
        -- Whoever judged on their own, also where a consensus settled it.
        sum(case when authority = case when highest = 1 then 1 else 2 end then 1 else 0 end) over (
            partition by layer, citekey, misuse_vector, step
        ) as coders
    from judged
),
settled as (
    select
        layer, citekey, misuse_vector, step, highest, coders,
        min(rank) as lowest_rank,
        max(rank) as highest_rank,
        max(case when confidence = 'low' then 1 else 0 end) as has_low_confidence
    from keyed
    where authority = highest
    group by layer, citekey, misuse_vector, step, highest, coders
)
select
    s.layer,
    s.citekey,
    s.misuse_vector,
    s.step,
    low.slug as level,
    high.slug as highest_level,
    case
        when s.lowest_rank <> s.highest_rank then 'contested'
        when s.highest = 3 then 'consensus'
        when s.coders = 1 then 'single_coder'
        else 'agreement'
    end as basis,
    s.coders,
    s.has_low_confidence,
    case when s.highest = 1 then 1 else 0 end as is_provisional
from settled s
join levels low on low.rank = s.lowest_rank
join levels high on high.rank = s.highest_rank
