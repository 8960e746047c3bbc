{#- Where an entry of a reference seed stands: the sentence it quotes, in the newest accepted load of its publication. The
    seed names table and edition; `publications` is dim_publications. -#}
{% macro quoted_provenance(entry, publication='publications') -%}
{{ entry }}.table_id,
        {{ entry }}.edition,
        {{ publication }}.publication_sha256,
        coalesce('“' || {{ entry }}.quote || '”', 'whole publication') as locator,
        {{ publication }}.published_on
{%- endmacro %}


{#- The join that quoted_provenance() needs. -#}
{% macro quoted_publication(entry, publication='publications') -%}
left join publications as {{ publication }}
        on
            {{ entry }}.table_id = {{ publication }}.table_id
            and {{ entry }}.edition = {{ publication }}.edition
            and {{ publication }}.is_latest
{%- endmacro %}
