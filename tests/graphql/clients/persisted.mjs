// Apollo's link for automatic persisted queries: node persisted.mjs URL
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { ApolloClient, InMemoryCache, HttpLink, gql } = require('@apollo/client/core');
const { createPersistedQueryLink } = require('@apollo/client/link/persisted-queries');

const sent = [];
const ask = (url, options) => {
  sent.push('query' in JSON.parse(options.body));
  return fetch(url, options);
};
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const link = createPersistedQueryLink({ sha256 }).concat(
  new HttpLink({ uri: process.argv[2], fetch: ask }),
);
const client = new ApolloClient({ link, cache: new InMemoryCache() });
const query = gql('query Automatic { who }');
const data = [];
for (let i = 0; i < 2; ++i)
  data.push((await client.query({ query, fetchPolicy: 'network-only' })).data);
console.log(JSON.stringify({ data, sent }));
