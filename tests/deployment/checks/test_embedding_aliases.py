"""Aliases for embeddings: their models, and what may not be served under them."""

from pathlib import Path

from deployment.alias_models import embedding_model, has_one_model
from deployment.config import load_deployment_config
from tests.deployment_file import HEAD, SHIPPED, deployment_file, file_faults

API = HEAD + '[model_access]\n[inference_api.aliases.embeddings]\nmodel = "{}"\n'
TITAN = "amazon.titan-embed-text-v2:0"
THROUGHPUT = """
[provisioned_throughput.embed]
model = "{}"
alias = "embeddings"
model_units = 1
commitment = "none"
accept_hourly_cost_usd = 1000.0
accept_unknown_price = true
"""


def test_an_embedding_model_is_accepted(tmp_path: Path) -> None:
    assert file_faults(tmp_path, API.format(TITAN)) == []


def test_no_trained_model_is_served_under_an_embedding_alias(tmp_path: Path) -> None:
    text = SHIPPED.replace('alias = "support-bot"', 'alias = "embeddings"', 1)

    (fault,) = file_faults(tmp_path, text)

    assert "training.customizations.support.alias: 'embeddings' is an alias for embeddings" in fault
    assert "use an alias with a model that answers" in fault


def test_a_throughput_under_an_embedding_alias_has_its_model(tmp_path: Path) -> None:
    api = API.format("cohere.embed-english-v3")

    assert file_faults(tmp_path, api + THROUGHPUT.format("cohere.embed-english-v3:0:512")) == []
    (fault,) = file_faults(tmp_path, api + THROUGHPUT.format("cohere.embed-multilingual-v3:0:512"))
    assert "provisioned_throughput.embed.model: 'embeddings' has the model cohere.embed-english-v3" in fault


def test_a_throughput_of_an_embedding_model_is_not_for_answers(tmp_path: Path) -> None:
    text = API.format("amazon.nova-micro-v1:0") + THROUGHPUT.format("cohere.embed-english-v3:0:512")

    (fault,) = file_faults(tmp_path, text)

    assert "use the same model or another alias" in fault


def test_kinds_and_models_of_the_shipped_aliases(tmp_path: Path) -> None:
    config = load_deployment_config(deployment_file(tmp_path))
    other = load_deployment_config(
        deployment_file(
            tmp_path,
            SHIPPED.replace('model = "amazon.nova-micro-v1:0" # serves', 'model = "amazon.nova-pro-v1:0" # serves'),
        )
    )

    assert {name: embedding_model(config, alias.model) for name, alias in config.aliases.items()} == {
        "support-bot": None,
        "assistant": None,
        "embeddings": TITAN,
    }
    assert [has_one_model(config, name) for name in config.aliases] == [True, True, True]
    assert [has_one_model(other, name) for name in config.aliases] == [False, True, True]
