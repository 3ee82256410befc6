// Drives a real Chromium over the page of breach serve. Prints a line for each case: "ok NAME" or "not ok NAME", with
// lines that begin with "#" after one that failed. Run by test_page.sh:
//
//   node page.cjs SCENE URL [ARGUMENT...]      BREACH_BROWSER_TOOLS: the folder of playwright-core and axe-core
//                                              BREACH_SCREENSHOTS: keep pictures there
//
// Scenes: words (of every language; no browser), link (hours of a connection; no browser), live (a run is sending), looks (languages, sizes, colours), lost (URL goes and comes back: a line on stdin
// says when), token FILE, end (everybody is told).
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const readline = require("node:readline");

const tools = process.env.BREACH_BROWSER_TOOLS;
const { chromium } = require(path.join(tools, "node_modules/playwright-core"));
const axe = fs.readFileSync(path.join(tools, "node_modules/axe-core/axe.min.js"), "utf8");
const pictures = process.env.BREACH_SCREENSHOTS;
const PATIENCE = 120000; // ms: how fast this machine is says nothing about the page
const [scene, url, ...rest] = process.argv.slice(2);
const origin = url && new URL(url).origin;

function verdict(good, name, ...notes) {
  console.log(`${good ? "ok" : "not ok"} ${name}`);
  if (!good) for (const note of notes) console.log(`# ${String(note).replaceAll("\n", "\n# ")}`);
}

const is = (name, got, wanted) => verdict(got === wanted, name, `got:    ${got}`, `wanted: ${wanted}`);

/** A page that remembers what went wrong in it, and what it asked others for. */
async function open(browser, options = {}, query = "") {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en", ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.trouble = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && page.trouble.push(message.text()));
  page.on("pageerror", (error) => page.trouble.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`)) page.trouble.push(`asked for ${request.url()}`);
  });
  await page.goto(url + query);
  return page;
}

const board = (page) => page.waitForSelector("#board:not([hidden])");
const number = (text) => Number(text.replace(/[^\d]/g, ""));
const told = async (page) => number(await page.textContent("#told"));

async function lines(page) {
  const cells = await page.$$eval("#identity tr", (rows) => rows.map((row) => [row.querySelector(".key").className, row.cells[1].textContent]));
  return cells.map(([css, count]) => [css.replace("key told-", ""), number(count)]);
}

async function violations(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return result.violations.map((one) => `${one.impact}: ${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`);
}

async function picture(page, name) {
  if (pictures) await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
}

const quiet = (page, name) => verdict(page.trouble.length === 0, name, ...page.trouble);

const scenes = {
  async words() {
    const assets = path.join(__dirname, "../../src/serve/assets");
    const read = (name) => fs.readFileSync(path.join(assets, name), "utf8");
    globalThis.document = { documentElement: { lang: "en" } };
    const copy = path.join(fs.mkdtempSync(path.join(process.env.HOME, "words-")), "words.mjs");
    fs.writeFileSync(copy, read("words.js"));
    const { WORDS } = await import(copy);
    const written = [...read("words.js").split(/^export const WORDS/m)[1].split(/^};/m)[0].matchAll(/(?:[{,]|^) *(?:"([\w-]+)"|(\w+)): "/gm)]
      .length;
    is("no text hides another of the same name", written, Object.values(WORDS).reduce((sum, words) => sum + Object.keys(words).length, 0));
    const keys = (language) => Object.keys(WORDS[language]).sort().join("\n");
    for (const language of Object.keys(WORDS)) is(`${language} has every text`, keys(language), keys("en"));
    const holes = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
    const other = Object.keys(WORDS).flatMap((language) => Object.entries(WORDS[language])
      .filter(([key, text]) => holes(text) !== holes(WORDS.en[key])).map(([key]) => `${language}: ${key}`));
    is("with the same values in it", other.join(), "");
    const source = ["index.html", "page.js", "draw.js", "chart.js"].map(read).join("\n");
    const asked = [...source.matchAll(/(?:say|count|nothing|fact)\("(\w+)"|data-(?:word|label)="(\w+)"/g)].map((one) => one[1] ?? one[2]);
    verdict(asked.length > 80, "texts are asked for");
    is("each of which there is", asked.filter((key) => !(key in WORDS.en)).join(), "");
  },

  async link() {
    const copy = path.join(fs.mkdtempSync(path.join(process.env.HOME, "link-")), "link.mjs");
    fs.copyFileSync(path.join(__dirname, "../../src/serve/assets/link.js"), copy);
    const began = Date.UTC(2026, 10, 22, 12);
    let time = began;
    Date.now = () => time;
    globalThis.sessionStorage = { getItem: () => null, setItem() {}, removeItem() {} };
    globalThis.setTimeout = ((later) => (then, ms) => later(then, Math.min(ms, 1)))(setTimeout);
    const headers = () => ({ Date: new Date(time).toUTCString() });
    const hours = (count) => new ReadableStream({
      pull(stream) {
        if (count-- === 0) return stream.close();
        time += 3600000;
        stream.enqueue(new TextEncoder().encode(": here\n\n"));
      },
    }, { highWaterMark: 0 });
    const snapshot = JSON.stringify({ id: "e-1", state: {}, room: {}, history: {} });
    const answers = [() => new Response(hours(8), { headers: headers() }), () => new Response("", { status: 503 }),
      ...Array(12).fill(() => new Response(snapshot, { headers: headers() })), () => new Response(hours(1), { headers: headers() })];
    const links = [];
    let furthest = 0;
    const { connect } = await import(copy);
    await new Promise((done) => {
      globalThis.fetch = async () => (answers.length > 0 ? answers.shift()() : new Promise(done));
      connect({
        heard() {},
        locked() {},
        changed(link, offset) {
          if (links.at(-1) !== link) links.push(link);
          furthest = Math.max(furthest, Math.abs(offset));
        },
      });
    });
    verdict(time - began > 8 * 3600000, "hours have passed");
    verdict(furthest < 1500, "the clock of the page goes on however long one connection lasts", `it was ${furthest} ms behind`);
    is("where too many watch, asking goes on, and nothing is called lost", links.join(), "live,lost,poll,live,lost");
    process.exit(0);
  },

  async live(browser) {
    const page = await open(browser);
    await board(page);
    const first = await told(page);
    await page.waitForFunction((before) => Number(document.querySelector("#told").textContent.replace(/\D/g, "")) > before, first);
    verdict(true, "the number of people who are told grows by itself");
    await page.waitForSelector('#link[data-link="live"]');
    verdict(true, "the link is live");
    verdict((await page.textContent("#kind")).startsWith("EXERCISE"), "the word EXERCISE stands on it");
    const [sum, people] = await page.evaluate(() => {
      const count = (text) => Number(text.replace(/\D/g, ""));
      return [[...document.querySelectorAll("#identity tr")].reduce((all, row) => all + count(row.cells[1].textContent), 0),
        count(document.querySelector("#of").textContent.match(/\d[\d,]*/)[0])];
    });
    is("the lines add up to all people", sum, people);
    const document = await (await page.request.get(`${url}state.json`)).json();
    is("that many people there are", people, document.state.people.total);
    await page.waitForFunction(() => /\d\/s/.test(document.querySelector("#pace").textContent));
    verdict(true, "there is a rate");
    await page.waitForSelector("#chart svg");
    const titles = await page.$$eval("#chart svg > title, #chart svg > desc", (all) => all.map((one) => one.textContent.trim().length > 0));
    verdict(titles.length === 2 && titles.every(Boolean), "the curve has a name and its words");
    verdict((await page.textContent("#brakes")).includes("<img src=x onerror=alert(1)>"), "what somebody typed is text, not HTML");
    is("and makes no element", await page.$$eval("#brakes img", (all) => all.length), 0);
    verdict((await page.textContent("#clocks")).includes("names no law"), "where no law is named, that is said, and no good news");
    verdict((await page.textContent("#said")).length > 0, "a screen reader is told where it stands");
    await picture(page, "sending");
    quiet(page, "no error, and nothing is asked of anybody else");
    const polled = await open(browser);
    await polled.route("**/events", (route) => route.fulfill({ status: 503 }));
    await polled.reload();
    await board(polled);
    const before = await told(polled);
    await polled.waitForFunction((count) => Number(document.querySelector("#told").textContent.replace(/\D/g, "")) > count, before);
    is("where no events come through, it asks", await polled.getAttribute("#link", "data-link"), "poll");
  },

  async looks(browser) {
    for (const [width, height, locales] of [[1280, 800, ["en", "zh-CN", "zh-TW"]], [390, 844, ["en", "zh-CN"]], [1920, 1080, ["zh-TW"]]])
      for (const colorScheme of ["light", "dark"])
        for (const locale of locales) {
          const name = `${width}, ${colorScheme}, ${locale}`;
          const page = await open(browser, { viewport: { width, height }, colorScheme, locale });
          await board(page);
          is(`${name}: its language`, await page.getAttribute("html", "lang"), locale);
          const found = await violations(page);
          verdict(found.length === 0, `${name}: nobody is shut out (axe-core)`, ...found);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          is(`${name}: nothing sticks out to the side`, wide, 0);
          const empty = await page.$$eval("[data-word]", (all) => all.filter((one) => !one.textContent.trim() || /^[a-z]+_[a-z_]+$/.test(one.textContent)).map((one) => one.dataset.word));
          is(`${name}: every text is there`, empty.join(), "");
          await picture(page, `${width}-${colorScheme}-${locale}`);
          quiet(page, `${name}: no error`);
          await page.context().close();
        }
    const narrow = await open(browser, { viewport: { width: 320, height: 600 } });
    await board(narrow);
    is("at 320 px nothing sticks out either (WCAG 1.4.10)", await narrow.evaluate(() => document.documentElement.scrollWidth), 320);
    const calm = await open(browser, { reducedMotion: "reduce" });
    await board(calm);
    is("whoever wants no motion sees none", await calm.$eval("#bar i", (one) => getComputedStyle(one).transitionDuration), "0s");
    const page = await open(browser, { locale: "zh-CN" }, "?lang=en");
    await board(page);
    is("a language can be asked for", await page.textContent("#people_title"), "People");
    await page.keyboard.press("Tab");
    is("the first key leads past the head", await page.evaluate(() => document.activeElement.className), "skip");
    await page.keyboard.press("Enter");
    is("to the numbers", await page.evaluate(() => document.activeElement.id), "main");
    await page.click('.languages a[lang="zh-TW"]');
    await board(page);
    is("and changed", await page.textContent("#people_title"), "人員");
    is("which the switch shows", await page.getAttribute('.languages a[lang="zh-TW"]', "aria-current"), "true");
    quiet(page, "without an error");
  },

  async lost(browser) {
    const page = await open(browser);
    const input = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    await board(page);
    console.log("+ watching");
    await input.next();
    await page.waitForSelector("#lost:not([hidden])");
    verdict(/Connection lost since \d\d:\d\d/.test(await page.textContent("#lost")), "the page says since when it hears nothing");
    verdict(await page.isVisible("#board"), "and still shows what it knew");
    await picture(page, "lost");
    console.log("+ lost");
    await input.next();
    await page.waitForSelector('#link[data-link="live"]');
    verdict(await page.isHidden("#lost"), "it comes back by itself");
  },

  async token(browser) {
    const secret = fs.readFileSync(rest[0], "utf8").trim();
    const page = await open(browser);
    await page.waitForSelector("#door:not([hidden])");
    verdict(await page.isHidden("#board"), "without the token there is a door");
    const found = await violations(page);
    verdict(found.length === 0, "that anybody can use (axe-core)", ...found);
    await picture(page, "door");
    await page.fill("#token", "not-the-token-at-all-1234");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#door_wrong:not([hidden])");
    verdict(true, "a wrong one is refused");
    await page.fill("#token", secret);
    await page.keyboard.press("Enter");
    await board(page);
    verdict(true, "the right one opens it");
    await page.reload();
    await board(page);
    verdict(true, "and the window remembers it");
    is("not as a cookie", (await page.context().cookies()).length, 0);
    is("and no longer than the window", await page.evaluate(() => localStorage.length), 0);
    const linked = await open(browser, {}, `#token=${encodeURIComponent(secret)}`);
    await board(linked);
    is("an address can bring it, and does not keep it", await linked.evaluate(() => location.hash), "");
    const crooked = await open(browser, {}, "#token=50%");
    await crooked.waitForSelector("#door_wrong:not([hidden])");
    quiet({ trouble: crooked.trouble.filter((one) => !one.includes("401")) }, "one with a bare percent sign is only a wrong one");
  },

  async end(browser) {
    const page = await open(browser, { colorScheme: "light" });
    await board(page);
    await page.waitForFunction(() => /Everybody/.test(document.querySelector("#state").textContent));
    verdict(true, "at the end it says that everybody is told");
    const all = Object.fromEntries(await lines(page));
    is("and nobody is pending", all.pending, 0);
    await picture(page, "done");
    quiet(page, "without an error");
  },
};

(async () => {
  if (["words", "link"].includes(scene)) return scenes[scene]();
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", timeout: PATIENCE,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  try {
    await scenes[scene](browser);
  } catch (problem) {
    verdict(false, `${scene} went to its end`, problem.stack);
  } finally {
    await browser.close();
  }
  process.exit(0);
})();
