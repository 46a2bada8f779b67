"""POST /v1/agents/NAME/invoke, and agents as models of the other dialects, over InvokeHarness of AgentCore."""
