// Runs one client against the API: node CLIENT.mjs '{"url", "key", ...}', the constants of capabilities.py.
// Prints JSON as run_client.py does.

export const given = JSON.parse(process.argv[2]);
export const { ALIAS, BREAKING, BUSY, EMBEDDER, NATIVE } = given;
export const forecast = (city) => `21 degrees in ${city}`;

export async function run(client, notAvailable = {}) {
  const outcomes = {};
  for (const name of given.names) {
    if (name in notAvailable) {
      outcomes[name] = { "n/a": notAvailable[name] };
      continue;
    }
    try {
      outcomes[name] = { value: await client[name]() };
    } catch (error) {
      outcomes[name] = { failure: String(error.stack ?? error) };
    }
  }
  console.log(JSON.stringify(outcomes));
}

// What `ask` throws, by its HTTP status.
export async function status(ask) {
  try {
    await ask();
  } catch (error) {
    return error.status ?? error.statusCode ?? 0;
  }
  return 200;
}

// As in streams.py.
export async function joined(texts) {
  let found, apart;
  for (let attempt = 0; attempt < 3 && !apart; attempt++) {
    found = [];
    for await (const text of texts()) if (text) found.push({ text, at: performance.now() });
    apart = found.length > 0 && found.at(-1).at - found[0].at > 1000 * given.APART_SECONDS;
  }
  return { text: found.map(({ text }) => text).join(""), "as it comes": apart };
}

export async function raised(texts) {
  let read = false;
  try {
    for await (const text of texts()) read ||= Boolean(text);
  } catch (error) {
    return read ? "raised after a part" : `raised too early: ${error}`;
  }
  return "complete";
}
