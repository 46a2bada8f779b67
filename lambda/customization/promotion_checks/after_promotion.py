"""The checks after a promotion: the watch over what serves now, the return to what served before, and the tidying up.

finish -> delete_candidate -> watch ... -> end
                                      `-> return_to_base, or the promotion of the last good model
A failure at any time ends in `abandon`: canary and watch are closed, and a model that failed a check is held back.
Each action may be repeated: it looks at what is there.
"""

import json
from contextlib import suppress

from customization.base_model import return_to_base
from customization.candidate import Candidate
from customization.held_back import hold_back
from customization.promotion_checks.before_promotion import CanaryError
from customization.promotion_checks.checking import ENTRY_ENDS, Checking, compared, pause
from customization.promotion_checks.measurements import NOTHING
from customization.promotion_checks.old_models import delete_old_models
from customization.promotion_checks.smoke_test import SmokeTestError
from customization.promotion_checks.verdict import faults
from customization.promotion_targets.target import PromotionError
from customization.serving_parameter import ServingParameter
from kit_contract.canaries import PROMOTED, WATCH_KEY
from kit_contract.promotion_events import Abandoned, Compared, Ended, Finished, Measured
from kit_contract.runs import Run

# The API reads the parameters every 15 s, and a request may use its targets for 280 s.
DRAIN_SECONDS = 300
# Failures that say something about the model: it is not promoted again by a deploy.
VERDICTS = (SmokeTestError.__name__, CanaryError.__name__)


class AfterPromotion:
    def __init__(self, checking: Checking) -> None:
        self._checking = checking

    def finish(self) -> Finished:
        """After the alias was published, which ends the canary: begin the watch, if the settings want one."""
        run = self._checking.current()
        checks = run.specification.promotion
        drain = DRAIN_SECONDS if self._has_candidate(run) else 0
        if not checks or not checks.watch_minutes or not self._checking.state["begun"]["checked"]:
            return {"drain_seconds": drain, "watch": False, "since": 0, "wait_seconds": 0}
        parameter = ServingParameter(run, self._checking.ssm)
        since = int(parameter.entry(WATCH_KEY).get("since", self._checking.now))
        parameter.set(WATCH_KEY, {"since": since, "until": since + 60 * checks.watch_minutes + ENTRY_ENDS})
        return {"drain_seconds": drain, "watch": True, "since": since, "wait_seconds": pause(checks.watch_minutes)}

    def delete_candidate(self) -> dict[str, bool]:
        return {"gone": Candidate(self._checking.given, self._checking.bedrock).delete()}

    def watch(self) -> Compared:
        """RETURN where the promoted model is worse than what served in the canary; it is held back from then on.

        Raises MeasurementBusyError.
        """
        run = self._checking.current()
        checks, finished = run.specification.promotion, self._checking.state["finished"]
        before: Measured = self._checking.state.get("compared", {}).get("serving", NOTHING)
        if checks is None or not ServingParameter(run, self._checking.ssm).entry(WATCH_KEY):
            return compared("PASSED", "the watch was ended by hand or by a deploy", NOTHING, before)
        promoted = self._checking.measured(PROMOTED, finished["since"])
        ended = self._checking.has_ended(checks.watch_minutes, finished["wait_seconds"])
        certain = not (ended and promoted["requests"] >= checks.min_requests)
        if found := faults(checks, promoted, before, certain=certain):
            reason = f"run {run.run_id} is worse than what served before: {'; '.join(found)}"
            hold_back(self._checking.ssm, run, [run.run_id], reason=reason, now=self._checking.timestamp)
            return compared("RETURN", reason, promoted, before)
        return compared("PASSED" if ended else "WAIT", "", promoted, before)

    def return_to_base(self, why: str) -> dict[str, str]:
        """The alias had no custom model before: its base model serves it again."""
        run = self._checking.current()
        return_to_base(run, self._checking.ssm, why=why, now=self._checking.timestamp)
        return {"alias": run.specification.alias}

    def end(self) -> Ended:
        """After the watch: nothing is measured any more, and old models are deleted."""
        run = self._checking.current()
        ServingParameter(run, self._checking.ssm).drop_entries()
        keep = run.specification.promotion and run.specification.promotion.keep_models
        deleted = delete_old_models(run, keep, bedrock=self._checking.bedrock, ssm=self._checking.ssm) if keep else []
        return {"deleted_models": deleted}

    def abandon(self, error: str, cause: str) -> Abandoned:
        """Close canary or watch after the failure `error`; `cause` is that of Step Functions, Lambda's JSON."""
        run = self._checking.given
        with suppress(PromotionError):  # the customization was removed
            run = self._checking.current()
        closed = ServingParameter(run, self._checking.ssm).drop_entries()
        if error in VERDICTS:
            hold_back(self._checking.ssm, run, [run.run_id], reason=_message(cause), now=self._checking.timestamp)
        # The alias's publication closes a canary, too.
        was_open = closed or self._checking.state.get("canary", {}).get("open", False)
        return {"drain_seconds": DRAIN_SECONDS if was_open else 0, "held_back": error in VERDICTS}

    def _has_candidate(self, run: Run) -> bool:
        return run.specification.serving == "on-demand" and Candidate(run, self._checking.bedrock).exists()


def _message(cause: str) -> str:
    try:
        return str(json.loads(cause)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return cause
