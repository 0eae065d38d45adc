"""The command line: the same services as the window, for scripts.

It is imported before all else, so what speeds a whole process up stands here.
"""

import gc
import os

# Looking for garbage after every 700 new objects takes a tenth of a start, in which there is none.
gc.set_threshold(100_000)
# OpenBLAS' second thread spins for 60 ms when numpy is loaded, and beside what draws; our products are small.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
