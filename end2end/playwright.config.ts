// The browser tests. `cargo xtask test` runs them and says by the environment where everything is:
//
//   SWITCHDESK_BIN, DEMO_SWITCH_BIN  binaries that the specs' fixtures start
//   SITE_ROOT                        what the server serves as files
//   DATABASE_ADMIN_URL               root of a private MariaDB, mysql://root@127.0.0.1:<port>
//   XTASK_BIN                        `xtask mariadb --dir D --port P` is a database to stop and start
//   SCRATCH_DIR                      a folder for the fixtures' files; it goes at the end
//   CHROMIUM                         the distribution's Chromium

import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: './specs',
  outputDir: './test-results',
  // The specs stop databases and measure times: one after the other.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    headless: true,
    locale: 'en-US',
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    // `--trace on` records; it costs a fifth of the time.
    trace: 'off',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      // root, in CI, has no sandbox.
      chromiumSandbox: false,
      args: [
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
