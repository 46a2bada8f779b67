// The Vercel AI SDK, @ai-sdk/openai with chat completions.

import { createOpenAI } from "@ai-sdk/openai";
import { runAiSdk } from "./ai_sdk.mjs";
import { given } from "./run.mjs";

const provider = createOpenAI({ baseURL: `${given.url}/v1`, apiKey: given.key });

await runAiSdk({
  model: (alias) => provider.chat(alias),
  embedder: (alias) => provider.embeddingModel(alias),
  notAvailable: { reasoning: "leaves out `reasoning_content`; @ai-sdk/openai-compatible has it" },
});
