import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { BANK, createFleet, SHOP } from '../../support/gateway/fleet.ts';

const ROLE = `arn:aws:iam::${SHOP.account}:role/dashboard`;

/** A proxy that counts the calls of STS, can refuse them, and can refuse the next calls of ECS with a session token as expired. */
async function startProxy(target: () => string) {
  const state = {
    assumed: [] as URLSearchParams[],
    identified: 0,
    expires: 0,
    isAway: false,
    rename: (text: string) => text,
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const isSts = request.headers['x-amz-target'] === undefined;
    const form = new URLSearchParams(isSts ? body.toString() : '');
    if (form.get('Action') === 'AssumeRole') state.assumed.push(form);
    if (form.get('Action') === 'GetCallerIdentity') state.identified += 1;
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
    const kept = [...answer.headers].filter(([name]) => name !== 'content-length');
    response.writeHead(answer.status, Object.fromEntries(kept));
    const answered = Buffer.from(await answer.arrayBuffer());
    response.end(isSts ? state.rename(answered.toString()) : answered);
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
    // The answer of AssumeRole names the account.
    expect(proxy.state.identified).toBe(0);
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

const OTHER = '444444444444';
const CLUSTERS = '{ clusters { nodes { clusterArn } } }';
const scaleIn = (account: string) =>
  `mutation { updateService(account: "${account}", input: { cluster: "storefront", service: "cart", desiredCount: 1 }) { service { desiredCount } } }`;

/** Credentials by their kind in the scopes file, of an account that the sandbox knows by its access key. */
async function withProfiles(
  use: (of: Readonly<Record<string, (account: string) => object | undefined>>) => Promise<void>,
) {
  const folder = await mkdtemp(join(tmpdir(), 'profiles-'));
  const file = join(folder, 'credentials');
  const profiles = [SHOP.account, OTHER].map(
    (account) => `[p${account}]\naws_access_key_id = ${account}\naws_secret_access_key = test\n`,
  );
  await writeFile(file, profiles.join(''));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
  vi.stubEnv('AWS_ACCESS_KEY_ID', OTHER);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  try {
    await use({
      keys: (account) => ({ accessKeyId: account, secretAccessKey: 'test' }),
      profile: (account) => ({ profile: `p${account}` }),
      chain: () => undefined,
    });
  } finally {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  }
}

for (const kind of ['keys', 'profile', 'chain']) {
  it(`credentials of another account (${kind}) make no call, and degrade their scope alone`, async () => {
    await withProfiles(async (of) => {
      // The profile wins over keys in the environment, and the SDK writes nothing about it past the log.
      const warned = vi.spyOn(console, 'warn');
      const fleet = await createFleet([
        { ...SHOP, regions: ['eu-west-1'], credentials: of[kind === 'chain' ? 'keys' : kind]?.(SHOP.account) },
        { ...BANK, credentials: of[kind]?.(OTHER) },
      ]);
      try {
        const right = await fleet.count(scaleIn('shop'));
        expect(right.errors).toBeUndefined();
        expect(right.calls).toEqual({ 'sts:GetCallerIdentity': 1, UpdateService: 1 });
        const refusal = { code: 'CREDENTIALS_UNAVAILABLE', scope: { alias: 'bank' } };
        for (let time = 0; time < 2; time += 1) {
          const wrong = await fleet.count(scaleIn('bank'));
          expect(wrong.errors).toMatchObject([{ extensions: refusal }]);
          expect(wrong.calls).toEqual(time === 0 ? { 'sts:GetCallerIdentity': 1 } : {});
        }
        const { data, errors, calls } = await fleet.count<{ clusters: { nodes: object[] } }>(CLUSTERS);
        expect(data?.clusters.nodes).toHaveLength(3);
        expect(errors).toMatchObject([{ extensions: refusal }, { extensions: refusal }]);
        // Of the account whose credentials are right.
        expect(calls).toEqual({ ListClusters: 1 });
        const { data: states } = await fleet.query<{ scopes: object[] }>('{ scopes { alias state degradedReason } }');
        const degraded = {
          alias: 'bank',
          state: 'DEGRADED',
          degradedReason: `the credentials are of account ${OTHER}, and the scope is account ${BANK.account}`,
        };
        expect(states?.scopes).toEqual([{ alias: 'shop', state: 'READY', degradedReason: null }, degraded, degraded]);
        expect(warned).not.toHaveBeenCalled();
      } finally {
        warned.mockRestore();
        await fleet.dispose();
      }
    });
  });
}

it('a role whose session is of another account than its ARN makes no call', async () => {
  let sandbox = '';
  const proxy = await startProxy(() => sandbox);
  proxy.state.rename = (text) => text.replace(`:sts::${SHOP.account}:`, `:sts::${OTHER}:`);
  const fleet = await createFleet(
    [{ ...SHOP, credentials: { role: ROLE, from: 'hub' } }],
    {},
    { AWS_ENDPOINT_URL: proxy.url },
    {},
    { hub: { accessKeyId: '999999999999', secretAccessKey: 'test' } },
  );
  sandbox = fleet.sandbox.url;
  try {
    const { errors, calls } = await fleet.count(CLUSTERS);
    // No account and region can be read: one error names all.
    const scopes = SHOP.regions.map((region) => ({ alias: 'shop', region, code: 'CREDENTIALS_UNAVAILABLE' }));
    expect(errors).toMatchObject([{ extensions: { code: 'CREDENTIALS_UNAVAILABLE', scopes } }]);
    expect(errors?.[0]?.message).toContain('(in account "shop" in eu-west-1 and account "shop" in us-east-1)');
    expect(calls).toEqual({ 'sts:AssumeRole': 1 });
  } finally {
    await fleet.dispose();
    proxy.close();
  }
});

it('STS is asked once whose credentials are, for all regions', async () => {
  let sandbox = '';
  const proxy = await startProxy(() => sandbox);
  const fleet = await createFleet([SHOP, BANK], {}, { AWS_ENDPOINT_URL: proxy.url });
  sandbox = fleet.sandbox.url;
  try {
    for (let time = 0; time < 2; time += 1) expect((await fleet.query(CLUSTERS)).errors).toBeUndefined();
    expect(proxy.state.identified).toBe(2);
  } finally {
    await fleet.dispose();
    proxy.close();
  }
});

it('where STS cannot be asked, answers of another account are refused, and ECS is asked before the first write', async () => {
  let sandbox = '';
  const proxy = await startProxy(() => sandbox);
  proxy.state.isAway = true;
  await withProfiles(async (of) => {
    const fleet = await createFleet(
      [
        { ...SHOP, regions: ['eu-west-1'], credentials: of.profile?.(SHOP.account) },
        { ...BANK, regions: ['eu-west-1'], credentials: of.keys?.(OTHER) },
      ],
      {},
      { AWS_ENDPOINT_URL_STS: proxy.url },
    );
    sandbox = fleet.sandbox.url;
    try {
      const right = await fleet.count(scaleIn('shop'));
      expect(right.errors).toBeUndefined();
      expect(right.calls).toEqual({ DescribeClusters: 1, UpdateService: 1 });
      expect((await fleet.count(scaleIn('shop'))).calls).toEqual({ UpdateService: 1 });
      for (let time = 0; time < 2; time += 1) {
        const wrong = await fleet.count(scaleIn('bank'));
        expect(wrong.errors).toMatchObject([
          { extensions: { code: 'CREDENTIALS_UNAVAILABLE', scope: { alias: 'bank' } } },
        ]);
        expect(wrong.calls).toEqual({ DescribeClusters: 1 });
      }
      const { data, errors } = await fleet.query<{ clusters: { nodes: object[] } }>(CLUSTERS);
      expect(data?.clusters.nodes).toHaveLength(3);
      expect(errors).toMatchObject([{ extensions: { code: 'CREDENTIALS_UNAVAILABLE', scope: { alias: 'bank' } } }]);
      // One attempt for each account: it is not repeated for every call.
      expect(proxy.state.identified).toBe(2);
    } finally {
      await fleet.dispose();
      proxy.close();
    }
  });
});
