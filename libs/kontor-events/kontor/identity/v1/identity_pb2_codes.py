"""Generated from identity.proto by make proto."""

from kontor_events.codes import Code


class SecurityEventKind(Code):
    LOGGED_IN = 'logged_in', 'Logged in'
    LOG_IN_FAILED = 'log_in_failed', 'Log-in failed'
    MANY_FAILED = 'many_failed', 'Many failed log-ins'
    RESET_ASKED = 'reset_asked', 'New password asked for'
    PASSWORD_CHANGED = 'password_changed', 'Password changed'
    LOGGED_OUT_EVERYWHERE = 'logged_out_everywhere', 'Logged out everywhere'
    KEY_CREATED = 'key_created', 'API key created'
    KEY_REVOKED = 'key_revoked', 'API key revoked'
    STAFF_ADDED = 'staff_added', 'Member of staff added'
    STAFF_CHANGED = 'staff_changed', 'Role or access of staff changed'
    BANK_CHANGED = 'bank_changed', 'Bank account changed'
    ADDRESS_CHANGED = 'address_changed', 'Contact or reply address changed'


class StaffRole(Code):
    OWNER = 'owner', 'Owner'
    SALES = 'sales', 'Sales'
    ACCOUNTING = 'accounting', 'Accounting'
    SUPPORT = 'support', 'Support'
    READ_ONLY = 'read_only', 'Read only'


class CustomerRole(Code):
    CUSTOMER = 'customer', 'Customer'
    SUPPLIER = 'supplier', 'Supplier'
    PARTNER = 'partner', 'Partner'


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
