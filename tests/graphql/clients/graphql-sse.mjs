import { createClient } from 'graphql-sse';

const first = async (events) => {
  for await (const event of events) return event;
};

export function open({ url }, singleConnection = false) {
  const client = createClient({ url, singleConnection, retryAttempts: 0 });
  return {
    query: async (query, variables) => (await first(client.iterate({ query, variables }))).data,
    subscribe: async (query) => {
      const got = [];
      for await (const event of client.iterate({ query })) got.push(event.data);
      return got;
    },
    wrong: (query) =>
      first(client.iterate({ query })).then(
        (event) => event.errors[0].message,
        // An answer without events comes as it is.
        async (refused) => (await refused.response.json()).errors[0].message,
      ),
    close: () => client.dispose(),
  };
}
