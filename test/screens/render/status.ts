import type { HeaderQuery, PermissionsQuery, StalledRolloutsSubscription } from '../generated/graphql.ts';
import { row } from './text.ts';

/** 13 Counts in a header. */
export function renderHeader({ overview: { serviceCounts, failedTaskCount } }: HeaderQuery): string {
  const { steady, deploying, failed } = serviceCounts;
  return row(`${steady} steady`, `${deploying} deploying`, `${failed} failed`, `${failedTaskCount} tasks failed`);
}

/** 14 Buttons by permission. */
export function renderPermissions({ viewer, services }: PermissionsQuery): string {
  return [
    row(viewer.principal, viewer.roles.join(', ')),
    ...[viewer.scale, viewer.delete].flatMap((denial) => (denial === null ? [] : [denial.message])),
    ...services.nodes.map(({ serviceName, viewerActions }) =>
      row(
        serviceName,
        viewerActions.includes('UPDATE_SERVICE') ? '[scale]' : '',
        viewerActions.includes('DELETE_SERVICE') ? '[delete]' : '',
      ),
    ),
  ].join('\n');
}

/** 15 Alert on stalled rollouts. */
export function renderStalledRollouts({ deployments: { summary, items } }: StalledRolloutsSubscription): string {
  const stalled = items.filter(({ kind }) => kind === 'STALLED');
  return [
    summary,
    ...stalled.map(({ progress, stalledSince }) =>
      row(progress.service?.serviceName ?? 'a deleted service', `stalled since ${stalledSince ?? 'the last event'}`),
    ),
  ].join('\n');
}
