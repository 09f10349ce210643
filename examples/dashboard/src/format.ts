import type { RevisionFragment, RolloutState, TaskRowFragment } from './generated/graphql';

/** ISO 8601 duration as people say it: `PT52M43.6S` is "53 min". */
export function humanDuration(duration: string | null | undefined): string {
  const [, days, hours, minutes, seconds] =
    /^P(?:([\d.]+)D)?(?:T(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?)?$/.exec(duration ?? '') ?? [];
  return humanSeconds(
    Number(days ?? 0) * 86_400 + Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0),
  );
}

export function humanSeconds(total: number): string {
  const seconds = Math.max(0, Math.round(total));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 36 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`;
}

/** Seconds between two instants; undefined if one is missing. */
export function secondsBetween(from: string | null | undefined, to: string | null | undefined): number | undefined {
  return from && to ? (Date.parse(to) - Date.parse(from)) / 1_000 : undefined;
}

export const clock = (instant: string) =>
  new Date(instant).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });

export const day = (instant: string) =>
  new Date(instant).toLocaleString([], {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });

/** The last part of an ARN. */
export const shortArn = (arn: string | null | undefined) => arn?.slice(arn.lastIndexOf('/') + 1) ?? '';

export const shortTask = ({ taskArn }: Pick<TaskRowFragment, 'taskArn'>) => shortArn(taskArn).slice(0, 8);

export const revisionName = (
  definition: { readonly family?: string | null; readonly revision?: number | null } | null | undefined,
) => (definition ? `${definition.family}:${definition.revision}` : '–');

/** The text of an event, without the name of the service and with short ids. */
export const shortMessage = (message: string | null | undefined, service: string) =>
  (message ?? '')
    .replace(`(service ${service}) `, '')
    .replace(`(service ${service}, `, '(')
    .replace(/arn:[^\s)]*[:/]targetgroup\/([^/\s)]+)[^\s)]*/g, '$1')
    .replace(/\b([0-9a-f]{8})[0-9a-f]{24}\b/g, '$1');

/** An image without its registry: `checkout:5.2.0`. */
export const shortImage = (image: string | null | undefined) => image?.slice(image.lastIndexOf('/') + 1) ?? '–';

export const mainImage = (definition: RevisionFragment | null | undefined) =>
  shortImage(definition?.containerDefinitions?.[0]?.image);

export const words = (member: string | null | undefined) =>
  (member ?? '').toLowerCase().replaceAll('_', ' ').replace('blue green', 'blue/green');

/** How a service stands: the graph's word, as a tone and as text. */
export const ROLLOUTS: Readonly<Record<RolloutState, { readonly tone: string; readonly text: string }>> = {
  STEADY: { tone: 'steady', text: 'Steady' },
  DEPLOYING: { tone: 'deploying', text: 'Deploying' },
  ROLLING_BACK: { tone: 'failed', text: 'Rolling back' },
  FAILED: { tone: 'failed', text: 'Failed' },
  UNDER_DESIRED: { tone: 'short', text: 'Below desired' },
  DRAINING: { tone: 'draining', text: 'Draining' },
  INACTIVE: { tone: 'inactive', text: 'Inactive' },
  UNRECOGNIZED: { tone: 'inactive', text: 'Unknown' },
};
