// Callbacks: from a caller who gives up to a customer who was called, or who called by himself.

import type { Page } from '@playwright/test';

import type { EventSocket } from '../fixtures/event_socket';
import { AGENT } from '../fixtures/stack';
import { rowsOf } from '../fixtures/table';
import { expect, isLive, openDialog, test } from '../fixtures/test';

const list = (page: Page) => page.getByRole('table', { name: 'Callbacks' });
const card = (desk: Page) => desk.getByRole('region', { name: 'Callbacks' });
const item = (desk: Page, phone: string) => card(desk).getByRole('listitem').filter({ hasText: phone });

interface Channel {
  uuid: string;
  dest: string;
  cid_num: string;
}

/** The channels of a callback: those that carry its key. */
async function legs(node: EventSocket, phone: string): Promise<Channel[]> {
  const { rows = [] } = JSON.parse(await node.api('show channels as json')) as { rows?: Channel[] };
  const found: Channel[] = [];
  for (const row of rows) {
    const key = await node.api(`uuid_getvar ${row.uuid} switchdesk_callback`);
    if (/^\d+$/.test(key.trim())) found.push(row);
  }
  return found.some((row) => row.dest === phone) ? found : [];
}

/** The queues of the agent. */
async function queueOf(node: EventSocket): Promise<string> {
  const tier = (await node.tiers()).find((tier) => tier.agent === AGENT);
  if (!tier) throw new Error(`${AGENT} has no queue`);
  return tier.queue;
}

/** Lets callbacks come from abandoned calls of a queue. */
async function setRule(page: Page, queue: string) {
  await page.goto('/callbacks/rules');
  const dialog = await openDialog(page, `Change: ${queue.replace('@default', '')}`);
  await dialog.getByLabel('Call back who gives up waiting').check();
  await dialog.getByLabel('After a wait of (s)').fill('0');
  await dialog.getByLabel('Caller ID').fill('4001234567');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
}

test('who gives up becomes a callback, is given to an agent, called by a click, and settled', async ({
  quiet,
  visit,
}) => {
  const phone = '13800005001';
  const queue = await queueOf(quiet.node);
  await quiet.node.order('demo register 1007 3600');
  await quiet.node.order('demo phone 1007 answer 300');
  await quiet.node.order(`demo phone ${phone} answer 300`);
  const board = await visit('supervisor', `/queues/fs-1/${queue}`);
  await isLive(board);
  // Nobody waits for five seconds here.
  const targets = await openDialog(board, 'Targets');
  await targets.getByLabel(/[Ss]hort abandon/).fill('0');
  await targets.getByRole('button', { name: 'Save' }).click();
  await expect(targets).toBeHidden();
  const page = await visit('supervisor', '/callbacks');
  await setRule(page, queue);

  const caller = await quiet.node.call(queue, phone, 'Sample caller');
  await expect(board.getByRole('cell', { name: phone, exact: true })).toBeVisible();
  await quiet.node.order(`demo hangup ${caller}`);
  await expect(async () => {
    await page.goto('/callbacks');
    await expect(list(page)).toContainText(phone, { timeout: 500 });
  }).toPass();
  expect(await rowsOf(list(page))).toMatchObject([{ Number: phone, State: 'Due', Attempts: '0', Agent: 'nobody' }]);

  await list(page).getByRole('link', { name: phone }).click();
  await page.getByLabel('Who calls').selectOption({ label: await nameOf(page) });
  await page.getByRole('button', { name: 'Give' }).click();
  await expect(page.getByRole('definition').filter({ hasText: '1007' })).toBeVisible();

  const desk = await visit('agent', '/desk');
  await isLive(desk);
  await item(desk, phone).getByRole('button', { name: `Call ${phone}` }).click();
  await expect(card(desk)).toContainText('the customer is being called');
  await expect.poll(async () => (await legs(quiet.node, phone)).length).toBe(2);
  const [customer] = (await legs(quiet.node, phone)).filter((leg) => leg.dest === phone);
  expect(customer?.cid_num).toBe('4001234567');

  await expect(item(desk, phone)).toContainText('Called, outcome awaited');
  await item(desk, phone).getByLabel('Note').fill('Wants an invoice');
  await item(desk, phone).getByRole('button', { name: 'Reached' }).click();
  await expect(item(desk, phone)).toHaveCount(0);
  await page.goto('/callbacks?state=reached');
  expect(await rowsOf(list(page))).toMatchObject([{ Number: phone, State: 'Reached', Attempts: '1' }]);
  // The other leg goes with it.
  await quiet.node.order(`demo hangup ${customer?.uuid}`);
});

/** The choice that is agent 1007. */
async function nameOf(page: Page): Promise<string> {
  const options = page.getByLabel('Who calls').getByRole('option');
  return (await options.filter({ hasText: '1007' }).first().textContent())?.trim() ?? '';
}

test('a customer who calls and is answered is not called any more', async ({ quiet, visit }) => {
  const phone = '13800005002';
  const queue = await queueOf(quiet.node);
  await quiet.database.run(`INSERT INTO callbacks (phone, queue, timestamp) VALUES ('${phone}', '${queue}', NOW())`);
  const desk = await visit('agent', '/desk');
  await isLive(desk);
  // Taken in by the server, and by the desk without being loaded again.
  await expect(item(desk, phone)).toBeVisible({ timeout: 20_000 });
  await item(desk, phone).getByRole('button', { name: `Take ${phone}` }).click();
  await expect(item(desk, phone).getByRole('button', { name: `Call ${phone}` })).toBeVisible();

  await quiet.node.order(`callcenter_config agent set status ${AGENT} Available`);
  const caller = await quiet.node.call(queue, phone, 'Sample caller');
  await expect(desk.getByRole('region', { name: 'Caller' })).toContainText(phone);
  await quiet.node.order(`demo answer ${AGENT}`);
  await expect(item(desk, phone)).toHaveCount(0, { timeout: 20_000 });
  const page = await visit('supervisor', '/callbacks?state=called-back');
  expect(await rowsOf(list(page))).toMatchObject([{ Number: phone, State: 'Called by himself' }]);
  await quiet.node.order(`demo hangup ${caller}`);
  await quiet.node.order(`callcenter_config agent set status ${AGENT} 'Logged Out'`);
});

test('callbacks are taken and settled without scripts', async ({ quiet, visit }) => {
  const phone = '13800005003';
  const queue = await queueOf(quiet.node);
  await quiet.database.run(`INSERT INTO callbacks (phone, queue, timestamp) VALUES ('${phone}', '${queue}', NOW())`);
  const desk = await visit('agent', '/desk', { javaScriptEnabled: false });
  await expect(async () => {
    await desk.reload();
    await expect(item(desk, phone)).toBeVisible({ timeout: 500 });
  }).toPass();
  await item(desk, phone).getByRole('button', { name: `Take ${phone}` }).click();
  await item(desk, phone).getByText('What came of it').first().click();
  await item(desk, phone).getByRole('button', { name: 'Wrong number' }).click();
  await expect(item(desk, phone)).toHaveCount(0);
  const page = await visit('supervisor', '/callbacks?state=wrong-number', { javaScriptEnabled: false });
  await expect(list(page)).toContainText(phone);
});
