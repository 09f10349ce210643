import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildDashboard } from '../../esbuild.config.mjs';
import { type Demo, startDemo } from '../support/gateway/demo.ts';
import { hasBrowser, launchBrowser, type PageTrouble, watchPage } from '../support/programs/browser.ts';
import { freePort } from '../support/programs/free-port.ts';

/** ECS is simulated, so the gateway may read it often. */
const QUICK = { liveMinInterval: 100, liveMaxInterval: 200, liveConfirmAfter: 100 };
/** The hours that a page shows lie on one day. */
const NOON = new Date('2026-03-01T12:00:00Z');
const screenshot = (name: string) => fileURLToPath(new URL(`./screenshots/${name}.actual.png`, import.meta.url));

describe.runIf(hasBrowser())('the dashboard in a browser', { timeout: 60_000 }, () => {
  let browser: Browser;
  let demo: Demo;
  let url: string;
  let context: BrowserContext;
  let page: Page;
  let trouble: PageTrouble;

  beforeAll(async () => {
    await buildDashboard();
    browser = await launchBrowser();
  }, 60_000);

  beforeEach(async () => {
    // The clock stands: a test moves it when the page has shown what came before.
    demo = await startDemo({ ...QUICK, port: await freePort() }, { speed: 0, start: NOON });
    ({ url } = await demo.app.listen());
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC' });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    trouble = watchPage(page, url);
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await page.screenshot({ path: screenshot('dashboard-failure') });
    await context.close();
    await demo[Symbol.asyncDispose]();
  });

  afterAll(async () => {
    await browser.close();
  });

  const open = (route: string) => page.goto(`${url}/#${route}`);
  /** A request that the page itself takes back, because it asks for the same anew, is no trouble. */
  const expectNoTrouble = () => {
    expect(trouble.foreign).toEqual([]);
    expect(trouble.errors.filter((text) => !text.endsWith('net::ERR_ABORTED'))).toEqual([]);
  };
  const dialog = () => page.locator('dialog[open]');
  const press = (name: string) => page.getByRole('button', { name, exact: true }).first().click();
  /** Runs an operation past the page, as another user would. */
  async function run<Data>(query: string): Promise<Data> {
    const response = await demo.app.fetch(
      new Request('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      }),
    );
    return ((await response.json()) as { data: Data }).data;
  }

  it('shows the fleet and what is under way, with the fewest calls to ECS', async () => {
    const answered = page.waitForResponse(
      (response) => response.request().postData()?.includes('query Fleet') === true,
    );
    await open('/');
    const { extensions } = (await (await answered).json()) as { extensions: { ecs: { calls: number } } };
    expect(extensions.ecs.calls).toBeLessThanOrEqual(FLEET_CALLS);
    for (const cluster of ['storefront', 'platform', 'default'])
      await page.getByRole('heading', { name: cluster, exact: true }).waitFor();
    expect(await page.locator('.services tbody tr').count()).toBe(12);
    await page.locator('.card', { hasText: 'payments-worker' }).getByText('Stalled').waitFor();
    await page.locator('.card', { hasText: 'checkout' }).getByText('Deploying').waitFor();
    await page.locator('.services tr', { hasText: 'payments-worker' }).getByText('Stalled').waitFor();
    await page
      .locator('.counts')
      .getByText(/^Deploying, \d stalled$/)
      .waitFor();

    await page.getByRole('searchbox').fill('payments');
    expect(await page.locator('.services tbody tr').count()).toBe(1);
    expectNoTrouble();
  });

  it('shows a stall in tables and cards that appear after its event', async () => {
    await page.route('**/graphql', async (route) => {
      const isFleet = route.request().postData()?.includes('query Fleet') === true;
      if (isFleet) await page.locator('.card', { hasText: 'payments-worker' }).getByText('Stalled').waitFor();
      await route.continue();
    });
    const row = page.locator('.services tr', { hasText: 'payments-worker' });
    await open('/');
    await row.getByText('Stalled').waitFor();
    await page.getByRole('link', { name: 'platform', exact: true }).click();
    await page.getByRole('heading', { name: 'platform', level: 1 }).waitFor();
    await row.getByText('Stalled').waitFor();
    await page.getByRole('link', { name: 'Fleet' }).click();
    await page.locator('.card', { hasText: 'payments-worker' }).getByText('Stalled').waitFor();
    expectNoTrouble();
  });

  it('shows all that is under way, though an event of a feed has only what changed', async () => {
    const card = (text: string) => page.locator('.card', { hasText: text });
    await open('/');
    await card('payments-worker').getByText('Stalled').waitFor();
    await run(
      'mutation { updateService(input: { cluster: "storefront", service: "cart", forceNewDeployment: true }) { service { id } } }',
    );
    await card('cart:1').getByText('Deploying').waitFor();
    const { cluster } = await run<{
      cluster: { containerInstances: { nodes: { id: string; ec2InstanceId: string }[] } };
    }>('{ cluster(cluster: "platform") { containerInstances { nodes { id ec2InstanceId } } } }');
    const drained = cluster.containerInstances.nodes.slice(0, 2);
    for (const { id, ec2InstanceId } of drained) {
      await run(
        `mutation { updateContainerInstancesState(input: { cluster: "platform", containerInstances: ["${id}"], status: DRAINING }) { containerInstances { id } } }`,
      );
      await card(ec2InstanceId).waitFor();
    }
    await card('payments-worker').getByText('Stalled').waitFor();
    await page.locator('.services tr', { hasText: 'payments-worker' }).getByText('Stalled').waitFor();
    expect(await page.locator('.card a.name').allTextContents()).toEqual([
      ...['reports', 'payments-worker', 'checkout', 'cart'],
      ...drained.map(({ ec2InstanceId }) => ec2InstanceId),
    ]);
    demo.sandbox.clock.advance(10 * 60_000);
    await card('cart:1').getByText('succeeded').waitFor();
    await card('payments-worker').getByText('Stalled').waitFor();
    expectNoTrouble();
  });

  it('shows the end of a deployment that ended before its first event', async () => {
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await page.routeWebSocket('**/graphql', (socket) => {
      const server = socket.connectToServer();
      socket.onMessage(async (message) => {
        if (/subscription Follow(Deployment|Events)\(/.test(String(message))) await held;
        server.send(message);
      });
    });
    await open('/service/storefront/cart');
    await press('Restart');
    await dialog().getByRole('button', { name: 'Restart' }).click();
    await page.locator('.rollout.deploying').waitFor();
    demo.sandbox.clock.advance(10 * 60_000);
    goOn();
    await page.locator('.rollout[data-outcome=SUCCEEDED]').waitFor();
    await page.locator('.chart').waitFor();
    const newest = page.locator('.history li').first();
    await newest.getByText('successful').waitFor();
    await page.locator('.events').getByText('deployment completed').nth(1).waitFor();
    expectNoTrouble();
  });

  it('deploys, and follows the rollout to its end', async () => {
    await open('/service/storefront/cart');
    await press('Restart');
    await dialog().getByRole('button', { name: 'Restart' }).click();
    await page.locator('.rollout.deploying').waitFor();
    demo.sandbox.clock.advance(10 * 60_000);
    await page.locator('.rollout[data-outcome=SUCCEEDED]').waitFor();
    await page.locator('.chart').waitFor();
    await page.locator('.history li').nth(1).waitFor();
    await page.locator('.events').getByText('deployment completed').first().waitFor();
    expectNoTrouble();
  });

  it('shows the course of a deployment at once, and the newest of its stopped tasks first', async () => {
    await open('/service/platform/payments-worker');
    await page.locator('.title').getByText('Stalled').waitFor();
    await page.locator('.rollout .course figcaption').waitFor();
    expect(await page.locator('.rollout h2').textContent()).toBe('Deploying payments-worker:2');
    const stopped = await page.locator('.columns .stopped li > div').allTextContents();
    const times = stopped.map((text) => /\d\d:\d\d/.exec(text)?.[0]);
    expect(new Set(times).size).toBeGreaterThan(1);
    expect(times).toEqual(times.toSorted().reverse());
    expectNoTrouble();
  });

  it('shows a deployment that has ended, while its success is still being confirmed', async () => {
    await using slow = await startDemo({ ...QUICK, liveConfirmAfter: 600_000 }, { speed: 0 });
    const { url: address } = await slow.app.listen();
    await page.goto(`${address}/#/service/storefront/cart`);
    await page.locator('.rollout[data-outcome=SUCCEEDED]').waitFor();
  });

  it('deploys a new image, and refuses a form that changes nothing', async () => {
    await open('/service/storefront/cart');
    await press('Deploy');
    await dialog().getByRole('button', { name: 'Deploy' }).click();
    await dialog().getByText('Change an image, or choose a revision.').waitFor();
    await dialog().getByLabel('Image of cart').fill('registry.example.com/cart:3.9.0');
    await dialog().getByRole('button', { name: 'Deploy' }).click();
    await dialog().waitFor({ state: 'detached' });
    await page.locator('.title').getByText('cart:3.9.0').waitFor();
    demo.sandbox.clock.advance(10 * 60_000);
    await page.locator('.rollout[data-outcome=SUCCEEDED]').waitFor();
    await page.locator('.history li').first().getByText('cart:2').waitFor();
    expectNoTrouble();
  });

  it('shows a new count at once, and takes it back where ECS refuses', async () => {
    await open('/service/storefront/cart');
    const tasks = page.locator('.title .numbers');
    await tasks.getByText('3/3').waitFor();

    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('mutation ScaleService')) return route.fallback();
      await held;
      const errors = [{ message: 'Not today.', extensions: { code: 'FORBIDDEN_UPSTREAM', retryable: false } }];
      return route.fulfill({ json: { data: { scaleService: null }, errors } });
    });
    await press('Scale');
    await dialog().getByLabel('Desired tasks').fill('5');
    await dialog().getByRole('button', { name: 'Scale' }).click();
    await tasks.getByText('3/5').waitFor();
    goOn();
    await dialog().getByText('Not today.').waitFor();
    await tasks.getByText('3/3').waitFor();
  });

  it('forecasts a drain, and follows it to its end', async () => {
    await open('/cluster/platform');
    await page.locator('.instance').nth(5).getByRole('button', { name: 'Drain' }).click();
    await dialog().getByText('would move').first().waitFor();
    await dialog().getByRole('button', { name: 'Drain' }).click();
    await page.locator('.drain').waitFor();
    demo.sandbox.clock.advance(30 * 60_000);
    await page.locator('.drain[data-outcome=DRAINED]').waitFor();
    await page.locator('.instance', { hasText: 'draining' }).getByText('0 tasks').waitFor();
    expectNoTrouble();
  });

  it('says that it reconnects, and goes on by itself', async () => {
    await open('/service/storefront/checkout');
    const state = page.locator('.connection');
    await state.getByText('Live').waitFor();
    await demo.app.dispose();
    await state.getByText('Reconnecting').waitFor();
    const port = Number(new URL(url).port);
    const again = await startDemo({ ...QUICK, port });
    try {
      await again.app.listen();
      await state.getByText('Live').waitFor();
    } finally {
      await again[Symbol.asyncDispose]();
    }
  });

  it('asks for a token, with one that is wrong and one that is right', async () => {
    const token = 'a-token-of-this-test';
    const locked = await startDemo({ ...QUICK, token });
    try {
      const { url: lockedUrl } = await locked.app.listen();
      await page.goto(`${lockedUrl}/`);
      await page.getByText('This gateway asks for a token').waitFor();
      await page.locator('.connection').getByText('Waits for a token').waitFor();
      await page.keyboard.type('some-token-that-is-wrong');
      await press('Use this token');
      await page.getByText('The gateway refused this token').waitFor();
      await page.getByLabel('Token').fill(token);
      await press('Use this token');
      await page.getByRole('link', { name: 'storefront' }).first().waitFor();
      await page.locator('.card').first().waitFor();
    } finally {
      await locked[Symbol.asyncDispose]();
    }
  });

  it('fits a narrow screen, in the dark, without a mouse', async () => {
    const phone = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
    const narrow = await phone.newPage();
    try {
      for (const route of ['/', '/service/storefront/checkout', '/cluster/platform', '/stopped']) {
        await narrow.goto(`${url}/#${route}`);
        await narrow.getByRole('heading', { level: 1 }).waitFor();
        await narrow.locator('.waiting').first().waitFor({ state: 'detached' });
        const width = await narrow.evaluate(() => document.documentElement.scrollWidth);
        expect(width, route).toBeLessThanOrEqual(390);
        expect(await narrow.evaluate(cutOff), route).toEqual([]);
      }
      expect(await narrow.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
      await narrow.goto(`${url}/#/service/storefront/cart`);
      await narrow.getByRole('button', { name: 'Scale' }).focus();
      await narrow.keyboard.press('Enter');
      await narrow.locator('dialog[open]').waitFor();
      await narrow.keyboard.press('Escape');
      await narrow.locator('dialog[open]').waitFor({ state: 'detached' });
    } finally {
      await phone.close();
    }
  });

  it('keeps its scripts under 250 kB, compressed', async () => {
    const folder = new URL('../../dist/dashboard/', import.meta.url);
    const { files } = JSON.parse(await readFile(new URL('manifest.json', folder), 'utf8')) as { files: string[] };
    const scripts = files.filter((name) => name.endsWith('.js'));
    expect(scripts).not.toHaveLength(0);
    const sizes = await Promise.all(
      scripts.map(async (name) => (await readFile(new URL(`${name}.gz`, folder))).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(250_000);
  });
});

/** Texts on a page that a box cuts off at its side, and boxes that stand out of the window. Tables of a phone fit without scrolling. */
function cutOff(): string[] {
  return [...document.querySelectorAll<HTMLElement>('header *, main *')]
    .filter((box) => {
      if (box.closest('.hidden, svg') || box.clientWidth === 0) return false;
      const isCut = getComputedStyle(box).overflowX !== 'visible' && box.scrollWidth > box.clientWidth;
      return isCut || box.getBoundingClientRect().right > document.documentElement.clientWidth;
    })
    .map((box) => `${box.tagName}.${box.className}: ${box.textContent}`);
}

/** ListClusters, DescribeClusters; ListServices and DescribeServices for each of three clusters; a DescribeTaskDefinition for each of 12 services. */
const FLEET_CALLS = 2 + 3 * 2 + 12;
