from . import test_crm_touchpoint_source
from . import test_touchpoint_harvest
from . import test_touchpoint_bots
from . import test_crm_touchpoint_summary
from . import test_crm_touchpoint_attribution
from . import test_crm_touchpoint
from . import test_touchpoint_concurrency
from . import test_touchpoint_shipped_sources
