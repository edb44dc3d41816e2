// The audits of npm's graphql-http against a URL: a line of JSON with those that did not pass.
import { auditServer } from 'graphql-http';

const url = process.argv[2];
const results = await auditServer({ url, fetchFn: fetch });
const failed = [];
for (const { name, status, reason } of results)
  if (status !== 'ok') failed.push({ name, status, reason });
console.log(JSON.stringify({ audits: results.length, failed }));
