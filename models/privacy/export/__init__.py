"""The copy of a person's data that an access or portability request gets (articles 15 and 20).

The places are those of `crm.privacy.location`, the same that an erasure looks at. Each model is
one *part*, read in steps in the background; then all parts become one ZIP: a page to read, the
same as PDF, JSON for other software, and the files.

What others may call: `request._run_access()`, `request._run_portability()`.
"""

from . import masking
from . import crm_privacy_location_export
from . import crm_privacy_request_part
from . import crm_privacy_request_archive
from . import crm_privacy_request_copy
from . import crm_privacy_request_rights
from . import crm_privacy_request_forget
