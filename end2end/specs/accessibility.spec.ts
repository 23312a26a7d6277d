// Every page for everybody: axe finds nothing, the keyboard reaches everything, and a telephone is wide enough.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import type { Stack } from '../fixtures/stack';
import { answered, expect, isLive, openDialog, test, type Visit, type VisitOptions } from '../fixtures/test';

/** A page by its name: who looks at it, where it is, and whether it lives. */
interface Place {
  name: string;
  user: string | null;
  path: string | ((stack: Stack) => Promise<string>);
  isLive: boolean;
}

const PLACES: Place[] = [
  { name: 'sign-in', user: null, path: '/login', isLive: false },
  { name: 'sign-in after a mistake', user: null, path: '/login?problem=wrong&name=admin', isLive: false },
  { name: 'wallboard', user: 'supervisor', path: '/', isLive: true },
  { name: 'queue', user: 'supervisor', path: '/queues/fs-1/support@default', isLive: true },
  { name: 'agents', user: 'supervisor', path: '/agents', isLive: true },
  { name: 'calls', user: 'supervisor', path: '/calls', isLive: true },
  { name: 'call', user: 'supervisor', path: aCall, isLive: true },
  { name: 'wall screens', user: 'supervisor', path: '/walls', isLive: false },
  { name: 'break reasons', user: 'admin', path: '/center/breaks', isLive: false },
  { name: 'outcome codes', user: 'admin', path: '/center/outcomes', isLive: false },
  { name: 'wall screen', user: null, path: wallLink, isLive: true },
  { name: 'callbacks', user: 'supervisor', path: '/callbacks', isLive: false },
  { name: 'a callback', user: 'supervisor', path: callback, isLive: false },
  { name: 'rules for callbacks', user: 'supervisor', path: '/callbacks/rules', isLive: false },
  { name: 'audit', user: 'admin', path: '/audit', isLive: false },
  { name: 'a row of the audit', user: 'admin', path: auditRow, isLive: false },
  { name: 'account', user: 'supervisor', path: '/account', isLive: false },
  { name: 'account of an agent', user: 'agent', path: '/account', isLive: false },
  { name: 'desk', user: 'agent', path: '/desk', isLive: true },
  { name: 'second factor at the sign-in', user: null, path: '/login?step=code&problem=wrong-code', isLive: false },
  { name: 'people', user: 'admin', path: '/people', isLive: false },
  { name: 'a person', user: 'admin', path: '/people/1', isLive: false },
  { name: 'teams', user: 'admin', path: '/teams', isLive: false },
  { name: 'not found', user: null, path: '/no/such/page', isLive: false },
];

/** The path of the page of a call that goes on. */
async function aCall(stack: Stack): Promise<string> {
  const { rows } = JSON.parse(await stack.node.api('show channels as json'));
  const uuid = rows?.[0]?.uuid ?? (await stack.node.call('support@default', '13800138000', '张三'));
  return `/calls/fs-1/${uuid}`;
}

const links = new Map<Stack, Promise<string>>();

/** The path of a wall screen, made once per stack. */
function wallLink(stack: Stack): Promise<string> {
  let link = links.get(stack);
  if (!link) {
    link = makeLink(stack);
    links.set(stack, link);
  }
  return link;
}

/** The page of a callback that a customer has asked for. */
async function callback(stack: Stack): Promise<string> {
  const sql = `INSERT INTO callbacks (phone, queue, node, state) VALUES ('13800138000', 'support@default', 'fs-1', 'open')
    ON DUPLICATE KEY UPDATE requests = requests + 1; SELECT MAX(id) FROM callbacks;`;
  return `/callbacks/${(await stack.database.run(sql)).trim()}`;
}

/** The newest row: a wall link is made at the latest here. */
async function auditRow(stack: Stack): Promise<string> {
  await wallLink(stack);
  return `/audit/${(await stack.database.run('SELECT MAX(id) FROM audit')).trim()}`;
}

async function makeLink(stack: Stack): Promise<string> {
  const { cookies } = await stack.session('supervisor');
  const answer = await fetch(`${stack.url}/api/walls/create`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin: stack.url,
      cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
    },
    body: JSON.stringify({ title: 'Hall', queues: [], language: 'en' }),
  });
  if (!answer.ok) throw new Error(`the link was not made: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { path: string }).path;
}

async function open(visit: Visit, stack: Stack, place: Place, options: VisitOptions = {}): Promise<Page> {
  const path = typeof place.path === 'string' ? place.path : await place.path(stack);
  const page = await visit(place.user, path, { stack, ...options });
  if (place.isLive) await isLive(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  return page;
}

/** What axe finds, in a line each. */
async function violations(page: Page, axe = new AxeBuilder({ page })): Promise<string[]> {
  const found = await axe.analyze();
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}: ${node.any[0]?.message ?? node.html.slice(0, 120)}`),
  );
}

/** The page behind an open dialog is looked at without it. */
const dialogOf = (page: Page) => new AxeBuilder({ page }).include('dialog[open]');

/** Colours are all that is another in the dark. */
async function isFineInTheDark(page: Page) {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  // Colours that change in steps have arrived before they are judged; the animation of a row that leaves a living board is given up.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  // A wall is dark by day, too.
  if (!(await page.locator('main.wall').count())) expect(await ground()).not.toBe(light);
  expect(await violations(page, new AxeBuilder({ page }).withRules(['color-contrast']))).toEqual([]);
}

/** Nothing lies beyond the right edge. */
async function fits(page: Page, width: number) {
  const found = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    beyond: [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => `${element.localName}.${element.className}`)
      .slice(0, 5),
  }));
  expect(found.width, `beyond the edge: ${found.beyond.join(', ')}`).toBeLessThanOrEqual(width);
}

// The page that is not there answers so.
test.beforeEach(({ forgive }) => forgive(answered(404)));

for (const place of PLACES) {
  test(`axe finds nothing on the page “${place.name}”, light and dark, and it fits a telephone`, async ({
    living,
    visit,
  }) => {
    const page = await open(visit, living, place, { colorScheme: 'light' });
    expect(await violations(page)).toEqual([]);
    await isFineInTheDark(page);
    if (place.name === 'wall screen') return;
    await page.setViewportSize({ width: 390, height: 844 });
    await fits(page, 390);
  });
}

test('axe finds nothing on the dialogs', async ({ living, visit }) => {
  const walls = await visit('supervisor', '/walls', { stack: living });
  await (await openDialog(walls, 'New wall screen')).getByLabel('Chosen queues').check();
  expect(await violations(walls, dialogOf(walls))).toEqual([]);
  const people = await visit('admin', '/people', { stack: living });
  await openDialog(people, 'New user');
  expect(await violations(people, dialogOf(people))).toEqual([]);
  const teams = await visit('admin', '/teams', { stack: living });
  await openDialog(teams, 'New team');
  expect(await violations(teams, dialogOf(teams))).toEqual([]);
  const account = await visit('admin', '/account', { stack: living });
  await openDialog(account, 'Set it up');
  expect(await violations(account, dialogOf(account))).toEqual([]);
  const board = await visit('supervisor', '/', { stack: living });
  await isLive(board);
  await openDialog(board, 'Choose queues');
  expect(await violations(board, dialogOf(board))).toEqual([]);
  const queue = await visit('supervisor', '/queues/fs-1/support@default', { stack: living });
  await isLive(queue);
  const targets = await openDialog(queue, 'Targets');
  await targets.getByRole('textbox').or(targets.getByRole('spinbutton')).first().fill('');
  await targets.getByRole('button', { name: 'Save' }).click();
  await expect(targets.getByText('Must not be empty')).toBeVisible();
  expect(await violations(queue, dialogOf(queue))).toEqual([]);
  // What is wrong with a field has a colour of its own.
  await isFineInTheDark(queue);
});

test('axe finds nothing while the switch is lost', async ({ startStack, visit }) => {
  const stack = await startStack();
  const board = await visit('supervisor', '/', { stack });
  const desk = await visit('agent', '/desk', { stack });
  await isLive(board);
  await isLive(desk);
  await stack.node.kill();
  for (const page of [board, desk]) {
    await expect(page.getByRole('alert').filter({ hasText: 'is lost since' })).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await isFineInTheDark(page);
  }
});

test('the keyboard skips to the content, sorts, and opens a queue', async ({ living, visit }) => {
  const page = await visit('supervisor', '/', { stack: living });
  await isLive(page);
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();

  const sort = page.getByRole('columnheader', { name: 'Waiting' }).getByRole('button', { name: 'Waiting', exact: true });
  await reach(page, sort);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('columnheader', { name: 'Waiting' })).toHaveAttribute('aria-sort', 'descending');

  const queue = page.getByRole('rowheader').getByRole('link').first();
  await reach(page, queue);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/queues\/fs-1\//);
  // A screen reader says where it is now.
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
});

test('a dialog takes the focus, keeps it, and gives it back', async ({ quiet, visit }) => {
  const page = await visit('supervisor', '/', { stack: quiet });
  await isLive(page);
  const choose = page.getByRole('button', { name: 'Choose queues' });
  await reach(page, choose);
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(choose).toBeFocused();
});

test('what has the focus shows it', async ({ quiet, visit }) => {
  const page = await visit('agent', '/desk', { stack: quiet });
  await isLive(page);
  const toggle = page.getByRole('button', { name: /^Available/ });
  const outline = () => toggle.evaluate((toggle) => getComputedStyle(toggle).outlineWidth);
  await reach(page, toggle);
  await expect.poll(outline).not.toBe('0px');
});

/** Presses Tab until the focus is there. */
async function reach(page: Page, target: ReturnType<Page['getByRole']>) {
  for (let presses = 0; presses < 120; presses += 1) {
    if (await target.evaluate((target) => target === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach ${target}`);
}
