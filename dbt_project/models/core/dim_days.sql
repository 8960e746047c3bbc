-- One row per day, the time spine of the semantic layer: from the first year that a bundled publication tells of.
with days as (
    select generate_series(date '1978-01-01', date '2030-12-31', interval '1 day')::date as day
),

described as (
    select
        -- keys
        day,

        -- description
        date_trunc('month', day)::date as month_start,
        date_trunc('quarter', day)::date as quarter_start,
        extract(year from day)::integer as year
    from days
)

select * from described
