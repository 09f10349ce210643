import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { BANK, createFleet, SHOP } from '../../support/fleet.ts';

const ROLE = `arn:aws:iam::${SHOP.account}:role/dashboard`;

/** A proxy that counts the calls of STS, and can refuse the next call of ECS with a session token as expired. */
async function startProxy(target: () => string) {
  const state = { assumed: [] as URLSearchParams[], expires: 0, isAway: false };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const isSts = request.headers['x-amz-target'] === undefined;
    if (isSts) state.assumed.push(new URLSearchParams(body.toString()));
    if (isSts && state.isAway) {
      response.writeHead(403, { 'content-type': 'text/xml' });
      response.end(
        '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>',
      );
      return;
    }
    if (!isSts && state.expires > 0) {
      state.expires -= 1;
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ __type: 'ExpiredTokenException', message: 'The security token has expired' }));
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !/^(host|connection|content-length)$/.test(name)),
    ) as Record<string, string>;
    const answer = await fetch(target(), { method: 'POST', headers, body });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { state, url, close: () => server.close() };
}

it('a role is assumed once for all regions, with its external id and tags, and again when ECS calls its token expired', async () => {
  let sandbox = '';
  const proxy = await startProxy(() => sandbox);
  const fleet = await createFleet(
    [
      {
        ...SHOP,
        credentials: { role: ROLE, externalId: 'shop-1', sessionName: 'dash', tags: { team: 'web' }, from: 'hub' },
      },
    ],
    {},
    { AWS_ENDPOINT_URL: proxy.url },
    {},
    { hub: { accessKeyId: '999999999999', secretAccessKey: 'test' } },
  );
  sandbox = fleet.sandbox.url;
  try {
    const clusters = '{ clusters { nodes { clusterArn } } }';
    const first = await fleet.query<{ clusters: { nodes: { clusterArn: string }[] } }>(clusters);
    expect(first.errors).toBeUndefined();
    expect(first.data?.clusters.nodes.map(({ clusterArn }) => clusterArn.split(':')[4])).toEqual(
      Array.from({ length: 6 }, () => SHOP.account),
    );
    expect(proxy.state.assumed).toHaveLength(1);
    expect(Object.fromEntries(proxy.state.assumed[0] ?? [])).toMatchObject({
      Action: 'AssumeRole',
      RoleArn: ROLE,
      RoleSessionName: 'dash',
      ExternalId: 'shop-1',
      'Tags.member.1.Key': 'team',
    });
    const { data } = await fleet.query<{ scopes: { credentialsExpireAt: string; state: string }[] }>(
      '{ scopes { state credentialsExpireAt } }',
    );
    expect(data?.scopes).toMatchObject([{ state: 'READY' }, { state: 'READY' }]);
    expect(Date.parse(data?.scopes[0]?.credentialsExpireAt ?? '')).toBeGreaterThan(Date.now());

    proxy.state.expires = 1;
    const write = 'mutation { createCluster(input: { clusterName: "again" }) { cluster { clusterName } } }';
    const written = await fleet.query(write);
    expect(written.data).toEqual({ createCluster: { cluster: { clusterName: 'again' } } });
    expect(proxy.state.assumed).toHaveLength(2);

    // Both regions call with the expired session at the same time.
    expect(fleet.sandbox.expireSessions(ROLE)).toBe(2);
    const both = await fleet.query<{ services: { nodes: { serviceArn: string }[] } }>(
      '{ services(first: 100) { nodes { serviceArn } } }',
    );
    expect(both.errors).toBeUndefined();
    expect(new Set(both.data?.services.nodes.map(({ serviceArn }) => serviceArn.split(':')[3]))).toEqual(
      new Set(SHOP.regions),
    );
    expect(proxy.state.assumed).toHaveLength(3);

    proxy.state.expires = 9;
    proxy.state.isAway = true;
    const refused = await fleet.query('{ cluster(cluster: "platform") { status } }');
    expect(refused.errors).toMatchObject([
      { extensions: { code: 'CREDENTIALS_UNAVAILABLE', retryable: false, scope: { alias: 'shop' } } },
    ]);
    const after = await fleet.query<{ scopes: object[] }>('{ scopes { region state degradedReason } }');
    expect(after.data?.scopes[0]).toEqual({
      region: 'eu-west-1',
      state: 'DEGRADED',
      degradedReason: 'STS refused the role with AccessDenied',
    });
    expect(JSON.stringify([refused, after])).not.toContain('role/dashboard');
  } finally {
    await fleet.dispose();
    proxy.close();
  }
});

it('an account whose credentials are of another one is refused', async () => {
  const fleet = await createFleet([
    { ...SHOP, regions: ['eu-west-1'] },
    {
      alias: 'wrong',
      account: '222222222222',
      regions: ['eu-west-1'],
      credentials: { accessKeyId: '444444444444', secretAccessKey: 'test' },
    },
  ]);
  try {
    const { data, errors } = await fleet.query<{ clusters: { nodes: object[] } }>(
      '{ clusters { nodes { clusterArn } } }',
    );
    expect(data?.clusters.nodes).toHaveLength(3);
    expect(errors).toMatchObject([{ extensions: { code: 'CREDENTIALS_UNAVAILABLE', scope: { alias: 'wrong' } } }]);
    const { data: states } = await fleet.query<{ scopes: object[] }>('{ scopes { alias state degradedReason } }');
    expect(states?.scopes[1]).toEqual({
      alias: 'wrong',
      state: 'DEGRADED',
      degradedReason: 'the credentials are of account 444444444444',
    });
  } finally {
    await fleet.dispose();
  }
});

it('nothing is written with a profile of another account', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'profiles-'));
  const file = join(folder, 'credentials');
  await writeFile(
    file,
    `[right]\naws_access_key_id = ${SHOP.account}\naws_secret_access_key = test\n[wrong]\naws_access_key_id = 444444444444\naws_secret_access_key = test\n`,
  );
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
  // The profile wins over keys in the environment, and the SDK writes nothing about it past the log.
  vi.stubEnv('AWS_ACCESS_KEY_ID', '555555555555');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  const warned = vi.spyOn(console, 'warn');
  const fleet = await createFleet([
    { ...SHOP, regions: ['eu-west-1'], credentials: { profile: 'right' } },
    { ...BANK, regions: ['eu-west-1'], credentials: { profile: 'wrong' } },
  ]);
  try {
    const write = (account: string) =>
      fleet.count(
        `mutation { updateService(account: "${account}", input: { cluster: "storefront", service: "cart", desiredCount: 1 }) { service { desiredCount } } }`,
      );
    const right = await write('shop');
    expect(right.errors).toBeUndefined();
    // The account is asked for before the first write only.
    expect(right.calls).toEqual({ DescribeClusters: 1, UpdateService: 1 });
    expect((await write('shop')).calls).toEqual({ UpdateService: 1 });
    for (let time = 0; time < 2; time += 1) {
      const wrong = await write('bank');
      expect(wrong.errors).toMatchObject([
        { extensions: { code: 'CREDENTIALS_UNAVAILABLE', scope: { alias: 'bank' } } },
      ]);
      expect(wrong.calls).toEqual({ DescribeClusters: 1 });
    }
    expect(warned).not.toHaveBeenCalled();
  } finally {
    warned.mockRestore();
    await fleet.dispose();
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  }
});
