// The Vercel AI SDK: one code for its providers.

import { embedMany, generateText, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { ALIAS, BREAKING, BUSY, EMBEDDER, NATIVE, forecast, given, joined, raised, run, status } from "./run.mjs";

const Place = z.object({ city: z.string(), population: z.number() });

// `model(alias)` makes a model, `embedder(alias)` one of embeddings. `reasoning`: the options that show reasoning.
export function runAiSdk({ model, embedder, reasoning, notAvailable, invalid = { temperature: 1.5 } }) {
  const ask = (options) => generateText({ model: model(ALIAS), maxRetries: 0, ...options });

  async function withTools(prompt) {
    const cities = [];
    const weather = tool({
      description: given.TOOL,
      inputSchema: z.object({ city: z.string() }),
      execute: async ({ city }) => {
        cities.push(city);
        return forecast(city);
      },
    });
    const answer = await ask({ prompt, tools: { weather }, stopWhen: stepCountIs(3) });
    return { cities, text: answer.text };
  }

  async function place(alias) {
    const output = Output.object({ schema: Place });
    return (await ask({ model: model(alias), prompt: given.POPULATION, output })).output;
  }

  // Errors of a stream are parts of fullStream.
  async function* texts(alias) {
    const options = { model: model(alias), prompt: given.HELLO, maxRetries: 0, onError: () => {} };
    for await (const part of streamText(options).fullStream) {
      if (part.type === "error") throw part.error;
      if (part.type === "text-delta") yield part.text;
    }
  }

  const failing = (alias, options = {}) =>
    status(() => ask({ model: model(alias), prompt: given.HELLO, ...options }));

  return run(
    {
      plain: async () => (await ask({ prompt: given.HELLO })).text,
      system: async () => (await ask({ system: given.SYSTEM, prompt: given.HELLO })).text,
      turns: async () => {
        const messages = [
          { role: "user", content: given.NAME },
          { role: "assistant", content: given.REPLY },
          { role: "user", content: given.WHO },
        ];
        return (await ask({ messages })).text;
      },
      stream: () => joined(() => texts(ALIAS)),
      tools: () => withTools(given.WEATHER),
      parallel_tools: () => withTools(given.BOTH),
      structured_output: async () => ({ [ALIAS]: await place(ALIAS), [NATIVE]: await place(NATIVE) }),
      images: async () => {
        const image = { type: "file", data: given.PNG, mediaType: "image/png" };
        const content = [{ type: "text", text: given.WHAT }, image];
        return (await ask({ messages: [{ role: "user", content }] })).text;
      },
      reasoning: async () => {
        const answer = await ask({ model: model(NATIVE), prompt: given.HELLO, providerOptions: reasoning });
        return { reasoning: answer.reasoningText, text: answer.text };
      },
      embeddings: async () =>
        (await embedMany({ model: embedder(EMBEDDER), values: given.TEXTS, maxRetries: 0 })).embeddings,
      errors: async () => ({
        "unknown alias": await failing("gpt-4o"),
        throttled: await failing(BUSY),
        invalid: await failing(ALIAS, invalid),
      }),
      broken_stream: () => raised(() => texts(BREAKING)),
    },
    notAvailable,
  );
}
