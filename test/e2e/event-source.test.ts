import { describe, expect, it } from 'vitest';
import { startLiveApp } from '../support/gateway/live-app.ts';
import { hasBrowser, launchBrowser } from '../support/programs/browser.ts';

const QUERY = `subscription { serviceEvents(cluster: "prod", service: "web", timeout: "PT1H") {
  type cursor events { message } } }`;

interface Followed {
  readonly type: string;
  readonly cursor: string;
  readonly lastEventId: string;
  readonly messages: readonly string[];
}

/** A page: follows by EventSource, and puts what it gets into `window.followed`. */
function follow(url: string): void {
  const followed: unknown[] = [];
  const source = new EventSource(url);
  source.addEventListener('next', ({ data, lastEventId }) => {
    const { type, cursor, events } = JSON.parse(data as string).data.serviceEvents;
    followed.push({ type, cursor, lastEventId, messages: events.map(({ message }: { message: string }) => message) });
  });
  // Without this the browser would connect again after the end.
  source.addEventListener('complete', () => source.close());
  Object.assign(window, { followed, source });
}

describe.runIf(hasBrowser())('EventSource in a browser', { timeout: 60_000 }, () => {
  it('connects again by itself after a restart, and goes on behind the last event', async () => {
    await using app = await startLiveApp({ LIVE_MIN_INTERVAL: '100ms', LIVE_MAX_INTERVAL: '100ms' });
    await app.register('web:1');
    await app.createService();
    app.world.sandbox.clock.advance(20_000);
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      // An application of the same origin. The gateway's own answers allow a page nothing.
      const own = app.url.replace('/graphql', '/app');
      await page.route(own, (route) => route.fulfill({ contentType: 'text/html', body: '<title>app</title>' }));
      await page.goto(own);
      await page.evaluate(follow, `${app.url}?query=${encodeURIComponent(QUERY)}`);
      const followed = () => page.evaluate(() => (window as unknown as { followed: Followed[] }).followed);
      while ((await followed()).length < 1) await page.waitForTimeout(50);
      const [first] = await followed();
      expect(first).toMatchObject({ type: 'SNAPSHOT', lastEventId: first?.cursor });

      await app.restart();
      // Events without a subscriber come with the next connection.
      app.world.sandbox.clock.advance(200_000);
      const isOver = async () => (await followed()).some(({ messages }) => /completed/.test(messages.join()));
      while (!(await isOver())) await page.waitForTimeout(50);
      const all = await followed();
      // Without the header Last-Event-ID the second connection would begin with a SNAPSHOT too.
      expect(all.filter(({ type }) => type === 'SNAPSHOT')).toHaveLength(1);
      expect(all.map(({ cursor, lastEventId }) => cursor === lastEventId)).not.toContain(false);
      const messages = all.flatMap((event) => event.messages);
      expect(new Set(messages).size).toBe(messages.length);
    } finally {
      await browser.close();
    }
  });
});
