// The page of one queue: its callers in the order in which they are served, its agents by tier, its targets.

import type { Page } from '@playwright/test';

import type { EventSocket } from '../fixtures/event_socket';
import { columnOf, rowsOf } from '../fixtures/table';
import { expect, isLive, openDialog, test } from '../fixtures/test';

/** A caller's name that breaks careless code. */
const NASTY = `<script>alert(1)</script>|'"%0A`;

const waiting = (page: Page) => page.getByRole('table', { name: /^Waiting callers/ });

/** Puts a caller in, later than the ones before by a second at least: the switch counts in whole ones. */
async function join(node: EventSocket, queue: string, name: string): Promise<string> {
  const members = (await node.members()).filter((member) => member.queue === queue);
  const latest = Math.max(0, ...members.map((member) => Number(member.joined_epoch)));
  await expect.poll(() => Date.now() / 1000, { intervals: [50] }).toBeGreaterThan(latest + 1);
  return node.call(queue, '13800000001', name);
}

async function served(node: EventSocket, queue: string): Promise<string[]> {
  const members = await node.members();
  return members.filter((member) => member.queue === queue).map((member) => member.cid_name);
}

test('callers stand in the order in which they are served, whatever they are called', async ({ quiet, visit }) => {
  const queue = 'complaints@default';
  const page = await visit('supervisor', `/queues/fs-1/${queue}`);
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await isLive(page);
  await expect(page.getByText('Nobody waits', { exact: true })).toBeVisible();

  const callers = [
    await join(quiet.node, queue, '张三'),
    await join(quiet.node, queue, NASTY),
    await join(quiet.node, queue, 'Important caller'),
  ];
  await expect.poll(() => columnOf(waiting(page), 'Caller')).toEqual(['张三', NASTY, 'Important caller']);
  expect(await columnOf(waiting(page), 'Place')).toEqual(['1', '2', '3']);
  expect(await columnOf(waiting(page), 'Number')).toEqual(Array(3).fill('13800000001'));

  // Points count more than waiting.
  await quiet.node.order(`uuid_transfer ${callers[2]} 'set:cc_base_score=900,callcenter:${queue}' inline`);
  await expect.poll(() => served(quiet.node, queue)).toEqual(['Important caller', '张三', NASTY]);
  await expect
    .poll(async () => (await columnOf(waiting(page), 'Caller')).map((caller) => caller.replace(/ \+900 points$/, '')))
    .toEqual(['Important caller', '张三', NASTY]);
  // Rendered by the server it is the same.
  await page.reload();
  await expect.poll(() => columnOf(waiting(page), 'Caller')).toEqual(['Important caller +900 points', '张三', NASTY]);

  for (const caller of callers) await quiet.node.order(`demo hangup ${caller}`);
  await expect(page.getByText('Nobody waits', { exact: true })).toBeVisible();
  expect(dialogs).toEqual([]);
});

test('agents stand by tier, and the one who talks says to whom', async ({ quiet, visit }) => {
  const queue = 'callback@default';
  const [first, second] = ['3101@default', '3102@default'];
  for (const [agent, level] of [
    [first, 2],
    [second, 1],
  ]) {
    await quiet.node.order(`callcenter_config agent add ${agent} callback`);
    await quiet.node.order(`callcenter_config agent set contact ${agent} user/${agent}`);
    await quiet.node.order(`callcenter_config tier add ${queue} ${agent} ${level} 99`);
  }
  await quiet.node.order(`callcenter_config agent set status ${first} Available`);
  const page = await visit('supervisor', `/queues/fs-1/${queue}`);
  const agents = await visit('supervisor', '/agents');
  await isLive(page);
  await isLive(agents);
  const table = page.getByRole('table', { name: /^Agents of the queue/ });
  const wanted = (await quiet.node.tiers())
    .filter((tier) => tier.queue === queue)
    .map((tier) => [Number(tier.level), Number(tier.position), tier.agent.replace('@default', '')] as const)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2].localeCompare(b[2]))
    .map(([, , agent]) => agent);
  // No event tells of a tier; the next list does.
  await expect.poll(() => columnOf(table, 'Agent')).toEqual(wanted);

  const caller = await quiet.node.call(queue, '13800000007', NASTY);
  await quiet.node.order(`demo answer ${first}`);
  const talking = page.getByRole('table', { name: 'Callers who talk to an agent' });
  await expect.poll(() => rowsOf(talking)).toMatchObject([{ Caller: NASTY, Number: '13800000007', Agent: '3101' }]);
  await expect(agents.getByRole('row').filter({ hasText: '3101' })).toContainText(`${NASTY} 13800000007`);
  await expect(agents.getByRole('row').filter({ hasText: '3101' })).toContainText('On a call');
  await quiet.node.order(`demo hangup ${caller}`);
  await expect.poll(() => rowsOf(talking)).toEqual([]);
  for (const agent of [first, second]) await quiet.node.order(`callcenter_config agent del ${agent}`);
});

test('targets are checked beside their fields, saved, and hold on every board', async ({ quiet, visit }) => {
  const page = await visit('supervisor', '/queues/fs-1/english@default');
  const board = await visit('admin', '/');
  await isLive(page);
  await isLive(board);
  const dialog = await openDialog(page, 'Targets');
  await expect(dialog.getByRole('heading')).toHaveText('Targets of english');
  const group = dialog.getByRole('group', { name: 'Callers waiting' });
  const [warning, critical] = [group.getByLabel('Warning from'), group.getByLabel('Critical from')];
  const save = dialog.getByRole('button', { name: 'Save' });

  await warning.fill('3');
  await critical.fill('2');
  await save.click();
  await expect(critical).toHaveAccessibleDescription(/Must be above the warning/);
  await expect(critical).toHaveAttribute('aria-invalid', 'true');
  await critical.fill('');
  await save.click();
  await expect(critical).toHaveAccessibleDescription(/Must not be empty/);
  await expect(dialog).toBeVisible();

  await warning.fill('1');
  await critical.fill('2');
  await save.click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('status').filter({ hasText: 'The targets of english are saved.' })).toBeAttached();
  const caller = await quiet.node.call('english@default', '13800000008', 'Sample caller');
  const line = board.getByRole('row').filter({ has: board.getByRole('rowheader', { name: 'english' }) });
  await expect(line.locator('[data-metric=waiting]')).toHaveText(/▲\s*1\s+warning/);
  await page.reload();
  await expect(page.getByText('warning from 1, critical from 2')).toBeVisible();
  await quiet.node.order(`demo hangup ${caller}`);
});

test('a queue that is not there says so', async ({ visit }) => {
  const page = await visit('supervisor', '/queues/fs-1/no-such-queue@default');
  await expect(page.getByText('The switch has no such queue')).toBeVisible();
  await page.getByRole('link', { name: 'To the wallboard' }).click();
  await expect(page).toHaveURL('/');
});
