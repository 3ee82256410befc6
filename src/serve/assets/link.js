// The connection to breach serve: server-sent events read with fetch, so that a token can go into a header and never
// into an address; where they do not come through (a proxy that collects them, too many watchers), the numbers are
// asked for every few seconds.

const SILENT = 12000; // ms; a beat comes every five seconds
const POLL = 5000;
const POLLS = 12; // before events are tried again
const WAITS = [1000, 2000, 5000, 10000];

const TOKEN = "breach-token";

export const token = {
  get: () => sessionStorage.getItem(TOKEN),
  set: (text) => sessionStorage.setItem(TOKEN, text),
  drop: () => sessionStorage.removeItem(TOKEN),
};

class Refused extends Error {
  constructor(status) {
    super(`status ${status}`);
    this.status = status;
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function ask(path, headers, signal) {
  const secret = token.get();
  if (secret) headers.Authorization = `Bearer ${secret}`;
  const answer = await fetch(path, { headers, signal, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" });
  if (!answer.ok) throw new Refused(answer.status);
  return answer;
}

/** The clock of the server minus ours, ms. */
function offset(answer) {
  const date = Date.parse(answer.headers.get("Date") ?? "");
  return Number.isNaN(date) ? 0 : date + 500 - Date.now();
}

/** One event out of its lines (WHATWG HTML 9.2.6). */
function parse(block) {
  const event = { id: null, event: "message", data: "" };
  for (const line of block.split("\n")) {
    const at = line.indexOf(": ");
    if (at <= 0) continue;
    const [name, value] = [line.slice(0, at), line.slice(at + 2)];
    if (name === "data") event.data += value;
    else if (name in event) event[name] = value;
  }
  return event.data ? event : null;
}

/**
 * Stays connected for as long as the page is open. `heard` gets (topic, document), `changed` the state of the link
 * ("live", "poll", "lost") and the server's clock, `locked` is called when a token is needed, and resolves once there
 * is one.
 */
export async function connect({ heard, changed, locked }) {
  let last = null;
  let failures = 0;
  let silences = 0;

  const tell = (topic, document) => document && heard(topic, document);

  async function listen() {
    const stop = new AbortController();
    let watchdog = setTimeout(() => stop.abort(), SILENT);
    let text = "";
    let events = 0;
    try {
      const answer = await ask("events", last ? { "Last-Event-ID": last } : {}, stop.signal);
      const ahead = offset(answer); // now: the answer goes on for hours, its Date does not
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return events > 0;
        clearTimeout(watchdog);
        watchdog = setTimeout(() => stop.abort(), SILENT);
        text += value;
        const blocks = text.split("\n\n");
        text = blocks.pop();
        for (const block of blocks) {
          const event = parse(block);
          events += 1;
          failures = 0;
          silences = 0;
          changed("live", ahead);
          if (!event) continue;
          last = event.id ?? last;
          tell(event.event, JSON.parse(event.data));
        }
      }
    } catch (problem) {
      if (events === 0 && problem.name === "AbortError") silences += 1;
      throw problem;
    } finally {
      clearTimeout(watchdog);
      stop.abort();
    }
  }

  async function poll() {
    for (let i = 0; i < POLLS; i += 1) {
      const answer = await ask("state.json", {}, AbortSignal.timeout(SILENT));
      const document = await answer.json();
      failures = 0;
      changed("poll", offset(answer));
      for (const topic of ["room", "history", "state"]) tell(topic, document[topic]);
      last = document.id;
      await pause(POLL);
    }
  }

  for (;;) {
    let full = false;
    try {
      if (silences >= 2) {
        silences = 0;
        await poll();
        continue; // to events, with nothing lost
      }
      await listen();
    } catch (problem) {
      if (problem instanceof Refused && problem.status === 401) {
        await locked();
        continue;
      }
      full = problem instanceof Refused && problem.status === 503;
    }
    if (full) {
      silences = 2;
      continue;
    }
    changed("lost", 0);
    await pause(WAITS[Math.min(failures, WAITS.length - 1)]);
    failures += 1;
  }
}
