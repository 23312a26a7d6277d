// People and teams: who gets in, how far, and how it ends.

import { createHmac } from 'node:crypto';

import type { Locator, Page } from '@playwright/test';

import type { Stack } from '../fixtures/stack';
import { answered, expect, isLive, openDialog, test, type Visit } from '../fixtures/test';

const NUMBER = '13800138000';

async function signIn(page: Page, name: string, password: string) {
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const rail = (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true });

const queues = (page: Page) => page.getByRole('table', { name: /^Queues/ }).getByRole('rowheader');

/** The page of a user, ready to be filled in. */
async function personPage(visit: Visit, name: string): Promise<Page> {
  const people = await visit('admin', '/people');
  await people.getByRole('main').getByRole('link', { name, exact: true }).click();
  await expect(people.getByRole('heading', { level: 1 })).toHaveText(name);
  return people;
}

const saved = (page: Page) => expect(page.getByRole('status').filter({ hasText: 'Saved.' })).toBeVisible();

/** Clicks until it opens: a page without a stream does not say when the program has taken over. */
async function openFrom(page: Page, button: Locator): Promise<Locator> {
  const dialog = page.getByRole('dialog');
  await expect(async () => {
    // A slow page may have opened it after all.
    if (!(await dialog.isVisible())) await button.click({ timeout: 1_000 });
    await expect(dialog).toBeVisible({ timeout: 500 });
  }).toPass();
  return dialog;
}

/** A team as an admin makes it on its page. */
async function makeTeam(visit: Visit, name: string, queue: string, supervisor: string) {
  const teams = await visit('admin', '/teams');
  await isEnabled(teams.getByRole('button', { name: 'New team' }));
  const dialog = await openFrom(teams, teams.getByRole('button', { name: 'New team' }));
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('checkbox', { name: queue }).check();
  await dialog.getByRole('checkbox', { name: supervisor }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(teams.getByRole('rowheader', { name })).toBeVisible();
}

const isEnabled = (button: Locator) => expect(button).toBeEnabled();

/** What an authenticator shows so many half minutes from now (RFC 6238). */
function code(secret: string, steps = 0): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replaceAll(' ', '')].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac('sha1', key).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('an admin makes a user, who chooses a password at the first sign-in', async ({ forgive, visit }) => {
  // The form is sent without what it needs, on purpose.
  forgive(answered(422));
  const people = await visit('admin', '/people');
  const dialog = await openDialog(people, 'New user');
  await dialog.getByLabel('User name').fill('Ada');
  await dialog.getByLabel('Role').selectOption('Supervisor');
  await dialog.getByLabel('First password').fill('short');
  await dialog.getByRole('button', { name: 'Make the user' }).click();
  await expect(dialog.getByText('At least 12 characters')).toBeVisible();
  await dialog.getByLabel('First password').fill('');
  await dialog.getByRole('button', { name: 'Make the user' }).click();
  const first = await dialog.getByLabel('The new password').inputValue();
  expect(first).toMatch(/^(\w{4}-){3}\w{4}$/);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(people.getByRole('link', { name: 'ada', exact: true })).toBeVisible();

  const ada = await visit(null, '/login');
  await signIn(ada, 'ada', first);
  await expect(ada).toHaveURL('/account');
  await expect(ada.getByRole('alert')).toContainText('Choose a new one');
  await expect(rail(ada, 'Wallboard')).toHaveCount(0);
  const form = ada.getByRole('region', { name: 'Change the password' });
  await form.getByLabel('Present password').fill(first);
  await form.getByLabel('New password', { exact: true }).fill('mops zwölf kanal');
  await form.getByLabel('New password again').fill('mops zwölf kanal');
  await form.getByRole('button', { name: 'Change the password' }).click();
  await expect(rail(ada, 'Wallboard')).toBeVisible();
  await rail(ada, 'Wallboard').click();
  await isLive(ada);
  await expect(rail(ada, 'People'), 'a supervisor does not manage people').toHaveCount(0);
});

test('a supervisor of a team sees its queues alone, and at once those of another', async ({ startStack, visit }) => {
  const stack = await startStack();
  await stack.addUser({ name: 'limited', role: 'supervisor', displayName: 'Limited (sample)' });
  const here: Visit = (user, path, options) => visit(user, path, { stack, ...options });
  const board = await here('limited', '/');
  await isLive(board);
  const all = await queues(board).count();
  expect(all).toBeGreaterThan(2);

  await makeTeam(here, 'Team A (sample)', 'sales', 'Limited (sample)');
  await expect(queues(board), 'without a load of the page').toHaveCount(1);
  await expect(queues(board)).toContainText('sales');
  const foreign = await here('limited', '/queues/fs-1/support@default');
  await expect(foreign.getByRole('link', { name: /wallboard/i }).last()).toBeVisible();
  await expect(foreign.getByRole('button', { name: 'Targets' })).toHaveCount(0);

  const teams = await here('admin', '/teams');
  const dialog = await openFrom(teams, teams.getByRole('button', { name: 'Delete: Team A (sample)' }));
  await expect(dialog).toContainText('sees everything');
  await dialog.getByRole('button', { name: 'Delete it' }).click();
  await expect(queues(board)).toHaveCount(all);
});

test('numbers are masked for a user who may not see them', async ({ startStack, visit }) => {
  const stack = await startStack();
  const user = await stack.addUser({ name: 'masked', role: 'supervisor', displayName: 'Masked (sample)' });
  const here: Visit = (name, path, options) => visit(name, path, { stack, ...options });
  await stack.node.order(`demo call support@default ${NUMBER} 'Caller (sample)'`);
  const queue = await here('masked', '/queues/fs-1/support@default');
  await expect(queue.getByText(NUMBER).first()).toBeVisible();

  const person = await personPage(here, user.displayName);
  await expect(async () => {
    await person.getByRole('checkbox', { name: /Numbers of callers/ }).uncheck();
    await person.getByRole('button', { name: 'Save' }).click({ timeout: 1_000 });
    await saved(person);
  }).toPass();
  await expect(queue.getByText('138****8000').first()).toBeVisible();
  await expect(queue.getByText(NUMBER)).toHaveCount(0);
});

test('a second factor is set up, asked for, and taken away by an admin', async ({ forgive, quiet, visit }) => {
  forgive(answered(422));
  // The page without scripts stays open: Chromium misses the program that it never runs.
  forgive(/was preloaded using link preload but not used/);
  const user = await quiet.addUser({ name: 'careful', role: 'supervisor', displayName: 'Careful (sample)' });
  const account = await visit(null, '/login?next=/account');
  await signIn(account, user.name, user.password);
  const dialog = await openDialog(account, 'Set it up');
  await dialog.getByLabel('Present password').fill(user.password);
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await expect(dialog.getByRole('img')).toBeVisible();
  const secret = await dialog.locator('code').innerText();
  await dialog.getByLabel('Then type the six digits').fill('000000');
  await dialog.getByRole('button', { name: 'Turn it on' }).click();
  await expect(dialog.getByText('Does not match')).toBeVisible();
  await dialog.getByLabel('Then type the six digits').fill(code(secret));
  await dialog.getByRole('button', { name: 'Turn it on' }).click();
  await expect(dialog.getByRole('listitem')).toHaveCount(10);
  const recovery = await dialog.getByRole('listitem').first().innerText();
  await dialog.getByRole('button', { name: 'I have kept them' }).click();
  await expect(account.getByText('Recovery codes left: 10.')).toBeVisible();

  // Without scripts too: nobody waits for a program to sign in.
  const again = await visit(null, '/login', { javaScriptEnabled: false });
  await signIn(again, user.name, user.password);
  await expect(again.getByRole('heading', { level: 1 })).toHaveText('Second factor');
  await again.getByLabel('Code').fill('000000');
  await again.getByRole('button', { name: 'Sign in' }).click();
  await expect(again.getByRole('alert')).toContainText('The code is wrong');
  // The next half minute: the first was used.
  await again.getByLabel('Code').fill(code(secret, 1));
  await again.getByRole('button', { name: 'Sign in' }).click();
  await expect(again).toHaveURL('/');

  const lost = await visit(null, '/login');
  await signIn(lost, user.name, user.password);
  await lost.getByLabel('Code').fill(recovery);
  await lost.getByRole('button', { name: 'Sign in' }).click();
  await expect(lost).toHaveURL('/');

  const person = await personPage(visit, user.displayName);
  const take = await openFrom(person, person.getByRole('button', { name: 'Take the second factor away' }));
  await take.getByRole('button', { name: 'Take it away' }).click();
  await expect(person.getByRole('status').filter({ hasText: 'The second factor is gone.' })).toBeVisible();
  const without = await visit(null, '/login');
  await signIn(without, user.name, user.password);
  await expect(without).toHaveURL('/');
});

test('deactivation ends an open board at once', async ({ forgive, quiet, visit }) => {
  forgive(answered(401));
  const user = await quiet.addUser({ name: 'leaving', role: 'supervisor', displayName: 'Leaving (sample)' });
  const board = await visit(user.name, '/');
  await isLive(board);
  const person = await personPage(visit, user.displayName);
  const dialog = await openFrom(person, person.getByRole('button', { name: 'Deactivate' }));
  await expect(dialog).toContainText('signed out everywhere at once');
  await dialog.getByRole('button', { name: 'Deactivate' }).click();
  await expect(board).toHaveURL(/\/login/);
  const login = await visit(null, '/login');
  await signIn(login, user.name, user.password);
  await expect(login.getByRole('alert')).toContainText('Name or password is wrong.');

  const back = await openFrom(person, person.getByRole('button', { name: 'Reactivate' }));
  await back.getByRole('button', { name: 'Reactivate' }).click();
  await expect(person.getByRole('button', { name: 'Deactivate' })).toBeVisible();
});

test('the last administrator is not shut out, and it is said why', async ({ forgive, quiet, visit }) => {
  forgive(answered(422));
  const person = await personPage(visit, quiet.user('admin').displayName);
  const dialog = await openFrom(person, person.getByRole('button', { name: 'Deactivate' }));
  await dialog.getByRole('button', { name: 'Deactivate' }).click();
  await expect(dialog.getByRole('alert')).toContainText('The last administrator stays one');
});

test('people are found by a part of the name, and by role', async ({ quiet, visit }) => {
  await quiet.addUser({ name: 'zhang', role: 'supervisor', displayName: '张三 (示例)' });
  const people = await visit('admin', '/people');
  const lines = people.getByRole('rowheader');
  await expect(async () => {
    await people.getByRole('searchbox').fill('张');
    await expect(lines).toHaveCount(1, { timeout: 500 });
  }).toPass();
  await people.getByLabel('Role', { exact: true }).selectOption('Agent');
  await expect(people.getByText('Nobody is called that')).toBeVisible();
});
