"""The secret of a challenge, for whoever sends the mail."""

from uuid import UUID

from fastapi import APIRouter

from kontor_identity.access.services import Mailer
from kontor_identity.challenges.service import secret_for_the_mail
from kontor_identity.dependencies import Deps

router = APIRouter(prefix="/v1/challenges", tags=["challenges"])


@router.post("/{challenge_id}/secret")
async def secret(challenge_id: UUID, deps: Deps, caller: Mailer) -> dict[str, str]:
    return await secret_for_the_mail(deps, caller.merchant_id, challenge_id)
