"""The relations of `ops` that a release writes beside its own row; declared once."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shanhai.warehouse.tables import metadata

release_seals = Table(
    "release_seals",
    metadata,
    Column("release_id", BigInteger, ForeignKey("ops.releases.release_id"), primary_key=True),
    Column("base_release_id", BigInteger, comment="The release that readers saw when this one was built · 比较基准"),
    Column("content", JSONB, nullable=False, comment="Relation → rows, content hash, version, key, columns · 内容指纹"),
    Column("reasons", JSONB, nullable=False, comment="Relation → built whole or from new loads, and why · 构建缘由"),
    Column("model_sha256", JSONB, nullable=False, comment="Node → hash of its code and all it rests on · 代码指纹"),
    Column("public_key", Text, nullable=False, comment="Ed25519, base64"),
    Column("signature", Text, nullable=False, comment="Over release id and content, as `signed_content` says · 签名"),
    Column("sealed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="ops",
    comment="What the tables of a release held when its tests passed, signed · 发布内容及签名",
)

release_changes = Table(
    "release_changes",
    metadata,
    Column(
        "release_id",
        BigInteger,
        ForeignKey("ops.releases.release_id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    ),
    Column("change_number", Integer, primary_key=True),
    Column("relation", Text, nullable=False),
    Column("change_kind", Text, nullable=False, comment="added, deleted or corrected · 变化"),
    Column("row_key", JSONB, comment="Key of the row; null where a whole column or mart came or went · 行键"),
    Column("column_name", Text, comment="Null where a whole row or mart came or went · 列"),
    Column("old_value", Text),
    Column("new_value", Text),
    Column("cause", Text, nullable=False, comment="source revision, membership, correction or code · 原因"),
    Column("load_ids", ARRAY(BigInteger), nullable=False, comment="Loads that brought it · 相关装载"),
    CheckConstraint("change_kind in ('added', 'deleted', 'corrected')", name="release_changes_kind"),
    CheckConstraint("cause in ('source revision', 'membership', 'correction', 'code')", name="release_changes_cause"),
    schema="ops",
    comment="Differences of a release from the one readers saw before it, value by value · 发布差异",
)

release_rows = Table(
    "release_rows",
    metadata,
    Column("relation", Text, primary_key=True),
    Column("row_md5", Text, primary_key=True),
    Column("content", JSONB, nullable=False, comment="The row as it was shown · 行内容"),
    schema="ops",
    comment="Every row that a mart ever held, once · 集市历史行",
)

release_row_changes = Table(
    "release_row_changes",
    metadata,
    Column("release_id", BigInteger, ForeignKey("ops.releases.release_id"), primary_key=True),
    Column("relation", Text, primary_key=True),
    Column("row_md5", Text, primary_key=True),
    Column("is_present", Boolean, nullable=False, comment="From this release on, until a later change · 是否存在"),
    schema="ops",
    comment="Which rows came and went with each release, against the release built before it · 行的增减",
)

release_row_seals = Table(
    "release_row_seals",
    metadata,
    Column("release_id", BigInteger, ForeignKey("ops.releases.release_id"), primary_key=True),
    Column("rows_count", BigInteger, nullable=False, comment="Rows that came or went with it · 行增减数"),
    Column("rows_sha256", Text, nullable=False, comment="Hash of them with their contents · 行集指纹"),
    Column("changes_count", BigInteger, nullable=False, comment="Its value-level differences · 差异数"),
    Column("changes_sha256", Text, nullable=False, comment="Hash of them · 差异集指纹"),
    Column("sealed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="ops",
    comment="Seals of what a release brought, took and changed, row by row · 发布行集与差异集的封存",
)

as_of_schemas = Table(
    "as_of_schemas",
    metadata,
    Column("as_of_id", BigInteger, Identity(always=True), primary_key=True),
    Column("action", Text, nullable=False),
    Column("view_schema", Text, nullable=False, comment="What readers name · 读者可见模式"),
    Column("as_of", Text, nullable=False, comment="Day or moment · 截至时点"),
    Column("clock", Text, nullable=False, comment="loaded: what we knew; published: what publishers had said · 时钟"),
    Column("load_ids", ARRAY(BigInteger), nullable=False),
    Column("project_sha256", Text, nullable=False),
    Column("relations", JSONB, nullable=False, comment="Relation → rows and content hash · 各表行数与指纹"),
    Column("done_by", Text, nullable=False),
    Column("done_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("action in ('build', 'drop')", name="as_of_schemas_action"),
    CheckConstraint("clock in ('loaded', 'published')", name="as_of_schemas_clock"),
    schema="ops",
    comment="Marts as of a past day, built aside and never promoted · 历史时点集市",
)

RELEASE_TABLES = (release_seals, release_changes, release_rows, release_row_changes, as_of_schemas)
CHAINED_RELEASE_TABLES = ("release_seals", "as_of_schemas")
# Rows and their changes are many: their hash is chained.
ROW_SEALS = "release_row_seals"
