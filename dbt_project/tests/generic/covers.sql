{#- Everything of a register that a mart is to tell of has a row in it. `columns` are those of the mart, `register_columns`
    what they are compared with where it is named or made otherwise, `only` the part of the register that is meant. -#}
{% test covers(model, register, columns, register_columns=none, only='true') %}
select
    {{ (register_columns or columns) | join(',\n    ') }}
from {{ register }}
where {{ only }}
except
select
    {{ columns | join(',\n    ') }}
from {{ model }}
{% endtest %}
