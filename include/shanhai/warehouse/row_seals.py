"""The hashes that seal what is too much for the ledger: the rows a release brought or took, and its value changes.

A set of rows is sealed by the SHA-256 of its lines' SHA-256, sorted, one a line. What a line is, the views
`ops.release_row_lines` and `ops.release_change_lines` say; `seal.py` computes the same without a warehouse.
"""

from typing import LiteralString

VIEWS: dict[str, LiteralString] = {
    "release_row_lines": """
    select changes.release_id, concat_ws(
        E'\\t', changes.relation, changes.row_md5, changes.is_present::text, kept.content::text
    ) as line
    from ops.release_row_changes as changes
    left join ops.release_rows as kept
        on changes.relation = kept.relation and changes.row_md5 = kept.row_md5
    """,
    "release_change_lines": """
    select release_id, jsonb_build_array(
        change_number, relation, change_kind, row_key, column_name, old_value, new_value, cause, load_ids
    )::text as line
    from ops.release_changes
    """,
}

# Release → number and hash of both sets, as the tables hold them now.
NOW: LiteralString = """
select releases.release_id, rows.lines as rows_count, rows.sha256 as rows_sha256,
    changes.lines as changes_count, changes.sha256 as changes_sha256
from ops.releases
cross join lateral (
    select count(*) as lines, encode(sha256(convert_to(
        coalesce(string_agg(encode(sha256(convert_to(line, 'UTF8')), 'hex'), E'\\n'
            order by encode(sha256(convert_to(line, 'UTF8')), 'hex') collate "C"), ''), 'UTF8')), 'hex') as sha256
    from ops.release_row_lines where release_row_lines.release_id = releases.release_id
) as rows
cross join lateral (
    select count(*) as lines, encode(sha256(convert_to(
        coalesce(string_agg(encode(sha256(convert_to(line, 'UTF8')), 'hex'), E'\\n'
            order by encode(sha256(convert_to(line, 'UTF8')), 'hex') collate "C"), ''), 'UTF8')), 'hex') as sha256
    from ops.release_change_lines where release_change_lines.release_id = releases.release_id
) as changes
"""
SEAL_ALL: LiteralString = (
    "insert into ops.release_row_seals (release_id, rows_count, rows_sha256, changes_count, changes_sha256)" + NOW
)
SEAL_ONE: LiteralString = SEAL_ALL + "where releases.release_id = %(release_id)s"
