-- Which studies are coded for which misuse vector, in each layer of the map, and by how many?
-- layer (text): counted, or with_provisional: the same, and what machines coded.
-- coders: Number of people and publications who coded it; of machines where nobody else did. A consensus does not count as a coder.
-- is_provisional: 1 where only machines coded it, else 0.
create view studies_by_layer as
select
    layer,
    citekey,
    misuse_vector,
    case
        when max(authority) = 1 then count(*)
        else count(*) filter (where authority = 2)
    end as coders,
    case when max(authority) = 1 then 1 else 0 end as is_provisional
from placed_codings
group by layer, citekey, misuse_vector
