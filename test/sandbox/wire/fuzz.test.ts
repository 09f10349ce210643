import { request } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readContract } from '../../../src/sandbox/checks/operation-contracts.ts';
import { modelledErrors } from '../support/inputs/declared-types.ts';
import { minimalInput } from '../support/inputs/minimal-input.ts';
import { withSandbox } from '../support/start-sandbox.ts';

const contract = readContract();
const PREFIX = 'AmazonEC2ContainerServiceV20141113.';

interface Raw {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string;
}

/** Sends whatever is given and reads whatever comes back. */
function send(url: string, raw: Raw): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(url);
  const body = Buffer.from(raw.body ?? '');
  const headers = { ...raw.headers, 'content-length': String(body.length) };
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, method: raw.method ?? 'POST', path: raw.path ?? '/', headers, agent: false },
      (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          answer += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: answer }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const operation = fc.constantFrom(...contract.inputs.keys());
/** The characters that a header may carry. */
const headerText = fc.stringMatching(/^[\x20-\x7e]{0,60}$/);
const junk = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.string({ maxLength: 60 }),
  fc.constantFrom('', '[]', 'null', '0', '{"__proto__":{"x":1}}', '{"cluster":"\\ud800"}', `${'['.repeat(500)}`),
);

/** The smallest input of an operation, with one of its members replaced by anything. */
const damaged = fc
  .tuple(operation, fc.nat(30), fc.jsonValue({ maxDepth: 2 }))
  .map(([name, index, value]): { name: string; input: object } => {
    const schema = contract.inputs.get(name);
    if (!schema?.isStructSchema()) return { name, input: { anything: value } };
    const members = [...schema.structIterator()].map(([member]) => member);
    const member = members[index % Math.max(1, members.length)] ?? 'anything';
    return { name, input: { ...(minimalInput(schema) as object), [member]: value } };
  });

describe('garbage on the wire', () => {
  it('never crashes the sandbox, and is never answered as its own defect', async () => {
    await using s = await withSandbox({ seed: 'demo' });
    const { url } = s.sandbox;
    const raw = fc.record({
      method: fc.constantFrom('POST', 'POST', 'GET', 'PUT', 'DELETE'),
      path: fc.constantFrom(
        '/',
        '/x',
        '/_sandbox/clock/advance',
        '/_sandbox/faults',
        '/_sandbox/accidents',
        '/_sandbox/events',
      ),
      headers: fc.record({
        'x-amz-target': fc.oneof(
          headerText,
          operation.map((name) => PREFIX + name),
        ),
        authorization: fc.oneof(
          headerText,
          fc.constant('AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/ecs/aws4_request'),
        ),
        'content-type': headerText,
      }),
      body: fc.oneof(junk, fc.uint8Array({ maxLength: 60 })),
    });
    await fc.assert(
      fc.asyncProperty(raw, async (given) => {
        const { status, body } = await send(url, given);
        expect([status, body]).toEqual([expect.toSatisfy((code: number) => code < 500), expect.any(String)]);
        expect(() => JSON.parse(body)).not.toThrow();
      }),
      { numRuns: 400, endOnFailure: true },
    );
    s.sandbox.faults.clear();
    const alive = await send(url, { headers: { 'x-amz-target': `${PREFIX}ListClusters` }, body: '{}' });
    expect(alive.status).toBe(200);
  });

  it('is refused in any member of any operation with an error of the API, or taken', async () => {
    await using s = await withSandbox();
    await fc.assert(
      fc.asyncProperty(damaged, async ({ name, input }) => {
        const headers = { 'x-amz-target': PREFIX + name };
        const { status, body } = await send(s.sandbox.url, { headers, body: JSON.stringify(input) });
        expect([name, status, body]).toEqual([name, expect.toSatisfy((code: number) => code < 500), body]);
        if (status === 200) return;
        const code = (JSON.parse(body) as { __type: string }).__type;
        const known = new Set([...modelledErrors(name), 'SerializationException']);
        expect([name, body, known.has(code)]).toEqual([name, body, true]);
      }),
      { numRuns: 800, endOnFailure: true },
    );
  });
});
