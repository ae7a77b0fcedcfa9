"""What meters does by itself. Woken after a change (`app.state.wake`), and every few seconds."""

import asyncio

from fastapi import FastAPI

from kontor_meters.requests.jobs import follow_the_calendar


async def run_jobs(app: FastAPI) -> None:
    state = app.state
    woken = state.wake.listener()
    while True:
        woken.clear()
        await follow_the_calendar(state.db, state.clock)
        try:
            await asyncio.wait_for(woken.wait(), state.settings.jobs_every)
        except TimeoutError:
            continue
