-- What should be coded next, for the coding that could change most?
-- priority: 1 for the first. Within a reason, each misuse vector has its turn.
-- why (text): no_evidence (uncoded, and no coded study of the vector addresses marginal risk), single_coder (a second coder is missing), contested (a consensus is missing), or confirmation (uncoded, and a study addresses it).
-- evidence (text): Whether the coded studies of the vector give evidence on marginal risk.
-- turn: Place of the study among those of its vector with the same reason: included ones first, then by study type as the codebook orders them, then the newest.
create view next_to_code as
with open_work as (
    select
        f.citekey,
        f.misuse_vector,
        f.decision,
        f.study_type,
        m.evidence,
        case
            when f.stage in ('candidate', 'included') and m.evidence <> 'addressed' then 1
            when f.stage in ('candidate', 'included') then 4
            when exists (
                select 1
                from agreed_judgements a
                where a.citekey = f.citekey
                    and a.misuse_vector = f.misuse_vector
                    and a.basis = 'contested'
            ) then 3
            when f.stage = 'coded' then 2
        end as reason
    from found_studies f
    join marginal_risk_gaps m on m.misuse_vector = f.misuse_vector
),
in_turn as (
    select
        w.*,
        t.year,
        row_number() over (
            partition by w.misuse_vector, w.reason
            order by
                case when w.decision = 'included' then 0 else 1 end,
                case when y.position is null then 1 else 0 end,
                y.position,
                t.year desc,
                w.citekey collate "binary"
        ) as turn
    from open_work w
    join studies t on t.citekey = w.citekey
    left join study_types y on y.slug = w.study_type
    where w.reason is not null
)
select
    row_number() over (
        order by
            i.reason,
            i.turn,
            case i.evidence
                when 'none' then 1
                when 'not_coded' then 2
                when 'contested' then 3
                when 'partial' then 4
                else 5
            end,
            v.position
    ) as priority,
    i.citekey,
    i.misuse_vector,
    case i.reason
        when 1 then 'no_evidence'
        when 2 then 'single_coder'
        when 3 then 'contested'
        else 'confirmation'
    end as why,
    i.evidence,
    i.decision,
    i.turn
from in_turn i
join vectors v on v.slug = i.misuse_vector
