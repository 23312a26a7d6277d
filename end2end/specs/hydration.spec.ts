// The moments before the program has taken a page over: what is clicked then must not be lost, nor harm the page.

import type { Page } from '@playwright/test';

import { expect, openDialog, test } from '../fixtures/test';

/** Opens a page whose lazy part does not come until it is let through: the program has begun, and waits. */
async function openHeld(page: Page, open: () => Promise<unknown>): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\.wasm$/, async (route) => {
    if (!route.request().url().endsWith('/switchdesk.wasm')) await released;
    // The page that asked may be gone.
    await route.continue().catch(() => {});
  });
  await page.addInitScript(() => {
    const { addEventListener } = window;
    window.addEventListener = function (this: Window, ...args: Parameters<typeof addEventListener>) {
      if (args[0] === 'popstate') document.documentElement.setAttribute('data-router', 'hears');
      return addEventListener.apply(this ?? window, args);
    } as typeof addEventListener;
  });
  await open();
  await expect(page.locator('html')).toHaveAttribute('data-router', 'hears');
  return release;
}

test('a link that is clicked before the program has taken over leads where it says', async ({ quiet, visit }) => {
  const { displayName } = quiet.user('agent');
  const page = await visit('admin', '/people');
  const release = await openHeld(page, () => page.reload({ waitUntil: 'commit' }));
  await page.getByRole('main').getByRole('link', { name: displayName, exact: true }).click();
  release();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(displayName);
  await expect(page).toHaveURL(/\/people\/\d+$/);
});

test('going back before the program has taken over shows the page before', async ({ quiet, visit }) => {
  const { displayName } = quiet.user('agent');
  const page = await visit('admin', '/people');
  // The program has taken over: the next link is followed by the router.
  await openDialog(page, 'New user');
  await page.keyboard.press('Escape');
  await page.getByRole('main').getByRole('link', { name: displayName, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(displayName);
  const release = await openHeld(page, () => page.reload({ waitUntil: 'commit' }));
  await page.evaluate(() => history.back());
  release();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('People');
  await expect(page).toHaveURL('/people');
});

test('what is typed before the program has taken over stays', async ({ visit }) => {
  const page = await visit('admin', '/account');
  const release = await openHeld(page, () => page.reload({ waitUntil: 'commit' }));
  const field = page.getByRole('region', { name: 'Change the password' }).getByLabel('Present password');
  await field.fill('typed early');
  release();
  // The program has taken over.
  await openDialog(page, 'Set it up');
  await page.keyboard.press('Escape');
  await expect(field).toHaveValue('typed early');
});
