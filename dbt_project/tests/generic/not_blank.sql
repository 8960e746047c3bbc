{#- A relation that holds nothing proves nothing: all other tests would pass on it. -#}
{% test not_blank(model, at_least=1) %}
select count(*) as row_count
from {{ model }}
having count(*) < {{ at_least }}
{% endtest %}
