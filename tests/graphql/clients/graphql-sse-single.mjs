import { open as openSse } from './graphql-sse.mjs';

export const open = (where) => openSse(where, true);
