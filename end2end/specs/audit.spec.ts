// The audit: what was done is found, downloaded and undone.

import { readFile } from 'node:fs/promises';

import type { Page } from '@playwright/test';

import { rowsOf } from '../fixtures/table';
import { answered, expect, isLive, openDialog, test } from '../fixtures/test';

const rows = (page: Page) => page.getByRole('table', { name: 'What was done' });

/** Sets the first critical threshold of a queue, as a supervisor does. */
async function setCritical(page: Page, value: string) {
  const dialog = await openDialog(page, 'Targets');
  await dialog.getByRole('group', { name: 'Callers waiting' }).getByLabel('Critical from').fill(value);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
}

test('an edit is on the audit with before and after, is undone, and the undoing too', async ({ visit }) => {
  const queue = 'billing@default';
  const page = await visit('supervisor', `/queues/fs-1/${queue}`);
  await isLive(page);
  await setCritical(page, '42');
  await expect(page.getByText('critical from 42')).toBeVisible();

  const audit = await visit('admin', `/audit?subject=fs-1/${queue}`);
  const [newest] = await rowsOf(rows(audit));
  expect(newest).toMatchObject({ Who: 'supervisor 127.0.0.1', 'To what': `fs-1/${queue}`, Outcome: 'Done' });
  await expect(rows(audit).getByRole('row').nth(1)).toContainText('Set the targets of a queue');
  await expect(rows(audit).getByRole('row').nth(1)).toContainText('Waiting, critical: 7');
  await rows(audit).getByRole('rowheader').first().getByRole('link').click();

  await expect(audit.getByRole('heading', { level: 1 })).toHaveText(/^Audit #\d+$/);
  const diff = audit.getByRole('table', { name: 'Before and after' });
  const changed = diff.getByRole('row').filter({ hasText: ', changed' });
  await expect(changed).toHaveCount(1);
  await expect(changed).toContainText('Waiting, critical');
  const undo = audit.getByRole('button', { name: 'Undo' });
  await undo.click();
  await expect(audit.getByText('it has been changed since')).toBeVisible();
  // Every board shows it at once.
  await expect(page.getByText('critical from 7')).toBeVisible();
  await expect(undo).toBeHidden();

  await audit.getByRole('definition').getByRole('link', { name: /^#\d+$/ }).click();
  await expect(audit.getByText('Undoes', { exact: true })).toBeVisible();
  await undo.click();
  await expect(page.getByText('critical from 42')).toBeVisible();
});

test('filters and pages are addresses and work without scripts', async ({ quiet, visit }) => {
  const subject = 'sample/many';
  const values = Array.from(
    { length: 120 },
    (_, number) => `('sample', '192.0.2.1', 'wall.create', '${subject}', 'done', ${number + 1}, ${number + 1})`,
  );
  await quiet.database.run(
    `INSERT INTO audit (user_name, address, action, subject, outcome, asked_at_ms, completed_at_ms) VALUES ${values}`,
  );
  const page = await visit('admin', '/audit', { javaScriptEnabled: false });
  await page.getByLabel('To what').fill(subject);
  await page.getByLabel('Outcome').selectOption('Done');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/subject=sample%2Fmany/);
  await expect(rows(page).getByRole('row')).toHaveCount(51);
  await page.getByRole('link', { name: 'Older' }).click();
  await page.getByRole('link', { name: 'Older' }).click();
  await expect(rows(page).getByRole('row')).toHaveCount(21);
  await expect(page.getByText('Nothing is older')).toBeVisible();
  await page.getByRole('link', { name: 'To the newest' }).click();
  await expect(rows(page).getByRole('row')).toHaveCount(51);
  await expect(page.getByLabel('To what')).toHaveValue(subject);
});

test('the download has what the filter shows', async ({ quiet, visit }) => {
  await quiet.database.run(
    `INSERT INTO audit (user_name, address, action, subject, outcome, asked_at_ms, completed_at_ms)
     VALUES ('sample', '192.0.2.1', 'wall.create', '=sample/formula', 'done', 1, 1)`,
  );
  const page = await visit('admin', '/audit?subject=%3Dsample');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download as CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^audit-\d{4}-\d\d-\d\d\.csv$/);
  const text = await readFile(await download.path(), 'utf8');
  expect(text.charCodeAt(0)).toBe(0xfeff);
  const lines = text.trim().split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain(",'=sample/formula,");
});

test('who may not read the audit sees neither link nor rows', async ({ visit, forgive }) => {
  forgive(answered(403));
  const page = await visit('supervisor', '/');
  await isLive(page);
  await expect(page.getByRole('navigation').getByRole('link', { name: 'Audit' })).toHaveCount(0);
  await page.goto('/audit');
  await expect(page.getByRole('alert')).toContainText('Your role does not allow this');
});
