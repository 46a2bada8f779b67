"""What an execution leaves behind that was stopped, ran out of time, or failed to clean up after its failure."""

import time

from customization.candidate import Candidate
from customization.promotion_checks.after_promotion import DRAIN_SECONDS, AfterPromotion
from customization.promotion_checks.checking import Checking
from customization.promotion_targets.target import PromotionBusyError
from kit_contract.promotion_events import Swept

# Together with the draining less than the function's 900 seconds. What is being created can't be deleted yet.
BUSY_SECONDS, PAUSE = 480, 20


def sweep(checking: Checking) -> Swept:
    """Close the canary, wait until the API sends no request to the candidate, then delete it.

    No state machine repeats this. Whoever starts another run meanwhile takes the candidate over, and keeps it.
    """
    run, candidate = checking.given, Candidate(checking.given, checking.bedrock)
    AfterPromotion(checking).abandon("", "")
    if not candidate.belongs_to_execution():
        return {"deleted": False}
    if run.specification.promotion:  # somebody else may have closed its canary a moment ago
        time.sleep(DRAIN_SECONDS)
    until = time.monotonic() + BUSY_SECONDS
    while candidate.belongs_to_execution():
        try:
            candidate.delete()
            return {"deleted": True}
        except PromotionBusyError:
            if time.monotonic() >= until:
                raise
            time.sleep(PAUSE)
    return {"deleted": False}
