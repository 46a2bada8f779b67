// The openai package, responses.

import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { ALIAS, BREAKING, BUSY, NATIVE, forecast, given, joined, raised, run, status } from "./run.mjs";

const client = new OpenAI({ baseURL: `${given.url}/v1`, apiKey: given.key, maxRetries: 0 });
const user = (content) => ({ role: "user", content });
const Place = z.object({ city: z.string(), population: z.number() });
const tools = [
  { type: "function", name: "weather", description: given.TOOL, parameters: given.WEATHER_SCHEMA, strict: false },
];
const ask = (input, options = {}) => client.responses.create({ model: ALIAS, input, store: false, ...options });

async function withTools(question) {
  const { output } = await ask([user(question)], { tools });
  const calls = output.filter((item) => item.type === "function_call");
  const cities = calls.map((call) => JSON.parse(call.arguments).city);
  const results = calls.map((call, index) => {
    return { type: "function_call_output", call_id: call.call_id, output: forecast(cities[index]) };
  });
  return { cities, text: (await ask([user(question), ...output, ...results], { tools })).output_text };
}

async function place(model) {
  const text = { format: zodTextFormat(Place, "place") };
  return (await client.responses.parse({ model, input: given.POPULATION, text })).output_parsed;
}

async function* texts(model) {
  for await (const event of client.responses.stream({ model, input: given.HELLO })) {
    if (event.type === "response.output_text.delta") yield event.delta;
    if (event.type === "response.failed" || event.type === "error") throw new Error(JSON.stringify(event));
  }
}

const failing = (model, options = {}) => status(() => ask(given.HELLO, { model, ...options }));

await run(
  {
    plain: async () => (await ask(given.HELLO)).output_text,
    system: async () => (await ask(given.HELLO, { instructions: given.SYSTEM })).output_text,
    turns: async () =>
      (await ask([user(given.NAME), { role: "assistant", content: given.REPLY }, user(given.WHO)])).output_text,
    stream: () => joined(() => texts(ALIAS)),
    tools: () => withTools(given.WEATHER),
    parallel_tools: () => withTools(given.BOTH),
    structured_output: async () => ({ [ALIAS]: await place(ALIAS), [NATIVE]: await place(NATIVE) }),
    images: async () => {
      const image = { type: "input_image", image_url: `data:image/png;base64,${given.PNG}`, detail: "auto" };
      return (await ask([user([{ type: "input_text", text: given.WHAT }, image])])).output_text;
    },
    reasoning: async () => {
      const answer = await ask(given.HELLO, { model: NATIVE, reasoning: { effort: "low", summary: "auto" } });
      const item = answer.output.find((each) => each.type === "reasoning");
      return { reasoning: item.summary[0].text, text: answer.output_text };
    },
    errors: async () => ({
      "unknown alias": await failing("gpt-4o"),
      throttled: await failing(BUSY),
      invalid: await failing(ALIAS, { temperature: 1.5 }),
    }),
    broken_stream: () => raised(() => texts(BREAKING)),
  },
  { embeddings: "see the row of chat completions" },
);
