from . import lifecycle
from . import rfm
