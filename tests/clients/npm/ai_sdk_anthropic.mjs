// The Vercel AI SDK, @ai-sdk/anthropic.

import { createAnthropic } from "@ai-sdk/anthropic";
import { runAiSdk } from "./ai_sdk.mjs";
import { given } from "./run.mjs";

const provider = createAnthropic({ baseURL: `${given.url}/v1`, apiKey: given.key });

await runAiSdk({
  model: (alias) => provider(alias),
  invalid: { topP: 1.5 }, // it clamps the temperature
  reasoning: { anthropic: { thinking: { type: "enabled", budgetTokens: 1024 } } },
  notAvailable: { embeddings: "Anthropic has none" },
});
