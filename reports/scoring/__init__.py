"""What the scores are worth: how they are shared out, and a test on the leads of the past."""

from . import backtest_sql
from . import crm_score_report
from . import crm_score_backtest
from . import crm_score_backtest_band
