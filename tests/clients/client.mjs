// A child process: client.mjs MAJOR RECORDER. Reads environments, one JSON a line; for each constructs the SDK without an
// argument, asks for the models, and writes what became of it, one JSON a line.
//
// The SDK, its fetch() and undici are real. Only the connection is bent: whatever host is asked, the request goes to the
// recorder, with two headers more that say which environment it is and where it wanted to go.
import { createInterface } from 'node:readline';

const [major, recorder] = process.argv.slice(2);
const { default: Anthropic } = await import(`../sdk/node_modules/anthropic-sdk-${major}/index.mjs`);
console.warn = () => {};

await fetch(recorder + '/ready');  // loads undici
const dispatcher = Symbol.for('undici.globalDispatcher.1');
const agent = globalThis[dispatcher];
let current;
globalThis[dispatcher] = {
  dispatch(options, handler) {
    const mark = { 'x-recorded-for': `${major} ${current}`, 'x-recorded-origin': String(options.origin) };
    const headers = Array.isArray(options.headers)
      ? [...options.headers, ...Object.entries(mark).flat()]
      : { ...options.headers, ...mark };
    return agent.dispatch({ ...options, headers, origin: recorder }, handler);
  },
};

const own = new Set();
for await (const line of createInterface({ input: process.stdin })) {
  const { id, variables, folder } = JSON.parse(line);
  current = id;
  for (const name of own) delete process.env[name];
  own.clear();
  for (const [name, value] of Object.entries(variables)) {
    process.env[name] = value;
    own.add(name);
  }
  process.chdir(folder);
  let failure = null;
  try {
    await new Anthropic().models.list({}, { maxRetries: 0 });
  } catch (error) {
    const chain = [];
    for (let e = error; e && chain.length < 5; e = e.cause) chain.push(`${e.constructor.name}: ${e.message}`);
    failure = chain.join(' <- ');
  }
  process.stdout.write(JSON.stringify({ id, failure }) + '\n');
}
