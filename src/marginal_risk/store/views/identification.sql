-- From where do the studies found come, and what was removed before screening?
-- records: Number of records of searches whose records were counted.
-- duplicates: Number of records of searches that were known already, or stood twice in what was found.
-- unreadable: Number of records of searches that could not be read.
-- taken: Number of records of searches that were taken as new works.
-- in_other_ways: Number of works found in other ways; with those taken, all that were ever found.
create view identification as
with counted as (
    select
        coalesce(sum(hits), 0) as records,
        coalesce(sum(known + repeated), 0) as duplicates,
        coalesce(sum(refused), 0) as unreadable,
        coalesce(sum(taken), 0) as taken
    from searches
    where taken is not null
)
select
    c.records,
    c.duplicates,
    c.unreadable,
    c.taken,
    f.found + f.withdrawn - c.taken as in_other_ways
from counted c
cross join screening_flow f
where f.misuse_vector is null
