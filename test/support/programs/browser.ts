import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const EXECUTABLE = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/**
 * Whether the tests in a browser run. Without a browser they are skipped with a clear notice; in CI they run in any
 * case, and fail.
 */
export function hasBrowser(): boolean {
  if (EXECUTABLE !== undefined || process.env.CI === 'true') return true;
  process.stderr.write(
    `\n${'!'.repeat(80)}\n!! SKIPPED: no Chromium here, so GraphiQL was NOT tested (apt-get install chromium)\n${'!'.repeat(80)}\n\n`,
  );
  return false;
}

/** Starts a headless Chromium that asks for nothing of its own accord. */
export function launchBrowser(): Promise<Browser> {
  if (EXECUTABLE === undefined) throw new Error('CI=true, but there is no Chromium: apt-get install chromium');
  const quiet = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--disable-quic',
  ];
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: ['--headless', '--no-sandbox', '--disable-gpu', ...quiet],
  });
}

/** The faults of a page. */
export interface PageTrouble {
  /** Requests and WebSockets to any other origin. */
  readonly foreign: string[];
  /** Errors on the console, violations of the content security policy among them, and uncaught ones. */
  readonly errors: string[];
  readonly sockets: string[];
}

/** Records everything that a page asks for and complains of. */
export function watchPage(page: Page, origin: string): PageTrouble {
  const trouble: PageTrouble = { foreign: [], errors: [], sockets: [] };
  page.context().on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !/^(data|blob):/.test(url)) trouble.foreign.push(url);
  });
  page.on('websocket', (socket) => {
    trouble.sockets.push(socket.url());
    if (new URL(socket.url()).host !== new URL(origin).host) trouble.foreign.push(socket.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') trouble.errors.push(message.text());
  });
  page.on('pageerror', (error) => trouble.errors.push(error.message));
  page.on('requestfailed', (request) => trouble.errors.push(`${request.url()} ${request.failure()?.errorText}`));
  return trouble;
}
