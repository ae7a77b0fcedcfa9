"""What notifications hears of: event → use case."""

from kontor.documents.v1 import documents_pb2 as documents
from kontor.identity.v1 import identity_pb2 as identity
from kontor.meters.v1 import meters_pb2 as meters
from kontor.payments.v1 import payments_pb2 as payments
from kontor_bus import Copy, Effects
from kontor_events.registry import feed_types
from kontor_notifications.copies.apply import BINDINGS, Copier
from kontor_notifications.feed.service import append
from kontor_notifications.mails.queue import Queue
from kontor_notifications.mails.reactions import Reactions
from kontor_notifications.mails.readings import ReadingReactions
from kontor_service.database import Database


def consumers(database: Database, queue: Queue) -> list[Copy | Effects]:
    react, readings = Reactions(queue), ReadingReactions(queue)
    return [
        Copy("notifications.copies", bindings=BINDINGS, apply=Copier(database)),
        # Comes in thousands at a month's end.
        Effects("notifications.shared", {documents.DocumentShared: react.document_shared}, lane="bulk"),
        Effects(
            "notifications.asked",
            {meters.ReadingInvitationSent: readings.asked, meters.ReadingInvitationReminded: readings.reminded},
            lane="bulk",
        ),
        Effects(
            "notifications.mails",
            {
                identity.ContactInvited: react.contact_invited,
                identity.ChallengeIssued: react.challenge_issued,
                payments.PaymentSucceeded: react.payment_succeeded,
                payments.PaymentPending: react.payment_pending,
                payments.PaymentFailed: react.payment_failed,
                meters.ReadingRejected: readings.rejected,
            },
        ),
        Effects("notifications.feed", dict.fromkeys(feed_types(), append), lane="bulk"),
    ]
