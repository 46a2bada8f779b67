"""An update of a function ends no invocation: what runs ends with the code and settings that it began with.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html; ministack kills the process with the request.
"""

import threading
import time
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

LONGEST_SECONDS = 60.0  # the API's function ends before
_here = threading.local()


def install() -> None:
    """Wait for workers at work where an update or a deletion takes them out of the pool; a timeout still ends them."""
    kill, invalidate = lambda_runtime.kill_workers, lambda_runtime.invalidate_worker

    def killing(workers: Any) -> None:
        busy = [one for one in workers if one is not None and one.in_use] if getattr(_here, "updating", False) else []
        kill([one for one in workers if one not in busy])
        for worker in busy:
            threading.Thread(target=_kill_later, args=(kill, worker), daemon=True).start()

    def invalidating(*arguments: Any, **named: Any) -> None:
        _here.updating = True
        try:
            invalidate(*arguments, **named)
        finally:
            _here.updating = False

    lambda_runtime.kill_workers = killing
    lambda_svc.invalidate_worker = invalidating


def _kill_later(kill: Any, worker: Any) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while worker.in_use and time.monotonic() < deadline:
        time.sleep(0.05)
    kill([worker])
