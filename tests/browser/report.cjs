// Opens reports of breach report, as files, in a real Chromium. Prints a line for each case: "ok NAME" or "not ok NAME",
// with lines that begin with "#" after one that failed. Run by test_report.sh:
//
//   node report.cjs FILE...      BREACH_BROWSER_TOOLS: the folder of playwright-core and axe-core
//                                BREACH_SCREENSHOTS: keep pictures there
"use strict";

const fs = require("node:fs");
const path = require("node:path");

const tools = process.env.BREACH_BROWSER_TOOLS;
const { chromium } = require(path.join(tools, "node_modules/playwright-core"));
const axe = fs.readFileSync(path.join(tools, "node_modules/axe-core/axe.min.js"), "utf8");
const pictures = process.env.BREACH_SCREENSHOTS;
const PAPER = Math.floor((210 - 2 * 15) / 25.4 * 96); // px between the margins of A4
const PATIENCE = 120000; // ms: how fast this machine is says nothing about the report

function verdict(good, name, ...notes) {
  console.log(`${good ? "ok" : "not ok"} ${name}`);
  if (!good) for (const note of notes) console.log(`# ${String(note).replaceAll("\n", "\n# ")}`);
}

/** Opens the file as whoever was sent it does, and remembers what went wrong and what it asked others for. */
async function open(browser, file, options) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.trouble = [];
  page.on("console", (message) => page.trouble.push(message.text()));
  page.on("pageerror", (error) => page.trouble.push(error.message));
  page.on("request", (request) => {
    if (request.url() !== `file://${file}`) page.trouble.push(`asked for ${request.url()}`);
  });
  await page.goto(`file://${file}`);
  return page;
}

async function look(browser, file, colorScheme, width) {
  const name = `${path.basename(file)}, ${colorScheme}, ${width} px`;
  const viewport = { width, height: 900 };
  const page = await open(browser, file, { colorScheme, viewport });
  const seen = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    ground: getComputedStyle(document.body).backgroundColor,
    areas: [...document.querySelectorAll("svg path")].map((area) => getComputedStyle(area).fill),
  }));
  verdict(page.trouble.length === 0, `${name}: no error, and it asks nobody for anything`, ...page.trouble);
  verdict(seen.width <= width, `${name}: it is no wider than the screen`, seen.width);
  verdict(colorScheme === "dark" ? seen.ground !== "rgb(255, 255, 255)" : seen.ground === "rgb(255, 255, 255)",
    `${name}: its style sheet is allowed, and knows the dark`, seen.ground);
  verdict(seen.areas.length > 0 && !seen.areas.includes("rgb(0, 0, 0)"), `${name}: its drawings have colours`, seen.areas);
  if (pictures) await page.screenshot({ path: path.join(pictures, `report-${name.replaceAll(/[^a-z0-9-]+/gi, "-")}.png`), fullPage: true });
  await page.context().close();

  // axe has to be brought in past the policy, which allows no script
  const checked = await open(browser, file, { colorScheme, viewport, bypassCSP: true });
  await checked.addScriptTag({ content: axe });
  const result = await checked.evaluate(() => axe.run());
  const bad = result.violations.filter((one) => ["serious", "critical"].includes(one.impact));
  verdict(bad.length === 0, `${name}: nobody is shut out (axe-core)`,
    ...bad.map((one) => `${one.impact} ${one.id}: ${one.nodes.length}, ${one.nodes[0].html}`));
  await checked.context().close();
}

/** What is printed is light, and its pages are A4. */
async function print(browser, file) {
  const page = await open(browser, file, { colorScheme: "dark", viewport: { width: 1280, height: 900 } });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.setViewportSize({ width: PAPER, height: 900 });
  const cut = await page.evaluate(() => [...document.querySelectorAll("table, pre, dl, .plot, p, ul")]
    .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map((one) => `${one.tagName} ${one.textContent.slice(0, 60)}`));
  verdict(cut.length === 0, `${path.basename(file)}: nothing is wider than the paper`, ...cut);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const boxes = [...pdf.matchAll(/\/MediaBox\s*\[([^\]]*)\]/g)].map((box) => box[1].trim().split(/\s+/).map(Number));
  verdict(ground === "rgb(255, 255, 255)", `${path.basename(file)}: paper is light`, ground);
  verdict(boxes.length > 1 && boxes.every(([, , wide, high]) => Math.abs(wide - 595) < 2 && Math.abs(high - 842) < 2),
    `${path.basename(file)}: pages are A4`, JSON.stringify(boxes));
  await page.context().close();
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, timeout: PATIENCE,
    args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  for (const file of process.argv.slice(2)) {
    for (const colorScheme of ["light", "dark"]) for (const width of [1280, 390]) await look(browser, file, colorScheme, width);
    await print(browser, file);
  }
  await browser.close();
})().catch((error) => {
  verdict(false, "the browser", error.stack);
  process.exitCode = 1;
});
