// The program of a set-up: what a user's own does, with the SDK of the major that WITNESS_SDK names (a folder). Ends with 0 where the
// API answers all it asks, with 1 and the reason where not.
const { default: Anthropic } = await import(process.env.WITNESS_SDK);
if (process.env.WITNESS_LOADS === 'yes') process.loadEnvFile('.env');
try {
  const client = new Anthropic({ maxRetries: 0, timeout: 20_000 });
  const models = await client.models.list({ limit: 20 });
  const { id } = models.data[0];
  await client.messages.countTokens({ model: id, messages: [{ role: 'user', content: 'Hi' }] });
} catch (error) {
  console.log(String(error?.message ?? error));
  process.exit(1);
}
