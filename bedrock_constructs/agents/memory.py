"""What an agent remembers: the turns of a session for some days, and what is learned of a caller.

It is deleted with the agent, and so is all that it holds. A change from "short" to "long" keeps it.
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/memory-strategies.html
"""

from typing import Any

from aws_cdk import RemovalPolicy
from aws_cdk import aws_bedrockagentcore as agentcore
from constructs import Construct

# Strategy -> the namespace of its records. Callers differ in {actorId}, and a summary is one session's.
FACTS, PREFERENCES, SUMMARIES = "/facts/{actorId}/", "/preferences/{actorId}/", "/summaries/{actorId}/{sessionId}/"
# What the harness does without any configuration: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-memory.html
TOP_K, RELEVANCE = 10, 0.2


class AgentMemory(Construct):
    """Exposes `arn`, `memory_id` and `retrieval`, the namespaces that the harness searches before each answer.

    The harness would find them by itself, but only when it is updated: what is given here changes with the strategies.
    `generation`: a new one is a new memory in place of one that was deleted by hand, under another name.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, days: int, long_term: bool, generation: int = 1
    ) -> None:
        super().__init__(scope, construct_id)
        again = str(generation) if generation > 1 else ""
        # Not the L2: its role is for strategies that call a model of one's own choice, and these do not.
        memory = agentcore.CfnMemory(
            self,
            f"Resource{again}",
            name=f"{name}_{again}" if again else name,
            event_expiry_duration=days,
            memory_strategies=_strategies() if long_term else None,
        )
        memory.apply_removal_policy(RemovalPolicy.DESTROY)
        self.arn, self.memory_id = memory.attr_memory_arn, memory.attr_memory_id
        self.retrieval = {namespace: (TOP_K, RELEVANCE) for namespace in (FACTS, PREFERENCES, SUMMARIES) if long_term}


def _strategies() -> list[Any]:
    return [
        agentcore.CfnMemory.MemoryStrategyProperty(
            semantic_memory_strategy=agentcore.CfnMemory.SemanticMemoryStrategyProperty(
                name="facts", namespaces=[FACTS]
            )
        ),
        agentcore.CfnMemory.MemoryStrategyProperty(
            user_preference_memory_strategy=agentcore.CfnMemory.UserPreferenceMemoryStrategyProperty(
                name="preferences", namespaces=[PREFERENCES]
            )
        ),
        agentcore.CfnMemory.MemoryStrategyProperty(
            summary_memory_strategy=agentcore.CfnMemory.SummaryMemoryStrategyProperty(
                name="summaries", namespaces=[SUMMARIES]
            )
        ),
    ]
