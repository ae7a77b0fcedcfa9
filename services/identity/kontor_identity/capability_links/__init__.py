"""Secret links to resources of other owners (a meter, an invitation to read meters): whoever holds one may do one thing with it.

Identity knows a resource by its name alone. Such a link opens no session: every command asks for a token anew, so what is
revoked has no copy anywhere that would have to be told.
"""
