{#- A family of metrics hangs in with its name; int_metrics_<family> gives metric_columns(). -#}
{%- set families = [
    'published', 'quotients', 'gaps', 'changes', 'population', 'prosperity', 'lists', 'health',
    'parks', 'evaluation', 'projects', 'programmes', 'coverage', 'enclaves', 'undated',
] %}
with united as (
    {%- for family in families %}
    select
        {{ metric_columns() | join(',\n        ') }}
    from {{ ref('int_metrics_' ~ family) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select * from united
