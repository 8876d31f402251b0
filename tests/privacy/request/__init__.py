from . import test_due_dates
from . import test_crm_privacy_request
from . import test_crm_privacy_request_deadline
from . import test_crm_privacy_request_mail
from . import test_crm_privacy_request_change
from . import test_crm_privacy_request_objection
from . import test_crm_privacy_request_entry
from . import test_privacy_request_pages
