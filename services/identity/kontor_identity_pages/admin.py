"""The admin: one log-in for all merchants' staff."""

from kontor_edge.feature import Feature
from kontor_identity_pages import account, log_in, passwords

FEATURE = Feature(
    "accounts", order=1, package="kontor_identity_pages",
    routers=(log_in.router, passwords.router, passwords.links, account.router), secret_paths=("/passwort/",),
)  # fmt: skip
