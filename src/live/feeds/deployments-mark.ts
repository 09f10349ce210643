import { lastPart } from '../core/deployment-bounds.ts';
import type { DeploymentTarget } from '../deployment/deployment-state.ts';
import { type FeedMarks, HISTORY_MARKS } from './feed-mark.ts';

/** Marks are part of every cursor. This many characters name about forty deployments. */
const MOST_NAMED = 1_600;
const NAMED = /^[\w-]+\/[\w-]+$/;

/**
 * ECS's history of a service's deployments disappears with the service. So a mark contains, besides its time, the
 * deployments that were in progress, or the latest of many: their end can then be reported even if nothing else is
 * left.
 */
export function deploymentMarks(clusterArn: string): FeedMarks {
  const prefix = `${clusterArn.replace(':cluster/', ':service-deployment/')}/`;
  return {
    write(standing) {
      let named = '';
      for (const name of [...standing.open].reverse()) {
        const brief = name.startsWith(prefix) ? name.slice(prefix.length) : '';
        if (!NAMED.test(brief)) continue;
        if (named.length + brief.length >= MOST_NAMED) break;
        named += `${named === '' ? '' : ','}${brief}`;
      }
      const text = HISTORY_MARKS.write(standing);
      return named === '' ? text : `${text};${named}`;
    },
    read(mark) {
      const [text = ''] = mark.split(';');
      const lately = HISTORY_MARKS.read(text);
      if (lately === undefined) return undefined;
      const wereOpen = new Set(markedDeployments(mark, clusterArn).map((target) => target.serviceDeploymentArn));
      // The end of a deployment whose service was deleted has no known time.
      return { ...lately, hasEnded: (name, at) => (at === 0 ? wereOpen.has(name) : lately.hasEnded(name, at)) };
    },
  };
}

/** The deployments that were in progress; empty if the mark contains none. */
export function markedDeployments(mark: string, clusterArn: string): DeploymentTarget[] {
  const [, named = ''] = mark.split(';');
  return named
    .split(',')
    .filter((brief) => NAMED.test(brief))
    .map((brief) => {
      const [serviceName = ''] = brief.split('/');
      return {
        clusterArn,
        serviceArn: `${clusterArn.replace(':cluster/', ':service/')}/${serviceName}`,
        serviceName,
        serviceDeploymentArn: `${clusterArn.replace(':cluster/', ':service-deployment/')}/${serviceName}/${lastPart(brief)}`,
        deploymentId: undefined,
      };
    });
}
