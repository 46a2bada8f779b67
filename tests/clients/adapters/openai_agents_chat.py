"""openai-agents, chat completions."""

import agents

from tests.clients.adapters.openai_agents_client import OpenAiAgents

CLIENT = OpenAiAgents(lambda client, alias: agents.OpenAIChatCompletionsModel(alias, client))
