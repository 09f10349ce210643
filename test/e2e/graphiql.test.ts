import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { extractGraphiql } from '../../esbuild.config.mjs';
import { EXAMPLES } from '../../src/http/graphiql/examples.ts';
import { type Demo, startDemo } from '../support/gateway/demo.ts';
import { hasBrowser, launchBrowser, type PageTrouble, watchPage } from '../support/programs/browser.ts';

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

  const events = (type: string) => page.locator('#events li button', { hasText: type }).first();
  const docsLink = (text: string) =>
    page.locator('.graphiql-doc-explorer-content').getByRole('link', { name: text }).click();

  async function execute(expected: RegExp): Promise<void> {
    await page.getByRole('button', { name: 'Execute query' }).click();
    await response(expected);
  }

  it('runs the first tab once, and begins the docs with a page of its own', async () => {
    await response(/"clusterName":\s"storefront"/);
    const docs = page.locator('.graphiql-doc-explorer-content');
    await docs.getByRole('heading', { name: 'Start here' }).waitFor();
    expect(await docs.textContent()).toContain('Amazon ECS as a graph');
    await page.screenshot({ path: screenshot('first-visit') });
    await page.reload();
    await page.locator('.result-window .monaco-editor').waitFor();
    await page.locator('.graphiql-query-editor .view-line', { hasText: 'Dashboard' }).waitFor();
    await docs.getByRole('heading', { name: 'Start here' }).waitFor();
    expect(await line(/"clusterName"/).count()).toBe(0);
    expect(await page.locator('.graphiql-tab').count()).toBe(EXAMPLES.length);
  });

  it('shows the tabs, and runs a query', async () => {
    for (const name of ['Dashboard', 'Deploy', 'Placement', 'Failures', 'Follow', 'Scale']) {
      expect(await tab(name).isVisible(), name).toBe(true);
    }
    await execute(/"clusterName":\s"storefront"/);
    await page.screenshot({ path: screenshot('query') });
  });

  it('runs a query with variables', async () => {
    await docsLink('where tasks run');
    await page.waitForURL((url) => url.searchParams.get('query') === example('Placement')?.query);
    // The pane of the variables opens by itself.
    await page.locator('.graphiql-editor-tool .view-line', { hasText: 'orders-api' }).waitFor();
    await execute(/"serviceName":\s"orders-api"/);
  });

  it('deploys and follows from one tab, and keeps the events of a subscription that is left', async () => {
    await open('Deploy');
    await page.locator('[aria-label^="Execute query"][aria-haspopup="menu"]').click();
    await page.getByRole('menuitem', { name: 'Deploy' }).click();
    await events('updateService').waitFor();
    await events('SNAPSHOT').waitFor();
    await response(/"type":\s"(SNAPSHOT|CHANGED)"/);
    await page.screenshot({ path: screenshot('deploy') });
    await open('Failures');
    const note = page.locator('#events .note');
    await note.filter({ hasText: 'live in the background' }).waitFor();
    for (let step = 0; step < 12; step += 1) demo.sandbox.clock.advance(20_000);
    await events('ENDED').waitFor();
    expect(await note.textContent()).toBe('ended');
    await events('SNAPSHOT').click();
    expect(await page.locator('#events pre').textContent()).toContain('"type": "SNAPSHOT"');
  });

  it('follows a subscription, goes on in another tab and shows it again', async () => {
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
    await open('Dashboard');
    await page.locator('#events .chip.live', { hasText: 'Follow' }).waitFor();
    await open('Follow');
    const stop = page.getByRole('button', { name: 'Stop query' });
    await stop.waitFor();
    await response(/"type":\s"CHANGED"/);
    await stop.click();
    await page.locator('#events .chip.stopped', { hasText: 'Follow' }).waitFor();
    await page.locator('#events').getByRole('button', { name: 'Clear' }).click();
    expect(await page.locator('#events .chip').allTextContents()).toEqual([expect.stringContaining('Deploy')]);
  });

  it('asked no other host for anything, and broke no policy', () => {
    // A reload and the end of a subscription break off requests.
    const errors = trouble.errors.filter((error) => !error.endsWith('net::ERR_ABORTED'));
    expect({ ...trouble, errors }).toEqual({ foreign: [], errors: [], sockets: [] });
  });
});

describe.runIf(hasBrowser())('GraphiQL on a phone, for a gateway with a token', { timeout: 60_000 }, () => {
  it('asks for the token once, runs, and has its panes below one another in 390 pixels', async () => {
    await extractGraphiql();
    await using demo = await startDemo({ token: 'a-token-for-the-test' });
    const { url } = await demo.app.listen();
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
      page.setDefaultTimeout(15_000);
      await page.goto(`${url}/graphql`);
      await page.locator('#token.problem').waitFor();
      await page.getByLabel('Token').fill('a-token-for-the-test');
      await page.getByRole('button', { name: 'Use' }).click();
      await page.locator('#token output', { hasText: 'kept until' }).waitFor();
      for (const name of ['Dashboard', 'Failures']) {
        await page.locator('.graphiql-tab-button', { hasText: name }).click();
        await page.getByRole('button', { name: 'Execute query' }).click();
        await page.locator('.result-window .view-line', { hasText: '"data"' }).first().waitFor();
      }
      await page.screenshot({ path: screenshot('phone') });
      const boxes = await page.evaluate(() =>
        ['.graphiql-query-editor', '.graphiql-response'].map((selector) => {
          const box = document.querySelector(selector)?.getBoundingClientRect();
          return (
            box && [
              box.left >= 0,
              box.right <= innerWidth,
              box.bottom <= innerHeight,
              box.height > 150,
              box.width > 300,
            ]
          );
        }),
      );
      expect(boxes).toEqual(boxes.map(() => [true, true, true, true, true]));
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);

      await page.locator('.graphiql-tab-button', { hasText: 'Deploy' }).first().click();
      // The button has a menu once GraphiQL has read the tab's operations.
      await page.locator('[aria-label^="Execute query"][aria-haspopup="menu"]').click();
      await page.getByRole('menuitem', { name: 'Deploy' }).click();
      await page.locator('#events li button', { hasText: 'SNAPSHOT' }).waitFor();
      await page.screenshot({ path: screenshot('phone-events') });
      const height = async (selector: string) => (await page.locator(selector).first().boundingBox())?.height ?? 0;
      expect(await height('#token')).toBeLessThan(60);
      expect(await height('#events header')).toBeLessThan(60);
      expect(await height('.graphiql-query-editor')).toBeGreaterThan(80);
      await page.locator('.graphiql-sidebar button').first().click();
      await page.getByRole('heading', { name: 'Start here' }).waitFor();
      await page.locator('#events').waitFor({ state: 'hidden' });
      expect(await height('.graphiql-query-editor')).toBeGreaterThan(80);
    } finally {
      await browser.close();
    }
  });
});
