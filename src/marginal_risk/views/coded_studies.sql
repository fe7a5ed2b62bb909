-- Which studies are coded for which misuse vector, and by how many? (Machines do not count.)
-- coders: Number of coders who coded it independently; a consensus is none.
create view coded_studies as
select
    g.citekey,
    g.misuse_vector,
    count(*) filter (where c.kind <> 'consensus') as coders
from codings g
join coders c on c.coder = g.coder
where c.kind <> 'machine'
group by g.citekey, g.misuse_vector
