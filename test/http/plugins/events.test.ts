import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createYoga } from 'graphql-yoga';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../../../src/auth/token-file.ts';
import { type DeliveryAnswer, useEvents } from '../../../src/http/plugins/events.ts';
import { taskEvent } from '../../inventory/sources/events.ts';
import { startTestApp } from '../../support/gateway/test-app.ts';

const [old, next, ended] = ['old', 'next', 'ended'].map((name) =>
  createToken(name, [], name === 'ended' ? new Date(Date.now() - 1_000) : undefined),
) as [ReturnType<typeof createToken>, ReturnType<typeof createToken>, ReturnType<typeof createToken>];
const CALLER = 'a-token-of-a-caller-0123456789';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecsg-events-'));
  file = join(folder, 'secrets.json');
  await writeFile(file, JSON.stringify({ tokens: [old.entry, next.entry, ended.entry] }));
});
afterAll(() => rm(folder, { recursive: true }));

const post = (token: string | undefined, body: string, path = '/events', method = 'POST') =>
  new Request(`http://localhost${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(method === 'POST' && { body }),
  });

describe('POST /events', () => {
  it('does not exist without secrets', async () => {
    await using server = await startTestApp();
    expect((await server.app.fetch(post(undefined, '{}'))).status).toBe(404);
  });

  it('lets in each secret of the file, and neither the token of a caller nor one that has ended', async () => {
    await using server = await startTestApp({ eventsSecretsFile: file, token: CALLER });
    const status = async (token?: string) => {
      const response = await server.app.fetch(post(token, 'no event'));
      expect(response.status === 401).toBe(response.headers.get('www-authenticate') === 'Bearer');
      return response.status;
    };
    expect(await status()).toBe(401);
    expect(await status(CALLER)).toBe(401);
    expect(await status(ended.token)).toBe(401);
    expect(await status(`${old.token}x`)).toBe(401);
    // The right secret, and a body that is not an event.
    for (const { token } of [old, next]) expect(await status(token)).toBe(400);
    const graph = await server.post({ query: '{ __typename }' }, { authorization: `Bearer ${old.token}` });
    expect(graph.status).toBe(401);
  });

  it('has no other method', async () => {
    await using server = await startTestApp({ eventsSecretsFile: file });
    const response = await server.app.fetch(post(old.token, '', '/events', 'GET'));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('is below the base path, over a socket too', async () => {
    await using server = await startTestApp({ eventsSecretsFile: file, basePath: '/ecs' });
    const base = await server.listen();
    const headers = { authorization: `Bearer ${old.token}`, 'content-type': 'application/json' };
    const response = await fetch(`${base}/events`, { method: 'POST', headers, body: JSON.stringify(taskEvent()) });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
  });

  it('does not start if the file of secrets is wrong', async () => {
    const broken = join(folder, 'broken.json');
    await writeFile(broken, '{"tokens": [{"name": "x"}]}');
    await expect(startTestApp({ eventsSecretsFile: broken })).rejects.toThrow(
      /--events-secrets-file \(EVENTS_SECRETS_FILE\) .*broken\.json: tokens\[0\] needs a "sha256"/,
    );
  });
});

describe('the body of a delivery', () => {
  const serve = (take: (body: string) => Promise<DeliveryAnswer>) =>
    createYoga({ plugins: [useEvents({ isSecret: (token) => token === 'right', take })], logging: false });

  it('is not read without the secret, and refused above 1.1 MB', async () => {
    const bodies: string[] = [];
    const server = serve(async (body) => {
      bodies.push(body);
      return { status: 200 };
    });
    const status = async (token: string, body: string) => (await server.fetch(post(token, body))).status;
    expect(await status('wrong', '{}')).toBe(401);
    expect(await status('right', 'x'.repeat(1_100_001))).toBe(413);
    expect(bodies).toEqual([]);
    expect(await status('right', 'x'.repeat(1_100_000))).toBe(200);
    expect(bodies).toHaveLength(1);
  });

  it('waits with at most 63 others', async () => {
    const finish: ((answer: DeliveryAnswer) => void)[] = [];
    const server = serve(() => new Promise((resolve) => void finish.push(resolve)));
    const answers = Array.from({ length: 65 }, () => server.fetch(post('right', '{}')));
    const last = await answers[64];
    expect([last?.status, last?.headers.get('retry-after')]).toEqual([429, '1']);
    while (finish.length < 64) await new Promise(setImmediate);
    for (const each of finish) each({ status: 200 });
    expect((await Promise.all(answers.slice(0, 64))).map(({ status }) => status)).toEqual(Array(64).fill(200));
    const again = server.fetch(post('right', '{}'));
    while (finish.length < 65) await new Promise(setImmediate);
    finish[64]?.({ status: 400 });
    expect((await again).status).toBe(400);
  });
});
