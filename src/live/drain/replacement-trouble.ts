/** Why a wave of a replacement of instances should not begin. */
export const TROUBLES = {
  UNDER_DESIRED:
    'A service of the cluster, but for Fargate, runs fewer tasks than it wants. Passes when its tasks have started.',
  DEPLOYMENT_FAILED: 'The newest deployment of a service of the cluster, but for Fargate, failed.',
  DEPLOYMENT_STALLED: 'A deployment of a service of the cluster, but for Fargate, does not move.',
  TOO_FEW_ACTIVE: 'Fewer ACTIVE instances than `minActiveInstances` would remain. Passes when new ones have joined.',
  OTHER_DRAINS:
    'As many other instances of the cluster are DRAINING with tasks as `waveSize` allows. Passes when they have drained.',
  NO_ROOM: 'No other instance has room for a task that must move. Passes when new instances have joined.',
  PERCENTAGES_ALLOW_NOTHING: 'The percentages of a service let ECS neither stop nor start a task.',
  STANDALONE_TASKS: 'Tasks of no service run on an instance of the wave: a drain never stops them.',
  PROTECTED_TASKS: 'Tasks with scale-in protection run on an instance of the wave. Passes when the protection ends.',
} as const;
export type TroubleKind = keyof typeof TROUBLES;
