import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preset } from '@graphql-codegen/client-preset';
import { createNoopProfiler } from '@graphql-codegen/plugin-helpers';
import { parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createToken } from '../../../src/auth/token-file.ts';
import { startTestApp, type TestApp } from '../../support/gateway/test-app.ts';
import { initWs } from '../../support/gateway/ws-client.ts';
import { until } from '../../support/time/until.ts';

const HELLO = 'query Hello($name: String) { hello(name: $name) }';
const TICKS = 'subscription Ticks { ticks }';
const OTHER = '{ principal }';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const byHash = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

const web = createToken('web', ['front-end'], undefined);
const ops = createToken('ops', ['admin'], undefined);
const bearer = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` });

let folder: string;
let manifest: string;

/** A gateway whose role `front-end` runs only what the manifest lists. */
async function start(settings: object = {}, options: object = {}): Promise<TestApp> {
  await writeFile(join(folder, 'tokens.json'), JSON.stringify({ tokens: [web.entry, ops.entry] }));
  const own = {
    tokensFile: join(folder, 'tokens.json'),
    trustedDocuments: [manifest],
    trustedOnlyRoles: ['front-end'],
  };
  return startTestApp({ ...own, ...settings }, options);
}

/** The data, or the codes of the errors, with the status if it is not 200. */
async function answerOf(response: Response) {
  const { data, errors } = (await response.json()) as {
    data?: object;
    errors?: { extensions: { code: string } }[];
  };
  if (errors === undefined) return data;
  return [response.status, ...errors.map(({ extensions }) => extensions.code)];
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manifest-'));
  manifest = join(folder, 'manifest.json');
  await writeFile(manifest, JSON.stringify({ [`sha256:${sha256(HELLO)}`]: HELLO, ticks: TICKS }));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a trusted document', () => {
  const hello = { hello: 'hello Ann' };
  const variables = { name: 'Ann' };
  const id = sha256(HELLO);

  it.each([
    ['documentId', { documentId: id }],
    ['documentId with its algorithm', { documentId: `sha256:${id}` }],
    ['Relay’s id', { id }],
    ['doc_id', { doc_id: id }],
    ['Apollo’s hash', byHash(id)],
    ['an id and its text', { documentId: id, query: HELLO }],
    ['its text', { query: HELLO }],
    ['its text in another format', { query: HELLO.replaceAll(' ', '\n  ') }],
    ['its text with another hash', { query: HELLO, ...byHash('a'.repeat(64)) }],
  ])('is run by %s, for strict and other callers', async (_by, named) => {
    await using server = await start();
    expect(await answerOf(await server.post({ ...named, variables }, bearer(web)))).toEqual(hello);
    if ('query' in named && 'extensions' in named) return;
    expect(await answerOf(await server.post({ ...named, variables }, bearer(ops)))).toEqual(hello);
  });

  it('is run by GET, in a batch, over WebSocket and SSE', async () => {
    await using server = await start();
    const get = (parameters: Record<string, string>, headers = {}) =>
      server.app.fetch(
        new Request(`http://localhost/graphql?${new URLSearchParams(parameters)}`, {
          headers: { ...bearer(web), ...headers },
        }),
      );
    expect(await answerOf(await get({ documentId: id, variables: JSON.stringify(variables) }))).toEqual(hello);
    const batch = await server.post([{ id, variables }, { query: OTHER }, { documentId: 'nope' }], bearer(web));
    expect(await batch.json()).toMatchObject([
      { data: hello },
      { errors: [{ extensions: { code: 'DOCUMENT_NOT_TRUSTED' } }] },
      { errors: [{ extensions: { code: 'DOCUMENT_NOT_FOUND' } }] },
    ]);
    const stream = await get({ documentId: 'ticks' }, { accept: 'text/event-stream' });
    expect([stream.status, stream.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/event-stream'),
    ]);
    await stream.body?.cancel();
    const peer = await initWs(`${await server.listen()}/graphql`, bearer(web));
    for (const payload of [
      { query: '', documentId: id, variables },
      { query: '', ...byHash(id), variables },
    ]) {
      peer.send({ id: '1', type: 'subscribe', payload });
      expect(await peer.next()).toMatchObject({ type: 'next', payload: { data: hello } });
      expect(await peer.next()).toMatchObject({ type: 'complete' });
    }
    peer.send({ id: '2', type: 'subscribe', payload: { query: '', id: 'ticks' } });
    await until(() => server.probe.open() > 0);
    server.probe.tick(1);
    expect(await peer.next()).toMatchObject({ type: 'next', payload: { data: { ticks: 1 } } });
    for (const [payload, code] of [
      [{ query: OTHER }, 'DOCUMENT_NOT_TRUSTED'],
      [{ query: '', documentId: 'nope' }, 'DOCUMENT_NOT_FOUND'],
      [{ query: OTHER, documentId: id }, 'BAD_REQUEST'],
    ] as const) {
      peer.send({ id: '3', type: 'subscribe', payload });
      expect(await peer.next()).toMatchObject({ type: 'error', payload: [{ extensions: { code } }] });
    }
    peer.socket.close();
  });

  it('is all that a strict caller runs: no text, no introspection, no hash of its own', async () => {
    await using server = await start();
    for (const [body, refused] of [
      [{ query: OTHER }, [403, 'DOCUMENT_NOT_TRUSTED']],
      [{ query: '{ __schema { types { name } } }' }, [403, 'DOCUMENT_NOT_TRUSTED']],
      [{ query: '{ __typename }' }, [403, 'DOCUMENT_NOT_TRUSTED']],
      [{ query: OTHER, ...byHash(sha256(OTHER)) }, [403, 'DOCUMENT_NOT_TRUSTED']],
      [{ query: `${HELLO} query More { principal }`, operationName: 'More' }, [403, 'DOCUMENT_NOT_TRUSTED']],
      [{ query: '{ "' }, [403, 'DOCUMENT_NOT_TRUSTED']],
      // Not in the words on which Apollo's link would send the text.
      [byHash(sha256(OTHER)), [404, 'DOCUMENT_NOT_FOUND']],
      [{ documentId: 'constructor' }, [404, 'DOCUMENT_NOT_FOUND']],
      [{ documentId: id, query: OTHER }, [400, 'BAD_REQUEST']],
      [{ documentId: id, id }, [400, 'BAD_REQUEST']],
      [{ documentId: 7 }, [400, 'BAD_REQUEST']],
      [{}, [400, 'BAD_REQUEST']],
    ] as const) {
      expect(await answerOf(await server.post(body, bearer(web)))).toEqual(refused);
    }
    // Nothing of it was stored for others either.
    expect(await answerOf(await server.post(byHash(sha256(OTHER)), bearer(ops)))).toEqual([
      200,
      'PERSISTED_QUERY_NOT_FOUND',
    ]);
  });

  it('leaves other callers their texts, hashes and introspection', async () => {
    await using server = await start();
    for (const body of [{ query: OTHER }, { query: '{ __typename }' }, { query: OTHER, ...byHash(sha256(OTHER)) }]) {
      expect(await answerOf(await server.post(body, bearer(ops)))).toEqual(expect.any(Object));
    }
    expect(await answerOf(await server.post(byHash(sha256(OTHER)), bearer(ops)))).toEqual({ principal: 'ops' });
    expect(await answerOf(await server.post({ documentId: sha256(OTHER) }, bearer(ops)))).toEqual([
      404,
      'DOCUMENT_NOT_FOUND',
    ]);
  });

  it('applies to every caller with *, and to no caller without a manifest', async () => {
    await using strict = await startTestApp({ trustedDocuments: [manifest], trustedOnlyRoles: ['*'] });
    expect(await answerOf(await strict.post({ query: OTHER }))).toEqual([403, 'DOCUMENT_NOT_TRUSTED']);
    expect(await answerOf(await strict.post({ id, variables }))).toEqual(hello);
    await using open = await startTestApp();
    expect(await answerOf(await open.post({ documentId: id }))).toEqual([404, 'DOCUMENT_NOT_FOUND']);
  });

  it('names in its refusals what to do, and stands in the audit log', async () => {
    const audit = join(folder, 'audit.log');
    await using server = await start({ auditLog: audit });
    const refused = (await (await server.post({ query: OTHER }, bearer(web))).json()) as {
      errors: { message: string }[];
    };
    expect(refused.errors[0]?.message).toMatch(/"front-end".*TRUSTED_ONLY_ROLES.*TRUSTED_DOCUMENTS.*documents check/);
    const { readFile } = await import('node:fs/promises');
    await server.app.dispose();
    expect(JSON.parse(await readFile(audit, 'utf8'))).toMatchObject({
      principal: 'web',
      action: 'RunDocument',
      decision: 'DENY',
      policies: ['TRUSTED_ONLY_ROLES'],
    });
  });
});

describe('a manifest', () => {
  it('is read again; a broken version is refused loudly, and the one before stays', async () => {
    await using server = await start({}, { expectErrors: true });
    const run = async (body: object) => answerOf(await server.post(body, bearer(web)));
    await writeFile(manifest, JSON.stringify({ other: OTHER }));
    expect(await server.app.reload?.()).toBe(true);
    expect(await run({ id: 'other' })).toEqual({ principal: 'web' });
    expect(await run({ id: 'ticks' })).toEqual([404, 'DOCUMENT_NOT_FOUND']);
    for (const [broken, problem] of [
      ['{', 'is not JSON'],
      ['{"other": "{ principle }"}', 'the document "other": Cannot query field "principle"'],
      [JSON.stringify({ a: 'query A { nope }' }), 'the document "a" (A)'],
    ] as const) {
      await writeFile(manifest, broken);
      expect(await server.app.reload?.()).toBe(false);
      expect(await run({ id: 'other' })).toEqual({ principal: 'web' });
      expect(server.logs.at(-1)).toMatchObject({ level: 'info' });
      expect(server.logs.findLast(({ level }) => level === 'error')).toMatchObject({
        problem: expect.stringContaining(problem),
      });
    }
  });

  it('of a second file adds to the first, and may not contradict it', async () => {
    const second = join(folder, 'second.json');
    await writeFile(second, JSON.stringify({ other: OTHER, ticks: `${TICKS}\n` }));
    await using server = await start({ trustedDocuments: [manifest, second] });
    expect(await answerOf(await server.post({ id: 'other' }, bearer(web)))).toEqual({ principal: 'web' });
    await writeFile(second, JSON.stringify({ ticks: OTHER }));
    await expect(start({ trustedDocuments: [manifest, second] })).rejects.toThrow(
      /TRUSTED_DOCUMENTS.*second.json: the id "ticks" stands for another text in .*manifest.json/,
    );
  });

  it('that is wrong at the start is the end', async () => {
    await writeFile(manifest, '{"a": "{ nope }"}');
    await expect(start()).rejects.toThrow('the document "a": Cannot query field "nope"');
    await rm(manifest);
    await expect(start()).rejects.toThrow('ENOENT');
  });

  it('is what graphql-codegen writes, whose ids clients send', async () => {
    await using server = await start();
    const { schema } = await import('../../support/gateway/test-schema.ts').then(({ createTestSchema }) =>
      createTestSchema(),
    );
    const { printSchema } = await import('graphql');
    const { codegen } = await import('@graphql-codegen/core');
    const outputs = await preset.buildGeneratesSection({
      baseOutputDir: `${folder}/`,
      schema: parse(printSchema(schema)),
      schemaAst: schema,
      documents: [{ location: 'hello.graphql', document: parse(HELLO), rawSDL: HELLO }],
      config: {},
      presetConfig: { persistedDocuments: { hashAlgorithm: 'sha256' } },
      plugins: [],
      pluginMap: {},
      profiler: createNoopProfiler(),
      documentTransforms: [],
    });
    // The manifest is complete when the other files are.
    const files = await Promise.all(outputs.map(async (output) => ({ ...output, text: await codegen(output) })));
    const { text = '' } = files.find(({ filename }) => filename.endsWith('persisted-documents.json')) ?? {};
    const [id = ''] = Object.keys(JSON.parse(text));
    await writeFile(manifest, text);
    expect(await server.app.reload?.()).toBe(true);
    expect(await answerOf(await server.post({ documentId: id, variables: { name: 'Bo' } }, bearer(web)))).toEqual({
      hello: 'hello Bo',
    });
  });
});
