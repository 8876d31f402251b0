"""Where the data of a person is, and how it is erased.

`crm.privacy.location`: every place of the database, found in Odoo's metadata (`_discover`), with
what is done there. `crm.privacy.identity`: which records are the person.
"""

from . import crm_privacy_location_rule
from . import crm_privacy_location
from . import crm_privacy_location_discover
from . import crm_privacy_identity
from . import crm_privacy_erasure_identity
from . import crm_privacy_request_identity
