{#- A01: n parts add to their whole within (n + 1) half units of the coarsest printed unit (domain §2.9). Compared only
    inside one vintage set: another round's parts are no parts of this whole. -#}
{% test sum_within_rounding(model, whole, parts) %}
with figures as (
    select
        subject_kind,
        subject_name,
        freq,
        time_period,
        accum,
        vintage_set_id,
        table_id,
        edition,
        estimate_round,
        indicator_code,
        value,
        power(10::numeric, unit_mult - coalesce(decimals, 0)) as printed_unit
    from {{ model }}
    where
        indicator_code in ('{{ ([whole] + parts) | join("', '") }}')
        and value is not null
        and value_qualifier = 'EXACT'
),

sums as (
    select
        subject_kind,
        subject_name,
        freq,
        time_period,
        accum,
        vintage_set_id,
        estimate_round,
        table_id,
        edition,
        sum(value) filter (where indicator_code = '{{ whole }}') as whole,
        sum(value) filter (where indicator_code != '{{ whole }}') as parts_sum,
        count(*) filter (where indicator_code != '{{ whole }}') as parts_count,
        count(*) filter (where indicator_code = '{{ whole }}') as whole_count,
        max(printed_unit) as printed_unit
    from figures
    group by
        subject_kind, subject_name, freq, time_period, accum, vintage_set_id, estimate_round, table_id, edition
)

select *
from sums
where
    whole_count = 1
    and parts_count = {{ parts | length }}
    and abs(whole - parts_sum) > ({{ parts | length }} + 1) * printed_unit / 2
{% endtest %}
