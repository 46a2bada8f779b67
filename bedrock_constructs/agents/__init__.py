"""Agents on AgentCore's harness: the harness, the gateway of its tools, their functions, its memory."""
