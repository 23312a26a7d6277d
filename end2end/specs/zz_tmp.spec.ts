import { test } from '../fixtures/test';
test('repro', async ({ quiet, visit }) => {
  test.setTimeout(300000);
  const probe = async (what: string, path = '/', user = 'supervisor') => {
      const page = await visit(user, 'about:blank', { stack: quiet });
      const errors: string[] = [];
      page.on('pageerror', (e) => errors.push(e.stack ?? e.message));
      await page.goto(path);
      await page.waitForTimeout(1200);
      console.log(what, path, errors.length ? 'BAD' : 'ok');
      await page.context().close().catch(() => {});
  };
  const n = quiet.node;
  await probe('baseline');
  await probe('baseline', '/queues/fs-1/no-such');
  await n.order("callcenter_config agent set status 1007@default 'On Break'"); await probe('break'); await probe('break','/agents'); await probe('break','/desk','agent');
  await n.order("callcenter_config agent set status 1007@default Available"); await probe('available');
  await n.order("callcenter_config agent set status 1007@default 'Logged Out'"); await probe('out');
  const c = await n.call('vip@default','1380','a'); await probe('waiting'); await n.order('demo hangup '+c); await probe('abandoned'); 
  await probe('', '/agents'); await probe('', '/walls'); await probe('', '/account'); await probe('','/login');
  await n.order("callcenter_config agent set status 1007@default Available"); 
  const d = await n.call('billing@default','1380','a'); await probe('ringing'); await probe('ringing','/desk','agent'); await probe('ringing','/agents');await n.order('demo answer 1007@default'); await probe('talk');await probe('talk','/desk','agent'); await n.order('demo hangup '+d); await probe('wrapup');await probe('wrapup','/desk','agent');await probe('wrapup','/agents');
});
