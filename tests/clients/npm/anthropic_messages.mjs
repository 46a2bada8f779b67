// @anthropic-ai/sdk.

import Anthropic from "@anthropic-ai/sdk";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { z } from "zod";
import { ALIAS, BREAKING, BUSY, NATIVE, forecast, given, joined, raised, run, status } from "./run.mjs";

const client = new Anthropic({ baseURL: given.url, apiKey: given.key, maxRetries: 0 });
const max_tokens = 2000;
const user = (content) => ({ role: "user", content });
const Place = z.object({ city: z.string(), population: z.number() });
const tools = [{ name: "weather", description: given.TOOL, input_schema: given.WEATHER_SCHEMA }];
const ask = (messages, options = {}) => client.messages.create({ model: ALIAS, max_tokens, messages, ...options });
const textOf = ({ content }) => content.map((block) => block.text ?? "").join("");

async function withTools(question) {
  const { content } = await ask([user(question)], { tools });
  const uses = content.filter((block) => block.type === "tool_use");
  const results = uses.map(({ id, input }) => {
    return { type: "tool_result", tool_use_id: id, content: forecast(input.city) };
  });
  const answer = await ask([user(question), { role: "assistant", content }, user(results)], { tools });
  return { cities: uses.map(({ input }) => input.city), text: textOf(answer) };
}

async function place(model) {
  const output_config = { format: zodOutputFormat(Place) };
  const messages = [user(given.POPULATION)];
  return (await client.messages.parse({ model, max_tokens, messages, output_config })).parsed_output;
}

async function* texts(model) {
  for await (const event of client.messages.stream({ model, max_tokens, messages: [user(given.HELLO)] })) {
    if (event.type === "content_block_delta") yield event.delta.text;
  }
}

const failing = (model, options = {}) => status(() => ask([user(given.HELLO)], { model, ...options }));

await run(
  {
    plain: async () => textOf(await ask([user(given.HELLO)])),
    system: async () => textOf(await ask([user(given.HELLO)], { system: given.SYSTEM })),
    turns: async () =>
      textOf(await ask([user(given.NAME), { role: "assistant", content: given.REPLY }, user(given.WHO)])),
    stream: () => joined(() => texts(ALIAS)),
    tools: () => withTools(given.WEATHER),
    parallel_tools: () => withTools(given.BOTH),
    structured_output: async () => ({ [ALIAS]: await place(ALIAS), [NATIVE]: await place(NATIVE) }),
    images: async () => {
      const source = { type: "base64", media_type: "image/png", data: given.PNG };
      return textOf(await ask([user([{ type: "text", text: given.WHAT }, { type: "image", source }])]));
    },
    reasoning: async () => {
      const thinking = { type: "enabled", budget_tokens: 1024 };
      const answer = await ask([user(given.HELLO)], { model: NATIVE, thinking });
      return { reasoning: answer.content[0].thinking, text: textOf(answer) };
    },
    errors: async () => ({
      "unknown alias": await failing("gpt-4o"),
      throttled: await failing(BUSY),
      invalid: await failing(ALIAS, { temperature: 1.5 }),
    }),
    broken_stream: () => raised(() => texts(BREAKING)),
  },
  { embeddings: "Anthropic has none" },
);
