-- P03: the days of a project's states never decrease with its steps, and nothing follows an end.
select
    earlier.project_code,
    earlier.project_state,
    later.project_state as later_state
from {{ ref('fct_project_states') }} as earlier
inner join {{ ref('fct_project_states') }} as later
    on
        earlier.project_code = later.project_code
        and earlier.step < later.step
where earlier.reached_on > later.reached_on or earlier.is_end
