// The schema of graphql_by_puff.py on fastify, mercurius and graphql-jit. Usage:
//   node graphql_by_mercurius.mjs PORT pg|postgres SOCKET_FOLDER POSTGRES_PORT CONNECTIONS
import fastify from 'fastify';
import mercurius from 'mercurius';
import pg from 'pg';
import postgres from 'postgres';

const [port, driver, folder, postgresPort, connections] = process.argv.slice(2);
const max = Number(connections);

function byPg() {
  const where = { host: folder, port: Number(postgresPort), user: 'postgres', database: 'postgres' };
  const pool = new pg.Pool({ ...where, max, min: max });
  return async (name, text, values) => (await pool.query({ name, text, values })).rows;
}

function byPostgres() {
  const path = `${folder}/.s.PGSQL.${postgresPort}`;
  const sql = postgres({ path, user: 'postgres', database: 'postgres', max });
  return (name, text, values) => sql.unsafe(text, values, { prepare: true });
}

const ask = driver === 'pg' ? byPg() : byPostgres();

const schema = `
scalar DateTime
scalar Decimal
type Comment { id: Int! body: String! }
type Post { id: Int! title: String! createdAt: DateTime! comments: [Comment!]! }
type Author { id: Int! name: String! rating: Decimal! createdAt: DateTime! posts: [Post!]! }
type Row { id: Int! name: String! }
type Added { id: Int! }
type Query { hello: String! row(id: Int!): Row rows(limit: Int!): [Row!]! authors: [Author!]! }
type Mutation { addMut(body: String!): Added! }`;

const ROW = 'select id, name from rows1024 where id = $1';
const ROWS = 'select id, name from rows1024 order by id limit $1::int';
const AUTHORS = 'select id, name, rating, created_at as "createdAt" from authors order by id';
const POSTS =
  'select id, author_id, title, created_at as "createdAt" from posts ' +
  'where author_id = any($1::int[]) order by id';
const COMMENTS =
  'select id, post_id, body from comments where post_id = any($1::int[]) order by id';
const INSERT = 'insert into mut(body) values ($1) returning id';

const resolvers = {
  Query: {
    hello: () => 'hello',
    row: async (_, { id }) => (await ask('row', ROW, [id]))[0] ?? null,
    rows: (_, { limit }) => ask('rows', ROWS, [limit]),
    authors: () => ask('authors', AUTHORS, []),
  },
  Mutation: { addMut: async (_, { body }) => (await ask('insert', INSERT, [body]))[0] },
};

async function children(name, text, key, parents) {
  const ids = parents.map(({ obj }) => obj.id);
  const found = new Map(ids.map((id) => [id, []]));
  for (const row of await ask(name, text, [ids])) found.get(row[key]).push(row);
  return ids.map((id) => found.get(id));
}

const loaders = {
  Author: { posts: (parents) => children('posts', POSTS, 'author_id', parents) },
  Post: { comments: (parents) => children('comments', COMMENTS, 'post_id', parents) },
};

const app = fastify({ logger: false });
app.register(mercurius, { schema, resolvers, loaders, jit: 1, path: '/graphql' });
await app.listen({ port: Number(port), host: '127.0.0.1' });
