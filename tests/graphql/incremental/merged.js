// What a client makes of the payloads of one response: whole data, and all errors.
'use strict';

function at(data, path) {
  return path.reduce((value, step) => value[step], data);
}

function into(target, more) {
  for (const [key, value] of Object.entries(more)) {
    const old = target[key];
    if (old && value && typeof old === 'object' && typeof value === 'object') into(old, value);
    else target[key] = value;
  }
}

function merged(payloads) {
  const [first, ...more] = payloads;
  const data = first.data ?? null;
  const errors = [...(first.errors ?? [])];
  const pending = new Map();
  const expect = (good, what) => {
    if (!good) throw new Error(`${what}: ${JSON.stringify(payloads)}`);
  };
  const open = (list = []) => {
    for (const { id, path } of list) {
      expect(!pending.has(id), `${id} is announced twice`);
      pending.set(id, path);
    }
  };
  open(first.pending);
  more.forEach((one, i) => {
    open(one.pending);
    for (const { id, subPath = [], data: part, items, errors: wrong = [] } of one.incremental ?? []) {
      expect(pending.has(id), `${id} is not pending`);
      const place = at(data, [...pending.get(id), ...subPath]);
      if (items) place.push(...items);
      else into(place, part);
      errors.push(...wrong);
    }
    for (const { id, errors: wrong = [] } of one.completed ?? []) {
      expect(pending.delete(id), `${id} is completed twice`);
      errors.push(...wrong);
    }
    expect(one.hasNext === i < more.length - 1, 'hasNext is wrong');
  });
  expect(pending.size === 0, 'not all is completed');
  return { data, errors };
}

module.exports = { merged };
