"""What is billed beside requests: CloudWatch metrics, reads of the API key, a customer managed key, traces."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.costs.lines import CostGroup, CostLine, line
from deployment.costs.provisioned_throughput import HOURS_PER_MONTH
from kit_contract.counted import counted
from kit_contract.model_arns import (
    APPLICATION_INFERENCE_PROFILE,
    CUSTOM_MODEL_DEPLOYMENT,
    FOUNDATION_MODEL,
    INFERENCE_PROFILE,
    PROVISIONED_MODEL,
    model_arn,
)
from model_catalog import catalog
from model_catalog.prices import price

# A metric costs its price in full only if it is sent in every hour of the month:
# https://aws.amazon.com/cloudwatch/pricing/
TARGET_KINDS = {
    FOUNDATION_MODEL: "model",
    INFERENCE_PROFILE: "inference profile",
    APPLICATION_INFERENCE_PROFILE: "inference profile",
    CUSTOM_MODEL_DEPLOYMENT: "on-demand",
    PROVISIONED_MODEL: "provisioned",
}
METRICS_PER_TARGET_KIND = 2  # Answers, Fallbacks
SEARCH_METRICS_PER_TARGET_KIND = 1  # FileSearches
GUARDRAIL_METRICS_PER_TARGET_KIND = 1  # GuardrailInterventions
INGESTION_METRICS = 6
READS_OF_THE_SECRET = 2  # one after the first change by kit keys
KEY_CACHE_SECONDS = 60  # of the authorizer, for each execution environment


def monitoring_groups(config: DeploymentConfig) -> list[CostGroup]:
    lines = tuple(_monthly_lines(config))
    return [CostGroup("monitoring", "Metrics and key reads, a month with use in every hour", lines)] if lines else []


def customer_key_line(config: DeploymentConfig) -> Iterator[CostLine]:
    """The KMS keys of the file, which cost the same whoever made them."""
    region, keys = config.deployment.region, len(set(config.kms_keys.values()))
    if keys:
        found = price("key_month", service="kms", region=region)
        what = "1 KMS key, without its rotations" if keys == 1 else f"{keys} KMS keys, without their rotations"
        yield line("customer key", what, keys, found, missing=f"a KMS key in {region}")


def trace_line(region: str) -> CostLine:
    found = price("trace", service="x-ray", region=region)
    return line("trace", "1 X-Ray trace of the workflow", 1, found, missing=f"X-Ray traces in {region}")


def target_kinds(config: DeploymentConfig) -> set[str]:
    """Kinds of target that can answer the API: each sends metrics of its own."""
    kinds = {_base_kind(alias.model) for alias in config.aliases.values()}
    kinds |= {item.serving for item in config.custom_models.values()}
    return kinds | {"provisioned" for item in config.provisioned_throughput.values() if item.alias}


def _base_kind(model: str) -> str:
    if arn := model_arn(model):
        return TARGET_KINDS.get(arn.kind, arn.kind)
    return "inference profile" if catalog.prefix(model) else "model"


def _monthly_lines(config: DeploymentConfig) -> Iterator[CostLine]:
    region = config.deployment.region
    metric = price("metric_month", service="cloudwatch", region=region)
    if config.inference_api:
        kinds = target_kinds(config)
        each = METRICS_PER_TARGET_KIND + (GUARDRAIL_METRICS_PER_TARGET_KIND if config.guardrails else 0)
        each += SEARCH_METRICS_PER_TARGET_KIND if config.all_knowledge_bases else 0
        count = len(kinds) * each
        what = f"{counted(count, 'metric')}: {each} for each of {', '.join(sorted(kinds))}"
        yield line("API metrics", what, count, metric, missing=f"a metric in {region}")
        reads = READS_OF_THE_SECRET * HOURS_PER_MONTH * 3600 // KEY_CACHE_SECONDS
        yield line(
            "API key reads",
            f"{reads:,}: {READS_OF_THE_SECRET} every {KEY_CACHE_SECONDS} s for each authorizer that is awake at once",
            reads,
            price("call", service="secrets-manager", region=region),
            missing=f"reads of a secret in {region}",
        )
    if throughputs := len(config.provisioned_throughput):
        what = f"{throughputs}, the model units of each throughput"
        yield line("capacity metrics", what, throughputs, metric, missing=f"a metric in {region}")
    if built := len(config.built_knowledge_bases):
        what = counted(INGESTION_METRICS * built, "metric")
        yield line("ingestion metrics", what, INGESTION_METRICS * built, metric, missing=f"a metric in {region}")
