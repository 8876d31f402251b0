from . import test_canary_seeds
from . import test_privacy_traces
from . import test_crm_privacy_scan
from . import test_privacy_secret
from . import test_crm_privacy_suppression
