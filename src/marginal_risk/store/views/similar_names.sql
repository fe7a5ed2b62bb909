-- Which two names may be those of one person: the same family name, one given name an abbreviation of the other, and no word on them in people?
-- name (text): The shorter name.
-- citekey (text): A study under this name.
-- other_name (text): The longer name.
-- other_citekey (text): A study under that name.
create view similar_names as
select
    a.name,
    (select min(s.citekey) from authorships s where s.author_id = a.id) as citekey,
    b.name as other_name,
    (select min(s.citekey) from authorships s where s.author_id = b.id) as other_citekey
from authors a
join authors b on b.family = a.family and b.id <> a.id
where not a.is_corporate
    and not b.is_corporate
    and coalesce(a.particle, '') = coalesce(b.particle, '')
    and (
        -- Fred and Fredrik
        (
            length(a.given) < length(b.given)
            and substring(b.given, 1, length(a.given)) = a.given
        )
        -- S. and Sayash: of two that are initials, nothing can be said.
        or (
            substring(a.given, 2, 1) = '.'
            and substring(b.given, 2, 1) <> '.'
            and substring(a.given, 1, 1) = substring(b.given, 1, 1)
        )
    )
    and not exists (
        select 1
        from people p
        where p.same <> 'unsure'
            and (
                (p.name = a.name and p.person = b.name)
                or (p.name = b.name and p.person = a.name)
            )
    )
