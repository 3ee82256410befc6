// The page of breach serve: keeps what was heard last, and draws it.

import { drawChart, drawClocks, drawPace, drawRoom, drawState, drawWays, summary } from "./draw.js";
import { connect, token } from "./link.js";
import { LANGUAGE, say, time } from "./words.js";

const SAY_EVERY = 30000; // ms between two summaries for a screen reader
const part = (id) => document.getElementById(id);

const known = { state: null, room: null, history: null };
const page = { offset: 0, link: "waiting", lostSince: null, heardAt: null, said: "", saidAt: 0 };

const now = () => Date.now() + page.offset;

/* Words ------------------------------------------------------------------------------------------------------------ */

for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
for (const link of document.querySelectorAll(".languages a"))
  if (link.lang === LANGUAGE) link.setAttribute("aria-current", "true");

/** A token may hold a percent sign that nobody has escaped. */
function plain(escaped) {
  try {
    return decodeURIComponent(escaped);
  } catch {
    return escaped;
  }
}

/* A token can come with the address as #token=…, which no browser sends anywhere; it does not stay there. */
const given = /^#token=(.+)$/.exec(location.hash);
if (given) {
  token.set(plain(given[1]));
  history.replaceState(null, "", location.pathname + location.search);
}

/* Drawing ---------------------------------------------------------------------------------------------------------- */

function announce(words) {
  part("said").textContent = words;
  page.said = words;
  page.saidAt = Date.now();
}

function sayNow() {
  const words = summary(known.state);
  if (words !== page.said && Date.now() - page.saidAt >= SAY_EVERY) announce(words);
}

function drawLost() {
  const unread = known.room?.unread_since;
  const lost = page.link === "lost" && page.lostSince;
  const words = lost ? say("lost", { time: time(page.lostSince, true) }) : unread ? say("unread", { time: time(unread, true) }) : "";
  const box = part("lost");
  if (box.textContent !== words) box.textContent = words;
  box.hidden = !words;
}

function drawAll() {
  if (!known.state) return;
  part("loading").hidden = true;
  part("door").hidden = true;
  part("board").hidden = false;
  drawState(known.state, known.room, now());
  if (known.room) drawRoom(known.room);
  drawChart(known.history, known.state, now());
  sayNow();
}

/* Several events often come together: they are drawn once. */
let isWaiting = false;
function drawSoon() {
  if (isWaiting) return;
  isWaiting = true;
  setTimeout(() => {
    isWaiting = false;
    drawAll();
    drawLost();
  }, 0);
}

function drawLink() {
  const element = part("link");
  element.dataset.link = page.link;
  element.textContent = say(`link_${page.link}`);
}

/* The link --------------------------------------------------------------------------------------------------------- */

function heard(topic, document) {
  known[topic] = document;
  drawSoon();
}

function changed(link, offset) {
  if (link === "lost") {
    page.lostSince ??= page.heardAt ?? Date.now();
  } else {
    page.heardAt = Date.now();
    page.offset = Math.abs(offset) < 1500 ? 0 : offset;
    if (page.link === "lost" && page.lostSince) announce(say("reconnected"));
    page.lostSince = null;
  }
  if (page.link === link) return;
  page.link = link;
  drawLink();
  drawLost();
}

function locked() {
  const wasTried = token.get() !== null;
  token.drop();
  part("loading").hidden = true;
  part("board").hidden = true;
  part("door").hidden = false;
  page.link = "locked";
  drawLink();
  part("door_wrong").hidden = !wasTried;
  part("token").focus();
  return new Promise((opened) => {
    part("door").addEventListener("submit", (event) => {
      event.preventDefault();
      token.set(part("token").value.trim());
      part("token").value = "";
      opened();
    }, { once: true });
  });
}

/* Time goes by without news, too. */
setInterval(() => {
  if (!known.state || document.hidden) return;
  drawClocks(known.state, known.room, now());
  drawPace(known.state, now());
  drawWays(known.state, now());
}, 1000);
setInterval(() => {
  if (known.state && !document.hidden) drawChart(known.history, known.state, now());
}, 10000);
let resized = 0;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => known.state && drawChart(known.history, known.state, now()), 150);
});

drawLink();
connect({ heard, changed, locked });
