// Wall screens: made by a link, opened by nobody in particular, read from afar, revoked at once.

import type { Page } from '@playwright/test';

import { columnOf } from '../fixtures/table';
import { answered, expect, isLive, openDialog, test } from '../fixtures/test';

/** Makes a link by hand, as a supervisor does, and returns its address. */
async function makeWall(page: Page, title: string, queues: string[], language = 'English'): Promise<string> {
  const dialog = await openDialog(page, 'New wall screen');
  await dialog.getByLabel('Name').fill(title);
  if (queues.length > 0) {
    await dialog.getByLabel('Chosen queues').check();
    for (const queue of queues) await dialog.getByLabel(queue, { exact: true }).check();
  }
  await dialog.getByLabel('Language').selectOption(language);
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  await expect(dialog.getByRole('heading')).toHaveText('The screen is ready');
  const address = await dialog.getByLabel('Address').inputValue();
  await dialog.getByRole('button', { name: 'Done' }).click();
  return address;
}

async function revoke(page: Page, title: string) {
  await page.getByRole('button', { name: `Revoke: ${title}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke it' }).click();
  await expect(page.getByRole('rowheader', { name: title })).toHaveCount(0);
}

const figure = (page: Page, label: string) =>
  page.locator('.figure').filter({ hasText: label }).getByRole('strong');

// A wall that is not there, or no longer, answers so.
test.beforeEach(({ forgive }) => forgive(answered(404)));

test('a link opens the chosen queues for anybody, and goes dark when it is revoked', async ({ quiet, visit }) => {
  const walls = await visit('supervisor', '/walls');
  const address = await makeWall(walls, 'Hall, left', ['support', 'sales']);
  await expect(walls.getByRole('rowheader', { name: 'Hall, left' })).toBeVisible();

  const callers = [
    await quiet.node.call('support@default', '13800000001', '张三'),
    await quiet.node.call('support@default', '13800000002', 'Sample caller'),
    await quiet.node.call('billing@default', '13800000003', 'Sample caller'),
  ];
  const wall = await visit(null, address, { viewport: { width: 1920, height: 1080 }, colorScheme: 'light' });
  await isLive(wall);
  await expect(wall.getByRole('heading', { level: 1 })).toHaveText('Hall, left');
  await expect.poll(() => columnOf(wall.getByRole('table'), 'Queue')).toEqual(['support', 'sales']);
  await expect.poll(() => columnOf(wall.getByRole('table'), 'Waiting')).toEqual(['2', '0']);
  await expect(figure(wall, 'Waiting')).toHaveText('2');
  expect((await wall.context().cookies()).map((cookie) => cookie.name)).not.toContain('switchdesk_session');
  await expect(wall.getByRole('link')).toHaveCount(0);

  for (const caller of callers) await quiet.node.order(`demo hangup ${caller}`);
  await expect(figure(wall, 'Waiting')).toHaveText('0');

  await revoke(walls, 'Hall, left');
  await expect(wall.getByRole('heading', { level: 1 })).toHaveText('This wall screen is switched off', {
    timeout: 3_000,
  });
  await expect(wall.getByRole('table')).toHaveCount(0);
});

test('a wall is dark and large, whatever the machine prefers', async ({ living, visit }) => {
  const walls = await visit('admin', '/walls', { stack: living });
  const address = await makeWall(walls, 'Large', []);
  const wall = await visit(null, address, {
    stack: living,
    viewport: { width: 1920, height: 1080 },
    colorScheme: 'light',
  });
  await isLive(wall);
  const look = await wall.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const linear = (byte: number) => (byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4);
    const luminance = (element: Element) => {
      // The first ground that is painted, as bytes.
      for (let at: Element | null = element; at; at = at.parentElement) {
        const color = getComputedStyle(at).backgroundColor;
        if (color === 'rgba(0, 0, 0, 0)' || !canvas) continue;
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        const [red = 0, green = 0, blue = 0] = canvas.getImageData(0, 0, 1, 1).data;
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
      }
      return 1;
    };
    const size = (element: Element) => parseFloat(getComputedStyle(element).fontSize);
    const all = (selector: string) => [...document.querySelectorAll(selector)];
    const { scrollHeight, scrollWidth } = document.documentElement;
    return {
      grounds: [...all('main'), ...all('.figure'), ...all('table')].map(luminance),
      figures: all('.figure strong').map(size),
      cells: all('tbody td, tbody th').map(size),
      scrollHeight,
      scrollWidth,
    };
  });
  expect(look.figures).toHaveLength(4);
  expect(Math.max(...look.grounds), 'a dark ground').toBeLessThan(0.05);
  // On a screen of 55 inches a pixel is 0.63 mm high; from five metres a figure of 25 mm is read at ease.
  expect(Math.min(...look.figures), 'the figures').toBeGreaterThanOrEqual(96);
  expect(Math.min(...look.cells), 'the table').toBeGreaterThanOrEqual(32);
  expect(look.scrollWidth, 'nothing lies beyond the screen').toBeLessThanOrEqual(1920);
  expect(look.scrollHeight, 'nothing lies below the screen').toBeLessThanOrEqual(1080);
  await revoke(walls, 'Large');
});

test('a wall speaks the language of its link', async ({ visit }) => {
  const walls = await visit('supervisor', '/walls');
  const wall = await visit(null, await makeWall(walls, '大厅左侧', [], 'Chinese'));
  await isLive(wall);
  await expect(wall.getByRole('main')).toHaveAttribute('lang', 'zh-CN');
  await expect(wall.getByRole('columnheader', { name: '队列' })).toBeVisible();
  await revoke(walls, '大厅左侧');
});

test('a link needs a name, and chosen queues need one at least', async ({ visit }) => {
  const walls = await visit('supervisor', '/walls');
  const dialog = await openDialog(walls, 'New wall screen');
  await dialog.getByLabel('Chosen queues').check();
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  await expect(dialog.getByLabel('Name')).toHaveAccessibleDescription(/Must not be empty/);
  await expect(dialog.getByRole('alert')).toContainText('Choose at least one queue.');
  await walls.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('an address that was made up opens nothing and says so', async ({ visit }) => {
  const wall = await visit(null, '/wall/made-up-token');
  await expect(wall.getByRole('heading', { level: 1 })).toHaveText('This wall screen is switched off');
  expect((await wall.request.get('/live/wall/made-up-token')).status()).toBe(404);
});
