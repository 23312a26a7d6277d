// Every page in Chinese says nothing in English, and the choice is the user's own.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import type { Stack } from '../fixtures/stack';
import { answered, expect, isLive, test } from '../fixtures/test';

interface Words {
  [key: string]: string | Words;
}

/** The words of a language by the path of their key. */
function wordsOf(language: string): Map<string, string> {
  const folder = join(import.meta.dirname, '../../app/locales', language);
  const words = new Map<string, string>();
  const add = (path: string, value: string | Words) => {
    if (typeof value === 'string') words.set(path, value);
    else for (const [key, inner] of Object.entries(value)) add(`${path}.${key}`, inner);
  };
  for (const file of readdirSync(folder)) {
    add(file.replace('.json', ''), JSON.parse(readFileSync(join(folder, file), 'utf8')));
  }
  return words;
}

/** A sentence with gaps as a pattern of the whole text. */
function pattern(sentence: string): RegExp {
  const parts = sentence.split(/\{\{? ?\w+ ?\}?\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

const english = wordsOf('en');
const chinese = wordsOf('zh-CN');

/** Sentences that only the English pages may say; those in letters and not in gaps alone. */
const ENGLISH_ONLY = [...english]
  .filter(([key, sentence]) => chinese.get(key) !== sentence)
  .filter(([, sentence]) => /[A-Za-z]{2}/.test(sentence.replace(/\{\{? ?\w+ ?\}?\}/g, '')))
  .filter(([key]) => !key.includes('language_other'))
  .map(([key, sentence]) => ({ key, pattern: pattern(sentence) }));

/** All that a page says: its texts, and the names that only some hear or see. */
async function textsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const texts = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node instanceof Text) {
        if (!node.parentElement?.closest('script, style, [lang=en]')) texts.push(node.data);
      } else if (node instanceof Element && !node.closest('[lang=en]')) {
        for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'data-label']) {
          texts.push(node.getAttribute(name) ?? '');
        }
      }
    }
    return texts.map((text) => text.replace(/\s+/g, ' ').trim()).filter((text) => text !== '');
  });
}

async function speaksChinese(page: Page) {
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  const texts = await textsOf(page);
  expect(texts.filter((text) => /\p{Script=Han}/u.test(text)).length, 'Chinese texts').toBeGreaterThan(2);
  const foreign = texts.flatMap((text) =>
    ENGLISH_ONLY.filter(({ pattern }) => pattern.test(text)).map(({ key }) => `${key}: ${text}`),
  );
  expect(foreign, 'texts of the English pages').toEqual([]);
}

test('every key has words in both languages', () => {
  expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  expect([...chinese].filter(([, sentence]) => sentence.trim() === '')).toEqual([]);
});

test.describe('in Chinese', () => {
  // What is not there or not for everybody answers so.
  test.beforeEach(({ forgive }) => forgive(answered(403, 404)));

  async function addReaders(stack: Stack) {
    try {
      stack.user('zhang');
    } catch {
      await stack.addUser({ name: 'zhang', role: 'supervisor', language: 'zh-CN', displayName: '张三 (示例)' });
      await stack.addUser({ name: 'wang', role: 'admin', language: 'zh-CN', displayName: '王五 (示例)' });
      await stack.addUser({ name: 'li', role: 'agent', agent: '1008@default', language: 'zh-CN', displayName: '李四 (示例)' });
    }
  }

  for (const { name, user, path, live } of [
    { name: 'wallboard', user: 'zhang', path: '/', live: true },
    { name: 'queue', user: 'zhang', path: '/queues/fs-1/support@default', live: true },
    { name: 'agents', user: 'zhang', path: '/agents', live: true },
    { name: 'wall screens', user: 'zhang', path: '/walls', live: false },
    { name: 'account', user: 'zhang', path: '/account', live: false },
    { name: 'people', user: 'wang', path: '/people', live: false },
    { name: 'person', user: 'wang', path: '/people/1', live: false },
    { name: 'teams', user: 'wang', path: '/teams', live: false },
    { name: 'desk', user: 'li', path: '/desk', live: true },
    { name: 'desk of a supervisor', user: 'zhang', path: '/desk', live: false },
  ]) {
    test(`the page “${name}” is in Chinese alone`, async ({ living, visit }) => {
      await addReaders(living);
      const page = await visit(user, path, { stack: living });
      if (live) await isLive(page);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await speaksChinese(page);
    });
  }

  for (const { name, path } of [
    { name: 'sign-in', path: '/login' },
    { name: 'sign-in after a mistake', path: '/login?problem=wrong' },
    { name: 'not found', path: '/no/such/page' },
    { name: 'wall screen switched off', path: '/wall/made-up-token' },
  ]) {
    test(`the page “${name}” follows the browser`, async ({ living, visit }) => {
      const page = await visit(null, path, { stack: living, locale: 'zh-CN' });
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await speaksChinese(page);
    });
  }

  test('the words of the trade are those of the trade', async ({ living, visit }) => {
    await addReaders(living);
    const desk = await visit('li', '/desk', { stack: living });
    for (const name of ['置闲', '置忙', '签出']) {
      await expect(desk.getByRole('button', { name: new RegExp(`^${name}`) })).toBeVisible();
    }
  });
});

test('the choice is kept for the user, in every browser', async ({ quiet, visit }) => {
  await quiet.addUser({ name: 'traveller', role: 'supervisor' });
  const page = await visit('traveller', '/agents');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.getByRole('button', { name: '中文' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  // The way back is to the same page.
  await expect(page).toHaveURL('/agents');

  const other = await visit(null, '/login');
  await expect(other.locator('html')).toHaveAttribute('lang', 'en');
  await other.getByLabel('User name').fill('traveller');
  await other.getByLabel('Password', { exact: true }).fill(quiet.user('traveller').password);
  await other.getByRole('button', { name: 'Sign in' }).click();
  await expect(other).toHaveURL('/');
  await expect(other.locator('html')).toHaveAttribute('lang', 'zh-CN');
});
