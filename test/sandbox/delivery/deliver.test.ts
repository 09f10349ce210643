import { ListTasksCommand } from '@aws-sdk/client-ecs';
import { PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/index.ts';
import { ECS_EVENTS, Messaging, type QueuedEvent } from '../support/messaging.ts';
import { REGION, runService, withRule } from '../support/rule-world.ts';
import { withSandbox } from '../support/start-sandbox.ts';

const MINUTE = 60_000;
const TASK_CHANGE = 'ECS Task State Change';

function versionOf({ detail, resources }: QueuedEvent): string {
  return `${resources[0]} ${String(detail.version)}`;
}

describe('a target that cannot take an event', () => {
  it('leaves it to the queue for dead letters, with the reason', async () => {
    await using w = await withRule();
    const dead = await w.m.queue('dead');
    const Policy = JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: w.queue.arn,
          Condition: { ArnEquals: { 'aws:SourceArn': w.rule.arn?.replace('rule/ecs', 'rule/other') } },
        },
      ],
    });
    await w.m.sqs.send(new SetQueueAttributesCommand({ QueueUrl: w.queue.url, Attributes: { Policy } }));
    const DeadLetterConfig = { Arn: dead.arn };
    const Targets = [
      { Id: 'target', Arn: w.queue.arn, DeadLetterConfig },
      { Id: 'gone', Arn: `${w.queue.arn}-2`, DeadLetterConfig },
    ];
    await w.m.events.send(new PutTargetsCommand({ Rule: 'ecs', Targets }));
    await runService(w);
    w.seconds(1);
    const letters = await w.m.receive(dead.url, { MessageAttributeNames: ['All'] });
    const valuesOf = (index: number) =>
      Object.fromEntries(
        Object.entries(letters[index]?.MessageAttributes ?? {}).map(([name, { StringValue }]) => [name, StringValue]),
      );
    expect(letters).toHaveLength(2);
    expect(valuesOf(0)).toEqual({
      RULE_ARN: w.rule.arn,
      TARGET_ARN: w.queue.arn,
      ERROR_CODE: 'NO_PERMISSIONS',
      ERROR_MESSAGE: `The policy of ${w.queue.arn} does not allow events.amazonaws.com to send messages for ${w.rule.arn}.`,
      RETRY_ATTEMPTS: '0',
    });
    expect(valuesOf(1)).toMatchObject({ ERROR_CODE: 'NO_RESOURCE', TARGET_ARN: `${w.queue.arn}-2` });
    expect(JSON.parse(letters[0]?.Body ?? '')).toMatchObject({ 'detail-type': 'ECS Deployment State Change' });
    const Allowed = Policy.replace('rule/other', 'rule/ecs');
    await w.m.sqs.send(new SetQueueAttributesCommand({ QueueUrl: w.queue.url, Attributes: { Policy: Allowed } }));
    w.seconds(60);
    expect((await w.m.drain(w.queue.url)).length).toBeGreaterThan(3);
  });
});

describe('delivery on demand', () => {
  const delivered = async (eventDelivery: object, randomSeed = 1) => {
    await using w = await withRule(JSON.stringify({ 'detail-type': [TASK_CHANGE] }), { randomSeed });
    w.sandbox.faults.set({ eventDelivery });
    await runService(w);
    // Tasks end and are replaced, so that there are many events.
    for (let round = 0; round < 15; round += 1) {
      w.seconds(60);
      const { taskArns } = await w.ecs.send(new ListTasksCommand({ cluster: 'main' }));
      for (const task of taskArns ?? []) w.sandbox.accidents.cause({ accident: 'spot-interruption', task });
    }
    w.seconds(300);
    const sent = w.sandbox.events(REGION).events.filter((event) => event['detail-type'] === TASK_CHANGE).length;
    return { sent, arrived: await w.m.drain(w.queue.url) };
  };

  it('loses, repeats and reorders the share of events that was asked for, alike for the same seed', async () => {
    const { sent, arrived: lossy } = await delivered({ loss: 0.3 });
    expect(sent).toBeGreaterThan(200);
    expect(lossy.length / sent).toBeGreaterThan(0.6);
    expect(lossy.length / sent).toBeLessThan(0.8);
    const { arrived: doubled } = await delivered({ duplicates: 0.3 });
    expect(doubled.length / sent).toBeGreaterThan(1.2);
    expect(doubled.length / sent).toBeLessThan(1.4);
    expect(new Set(doubled.map(({ id }) => id)).size).toBe(sent);
    expect(new Set(doubled.map(versionOf)).size).toBe(sent);
    const { arrived: shuffled } = await delivered({ reordering: 0.3, spreadMs: 20_000 });
    expect(shuffled).toHaveLength(sent);
    const order = shuffled.map(({ id }) => id);
    expect(order).not.toEqual([...order].sort());
    expect(new Set(order).size).toBe(sent);
    expect((await delivered({ loss: 0.3 })).arrived).toEqual(lossy);
    expect((await delivered({ loss: 0.3 }, 2)).arrived).not.toEqual(lossy);
  });

  it('takes as long as was asked for, and is set by HTTP as well', async () => {
    await using w = await withRule();
    const set = async (eventDelivery: unknown) => {
      const body = JSON.stringify({ eventDelivery });
      return (await fetch(`${w.sandbox.url}/_sandbox/faults`, { method: 'POST', body })).json();
    };
    expect(await set({ delayMs: 90_000 })).toMatchObject({
      eventDelivery: { delayMs: 90_000, loss: 0, duplicates: 0, reordering: 0, spreadMs: 5000 },
    });
    await runService(w);
    w.sandbox.clock.advance(MINUTE + 29_999);
    expect(await w.m.drain(w.queue.url)).toEqual([]);
    w.sandbox.clock.advance(1);
    expect(await w.m.drain(w.queue.url)).toHaveLength(1);
    expect(await set({ loss: 2 })).toEqual({ error: 'loss must be a number from 0 to 1' });
    expect(await set({ lost: 1 })).toMatchObject({
      error: expect.stringMatching(/^lost is not a setting; there are delayMs/),
    });
    expect(await set(1)).toEqual({ error: 'eventDelivery must be an object' });
  });
});

describe('faults from the start', () => {
  it('are those of the option, until a reset', async () => {
    await using w = await withRule(ECS_EVENTS, { faults: { eventDelivery: { loss: 1 } } });
    await runService(w);
    w.seconds(60);
    expect(await w.m.drain(w.queue.url)).toEqual([]);
    w.sandbox.reset();
    expect(w.sandbox.faults.settings.eventDelivery.loss).toBe(0);
  });

  it('are refused by the command if they do not exist', async () => {
    const err: string[] = [];
    const code = await runCli(['ecs', '--ecs-port', '0', '--faults', '{"eventDelivery":{"lost":1}}'], {
      env: {},
      out: () => {},
      err: (text) => err.push(text),
      onStop: () => () => {},
    });
    expect([code, err.join('')]).toEqual([
      2,
      expect.stringContaining('--faults (ECS_FAULTS) cannot be used: lost is not a setting; there are delayMs'),
    ]);
  });
});

describe('a world file', () => {
  it('keeps queues, rules and what is on its way', async () => {
    await using w = await withRule();
    await runService(w);
    w.seconds(30);
    const [held] = await w.m.receive(w.queue.url, { MaxNumberOfMessages: 1 });
    const file = JSON.parse(JSON.stringify(w.sandbox.exportWorld()));
    await using copy = await withSandbox({ world: file });
    using theirs = new Messaging(copy.sandbox);
    for (const { sandbox } of [w, copy]) sandbox.clock.advance(MINUTE);
    const { url } = await theirs.queue();
    const [first, second] = [await w.m.drain(w.queue.url), await theirs.drain(url)];
    expect(second).toEqual(first);
    expect(second.map(({ id }) => id)).toContain(JSON.parse(held?.Body ?? '').id);
  });
});
