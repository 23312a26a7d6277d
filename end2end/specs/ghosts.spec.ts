// Rows that the switch has left behind: marked in words, and repaired after a question that names what it brings about.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import type { Stack } from '../fixtures/stack';
import { columnOf, rowsOf } from '../fixtures/table';
import { expect, isLive, test } from '../fixtures/test';

const QUEUE = 'returns@default';

/** A mark needs three lists of channels, one in ten seconds each. */
const MARKED = { timeout: 60_000 };

const line = (page: Page, agent: string) => page.getByRole('row').filter({ hasText: agent.replace('@default', '') });

const state = (stack: Stack, agent: string) => stack.node.api(`callcenter_config agent get state ${agent}`);

async function agentsOf(stack: Stack, queue: string): Promise<[string, string]> {
  const names = (await stack.node.tiers()).filter((tier) => tier.queue === queue).map((tier) => tier.agent);
  const [first, second] = names;
  if (!first || !second) throw new Error(`${queue} has too few agents`);
  return [first, second];
}

async function isAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test.describe.configure({ timeout: 180_000 });

test('a stuck agent is marked everywhere and set free by keyboard', async ({ quiet, visit }) => {
  const [stuck, other] = await agentsOf(quiet, QUEUE);
  const board = await visit('supervisor', '/');
  const agents = await visit('supervisor', '/agents');
  const queue = await visit('admin', `/queues/fs-1/${QUEUE}`);
  for (const page of [board, agents, queue]) await isLive(page);
  await quiet.node.order(`demo ghost agent ${stuck} in-call`);

  await expect(line(agents, stuck)).toContainText('Stuck: in a call that is gone', MARKED);
  await expect(line(queue, stuck)).toContainText('Stuck: in a call that is gone');
  await expect(line(agents, other)).not.toContainText('Stuck');
  await expect(board.getByRole('listitem').filter({ hasText: stuck.replace('@default', '') })).toContainText(
    'Stuck: in a call that is gone',
  );
  await isAccessible(agents);
  await board.getByRole('link', { name: '1 left behind by the switch' }).click();
  await expect(board).toHaveURL('/agents');

  const button = line(agents, stuck).getByRole('button', { name: /^Set free: / });
  await button.focus();
  await agents.keyboard.press('Enter');
  const dialog = agents.getByRole('dialog');
  await expect(dialog).toContainText('Nobody is hung up.');
  await isAccessible(agents);
  await agents.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(button).toBeFocused();
  expect(await state(quiet, stuck)).toBe('In a queue call');

  await agents.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Set free' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(() => state(quiet, stuck)).toBe('Waiting');
  await expect(line(agents, stuck)).not.toContainText('Stuck');
  await expect(line(queue, stuck)).not.toContainText('Stuck');
});

test('callers left behind are marked with what removes them', async ({ quiet, visit }) => {
  const [agent] = await agentsOf(quiet, QUEUE);
  const page = await visit('supervisor', `/queues/fs-1/${QUEUE}`);
  const agents = await visit('supervisor', '/agents');
  await isLive(page);
  await isLive(agents);
  const talking = page.getByRole('table', { name: 'Callers who talk to an agent' });
  await quiet.node.order(`demo ghost member ${QUEUE} alone ${agent}`);
  await expect.poll(() => columnOf(talking, 'Caller'), MARKED).toEqual([
    expect.stringContaining('Left alone: answered, but the agent is gone'),
  ]);

  await talking.getByRole('button', { name: /^Hang up the caller: / }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('loses the call and has to dial again');
  await dialog.getByRole('button', { name: 'Hang up the caller' }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(() => rowsOf(talking)).toEqual([]);

  await quiet.node.order(`demo ghost member ${QUEUE} answered ${agent}`);
  await expect.poll(() => columnOf(talking, 'Caller'), MARKED).toEqual([
    expect.stringMatching(/Left behind: talks, but the call is gone.*No command removes it\./),
  ]);
  await expect(talking.getByRole('button')).toHaveCount(0);
  const left = agents.getByRole('region', { name: 'Callers left behind' });
  await expect(left).toContainText('Left behind: talks, but the call is gone');
  await isAccessible(agents);
  await left.getByRole('link', { name: 'returns' }).click();
  await expect(agents).toHaveURL(`/queues/fs-1/${QUEUE}`);
  // What the dialog's words are about, and what leaves the switch clean for the specs that follow.
  await quiet.node.order('demo reload-callcenter');
  await expect.poll(() => rowsOf(talking), MARKED).toEqual([]);
});

test('a mark that has healed is refused in words', async ({ quiet, visit, forgive }) => {
  forgive(/the server responded with a status of 409 /);
  const [agent] = await agentsOf(quiet, QUEUE);
  const page = await visit('supervisor', '/agents');
  await isLive(page);
  await quiet.node.order(`demo ghost agent ${agent} in-call`);
  await line(page, agent).getByRole('button', { name: /^Set free: / }).click(MARKED);
  const dialog = page.getByRole('dialog');
  // The question is open when the agent comes back by other means.
  await quiet.node.order(`callcenter_config agent set state ${agent} Waiting`);
  await expect(line(page, agent)).not.toContainText('Stuck');
  await dialog.getByRole('button', { name: 'Set free' }).click();
  await expect(dialog.getByRole('alert')).toContainText('There is nothing to repair any more');
});
