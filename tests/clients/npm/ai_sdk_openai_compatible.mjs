// The Vercel AI SDK, @ai-sdk/openai-compatible.

import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { runAiSdk } from "./ai_sdk.mjs";
import { given } from "./run.mjs";

const provider = createOpenAICompatible({
  name: "kit",
  baseURL: `${given.url}/v1`,
  apiKey: given.key,
  supportsStructuredOutputs: true,
});

await runAiSdk({
  model: (alias) => provider(alias),
  embedder: (alias) => provider.embeddingModel(alias),
  reasoning: { kit: { reasoningEffort: "low" } },
});
