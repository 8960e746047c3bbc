{#- The name of the stretch of time a figure covers, from its own attributes: CY2021 (calendar year), 2023-Q3 (year to
    date or the quarter itself, told apart by accum), SINCE2018 (cumulative since the start of 2018), ASOF2023-02 (a
    state at a time), UNDATED. Figures of different windows are never added (domain §0 demand 17). -#}
{% macro window_code(accum, freq, time_period, period_start) -%}
case
            when {{ accum }} = 'CUM' and {{ period_start }} is not null
                then 'SINCE' || case
                    when extract(month from {{ period_start }}) = 1 and extract(day from {{ period_start }}) = 1
                        then to_char({{ period_start }}, 'YYYY')
                    else to_char({{ period_start }}, 'YYYY-MM-DD')
                end
            when {{ accum }} = 'CUM' then 'SINCE_START'
            when {{ time_period }} is null then 'UNDATED'
            when {{ accum }} = 'PIT' then 'ASOF' || {{ time_period }}
            when {{ freq }} = 'A' then 'CY' || {{ time_period }}
            else {{ time_period }}
        end
{%- endmacro %}
