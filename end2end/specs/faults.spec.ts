// What goes away comes back, and meanwhile the pages answer, say what is wrong, and pass nothing old off as new.

import type { Locator, Page } from '@playwright/test';

import { MariaDb } from '../fixtures/database';
import { AGENT, type Stack } from '../fixtures/stack';
import { columnOf } from '../fixtures/table';
import { answered, expect, isLive, NETWORK_IS_BROKEN, openDialog, test } from '../fixtures/test';

/** A loss is said within this time. */
const SAID_WITHIN_MS = 5_000;

const board = (page: Page) => page.getByRole('table', { name: /^Queues/ });
const line = (page: Page, queue: string) =>
  board(page).getByRole('row').filter({ has: page.getByRole('rowheader', { name: queue }) });
const waiting = (page: Page, queue: string) => line(page, queue).locator('[data-metric=waiting]');
const banner = (page: Page) => page.getByRole('alert').filter({ hasText: 'is lost since' });

/** How the text of an element is painted: a greyed one is painted otherwise. */
const ink = (element: Locator) =>
  element.evaluate((element) => {
    let opacity = 1;
    for (let at: Element | null = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    return `${getComputedStyle(element).color} at ${opacity}, ${getComputedStyle(element).filter}`;
  });

/** The callers waiting on the board are those of the switch. */
async function agrees(page: Page, stack: Stack) {
  await expect(async () => {
    const members = (await stack.node.members()).filter((member) => member.state !== 'Answered');
    const [names, counts] = await Promise.all([columnOf(board(page), 'Queue'), columnOf(board(page), 'Waiting')]);
    const said = names.map((queue) => members.filter((member) => member.queue === `${queue}@default`).length);
    expect(names).toHaveLength(12);
    expect(counts.map(Number)).toEqual(said);
  }).toPass();
}

test('a switch that dies is said to be lost, greyed, and heals when it is back', async ({ startStack, visit }) => {
  const stack = await startStack();
  const page = await visit('supervisor', '/', { stack });
  await isLive(page);
  await stack.node.call('support@default', '13800000001', 'Sample caller');
  await stack.node.call('support@default', '13800000002', 'Sample caller');
  await expect(waiting(page, 'support')).toHaveText('2');
  const fresh = await ink(waiting(page, 'support'));

  await stack.node.kill();
  await expect(banner(page)).toContainText('fs-1 is lost since', { timeout: SAID_WITHIN_MS });
  await expect(line(page, 'support')).toContainText('as of');
  expect(await ink(waiting(page, 'support')), 'greyed').not.toBe(fresh);
  // What was known stays, and stands still.
  await expect(waiting(page, 'support')).toHaveText('2');
  // A page opened now says the same.
  const late = await visit('supervisor', '/', { stack });
  await expect(banner(late)).toContainText('fs-1 is lost since');
  const agent = await visit('agent', '/desk', { stack });
  await expect(agent.getByRole('button', { name: /^Available/ })).toBeDisabled();
  await expect(agent.getByText('The switch cannot be asked at the moment')).toBeVisible();

  // Started again it has forgotten its calls.
  await stack.node.start();
  for (const each of [page, late]) {
    await expect(banner(each)).toHaveCount(0);
    await expect(waiting(each, 'support')).toHaveText('0');
  }
  await stack.node.call('sales@default', '13800000003', 'Sample caller');
  for (const each of [page, late]) {
    await expect(waiting(each, 'sales')).toHaveText('1');
    await agrees(each, stack);
  }
  expect(await ink(waiting(page, 'support')), 'no longer greyed').toBe(fresh);
  await expect(agent.getByRole('button', { name: /^Available/ })).toBeEnabled();
});

test('a switch that hangs with its sockets open is said to be lost, and heals', async ({ startStack, visit }) => {
  const stack = await startStack();
  const page = await visit('supervisor', '/', { stack });
  await isLive(page);
  await expect(page.getByText('fs-1 live')).toBeVisible();
  stack.node.hang();
  await expect(banner(page)).toContainText('fs-1 is lost since', { timeout: SAID_WITHIN_MS });
  stack.node.resume();
  await expect(banner(page)).toHaveCount(0);
  await stack.node.call('sales@default', '13800000003', 'Sample caller');
  await expect(waiting(page, 'sales')).toHaveText('1');
  await agrees(page, stack);
});

test('a wall says large that its numbers are not live', async ({ startStack, visit }) => {
  const stack = await startStack();
  const walls = await visit('supervisor', '/walls', { stack });
  await (await openDialog(walls, 'New wall screen')).getByLabel('Name').fill('Hall');
  await walls.getByRole('button', { name: 'Make the link' }).click();
  const wall = await visit(null, await walls.getByLabel('Address').inputValue(), { stack });
  await isLive(wall);
  await stack.node.kill();
  const note = wall.getByRole('alert').filter({ hasText: 'Not live' });
  await expect(note).toContainText('SwitchDesk has lost the switch', { timeout: SAID_WITHIN_MS });
  await stack.node.start();
  await expect(note).toHaveCount(0);
});

test.describe('with the network broken on purpose', () => {
  test.beforeEach(({ forgive }) => forgive(NETWORK_IS_BROKEN, answered(401, 503)));

  test('a server that restarts: the pages say so, and their streams come back', async ({ startStack, visit }) => {
    const stack = await startStack();
    const page = await visit('supervisor', '/', { stack });
    const desk = await visit('agent', '/desk', { stack });
    await isLive(page);
    await isLive(desk);
    await stack.server.kill();
    for (const each of [page, desk]) {
      await expect(each.getByText('The connection to SwitchDesk is lost')).toBeVisible({ timeout: SAID_WITHIN_MS });
      await expect(each.locator('.fresh')).toHaveAttribute('data-state', 'lost');
    }
    await stack.node.call('vip@default', '13800000001', 'Sample caller');
    await stack.server.start();
    for (const each of [page, desk]) {
      await isLive(each);
      await expect(each.getByText('The connection to SwitchDesk is lost')).toBeHidden();
    }
    await expect(waiting(page, 'vip')).toHaveText('1');
    await agrees(page, stack);
    await desk.getByRole('button', { name: /^Available/ }).click();
    await expect(desk.getByRole('button', { name: /^Available/ })).toHaveAttribute('aria-pressed', 'true');
  });

  test('a server that ends in order ends with streams open, and says goodbye', async ({ startStack, visit }) => {
    const stack = await startStack();
    const page = await visit('supervisor', '/', { stack });
    await isLive(page);
    const start = Date.now();
    await stack.server.stop();
    expect(Date.now() - start, 'milliseconds to the end').toBeLessThan(5_000);
    await expect(page.getByText('The connection to SwitchDesk is lost')).toBeVisible({ timeout: SAID_WITHIN_MS });
    await stack.server.start();
    await isLive(page);
  });

  test('a database that dies: pages and stream go on, writes say so, and it heals', async ({ startStack, visit }) => {
    test.setTimeout(120_000);
    const mariaDb = await MariaDb.start();
    try {
      const stack = await startStack({ databaseAdmin: mariaDb.admin });
      const page = await visit('supervisor', '/', { stack });
      const desk = await visit('agent', '/desk', { stack });
      const stranger = await visit(null, '/login', { stack });
      await isLive(page);
      await isLive(desk);

      await mariaDb.kill();
      await stack.node.call('support@default', '13800000001', 'Sample caller');
      await expect(waiting(page, 'support')).toHaveText('1');
      await expect.poll(async () => (await stack.server.health()).database).toBe('down');
      // A new page of a session that was seen of late.
      await page.goto('/agents');
      await isLive(page);
      await expect(page.getByRole('row').filter({ hasText: '1007' })).toBeVisible();
      // Nobody has to stay on a break for want of a record.
      await desk.getByRole('button', { name: /^Available/ }).click();
      await expect(desk.getByRole('button', { name: /^Available/ })).toHaveAttribute('aria-pressed', 'true');
      expect(await stack.node.api(`callcenter_config agent get status ${AGENT}`)).toBe('Available');
      // What must be stored is refused in words.
      await page.goto('/walls');
      await expect(page.getByRole('alert')).toContainText('The database cannot be reached');
      const dialog = await openDialog(page, 'New wall screen');
      await dialog.getByLabel('Name').fill('Hall');
      await dialog.getByRole('button', { name: 'Make the link' }).click();
      await expect(dialog.getByRole('alert').first()).toContainText('The database cannot be reached');
      await stranger.getByLabel('User name').fill('admin');
      await stranger.getByLabel('Password', { exact: true }).fill(stack.user('admin').password);
      await stranger.getByRole('button', { name: 'Sign in' }).click();
      await expect(stranger.getByRole('alert')).toContainText('SwitchDesk cannot reach its database');

      await mariaDb.start();
      await expect.poll(async () => (await stack.server.health()).database).toBe('ok');
      await dialog.getByRole('button', { name: 'Make the link' }).click();
      await expect(dialog.getByRole('heading')).toHaveText('The screen is ready');
      await stranger.getByLabel('Password', { exact: true }).fill(stack.user('admin').password);
      await stranger.getByRole('button', { name: 'Sign in' }).click();
      await expect(stranger).toHaveURL(`${stack.url}/`);
    } finally {
      await mariaDb.stop();
    }
  });

  test('a server that starts without its database answers, says so, and heals', async ({ startStack, visit }) => {
    test.setTimeout(120_000);
    const mariaDb = await MariaDb.start();
    try {
      const stack = await startStack({ databaseAdmin: mariaDb.admin });
      const page = await visit('supervisor', '/', { stack });
      await isLive(page);
      await mariaDb.kill();
      await stack.server.stop();
      await stack.server.start();
      const stranger = await visit(null, '/login', { stack });
      await stranger.getByLabel('User name').fill('admin');
      await stranger.getByLabel('Password', { exact: true }).fill(stack.user('admin').password);
      await stranger.getByRole('button', { name: 'Sign in' }).click();
      await expect(stranger.getByRole('alert')).toContainText('SwitchDesk cannot reach its database');
      // Nobody knows whether the session is good: that is no reason to throw the page away.
      await expect(page).toHaveURL(`${stack.url}/`);

      await mariaDb.start();
      await isLive(page);
      await expect(page).toHaveURL(`${stack.url}/`);
      await agrees(page, stack);
    } finally {
      await mariaDb.stop();
    }
  });
});

test.describe('a switch that does not let us in', () => {
  test('wrong password', async ({ startStack, visit }) => {
    const stack = await startStack({ switchPassword: 'not the password' });
    const page = await visit('supervisor', '/', { stack });
    await expect(banner(page)).toContainText('it refused the password', { timeout: SAID_WITHIN_MS });
    await expect(page.getByText('fs-1 lost')).toBeVisible();
  });

  test('access list', async ({ startStack, visit }) => {
    const stack = await startStack({ flags: ['--deny', '127.0.0.1'] });
    const page = await visit('supervisor', '/', { stack });
    await expect(banner(page)).toContainText('it refuses our address (ACL)', { timeout: SAID_WITHIN_MS });
  });

  test('nobody there, until it is started', async ({ startStack, visit }) => {
    const stack = await startStack({ withoutSwitch: true });
    const page = await visit('supervisor', '/', { stack });
    await expect(banner(page)).toContainText('nothing answers at its address', { timeout: SAID_WITHIN_MS });
    await stack.node.start();
    await expect(banner(page)).toHaveCount(0);
    await expect(board(page).getByRole('rowheader')).toHaveCount(12);
    await expect(page.getByText('fs-1 live')).toBeVisible();
  });
});
