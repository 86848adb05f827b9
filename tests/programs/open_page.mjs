// Opens a report in headless Chromium as a reader would and prints what it saw as JSON: every console message and request,
// the title, the figures, what the keyboard changes, whether the page is wider than the window.
// usage: node open_page.mjs CHROMIUM PAGE.html [FOLDER for pictures]
// Chromium is driven over --remote-debugging-pipe (messages on descriptors 3 and 4, each ended by a NUL), so nothing
// but Node itself is needed.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [chromium, page, pictures] = process.argv.slice(2);
const url = pathToFileURL(resolve(page)).href;
const profile = mkdtempSync(join(tmpdir(), "lockstep-chromium-"));
const browser = spawn(chromium, ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run", "--hide-scrollbars",
  "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });

// ---- the protocol ----------------------------------------------------------------------------------------------------
let number = 0, pending = "", session;
const waiting = new Map(), listeners = [];
browser.stdio[4].on("data", bytes => {
  const parts = (pending + bytes).split("\0");
  pending = parts.pop();
  for (const part of parts) {
    const message = JSON.parse(part);
    if (message.id) { const [done, refuse] = waiting.get(message.id); waiting.delete(message.id); message.error ? refuse(new Error(JSON.stringify(message.error))) : done(message.result); }
    else for (const listen of listeners) listen(message);
  }
});
const call = (method, params = {}) => new Promise((done, refuse) => {
  waiting.set(++number, [done, refuse]);
  browser.stdio[3].write(JSON.stringify({ id: number, method, params, ...(session ? { sessionId: session } : {}) }) + "\0");
});
const evaluate = async expression => {
  const answer = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
  return answer.result.value;
};
const until = async expression => {
  for (const end = Date.now() + 60000; Date.now() < end;) {
    if (await evaluate(expression)) return;
    await new Promise(done => setTimeout(done, 50));
  }
  throw new Error(`never came true: ${expression}`);
};
const drawn = () => until("document.documentElement.dataset.ready === 'yes'");
const press = async key => { for (const type of ["keyDown", "keyUp"]) await call("Input.dispatchKeyEvent", { type, key, code: key, windowsVirtualKeyCode: { ArrowLeft: 37, ArrowRight: 39, Tab: 9 }[key] }); };
const width = (pixels, height = 900) => call("Emulation.setDeviceMetricsOverride", { width: pixels, height, deviceScaleFactor: 1, mobile: false });
const theme = value => call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });
const picture = async name => {
  if (!pictures) return;
  await evaluate("scrollTo({ top: 0, behavior: 'instant' })");
  const shot = await call("Page.captureScreenshot", { captureBeyondViewport: true, format: "png" });
  writeFileSync(join(pictures, name + ".png"), Buffer.from(shot.data, "base64"));
};
const headline = "document.getElementById('headline').textContent";
const overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth";

// ---- what a reader does --------------------------------------------------------------------------------------------------
const seen = { console: [], requests: [] };
listeners.push(({ method, params }) => {
  if (method === "Runtime.consoleAPICalled") seen.console.push(params.type + ": " + params.args.map(a => a.value ?? a.description).join(" "));
  if (method === "Runtime.exceptionThrown") seen.console.push("exception: " + (params.exceptionDetails.exception?.description ?? params.exceptionDetails.text));
  if (method === "Log.entryAdded") seen.console.push(params.entry.level + ": " + params.entry.text);
  if (method === "Network.requestWillBeSent" && params.request.url !== url && !/^(data|blob):/.test(params.request.url)) seen.requests.push(params.request.url);
});
async function read() {
  const { targetId } = await call("Target.createTarget", { url: "about:blank" });
  session = (await call("Target.attachToTarget", { targetId, flatten: true })).sessionId;
  for (const domain of ["Page", "Runtime", "Log", "Network"]) await call(domain + ".enable");
  await width(1280);
  await theme("light");
  await call("Page.navigate", { url });
  await until("document.readyState === 'complete'");
  await drawn();
  seen.tab = await evaluate("document.title");
  seen.headline = await evaluate(headline);
  seen.sections = await evaluate("[...document.querySelectorAll('main > section')].filter(s => !s.hidden).map(s => s.id)");
  seen.figures = await evaluate("[...document.querySelectorAll('svg.marks')].map(s => [s.getAttribute('role'), s.getAttribute('aria-label'), s.getBoundingClientRect().width])");
  seen.text = await evaluate("document.body.innerText");
  seen.overflow = { 1280: await evaluate(overflow) };
  await picture("light");

  // Another condition by the arrow keys of the radio buttons, and back.
  const radios = await evaluate("document.querySelectorAll('#matrix input').length");
  if (radios > 1) {
    await evaluate("document.querySelector('#matrix input:checked').focus()");
    await press("ArrowLeft");
    await drawn();
    seen.afterArrow = { headline: await evaluate(headline), chosen: await evaluate("document.querySelector('#matrix input:checked').getAttribute('aria-label')") };
    await evaluate("delete document.documentElement.dataset.ready");
    await press("ArrowRight");
    await drawn();
    seen.andBack = await evaluate(headline);
  }
  // A layer, a time, a table, all without a pointer.
  await evaluate("document.querySelector('#legend button').click()");
  seen.layerPressed = await evaluate("document.querySelector('#legend button').getAttribute('aria-pressed')");
  await evaluate("document.querySelector('#legend button').click()");
  await evaluate("document.getElementById('cursor').focus()");
  await press("ArrowRight");
  seen.timeRead = await evaluate("document.getElementById('cursor-out').textContent");
  seen.tables = await evaluate("[...document.getElementById('which').options].map(o => { const w = document.getElementById('which'); w.value = o.value; w.onchange(); return [o.value, document.querySelectorAll('#table tbody tr').length]; })");

  await theme("dark");
  await evaluate("delete document.documentElement.dataset.ready; dark.onchange()");
  await drawn();
  seen.darkPaper = await evaluate("getComputedStyle(document.body).backgroundColor");
  await picture("dark");
  await theme("light");
  for (const pixels of [360, 800, 1800]) {
    await width(pixels);
    await evaluate("delete document.documentElement.dataset.ready; render(all)");
    await drawn();
    seen.overflow[pixels] = await evaluate(overflow);
    if (pixels === 360) await picture("phone");
  }
}

let status = 0;
try { await read(); } catch (error) { seen.failed = String(error.stack ?? error); status = 1; }
browser.kill("SIGKILL");
await new Promise(done => browser.once("exit", done));
rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
process.stdout.write(JSON.stringify(seen, null, 1) + "\n", () => process.exit(status));
