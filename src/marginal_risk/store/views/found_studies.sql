-- How far has each study found got, for each misuse vector it was found for?
-- stage (text): withdrawn, excluded, candidate, included, coded, or coded_twice (by two coders or more).
-- coders: Number of coders who coded it independently; a consensus does not count as a coder.
-- note (text): What a reader must know of the decision.
create view found_studies as
select
    f.citekey,
    f.misuse_vector,
    f.decision,
    case
        when coded.citekey is null then f.decision
        when coded.coders >= 2 then 'coded_twice'
        else 'coded'
    end as stage,
    coalesce(coded.coders, 0) as coders,
    f.reason,
    f.other_study,
    f.study_type,
    f.found_via,
    f.possible_duplicate_of,
    f.decided_on,
    f.screening_stage,
    f.waiting_for,
    f.note
from screening f
left join coded_studies coded
    on coded.citekey = f.citekey and coded.misuse_vector = f.misuse_vector
