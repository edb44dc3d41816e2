import { SubscriptionClient } from 'subscriptions-transport-ws';

export function open({ socketUrl, WebSocket }) {
  const client = new SubscriptionClient(socketUrl, { reconnect: false }, WebSocket);
  const all = (query, variables) =>
    new Promise((resolve, reject) => {
      const got = [];
      client.request({ query, variables }).subscribe({
        next: (event) => got.push(event),
        error: reject,
        complete: () => resolve(got),
      });
    });
  return {
    query: async (query, variables) => (await all(query, variables))[0].data,
    subscribe: async (query) => (await all(query)).map((event) => event.data),
    wrong: async (query) => (await all(query))[0].errors[0].message,
    close: () => client.close(),
  };
}
