// Two nodes on one board: one name is one queue, and the loss of one node leaves the numbers of the other live.

import type { Page } from '@playwright/test';

import { expect, isLive, openDialog, test } from '../fixtures/test';

/** A loss is said within this time. */
const SAID_WITHIN_MS = 5_000;

const sum = (page: Page, queue: string) => page.locator(`tr[data-queue="${queue}@default"]:not([data-node])`);
const part = (page: Page, queue: string, node: string) =>
  page.locator(`tr[data-queue="${queue}@default"][data-node="${node}"]`);
const waiting = '[data-metric=waiting]';
const figure = (page: Page, label: string) =>
  page.locator('.figure').filter({ hasText: label }).getByRole('strong').first();

test('two nodes are one board, and one of them fails alone', async ({ startStack, visit }) => {
  const stack = await startStack({ secondNode: true });
  const [first, second] = stack.nodes;
  if (!second) throw new Error('the stack has one node');
  const page = await visit('supervisor', '/', { stack });
  await isLive(page);
  await expect(page.getByText('fs-1 live')).toBeVisible();
  await expect(page.getByText('fs-2 live')).toBeVisible();

  await first.call('support@default', '13800000001', 'Sample caller');
  await second.call('support@default', '13800000002', 'Sample caller');
  await second.call('support@default', '13800000003', '张三');
  await second.call('sales@default', '13800000004', 'Sample caller');
  await expect(sum(page, 'support').locator(waiting)).toHaveText('3');
  await expect(sum(page, 'support')).toContainText('fs-1 + fs-2');
  await expect(figure(page, 'Calls waiting')).toHaveText('4');
  // Seeded alike, so each queue has twice the agents.
  await expect(page.locator('tbody tr[data-queue]')).toHaveCount(12);

  const unfold = sum(page, 'support').getByRole('button', { name: 'support' });
  await expect(unfold).toHaveAttribute('aria-expanded', 'false');
  await unfold.press('Enter');
  await expect(unfold).toHaveAttribute('aria-expanded', 'true');
  await expect(part(page, 'support', 'fs-1').locator(waiting)).toHaveText('1');
  await expect(part(page, 'support', 'fs-2').locator(waiting)).toHaveText('2');

  await second.kill();
  const banner = page.getByRole('alert').filter({ hasText: 'fs-2 is lost since' });
  await expect(banner).toBeVisible({ timeout: SAID_WITHIN_MS });
  await expect(part(page, 'support', 'fs-2')).toContainText('as of');
  await expect(part(page, 'support', 'fs-2').locator(waiting)).toHaveText('2');
  await expect(sum(page, 'support')).toContainText('fs-1, without fs-2');
  await expect(sum(page, 'support').locator(waiting)).toHaveText('1');
  await expect(sum(page, 'support')).not.toHaveClass(/is-stale/);
  await expect(figure(page, 'Calls waiting')).toHaveText('1');
  await expect(page.getByText('The sums leave out fs-2, which is lost.')).toBeVisible();

  // The other goes on.
  await first.call('support@default', '13800000005', 'Sample caller');
  await expect(sum(page, 'support').locator(waiting)).toHaveText('2');
  await expect(page.getByText('fs-1 live')).toBeVisible();

  // A page opened now says the same, and a wall as well.
  const late = await visit('supervisor', '/', { stack });
  await expect(sum(late, 'support').locator(waiting)).toHaveText('2');
  await expect(late.getByText('The sums leave out fs-2, which is lost.')).toBeVisible();
  const walls = await visit('supervisor', '/walls', { stack });
  await (await openDialog(walls, 'New wall screen')).getByLabel('Name').fill('Hall');
  await walls.getByRole('button', { name: 'Make the link' }).click();
  const wall = await visit(null, await walls.getByLabel('Address').inputValue(), { stack });
  await expect(wall.getByRole('alert').filter({ hasText: 'Without fs-2' })).toBeVisible();
  await expect(figure(wall, 'Waiting')).toHaveText('2');

  // Started again it has forgotten its calls, and counts.
  await second.start();
  await expect(banner).toHaveCount(0);
  await expect(part(page, 'support', 'fs-2').locator(waiting)).toHaveText('0');
  await second.call('support@default', '13800000006', 'Sample caller');
  await expect(sum(page, 'support').locator(waiting)).toHaveText('3');
  await expect(figure(wall, 'Waiting')).toHaveText('3');
  await unfold.press('Enter');
  await expect(part(page, 'support', 'fs-2')).toHaveCount(0);
});

test('targets are those of the name, on every node', async ({ startStack, visit }) => {
  const stack = await startStack({ secondNode: true });
  const page = await visit('supervisor', '/queues/fs-2/support%40default', { stack });
  const dialog = await openDialog(page, 'Targets');
  await dialog.getByLabel('Warning from', { exact: true }).fill('5');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toHaveCount(0);
  const other = await visit('supervisor', '/queues/fs-1/support%40default', { stack });
  const same = await openDialog(other, 'Targets');
  await expect(same.getByLabel('Warning from', { exact: true })).toHaveValue('5');
});
