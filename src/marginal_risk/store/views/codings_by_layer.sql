-- Which codings does each layer of the map hold, and which of them have the last word? (The table placed_codings keeps its rows.)
-- layer (text): counted: what people and publications coded, and what they settled. with_provisional: the same, and what machines coded.
-- authority: 3 for a consensus, 2 for a person or publication, 1 for a machine. Of those who judged a step, the highest have the last word.
create view codings_by_layer as
with placed as (
    select
        g.citekey, g.misuse_vector, g.coder, f.decision,
        case c.kind when 'consensus' then 3 when 'machine' then 1 else 2 end as authority
    from codings g
    join coders c on c.coder = g.coder
    join screening f on f.citekey = g.citekey and f.misuse_vector = g.misuse_vector
)
-- A study that was withdrawn keeps its codings, and is off the map.
select cast('counted' as varchar) as layer, citekey, misuse_vector, coder, authority
from placed
where authority > 1 and decision = 'included'
union all
-- A machine may code what nobody has decided on yet.
select cast('with_provisional' as varchar) as layer, citekey, misuse_vector, coder, authority
from placed
where decision = 'included' or (authority = 1 and decision = 'candidate')
