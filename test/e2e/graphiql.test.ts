import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { extractGraphiql } from '../../esbuild.config.mjs';
import { EXAMPLES } from '../../src/http/graphiql/examples.ts';
import { hasBrowser, launchBrowser, type PageTrouble, watchPage } from '../support/browser.ts';
import { type Demo, startDemo } from '../support/demo.ts';

const screenshot = (name: string) => fileURLToPath(new URL(`./screenshots/${name}.actual.png`, import.meta.url));

describe.runIf(hasBrowser())('GraphiQL in a browser that was never here', { timeout: 60_000 }, () => {
  let browser: Browser;
  let demo: Demo;
  let page: Page;
  let trouble: PageTrouble;

  beforeAll(async () => {
    await extractGraphiql();
    demo = await startDemo();
    const { url } = await demo.app.listen();
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(15_000);
    trouble = watchPage(page, url);
    await page.goto(`${url}/graphql`);
    // Before both editors are there, GraphiQL shows the button and does nothing when it is pressed.
    await page.locator('.graphiql-query-editor .view-line', { hasText: 'Dashboard' }).waitFor();
    await page.locator('.result-window .monaco-editor').waitFor();
  }, 30_000);

  afterAll(async () => {
    await browser.close();
    await demo[Symbol.asyncDispose]();
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await page.screenshot({ path: screenshot('failure') });
  });

  const tab = (name: string) =>
    page
      .getByRole('tab', { name })
      .or(page.locator('.graphiql-tab-button', { hasText: name }))
      .first();
  const line = (text: RegExp) => page.locator('.result-window .view-line', { hasText: text }).first();
  const response = (text: RegExp) => line(text).waitFor();

  /** The example in the tab of that name. */
  const example = (name: string) => EXAMPLES.find(({ query }) => new RegExp(`^\\w+ ${name}\\b`, 'm').test(query));

  /**
   * Opens a tab. GraphiQL reads its operations a moment after it shows them, and until then would run them by the name of the
   * last tab's; once it has read them it puts them into the page's address.
   */
  async function open(name: string): Promise<void> {
    await tab(name).click();
    await page.waitForURL((url) => url.searchParams.get('query') === example(name)?.query);
  }

  async function execute(expected: RegExp): Promise<void> {
    await page.getByRole('button', { name: 'Execute query' }).click();
    await response(expected);
  }

  it('shows the tabs, and runs a query', async () => {
    for (const name of ['Dashboard', 'Placement', 'Failures', 'Follow', 'Scale']) {
      expect(await tab(name).isVisible(), name).toBe(true);
    }
    await execute(/"clusterName":\s"storefront"/);
    await page.screenshot({ path: screenshot('query') });
  });

  it('runs a query with variables', async () => {
    await open('Placement');
    await execute(/"serviceName":\s"orders-api"/);
  });

  it('follows a subscription over WebSocket', async () => {
    await open('Follow');
    await execute(/"type":\s"SNAPSHOT"/);
    const scaled = await demo.app.fetch(
      new Request('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: example('Scale')?.query }),
      }),
    );
    expect(await scaled.json()).toMatchObject({ data: { updateService: { service: { desiredCount: 8 } } } });
    await response(/"type":\s"CHANGED"/);
    await page.screenshot({ path: screenshot('subscription') });
    expect(trouble.sockets).toHaveLength(1);
    await page.getByRole('button', { name: /stop/i }).click();
  });

  it('asked no other host for anything, and broke no policy', () => {
    expect(trouble).toMatchObject({ foreign: [], errors: [] });
  });
});
