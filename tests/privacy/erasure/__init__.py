from . import test_canary_seeds
from . import test_privacy_traces
from . import test_crm_privacy_scan
from . import test_privacy_erasure_plain
from . import test_crm_privacy_location
from . import test_crm_privacy_identity
from . import test_crm_privacy_erasure
from . import test_crm_privacy_erasure_kept
