"""The yardstick: a bare FastAPI endpoint that fetches one row with asyncpg."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, Request


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=1, max_size=5)
    yield
    app.state.pool.terminate()


app = FastAPI(lifespan=lifespan)


@app.get("/rows/{key}")
async def row(request: Request, key: int) -> dict[str, object]:
    found = await request.app.state.pool.fetchrow("SELECT id, name, number FROM bench_row WHERE id = $1", key)
    return dict(found)
