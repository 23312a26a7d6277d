// Who gets in, where they land, and how they leave.

import type { Page } from '@playwright/test';

import type { User } from '../fixtures/stack';
import { answered, expect, test } from '../fixtures/test';

async function signIn(page: Page, { name, password }: Pick<User, 'name' | 'password'>) {
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

for (const [role, home] of [
  ['admin', '/'],
  ['supervisor', '/'],
  ['agent', '/desk'],
] as const) {
  test(`${role} signs in and lands on ${home}`, async ({ quiet, visit }) => {
    const page = await visit(null, '/login');
    await expect(page).toHaveTitle(/SwitchDesk/);
    await signIn(page, quiet.user(role));
    await expect(page).toHaveURL(home);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Sign out' })).toBeAttached();
  });
}

test('wrong password is said in words, and the name is kept', async ({ visit }) => {
  const page = await visit(null, '/login');
  await signIn(page, { name: 'supervisor', password: 'not the password' });
  await expect(page.getByRole('alert')).toContainText('Name or password is wrong.');
  await expect(page.getByLabel('User name')).toHaveValue('supervisor');
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
});

test('unknown name is answered like a wrong password', async ({ visit }) => {
  const page = await visit(null, '/login');
  await signIn(page, { name: 'nobody-of-that-name', password: 'not the password' });
  await expect(page.getByRole('alert')).toContainText('Name or password is wrong.');
});

test('whoever signs out is out: the page, its history, and its stream', async ({ quiet, visit }) => {
  const user = await quiet.addUser({ name: 'leaver', role: 'supervisor' });
  const page = await visit(null, '/login');
  await signIn(page, user);
  await expect(page).toHaveURL('/');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/login/);
  await page.goto('/agents');
  await expect(page).toHaveURL(/\/login\?next=/);
  expect((await page.request.get('/live')).status()).toBe(401);
});

test('a page asked for without a session comes after the sign-in', async ({ quiet, visit }) => {
  const page = await visit(null, '/agents');
  await expect(page).toHaveURL(/\/login\?next=%2Fagents|\/login\?next=\/agents/);
  await signIn(page, quiet.user('supervisor'));
  await expect(page).toHaveURL('/agents');
});

test('the sign-in goes on with pages of this site alone', async ({ quiet, visit }) => {
  const page = await visit(null, '/login?next=//example.com/');
  await signIn(page, quiet.user('supervisor'));
  await expect(page).toHaveURL(`${quiet.url}/`);
});

test('an agent may not see the board, and a supervisor has no desk', async ({ forgive, visit }) => {
  forgive(answered(403));
  const agent = await visit('agent', '/');
  await expect(agent).toHaveURL('/desk');
  const asked = await agent.request.post('/api/board/read', { headers: { origin: new URL(agent.url()).origin } });
  expect(asked.status()).toBe(403);
  const supervisor = await visit('supervisor', '/desk');
  await expect(supervisor.getByRole('heading', { level: 1 })).toHaveText('This page is for agents');
});

test('a browser that is signed out elsewhere goes to the sign-in at once', async ({ quiet, visit }) => {
  const user = await quiet.addUser({ name: 'roamer', role: 'supervisor' });
  const lost = await visit(null, '/login');
  await signIn(lost, user);
  await expect(lost.locator('.fresh')).toHaveAttribute('data-state', 'live');

  const own = await visit(null, '/login?next=/account');
  await signIn(own, user);
  const others = own.getByRole('row').filter({ hasNot: own.getByText('this browser') });
  await others.getByRole('button', { name: /^Sign out there/ }).click();
  await expect(lost).toHaveURL(/\/login/);
  await expect(others.getByRole('button')).toHaveCount(0);
});

test.describe('without scripts', () => {
  test('login, a page, and the way out work', async ({ quiet, visit }) => {
    const page = await visit(null, '/desk', { javaScriptEnabled: false });
    await expect(page).toHaveURL(/\/login/);
    await signIn(page, quiet.user('agent'));
    await expect(page).toHaveURL('/desk');
    await expect(page.getByRole('button', { name: /^Available/ })).toBeVisible();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect(page).toHaveURL(/\/login/);
  });

  test('the language is one button away', async ({ visit }) => {
    const page = await visit(null, '/login', { javaScriptEnabled: false });
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await page.getByRole('button', { name: '中文' }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('登录');
    await page.getByRole('button', { name: 'English' }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  });
});
