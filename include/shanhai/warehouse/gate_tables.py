"""The relations of `ops` that the gate, the quarantine, the calendar and sign-offs write; declared once."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from shanhai.warehouse.tables import metadata

failing_rows = Table(
    "failing_rows",
    metadata,
    Column("verdict_id", BigInteger, ForeignKey("ops.verdicts.verdict_id"), primary_key=True),
    Column("expectation_id", Text, primary_key=True),
    Column("failing_number", Integer, primary_key=True, comment="From 1, at most 1000 per expectation · 序号"),
    Column("keys", JSONB, nullable=False, comment="What the row is about · 行的键"),
    Column("row_number", Integer, comment="The row in its load; null where the expectation is about many · 行序"),
    Column("locator", Text, comment="Where it is printed · 定位"),
    Column("found", JSONB, nullable=False, comment="What the expectation saw of the row · 所见"),
    Column("waiver_id", BigInteger, comment="The waiver in force that covers it · 豁免"),
    schema="ops",
    comment="Rows that an expectation objected to; their hash is in the verdict · 未通过校验的行",
)

decisions = Table(
    "decisions",
    metadata,
    Column("decision_id", BigInteger, Identity(always=True), primary_key=True),
    Column("load_id", BigInteger, ForeignKey("ops.loads.load_id"), nullable=False),
    Column("action", Text, nullable=False, comment="reject, accept (with waiver) or ask (the publisher) · 处置"),
    Column("owner", Text, nullable=False, comment="Who answers for what happens next · 责任人"),
    Column("reason", Text, nullable=False),
    Column("due_on", Date, comment="Day by which the owner has to be done · 期限"),
    Column("decided_by", Text, nullable=False, comment="Account of the person · 决定人"),
    Column("decided_through", Text, nullable=False, comment="command line or airflow · 渠道"),
    Column("decided_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("action in ('reject', 'accept', 'ask')", name="decisions_action"),
    CheckConstraint("btrim(reason) <> '' and btrim(owner) <> ''", name="decisions_are_reasoned"),
    CheckConstraint("action = 'reject' or due_on is not null", name="decisions_end"),
    schema="ops",
    comment="What people decided about loads in quarantine · 隔离处置",
)

waivers = Table(
    "waivers",
    metadata,
    Column("waiver_id", BigInteger, Identity(always=True), primary_key=True),
    Column("decision_id", BigInteger, ForeignKey("ops.decisions.decision_id"), comment="Null: a document grants it"),
    Column("table_id", Text, nullable=False),
    Column("expectation_id", Text, nullable=False),
    Column("keys", JSONB, nullable=False, comment="The keys it holds for, one object each, and no other · 适用的键"),
    Column("owner", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("expires_on", Date, nullable=False, comment="Last day on which it holds · 到期日"),
    Column("granted_by", Text, nullable=False),
    Column("granted_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("document", Text, comment="File of a standing waiver; null where a decision granted it · 豁免文档"),
    Column("document_sha256", Text, comment="Hash of that file when a verdict first rested on it · 文档指纹"),
    Column("name", Text, comment="Id of the waiver in its document · 文档内编号"),
    CheckConstraint(
        "(decision_id is null) = (document is not null) and num_nulls(document, document_sha256, name) in (0, 3)",
        name="waivers_have_one_origin",
    ),
    CheckConstraint("jsonb_typeof(keys) = 'array' and keys <> '[]'::jsonb", name="waivers_name_keys"),
    CheckConstraint("btrim(reason) <> '' and btrim(owner) <> ''", name="waivers_are_reasoned"),
    schema="ops",
    comment="Failures that a person answers for, until a day · 豁免",
)

sign_offs = Table(
    "sign_offs",
    metadata,
    Column("sign_off_id", BigInteger, Identity(always=True), primary_key=True),
    Column("release_id", BigInteger, ForeignKey("ops.releases.release_id"), comment="Null: the ledger as a whole"),
    Column("ledger_entries", BigInteger, nullable=False, comment="Number of entries that are signed · 条目数"),
    Column("head_sha256", Text, nullable=False, comment="Hash of the last of them · 链首指纹"),
    Column("statement", Text, nullable=False, comment="What the signatory says · 签署意见"),
    Column("signed_by", Text, nullable=False),
    Column("public_key", Text, nullable=False, comment="Ed25519, base64 · 公钥"),
    Column("signature", Text, nullable=False, comment="Ed25519 over entries, head and statement, base64 · 签名"),
    Column("signed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="ops",
    comment="Who signed which state of the ledger or which release · 签署",
)

calendars = Table(
    "calendars",
    metadata,
    Column("calendar_id", BigInteger, Identity(always=True), primary_key=True),
    Column("publisher_id", Text, nullable=False),
    Column("table_id", Text, nullable=False),
    Column("calendar", JSONB, nullable=False, comment="When the table is due, and its declared editions · 发布日历"),
    Column("calendar_sha256", Text, nullable=False),
    Column("declared_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="ops",
    comment="Publication calendars as documents declared them, one row per change · 发布日历，一次变更一行",
)

GATE_TABLES = (decisions, waivers, failing_rows, sign_offs, calendars)
# Failing rows are sealed by their hash in the verdict: a thousand entries of the chain would say no more.
CHAINED_GATE_TABLES = ("decisions", "waivers", "sign_offs", "calendars")
