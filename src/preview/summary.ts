import { blockedWords } from '../live/core/blockers.ts';
import { lastPart } from '../live/core/deployment-bounds.ts';
import { counted, inWords } from '../live/core/duration.ts';
import type { Preview, PreviewChange, PreviewOutcome, PreviewRequest } from './types.ts';

const OUTCOMES: Readonly<Record<PreviewOutcome, string>> = {
  DONE: 'would be done',
  DONE_DEGRADED: 'would be done, and leave services below their desired count',
  BLOCKED: 'would not be done',
  UNFINISHED: 'would not be done',
  FAILED: 'would fail',
  ROLLED_BACK: 'would be rolled back',
};

function nameOf(change: PreviewChange): string {
  switch (change.kind) {
    case 'drain':
      return `Drain of ${counted(change.containerInstanceArns.length, 'instance')}`;
    case 'lose': {
      const { containerInstanceArns: arns, zone } = change;
      const instances = arns.length === 0 ? [] : [counted(arns.length, 'instance')];
      return `Loss of ${[...instances, ...(zone === undefined ? [] : [zone])].join(' and ')}`;
    }
    case 'scale':
      return `Scaling of ${change.serviceName} to ${change.desiredCount}`;
    default: {
      const { serviceName, taskDefinition } = change;
      return `Deployment of ${taskDefinition === undefined ? serviceName : `${lastPart(taskDefinition)} to ${serviceName}`}`;
    }
  }
}

/** One line that a bot can post as it is. */
export function summaryOf({ clusterArn, change }: PreviewRequest, preview: Omit<Preview, 'summary'>): string {
  const { outcome, endsAfter, horizon, services, blockedBy, capacity } = preview;
  const words = OUTCOMES[outcome];
  const time =
    endsAfter === null
      ? ` within ${inWords(horizon)}`
      : ` after about ${inWords(endsAfter.usual)} (${inWords(endsAfter.fastest)} to ${endsAfter.slowest === null ? `more than ${inWords(horizon)}` : inWords(endsAfter.slowest)})`;
  const lows = services
    .filter(({ lowestHealthy, healthyBefore, desiredCount }) => lowestHealthy < Math.min(healthyBefore, desiredCount))
    .map(({ serviceName, lowestHealthy, desiredCount }) => `${serviceName} ${lowestHealthy} of ${desiredCount}`);
  const low =
    lows.length === 0 ? '' : `; lowest healthy count: ${lows.slice(0, 3).join(', ')}${lows.length > 3 ? ' ...' : ''}`;
  const need = capacity.missingTasks === 0 ? '' : `; room is lacking for ${counted(capacity.missingTasks, 'task')}`;
  return `${nameOf(change)} in ${lastPart(clusterArn)} ${words}${time}${low}${need}${blockedWords(blockedBy)}`;
}
