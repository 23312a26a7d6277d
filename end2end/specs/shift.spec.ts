// The shift of an agent: log in, a call with its notes, wrap-up, a break, a transfer, a message, log out.

import { AGENT } from '../fixtures/stack';
import type { Stack } from '../fixtures/stack';
import { answered, expect, isLive, test } from '../fixtures/test';
import type { Page } from '@playwright/test';

const NUMBER = '13800000002';

const toggle = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name}`) });
const card = (page: Page) => page.getByRole('region', { name: 'Caller', exact: true });
const about = (page: Page) => page.getByRole('region', { name: /^Notes on (this|your last) call$/ });

/** A caller in a queue of the agent, who is the only one to take calls. */
async function caller(stack: Stack, name: string): Promise<string> {
  const [tier] = (await stack.node.tiers()).filter((tier) => tier.agent === AGENT);
  return stack.node.call(tier?.queue ?? '', NUMBER, name);
}

async function answer(stack: Stack, desk: Page): Promise<void> {
  await expect(card(desk)).toContainText('Ringing for');
  await stack.node.order(`demo answer ${AGENT}`);
  await expect(card(desk)).toContainText('Talk time');
}

const logOut = async ({ quiet }: { quiet: Stack }) => {
  await quiet.node.order(`callcenter_config agent set status ${AGENT} 'Logged Out'`);
};
test.beforeEach(logOut);
test.afterEach(logOut);

test('a shift from the first call to the way out', async ({ forgive, quiet, visit }) => {
  test.slow();
  // On the way out the desk may still ask for its day, with a session that has just ended.
  forgive(answered(401));
  const user = await quiet.addUser({ name: 'shift-worker', role: 'agent', agent: AGENT });
  const desk = await visit(user.name, '/desk');
  await isLive(desk);
  await toggle(desk, 'Available').click();
  await expect(card(desk)).toContainText('Waiting for a call');

  // A call, with the words of a caller as text.
  await caller(quiet, '张三');
  await expect(desk).toHaveTitle(/张三 is calling/);
  await answer(quiet, desk);
  await expect(about(desk)).toContainText('No earlier call from this number');

  // On hold, and back.
  await desk.getByRole('button', { name: 'Hold', exact: true }).click();
  await expect(card(desk)).toContainText('On a call, caller on hold');
  await desk.getByRole('button', { name: 'Take back' }).click();
  await expect(card(desk)).not.toContainText('caller on hold');

  // What it came to, and a note that stays with the number.
  await about(desk).getByLabel('Outcome').selectOption({ label: 'Resolved' });
  await expect(about(desk).getByText('Saved').first()).toBeVisible();
  await about(desk).getByLabel('Note that stays with this number').fill('Prefers <b>mornings</b>');
  await about(desk).getByRole('button', { name: 'Save with the number' }).click();
  await expect(about(desk)).toContainText('written by');

  // Hang up, and wrap up no longer than wanted.
  await desk.getByRole('button', { name: 'Hang up' }).click();
  await expect(card(desk)).toContainText('until the next call can come');
  await about(desk).getByLabel('Note on this call').fill('Called about the bill');
  await about(desk).getByRole('button', { name: 'Save the note' }).click();
  await desk.getByRole('button', { name: 'Ready now' }).click();
  await expect(card(desk)).toContainText('Waiting for a call');

  // The same caller again: what is known is there while it rings. This time the caller goes on to a colleague.
  await quiet.node.order("callcenter_config agent set status 1008@default 'On Break'");
  await caller(quiet, '张三');
  await expect(about(desk)).toContainText('Resolved');
  await expect(about(desk)).toContainText('Called about the bill');
  await expect(about(desk).getByLabel('Note that stays with this number')).toHaveValue('Prefers <b>mornings</b>');
  await answer(quiet, desk);
  await desk.getByRole('button', { name: 'Transfer', exact: true }).click();
  const dialog = desk.getByRole('dialog', { name: 'Transfer the caller' });
  await dialog.getByLabel('Number or extension').fill('{x}1|2');
  await dialog.getByRole('button', { name: 'Transfer', exact: true }).click();
  await expect(dialog).toContainText('Only letters, digits and');
  await dialog.getByLabel('Number or extension').fill('1008');
  await dialog.getByRole('button', { name: /1008/ }).click();
  await expect(desk.getByText('The caller was sent on.')).toBeVisible();
  await expect(card(desk)).not.toContainText('Talk time');

  // A break, and what the day was.
  await desk.getByRole('group').getByRole('button', { name: /^Training/ }).click();
  await expect(card(desk)).toContainText('On break');
  const day = desk.getByRole('region', { name: 'My day' });
  await expect(day).toContainText('Training');
  await expect(day).toContainText('On a call');

  // The way out asks for the queues as well.
  await desk.locator('summary', { hasText: 'Sign out' }).click();
  await desk.getByRole('dialog', { name: 'Sign out' }).getByRole('button', { name: 'Log out and sign out' }).click();
  await expect(desk).toHaveURL(/\/login/);
  expect(await quiet.node.api(`callcenter_config agent get status ${AGENT}`)).toBe('Logged Out');
});

test('without scripts the way out is a plain choice', async ({ quiet, visit }) => {
  await quiet.node.order(`callcenter_config agent set status ${AGENT} Available`);
  const supervisor = await visit('supervisor', '/agents');
  await expect(supervisor.getByRole('row').filter({ hasText: '1007' })).toContainText('Available');
  const user = await quiet.addUser({ name: 'shift-leaver', role: 'agent', agent: AGENT });
  const desk = await visit(user.name, '/desk', { javaScriptEnabled: false });
  await desk.locator('summary', { hasText: 'Sign out' }).click();
  await desk.getByRole('button', { name: 'Log out and sign out' }).click();
  await expect(desk).toHaveURL(/\/login/);
  expect(await quiet.node.api(`callcenter_config agent get status ${AGENT}`)).toBe('Logged Out');
});

test('a message is on the desk at once and stays until it is read', async ({ visit }) => {
  const agents = await visit('supervisor', '/agents');
  const desk = await visit('agent', '/desk');
  await isLive(agents);
  await isLive(desk);
  await agents.getByRole('button', { name: /^Message to .*1007/ }).click();
  const dialog = agents.getByRole('dialog');
  await dialog.getByLabel('Message', { exact: true }).fill('<b>Lunch</b> moves to 12:30');
  await dialog.getByRole('button', { name: 'Send' }).click();
  const note = desk.getByRole('article').filter({ hasText: '<b>Lunch</b> moves to 12:30' });
  await expect(note).toBeVisible();
  await expect(dialog).toContainText('not read yet');
  await desk.reload();
  await expect(note).toBeVisible();
  await isLive(desk);
  await note.getByRole('button', { name: 'Read' }).click();
  await expect(note).toBeHidden();
  await expect(dialog).not.toContainText('not read yet');
});

test('a reason that an admin makes is offered at once, and its name is on every board', async ({ visit }) => {
  const code = `walk-${Date.now()}`;
  const admin = await visit('admin', '/center/breaks');
  await expect(async () => {
    await admin.getByRole('button', { name: 'New reason' }).click({ timeout: 1_000 });
    await expect(admin.getByRole('dialog')).toBeVisible({ timeout: 500 });
  }).toPass();
  const dialog = admin.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('■')).toHaveCount(0);
  await expect(dialog.getByLabel('Code')).toHaveAttribute('aria-invalid', 'true');
  await dialog.getByLabel('Code').fill(code);
  await dialog.getByLabel('English name').fill(code.toUpperCase());
  await dialog.getByLabel('Chinese name').fill('散步');
  await dialog.getByLabel('Minutes a day').fill('15');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await expect(admin.getByRole('row').filter({ hasText: code })).toContainText('15 min');

  const board = await visit('supervisor', '/agents');
  await isLive(board);
  const desk = await visit('agent', '/desk');
  await isLive(desk);
  await desk.getByRole('group').getByRole('button', { name: new RegExp(`^${code.toUpperCase()}`) }).click();
  await expect(board.getByRole('row').filter({ hasText: '1007' })).toContainText(code.toUpperCase());
});
