"""Tools of agents that the kit brings: functions that AgentCore's gateway calls."""
