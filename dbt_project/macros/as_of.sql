{#- The day as of which the project is built, and by which clock (domain §6.3). Without `as_of` everything known counts.
    `loaded`: what this warehouse had accepted by the end of the day. `published`: what publishers had said by then,
    whenever it came here. A day ends where the publishers are; a moment may be given instead of a day. -#}
{% macro as_of_clock() -%}
    {%- set clock = var('as_of_clock') -%}
    {%- if clock not in ('loaded', 'published') -%}
        {{ exceptions.raise_compiler_error('as_of_clock is loaded or published, not ' ~ clock) }}
    {%- endif -%}
    {{ return(clock) }}
{%- endmacro %}


{% macro as_of_moment() -%}
    {%- set day = var('as_of') | string -%}
    {%- if day | length == 10 -%}
        ((date '{{ day }}' + 1)::timestamp at time zone 'Asia/Shanghai')
    {%- else -%}
        (timestamptz '{{ day }}')
    {%- endif -%}
{%- endmacro %}


{#- Whether this warehouse knew by then what happened at `moment`. -#}
{% macro was_known(moment) -%}
    {%- if var('as_of') and as_of_clock() == 'loaded' -%}
        {{ moment }} < {{ as_of_moment() }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}


{#- Whether publishers had said by then what was published on `day`; what has no date counts. -#}
{% macro was_published(day) -%}
    {%- if var('as_of') and as_of_clock() == 'published' -%}
        coalesce({{ day }} <= date '{{ (var('as_of') | string)[:10] }}', true)
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
