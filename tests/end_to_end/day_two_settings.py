"""The deployment.toml of the tests of day two of training: two customizations, the first of which changes."""

from dataclasses import dataclass

REGION = "us-east-1"
IN_S3 = "s3://team-data/records/"  # the records of the local file


@dataclass
class Settings:
    """A deployment.toml of one customization, and of an `other` one that must not feel what happens to the first."""

    deployment: str = "day-two"
    region: str = REGION
    customization: str = "support"
    alias: str = "bot"
    epochs: int = 2
    serving: str = "on-demand"
    other: bool = True

    def text(self) -> str:
        sections = [
            f'[deployment]\nname = "{self.deployment}"\nregion = "{self.region}"\n',
            "[training]\n",
            self._customization(self.customization, self.alias, self.epochs, self.serving),
        ]
        if self.other:
            sections.append(self._customization("other", "other-bot", 1, "on-demand", IN_S3))
        if self.serving == "provisioned":
            sections.append(
                f'[provisioned_throughput.capacity]\ncustomization = "{self.customization}"\n'
                "accept_unknown_price = true\n"
            )
        return "\n".join(sections)

    @staticmethod
    def _customization(name: str, alias: str, epochs: int, serving: str, dataset: str = "records.jsonl") -> str:
        return (
            f'[training.customizations.{name}]\nalias = "{alias}"\nbase_model = "amazon.nova-micro-v1:0:128k"\n'
            f'dataset = ["{dataset}"]\nserving = "{serving}"\n'
            f"[training.customizations.{name}.hyperparameters]\nepochCount = {epochs}\n"
        )


class Hyphens(Settings):
    """Every name that Bedrock knows has a hyphen: two customizations, a throughput and a knowledge base."""

    def text(self) -> str:
        return "\n".join(
            [
                f'[deployment]\nname = "{self.deployment}"\nregion = "{self.region}"\n',
                "[training]\n",
                self._customization("help-desk", "help-bot", 1, "provisioned"),
                self._customization("front-desk", "front-bot", 2, "on-demand"),
                '[provisioned_throughput.help]\ncustomization = "help-desk"\naccept_unknown_price = true\n',
                '[knowledge_base]\nname = "our-documents"\ndocuments = "documents"\nmodel = "amazon.nova-lite-v1:0"\n',
            ]
        )
