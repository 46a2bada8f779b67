"""The checks before a promotion: the candidate answers the smoke prompts, then its share of the alias's requests.

begin -> candidate_status ... -> smoke -> open_canary -> compare ... -> the promotion in place, which ends the canary
Each action may be repeated: it looks at what is there.
"""

from customization.candidate import Candidate
from customization.promotion_checks.checking import ENTRY_ENDS, Checking, compared, pause
from customization.promotion_checks.measurements import NOTHING
from customization.promotion_checks.smoke_test import smoke_test
from customization.promotion_checks.verdict import faults
from customization.serving_parameter import ServingParameter
from customization.what_serves import last_promotion, serves_already
from kit_contract.canaries import CANARY, CANARY_KEY, SERVING
from kit_contract.counted import counted
from kit_contract.errors import ResourceFailedError
from kit_contract.promotion_checks import PromotionChecks
from kit_contract.promotion_events import Begun, CanaryOpened, Compared, LastGood
from kit_contract.run_events import PromotionProgress


class CanaryError(ResourceFailedError):
    """When the new model is worse than what serves. What served goes on."""


class TooFewRequestsError(ResourceFailedError):
    """When the canary got too few requests, and the settings say that the model is not promoted then."""


class BeforePromotion:
    def __init__(self, checking: Checking) -> None:
        self._checking = checking

    def begin(self) -> Begun:
        """Make the candidate if the settings need one. A model that serves already is not checked again.

        Raises PromotionError, PromotionBusyError.
        """
        run = self._checking.current()
        last = last_promotion(run, self._checking.ssm)
        last_good: LastGood = {
            "custom_model_arn": str(last.get("custom_model_arn") or ""),
            "run_id": str(last.get("run_id") or ""),
        }
        checks = run.specification.promotion
        if checks is None or serves_already(run, self._checking.model_arn, self._checking.ssm):
            return {"checked": False, "candidate": False, "last_good": last_good}
        if checks.needs_candidate:
            Candidate(run, self._checking.bedrock).create(self._checking.model_arn)
        return {"checked": True, "candidate": checks.needs_candidate, "last_good": last_good}

    def candidate_status(self) -> PromotionProgress:
        return Candidate(self._checking.given, self._checking.bedrock).status(self._checking.model_arn)

    def smoke(self) -> dict[str, int]:
        """Raises SmokeTestError, ModelUnreachableError, or boto3's error for what is not the model's fault."""
        prompts = (self._checking.current().specification.promotion or PromotionChecks()).smoke_prompts
        target = self.candidate_status()["target_arn"]
        return {"answered": smoke_test(self._checking.converse, target, prompts)}

    def open_canary(self) -> CanaryOpened:
        run = self._checking.current()
        checks, parameter = run.specification.promotion or PromotionChecks(), ServingParameter(run, self._checking.ssm)
        if not checks.canary_percent:
            return {"open": False, "since": 0, "wait_seconds": 0}
        since = int(parameter.entry(CANARY_KEY).get("since", self._checking.now))
        entry = {
            "target_arn": self.candidate_status()["target_arn"],
            "custom_model_arn": self._checking.model_arn,
            "weight": checks.canary_percent,
            "since": since,
            "until": since + 60 * checks.canary_minutes + ENTRY_ENDS,
        }
        parameter.set(CANARY_KEY, entry)
        return {"open": True, "since": since, "wait_seconds": pause(checks.canary_minutes)}

    def compare(self) -> Compared:
        """PASSED or WAIT. A canary that was ended early, by hand or by a deploy, is decided by what it measured.

        Raises CanaryError, TooFewRequestsError, MeasurementBusyError, PromotionError if the candidate is gone.
        """
        run = self._checking.current()
        checks, opened = run.specification.promotion, self._checking.state["canary"]
        if checks is None or not checks.canary_percent:
            return compared("PASSED", "the settings have no canary any more", NOTHING, NOTHING)
        parameter = ServingParameter(run, self._checking.ssm)
        entry = parameter.entry(CANARY_KEY)
        if entry:  # requests that do not reach the candidate are not counted
            self.candidate_status()
        if entry and entry["weight"] != checks.canary_percent:
            parameter.set(CANARY_KEY, {**entry, "weight": checks.canary_percent})
        tried, serving = (self._checking.measured(variant, opened["since"]) for variant in (CANARY, SERVING))
        ended = not entry or self._checking.has_ended(checks.canary_minutes, opened["wait_seconds"])
        enough = tried["requests"] >= checks.min_requests
        found = faults(checks, tried, serving, certain=not (ended and enough))
        if found:
            raise CanaryError(f"run {run.run_id} is worse than what serves: {'; '.join(found)}")
        if not ended:
            return compared("WAIT", "", tried, serving)
        if not enough and checks.too_few_requests == "keep":
            raise TooFewRequestsError(
                f"the canary got {counted(tried['requests'], 'request')}, and {checks.min_requests} were wanted; raise "
                "canary_percent or canary_minutes, or set too_few_requests = 'promote', then deploy again"
            )
        reason = (
            "not worse than what serves"
            if enough
            else f"only {counted(tried['requests'], 'request')}, none of them bad"
        )
        return compared("PASSED", reason, tried, serving)
