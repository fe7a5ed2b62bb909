-- Which codings check a machine that somebody earlier in the alphabet has checked? (Agreement leaves them out: they share what they began with.)
create view rechecked_codings as
select distinct s.citekey, s.misuse_vector, s.coder
from coding_starts s
join coding_starts t
    on t.citekey = s.citekey and t.misuse_vector = s.misuse_vector
    and t.started_from = s.started_from
where t.coder < s.coder collate "binary"
