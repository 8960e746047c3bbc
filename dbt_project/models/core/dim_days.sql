-- One row per day, the time spine of the semantic layer: from the first year that a bundled publication tells of.
with days as (
    select generate_series(date '1978-01-01', date '2030-12-31', interval '1 day')::date as date_day
),

described as (
    select
        -- keys
        date_day,

        -- description
        date_trunc('month', date_day)::date as month_start,
        date_trunc('quarter', date_day)::date as quarter_start,
        extract(year from date_day)::integer as year
    from days
)

select * from described
