-- Which people wrote or edited each study, each under one name?
-- person (text): The name that the person goes by, which an entry gives.
-- written (text): The name as the entry of this study gives it.
create view people_by_study as
select
    s.citekey,
    s.role,
    s.position,
    coalesce(p.person, a.name) as person,
    a.name as written,
    a.is_corporate
from authorships s
join authors a on a.id = s.author_id
left join people p on p.name = a.name and p.same = 'yes' and not a.is_corporate
