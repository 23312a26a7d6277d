// Takes a picture of every page of the running demo: `cargo xtask pictures [--out DIR] [--only NAME]...`
//
// DEMO holds the address and the logins as JSON, CHROMIUM the path of the browser. The names of the pictures
// are like `wallboard.1440x900.dark.zh-CN.png`.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
  { width: 1920, height: 1080 },
];
const SCHEMES = ['light', 'dark'];
const LANGUAGES = ['en', 'zh-CN'];

// A page: its name, who looks at it (nobody: not signed in) and where it is; `where` may look it up with a
// signed-in tab, and returns nothing when the demo has no such page.
const PAGES = [
  { name: 'login', role: null, where: () => '/login' },
  { name: 'wallboard', role: 'supervisor', where: () => '/' },
  { name: 'queue', role: 'supervisor', where: firstQueue },
  { name: 'agents', role: 'supervisor', where: () => '/agents' },
  { name: 'calls', role: 'supervisor', where: () => '/calls' },
  { name: 'call', role: 'supervisor', where: firstCall },
  { name: 'desk', role: 'agent', where: () => '/desk' },
  { name: 'breaks', role: 'admin', where: () => '/center/breaks' },
  { name: 'outcomes', role: 'admin', where: () => '/center/outcomes' },
  { name: 'walls', role: 'admin', where: () => '/walls' },
  { name: 'people', role: 'admin', where: () => '/people' },
  { name: 'person', role: 'admin', where: () => '/people/2' },
  { name: 'teams', role: 'admin', where: () => '/teams' },
  { name: 'account', role: 'supervisor', where: () => '/account' },
  { name: 'callbacks', role: 'supervisor', where: () => '/callbacks' },
  { name: 'callback-rules', role: 'supervisor', where: () => '/callbacks/rules' },
  { name: 'audit', role: 'admin', where: () => '/audit' },
  { name: 'wall', role: null, where: wallLink, lookUpAs: 'admin' },
];

const { values } = parseArgs({
  options: { out: { type: 'string' }, only: { type: 'string', multiple: true } },
});
const out = values.out ?? 'pictures';
const only = new Set(values.only ?? []);
const unknown = [...only].filter((name) => !PAGES.some((page) => page.name === name));
if (unknown.length > 0) {
  console.error(`no such page: ${unknown.join(', ')}; there are ${PAGES.map((page) => page.name).join(', ')}`);
  process.exit(1);
}
const demo = JSON.parse(process.env.DEMO);
const problems = [];
// Wall links made on the way, each with its title; revoked at the end.
const walls = [];

await mkdir(out, { recursive: true });
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
let taken = 0;
try {
  for (const language of LANGUAGES) {
    const sessions = new Map();
    for (const page of PAGES.filter((page) => only.size === 0 || only.has(page.name))) {
      const path = await lookUp(page, language, sessions);
      if (!path) {
        problems.push(`${page.name} ${language}: the demo has no such page`);
        continue;
      }
      const session = page.role && (await sessionOf(page.role, language, sessions));
      for (const scheme of SCHEMES) {
        for (const size of SIZES) {
          const file = `${page.name}.${size.width}x${size.height}.${scheme}.${language}.png`;
          await take(path, { language, scheme, size, session }, file);
          taken += 1;
        }
      }
    }
  }
  await revokeWalls();
} finally {
  await browser.close();
}
console.log(`${taken} pictures in ${out}`);
for (const problem of problems) console.error(`problem: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** A browser profile of its own, as one person has it. */
async function open({ language, scheme = 'light', size = SIZES[0], session }) {
  const context = await browser.newContext({
    baseURL: demo.address,
    locale: language,
    colorScheme: scheme,
    viewport: size,
    storageState: session || undefined,
  });
  return { context, tab: await context.newPage() };
}

/** The cookies of a role that reads a language; signed in once. */
async function sessionOf(role, language, sessions) {
  if (!sessions.has(role)) {
    const login = demo.logins.find((login) => login.role === role);
    const { context, tab } = await open({ language });
    await tab.goto('/login');
    const password = tab.locator('input[type=password]').first();
    const form = tab.locator('form').filter({ has: password });
    await form.locator('input[autocomplete=username], input[type=text], input:not([type])').first().fill(login.name);
    await password.fill(login.password);
    await Promise.all([
      tab.waitForURL((url) => url.pathname !== '/login'),
      form.locator('button, input[type=submit]').last().click(),
    ]);
    await post(tab, '/api/account/look', new URLSearchParams({ theme: 'system' }));
    // As the button does: the user's row and the cookie.
    await tab.evaluate((language) => fetch('/language', { method: 'POST', body: new URLSearchParams({ language }) }), language);
    sessions.set(role, await context.storageState());
    await context.close();
  }
  return sessions.get(role);
}

/** Asks the page, signed in as needed, where it is. */
async function lookUp(page, language, sessions) {
  const role = page.lookUpAs ?? page.role;
  const session = role && (await sessionOf(role, language, sessions));
  const { context, tab } = await open({ language, session });
  try {
    return await page.where(tab, language);
  } catch (error) {
    problems.push(`${page.name} ${language}: ${error.message.split('\n')[0]}`);
    return null;
  } finally {
    await context.close();
  }
}

async function take(path, look, file) {
  const { context, tab } = await open(look);
  const complain = (text) => problems.push(`${file}: ${text}`);
  tab.on('pageerror', (error) => complain(error.message));
  tab.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complain(message.text());
  });
  const answer = await tab.goto(path);
  if (!answer?.ok()) complain(`answered ${answer?.status()}`);
  await tab.evaluate(() => document.fonts.ready);
  // A live page never falls silent: give its stream a moment to paint.
  await tab.waitForTimeout(1500);
  const shown = await tab.getAttribute('html', 'lang');
  if (shown !== look.language) complain(`is in ${shown}`);
  await tab.screenshot({ path: join(out, file), animations: 'disabled' });
  console.log(file);
  await context.close();
}

async function firstQueue(tab) {
  await tab.goto('/');
  const link = tab.locator('main a[href*="/queues/"], main a[href*="/queue/"]').first();
  return link.getAttribute('href', { timeout: 10_000 });
}

async function firstCall(tab) {
  await tab.goto('/calls');
  const link = tab.locator('main a[href*="/calls/"]').first();
  return link.getAttribute('href', { timeout: 10_000 });
}

async function wallLink(tab, language) {
  await tab.goto('/walls');
  const title = `Pictures ${language}`;
  const made = await post(tab, '/api/walls/create', { title, queues: [], language });
  walls.push(title);
  return made.path;
}

async function revokeWalls() {
  if (walls.length === 0) return;
  const session = await sessionOf('admin', 'en', new Map());
  const { context, tab } = await open({ language: 'en', session });
  await tab.goto('/walls');
  for (const wall of await post(tab, '/api/walls/list', new URLSearchParams())) {
    if (walls.includes(wall.title)) {
      await post(tab, '/api/walls/revoke', new URLSearchParams({ id: String(wall.id) }));
    }
  }
  await context.close();
}

/** Calls a server function as the tab's own page does, so that the browser says where it comes from. */
async function post(tab, path, body) {
  const isForm = body instanceof URLSearchParams;
  const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
  const [status, text] = await tab.evaluate(
    async ([path, type, body]) => {
      const headers = { 'Content-Type': type, Accept: 'application/json' };
      const answer = await fetch(path, { method: 'POST', headers, body });
      return [answer.status, await answer.text()];
    },
    [path, type, isForm ? body.toString() : JSON.stringify(body)],
  );
  if (status !== 200) throw new Error(`${path} answered ${status}: ${text.slice(0, 200)}`);
  return text ? JSON.parse(text) : null;
}
