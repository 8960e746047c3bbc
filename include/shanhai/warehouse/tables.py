"""Every relation of `ops` and `staging`, declared once: Alembic creates, the reader casts to, COPY fills them."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()


# ops: what happened ----------------------------------------------------------------------------------------------

publications = Table(
    "publications",
    metadata,
    Column("publication_sha256", Text, primary_key=True, comment="SHA-256 of the archived bytes · 存档字节的指纹"),
    Column("publisher_id", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("carrier", Text, nullable=False, comment="csv, xlsx, html or text · 载体"),
    Column("byte_count", BigInteger, nullable=False),
    Column("origin", JSONB, nullable=False, comment="The origin record beside the bytes · 来源记录"),
    Column("archived_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="ops",
    comment="Bytes of every publication ever seen; never edited · 所有见过的出版物，只增不改",
)

loads = Table(
    "loads",
    metadata,
    Column("load_id", BigInteger, Identity(), primary_key=True),
    Column("publisher_id", Text, nullable=False),
    Column("table_id", Text, nullable=False, comment="<publisher>/<table>: the source document's path · 来源文档"),
    Column("edition", Text, nullable=False, comment="Edition of the table, as its document names it · 版次"),
    Column("relation", Text, nullable=False, comment="Staging relation that holds the rows · 暂存表"),
    Column("publication_sha256", Text, ForeignKey("ops.publications.publication_sha256"), nullable=False),
    Column("reading_sha256", Text, nullable=False, comment="Hash of the document and register files read · 读法指纹"),
    Column("published_on", Date, comment="Date on which the publisher published; null when not printed · 发布日期"),
    Column("rows_staged", Integer, nullable=False),
    Column(
        "cells_ignored", Integer, nullable=False, comment="Cells the document declares as not read · 声明不读的单元格数"
    ),
    Column("loaded_by", Text, nullable=False),
    Column("dag_id", Text),
    Column("run_id", Text),
    Column("try_number", SmallInteger),
    Column("code_commit", Text, comment="Commit of the project that read the publication · 代码版本"),
    Column("issue", SmallInteger, comment="Which issue of the edition these bytes are; null means the first · 刊次"),
    Column("period_end", Date, comment="Last day of the edition's declared period; null when it declares none"),
    Column("rows_read", Integer, comment="Rows that the document made of the publication · 读出行数"),
    Column("rows_refused", Integer, comment="Rows read and not staged: 0, or there is no load · 拒绝行数"),
    Column("control_totals", JSONB, comment="Rows and exact sum per indicator and unit, as staged · 控制总数"),
    Column("document_sha256", Text, comment="Hash of the source document's file · 来源文档指纹"),
    Column("lock_sha256", Text, comment="Hash of the lock file of all libraries · 依赖锁文件指纹"),
    Column("supersedes_load_id", BigInteger, comment="The load of this edition before this one · 所取代的装载"),
    Column("difference", JSONB, comment="What the superseded load said otherwise: counts, and the first 1000 figures"),
    Column("loaded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="ops",
    comment="One row per load: one edition staged in one transaction · 一次装载一行",
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("verdict_id", BigInteger, Identity(always=True), primary_key=True),
    Column("load_id", BigInteger, ForeignKey("ops.loads.load_id"), nullable=False),
    Column(
        "is_accepted",
        Boolean,
        nullable=False,
        comment="True only when every blocking expectation ran and held · 是否通过",
    ),
    Column("reason", Text, nullable=False, comment="Why, in one sentence · 理由"),
    Column(
        "suite_sha256",
        Text,
        comment="Hash of the expectation documents that ran; null when there was none · 校验文档指纹",
    ),
    Column("expectations_declared", Integer, nullable=False),
    Column("expectations_run", Integer, nullable=False),
    Column(
        "results",
        JSONB,
        nullable=False,
        comment="One entry per expectation: id, type, severity, success, exception, sample, hash of its failing rows",
    ),
    Column("warnings", ARRAY(Text), comment="Ids of the expectations that failed and do not block · 警告"),
    Column("warnings_count", Integer),
    Column("waivers_count", Integer, comment="Waivers in force that this verdict rests on · 所依据的豁免数"),
    Column("decided_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="ops",
    comment="What Great Expectations said of a load · 装载的校验结论",
)

refusals = Table(
    "refusals",
    metadata,
    Column("refusal_id", BigInteger, Identity(always=True), primary_key=True),
    Column("table_id", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("publication_sha256", Text),
    Column("reading_sha256", Text),
    Column("reason", Text, nullable=False, comment="Names publication, edition and cell · 指明出版物、版次与单元格"),
    Column("issue", SmallInteger, comment="Which issue of the edition; null means the first · 刊次"),
    Column("rows_read", Integer, comment="Rows read before the one that was refused · 被拒前读出的行数"),
    Column("refused_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="ops",
    comment="Editions that could not be read; their bytes are archived · 读取被拒的版次",
)

releases = Table(
    "releases",
    metadata,
    Column("release_id", BigInteger, Identity(), primary_key=True),
    Column(
        "schema_name", Text, nullable=False, unique=True, comment="Schema that holds the built tables · 成品所在模式"
    ),
    Column("load_ids", ARRAY(BigInteger), nullable=False, comment="Accepted loads the build read · 本次发布读取的装载"),
    Column("project_sha256", Text, nullable=False, comment="Hash of the dbt project that was built · dbt 项目指纹"),
    Column("tests_declared", Integer, nullable=False),
    Column("tests_run", Integer, nullable=False),
    Column("tests_failed", Integer, nullable=False),
    Column("relations", JSONB, nullable=False, comment="Relation name → row count and content hash · 各表行数与指纹"),
    Column("code_commit", Text),
    Column("built_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema="ops",
    comment="Candidates whose tests all passed · 通过全部测试的候选发布",
)

promotions = Table(
    "promotions",
    metadata,
    Column("promotion_id", BigInteger, Identity(always=True), primary_key=True),
    Column("release_id", BigInteger, ForeignKey("ops.releases.release_id"), nullable=False),
    Column("action", Text, nullable=False),
    Column("promoted_by", Text, nullable=False),
    Column("promoted_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("action in ('promote', 'rollback')", name="promotions_action"),
    schema="ops",
    comment="Which release readers see, since when · 读者所见的发布",
)


# staging: what was printed ---------------------------------------------------------------------------------------


def _staging(name: str, comment: str, *columns: Column[Any] | CheckConstraint) -> Table:
    """A relation of `staging`: keyed by load and row, each row located in the archived bytes."""
    return Table(
        name,
        metadata,
        Column("load_id", BigInteger, ForeignKey("ops.loads.load_id", deferrable=True), primary_key=True),
        Column("row_number", Integer, primary_key=True, comment="Position of the row in its load, from 1 · 行序"),
        *columns,
        Column("locator", Text, nullable=False, comment="Sheet!cell, R row C column, or character span · 定位"),
        schema="staging",
        comment=comment,
    )


observations = _staging(
    "observations",
    "One row per printed figure · 每个印刷数字一行",
    # whose figure
    Column(
        "subject_kind",
        Text,
        nullable=False,
        comment="country, division, division_group, programme, park, zone, project, enterprise or pairing",
    ),
    Column("subject_name", Text, nullable=False, comment="As printed or as the document declares it · 主体"),
    Column(
        "division_code", Text, comment="Six-digit code valid at the period's end; null unless the subject is a division"
    ),
    Column("counterpart_name", Text, comment="The other side, where the figure is about two · 对方"),
    # which figure
    Column("indicator_code", Text, nullable=False),
    Column("freq", Text, comment="SDMX CL_FREQ: A, S, Q, M, D; null when the publication gives no period"),
    Column("time_period", Text, comment="2023, 2023-S1, 2023-Q3, 2024-05, 2022-05-27; null when undated · 时期"),
    Column("accum", Text, nullable=False, comment="YTD, DISC, PIT, AVG or CUM (since a window's start) · 累计口径"),
    Column("period_start", Date, comment="First day the figure covers; null for a point in time"),
    Column("period_end", Date, comment="Last day the figure covers; null when undated"),
    # the figure
    Column("printed", Text, nullable=False, comment="The characters in the publication · 印刷原文"),
    Column("obs_value", Numeric, comment="The number as printed, in the printed unit; null when missing"),
    Column("obs_value_upper", Numeric, comment="Upper end where a range is printed"),
    Column("obs_text", Text, comment="The value where it is not a number"),
    Column("unit_printed", Text, comment="Unit as printed in cell, head or sentence"),
    Column("unit_measure", Text, nullable=False, comment="SDMX UNIT_MEASURE"),
    Column("unit_mult", SmallInteger, nullable=False, comment="SDMX UNIT_MULT: power of ten"),
    Column("decimals", SmallInteger, comment="SDMX DECIMALS: decimals printed"),
    Column("value", Numeric, comment="obs_value x 10^unit_mult, in unit_measure"),
    Column("value_upper", Numeric, comment="obs_value_upper x 10^unit_mult"),
    Column("value_qualifier", Text, nullable=False, comment="EXACT, APPROX, GT, GE, LT or LE"),
    # its attributes
    Column("obs_status", Text, nullable=False, comment="SDMX CL_OBS_STATUS"),
    Column("conf_status", Text, nullable=False, comment="SDMX CL_CONF_STATUS"),
    Column(
        "estimate_round",
        Text,
        nullable=False,
        comment="FLASH, PRELIM, FINAL, CENSUS, RECAST, EVAL or _Z (not applicable)",
    ),
    Column("vintage_set_id", Text, nullable=False, comment="Values that one publication declares comparable"),
    Column("published_on", Date, comment="Date on which the figure was published; null when not printed"),
    Column("comment", Text),
    CheckConstraint("value_qualifier in ('EXACT','APPROX','GT','GE','LT','LE')", name="observations_value_qualifier"),
    CheckConstraint("accum in ('YTD','DISC','PIT','AVG','CUM')", name="observations_accum"),
    CheckConstraint(
        "estimate_round in ('FLASH','PRELIM','FINAL','CENSUS','RECAST','EVAL','_Z')", name="observations_estimate_round"
    ),
)

divisions = _staging(
    "divisions",
    "Administrative divisions with their lifetimes · 行政区划及其存续",
    Column("division_code", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("level", Text, nullable=False, comment="省级, 地级 or 县级 as printed"),
    Column("province_name", Text, nullable=False),
    Column("prefecture_name", Text),
    Column("status", Text, nullable=False, comment="在用 or 弃用 as printed"),
    Column("valid_from_year", SmallInteger, nullable=False),
    Column("valid_to_year", SmallInteger, comment="First year in which it is no longer valid; null while in use"),
    Column("successor_codes", Text, comment="As printed; a bracketed year where a successor is from another year"),
)

division_lists = _staging(
    "division_lists",
    "Which county was on which list from when to when · 名单成员及起讫",
    Column("list_code", Text, nullable=False),
    Column("division_name", Text, nullable=False),
    Column("division_code", Text, nullable=False),
    Column("valid_from", Date, comment="Null when the start is not published"),
    Column("valid_to", Date, comment="First day no longer on the list; null while on it"),
    Column("basis", Text, nullable=False, comment="Where the membership is stated · 依据"),
)

programmes = _staging(
    "programmes",
    "Programmes of co-operation · 协作计划",
    Column("programme_code", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("owner_zh", Text),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("basis", Text, nullable=False),
)

pairings = _staging(
    "pairings",
    "Who is paired with whom, in which programme · 结对关系",
    Column("programme_code", Text, nullable=False),
    Column("programme_printed", Text, nullable=False, comment="Programme as the source names it"),
    Column("pairing_level", Text, nullable=False, comment="county, zone, prefecture or east_west"),
    Column("recipient_name", Text, nullable=False, comment="Mountain county, its zone, or the western side · 受援方"),
    Column("recipient_code", Text),
    Column("partner_name", Text, nullable=False, comment="Developed side · 支援方"),
    Column("partner_code", Text),
    Column("started", Text, comment="As published: year, month or day"),
    Column("basis", Text, nullable=False),
    Column("note", Text),
)

parks = _staging(
    "parks",
    "Parks, zones and enclaves · 园区、开发区与飞地",
    Column("park_code", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("park_kind", Text, nullable=False, comment="zone, co_built_park, enclave or platform"),
    Column("host_name", Text, comment="Division in whose territory it lies · 所在地"),
    Column("host_code", Text),
    Column("partner_name", Text),
    Column("partner_code", Text),
    Column("programme_code", Text),
    Column("main_industry", Text),
    Column("sector_class", Text, comment="一产, 二产, 三产 or 三产融合 as printed"),
    Column("lifecycle_state", Text, comment="preparing, approved or operating; null when not published"),
    Column("approved", Text, comment="As published: year, month or day"),
    Column("basis", Text, nullable=False),
    Column("note", Text),
)

projects = _staging(
    "projects",
    "Investment projects and the firms behind them · 投资项目与企业",
    Column("project_code", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("investor_name", Text),
    Column("division_name", Text),
    Column("division_code", Text),
    Column("origin_name", Text, comment="Where the investor comes from · 投资方来源地"),
    Column("park_code", Text),
    Column("programme_code", Text),
    Column(
        "project_state",
        Text,
        comment="Stage of the funnel from intended to in_production; null when not published",
    ),
    Column("state_as_of", Text, comment="As published"),
    Column("basis", Text, nullable=False),
    Column("note", Text),
)

scheme_rules = _staging(
    "scheme_rules",
    "Targets, thresholds and benefit rules of schemes · 目标、门槛与分配规则",
    Column("scheme_code", Text, nullable=False),
    Column("rule_code", Text, nullable=False),
    Column("statement_zh", Text, nullable=False, comment="The rule as printed, shortened to its figures"),
    Column("indicator_code", Text),
    Column("comparison", Text, comment="gt, ge, eq, le, approx or share"),
    Column("threshold", Numeric, comment="Null when the publication names no number"),
    Column("unit_measure", Text),
    Column("unit_mult", SmallInteger),
    Column("is_binding", Boolean, nullable=False, comment="False where the wording is soft (左右)"),
    Column("base_year", SmallInteger),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("basis", Text, nullable=False),
    Column("note", Text),
)

staging_relations: dict[str, Table] = {t.name: t for t in metadata.tables.values() if t.schema == "staging"}

# What a row is about: the columns by which a failing row, a waiver and a difference name it.
_KEYS = {
    "observations": ("subject_name", "counterpart_name", "indicator_code", "time_period", "accum", "period_start"),
    "divisions": ("division_code", "name_zh", "valid_from_year"),
    "division_lists": ("list_code", "division_code", "valid_from"),
    "programmes": ("programme_code",),
    "pairings": ("programme_code", "programme_printed", "recipient_name", "partner_name"),
    "parks": ("park_code",),
    "projects": ("project_code",),
    "scheme_rules": ("scheme_code", "rule_code"),
}


def key_columns(relation: str) -> tuple[str, ...]:
    """The columns of a staging relation that say what a row is about; raises KeyError for a relation without any."""
    return _KEYS[relation]
