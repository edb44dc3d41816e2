// What Apollo Client shows of a query with @defer, one by one: node apollo_defer.mjs URL
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { ApolloClient, InMemoryCache, HttpLink, gql } = require('@apollo/client/core');

const client = new ApolloClient({
  link: new HttpLink({ uri: process.argv[2] }),
  cache: new InMemoryCache({ addTypename: false }),
});
const shown = [];
const query = gql`
  {
    authors {
      id
      ... @defer {
        bio
      }
    }
  }
`;
await new Promise((complete, error) =>
  client.watchQuery({ query, fetchPolicy: 'network-only', notifyOnNetworkStatusChange: false }).subscribe({
    next: ({ data, networkStatus }) => {
      shown.push(data.authors);
      if (data.authors.every((author) => author.bio)) complete(networkStatus);
    },
    error,
  }),
);
console.log(JSON.stringify(shown));
client.stop();
