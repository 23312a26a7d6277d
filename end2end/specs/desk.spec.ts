// The agent's own status: by click, by key, without scripts, from the phone, and refused.

import { AGENT } from '../fixtures/stack';
import type { Stack } from '../fixtures/stack';
import { answered, expect, isLive, test } from '../fixtures/test';
import type { Locator, Page } from '@playwright/test';

const toggle = (page: Page, name: 'Available' | 'On Break' | 'Logged Out') =>
  page.getByRole('button', { name: new RegExp(`^${name}`) });

/** The button of a reason, which may say beside its name what is left of the day's budget. */
const reason = (page: Page, name: string) =>
  page.getByRole('group').getByRole('button', { name: new RegExp(`^${name}`) });

const isPressed = (button: Locator) => expect(button).toHaveAttribute('aria-pressed', 'true');

/** What the page says of `Now`, `Set by`, and so on. */
const fact = (page: Page, name: string) =>
  page.getByRole('definition').and(page.locator(`dt:text-is("${name}") + dd`));

async function statusOnSwitch(stack: Stack, agent = AGENT): Promise<string> {
  return stack.node.api(`callcenter_config agent get status ${agent}`);
}

/** The line of an agent on the page of all agents. */
const line = (page: Page, agent: string) => page.getByRole('row').filter({ hasText: agent });

test.beforeEach(async ({ quiet }) => {
  await quiet.node.order(`callcenter_config agent set status ${AGENT} 'Logged Out'`);
});

test('a click sets the status, the switch has it, and the reason is stored with it', async ({ quiet, visit }) => {
  const desk = await visit('agent', '/desk');
  await isLive(desk);
  await isPressed(toggle(desk, 'Logged Out'));

  await toggle(desk, 'Available').click();
  await isPressed(toggle(desk, 'Available'));
  expect(await statusOnSwitch(quiet)).toBe('Available');
  await expect(fact(desk, 'Set by')).toHaveText('you, at the desk');

  await toggle(desk, 'On Break').click();
  await expect(desk.getByText('Choose a reason to go on break')).toBeVisible();
  expect(await statusOnSwitch(quiet)).toBe('Available');
  await reason(desk, 'Training').click();
  await isPressed(toggle(desk, 'On Break'));
  await isPressed(reason(desk, 'Training'));
  await expect(fact(desk, 'Now')).toHaveText('On break · Training');
  expect(await statusOnSwitch(quiet)).toBe('On Break');

  await toggle(desk, 'Logged Out').click();
  await isPressed(toggle(desk, 'Logged Out'));
  expect(await statusOnSwitch(quiet)).toBe('Logged Out');
});

test('the keys 1, 2 and 3 do what the toggles do', async ({ quiet, visit }) => {
  const desk = await visit('agent', '/desk');
  await isLive(desk);
  await desk.keyboard.press('1');
  await isPressed(toggle(desk, 'Available'));

  await desk.keyboard.press('2');
  await expect(reason(desk, 'Rest')).toBeFocused();
  await desk.keyboard.press('Tab');
  await expect(reason(desk, 'Meal')).toBeFocused();
  await desk.keyboard.press('Enter');
  await isPressed(reason(desk, 'Meal'));
  expect(await statusOnSwitch(quiet)).toBe('On Break');

  await desk.keyboard.press('3');
  await isPressed(toggle(desk, 'Logged Out'));
  expect(await statusOnSwitch(quiet)).toBe('Logged Out');
});

test('without scripts every status is a plain form', async ({ quiet, visit }) => {
  const desk = await visit('agent', '/desk', { javaScriptEnabled: false });
  await toggle(desk, 'Available').click();
  await isPressed(toggle(desk, 'Available'));
  expect(await statusOnSwitch(quiet)).toBe('Available');

  await toggle(desk, 'On Break').click();
  await expect(desk.getByRole('alert')).toContainText('Choose a reason to go on break');
  expect(await statusOnSwitch(quiet)).toBe('Available');
  await reason(desk, 'Back office').click();
  await isPressed(toggle(desk, 'On Break'));
  await isPressed(reason(desk, 'Back office'));
  expect(await statusOnSwitch(quiet)).toBe('On Break');

  await toggle(desk, 'Logged Out').click();
  await isPressed(toggle(desk, 'Logged Out'));
  expect(await statusOnSwitch(quiet)).toBe('Logged Out');
});

test('supervisors see a break with its reason at once', async ({ visit }) => {
  const board = await visit('supervisor', '/');
  const agents = await visit('supervisor', '/agents');
  const desk = await visit('agent', '/desk');
  await isLive(board);
  await isLive(agents);
  await isLive(desk);
  await reason(desk, 'Meeting').click();
  const own = line(agents, '1007');
  await expect(own).toContainText('On break', { timeout: 2_000 });
  await expect(own).toContainText('Meeting', { timeout: 1_000 });
  await expect(own).toContainText('set at the desk');
  const item = board.getByRole('listitem').filter({ hasText: '1007' });
  await expect(item).toContainText('On break', { timeout: 1_000 });
  await expect(item).toContainText('Meeting', { timeout: 1_000 });
  await toggle(desk, 'Available').click();
  await expect(own).toContainText('Available', { timeout: 2_000 });
  await expect(own).not.toContainText('Meeting');
});

test('a status set at the phone shows as such', async ({ quiet, visit }) => {
  const agents = await visit('supervisor', '/agents');
  const desk = await visit('agent', '/desk');
  await isLive(agents);
  await isLive(desk);
  await reason(desk, 'Rest').click();
  await expect(fact(desk, 'Set by')).toHaveText('you, at the desk');
  await quiet.node.order(`callcenter_config agent set status ${AGENT} Available`);
  await isPressed(toggle(desk, 'Available'));
  await expect(fact(desk, 'Set by')).toHaveText('the phone or the switch');
  await quiet.node.order(`callcenter_config agent set status ${AGENT} 'On Break'`);
  await isPressed(toggle(desk, 'On Break'));
  // Nobody gave the switch a reason, and that of the break before is not the reason of this one.
  await expect(fact(desk, 'Now')).toHaveText('On break');
  await expect(line(agents, '1007')).toContainText('On break');
  await expect(line(agents, '1007')).toContainText('set at the phone or the switch');
});

test('the caller of the moment is on the desk, whatever the caller is called', async ({ quiet, visit }) => {
  const name = `<script>alert(1)</script>|'"%0A`;
  const desk = await visit('agent', '/desk');
  await isLive(desk);
  await toggle(desk, 'Available').click();
  await isPressed(toggle(desk, 'Available'));
  const [tier] = (await quiet.node.tiers()).filter((tier) => tier.agent === AGENT);
  const caller = await quiet.node.call(tier?.queue ?? '', '13800000001', name);
  const card = desk.getByRole('region', { name: 'Caller' });
  await expect(card).toContainText(name);
  await expect(card).toContainText('13800000001');
  await expect(card).toContainText('Ringing for');
  await quiet.node.order(`demo answer ${AGENT}`);
  await expect(card).toContainText('Talk time');
  await quiet.node.order(`demo hangup ${caller}`);
  await expect(card).toContainText('until the next call can come');
});

test.describe('on a switch that has other ideas', () => {
  test.beforeEach(({ forgive }) => forgive(answered(404, 409)));

  test('a refusal of the switch is said in its words, and nothing is pressed', async ({ quiet, visit }) => {
    const name = '2001@default';
    await quiet.addUser({ name: 'doomed', role: 'agent', agent: name });
    const [queue] = await quiet.node.queues();
    await quiet.node.order(`callcenter_config agent add ${name} callback`);
    await quiet.node.order(`callcenter_config tier add ${queue?.name} ${name} 1 1`);
    const desk = await visit('doomed', '/desk');
    await isLive(desk);
    // The list of tiers comes right after that of agents: when the new level is there, the agents' next turn is seconds
    // away, and the deletion is not noticed before the button is pressed.
    await quiet.node.order(`callcenter_config tier set level ${queue?.name} ${name} 7`);
    await expect(desk.getByRole('region', { name: 'My queues' }).getByRole('cell', { name: '7' })).toBeVisible();
    await quiet.node.order(`callcenter_config agent del ${name}`);
    await toggle(desk, 'Available').click();
    const alert = desk.getByRole('alert').filter({ hasText: 'Your status was not changed.' });
    await expect(alert).toContainText(/Agent not found|no longer knows your agent/);
    await expect(toggle(desk, 'Available')).toHaveAttribute('aria-pressed', 'false');
    // No event tells of a deletion; the next list does.
    await expect(desk.getByRole('heading', { level: 1 })).toHaveText('The switch does not know your agent');
    await quiet.node.order(`callcenter_config agent add ${name} callback`);
    await expect(toggle(desk, 'Logged Out')).toHaveAttribute('aria-pressed', 'true');
    await quiet.node.order(`callcenter_config agent del ${name}`);
  });

  test('a name with quotes, bars and blanks is one agent and never a second command', async ({ quiet, visit }) => {
    const name = `o'brien|x y"z@default`;
    await quiet.addUser({ name: 'obrien', role: 'agent', agent: name });
    await quiet.node.order(`callcenter_config agent add 'o\\'brien|x y"z@default' callback`);
    expect((await quiet.node.agents()).map((agent) => agent.name)).toContain(name);
    const before = (await quiet.node.agents()).filter((agent) => agent.name !== name);
    const desk = await visit('obrien', '/desk');
    await isLive(desk);
    await expect(desk.getByRole('heading', { level: 1 })).toContainText(`o'brien|x y"z`);
    await toggle(desk, 'Available').click();
    await isPressed(toggle(desk, 'Available'));
    const agents = await quiet.node.agents();
    expect(agents.find((agent) => agent.name === name)?.status).toBe('Available');
    expect(agents.filter((agent) => agent.name !== name)).toEqual(before);
    await quiet.node.order(`callcenter_config agent del 'o\\'brien|x y"z@default'`);
  });
});
