// People by state over time: stacked steps as SVG, with the same classes as the bar.

import { number, say, time } from "./words.js";

const NS = "http://www.w3.org/2000/svg";
const STATES = ["delivered", "accepted", "in_doubt", "pending", "quarantined", "withheld", "unreachable"];

function shape(name, attributes, text) {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

const told = (people) => people.delivered + people.accepted;

/** The points that the server remembers, and the numbers of now; what is over ends a little behind its last change. */
export function series(history, state, now, isOver) {
  const points = (history?.points ?? []).map(([at, ...values]) => {
    const people = { at };
    history.states.forEach((name, i) => { people[name] = values[i]; });
    return people;
  });
  const first = points[0]?.at ?? now;
  const last = points.at(-1)?.at ?? now;
  const end = isOver && last > first ? last + (last - first) * 0.1 : now;
  if (state) points.push({ ...state.people, at: Math.max(last, Math.min(end, now)) });
  return points;
}

/** One layer: along its upper edge in steps, and back along its lower one. */
function area(points, lower, upper, x, y) {
  const edge = (values) => points.flatMap((point, i) =>
    i === 0 ? [[x(point.at), y(values[0])]] : [[x(point.at), y(values[i - 1])], [x(point.at), y(values[i])]]);
  const path = [...edge(upper), ...edge(lower).reverse()];
  return `M${path.map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join("L")}Z`;
}

export function draw(points, width) {
  const [first, last] = [points[0], points.at(-1)];
  const height = Math.max(170, Math.min(240, width * 0.36));
  const total = Math.max(1, last.total ?? STATES.reduce((sum, name) => sum + last[name], 0));
  const [left, right, top, bottom] = [18 + 8 * number(total).length, 6, 10, 26];
  const range = Math.max(1, last.at - first.at);
  const x = (at) => left + ((at - first.at) / range) * (width - left - right);
  const y = (people) => height - bottom - (people / total) * (height - top - bottom);
  const [from, to] = [time(first.at, range < 600000), time(last.at, range < 600000)];
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": "chart_name chart_words" });
  svg.append(shape("title", { id: "chart_name" }, say("chart_title", { from, to })));
  svg.append(shape("desc", { id: "chart_words" },
    say("chart_text", { from, to, first: number(told(first)), last: number(told(last)), people: number(total) })));
  let lower = points.map(() => 0);
  for (const name of STATES) {
    const upper = points.map((point, i) => lower[i] + point[name]);
    if (points.some((point) => point[name] > 0)) {
      const path = shape("path", { class: `area told-${name}`, d: area(points, lower, upper, x, y) });
      path.append(shape("title", {}, `${say(name)}: ${number(last[name])}`));
      svg.append(path);
    }
    lower = upper;
  }
  for (const part of [0, 0.5, 1]) {
    const at = y(total * part);
    svg.append(shape("line", { class: "axis", x1: left, x2: width - right, y1: at, y2: at }));
    if (Number.isInteger(total * part) || part !== 0.5)
      svg.append(shape("text", { x: left - 8, y: at + 4, "text-anchor": "end" }, number(Math.round(total * part))));
  }
  svg.append(shape("text", { x: left, y: height - 6 }, from));
  svg.append(shape("text", { x: width - right, y: height - 6, "text-anchor": "end" }, to));
  return svg;
}

export function legend(points) {
  const list = document.createElement("p");
  list.className = "legend";
  for (const name of STATES) {
    if (!points.some((point) => point[name] > 0)) continue;
    const item = document.createElement("span");
    const key = document.createElement("span");
    key.className = `key told-${name}`;
    item.append(key, say(name));
    list.append(item);
  }
  return list;
}

export { STATES };
