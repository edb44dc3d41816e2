import { createClient } from 'graphql-ws';

const first = async (events) => {
  for await (const event of events) return event;
};

export function open({ socketUrl, WebSocket }) {
  const client = createClient({ url: socketUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
  return {
    query: async (query, variables) => (await first(client.iterate({ query, variables }))).data,
    subscribe: async (query) => {
      const got = [];
      for await (const event of client.iterate({ query })) got.push(event.data);
      return got;
    },
    wrong: (query) => first(client.iterate({ query })).catch((errors) => errors[0].message),
    close: () => client.dispose(),
  };
}
