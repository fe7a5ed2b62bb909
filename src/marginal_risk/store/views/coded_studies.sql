-- Which studies are coded for which misuse vector, and by how many? (Machines do not count.)
-- coders: Number of coders who coded it independently; a consensus does not count as a coder.
create view coded_studies as
select citekey, misuse_vector, coders
from studies_by_layer
where layer = 'counted'
