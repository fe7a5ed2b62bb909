-- What has nobody judged yet: works without a coding, and steps left open in a coding?
-- what: study, where the whole work is uncoded; step, where one step is.
-- misuse_vector: The misuse vector that the study was coded for; NULL where it was not coded.
-- step: The step left open; NULL where the whole work is uncoded.
create view uncoded as
select
    'study' as what,
    t.citekey,
    cast(null as varchar) as misuse_vector,
    cast(null as varchar) as step
from studies t
where not exists (select 1 from coded_studies coded where coded.citekey = t.citekey)
    and not exists (select 1 from coders c where c.publication = t.citekey)
union all
select
    'step' as what,
    coded.citekey,
    coded.misuse_vector,
    s.slug as step
from coded_studies coded
cross join steps s
where not exists (
    select 1
    from judgements j
    join coders c on c.coder = j.coder
    where j.citekey = coded.citekey
        and j.misuse_vector = coded.misuse_vector
        and j.step = s.slug
        and c.kind <> 'machine'
)
