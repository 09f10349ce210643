/** An event of a task as EventBridge delivers it. */
export function taskEvent(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const taskArn = 'arn:aws:ecs:us-east-1:111122223333:task/shop/0123456789abcdef0123456789abcdef';
  return {
    version: '0',
    id: '9bcdac79-b31f-4d3d-9410-fbd727c29fab',
    'detail-type': 'ECS Task State Change',
    source: 'aws.ecs',
    account: '111122223333',
    time: '2026-11-28T06:00:00Z',
    region: 'us-east-1',
    resources: [taskArn],
    detail: {
      taskArn,
      clusterArn: 'arn:aws:ecs:us-east-1:111122223333:cluster/shop',
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      version: 3,
      updatedAt: '2026-11-28T06:00:00.5Z',
    },
    ...overrides,
  };
}

export const AT = Date.UTC(2026, 10, 28, 6, 0, 2);
