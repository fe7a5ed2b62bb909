-- Which years does the bibliography span?
-- year: Every year from the first publication to the last, with one or without.
create view publication_years as
with recursive years(year) as (
    select min(studies.year) from studies
    union all
    select years.year + 1
    from years
    where years.year < (select max(studies.year) from studies)
)
select year from years where year is not null
