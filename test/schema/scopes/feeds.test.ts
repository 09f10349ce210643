import { expect, it } from 'vitest';
import { BANK, createFleet, type Fleet, SHOP } from '../../support/gateway/fleet.ts';

interface Update {
  readonly type: string;
  readonly sequence: number;
  readonly cursor: string;
  readonly summary: string;
  readonly items: readonly {
    readonly kind: string;
    readonly progress: { readonly service: { readonly serviceArn: string; readonly desiredCount: number } };
  }[];
}

/** The events of a feed over SSE. */
async function follow(fleet: Fleet, query: string, variables: object = {}) {
  const controller = new AbortController();
  const response = await fleet.app.fetch(
    new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query, variables }),
      signal: controller.signal,
    }),
  );
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async next(): Promise<{ data?: { deployments: Update }; errors?: { message: string }[] }> {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end >= 0) {
          const block = text.slice(0, end);
          text = text.slice(end + 2);
          const data = block.split('\n').find((line) => line.startsWith('data: {'));
          if (data !== undefined) return JSON.parse(data.slice(6)) as never;
          continue;
        }
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) throw new Error(`the stream ended: ${text}`);
        text += value;
      }
    },
    close: async () => {
      controller.abort();
      await reader?.cancel().catch(() => undefined);
    },
  };
}

const FEED = `subscription ($after: String, $accounts: [String!]) {
  deployments(after: $after, accounts: $accounts) {
    type sequence cursor summary
    items { kind progress { service { serviceArn desiredCount } } }
  }
}`;

const deploy = (account: string) =>
  `mutation { updateService(account: "${account}", input: { cluster: "storefront", service: "cart", forceNewDeployment: true }) { service { serviceArn } } }`;
const cartOf = ({ account }: { readonly account: string }) =>
  `arn:aws:ecs:eu-west-1:${account}:service/storefront/cart`;

it('a feed over several accounts is one stream, which resumes in each of them', async () => {
  const accounts = [SHOP, BANK].map((account) => ({ ...account, regions: ['eu-west-1'] }));
  const fleet = await createFleet(accounts, {}, { LIVE_MIN_INTERVAL: '100ms', LIVE_MAX_INTERVAL: '100ms' });
  try {
    const feed = await follow(fleet, FEED);
    const first = (await feed.next()).data?.deployments;
    expect(first?.type).toBe('SNAPSHOT');
    // Work in progress in either account, with links that lead into it.
    const found = first?.items.map(({ progress }) => progress.service.serviceArn.split(':')[4]) ?? [];
    expect(new Set(found)).toEqual(new Set([SHOP.account, BANK.account]));
    expect(first?.summary).toMatch(/^shop eu-west-1: .*; bank eu-west-1: /);

    const next = async () => {
      const update = (await feed.next()).data?.deployments;
      const services = update?.items.map(({ progress }) => progress.service.serviceArn) ?? [];
      return { ...update, services };
    };
    await fleet.data(deploy('bank'));
    const inBank = await next();
    expect(inBank).toMatchObject({
      type: 'CHANGED',
      services: [cartOf(BANK)],
      summary: expect.stringMatching(/^bank eu-west-1: /),
    });
    expect(inBank.sequence).toBeGreaterThan(first?.sequence ?? 0);
    await fleet.data(deploy('shop'));
    const inShop = await next();
    expect(inShop).toMatchObject({
      type: 'CHANGED',
      services: [cartOf(SHOP)],
      summary: expect.stringMatching(/^shop eu-west-1: /),
    });
    expect(inShop.sequence).toBeGreaterThan(inBank.sequence ?? 0);
    await feed.close();

    // Resumed after the event of the bank: the one of the shop comes again, and nothing else.
    const resumed = await follow(fleet, FEED, { after: inBank.cursor });
    const again = (await resumed.next()).data?.deployments;
    expect(again?.items.map(({ progress }) => progress.service.serviceArn)).toEqual([cartOf(SHOP)]);
    expect(again).toMatchObject({ type: 'CHANGED', sequence: inShop.sequence, cursor: inShop.cursor });
    await resumed.close();

    // One account of it goes on from the same cursor.
    const one = await follow(fleet, FEED, { after: inBank.cursor, accounts: ['shop'] });
    const alone = (await one.next()).data?.deployments;
    expect(alone?.items.map(({ progress }) => progress.service.serviceArn)).toEqual([cartOf(SHOP)]);
    await one.close();

    const foreign = await follow(fleet, FEED, { after: alone?.cursor });
    expect((await foreign.next()).errors).toMatchObject([
      { message: expect.stringContaining('"after" is no cursor of a feed that follows several') },
    ]);
    await foreign.close();
  } finally {
    await fleet.dispose();
  }
});

it('a feed goes on in the accounts that can be read', async () => {
  const away = {
    ...BANK,
    alias: 'away',
    account: '333333333333',
    regions: ['eu-west-1'],
    endpoint: 'http://127.0.0.1:9',
  };
  const fleet = await createFleet(
    [{ ...SHOP, regions: ['eu-west-1'] }, away],
    {},
    { LIVE_MIN_INTERVAL: '100ms', LIVE_MAX_INTERVAL: '100ms' },
  );
  try {
    const feed = await follow(fleet, FEED);
    const first = (await feed.next()).data?.deployments;
    expect(first?.type).toBe('SNAPSHOT');
    expect(first?.summary).toMatch(/^shop eu-west-1: /);
    await feed.close();
    const none = await follow(fleet, FEED, { accounts: ['away'] });
    expect((await none.next()).errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_UNAVAILABLE', scope: { alias: 'away', region: 'eu-west-1' } } },
    ]);
    await none.close();
  } finally {
    await fleet.dispose();
  }
});
