import { createClient } from 'graphql-sse';

const first = async (events) => {
  for await (const event of events) return event;
};

export function open({ url }, singleConnection = false) {
  let refusal;
  // The client reads no refusal, and aborts its request.
  const fetchFn = async (...asked) => {
    const answer = await fetch(...asked);
    const type = answer.headers.get('Content-Type') ?? '';
    if (type.includes('json')) refusal = await answer.clone().json();
    return answer;
  };
  const client = createClient({ url, singleConnection, fetchFn, retryAttempts: 0 });
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
        () => refusal.errors[0].message,
      ),
    close: () => client.dispose(),
  };
}
