// The openai package, chat completions.

import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { ALIAS, BREAKING, BUSY, EMBEDDER, NATIVE, forecast, given, joined, raised, run, status } from "./run.mjs";

const client = new OpenAI({ baseURL: `${given.url}/v1`, apiKey: given.key, maxRetries: 0 });
const user = (content) => ({ role: "user", content });
const Place = z.object({ city: z.string(), population: z.number() });
const tools = [
  { type: "function", function: { name: "weather", description: given.TOOL, parameters: given.WEATHER_SCHEMA } },
];

async function ask(messages, options = {}) {
  const answer = await client.chat.completions.create({ model: ALIAS, messages, ...options });
  return answer.choices[0].message;
}

async function withTools(question) {
  const message = await ask([user(question)], { tools });
  const calls = message.tool_calls.map((call) => ({ id: call.id, city: JSON.parse(call.function.arguments).city }));
  const results = calls.map(({ id, city }) => ({ role: "tool", tool_call_id: id, content: forecast(city) }));
  const answer = await ask([user(question), message, ...results], { tools });
  return { cities: calls.map(({ city }) => city), text: answer.content };
}

async function place(model) {
  const messages = [user(given.POPULATION)];
  const response_format = zodResponseFormat(Place, "place");
  const answer = await client.chat.completions.parse({ model, messages, response_format });
  return answer.choices[0].message.parsed;
}

async function* texts(model) {
  const parts = await client.chat.completions.create({ model, messages: [user(given.HELLO)], stream: true });
  for await (const part of parts) yield part.choices[0]?.delta.content;
}

const failing = (model, options = {}) =>
  status(() => client.chat.completions.create({ model, messages: [user(given.HELLO)], ...options }));

await run({
  plain: async () => (await ask([user(given.HELLO)])).content,
  system: async () => (await ask([{ role: "system", content: given.SYSTEM }, user(given.HELLO)])).content,
  turns: async () =>
    (await ask([user(given.NAME), { role: "assistant", content: given.REPLY }, user(given.WHO)])).content,
  stream: () => joined(() => texts(ALIAS)),
  tools: () => withTools(given.WEATHER),
  parallel_tools: () => withTools(given.BOTH),
  structured_output: async () => ({ [ALIAS]: await place(ALIAS), [NATIVE]: await place(NATIVE) }),
  images: async () => {
    const image = { type: "image_url", image_url: { url: `data:image/png;base64,${given.PNG}` } };
    return (await ask([user([{ type: "text", text: given.WHAT }, image])])).content;
  },
  reasoning: async () => {
    const message = await ask([user(given.HELLO)], { reasoning_effort: "low" });
    return { reasoning: message.reasoning_content, text: message.content };
  },
  embeddings: async () =>
    (await client.embeddings.create({ model: EMBEDDER, input: given.TEXTS })).data.map((found) => found.embedding),
  errors: async () => ({
    "unknown alias": await failing("gpt-4o"),
    throttled: await failing(BUSY),
    invalid: await failing(ALIAS, { temperature: 1.5 }),
  }),
  broken_stream: () => raised(() => texts(BREAKING)),
});
