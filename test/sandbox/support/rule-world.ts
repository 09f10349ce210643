import { CreateServiceCommand } from '@aws-sdk/client-ecs';
import type { SandboxOptions } from '../../../src/sandbox/index.ts';
import { ECS_EVENTS, Messaging } from './messaging.ts';
import { NETWORK, registerTaskDefinition, withCluster } from './sandbox-world.ts';
import { withSandbox } from './start-sandbox.ts';

export const REGION = 'eu-west-1';

/** A sandbox with a queue that a rule feeds with the events of ECS. */
export async function withRule(pattern = ECS_EVENTS, options: SandboxOptions = {}) {
  const s = await withSandbox(options);
  const m = new Messaging(s.sandbox);
  const queue = await m.queue();
  const rule = await m.rule('ecs', { Arn: queue.arn }, pattern);
  return {
    ...s,
    m,
    queue,
    rule,
    seconds: (count: number) => s.sandbox.clock.advance(count * 1000),
    async [Symbol.asyncDispose]() {
      m[Symbol.dispose]();
      await s[Symbol.asyncDispose]();
    },
  };
}
export type RuleWorld = Awaited<ReturnType<typeof withRule>>;

/** A service of three tasks on Fargate. */
export async function runService(w: RuleWorld): Promise<void> {
  await withCluster(w);
  const taskDefinition = await registerTaskDefinition(w, { fargate: true });
  const input = { cluster: 'main', taskDefinition, networkConfiguration: NETWORK, launchType: 'FARGATE' as const };
  await w.ecs.send(new CreateServiceCommand({ ...input, serviceName: 'web', desiredCount: 3 }));
}
