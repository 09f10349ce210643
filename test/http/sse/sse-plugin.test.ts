import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/gateway/world.ts';
import { collectGarbage } from '../../support/time/collect-garbage.ts';

interface SseEvent {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: string;
}

/** Reads a response's events one by one. */
async function* eventsOf(response: Response): AsyncGenerator<SseEvent, void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const field = (name: string) =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}:`))
          ?.slice(name.length + 1)
          .trim();
      if (!block.startsWith(':')) yield { id: field('id'), event: field('event'), data: field('data') ?? '' };
    }
  }
}

async function createService({ sandbox }: World): Promise<void> {
  const ecs = new ECSClient({
    endpoint: sandbox.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));
  const containerDefinitions = [{ name: 'app', image: 'web' }];
  await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions,
    }),
  );
  const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'prod',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration,
    }),
  );
  ecs.destroy();
}

const QUERY =
  'subscription { serviceEvents(cluster: "prod", service: "web") { type cursor events { eventId message } } }';

function subscribe({ app }: World, lastEventId?: string, signal?: AbortSignal): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    ...(lastEventId && { 'last-event-id': lastEventId }),
  };
  return app.fetch(
    new Request('http://127.0.0.1/graphql', {
      method: 'POST',
      headers,
      body: JSON.stringify({ query: QUERY }),
      ...(signal && { signal }),
    }),
  );
}

describe('a live subscription over SSE', () => {
  it('carries its cursor as id, and goes on after Last-Event-ID', async () => {
    const world = await createWorld({ seed: 'empty' });
    try {
      await createService(world);
      world.sandbox.clock.advance(20_000);
      const first = eventsOf(await subscribe(world));
      const { value: snapshot } = await first.next();
      const reported = JSON.parse(snapshot?.data ?? '{}').data.serviceEvents;
      expect(snapshot).toMatchObject({ event: 'next', id: reported.cursor });
      expect(reported.type).toBe('SNAPSHOT');
      await first.return();

      world.sandbox.clock.advance(120_000);
      const second = eventsOf(await subscribe(world, snapshot?.id));
      const { value: next } = await second.next();
      const later = JSON.parse(next?.data ?? '{}').data.serviceEvents;
      expect(later.type).toBe('CHANGED');
      expect(later.events[0].message).toContain('deployment completed');
      await second.return();
    } finally {
      await world.dispose();
    }
  });

  it('ends with the signal of its request, however often garbage was collected meanwhile', async () => {
    const world = await createWorld({ seed: 'empty' });
    try {
      await createService(world);
      world.sandbox.clock.advance(20_000);
      const caller = new AbortController();
      const events = eventsOf(await subscribe(world, undefined, caller.signal));
      expect((await events.next()).value?.event).toBe('next');
      await collectGarbage();
      caller.abort();
      expect((await events.next()).value?.event).toBe('complete');
      expect((await events.next()).done).toBe(true);
    } finally {
      await world.dispose();
    }
  });

  it('refuses a Last-Event-ID of something else', async () => {
    const world = await createWorld({ seed: 'empty' });
    try {
      await createService(world);
      const response = await subscribe(world, 'nonsense');
      expect(await response.text()).toContain('BAD_USER_INPUT');
    } finally {
      await world.dispose();
    }
  });
});
