// The live stream: one for all tabs of a browser; and the weight of the first load.

import { expect, isLive, test } from '../fixtures/test';

const STREAMS = 'switchdesk_live_streams';
/** All of HTML, scripts, program and styles, as they travel, with their headers; ARCHITECTURE.md says what they hold. */
const BUDGET_BYTES = 300_000;

test('the tabs of one browser share one stream, and it outlives the tab that opened it', async ({ quiet, visit }) => {
  const streams = () => quiet.server.metric(STREAMS);
  await expect.poll(streams).toBe(0);
  const first = await visit('supervisor', '/');
  await isLive(first);
  const second = await first.context().newPage();
  await second.goto('/agents');
  await isLive(second);
  await expect.poll(streams).toBe(1);

  const status = (word: string) => quiet.node.order(`callcenter_config agent set status 1021@default '${word}'`);
  const third = await first.context().newPage();
  await third.goto('/agents');
  await isLive(third);
  await status('On Break');
  for (const tab of [second, third]) {
    await expect(tab.getByRole('row').filter({ hasText: '1021' })).toContainText('On break', { timeout: 2_000 });
  }
  expect(await streams()).toBe(1);

  await first.close();
  await second.close();
  await status('Logged Out');
  await expect(third.getByRole('row').filter({ hasText: '1021' })).toContainText('Logged out', { timeout: 2_000 });
  expect(await streams()).toBe(1);
  await third.close();
  await expect.poll(streams).toBe(0);
});

test('another browser has another stream', async ({ quiet, visit }) => {
  const streams = () => quiet.server.metric(STREAMS);
  await expect.poll(streams).toBe(0);
  await isLive(await visit('supervisor', '/'));
  await isLive(await visit('agent', '/desk'));
  await expect.poll(streams).toBe(2);
});

test('the first load of the wallboard is light', async ({ living, visit }) => {
  const page = await visit(null, 'about:blank', { stack: living });
  const session = await living.session('supervisor');
  await page.context().addCookies(session.cookies);
  const network = await page.context().newCDPSession(page);
  await network.send('Network.enable');
  await network.send('Network.setCacheDisabled', { cacheDisabled: true });
  const names = new Map<string, string>();
  const loaded = new Map<string, number>();
  const encodings = new Map<string, string>();
  network.on('Network.responseReceived', ({ requestId, response }) => {
    names.set(requestId, new URL(response.url).pathname);
    const [, encoding] =
      Object.entries(response.headers).find(([name]) => name.toLowerCase() === 'content-encoding') ?? [];
    if (encoding) encodings.set(requestId, encoding);
  });
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const name = names.get(requestId);
    // The stream of a browser without shared workers never ends by itself, and is no load.
    if (name && !name.startsWith('/live/')) loaded.set(name, (loaded.get(name) ?? 0) + encodedDataLength);
  });
  await page.goto('/', { waitUntil: 'load' });
  await isLive(page);

  const sizes = [...loaded].sort(([, a], [, b]) => b - a);
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  const table = sizes.map(([name, bytes]) => `${String(Math.round(bytes)).padStart(8)} ${name}`).join('\n');
  await test.info().attach('first load of the wallboard', { body: `${total} bytes\n${table}` });
  expect(sizes.map(([name]) => name).filter((name) => name.endsWith('.wasm'))).not.toEqual([]);
  for (const [id, name] of names) {
    if (/\.(wasm|js|css)$/.test(name) && name.startsWith('/pkg/')) expect(encodings.get(id), name).toBe('br');
  }
  expect(total, table).toBeLessThanOrEqual(BUDGET_BYTES);
});
