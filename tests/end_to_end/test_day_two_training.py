"""What a user changes or breaks after the first deploy: each row is followed by a deploy, then everything is looked at.

The rows go on from each other's end on one embedded AWS. A row says what must have been paid for, which model must
serve which alias, and what is left. Deploys are those of `make up`, without the questions.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from kit_contract.run_names import bedrock_name
from local_aws import emulator
from tests.end_to_end.alias_watch import Watch
from tests.end_to_end.day_two import DayTwo
from tests.end_to_end.day_two_settings import Hyphens, Settings
from tests.end_to_end.earlier_names import app_with_earlier_names

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DayTwo]:
    folder = tmp_path_factory.mktemp("day-two")
    try:
        yield DayTwo(folder)
    finally:
        emulator.stop(folder / "aws")
        shutil.rmtree(folder, ignore_errors=True)


def nothing(aws: DayTwo) -> None:
    """A row that changes the file only."""


@dataclass(frozen=True)
class Row:
    """`jobs`: how many jobs the row's deploy pays for; `epochs`: of the model that must serve."""

    name: str
    settings: Settings = field(default_factory=Settings)
    before: Callable[[DayTwo], None] = nothing
    jobs: int = 0
    epochs: int = 2
    plain: bool = False


ROWS = [
    Row("the first deploy", jobs=2),
    Row("nothing changed"),
    Row("the alias is renamed", Settings(alias="robot")),
    Row("and renamed back, by plain cdk deploy", plain=True),
    Row("another number of epochs", Settings(epochs=3), jobs=1, epochs=3),
    Row("and back, by plain cdk deploy", plain=True),
    Row("provisioned", Settings(serving="provisioned")),
    Row("provisioned, the customization renamed", Settings(serving="provisioned", customization="help-desk")),
    Row("and renamed back", Settings(serving="provisioned")),
    Row("and on demand again", before=lambda aws: aws.stacks.destroy(aws.folder / "deployment.toml", "*-throughput")),
    Row("alias parameter deleted by hand", before=DayTwo.delete_parameter),
    Row("deployment deleted by hand", before=DayTwo.delete_deployment),
    Row("uploaded data deleted by hand", before=DayTwo.delete_data),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_after_a_deploy_the_file_is_what_serves(aws: DayTwo, row: Row) -> None:
    row.before(aws)
    paid, bought = aws.jobs(), aws.throughputs()

    aws.deploy(row.settings, plain=row.plain)

    assert aws.refused == {}
    assert aws.jobs() - paid == row.jobs
    serving, model = aws.serving(), aws.model(row.epochs)
    assert serving.pop("other-bot").startswith("day-two-other-")
    if row.settings.serving == "on-demand":
        assert (serving, aws.throughputs()) == ({row.settings.alias: model}, [])
        assert aws.deployments() == ["day-two-other", "day-two-support"]
    else:
        name = bedrock_name("day-two", row.settings.customization)
        (throughput,) = aws.throughputs()
        assert (serving, throughput.name, throughput.model) == ({}, name, model)
        assert {item.arn for item in bought} <= {throughput.arn}  # what was bought is still the one
        assert aws.deployments() == ["day-two-other"]
    # Under another name, the model of three epochs is that of no customization.
    assert len(aws.kept()) == (0 if row.settings.customization == "support" else 2)


def test_a_deleted_model_is_paid_for_again_only_after_a_clear_word(aws: DayTwo) -> None:
    aws.delete_model()
    paid = aws.jobs()

    aws.deploy(Settings())

    assert "kit deploy --retrain support" in aws.refused["support"]
    assert aws.jobs() == paid

    aws.deploy(Settings(), retrain=("support",))

    assert aws.jobs() == paid + 1
    assert aws.serving()["bot"] == aws.model(2)
    aws.deploy(Settings())
    assert aws.jobs() == paid + 1


def test_another_deployment_with_the_same_data_trains_and_serves_its_own_model(aws: DayTwo) -> None:
    before, paid = aws.serving(), aws.jobs()

    aws.deploy(Settings(deployment="twin", other=False))

    assert aws.jobs() == paid + 1
    assert aws.serving("twin")["bot"].startswith("twin-support-")
    assert aws.serving() == before


@pytest.mark.nightly
def test_the_same_deployment_in_another_region_shares_no_name_with_the_first(aws: DayTwo) -> None:
    """Nova is customized in us-east-1 only, so the other Region's stack has Llama; IAM roles are global."""
    if not aws.outputs:  # the nightly tests run without those before them
        aws.deploy(Settings())
    first = aws.roles()
    assert first

    text = Settings(region="us-west-2", other=False).text()
    path = aws.folder / "west.toml"
    text = text.replace("amazon.nova-micro-v1:0:128k", "meta.llama3-3-70b-instruct-v1:0:128k")
    text = text.replace('region = "us-west-2"\n', 'region = "us-west-2"\nallow_unlisted = true\n', 1)  # Llama is Legacy
    path.write_text(text, encoding="utf-8")
    aws.stacks_in("us-west-2").deploy(path)

    assert first.items() <= aws.roles().items()
    assert len(aws.roles()) > len(first)


def test_a_renamed_customization_takes_its_model_along_and_serves_all_through(aws: DayTwo) -> None:
    model, paid = aws.model(2), aws.jobs()
    seen: set[str] = set()

    with Watch(aws, seen):
        aws.deploy(Settings(customization="help"))

    assert aws.jobs() == paid
    assert aws.serving()["bot"] == model
    assert seen == {model}
    assert aws.deployments() == ["day-two-help", "day-two-other", "twin-support"]
    assert len(aws.kept()) == 2  # the model of three epochs, which `support` left


def test_a_removed_customization_leaves_its_models_and_the_deploy_says_what_they_cost(aws: DayTwo) -> None:
    paid = aws.jobs()
    aws.deploy(Settings(customization="other", alias="other-bot", epochs=1, other=False))

    assert aws.jobs() == paid  # its data moved from S3 to a file, and is the same
    assert aws.serving().keys() == {"other-bot"}
    assert aws.deployments() == ["day-two-other", "twin-support"]
    head, *commands = aws.kept()
    assert head == "Custom models that no customization uses: 2, 3.90 USD a month for storage. Delete them:"
    assert all("aws bedrock delete-custom-model --model-identifier day-two-support-" in line for line in commands)


def test_two_customizations_with_the_same_content_pay_for_one_job(aws: DayTwo) -> None:
    """They start together; the second promotes the first one's model."""
    paid = aws.jobs()

    aws.deploy(Settings(deployment="copies", epochs=1))

    assert aws.jobs() == paid + 1
    serving = aws.serving("copies")
    assert serving.keys() == {"bot", "other-bot"}
    assert serving["bot"] == serving["other-bot"]


@pytest.mark.nightly
def test_an_upgrade_to_other_names_pays_for_nothing_and_keeps_the_knowledge_base(aws: DayTwo) -> None:
    documents = aws.folder / "documents"
    documents.mkdir()
    (documents / "one.txt").write_text("Descale the kettle once a month.", encoding="utf-8")
    before = app_with_earlier_names(aws.folder / "earlier")
    aws.deploy(Hyphens("upgrade"), more=before)
    aws.buy()
    paid, bought, knowledge_base = aws.jobs(), aws.throughputs(), aws.outputs["KnowledgeBaseId"]
    serving = aws.serving("upgrade")
    assert [item.name for item in bought] == ["upgrade-help-desk"]
    assert "upgrade-front-desk" in aws.deployments()

    aws.deploy(Hyphens("upgrade"))

    assert aws.jobs() == paid
    assert [(item.arn, item.model) for item in aws.throughputs()] == [(item.arn, item.model) for item in bought]
    assert [item.name for item in aws.throughputs()] == ["upgrade_help-desk"]
    assert aws.serving("upgrade") == serving
    assert serving["front-bot"].startswith("upgrade-front-desk-")  # the model keeps its name
    assert "upgrade_front-desk" in aws.deployments()
    assert "upgrade-front-desk" not in aws.deployments()
    assert aws.outputs["KnowledgeBaseId"] == knowledge_base
    names = [item["name"] for item in aws.client("bedrock-agent").list_knowledge_bases()["knowledgeBaseSummaries"]]
    assert [name.startswith("upgrade_our-documents-") for name in names] == [True]
