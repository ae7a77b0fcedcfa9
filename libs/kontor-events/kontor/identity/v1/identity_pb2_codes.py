"""Generated from identity.proto by make proto."""

from kontor_events.codes import Code


class StaffRole(Code):
    OWNER = 'owner', 'Owner'
    SALES = 'sales', 'Sales'
    ACCOUNTING = 'accounting', 'Accounting'
    SUPPORT = 'support', 'Support'
    READ_ONLY = 'read_only', 'Read only'


class ContactAccess(Code):
    NONE = 'none', 'no access', '', '', 'idle'
    INVITED = 'invited', 'invited', '', '', 'way'
    ACTIVE = 'active', 'active', '', '', 'paid'
    REVOKED = 'revoked', 'revoked', '', '', 'late'


class NoLink(Code):
    PORTAL_OFF = 'portal_off', 'There is no link because the portal is switched off.'
    CUSTOMER_OFF = 'customer_off', 'There is no link because this customer has no portal access.'
    REVOKED = 'revoked', 'The link was revoked. You can make a new one.'
    TYPE_OFF = 'type_off', 'There is no link because the portal does not show documents of this type.'
    UNMATCHED = 'unmatched', 'There is no link because the document is not assigned to a customer.'
    PRIVATE = 'private', 'There is no link because the document is not shared.'
