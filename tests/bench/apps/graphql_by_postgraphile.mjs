// The tables of graphql_by_puff.py by PostGraphile 5, which makes a schema of them. Usage:
//   node graphql_by_postgraphile.mjs PORT SOCKET_FOLDER POSTGRES_PORT CONNECTIONS
import { createServer } from 'node:http';

import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

const [port, folder, postgresPort, connections] = process.argv.slice(2);
const connectionString =
  `postgresql://postgres@/postgres?host=${encodeURIComponent(folder)}&port=${postgresPort}`;
const served = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({ connectionString, poolConfig: { max: Number(connections) }, schemas: ['public'] }),
  ],
  schema: { defaultBehavior: '+connection +list +query:resource:list' },
  grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false, websockets: false },
  grafast: { explain: false },
});
const server = createServer();
await served.createServ(grafserv).addTo(server);
server.listen(Number(port), '127.0.0.1');
