-- What do the coders together say of each study, step by step, in each layer of the map? (The rule; the table agreed_levels keeps its rows.)
-- layer (text): counted, or with_provisional: the same, and what machines coded where nobody else has judged.
-- level: The consensus if there is one, else the level all coders agree on, else the lowest.
-- highest_level (text): The highest level that a coder gave; differs from level where contested.
-- rank: Rank of the level; higher covers more of the step.
-- highest_rank: Rank of the highest level.
-- basis (text): consensus, agreement, single_coder or contested.
-- coders: Number of people and publications who judged it; of machines where nobody else did.
-- has_low_confidence: 1 where a judgement it rests on has low confidence, else 0.
-- is_provisional: 1 where it rests on judgements of machines alone, else 0.
-- year: Year of publication of the study.
create view levels_by_layer as
with judged as (
    -- Those of the highest authority have the last word. So authority is put before what is
    -- compared, and the largest number is the one of those who have it.
    select
        layer, citekey, misuse_vector, step,
        max(authority) as highest,
        max(100 * authority + rank) as highest_rank,
        max(100 * authority - rank) as lowest_rank,
        max(100 * authority + case confidence when 'low' then 1 else 0 end) as lowest_confidence,
        count(*) as judgements,
        -- Whoever judged on their own, also where a consensus settled it.
        count(*) filter (where authority = 2) as independent,
        max(year) as year
    from placed_judgements
    group by layer, misuse_vector, step, citekey
),
settled as (
    select
        layer, citekey, misuse_vector, step, year, highest,
        highest_rank - 100 * highest as highest_rank,
        100 * highest - lowest_rank as lowest_rank,
        lowest_confidence - 100 * highest as has_low_confidence,
        case when highest = 1 then judgements else independent end as coders
    from judged
)
select
    s.layer,
    s.citekey,
    s.misuse_vector,
    s.step,
    low.slug as level,
    high.slug as highest_level,
    s.lowest_rank as rank,
    s.highest_rank,
    case
        when s.lowest_rank <> s.highest_rank then 'contested'
        when s.highest = 3 then 'consensus'
        when s.coders = 1 then 'single_coder'
        else 'agreement'
    end as basis,
    s.coders,
    s.has_low_confidence,
    case when s.highest = 1 then 1 else 0 end as is_provisional,
    s.year
from settled s
join levels low on low.rank = s.lowest_rank
join levels high on high.rank = s.highest_rank
