"""A deployment.toml with any number of customizations, throughputs and aliases: long names, every setting in use."""

import datetime
from pathlib import Path

from model_catalog import catalog, lifecycle
from model_catalog.data_files import by_id

PROJECT = Path(__file__).resolve().parent.parent
REGION = "us-east-1"
BASE_MODELS = tuple(f"amazon.nova-{size}" for size in ("micro-v1:0:128k", "lite-v1:0:300k", "pro-v1:0:300k"))
HEAD = """[deployment]
name = "large-and-long"
region = "{region}"
allow_data_deletion = true
allow_unlisted = true

[budget]
monthly_usd = 100
emails = ["owner@example.com"]
hard_stop = true

[model_access]

[knowledge_base]
documents = "{project}/examples/support/documents"
model = "us.amazon.nova-micro-v1:0"

[training]
removal = "destroy"
kms_key_arn = "arn:aws:kms:{region}:111122223333:key/11111111-2222-3333-4444-555555555555"
"""
CUSTOMIZATION = """
[training.customizations.{name}]
alias = "{name}"
base_model = "{base_model}"
dataset = ["{project}/examples/support/labelled.json", "{project}/examples/support/chat.jsonl"]
system = "You answer customers of {name}."

[training.customizations.{name}.evaluation]
dataset = ["{project}/examples/support/held-out.jsonl"]
judge_model = "amazon.nova-pro-v1:0"
notify = ["ops@example.com"]
approval_hours = 336
max_records = 1000
max_tokens = 8192
confidence = 0.999

[training.customizations.{name}.evaluation.metrics]
exact_match = {{ at_least = 0.123, better_by = -0.123 }}
token_f1 = {{ at_least = 0.123, better_by = -0.123 }}
rouge_l = {{ at_least = 0.123, better_by = -0.123 }}
json_valid = {{ at_least = 0.123, better_by = -0.123 }}
win_rate = {{ at_least = 0.123 }}

[training.customizations.{name}.evaluation.bedrock_job]
evaluator_model = "us.amazon.nova-2-lite-v1:0"

[training.customizations.{name}.evaluation.bedrock_job.metrics]
correctness = {{ at_least = 0.123, better_by = -0.123 }}
helpfulness = {{ at_least = 0.123, better_by = -0.123 }}
professional_style_and_tone = {{ at_least = 0.123, better_by = -0.123 }}
"""
THROUGHPUT = """
[provisioned_throughput.{name}]
customization = "{name}"
alias = "{name}"
accept_unknown_price = true
expires = 2099-12-31
release_when_idle_hours = 6
notify = ["{name}@example.com"]

[provisioned_throughput.{name}.schedule]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "08:00"
to = "20:00"
time_zone = "America/Argentina/Buenos_Aires"
"""
ALIAS = """
[inference_api.aliases.{name}]
model = "{model}"
"""


def large_deployment(*, customizations: int, throughputs: int, aliases: int) -> str:
    """The text of the file. Each dataset has another content; the aliases name as many models as the catalog has.

    There are at least as many aliases as customizations, and as many customizations as throughputs.
    """
    models = invocable_ids()
    parts = [HEAD.format(region=REGION, project=PROJECT)]
    for number in range(customizations):
        base_model = BASE_MODELS[number % len(BASE_MODELS)]
        parts.append(CUSTOMIZATION.format(name=_name(number), base_model=base_model, project=PROJECT))
    parts += [THROUGHPUT.format(name=_name(number)) for number in range(throughputs)]
    parts += [ALIAS.format(name=_name(number), model=models[number % len(models)]) for number in range(aliases)]
    return "".join(parts)


def invocable_ids() -> list[str]:
    """Every id of a foundation model or profile that answers through Converse in REGION today."""
    ids = [f"{prefix}{model}" for model in by_id() for prefix in ("", *(f"{one}." for one in catalog.PROFILE_PREFIXES))]
    return sorted(one for one in ids if _answers(one))


def _name(number: int) -> str:
    """As long as deployment.toml allows."""
    return f"customers-of-department-no-{number:04}"


def _answers(identifier: str) -> bool:
    try:
        model = catalog.invocable(identifier, REGION)
        lifecycle.require_alive(identifier, datetime.datetime.now(datetime.UTC).date(), REGION)
    except catalog.CatalogError:
        return False
    return model.converse is not False and "text" in model.output
