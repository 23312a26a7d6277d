// Live calls and the supervisor's actions: what the switch shows of its channels is what counts.

import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';

import type { Stack } from '../fixtures/stack';
import { answered, expect, isLive, test } from '../fixtures/test';

const QUEUE = 'support@default';

interface Channel {
  uuid: string;
  cid_num: string;
  application: string;
  application_data: string;
  callstate: string;
}

async function channels(stack: Stack): Promise<Channel[]> {
  return JSON.parse(await stack.node.api('show channels as json')).rows ?? [];
}

/** Agents of the queue: one who takes calls, and one whose telephone is the supervisor's. */
async function floor(stack: Stack): Promise<{ agent: string; extension: string }> {
  const names = (await stack.node.tiers()).filter((tier) => tier.queue === QUEUE).map((tier) => tier.agent);
  const [agent, own] = [names.at(0), names.at(-1)];
  if (!agent || !own || agent === own) throw new Error(`${QUEUE} has too few agents`);
  for (const phone of [agent, own.replace('@default', '')]) await stack.node.order(`demo phone ${phone} answer 100`);
  await stack.node.order(`demo register ${own.replace('@default', '')} 3600`);
  return { agent, extension: own.replace('@default', '') };
}

async function setExtension(page: Page, extension: string) {
  await page.goto('/account');
  const field = page.getByLabel('Extension on fs-1');
  await field.fill(extension);
  await page.locator('form', { has: field }).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved')).toBeVisible();
}

const action = (page: Page, name: string): Locator =>
  page.getByRole('dialog').getByRole('button', { name, exact: true });

const outcome = (page: Page): Locator => page.getByRole('dialog').locator('.outcome');

const line = (page: Page, caller: string): Locator => page.getByRole('row').filter({ hasText: caller });

test.afterEach(async ({ quiet }) => {
  await quiet.node.api('hupall NORMAL_CLEARING');
  for (const { name } of await quiet.node.agents()) {
    await quiet.node.order(`callcenter_config agent set status ${name} 'Logged Out'`);
  }
  await expect.poll(async () => (await channels(quiet)).length).toBe(0);
});

test('the calls are those of the switch, and a supervisor listens, whispers, barges and stops', async ({
  quiet,
  visit,
}) => {
  const { agent, extension } = await floor(quiet);
  const page = await visit('supervisor', '/account');
  await setExtension(page, extension);
  await page.goto('/calls');
  await isLive(page);
  await expect(page.getByText('Nobody is on the phone')).toBeVisible();

  await quiet.node.order(`callcenter_config agent set status ${agent} Available`);
  await quiet.node.call(QUEUE, '13800138000', '张三');
  await quiet.node.call(QUEUE, '13800138001', '李四');
  await expect(line(page, '13800138000')).toContainText('Talking');
  await expect(line(page, '13800138001')).toContainText('Waiting');
  const legs = await channels(quiet);
  expect(legs.length).toBe(3);
  await expect(page.getByRole('heading', { name: '2 of 2 calls' })).toBeVisible();

  await page.getByRole('searchbox').fill('李四');
  await expect(line(page, '13800138000')).toHaveCount(0);
  await expect(line(page, '13800138001')).toBeVisible();
  await page.getByRole('searchbox').fill('');

  await line(page, '13800138000').getByRole('button', { name: /^Act: / }).click();
  await action(page, 'Listen').click();
  await expect(outcome(page)).toHaveText(/Listen: done/);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  const spy = async () => (await channels(quiet)).find((channel) => channel.application === 'eavesdrop');
  const talking = legs.map((leg) => leg.uuid);
  expect(talking).toContain((await spy())?.application_data);

  await action(page, 'Whisper').click();
  await expect(outcome(page)).toHaveText(/Whisper: done/);
  await expect(page.getByRole('dialog').getByText('whispers to the agent')).toBeVisible();
  await action(page, 'Barge in').click();
  await expect(outcome(page)).toHaveText(/Barge in: done/);
  await expect(page.getByRole('dialog').getByText('is heard by both')).toBeVisible();
  await action(page, 'Stop listening').click();
  await expect(outcome(page)).toHaveText(/Stop listening: done/);
  await expect.poll(spy).toBeUndefined();
  await page.keyboard.press('Escape');

  await line(page, '13800138000').getByRole('link').click();
  const timeline = page.getByRole('region', { name: 'What happened' });
  await expect(timeline).toContainText('Joined the queue');
  await expect(timeline).toContainText('listens no more');
  await page.getByRole('button', { name: /^Act: / }).click();
  await action(page, 'Hang up').click();
  await action(page, 'Yes: Hang up').click();
  await expect(timeline).toContainText('The call ended');
  await expect.poll(async () => (await channels(quiet)).length).toBeLessThan(3);
});

test('a state is forced with a reason, and an agent is logged out when the call ends', async ({ quiet, visit }) => {
  const { agent } = await floor(quiet);
  const page = await visit('supervisor', '/agents');
  await isLive(page);
  const row = line(page, agent.replace('@default', ''));
  await row.getByRole('button', { name: /^Act: / }).click();
  await page.getByRole('dialog').getByLabel('Reason of the break').selectOption({ label: 'Training' });
  await action(page, 'Send on break').click();
  await expect(outcome(page)).toHaveText(/done/);
  expect(await quiet.node.api(`callcenter_config agent get status ${agent}`)).toBe('On Break');
  await expect(row).toContainText('Training');
  await expect(row).toContainText('Sample supervisor');

  await action(page, 'Set available').click();
  await expect.poll(() => quiet.node.api(`callcenter_config agent get status ${agent}`)).toBe('Available');
  const session = await quiet.node.call(QUEUE, '13800138000', '张三');
  await action(page, 'Log out after this call').click();
  await expect(row).toContainText('wants them logged out after this call');
  expect(await quiet.node.api(`callcenter_config agent get status ${agent}`)).toBe('Available');
  await quiet.node.order(`uuid_kill ${session}`);
  await expect.poll(() => quiet.node.api(`callcenter_config agent get status ${agent}`)).toBe('Logged Out');
});

test('a waiting caller is made first, and hung up only when it is confirmed', async ({ quiet, visit, forgive }) => {
  forgive(answered(409));
  const page = await visit('supervisor', `/queues/fs-1/${QUEUE}`);
  await isLive(page);
  await quiet.node.call(QUEUE, '13800138001', '李四');
  await quiet.node.call(QUEUE, '13800138002', '王五');
  const waiting = page.getByRole('table', { name: /^Waiting callers/ });
  const order = async () => (await quiet.node.members()).filter((member) => member.queue === QUEUE).map((m) => m.cid_number);
  await expect(line(page, '13800138002')).toBeVisible();

  await line(page, '13800138001').getByRole('button', { name: /^Act: / }).click();
  await action(page, 'Make first').click();
  await expect(outcome(page)).toContainText('The caller is the first already');
  await page.keyboard.press('Escape');

  await line(page, '13800138002').getByRole('button', { name: /^Act: / }).click();
  await expect(page.getByRole('dialog')).toContainText('joins the queue anew, before all others');
  await action(page, 'Make first').click();
  // The list of the switch is in the order of its rows; who is served next is what the page shows.
  await expect(waiting.getByRole('row').nth(1)).toContainText('13800138002');
  await expect.poll(async () => (await order()).sort()).toEqual(['13800138001', '13800138002']);
  await page.keyboard.press('Escape');

  await line(page, '13800138001').getByRole('button', { name: /^Act: / }).click();
  await action(page, 'Hang up the caller').click();
  expect(await order()).toContain('13800138001');
  await action(page, 'Yes: Hang up the caller').click();
  await expect.poll(order).toEqual(['13800138002']);
});
