import { createRequire } from 'node:module';
import { createClient } from 'graphql-ws';

const require = createRequire(import.meta.url);
const relay = require('relay-runtime');

/// What relay's compiler makes of an operation with one scalar field at its root.
function compiled(text) {
  const [, kind, field] = text.match(/^(\w+)[^{]*\{ (\w+)/);
  const variable = { defaultValue: null, kind: 'LocalArgument', name: 'to' };
  const argument = { kind: 'Variable', name: 'value', variableName: 'to' };
  const takes = text.includes('$to');
  const selections = [
    { alias: null, args: takes ? [argument] : null, kind: 'ScalarField', name: field },
  ];
  const argumentDefinitions = takes ? [variable] : [];
  const type = kind[0].toUpperCase() + kind.slice(1);
  const name = 'Asked';
  return {
    kind: 'Request',
    fragment: { argumentDefinitions, kind: 'Fragment', metadata: null, name, selections, type },
    operation: { argumentDefinitions, kind: 'Operation', name, selections },
    params: { id: null, cacheID: text, metadata: {}, name, operationKind: kind, text },
  };
}

export function open({ url, socketUrl, WebSocket }) {
  const sockets = createClient({ url: socketUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
  const ask = async ({ text }, variables) => {
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ query: text, variables });
    return (await fetch(url, { method: 'POST', headers, body })).json();
  };
  const listen = ({ text }, variables) =>
    relay.Observable.create((sink) => sockets.subscribe({ query: text, variables }, sink));
  const environment = new relay.Environment({
    network: relay.Network.create(ask, listen),
    store: new relay.Store(new relay.RecordSource()),
  });
  const query = (text, variables = {}) =>
    text.startsWith('mutation')
      ? new Promise((onCompleted, onError) =>
          relay.commitMutation(environment, {
            mutation: compiled(text),
            variables,
            onCompleted,
            onError,
          }),
        )
      : relay.fetchQuery(environment, compiled(text), variables).toPromise();
  return {
    query,
    subscribe: (text) =>
      new Promise((resolve, onError) => {
        const got = [];
        relay.requestSubscription(environment, {
          subscription: compiled(text),
          variables: {},
          onNext: (event) => got.push(event),
          onCompleted: () => resolve(got),
          onError,
        });
      }),
    wrong: (text) => query(text).catch((e) => e.source.errors[0].message),
    close: () => sockets.dispose(),
  };
}
