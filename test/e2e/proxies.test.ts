import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-ws';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { extractGraphiql } from '../../esbuild.config.mjs';
import { type Demo, startDemo } from '../support/gateway/demo.ts';
import { hasBrowser, launchBrowser, type PageTrouble, watchPage } from '../support/programs/browser.ts';
import { hasNginx, type Nginx, startNginx } from '../support/programs/nginx.ts';

const TOKEN = 'correct-horse-battery-staple';
const authorization = `Bearer ${TOKEN}`;
const EVENTS = 'subscription { serviceEvents(cluster: "storefront", service: "storefront") { type } }';
const screenshot = (name: string) => fileURLToPath(new URL(`./screenshots/${name}.actual.png`, import.meta.url));

/** docs/proxies.md's configuration, before another gateway. */
async function configuration(gateway: string): Promise<string> {
  const text = /```nginx\n([\s\S]*?)```/.exec(await readFile('docs/proxies.md', 'utf8'))?.[1] ?? '';
  return text.replace('127.0.0.1:4000', new URL(gateway).host);
}

/** The first events of a subscription over HTTP; the caller ends it. */
async function firstEvent(url: string, accept: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-encoding': 'gzip, br', accept, authorization },
    body: JSON.stringify({ query: EVENTS }),
  });
  const reader = response.body?.getReader();
  let text = `${response.headers.get('content-type')}\n`;
  while (!text.includes('"type"')) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) break;
    text += Buffer.from(value ?? []).toString();
  }
  await reader?.cancel();
  return text;
}

/** The first event of a subscription of a browser's page over WebSocket. */
async function firstMessage(url: string, origin: string): Promise<unknown> {
  class PageSocket extends WebSocket {
    constructor(address: string, protocols: string) {
      super(address, protocols, { origin });
    }
  }
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: PageSocket,
    connectionParams: { authorization },
    retryAttempts: 0,
  });
  for await (const { data } of client.iterate({ query: EVENTS })) {
    void client.dispose();
    return data;
  }
  return undefined;
}

const SNAPSHOT = { serviceEvents: { type: 'SNAPSHOT' } };

describe.runIf(hasNginx())('behind nginx, as docs/proxies.md sets it up', { timeout: 60_000 }, () => {
  it.each([
    ['which takes the path off', '', (text: string) => text],
    ['which leaves the path', '/ecs', (text: string) => text.replace('http://gateway/;', 'http://gateway;')],
  ])('%s, every transport works', async (_name, basePath, change) => {
    await using demo = await startDemo({ token: TOKEN, basePath });
    const { url: gateway } = await demo.app.listen();
    expect(new URL(gateway).pathname).toBe(basePath || '/');
    await using nginx = await startNginx(change(await configuration(gateway)));
    const url = `${nginx.url}/ecs/graphql`;
    const query = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: nginx.url, authorization },
      body: JSON.stringify({ query: '{ cluster(cluster: "storefront") { clusterName } }' }),
    });
    expect(await query.json()).toMatchObject({ data: { cluster: { clusterName: 'storefront' } } });
    expect(await firstEvent(url, 'text/event-stream')).toMatch(/^text\/event-stream\n[\s\S]*"type":"SNAPSHOT"/);
    const apollo = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json';
    expect(await firstEvent(url, apollo)).toMatch(/^multipart\/mixed[\s\S]*"type":"SNAPSHOT"/);
    expect(await firstMessage(url, nginx.url)).toEqual(SNAPSHOT);
    await expect(firstMessage(url, 'https://evil.example')).rejects.toMatchObject({
      message: expect.stringContaining('403'),
    });
    const nowhere = await fetch(`${nginx.url}/ecs/nowhere`);
    expect([nowhere.status, await nowhere.text()]).toEqual([404, expect.stringContaining(`at ${basePath}/graphql`)]);
    expect((await fetch(`${nginx.url}/ecs/readyz`)).status).toBe(200);
  });
});

describe.runIf(hasBrowser() && hasNginx())('GraphiQL with a token, under a path', { timeout: 60_000 }, () => {
  let browser: Browser;
  let demo: Demo;
  let nginx: Nginx;
  let page: Page;
  let trouble: PageTrouble;

  beforeAll(async () => {
    await extractGraphiql();
    demo = await startDemo({ token: TOKEN });
    nginx = await startNginx(await configuration((await demo.app.listen()).url));
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(20_000);
    trouble = watchPage(page, nginx.url);
  }, 30_000);
  afterAll(async () => {
    await browser.close();
    await nginx[Symbol.asyncDispose]();
    await demo[Symbol.asyncDispose]();
  });

  const field = () => page.getByLabel('Token');
  const says = (text: string) => page.locator('#token output', { hasText: text }).waitFor();
  const response = (text: RegExp) => page.locator('.result-window .view-line', { hasText: text }).first().waitFor();
  const ready = async () => {
    await page.locator('.graphiql-query-editor .view-line', { hasText: 'Dashboard' }).waitFor();
    await page.locator('.result-window .monaco-editor').waitFor();
  };
  const execute = () => page.getByRole('button', { name: 'Execute query' }).click();

  it('asks for the token, and says when it is refused', async () => {
    // Where many look first; the page is at /ecs/graphql.
    await page.goto(`${nginx.url}/ecs/graphiql`);
    expect(new URL(page.url()).pathname).toBe('/ecs/graphql');
    await ready();
    await says('This gateway asks for a token.');
    await page.screenshot({ path: screenshot('token-asked') });
    await field().fill('wrong-wrong-wrong-wrong');
    await field().press('Enter');
    await says('The gateway does not accept this token.');
  });

  it('sends it with every tab, also after a reload, and forgets it on request', async () => {
    await field().fill(` Bearer ${TOKEN} `);
    await page.getByRole('button', { name: 'Use', exact: true }).click();
    await says('kept until this browser tab is closed');
    await execute();
    await response(/"clusterName":\s"storefront"/);
    await page.locator('.graphiql-tab-button', { hasText: 'Follow' }).first().click();
    await page.waitForURL((url) => url.searchParams.get('query')?.includes('subscription Follow') === true);
    await execute();
    await response(/"type":\s"SNAPSHOT"/);
    await page.screenshot({ path: screenshot('token-used') });
    await page.reload();
    await page.locator('.result-window .monaco-editor').waitFor();
    await says('kept until this browser tab is closed');
    expect(
      await page.evaluate(() => [sessionStorage.length, JSON.stringify(localStorage).includes('correct-horse')]),
    ).toEqual([1, false]);
    await page.getByRole('button', { name: 'Forget' }).click();
    await says('This gateway asks for a token.');
  });

  it('asked no other host for anything, and broke no policy', () => {
    expect(trouble.foreign).toEqual([]);
    // A refused request is an error on the console; every other error is one of the page.
    expect(trouble.errors.filter((text) => !/401|ERR_ABORTED/.test(text))).toEqual([]);
  });
});
