-- Which two names may be those of one person: the same family name, and one given name an abbreviation of the other?
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
