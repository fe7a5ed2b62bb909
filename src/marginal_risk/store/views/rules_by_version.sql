-- By which wording was a level given: what did each version of the codebook ask, and what earned a level?
-- version: Number of the version; a coding names the one that it was made under.
-- question: The question of the step, as that version put it.
-- rule (text): What earned the level, as that version put it.
-- is_in_force: 1 where the newest version says the same, else 0.
create view rules_by_version as
select
    v.version,
    r.step,
    r.level,
    coalesce(e.question, s.question) as question,
    coalesce(e.rule, r.rule) as rule,
    case when e.rule is null then 1 else 0 end as is_in_force
from codebook_versions v
cross join coding_rules r
join steps s on s.slug = r.step
left join earlier_rules e
    on e.step = r.step and e.level = r.level and e.version = (
        select min(later.version)
        from earlier_rules later
        where later.step = r.step and later.level = r.level and later.version >= v.version
    )
