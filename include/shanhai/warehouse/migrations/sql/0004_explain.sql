-- A cell of a mart, followed down: the mart and its release, then each thing its receipt cites. Depth 0 is the cell; a
-- metric's inputs lie one deeper than the metric. What is read is what readers see now.
create or replace function audit.explain_key(cited text, cited_as text, at_depth integer, at_path text)
returns table (depth integer, path text, kind text, key text, role text, name text, value text, unit text, detail jsonb)
language plpgsql stable as $function$
declare
    prefix text := split_part(cited, ':', 1);
    identity text := substr(cited, strpos(cited, ':') + 1);
    found jsonb;
    input jsonb;
    number integer := 0;
begin
    -- Keys of metrics lead to inputs, never back: a chain as deep as this is an error of the models.
    if at_depth > 32 then
        raise exception 'the receipts of % lead in a circle', cited;
    end if;
    -- A figure as its edition gives it now, or as an earlier issue of it gave it.
    if prefix = 'observation' then
        select to_jsonb(figures) into found from marts.fct_observations as figures where observation_key = identity;
    elsif prefix = 'history' then
        execute 'select to_jsonb(states) from marts.fct_observation_history as states where history_key = $1'
            into found using identity;
    end if;
    if prefix in ('observation', 'history') then
        if found is null then
            raise exception 'the receipt cites %, which is not in core', cited;
        end if;
        select found || jsonb_build_object(
            'file_name', publications.file_name,
            'title', publications.title,
            'address', publications.address,
            'loaded_by', loads.loaded_by,
            'code_commit', loads.code_commit,
            'verdict', verdict.reason,
            'expectations_run', verdict.expectations_run,
            'vintages', (
                select jsonb_agg(
                    jsonb_build_object(
                        'vintage_rank', other.vintage_rank, 'value', other.value, 'printed', other.printed,
                        'estimate_round', other.estimate_round, 'published_on', other.published_on,
                        'table_id', other.table_id, 'edition', other.edition, 'locator', other.locator
                    ) order by other.vintage_rank
                )
                from marts.fct_observations as other
                where other.figure_key = found ->> 'figure_key'
                    and (prefix = 'history' or other.observation_key != identity)
            )
        ) into found
        from marts.dim_publications as publications
        inner join ops.loads on publications.load_id = loads.load_id
        inner join lateral (
            select verdicts.reason, verdicts.expectations_run from ops.verdicts
            where verdicts.load_id = loads.load_id order by verdicts.verdict_id desc limit 1
        ) as verdict on true
        where loads.load_id = (found ->> 'load_id')::bigint;
        return query select at_depth, at_path, 'observation', cited, cited_as,
            concat_ws(' ', found ->> 'subject_name', found ->> 'indicator_code', found ->> 'time_period',
                found ->> 'accum'),
            coalesce(found ->> 'value', found ->> 'obs_text'), found ->> 'unit_measure', found;
    elsif prefix = 'metric' then
        execute 'select to_jsonb(metrics) from marts.fct_metrics as metrics where metric_key = $1'
            into found using identity;
        if found is null then
            raise exception 'the receipt cites %, which is not in core', cited;
        end if;
        return query select at_depth, at_path, prefix, cited, cited_as,
            concat_ws(' ', found ->> 'metric_id', found ->> 'subject_name', found ->> 'metric_code',
                found ->> 'time_period'),
            found ->> 'value', found ->> 'unit_measure', found;
        for input in select * from jsonb_array_elements(found -> 'inputs') loop
            number := number + 1;
            return query select * from audit.explain_key(
                input ->> 'key', input ->> 'role', at_depth + 1, at_path || '.' || lpad(number::text, 3, '0')
            );
        end loop;
    elsif prefix = 'register' then
        execute format('select to_jsonb(entries) from marts.%I as entries where register_key = $1 limit 1',
            split_part(identity, ':', 1)) into found using split_part(identity, ':', 2);
        if found is null then
            raise exception 'the receipt cites %, which is not in core', cited;
        end if;
        return query select at_depth, at_path, prefix, cited, cited_as,
            concat_ws(' ', split_part(identity, ':', 1), coalesce(found ->> 'name_zh', found ->> 'statement_zh')),
            null::text, null::text, found;
    else
        raise exception '% is no key of a receipt', cited;
    end if;
end
$function$;

create or replace function audit.explain(relation text, keys jsonb, column_name text)
returns table (depth integer, path text, kind text, key text, role text, name text, value text, unit text, detail jsonb)
language plpgsql stable as $function$
declare
    matched jsonb[];
    cited text;
    number integer := 0;
    wanted text := regexp_replace(relation, '^marts\.', '');
    asked text := column_name;
begin
    if not exists (
        select from pg_attribute
        where attrelid = to_regclass(format('marts.%I', wanted)) and attname = asked and attnum > 0
    ) then
        raise exception 'marts.% has no column %', wanted, asked;
    end if;
    execute format('select array_agg(to_jsonb(shown)) from (select * from marts.%I as shown '
        'where to_jsonb(shown) @> $1 limit 2) as shown', wanted) into matched using keys;
    if matched is null or array_length(matched, 1) > 1 then
        raise exception '% row of marts.% has %',
            case when matched is null then 'no' else 'more than one' end, wanted, keys;
    end if;
    return query
    select 0, '000', 'mart', wanted || '.' || asked, null::text, wanted || '.' || asked, matched[1] ->> asked,
        case when asked ~ '(^|_)value(_upper)?$' then matched[1] ->> 'unit_measure' end,
        jsonb_build_object(
            'row', matched[1] - 'receipts', 'release_id', releases.release_id, 'code_commit', releases.code_commit,
            'project_sha256', releases.project_sha256, 'built_at', releases.built_at,
            'content', seals.content -> wanted, 'model_sha256', seals.model_sha256 ->> ('model.shanhai.' || wanted)
        )
    from ops.releases
    left join ops.release_seals as seals on releases.release_id = seals.release_id
    where releases.release_id = (select release_id from ops.promotions order by promotion_id desc limit 1);
    for cited in select * from jsonb_array_elements_text(matched[1] -> 'receipts' -> asked) loop
        number := number + 1;
        return query select * from audit.explain_key(cited, null, 1, '000.' || lpad(number::text, 4, '0'));
    end loop;
end
$function$;

comment on function audit.explain(text, jsonb, text) is
'Follows a cell of a mart to what it was made from: select * from audit.explain(''mart_county_profiles'', ''{"division_code": "331125", "year": 2022}'', ''gdp_cny'') · 追溯集市单元格';
revoke all on function audit.explain(text, jsonb, text), audit.explain_key(text, text, integer, text) from public;
grant execute on function audit.explain(text, jsonb, text), audit.explain_key(text, text, integer, text)
to shanhai_pipeline, shanhai_engineer, shanhai_auditor
