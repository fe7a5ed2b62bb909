-- How many steps does each coded study address?
-- steps_addressed: Number of steps that the study addresses.
-- steps_partial: Number of steps that it covers in part.
-- steps_absent: Number of steps that it leaves out.
-- steps_not_coded: Number of steps that nobody has judged.
-- steps: Number of steps of the framework.
-- is_complete: 1 where it addresses every step, else 0.
create view completeness as
select
    coded.citekey,
    coded.misuse_vector,
    count(*) filter (where a.level = 'addressed') as steps_addressed,
    count(*) filter (where a.level = 'partial') as steps_partial,
    count(*) filter (where a.level = 'absent') as steps_absent,
    count(*) filter (where a.level is null) as steps_not_coded,
    count(*) as steps,
    case when count(*) filter (where a.level = 'addressed') = count(*) then 1 else 0 end
        as is_complete
from coded_studies coded
cross join steps s
left join agreed_judgements a
    on a.citekey = coded.citekey and a.misuse_vector = coded.misuse_vector and a.step = s.slug
group by coded.citekey, coded.misuse_vector
