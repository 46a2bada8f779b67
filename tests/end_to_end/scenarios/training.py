"""Steps of day two of training, each from the end of the one before, on one embedded AWS."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from local_aws import emulator
from tests.end_to_end.alias_watch import Watch
from tests.end_to_end.day_two import DayTwo, Throughput
from tests.end_to_end.day_two_settings import Hyphens, Settings
from tests.end_to_end.earlier_names import app_with_earlier_names


@contextmanager
def world(folder: Path) -> Iterator[DayTwo]:
    try:
        yield DayTwo(folder)
    finally:
        emulator.stop(folder / "aws")


@dataclass(frozen=True)
class Seen:
    """After a deploy. `jobs`: how many it paid for; `model`: the one with the epochs in the file."""

    jobs: int
    refused: dict[str, str]
    serving: dict[str, str]
    deployments: list[str]
    throughputs: list[Throughput]
    kept: list[str]
    model: str = ""


def look(aws: DayTwo, paid: int, deployment: str = "day-two", epochs: int | None = None) -> Seen:
    """`paid`: the jobs before the deploy."""
    return Seen(
        jobs=aws.jobs() - paid,
        refused=aws.refused,
        serving=aws.serving(deployment),
        deployments=aws.deployments(),
        throughputs=aws.throughputs(),
        kept=aws.kept(),
        model=aws.model(epochs) if epochs else "",
    )


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


def change(aws: DayTwo, row: Row) -> tuple[list[Throughput], Seen]:
    """What was bought before the row's deploy, and what there was after it."""
    row.before(aws)
    paid, bought = aws.jobs(), aws.throughputs()
    aws.deploy(row.settings, plain=row.plain)
    return bought, look(aws, paid, epochs=row.epochs)


def delete_a_model(aws: DayTwo) -> list[Seen]:
    """After a deploy, one that is told to train again, and another one."""
    aws.delete_model()
    found = []
    for retrain in ((), ("support",), ()):
        paid = aws.jobs()
        aws.deploy(Settings(), retrain=retrain)
        found.append(look(aws, paid, epochs=2 if aws.refused == {} else None))
    return found


def another_deployment(aws: DayTwo) -> tuple[dict[str, str], Seen, Seen]:
    """What served the first before it, and both deployments after it."""
    before, paid = aws.serving(), aws.jobs()
    aws.deploy(Settings(deployment="twin", other=False))
    return before, look(aws, paid), look(aws, paid, "twin")


def another_region(aws: DayTwo) -> tuple[dict[str, str], dict[str, str]]:
    """The roles before and after. Nova is customized in us-east-1 only, so the other Region's stack has Llama."""
    if not aws.outputs:  # the nightly tests run without those before them
        aws.deploy(Settings())
    first = aws.roles()
    text = Settings(region="us-west-2", other=False).text()
    path = aws.folder / "west.toml"
    text = text.replace("amazon.nova-micro-v1:0:128k", "meta.llama3-3-70b-instruct-v1:0:128k")
    text = text.replace('region = "us-west-2"\n', 'region = "us-west-2"\nallow_unlisted = true\n', 1)  # Llama is Legacy
    path.write_text(text, encoding="utf-8")
    aws.stacks_in("us-west-2").deploy(path)
    return first, aws.roles()


def rename(aws: DayTwo) -> tuple[str, set[str], Seen]:
    """The model before, those that the alias had during the deploy, and what there was after it."""
    model, paid = aws.model(2), aws.jobs()
    served: set[str] = set()
    with Watch(aws, served):
        aws.deploy(Settings(customization="help"))
    return model, served, look(aws, paid)


def remove(aws: DayTwo) -> Seen:
    paid = aws.jobs()
    aws.deploy(Settings(customization="other", alias="other-bot", epochs=1, other=False))
    return look(aws, paid)


def copies(aws: DayTwo) -> Seen:
    paid = aws.jobs()
    aws.deploy(Settings(deployment="copies", epochs=1))
    return look(aws, paid, "copies")


@dataclass(frozen=True)
class Upgraded:
    """What there is under the earlier or the present names."""

    seen: Seen
    knowledge_base: str
    knowledge_bases: list[str]


def upgrade(aws: DayTwo) -> tuple[Upgraded, Upgraded]:
    """Before and after. The first deploy is that of the app with the earlier names."""
    documents = aws.folder / "documents"
    documents.mkdir()
    (documents / "one.txt").write_text("Descale the kettle once a month.", encoding="utf-8")
    aws.deploy(Hyphens("upgrade"), more=app_with_earlier_names(aws.folder / "earlier"))
    aws.buy()
    paid = aws.jobs()
    before = _upgraded(aws, paid)
    aws.deploy(Hyphens("upgrade"))
    return before, _upgraded(aws, paid)


def _upgraded(aws: DayTwo, paid: int) -> Upgraded:
    found = aws.client("bedrock-agent").list_knowledge_bases()["knowledgeBaseSummaries"]
    names = [item["name"] for item in found]
    return Upgraded(look(aws, paid, "upgrade"), aws.outputs["KnowledgeBaseId"], names)


STEPS: dict[str, Callable[[DayTwo], object]] = {
    **{row.name: partial(change, row=row) for row in ROWS},
    "a deleted model": delete_a_model,
    "another deployment": another_deployment,
    "another Region": another_region,
    "a renamed customization": rename,
    "a removed customization": remove,
    "two copies": copies,
    "an upgrade": upgrade,
}
