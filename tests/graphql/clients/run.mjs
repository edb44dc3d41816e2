// Other people's clients against a server of tests/graphql/server/fixture_schema.cpp:
//   node run.mjs CLIENT HTTP_URL WEBSOCKET_URL
// prints what a query, a mutation and a subscription gave, and what a wrong operation did.
import WebSocket from 'ws';

const [name, url, socketUrl] = process.argv.slice(2);
globalThis.WebSocket ??= WebSocket;

const { open } = await import(`./${name}.mjs`);
const client = await open({ url, socketUrl, WebSocket });
const said = {
  query: await client.query('query { getValue }'),
  mutation: await client.query('mutation Set($to: String!) { setValue(value: $to) }', { to: 'new' }),
  subscription: await client.subscribe('subscription { greetings }'),
  wrong: await client.wrong('query { nothing }'),
};
await client.close?.();
console.log(JSON.stringify(said));
process.exit(0);
