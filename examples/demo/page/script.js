"use strict";

const threads = { wsgi: "greenlet", flask: "greenlet", polls: "greenlet", fastapi: "asyncio", native: null, page: "asyncio" };
const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const chosen = () => one("input[name=app]:checked").value;
const seconds = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
const megabytes = (n) => (n < 1e6 ? `${Math.ceil(n / 1e3)} kB` : `${(n / 1e6).toFixed(1)} MB`);

function tell(tile, text, bad = false) {
  const line = one(".told", tile);
  line.textContent = text;
  line.classList.toggle("bad", bad);
}

function draw(plot, name, attributes) {
  const shape = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  plot.append(shape);
  return shape;
}

// The picture of the house shows what is under way: a count for each part of it.
const underWay = new Map();
function light(parts, by) {
  for (const part of parts) {
    const count = (underWay.get(part) ?? 0) + by;
    underWay.set(part, count);
    for (const shape of all(part)) shape.classList.toggle("busy", count > 0);
  }
}
async function shown(app, wires, work) {
  const parts = [`.house [data-app=${app}]`, "[data-wire=http]"];
  if (threads[app]) parts.push(`[data-wire=${threads[app]}]`);
  parts.push(...wires.map((wire) => `[data-wire=${wire}]`));
  light(parts, 1);
  const since = performance.now();
  try {
    return await work();
  } finally {
    setTimeout(() => light(parts, -1), Math.max(0, 350 - (performance.now() - since)));
  }
}

// A tile's buttons rest while it works; what goes wrong is told in it.
async function run(tile, work) {
  const controls = all("button, input", tile);
  for (const control of controls) control.disabled = true;
  try {
    await work();
  } catch (error) {
    tell(tile, `It failed: ${error.message}`, true);
  } finally {
    for (const control of controls) control.disabled = false;
  }
}

async function get(path) {
  const reply = await fetch(path, { cache: "no-store" });
  if (!reply.ok) throw Object.assign(new Error(`status ${reply.status}`), { status: reply.status });
  return reply;
}

function visit(tile) {
  const app = tile.dataset.app;
  return run(tile, () => shown(app, ["redis"], async () => {
    const since = performance.now();
    try {
      const { visits } = await (await get(`/${app}/visits`)).json();
      one(".count", tile).textContent = visits.toLocaleString("en").replaceAll(",", "\u202f");
      tell(tile, `/${app}/visits in ${(performance.now() - since).toFixed(1)} ms`);
    } catch (error) {
      if (app !== "native" || error.status !== 404) throw error;
      leaveOut(tile);
    }
  }));
}

// The C++ route is compiled in; this process may be one without it.
function leaveOut(tile) {
  tile.classList.add("absent");
  one("button", tile).hidden = true;
  tell(tile, "Not in this process; see native_route.");
  one("input[value=native]").disabled = true;
  for (const shape of all(".house [data-app=native]")) shape.classList.add("absent");
}

async function* linesOf(reply) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    yield* lines;
  }
}

function drawLatencies(plot, answers, count) {
  const top = Math.max(400, ...answers.map((answer) => answer.ms ?? 0)) * 1.05;
  plot.replaceChildren();
  const step = 300 / count;
  answers.forEach((answer, i) => {
    const height = ((answer.ms ?? top) / top) * 120;
    const bar = { x: i * step, y: 120 - height, width: count > 150 ? step : step * 0.7, height };
    if (answer.status !== 200) bar.class = "bad";
    draw(plot, "rect", bar);
  });
  const y = 120 - (200 / top) * 120;
  draw(plot, "line", { x1: 0, x2: 300, y1: y, y2: y, class: "mark" });
}

const waiting = one("#wait");
function burst(count) {
  const app = chosen();
  return run(waiting, () => shown(app, [], async () => {
    const plot = one(".plot", waiting);
    const answers = [];
    let total = 0;
    tell(waiting, `${count} requests are out ...`);
    for await (const line of linesOf(await get(`/burst?app=${app}&count=${count}`))) {
      const answer = JSON.parse(line);
      if (answer.total_ms !== undefined) total = answer.total_ms;
      else answers.push(answer);
      if (answers.length % 10 === 0) drawLatencies(plot, answers, count);
    }
    drawLatencies(plot, answers, count);
    const failed = answers.filter((answer) => answer.status !== 200).length;
    const slowest = Math.max(...answers.map((answer) => answer.ms ?? 0));
    one(".top", waiting).textContent = `slowest ${seconds(slowest)}`;
    if (failed || !total) throw new Error(`${failed} of ${count} requests had no answer`);
    tell(waiting, `${count} answers in ${seconds(total)}. One after the other: ${seconds(count * 200)}.`);
  }));
}

const streaming = one("#stream");
function read() {
  const app = chosen();
  return run(streaming, () => shown(app, [], async () => {
    const plot = one(".plot", streaming);
    plot.replaceChildren();
    for (const x of [0, 75, 150, 225, 300]) draw(plot, "line", { x1: x, x2: x, y1: 0, y2: 120 });
    const since = performance.now();
    let count = 0;
    for await (const line of linesOf(await get(`/${app}/stream`))) {
      const x = Math.min((performance.now() - since) / 2000, 1) * 300;
      draw(plot, "circle", { cx: Math.max(x, 5), cy: 110 - count * 11, r: 5 });
      count += 1;
      tell(streaming, `“${line}” after ${seconds(performance.now() - since)}`);
    }
    tell(streaming, `${count} lines, the last after ${seconds(performance.now() - since)}.`);
  }));
}

function post(path, body, onPart) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.responseType = "json";
    request.upload.onprogress = (event) => onPart(event.loaded);
    request.onload = () =>
      request.status === 200 && request.response
        ? resolve(request.response)
        : reject(new Error(`status ${request.status}`));
    request.onerror = () => reject(new Error("the connection was lost"));
    request.open("POST", path);
    request.send(body);
  });
}

async function digestOf(body) {
  if (!window.crypto?.subtle || body.size > 64e6) return null; // only on localhost or by HTTPS
  const bytes = await crypto.subtle.digest("SHA-256", await body.arrayBuffer());
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const sending = one("#upload");
function send(body) {
  const app = chosen();
  return run(sending, () => shown(app, [], async () => {
    const expected = await digestOf(body);
    const progress = (loaded) => {
      const part = body.size ? Math.min(loaded / body.size, 1) : 1;
      one("progress", sending).value = part;
      one(".part", sending).textContent = `${Math.floor(part * 100)} %`;
    };
    progress(0);
    tell(sending, `Sending ${megabytes(body.size)} ...`);
    const since = performance.now();
    const { bytes, sha256 } = await post(`/${app}/upload`, body, progress);
    const took = performance.now() - since;
    progress(body.size);
    if (bytes !== body.size) throw new Error(`${bytes} of ${body.size} bytes arrived`);
    if (expected && expected !== sha256) throw new Error("the digests differ");
    const same = expected ? ", as computed here" : "";
    tell(sending, `${megabytes(bytes)} in ${seconds(took)}. SHA-256 ${sha256.slice(0, 12)}…${same}.`);
  }));
}

function sixteenMegabytes() {
  const block = crypto.getRandomValues(new Uint8Array(62500));
  return new Blob(Array(256).fill(block));
}

// The polls: the newest question, and a vote as the form of its page would send it.
const polls = one("#polls");
async function documentAt(path) {
  return new DOMParser().parseFromString(await (await get(path)).text(), "text/html");
}

async function newestQuestion() {
  const link = one(".questions a", await documentAt("/polls/"));
  if (!link) throw new Error("there is no question; add one in the admin");
  return link.getAttribute("href");
}

function showAnswers(form) {
  const labels = all("label", form);
  one(".answers", polls).replaceChildren(...labels.map((label) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const meter = one("meter", label);
    button.type = "button";
    button.textContent = one(".text", label).textContent;
    button.addEventListener("click", () => vote(one("input", label).value));
    item.append(button, meter, one(".count", label));
    return item;
  }));
}

function askPolls(work) {
  return run(polls, () => shown("polls", ["redis", "postgres"], async () => {
    const since = performance.now();
    const page = await work(await newestQuestion());
    one(".question", polls).textContent = one("h1", page).textContent;
    showAnswers(one("form", page));
    const said = one(".message", page)?.textContent ?? one("legend", page).textContent.trim();
    tell(polls, `${said}, in ${seconds(performance.now() - since)}.`);
  }));
}

function vote(choice) {
  return askPolls(async (path) => {
    const token = one("[name=csrfmiddlewaretoken]", await documentAt(path)).value;
    const body = new URLSearchParams({ csrfmiddlewaretoken: token, choice });
    const reply = await fetch(`${path}vote/`, { method: "POST", body });
    if (!reply.ok) throw new Error(`status ${reply.status}`);
    return new DOMParser().parseFromString(await reply.text(), "text/html");
  });
}

askPolls(documentAt);
for (const tile of all(".counters .tile")) {
  one("button", tile).addEventListener("click", () => visit(tile));
  visit(tile);
}
for (const button of all("button[data-count]", waiting))
  button.addEventListener("click", () => burst(Number(button.dataset.count)));
one("button", streaming).addEventListener("click", read);
one("button", sending).addEventListener("click", () => send(sixteenMegabytes()));
one("input[type=file]", sending).addEventListener("change", (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  if (file) send(file);
});
