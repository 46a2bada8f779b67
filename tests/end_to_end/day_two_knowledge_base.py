"""A deployment with a knowledge base on an embedded AWS of its own: changed, broken by hand, deployed, asked."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deployment.config import load_deployment_config
from kit.deleted_resources import generation_arguments
from kit.local.following_ingestion import follow_ingestion
from kit.local.stacks import LocalStacks, StackOutputs, merged_outputs
from kit.missing_documents import restoring_arguments
from kit.progress import Progress
from tests.deployment_file import HEAD
from tests.end_to_end.answer_watch import AnswerWatch
from tests.end_to_end.deployed import Deployed

DOCUMENTS = {"beans.md": "# Beans\nRoasted beans stay fresh for six weeks.", "water.md": "# Water\nUse soft water."}
QUESTION = "How long do roasted beans stay fresh?"


class Day:
    """The deployment: `settings` of [knowledge_base], and what the last deploy put out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: dict[str, Any] = {"removal": '"destroy"'}
        self.hard_stop = False
        self.outputs: StackOutputs = {}
        (folder / "documents").mkdir()
        for name, text in DOCUMENTS.items():
            (folder / "documents" / name).write_text(text, encoding="utf-8")
        self.stacks = LocalStacks(region="us-east-1", state=folder / "aws", port=None, progress=Progress(total=3))
        self.aws = self.stacks.start()
        self.stacks.bootstrap()

    @property
    def path(self) -> Path:
        lines = "\n".join(f"{name} = {value}" for name, value in self.settings.items())
        hard_stop = str(self.hard_stop).lower()
        text = f"""{HEAD}allow_data_deletion = true
[knowledge_base]
documents = "documents"
model = "amazon.nova-micro-v1:0"
{lines}
[inference_api.aliases.assistant]
model = "amazon.nova-lite-v1:0"
[budget]
monthly_usd = 50.0
emails = ["ops@example.com"]
hard_stop = {hard_stop}
[provisioned_throughput.reserve]
model = "amazon.nova-micro-v1:0:128k"
accept_unknown_price = true
"""
        file = self.folder / "deployment.toml"
        file.write_text(text, encoding="utf-8")
        return file

    def deploy(self, *more: str) -> None:
        config = load_deployment_config(self.path)
        restoring = restoring_arguments(config, self.stacks.clients, print)
        again = generation_arguments(config, self.stacks.clients, print)
        self.outputs = self.stacks.deploy(self.path, *restoring, *again, *more)
        follow_ingestion(config, self.outputs, self.stacks.clients, Progress(total=1))

    def be_there(self, starts: Callable[["Day"], object] = lambda day: None) -> None:
        """The nightly tests run without those before them."""
        if not self.outputs:
            starts(self)
            self.deploy()

    def id(self) -> str:
        return merged_outputs(self.outputs)["KnowledgeBaseId"]

    def api(self) -> Deployed:
        api = self.stacks.api(self.outputs)
        return Deployed({"api_url": api.url, "api_key": api.key, "region": "us-east-1"}, self.aws)

    def watch(self) -> AnswerWatch:
        """A caller, while a deploy runs."""
        return AnswerWatch(self.api().post, QUESTION, "six weeks")

    def answer(self) -> dict[str, Any]:
        status, body = self.api().post("/retrieve-and-generate", json.dumps({"query": QUESTION}).encode())
        assert status == 200, body
        return body

    def knowledge_bases(self) -> list[str]:
        found = self.stacks.clients("bedrock-agent").list_knowledge_bases()["knowledgeBaseSummaries"]
        return [item["knowledgeBaseId"] for item in found]

    def hard_stop_subscriptions(self) -> list[str]:
        found = self.stacks.clients("sns").list_subscriptions()["Subscriptions"]
        return [item["TopicArn"] for item in found if item["Protocol"] == "lambda"]

    def buckets(self) -> list[str]:
        found = self.stacks.clients("s3").list_buckets()["Buckets"]
        return [item["Name"] for item in found if item["Name"].startswith("sup-")]


def settings(**values: Any) -> Callable[[Day], object]:
    return lambda day: day.settings.update(values)


def delete_a_document(day: Day) -> None:
    bucket = merged_outputs(day.outputs)["DocumentsBucket"]
    day.stacks.clients("s3").delete_object(Bucket=bucket, Key="documents/beans.md")


def delete_the_knowledge_base(day: Day) -> None:
    day.stacks.clients("bedrock-agent").delete_knowledge_base(knowledgeBaseId=day.id())
