"""What documents cost that are embedded again: those of the knowledge bases whose resources are replaced."""

from typing import Any

from deployment.config import DeploymentConfig
from kit.deploy.effects.of_stacks import reingestion_usd
from tests.deployment_file import PROJECT

STACK = "sup-knowledge-base"
WEB = {"kind": "web", "urls": ["https://example.com/help/"]}


def config() -> DeploymentConfig:
    section: dict[str, Any] = {"model": "amazon.nova-micro-v1:0"}
    read = section | {"documents": PROJECT / "examples" / "support" / "documents"}
    return DeploymentConfig.model_validate(
        {
            "deployment": {"name": "sup", "region": "us-east-1"},
            "knowledge_base": read,
            "knowledge_bases": {"manuals": read, "site": section | {"sources": {"help": WEB}}},
        }
    )


def test_each_knowledge_base_is_paid_for_once() -> None:
    own, manuals = "KnowledgeBaseB1C941BD", "KnowledgeBaseManualsDataSource867D63C8"

    one, other = (reingestion_usd(config(), STACK, [item]) for item in (own, manuals))
    both = reingestion_usd(config(), STACK, [own, "KnowledgeBaseDataSource867D63C8", manuals])

    assert one
    assert other == one
    assert both == one + other


def test_unknown_documents_have_no_price() -> None:
    assert reingestion_usd(config(), STACK, ["KnowledgeBaseSite12345678"]) is None, "pages of the web"
    assert reingestion_usd(config(), STACK, ["MyOwnKnowledgeBase12345678"]) is None
    assert reingestion_usd(config(), "my-own-stack", ["KnowledgeBaseB1C941BD"]) is None
