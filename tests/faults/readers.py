"""Readers as BI tools are: many connections that read two marts at a time and say which release each part came from.

Run as a program: `python -m tests.faults.readers <connections>`; the warehouse comes from the environment. It prints
`ready` once every connection is open, reads until its input ends, and prints one line of JSON: reads, mixed reads,
errors, the longest wait. The plan of a statement that really runs (`explain (analyze, verbose)`) names the schema of
every table it read, so a mixed read shows even where two releases hold equal rows.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from shanhai import settings
from shanhai.warehouse.connection import libpq_address

_MARTS = "select viewname from pg_views where schemaname = 'marts' order by viewname"
# A reader thinks between two questions; without a pause a few hundred of them only measure the processor.
_PAUSE_SECONDS = 0.05


@dataclass
class Tally:
    """What all readers together have seen."""

    reads: int = 0
    mixed: int = 0
    longest_seconds: float = 0.0
    releases: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


async def read_two(connection: psycopg.AsyncConnection, marts: list[str], chance: random.Random) -> set[str]:
    """The schemas that one question about two marts was answered from; half of the questions are two statements."""
    first, second = (sql.Identifier("marts", name) for name in chance.sample(marts, 2))
    if chance.random() < 0.5:
        both = sql.SQL("select (select count(*) from {}), (select count(*) from {})").format(first, second)
        return await plan_schemas(connection, both)
    async with connection.transaction():
        seen = await plan_schemas(connection, sql.SQL("select count(*) from {}").format(first))
        return seen | await plan_schemas(connection, sql.SQL("select count(*) from {}").format(second))


async def plan_schemas(connection: psycopg.AsyncConnection, statement: sql.Composable) -> set[str]:
    """Run the statement and return the schemas of the tables that it really read."""
    explained = sql.SQL("explain (analyze, verbose, format json) {}").format(statement)
    row = await (await connection.execute(explained)).fetchone()
    assert row is not None
    return schemas_read(row[0])


def schemas_read(plan: Any) -> set[str]:
    """The schemas of the release's tables that an analysed plan has read; a branch never entered reads none."""
    parts = plan if isinstance(plan, list) else list(plan.values()) if isinstance(plan, dict) else []
    schemas = set().union(*map(schemas_read, parts))
    if isinstance(plan, dict) and "Relation Name" in plan and plan["Actual Loops"] and plan["Schema"] != "ops":
        schemas.add(plan["Schema"])
    return schemas


async def keep_reading(
    connection: psycopg.AsyncConnection, marts: list[str], tally: Tally, over: asyncio.Event, number: int
) -> None:
    """Ask one question after another until it is over; an error is counted and the reader goes on."""
    chance = random.Random(number)  # noqa: S311
    await asyncio.sleep(chance.random() * _PAUSE_SECONDS)
    while not over.is_set():
        began = time.monotonic()
        try:
            schemas = await read_two(connection, marts, chance)
        except psycopg.Error as error:
            tally.errors.append(f"{type(error).__name__}: {str(error).splitlines()[0]}")
            if connection.closed:
                return
        else:
            tally.reads += 1
            tally.mixed += len(schemas) != 1
            tally.releases |= schemas
        tally.longest_seconds = max(tally.longest_seconds, time.monotonic() - began)
        await asyncio.sleep(chance.random() * 2 * _PAUSE_SECONDS)


async def main(connections: int) -> None:
    """Open the connections, say so, read, and print what was seen."""
    address = libpq_address(settings.warehouse_url("reader"))
    async with contextlib.AsyncExitStack() as stack:
        readers = [
            await stack.enter_async_context(await psycopg.AsyncConnection.connect(address, autocommit=True))
            for _ in range(connections)
        ]
        marts = [row[0] for row in await (await readers[0].execute(_MARTS)).fetchall()]
        print("ready", flush=True)
        tally, over = Tally(), asyncio.Event()
        asyncio.get_running_loop().add_reader(sys.stdin, over.set)
        await asyncio.gather(*(keep_reading(each, marts, tally, over, n) for n, each in enumerate(readers)))
    print(json.dumps(asdict(tally) | {"releases": sorted(tally.releases)}))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
