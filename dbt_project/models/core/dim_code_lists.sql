with code_lists as (
    select * from {{ ref('code_lists') }}
),

estimate_rounds as (
    select * from {{ ref('estimate_rounds') }}
),

obs_statuses as (
    select * from {{ ref('obs_statuses') }}
),

value_qualifiers as (
    select * from {{ ref('value_qualifiers') }}
),

unit_measures as (
    select * from {{ ref('unit_measures') }}
),

codes as (
    select
        code_list,
        code,
        name_zh,
        name_en
    from code_lists

    union all

    select
        'CL_ESTIMATE_ROUND' as code_list,
        estimate_round as code,
        name_zh,
        name_en
    from estimate_rounds

    union all

    select
        'CL_OBS_STATUS' as code_list,
        obs_status as code,
        name_zh,
        name_en
    from obs_statuses

    union all

    select
        'CL_VALUE_QUALIFIER' as code_list,
        value_qualifier as code,
        name_zh,
        name_en
    from value_qualifiers

    union all

    select
        'CL_UNIT_MEASURE' as code_list,
        unit_measure as code,
        name_zh,
        name_en
    from unit_measures
)

select * from codes
