// Files by Apollo Client's upload link, and what the server said of them: node apollo_upload.mjs URL
import { File } from 'node:buffer';
import { createRequire } from 'node:module';

globalThis.File ??= File; // node 18 has it, but not by this name

const require = createRequire(import.meta.url);
const { ApolloClient, InMemoryCache, gql } = require('@apollo/client/core');
const { default: createUploadLink } = await import('apollo-upload-client/createUploadLink.mjs');

const client = new ApolloClient({
  link: createUploadLink({ uri: process.argv[2], headers: { 'Apollo-Require-Preflight': 'true' } }),
  cache: new InMemoryCache({ addTypename: false }),
});
const ask = async (text, variables) => {
  const { data } = await client.mutate({ mutation: gql(text), variables });
  return data;
};
const file = (text, name) => new File([text], name, { type: 'text/plain' });
const large = file('0123456789'.repeat(60_000), 'large.txt');

const said = {
  one: await ask('mutation ($file: Upload!) { one(file: $file) { name content_type size } }', { file: large }),
  many: await ask('mutation ($files: [Upload!]!) { many(files: $files) { name size } }', {
    files: [file('a', '1.txt'), file('bb', '2.txt')],
  }),
  // A file that is there twice is sent once.
  twice: await ask('mutation ($a: Upload!, $b: Upload!) { twice(a: $a, b: $b) }', ((f) => ({ a: f, b: f }))(file('abcdef', 'f'))),
  parcel: await ask('mutation ($parcel: Parcel!) { parcel(parcel: $parcel) }', {
    parcel: { title: 'said', file: file('first\nsecond\n', 'p.txt') },
  }),
  without: await ask('mutation ($parcel: Parcel!) { parcel(parcel: $parcel) }', { parcel: { title: 'alone' } }),
  wrong: await ask('mutation ($file: Upload!) { one(file: $file) { name } }', { file: 'none' }).catch((e) => e.message),
};
client.stop();
console.log(JSON.stringify(said));
process.exit(0);
