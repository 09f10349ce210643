import { afterAll, describe, expect, it } from 'vitest';
import { createWorld } from '../support/gateway/world.ts';
import { initWs } from '../support/gateway/ws-client.ts';

const FLEET = `{ clusters { nodes { clusterName status services(first: 5) { nodes { serviceName desiredCount
  deployments { rolloutState createdAt } taskDefinition { family revision containerDefinitions { name image } }
  tasks(first: 5) { nodes { taskArn lastStatus startedAt containers { name lastStatus } } } } } } } }`;
const FAULTS = `{ cluster(cluster: "storefront") { clusterName } none: cluster(cluster: "none") { clusterName }
  bad: service(cluster: "storefront", service: "no spaces") { serviceName } }`;
const WRITE = `mutation { updateService(input: { cluster: "storefront", service: "cart", desiredCount: 4 }) {
  service { serviceName desiredCount events { message createdAt } } } }`;
const STREAM = 'subscription { serviceEvents(cluster: "storefront", service: "cart") { type sequence summary } }';

/** The events of a stream over SSE, as text, up to the first whole one. */
async function overSse(url: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: STREAM }),
  });
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (/^data: .+\n/m.test(text)) break;
  }
  return /^data: (.+)$/m.exec(text)?.[1] ?? '';
}

async function overWebSocket(url: string): Promise<unknown> {
  const peer = await initWs(url);
  peer.send({ id: 's', type: 'subscribe', payload: { query: STREAM } });
  const message = await peer.next();
  peer.socket.close();
  return message.payload;
}

describe('FAST_PATHS=off: with the executor, frames, chunks and decoder of the libraries', async () => {
  // Both in front of one sandbox, whose time stands still.
  const fast = await createWorld({}, { FAST_PATHS: 'on' });
  const plain = await createWorld({ seed: 'empty' }, { FAST_PATHS: 'off', AWS_ENDPOINT_URL: fast.sandbox.url });
  afterAll(async () => void (await Promise.all([fast.dispose(), plain.dispose()])));

  it.each([
    ['a tree', FLEET],
    ['errors at their fields', FAULTS],
    ['a write', WRITE],
    ['introspection', '{ __schema { types { name fields { name args { name } } } } __type(name: "Task") { kind } }'],
  ])('answers the same, for the same calls: %s', async (_name, query) => {
    const [one, other] = [await fast.query(query), await plain.query(query)];
    const shown = ({ data, errors, extensions }: typeof one) => ({
      data,
      errors: errors?.map(({ message, path, extensions: { code } }) => [message, path, code]),
      calls: extensions?.ecs.byOperation,
    });
    expect(one.data).toBeTruthy();
    expect(shown(other)).toEqual(shown(one));
  });

  it('streams the same events', async () => {
    const [one, other] = await Promise.all(
      [fast, plain].map(async ({ app }) => {
        const { url } = await app.listen();
        return { sse: JSON.parse(await overSse(`${url}/graphql`)), ws: await overWebSocket(`${url}/graphql`) };
      }),
    );
    expect(other).toEqual(one);
    expect(one?.sse).toMatchObject({ data: { serviceEvents: { type: 'SNAPSHOT', sequence: 0 } } });
    expect(one?.ws).toEqual(one?.sse);
  });
});
