"""Hashing passwords with argon2id (RFC 9106, the second recommended option: 64 MiB, 3 passes)."""

import asyncio
import os
import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from kontor_service.errors import Invalid
from kontor_service.i18n import N_

SHORTEST = 10
LONGEST = 200
# zxcvbn knows 30,000 leaked passwords, names, words, keyboards and dates. A hundred million guesses are more than any
# limit of ours lets somebody try.
_FEWEST_GUESSES = 10**8
# Its work grows with the cube of the length: 72 signs made to tease it take two seconds, these a third of one.
_LOOKED_AT = 32


PasswordTooWeak = Invalid.named("password_too_weak", N_("This password is too easy to guess."))


class Passwords:
    """Each hash costs tens of milliseconds and 64 MiB: they run in threads, no more at once than there are cores.

    So does the look at a new password, and one after another: zxcvbn keeps the words of the person in a global.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = asyncio.Semaphore(os.cpu_count() or 1)
        self._judging = asyncio.Lock()
        # What is verified where there is no account, so that the answer takes as long as where there is one.
        self.nobody = self._hasher.hash(secrets.token_urlsafe())

    async def check_strength(self, password: str, *personal: str) -> None:
        """Length over composition (NIST SP 800-63B); known passwords and what is made from them are refused (ASVS 6.2.4, 6.2.12).

        `personal`: what everybody knows of the person and their merchant, and the password must not be made from. Raises PasswordTooWeak.
        """
        if len(password) < SHORTEST:
            raise PasswordTooWeak(N_("At least %(least)s characters are needed."), field="password", least=SHORTEST)
        if len(password) > LONGEST:
            raise PasswordTooWeak(N_("At most %(most)s characters are accepted here."), field="password", most=LONGEST)
        words = [part for value in ("kontor", *personal) for part in (value, *re.split(r"\W+", value)) if part]
        async with self._judging, self._slots:
            judged = await asyncio.to_thread(zxcvbn, password[:_LOOKED_AT], user_inputs=words)
        if judged["guesses"] < _FEWEST_GUESSES:
            raise PasswordTooWeak(N_("This password is too easy to guess."), field="password")

    async def hash(self, password: str) -> str:
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the stored one; the same work where nothing is stored, and False."""
        async with self._slots:
            matches = await asyncio.to_thread(self._matches, stored or self.nobody, password)
        return matches and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
