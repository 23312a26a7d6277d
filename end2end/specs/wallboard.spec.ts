// The board says what the switch says, ticks, warns, explains itself, and is as its user left it.

import type { Page } from '@playwright/test';

import type { AgentRecord, EventSocket } from '../fixtures/event_socket';
import { columnOf, rowsOf } from '../fixtures/table';
import { expect, isLive, test } from '../fixtures/test';

const board = (page: Page) => page.getByRole('table', { name: /^Queues/ });
const line = (page: Page, queue: string) =>
  board(page).getByRole('row').filter({ has: page.getByRole('rowheader', { name: queue }) });
const figure = (page: Page, label: string) => page.locator('.figure').filter({ hasText: label });
const short = (name: string) => name.replace(/@default$/, '');

/** Seconds of a duration such as `1:07`. */
const seconds = (clock: string) => clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

/** What a supervisor calls the agent's status and state together. */
function presenceOf(agent: AgentRecord, nowS: number): string {
  const isReady = agent.status.startsWith('Available');
  if (agent.state === 'In a queue call') return 'talking';
  if (isReady && ['Receiving', 'Reserved'].includes(agent.state)) return 'ringing';
  if (agent.status === 'Logged Out') return 'out';
  if (agent.status === 'On Break') return 'break';
  if (Number(agent.last_bridge_end) + Number(agent.wrap_up_time) > nowS) return 'wrapup';
  return agent.state === 'Idle' ? 'idle' : 'available';
}

/** Callers waiting and agents by what they do, of each queue, as the switch's own lists say it. */
async function saysTheSwitch(node: EventSocket) {
  const [queues, agents, tiers, members] = await Promise.all([
    node.queues(),
    node.agents(),
    node.tiers(),
    node.members(),
  ]);
  const nowS = Date.now() / 1000;
  const presence = new Map(agents.map((agent) => [agent.name, presenceOf(agent, nowS)]));
  return Object.fromEntries(
    queues.map(({ name }) => {
      const counts: Record<string, number> = {};
      for (const tier of tiers.filter((tier) => tier.queue === name)) {
        const word = presence.get(tier.agent);
        if (word) counts[word] = (counts[word] ?? 0) + 1;
      }
      const waiting = members.filter(({ queue, state }) => queue === name && state !== 'Answered').length;
      return [short(name), { waiting, agents: counts }];
    }),
  );
}

/** The same as the page says it. */
async function saysTheBoard(page: Page) {
  const lines = await board(page)
    .locator('tbody tr')
    .evaluateAll((lines) =>
      lines.map((line) => ({
        queue: line.querySelector('th a')?.textContent ?? '',
        counts: [...line.querySelectorAll<HTMLElement>('[data-presence]')].map(
          (count) => [count.dataset.presence ?? '', Number(count.lastElementChild?.textContent)] as const,
        ),
      })),
    );
  const rows = await rowsOf(board(page));
  return Object.fromEntries(
    lines.map(({ queue, counts }, place) => [
      queue,
      { waiting: Number(rows[place]?.Waiting), agents: Object.fromEntries(counts.filter(([, count]) => count > 0)) },
    ]),
  );
}

test('the values are those of the switch’s own lists', async ({ living, visit }) => {
  const page = await visit('supervisor', '/', { stack: living });
  await isLive(page);
  await living.node.order('demo freeze');
  try {
    let said = await saysTheSwitch(living.node);
    expect(Object.keys(said)).toHaveLength(12);
    await expect(async () => {
      // Wrap-ups end by the clock, which nothing stops.
      said = await saysTheSwitch(living.node);
      expect(await saysTheBoard(page)).toEqual(said);
    }).toPass();
    const waiting = Object.values(said).reduce((sum, queue) => sum + queue.waiting, 0);
    await expect(figure(page, 'Calls waiting').getByRole('strong')).toHaveText(String(waiting));

    // An agent of two queues counts once in the figures.
    const agents = await living.node.agents();
    const talking = agents.filter((agent) => agent.state === 'In a queue call').length;
    await expect(figure(page, 'On a call').getByRole('strong')).toHaveText(String(talking));
  } finally {
    await living.node.order('demo thaw');
  }
  expect(await living.server.metric('switchdesk_node_corrections\\{node="fs-1"\\}'), 'corrections').toBe(0);
});

test('a caller appears at once, and the longest wait ticks', async ({ quiet, visit }) => {
  const page = await visit('supervisor', '/');
  await isLive(page);
  const own = line(page, 'returns');
  const before = Number((await rowsOf(board(page))).find((row) => row.Queue === 'returns')?.Waiting);
  const caller = await quiet.node.call('returns@default', '13800000004', '张三');
  await expect(own.locator('[data-metric=waiting]')).toHaveText(String(before + 1), { timeout: 1_000 });
  await expect(page.locator('.fresh')).toHaveText(/live, \d+ ms/);

  const wait = async () => seconds((await own.locator('[data-metric=longest-wait]').innerText()).trim());
  await expect.poll(wait).toBeGreaterThanOrEqual(1);
  const first = await wait();
  await expect.poll(wait).toBeGreaterThan(first);
  const [member] = (await quiet.node.members()).filter((member) => member.session_uuid === caller);
  const waited = Date.now() / 1000 - Number(member?.joined_epoch);
  expect(Math.abs((await wait()) - waited), 'seconds beside the switch').toBeLessThan(2.5);

  await quiet.node.order(`demo hangup ${caller}`);
  await expect(own.locator('[data-metric=waiting]')).toHaveText(String(before));
});

test('the numbers of today follow the calls', async ({ quiet, visit }) => {
  const agent = '3001@default';
  const page = await visit('supervisor', '/');
  await isLive(page);
  const own = line(page, 'night');
  await expect(own.locator('[data-metric=offered]')).toHaveText('–');

  await quiet.node.order(`callcenter_config agent add ${agent} callback`);
  await quiet.node.order(`callcenter_config agent set contact ${agent} user/3001`);
  await quiet.node.order(`callcenter_config tier add night@default ${agent} 1 1`);
  await quiet.node.order(`callcenter_config agent set status ${agent} Available`);
  await quiet.node.order(`demo answer ${agent}`);
  const answered = await quiet.node.call('night@default', '13800000005', 'Sample caller');
  await expect(own.locator('[data-metric=answered]')).toHaveText('1');
  const given_up = await quiet.node.call('night@default', '13800000006', 'Sample caller');
  await expect(own.locator('[data-metric=waiting]')).toHaveText('1');
  await quiet.node.order(`demo hangup ${given_up}`);
  await expect(own.locator('[data-metric=offered]')).toHaveText('2');
  await expect(own.locator('[data-metric=abandoned]')).toHaveText(/50\.0 %\s*1/);
  // Who hangs up at once is no failure of the service.
  await expect(own.locator('[data-metric=service-level]')).toContainText('100.0 %');
  await expect(own.locator('[data-metric=speed-of-answer]')).toHaveText(/^0:0\d$/);
  await quiet.node.order(`demo hangup ${answered}`);
  await expect(own.locator('[data-metric=handle-time]')).toHaveText(/^0:\d\d$/);
  await quiet.node.order(`callcenter_config agent del ${agent}`);
});

test('too many callers are a warning and then critical, by sign and word', async ({ quiet, visit }) => {
  const page = await visit('supervisor', '/');
  await isLive(page);
  const cell = line(page, 'cantonese').locator('[data-metric=waiting]');
  const callers: string[] = [];
  const arrive = async (count: number) => {
    while (callers.length < count) {
      callers.push(await quiet.node.call('cantonese@default', `1380000010${callers.length}`, 'Sample caller'));
    }
  };
  await arrive(3);
  await expect(cell).toHaveText('3');
  await arrive(4);
  await expect(cell).toHaveText(/▲\s*4\s+warning/);
  await arrive(7);
  await expect(cell).toHaveText(/■\s*7\s+critical/);
  const total = figure(page, 'Calls waiting');
  await expect(total).toHaveAttribute('data-level', 'critical');
  await expect(total).toContainText(/■\s*cantonese: 7, from 7 on/);
  for (const caller of callers) await quiet.node.order(`demo hangup ${caller}`);
  await expect(cell).toHaveText('0');
});

test('every number explains itself on demand, by keyboard', async ({ visit }) => {
  const page = await visit('supervisor', '/');
  await isLive(page);
  const what = page.getByRole('columnheader', { name: /SL/ }).getByRole('button', { name: /^What is/ });
  const definition = page.getByText('Share of callers answered within');
  await expect(definition).toBeHidden();
  await what.focus();
  await page.keyboard.press('Enter');
  await expect(definition).toBeVisible();
  await expect(page.getByText('answered in time ÷ (answered + abandoned − short abandoned')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(definition).toBeHidden();
  await expect(what).toBeFocused();
});

test('order and choice of queues are remembered, here and in another browser', async ({ quiet, visit }) => {
  await quiet.addUser({ name: 'tidy', role: 'supervisor' });
  const page = await visit('tidy', '/');
  await isLive(page);
  const stored = () => page.waitForResponse('**/api/board/preferences');
  const heading = page.getByRole('columnheader', { name: 'Queue', exact: true });

  await Promise.all([stored(), heading.getByRole('button', { name: 'Queue' }).click()]);
  await expect(heading).toHaveAttribute('aria-sort', 'ascending');
  await Promise.all([stored(), heading.getByRole('button', { name: 'Queue' }).click()]);
  await expect(heading).toHaveAttribute('aria-sort', 'descending');

  await page.getByRole('button', { name: 'Choose queues' }).click();
  const dialog = page.getByRole('dialog', { name: 'Choose queues' });
  await Promise.all([
    stored(),
    (async () => {
      await dialog.getByRole('checkbox', { name: /^billing/ }).uncheck();
      await dialog.getByRole('checkbox', { name: /^vip/ }).uncheck();
    })(),
  ]);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  const names = (await quiet.node.queues()).map((queue) => short(queue.name));
  const wanted = names.filter((name) => !['billing', 'vip'].includes(name)).sort().reverse();
  await expect.poll(() => columnOf(board(page), 'Queue')).toEqual(wanted);
  await expect(page.getByText('2 hidden')).toBeVisible();
  await page.reload();
  await expect.poll(() => columnOf(board(page), 'Queue')).toEqual(wanted);
  const other = await visit('tidy', '/');
  await expect.poll(() => columnOf(board(other), 'Queue')).toEqual(wanted);
  await expect(other.getByRole('columnheader', { name: 'Queue', exact: true })).toHaveAttribute(
    'aria-sort',
    'descending',
  );
});
