import type { ServiceDeployment } from '@aws-sdk/client-ecs';
import { withoutIds } from '../live/core/without-ids.ts';
import { membersOf } from './entries.ts';
import type { HistoryEntry } from './history.ts';

/** How deployments went. */
export interface DeploymentStatistics {
  readonly deploymentCount: number;
  readonly succeededCount: number;
  /** From 0 to 1; null without deployments. */
  readonly successRate: number | null;
  /** Milliseconds of the successful ones; null without any. */
  readonly medianDuration: number | null;
  readonly p95Duration: number | null;
  /** The most frequent reason of those that did not succeed. */
  readonly usualFailure: string | null;
  readonly since: Date | null;
}

/** @param entries of deployments that ended */
export function statisticsOf(entries: readonly HistoryEntry[]): DeploymentStatistics {
  const deployments = entries.map((entry) => membersOf<ServiceDeployment>(entry));
  const [good, bad] = [true, false].map((isGood) =>
    deployments.filter(({ status }) => (status === 'SUCCESSFUL') === isGood),
  );
  const durations = (good ?? [])
    .flatMap(({ startedAt, createdAt, finishedAt }) => {
      const from = startedAt ?? createdAt;
      return from === undefined || finishedAt === undefined ? [] : [finishedAt.getTime() - from.getTime()];
    })
    .sort((one, other) => one - other);
  const oldest = entries.at(-1)?.at;
  return {
    deploymentCount: deployments.length,
    succeededCount: good?.length ?? 0,
    successRate: deployments.length === 0 ? null : (good?.length ?? 0) / deployments.length,
    medianDuration: quantile(durations, 0.5),
    p95Duration: quantile(durations, 0.95),
    usualFailure: mostFrequent(
      (bad ?? []).map(({ statusReason, status = '' }) =>
        withoutIds((statusReason ?? status).replace(/arn:[^\s,)]+|ecs-svc\/\d+/g, '...')),
      ),
    ),
    since: oldest === undefined ? null : new Date(oldest),
  };
}

/** The value below which this share lies, by the nearest rank. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

function mostFrequent(texts: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0] ?? null;
}
