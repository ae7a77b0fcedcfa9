"""How often something may be tried, and what an answer's time may tell.

Rate limits are token buckets in PostgreSQL: one statement each, outside the use case's transaction, because a refused or
failed attempt must count although its transaction is rolled back.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from kontor_service.database import Database
from kontor_service.errors import TooMany
from kontor_service.i18n import N_


@dataclass(frozen=True)
class Limit:
    """So many attempts at once, and one more after each `seconds`."""

    name: str
    burst: int
    seconds: float


# About an account: of one device or one network (`Limits.count`).
LOGIN = Limit("login", burst=10, seconds=60)
RESET = Limit("reset", burst=3, seconds=600)
CODE = Limit("code", burst=5, seconds=300)
LOGIN_BY_IP = Limit("login_ip", burst=100, seconds=3)
LINK_BY_IP = Limit("link_ip", burst=120, seconds=1)
# A token for every command: somebody who reads a hundred meters sends a hundred photos in one form.
CAPABILITY_LINK = Limit("capability_link", burst=200, seconds=5)
FRESH_LINK = Limit("fresh_link", burst=3, seconds=1200)
RESET_BY_IP = Limit("reset_ip", burst=30, seconds=60)
CODE_BY_IP = Limit("code_ip", burst=60, seconds=10)
# A mail about many failed log-ins.
NOTICE = Limit("notice", burst=1, seconds=24 * 3600)
# Of one system, over all its calls.
API_KEY = Limit("api_key", burst=2000, seconds=0.01)
TOKEN_BY_IP = Limit("token_ip", burst=60, seconds=10)

_TAKE = """
INSERT INTO rate_limit AS bucket (key, tokens, updated_at) VALUES ($1, $2::float8 - 1, clock_timestamp())
ON CONFLICT (key) DO UPDATE
SET tokens = least($2, bucket.tokens + extract(epoch FROM clock_timestamp() - bucket.updated_at) / $3::float8) - 1,
    updated_at = clock_timestamp()
WHERE least($2, bucket.tokens + extract(epoch FROM clock_timestamp() - bucket.updated_at) / $3::float8) >= 1
RETURNING tokens
"""
# The same without an end: an attempt too many is a debt, up to another burst.
_OWE = """
INSERT INTO rate_limit AS bucket (key, tokens, updated_at) VALUES ($1, $2::float8 - 1, clock_timestamp())
ON CONFLICT (key) DO UPDATE
SET tokens = greatest(-$2, least($2, bucket.tokens
        + extract(epoch FROM clock_timestamp() - bucket.updated_at) / $3::float8) - 1),
    updated_at = clock_timestamp()
RETURNING tokens
"""
# The slowest bucket is full again long before.
_FORGET = "DELETE FROM rate_limit WHERE updated_at < now() - interval '2 days'"


class Limits:
    def __init__(self, db: Database, longest_wait: float = 0.0) -> None:
        """`longest_wait`: seconds that an attempt is held up where there were too many of strangers."""
        self._db = db
        self._longest_wait = longest_wait
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def take(self, limit: Limit, subject: str) -> None:
        """Counts one attempt. Raises TooMany with Retry-After in seconds. An empty subject is not counted."""
        if not subject:
            return
        if await self._db.pool.fetchval(_TAKE, _key(limit, subject), float(limit.burst), limit.seconds) is None:
            raise TooMany(
                N_("Too many requests. Please wait a few minutes."),
                headers={"Retry-After": str(max(1, round(limit.seconds)))},
            )

    async def count(self, limit: Limit, account: str, ip: str, device: str = "") -> bool:
        """Counts an attempt about an account: of a `device` known to it by itself, of strangers by network. So nobody can
        lock out somebody who is elsewhere: all strangers together are only slowed down. Whether they are that many.

        Raises TooMany.
        """
        if device:
            await self.take(limit, f"{account} {device}")
            return False
        await self.take(limit, f"{account} {network(ip)}")
        strangers = Limit(f"{limit.name}_strangers", 3 * limit.burst, limit.seconds / 3)
        tokens = await self._db.pool.fetchval(_OWE, _key(strangers, account), float(strangers.burst), strangers.seconds)
        if tokens >= 0:
            return False
        await self.sleep(min(self._longest_wait, -tokens / 2))
        return True

    async def succeeded(self, limit: Limit, account: str, ip: str, device: str = "") -> None:
        """Forgets the attempts of this device or network: the owner of the account has shown who they are."""
        await self.reset(limit, f"{account} {device or network(ip)}")

    async def reset(self, limit: Limit, subject: str) -> None:
        """Forgets the attempts: the owner of the account has shown who they are."""
        await self._db.pool.execute("DELETE FROM rate_limit WHERE key = $1", _key(limit, subject))

    async def forget_old(self) -> None:
        await self._db.pool.execute(_FORGET)


def network(ip: str) -> str:
    """What one subscriber has: an IPv4 address, or the /64 of an IPv6 one. Empty where it is no address."""
    try:
        address = ip_address(ip)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(IPv6Address(int(address) >> 64 << 64))
    return str(address)


def _key(limit: Limit, subject: str) -> str:
    # Addresses are personal data and not needed in the clear.
    return hashlib.sha256(f"{limit.name}\0{subject}".encode()).hexdigest()


@asynccontextmanager
async def uniform_time(seconds: float) -> AsyncIterator[None]:
    """The block takes at least so many seconds, also where it raises: its time does not tell whether an address is known.

    Choose more than the longer way needs.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    try:
        yield
    finally:
        await asyncio.sleep(max(0.0, until - loop.time()))
