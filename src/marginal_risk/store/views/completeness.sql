-- How many steps does each coded study address?
-- steps_addressed: Number of steps that the study addresses.
-- steps_partial: Number of steps that it covers in part.
-- steps_absent: Number of steps that it leaves out.
-- steps_not_coded: Number of steps that nobody has judged.
-- steps: Number of steps of the framework.
-- is_complete: 1 where it addresses every step, else 0.
create view completeness as
with counted as (
    select
        coded.citekey,
        coded.misuse_vector,
        count(*) filter (where a.level = 'addressed') as steps_addressed,
        count(*) filter (where a.level = 'partial') as steps_partial,
        count(*) filter (where a.level = 'absent') as steps_absent,
        count(a.level) as steps_coded
    from coded_studies coded
    left join agreed_judgements a
        on a.citekey = coded.citekey and a.misuse_vector = coded.misuse_vector
    group by coded.citekey, coded.misuse_vector
)
select
    counted.citekey,
    counted.misuse_vector,
    counted.steps_addressed,
    counted.steps_partial,
    counted.steps_absent,
    framework.steps - counted.steps_coded as steps_not_coded,
    framework.steps,
    case when counted.steps_addressed = framework.steps then 1 else 0 end as is_complete
from counted
cross join (select count(*) as steps from steps) framework
