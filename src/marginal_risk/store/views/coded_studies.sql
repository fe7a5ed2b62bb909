-- Which studies are coded for which misuse vector, and by how many? (Machines do not count.)
-- coders: Number of coders who coded it independently; a consensus is none.
create view coded_studies as
select
    g.citekey,
    g.misuse_vector,
    count(*) filter (where c.kind <> 'consensus') as coders
from codings g
join coders c on c.coder = g.coder
-- A study that was withdrawn keeps its codings, and is off the map.
join screening f
    on f.citekey = g.citekey and f.misuse_vector = g.misuse_vector and f.decision = 'included'
where c.kind <> 'machine'
group by g.citekey, g.misuse_vector
