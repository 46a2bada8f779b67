"""What the training stack has for its evaluations: settings by customization, one function, topics for approvals."""

import hashlib
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

from bedrock_constructs.customization.evaluation import EvaluationFunction
from bedrock_constructs.customization.evaluation_job_role import EvaluationJobRole
from deployment.config import DeploymentConfig
from deployment.datasets import CustomizationDataset
from deployment.evaluated_models import baseline_model, evaluated_models, evaluator_models
from deployment.evaluation_prices import evaluation_prices
from deployment.sections.evaluation import Evaluation
from deployment.sections.training import CustomModel
from kit_contract.evaluations import EvaluationSpecification, Threshold
from kit_contract.run_names import data_prefix
from model_catalog import catalog


class TrainingEvaluations:
    """`settings`: customization -> what its runs evaluate. `function` is None if none does."""

    def __init__(
        self,
        stack: cdk.Stack,
        config: DeploymentConfig,
        datasets: Mapping[str, CustomizationDataset],
        bucket: s3.IBucket,
    ) -> None:
        self._stack, self._config = stack, config
        self._topics: dict[str, str] = {}
        self.settings = {
            name: self._settings(name, item, item.evaluation, datasets[name])
            for name, item in config.custom_models.items()
            if item.evaluation
        }
        self.function = self._function(bucket) if self.settings else None

    def _settings(
        self, name: str, item: CustomModel, section: Evaluation, dataset: CustomizationDataset
    ) -> EvaluationSpecification:
        return EvaluationSpecification(
            dataset_key=f"{data_prefix(name)}{dataset.evaluation_file}",
            metrics={
                metric: Threshold(threshold.at_least, threshold.better_by)
                for metric, threshold in section.thresholds.items()
            },
            baseline=baseline_model(self._config, item) or "",
            judge_model=section.judge_model or "",
            evaluator_model=section.bedrock_job.evaluator_model if section.bedrock_job else "",
            max_records=section.max_records,
            max_tokens=section.max_tokens,
            confidence=section.confidence,
            above=section.above,
            between=section.between,
            below=section.below,
            approval_seconds=section.approval_hours * 3600,
            topic_arn=self._topic(section.notify),
            prices=evaluation_prices(self._config, item),
        )

    def _topic(self, addresses: Sequence[str]) -> str:
        """One for all customizations that ask the same people: each address confirms one subscription."""
        if not addresses:
            return ""
        named = ",".join(sorted(set(addresses)))
        if named not in self._topics:
            digest = hashlib.sha256(named.encode()).hexdigest()[:8]
            display = f"{self._config.deployment.name} approvals"
            topic = sns.Topic(self._stack, f"Approvals{digest}", display_name=display, enforce_ssl=True)
            for address in sorted(set(addresses)):
                topic.add_subscription(subscriptions.EmailSubscription(address))
            self._topics[named] = topic.topic_arn
        return self._topics[named]

    def _function(self, bucket: s3.IBucket) -> EvaluationFunction:
        evaluators = self._arns(evaluator_models(self._config))
        role = None
        if evaluators:
            role = EvaluationJobRole(self._stack, "EvaluationJob", bucket=bucket, evaluator_arns=evaluators)
        return EvaluationFunction(
            self._stack,
            "Evaluation",
            kit_deployment=self._config.deployment.name,
            bucket=bucket,
            invoke_arns=self._arns(evaluated_models(self._config)),
            topic_arns=self._topics.values(),
            job_role_arn=role.role.role_arn if role else "",
            imports=any(item.evaluation for item in self._config.imported_models.values()),
        )

    def _arns(self, models: Sequence[str]) -> set[str]:
        """What must be allowed to ask them."""
        stack = self._stack
        return {
            arn
            for model in models
            for arn in catalog.invoke_arns(model, stack.region, stack.account, partition=stack.partition)
        }
