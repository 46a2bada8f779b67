// The Vercel AI SDK, @ai-sdk/openai with responses, its default.

import { createOpenAI } from "@ai-sdk/openai";
import { runAiSdk } from "./ai_sdk.mjs";
import { given } from "./run.mjs";

const provider = createOpenAI({ baseURL: `${given.url}/v1`, apiKey: given.key });

await runAiSdk({
  model: (alias) => provider(alias),
  embedder: (alias) => provider.embeddingModel(alias),
  reasoning: { openai: { reasoningEffort: "low", reasoningSummary: "auto", forceReasoning: true } },
});
