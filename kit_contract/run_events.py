"""Events and answers of the training workflow's functions. Callers and states depend on their keys."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict, final

# The beginning of a StartResult's reason where the alias does not get the model that deployment.toml asks for.
NOT_SERVED = "not served: "
# And where a check or a person decided that it does not: nothing has failed.
HELD_BACK = "held back: "
# Errors of a step that waits for something else and is tried again: nothing has failed.
WAITS = ("BusyError", "ParentAbsentError")
# In place of a run that a person chooses.
BASE_MODEL = "base"


@final
class UploadEvent(TypedDict):
    """EventBridge's "Object Created", as far as the starter reads it: `time`, {"object": {"key"}}."""

    time: NotRequired[str]
    detail: Mapping[str, Mapping[str, str]]


@final
class StartRequest(TypedDict):
    """From a deploy or `kit runs retry`: start a run of the object at `key`.

    `retrain` allows to pay for a deleted model again, `retry` for a job after one that failed or was stopped. With
    `run_id` no other run is started: settings or data may have changed since.
    `hyperparameters` and `validation_key`, from the API of fine-tuning, replace those of the specification.
    """

    customization: str
    key: str
    retrain: NotRequired[bool]
    retry: NotRequired[bool]
    run_id: NotRequired[str]
    hyperparameters: NotRequired[Mapping[str, str]]
    validation_key: NotRequired[str]


@final
class FollowRequest(TypedDict):
    """From a deploy that waits for a promotion."""

    execution_arn: str


@final
class StopRequest(TypedDict):
    """From the deploy that removes the customization."""

    customization: str
    stop: Literal[True]


@final
class ChooseRequest(TypedDict):
    """From `kit runs promote` and `kit runs rollback`: serve the model of the run `choose`, and train nothing.

    The runs `instead_of` are held back, and the run chosen no longer is. `checked`: with the checks of the settings.
    """

    customization: str
    choose: str
    instead_of: list[str]
    reason: str
    checked: bool


@final
class CancelRequest(TypedDict):
    """From the API of fine-tuning: end the execution with this ARN, and its job."""

    cancel: str
    customization: str


class StartResult(TypedDict):
    """`promotes`: the execution trains nothing, it promotes a model that exists."""

    started: bool
    reason: str
    promotes: NotRequired[bool]
    execution_arn: NotRequired[str]
    run_id: NotRequired[str]


class FollowResult(TypedDict):
    """The execution's status in Step Functions, and why it failed."""

    status: str
    cause: str


class StopResult(TypedDict):
    """`in_progress` holds the ARNs of jobs that have not ended yet."""

    stopped: int
    in_progress: list[str]


class CollectedDataset(TypedDict):
    """The training set's key. `stored` is False if it was there already; `media` counts its images and videos."""

    key: str
    records: int
    media: int
    stored: bool


class ModelExists(TypedDict):
    trained: Literal[True]
    custom_model_arn: str


class NewJob(TypedDict):
    """`base_model` is what the job starts from: a foundation model or, for further training, a custom model's ARN.

    `adopted`: of an external model, the ARN of what an earlier attempt has begun and the workflow goes on with.
    """

    trained: Literal[False]
    records: int
    job_name: str
    client_request_token: str
    base_model: str
    adopted: NotRequired[str]


class MetricsRequest(TypedDict):
    """`run` is the state of the execution: see Run.from_json."""

    run: Mapping[str, Any]
    custom_model_arn: str


class MetricsResult(TypedDict):
    """`final_reward` is of reinforcement fine-tuning."""

    metrics_key: str
    final_loss: dict[str, float | None]
    final_reward: NotRequired[dict[str, float | None]]


class PromotionRequest(TypedDict):
    """`run` is the state of the execution; `target_arn` comes with the action `publish` only.

    `run_id`: of another run, whose model the alias returns to; `why`: for the history.
    """

    action: Literal["promote", "status", "publish"]
    run: Mapping[str, Any]
    custom_model_arn: str
    target_arn: NotRequired[str]
    run_id: NotRequired[str]
    why: NotRequired[str]


class PromotionTarget(TypedDict):
    """`target_arn` is empty for a provisioned throughput that is released."""

    target_arn: str


class PromotionProgress(PromotionTarget):
    status: Literal["IN_PROGRESS", "READY"]


class PublishedAlias(PromotionTarget):
    alias: str
