import { createRequire } from 'node:module';
import { createClient } from 'graphql-ws';

const require = createRequire(import.meta.url);
const { ApolloClient, InMemoryCache, HttpLink, gql, split } = require('@apollo/client/core');
const { GraphQLWsLink } = require('@apollo/client/link/subscriptions');
const { getMainDefinition } = require('@apollo/client/utilities');

export function open({ url, socketUrl, WebSocket }) {
  const sockets = createClient({ url: socketUrl, webSocketImpl: WebSocket, retryAttempts: 0 });
  const link = split(
    ({ query }) => getMainDefinition(query).operation === 'subscription',
    new GraphQLWsLink(sockets),
    new HttpLink({ uri: url }),
  );
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return {
    query: async (text, variables) => {
      const document = gql(text);
      const { operation } = getMainDefinition(document);
      const asked =
        operation === 'mutation'
          ? client.mutate({ mutation: document, variables })
          : client.query({ query: document, variables });
      return (await asked).data;
    },
    subscribe: (text) =>
      new Promise((resolve, reject) => {
        const got = [];
        client.subscribe({ query: gql(text) }).subscribe({
          next: (event) => got.push(event.data),
          error: reject,
          complete: () => resolve(got),
        });
      }),
    wrong: (text) => client.query({ query: gql(text) }).catch((e) => e.message),
    close: () => sockets.dispose(),
  };
}
