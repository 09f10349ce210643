import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { deploymentMessage } from '../src/messages.ts';
import type { DeploymentItem } from '../src/operations.ts';
import { refusals } from './fake-slack.ts';

const item = (hooks: number, text: string): DeploymentItem => ({
  kind: 'ONGOING',
  outcome: null,
  summary: text,
  stalledSince: null,
  progress: {
    deploymentId: 'ecs-svc/1',
    serviceDeploymentArn: 'arn:aws:ecs:us-east-1:123456789012:service-deployment/shop/cart/1',
    percent: 50,
    lifecycleStage: null,
    taskDefinition: { family: 'f'.repeat(255), revision: 1 },
    service: { id: 'x', serviceName: 's'.repeat(255), cluster: { clusterName: 'c'.repeat(255) } },
    blockedBy: Array.from({ length: 5 }, () => ({ reason: 'TASKS_KEEP_FAILING', message: text })),
    hooks: Array.from({ length: hooks }, (_, index) => ({ hookId: `hook-${index}`, status: 'AWAITING_ACTION' })),
  },
});

describe('a message', () => {
  for (const hooks of [0, 1, 2, 10]) {
    for (const text of ['short', 'x'.repeat(10_000), '&'.repeat(10_000), '<'.repeat(10_000)]) {
      it(`is one that Slack takes: ${hooks} hooks, a text of ${text.length} ${text[0]}`, () => {
        const { blocks } = deploymentMessage(item(hooks, text));
        assert.deepEqual(refusals(blocks as never), []);
        const actions = blocks.filter(({ type }) => type === 'actions');
        assert.equal(actions.length, Math.max(1, hooks));
        assert.doesNotMatch(JSON.stringify(blocks), /&(?!(amp|lt|gt);)/);
      });
    }
  }
});
