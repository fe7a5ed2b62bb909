-- What has nobody judged yet: studies found and not coded, and steps left open in a coding?
-- what (text): study, where a study is uncoded for a vector; step, where one step is.
-- misuse_vector: The misuse vector; NULL where a study belongs to no single one.
-- step: The step left open; NULL where the study is uncoded.
create view uncoded as
select
    'study' as what,
    f.citekey,
    f.misuse_vector,
    cast(null as varchar) as step
from found_studies f
where f.stage in ('candidate', 'included')
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
