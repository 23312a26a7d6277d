// A person at the wallboard, for `cargo xtask bench live`: signs in, and tells what each paint of a change took.
//
// ADDRESS, LOGIN_NAME and LOGIN_PASSWORD say where and as whom, CHROMIUM is the path of the browser. Lines on the
// standard input say what to do (`measure`, `report`, `calls`); each is answered by one line of JSON.

import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const PATIENCE_MS = 45_000;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  chromiumSandbox: false,
  args: [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
process.on('SIGTERM', () => void end(143));

try {
  const page = await browser.newPage({ baseURL: process.env.ADDRESS, viewport: { width: 1920, height: 1080 } });
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  await page.addInitScript(listen);
  await signIn(page);
  await page.waitForFunction(() => globalThis.bench.painted.length > 0);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  say({ ready: true });

  let before = await metrics(devtools);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'measure') {
      before = await metrics(devtools);
      await page.evaluate(() => Object.assign(globalThis.bench, { painted: [], tasks: [] }));
      say({ ready: true });
    } else if (line === 'report') {
      const { painted, tasks, elements } = await page.evaluate(() => ({
        ...globalThis.bench,
        elements: document.querySelectorAll('*').length,
      }));
      const after = await metrics(devtools);
      const spent = (name) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
      say({
        painted_ms: painted,
        console: complaints,
        task_s: spent('TaskDuration'),
        script_s: spent('ScriptDuration'),
        style_s: spent('RecalcStyleDuration'),
        layout_s: spent('LayoutDuration'),
        long_tasks: tasks.length,
        longest_task_ms: Math.max(0, ...tasks),
        elements,
      });
    } else if (line === 'calls') {
      say(await lookAtCalls(page));
    }
  }
  await end(0);
} catch (error) {
  console.error(error);
  await end(1);
}

/** Opens the page of calls and tells what its main thread did from its sixth second on. */
async function lookAtCalls(page) {
  await page.goto('/calls');
  await page.locator('tr[data-call]').first().waitFor();
  await page.waitForTimeout(5_000);
  await page.evaluate(() => Object.assign(globalThis.bench, { tasks: [] }));
  await page.waitForTimeout(15_000);
  return page.evaluate(() => ({
    long_tasks: globalThis.bench.tasks.length,
    longest_task_ms: Math.max(0, ...globalThis.bench.tasks),
    lines: document.querySelectorAll('tr[data-call]').length,
  }));
}

/** In the page, before its own scripts: keeps what it announces. */
function listen() {
  globalThis.bench = { painted: [], tasks: [] };
  addEventListener('switchdesk:painted', (event) => globalThis.bench.painted.push(event.detail));
  new PerformanceObserver((list) => {
    globalThis.bench.tasks.push(...list.getEntries().map((entry) => entry.duration));
  }).observe({ type: 'longtask' });
}

async function signIn(page) {
  await page.goto('/login');
  await page.locator('input[name=name]').fill(process.env.LOGIN_NAME);
  await page.locator('input[name=password]').fill(process.env.LOGIN_PASSWORD);
  await Promise.all([
    page.waitForURL((url) => url.pathname !== '/login'),
    page.locator('form').filter({ has: page.locator('input[name=password]') }).locator('[type=submit]').click(),
  ]);
  const problem = new URL(page.url()).searchParams.get('problem');
  if (problem) throw new Error(`the sign-in failed: ${problem}`);
}

async function metrics(devtools) {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return new Map(metrics.map(({ name, value }) => [name, value]));
}

function say(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function end(code) {
  await browser.close().catch(() => {});
  process.exit(code);
}
