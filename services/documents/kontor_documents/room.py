"""How much the bus carries of a document (64 KiB an event), and that room is left for what is still said of a quote. Pure."""

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_bus import MAX_BODY_BYTES, EventTooLarge

# Above it, what can be read elsewhere is left out: an event's own fields need the rest.
_MOST_BYTES_OF_A_STATE = MAX_BODY_BYTES - 10 * 1024
# For what its customer says when declining and when asking for another quote, 2,000 characters each, the last one twice in
# its event.
_LEFT_WHEN_SHARED = 28 * 1024
# And for the documents that go along with it.
_LEFT_AT_INTAKE = 30 * 1024


def shorten(state: pb.Document) -> pb.Document:
    """The state without its oldest moments and, after them, the first of an amendment's changes, where it is too large for
    the bus. Both are in the history and in the contents."""
    for several in (state.moments, state.changes):
        while several and state.ByteSize() > _MOST_BYTES_OF_A_STATE:
            del several[0]
    return state


def refuse_crowded(state: pb.Document, *, shared: bool = False) -> pb.Document:
    """The state. Raises EventTooLarge for a quote that leaves no room for its customer's decision."""
    left = _LEFT_WHEN_SHARED if shared else _LEFT_AT_INTAKE
    size = state.ByteSize() - sum(one.ByteSize() for one in (*state.moments, *state.changes))
    if state.type == DocumentType.QUOTE and size > MAX_BODY_BYTES - left:
        raise EventTooLarge(f"{size} bytes of a quote, at most {MAX_BODY_BYTES - left} are possible")
    return state
