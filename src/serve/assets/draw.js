// From documents to what is seen. Every function fills its own part of the page, with text nodes alone: nothing that
// came over the wire is ever read as HTML.

import { draw, legend, series, STATES } from "./chart.js";
import { count, decimal, has, LANGUAGE, number, say, share, span, time } from "./words.js";

const part = (id) => document.getElementById(id);

/** An element with a class and children; a string is text. */
function made(name, css, ...children) {
  const element = document.createElement(name);
  if (css) element.className = css;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Text that the playbook, a person or the law brought, in a language that may not be the page's. */
function foreign(text, language = "") {
  const element = made("span", "", text);
  element.lang = language;
  return element;
}

function text(id, words) {
  const element = part(id);
  if (element.textContent !== words) element.textContent = words;
}

const told = (people) => people.delivered + people.accepted;
const notTold = (people) => people.quarantined + people.withheld + people.unreachable;

const named = (prefix, name) => (has(`${prefix}_${name}`) ? say(`${prefix}_${name}`) : name);

/* What it comes to ------------------------------------------------------------------------------------------------- */

function needs(live) {
  const held = live.holds.length;
  const due = live.next_due && Date.parse(live.next_due) <= Date.parse(live.at);
  return [
    live.clocks_overdue > 0 && count("need_overdue", live.clocks_overdue),
    live.regimes_unread?.length > 0 && say("need_law", { names: live.regimes_unread.join(", ") }),
    live.copy && say("need_copy"),
    live.held > 0 && count("need_doubt", live.held),
    live.people.quarantined > 0 && count("need_quarantined", live.people.quarantined),
    live.announcement && live.announcement.due && live.announcement.outstanding > 0 && say("need_announcement"),
    live.climbs.needs_yes && count("need_climb", live.climbs.due),
    held > 0 && live.pace.left > 0 && count("need_hold", held),
    live.calls > 0 && count("need_calls", live.calls),
    !live.running && !live.complete && live.pace.left > 0 && held === 0 && due !== false && say("need_start"),
  ].filter(Boolean);
}

export function stateOf(live) {
  if (live.complete) return notTold(live.people) > 0 ? "complete" : "done_all";
  if (live.running) return "running";
  if (live.holds.length > 0 || live.quiet_until || (live.next_due && Date.parse(live.next_due) > Date.parse(live.at)))
    return "waits";
  return "idle";
}

function drawVerdict(live) {
  const open = needs(live);
  const state = stateOf(live);
  const tones = { complete: "good", done_all: "good", running: "calm", waits: "waits", idle: "waits" };
  const sentences = [
    say("sentence", { told: number(told(live.people)), people: number(live.people.total) }),
    live.people.pending > 0 && say("sentence_left", { n: number(live.people.pending) }),
    notTold(live.people) > 0 && say("sentence_not", { n: number(notTold(live.people)) }),
  ];
  text("state", say(`state_${state}`));
  document.querySelector(".verdict").dataset.tone = open.length > 0 && tones[state] === "good" ? "calm" : tones[state];
  text("sentence", sentences.filter(Boolean).join(LANGUAGE === "en" ? " " : ""));
  part("needs").replaceChildren(...open.map((words) => made("li", "", words)));
  part("needs_box").hidden = open.length === 0;
  part("next").hidden = !live.next;
  text("command", live.next ?? "");
}

/* People ----------------------------------------------------------------------------------------------------------- */

/** A thin bar of [class, number] pairs, beside words that say the same. */
function bar(parts) {
  const element = made("div", "bar thin");
  element.setAttribute("aria-hidden", "true");
  for (const [css, size] of parts) {
    if (size === 0) continue;
    const piece = made("i", css);
    piece.style.flexGrow = size;
    element.append(piece);
  }
  return element;
}

/* The pieces stay, so that they can grow. */
function updateBar(element, people) {
  for (const name of STATES) {
    let piece = element.querySelector(`.told-${name}`);
    if (!piece) {
      piece = made("i", `told-${name}`);
      element.append(piece);
    }
    piece.style.flexGrow = people[name];
    piece.hidden = people[name] === 0;
  }
}

function identityRow(name, people) {
  const row = made("tr", people[name] === 0 ? "none" : "",
    made("th", "", made("span", `key told-${name}`), made("b", "", say(name)), made("span", "means", say(`${name}_means`))),
    made("td", "number", number(people[name])), made("td", "number share", share(people[name], people.total)));
  row.firstChild.scope = "row";
  return row;
}

function drawPeople(live) {
  const all = live.people.total;
  text("told", number(told(live.people)));
  text("of", say("of_share", { n: number(all), share: share(told(live.people), all) }));
  updateBar(part("bar"), live.people);
  part("identity").replaceChildren(...STATES.map((name) => identityRow(name, live.people)));
}

/* Clocks ----------------------------------------------------------------------------------------------------------- */

/** "2026-11-23 09:40 +08:00": in the offset that the law counts in, not in that of whoever looks. */
function dueTime(due) {
  const [, date, minutes, zone] = /^([\d-]+)T([\d:]{5})[\d:.]*(.*)$/.exec(due) ?? [];
  return date ? `${date} ${minutes} ${zone === "Z" ? "UTC" : zone}` : due;
}

/** `since`: what has gone by after these numbers were read, ms. */
function clockRow(clock, names, now, since) {
  const title = names?.[clock.id]?.[LANGUAGE];
  const left = clock.due ? Date.parse(clock.due) - now : null;
  const value = made("span", "value",
    left === null ? say("clock_for", { span: span((clock.elapsed_ms ?? 0) + since) })
      : say(left < 0 ? "clock_late" : "clock_in", { span: span(left) }));
  const applies = clock.state !== "scope-unknown";
  if (left !== null && applies && left < 4 * 3600000) value.classList.add(left < 0 ? "tone-bad" : "tone-warn");
  const more = [
    clock.due ? say("clock_due", { time: dueTime(clock.due) }) : say(clock.calendar_missing ? "clock_uncounted" : "clock_undue"),
    applies ? null : say("clock_unknown"), clock.unverified ? say("clock_unverified") : null,
  ];
  return made("li", "", made("span", "what", title ?? foreign(clock.title, "en")), value,
    made("span", "more", foreign(clock.id, "en"), ` · ${more.filter(Boolean).join(" · ")}`));
}

const nothing = (key) => made("li", "nothing", say(key));

export function drawClocks(live, room, now) {
  const since = Math.max(0, now - Date.parse(live.at));
  const rows = live.clocks.map((clock) => clockRow(clock, room?.clock_names, now, since));
  const none = room?.law === false ? made("li", "more", say("law_none")) : nothing("clocks_none");
  part("clocks").replaceChildren(...(rows.length > 0 ? rows : [none]));
  text("clocks_more", rows.length > 0
    ? say("clocks_more", { running: number(live.clocks_running), overdue: number(live.clocks_overdue) }) : "");
}

/* Pace ------------------------------------------------------------------------------------------------------------- */

const rate = (n) => (n === null || n === undefined ? say("unknown") : say("per_second", { n: decimal(n) }));

function finish(pace, now) {
  if (pace.left === 0) return [say("finish_done"), null];
  if (!pace.eta) return [say(pace.rate_10s === null ? "unknown" : "finish_never"), null];
  return [say("finish_about", { time: time(pace.eta) }), say("clock_in", { span: span(Math.max(0, Date.parse(pace.eta) - now)) })];
}

function fact(key, value, small) {
  return made("div", "", made("dt", "", say(key)), made("dd", "", value, small ? made("small", "", small) : null));
}

export function drawPace(live, now) {
  part("pace").replaceChildren(
    fact("rate_now", rate(live.pace.rate_10s)), fact("rate_minute", rate(live.pace.rate_60s)),
    fact("left", number(live.pace.left), say("messages")), fact("finish", ...finish(live.pace, now)));
}

/* Channels and audiences ------------------------------------------------------------------------------------------- */

function brakeNote(brake) {
  if (!brake) return null;
  const words = [named("brake", brake.kind), brake.until && say("brake_until", { time: time(brake.until) })];
  return made("span", "note", words.filter(Boolean).join(" · "));
}

function rowHead(name, below) {
  const head = made("th", "", made("b", "", name), below ? made("span", "quiet", below) : null);
  head.scope = "row";
  return head;
}

function cell(css, key, ...children) {
  const element = made("td", css, ...children);
  if (key) element.dataset.head = say(key);
  return element;
}

function wayRow(way, now) {
  const parts = [["done", way.done], ["left", way.left]];
  const [when] = finish(way, now);
  return made("tr", "", rowHead(named("channel", way.channel), way.gateway ?? say("no_gateway")),
    cell("", null, say("done_of", { done: number(way.done), total: number(way.total) }), bar(parts), brakeNote(way.brake)),
    cell("number", "rate", rate(way.rate_10s)), cell("", "finish", when));
}

function audienceRow([name, people]) {
  const all = STATES.reduce((sum, state) => sum + people[state], 0);
  return made("tr", "", rowHead(name || say("no_audience")),
    cell("", null, say("told_of", { told: number(told(people)), people: number(all) }), bar(STATES.map((state) => [`told-${state}`, people[state]]))),
    cell("number", "told_open", number(people.pending + people.in_doubt)), cell("number", "told_not", number(notTold(people))));
}

export function drawWays(live, now) {
  const used = live.ways.filter((way) => way.total > 0 || way.brake);
  part("ways").replaceChildren(...(used.length > 0 ? used : live.ways).map((way) => wayRow(way, now)));
}

function drawAudiences(live) {
  part("audiences").replaceChildren(...Object.entries(live.audiences).map(audienceRow));
}

/* What stands in the way, and what is open --------------------------------------------------------------------------- */

function row(what, value, more) {
  return made("li", "", made("span", "what", what), made("span", "value", value), more ? made("span", "more", ...more) : null);
}

const scope = (name, of) => (has(`scope_${name}`) ? say(`scope_${name}`, { name: of }) : `${name} ${of}`);

function brakeRow(one, kind) {
  const more = [
    one.by && say("brake_by", { who: one.by }), one.at && say("brake_since", { time: time(one.at) }),
    one.until && say("brake_until", { time: time(one.until) }),
  ].filter(Boolean).join(" · ");
  const value = made("span", "tone-warn", say(`brake_${kind}`));
  const reason = one.scope === "person" ? null : foreign(one.reason);
  return row(scope(one.scope, one.name), value, [reason, reason && more ? " · " : "", more].filter(Boolean));
}

function drawBrakes(live) {
  const rows = [
    ...live.holds.map((hold) => brakeRow(hold, "held")),
    ...live.pauses.map((pause) => brakeRow(pause, pause.scope === "rate" ? "slowed" : "rests")),
  ];
  if (live.quiet_until) rows.push(row(say("quiet_hours"), say("brake_until", { time: time(live.quiet_until) })));
  part("brakes").replaceChildren(...(rows.length > 0 ? rows : [nothing("brakes_none")]));
}

function publicationRow(one) {
  const tones = { published: "tone-good", withdrawn: "tone-good", refused: "tone-bad" };
  return row(`${one.gateway} · ${one.locale}`, made("span", tones[one.state] ?? "tone-warn", named("pub", one.state)),
    [one.at ? time(one.at) : "", one.edition ? ` · ${say("edition", { n: one.edition })}` : ""]);
}

function announcementSummary(announcement) {
  if (!announcement) return nothing("announcement_none");
  if (announcement.outstanding > 0)
    return row(count("announcement_missing", announcement.outstanding),
      announcement.due ? "" : made("span", "quiet", say("announcement_not_due")));
  return nothing("announcement_ok");
}

function drawAnnouncement(live) {
  const rows = [announcementSummary(live.announcement)];
  for (const [locale, messages] of Object.entries(live.announcement?.waiting ?? {}))
    if (messages > 0) rows.push(row(count("announcement_waits", messages, { name: locale }), ""));
  for (const one of live.announcement?.publications ?? []) rows.push(publicationRow(one));
  part("announcement").replaceChildren(...rows);
}

function drawErrors(live) {
  const rows = live.errors.map((error) => {
    const code = [error.code || null, error.enhanced || null].filter(Boolean).join(" ");
    const more = [foreign(error.words, "en"), code && ` (${code})`, ` · ${named("channel", error.channel)} · ${error.gateway}`,
      ` · ${say("error_last", { time: time(error.last) })}`].filter(Boolean);
    return row(has(`error_${error.event}`) ? say(`error_${error.event}`) : say("error_other"), count("error_times", error.count), more);
  });
  part("errors").replaceChildren(...(rows.length > 0 ? rows : [nothing("errors_none")]));
}

function drawBack(live) {
  const rows = [...(live.came_back?.reasons ?? [])].sort((a, b) => b.messages - a.messages).map((one) => {
    const mark = one.hard ? "back_dead" : one.about_us ? "back_us" : null;
    return row(named("back", one.reason), number(one.messages), mark && [say(mark)]);
  });
  part("back").replaceChildren(...rows);
  part("back_box").hidden = rows.length === 0;
}

function drawReasons(room) {
  const rows = (room.reasons ?? []).map((one) =>
    row(named("reason", one.kind), number(one.notices), [say(one.state), one.code ? ` · ${one.code}` : ""]));
  part("reasons").replaceChildren(...(rows.length > 0 ? rows : [nothing("reasons_none")]));
}

function stepRow(step) {
  const title = step.titles[LANGUAGE];
  const english = step.titles.en;
  const states = {
    open: made("span", step.gate ? "tone-bad" : "", say("step_open")),
    started: made("span", "tone-warn", say("step_started", { time: time(step.started_at) })),
    done: made("span", "tone-good", say("step_done", { time: time(step.done_at) })),
  };
  const name = title ?? (has(`kind_${step.kind}`) && !english ? say(`kind_${step.kind}`) : foreign(english ?? step.id, "en"));
  return row(name, states[step.state], step.gate && step.state === "open" ? [say("step_gate")] : null);
}

function drawResponse(room) {
  const order = { open: 0, started: 1, done: 2 };
  const rows = [...(room.response ?? [])].sort((a, b) => order[a.state] - order[b.state]).map(stepRow);
  if (room.closed) rows.unshift(made("li", "nothing", say("closed")));
  part("response").replaceChildren(...(rows.length > 0 ? rows : [nothing("response_none")]));
}

/* The whole -------------------------------------------------------------------------------------------------------- */

export function drawChart(history, live, now) {
  const points = series(history, live, now, live.complete);
  const box = part("chart");
  if (points.length < 2 || points[0].at === points.at(-1).at) {
    box.replaceChildren(made("p", "quiet", say("chart_wait")));
    return;
  }
  box.replaceChildren(draw(points, Math.max(300, Math.round(box.clientWidth))), legend(points));
}

export function drawHead(live) {
  const kind = part("kind");
  kind.dataset.kind = live.status;
  if (kind.dataset.said !== live.status) {
    kind.dataset.said = live.status;
    kind.replaceChildren(say(live.status), made("span", "", ` · ${say(`${live.status}_note`)}`));
  }
  text("incident", live.incident);
  text("edition", say("edition", { n: live.edition }));
  document.title = `${say(live.status)} ${share(told(live.people), live.people.total)} · ${live.incident}`;
}

export function drawState(live, room, now) {
  drawHead(live);
  drawVerdict(live);
  drawPeople(live);
  drawClocks(live, room, now);
  drawPace(live, now);
  drawWays(live, now);
  drawAudiences(live);
  drawBrakes(live);
  drawAnnouncement(live);
  drawErrors(live);
  drawBack(live);
  text("read", say("read", { time: time(live.at, true) }));
  text("digest", say("digest", { digest: live.digest.slice(0, 12) }));
}

export function drawRoom(room) {
  drawReasons(room);
  drawResponse(room);
}

/** What a screen reader is told, now and then. */
export const summary = (live) => say("said_told", {
  state: say(`state_${needs(live).length > 0 ? "needs" : stateOf(live)}`), told: number(told(live.people)),
  people: number(live.people.total), share: share(told(live.people), live.people.total),
});
