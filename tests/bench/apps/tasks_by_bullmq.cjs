// Tasks of BullMQ: a worker (`worker CONCURRENCY`), or a producer as task_producer.py is one.
const fs = require("fs");
const { Queue, QueueEvents, Worker } = require("bullmq");

const at = new URL(process.env.TASK_REDIS);
const connection = { host: at.hostname, port: Number(at.port), maxRetriesPerRequest: null };
const log = fs.openSync(process.env.TASK_LOG, "a");
const AT_ONCE = 500;
const KEPT = { removeOnComplete: { age: 300 } };

const ran = () => fs.writeSync(log, ".");
const parameter = (i) => ({ i, user: "user-1234", ok: true });
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const now = () => Number(process.hrtime.bigint()) / 1e6;

async function run(job) {
  if (job.name === "sleep10") await sleep(10);
  ran();
  return job.name === "echo" ? job.data.i : 1;
}

const order = (name) => (i) => ({ name, data: parameter(i), opts: KEPT });

async function fill(queue, kind, count) {
  for (let first = 0; first < count; first += AT_ONCE) {
    const ids = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => first + i);
    await queue.addBulk(ids.map(order(kind)));
  }
  return {};
}

async function rate(call, each) {
  await call(0);
  const began = now();
  let calls = 0;
  while (now() - began < 1000) await call(calls++);
  return (calls * each * 1000) / (now() - began);
}

async function enqueue(queue) {
  const many = Array.from({ length: AT_ONCE }, (_, i) => i).map(order("noop"));
  return {
    one_by_one: await rate((i) => queue.add("noop", parameter(i), KEPT), 1),
    bulk: await rate(() => queue.addBulk(many), AT_ONCE),
  };
}

async function roundTrips(queue, count) {
  const events = new QueueEvents("q", { connection });
  await events.waitUntilReady();
  const times = [];
  for (let i = -5; i < count; i++) {
    const began = now();
    const job = await queue.add("echo", parameter(i), KEPT);
    await job.waitUntilFinished(events, 20000);
    if (i >= 0) times.push(now() - began);
  }
  times.sort((a, b) => a - b);
  return { p50_ms: times[times.length >> 1], p99_ms: times[Math.floor(times.length * 0.99)] };
}

async function main([what, ...words]) {
  if (what === "worker") {
    const worker = new Worker("q", run, { connection, concurrency: Number(words[0]) });
    worker.on("error", (failure) => console.error(failure));
    return;
  }
  const queue = new Queue("q", { connection });
  await queue.waitUntilReady();
  const numbers = words.map((word) => (/^\d+$/.test(word) ? Number(word) : word));
  const figures = await { fill, enqueue, round_trips: roundTrips }[what](queue, ...numbers);
  console.log(JSON.stringify(figures));
  process.exit(0);
}

main(process.argv.slice(2));
