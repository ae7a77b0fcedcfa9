"""Making a double misbehave, for tests and for whoever tries things out."""

from fastapi import APIRouter, Request, Response

from kontor_provider_doubles.behaviour import Behaviour, behaviour_of, set_behaviour

router = APIRouter(prefix="/double")


@router.put("/behaviour/{account}", status_code=204)
async def behave(request: Request, account: str, behaviour: Behaviour) -> Response:
    """How the double treats this account from now on; only what is named changes."""
    store = request.app.state.store
    changed = behaviour_of(store, account).model_copy(update=behaviour.model_dump(exclude_unset=True))
    set_behaviour(store, account, changed)
    return Response(status_code=204)


@router.post("/forget-keys/{account}", status_code=204)
async def forget_keys(request: Request, account: str) -> Response:
    """The account's idempotency keys are forgotten, as after a day."""
    with request.app.state.store.transaction():
        request.app.state.store.forget_answers(account)
    return Response(status_code=204)
