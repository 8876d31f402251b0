from . import test_breach_clock
from . import test_crm_privacy_processing
from . import test_crm_privacy_breach
from . import test_crm_privacy_retention
from . import test_crm_privacy_retention_run
from . import test_crm_privacy_play
from . import test_crm_privacy_deadline
from . import test_register_http
