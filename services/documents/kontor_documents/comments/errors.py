"""What writers of comments can be told."""

from kontor_service.errors import Conflict, Invalid, NotFound, TooLarge, TooMany
from kontor_service.i18n import N_

CommentNotFound = NotFound.named("comment_not_found", N_("There is no such comment."))
CommentsNotAllowed = Conflict.named("comments_not_allowed", N_("Comments are switched off for documents of this type."))
CommentEmpty = Invalid.named("comment_empty", N_("Please write something, or add a file."))
NameMissing = Invalid.named("name_missing", N_("Please tell us your name."))
UnknownAuthor = Invalid.named("unknown_author", N_("The author does not belong to the document's customer."))
CommentRead = Conflict.named("comment_read", N_("The comment has been read already and can no longer be changed."))
CommentTooOld = Conflict.named(
    "comment_too_old", N_("A comment can be changed within %(minutes)s minutes after it was written.")
)
TooManyComments = TooMany.named(
    "too_many_comments", N_("There were many comments in a short time. Please wait a few minutes.")
)
UnknownFile = Invalid.named("unknown_file", N_("This file was not uploaded, or is part of another comment."))
FileNotAccepted = Invalid.named(
    "file_not_accepted",
    N_(
        "Files of this kind are not accepted. Please send a picture, a PDF, a text or an office document without macros."
    ),
)
CommentFileTooLarge = TooLarge.named("file_too_large", N_("At most %(megabytes)s MiB are accepted."))
