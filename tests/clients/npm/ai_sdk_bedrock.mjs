// The Vercel AI SDK, @ai-sdk/amazon-bedrock.

import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { runAiSdk } from "./ai_sdk.mjs";
import { given } from "./run.mjs";

const provider = createAmazonBedrock({ baseURL: given.url, apiKey: given.key, region: "us-east-1" });

await runAiSdk({
  model: (alias) => provider(alias),
  embedder: (alias) => provider.embeddingModel(alias),
  invalid: { topP: 1.5 }, // it clamps the temperature
  reasoning: { bedrock: { additionalModelRequestFields: { reasoningConfig: { type: "enabled" } } } },
});
