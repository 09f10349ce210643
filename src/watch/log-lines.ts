import { harmless, type Line, span } from './paint.ts';
import type { WatchEvent } from './queries.ts';
import type { Tone } from './scene-types.ts';

/** Changes that get a line of their own: failures, service events, blockers. The block shows counts. */
const SHOWN = /^(event|failedTask|blockedBy|hook|task)\/|^(status|lifecycleStage|rolloutState)$/;

/** The lines about what one event reports, which scroll away above the block. */
export function logLines({ observedAt, changes, type, stalledSince, degraded }: WatchEvent): Line[] {
  const time = span(`${observedAt.slice(11, 19)}  `, 'dim');
  const lines = changes
    .filter(({ field, after }) => after !== null && SHOWN.test(field))
    .map(({ field, after }) => [time, ...happening(field, after ?? '')]);
  if (degraded !== null)
    lines.push([time, span(harmless(`ECS cannot be read: ${degraded.message} (${degraded.code})`), 'bad')]);
  if (type === 'STALLED' && stalledSince !== null)
    lines.push([time, span(`stalled: no progress since ${stalledSince.slice(11, 19)}`, 'bad')]);
  return lines;
}

const TONES: Readonly<Record<string, Tone>> = { failedTask: 'bad', blockedBy: 'bad' };
const WORDS: Readonly<Record<string, string>> = {
  failedTask: 'task failed',
  blockedBy: 'blocked',
  lifecycleStage: 'stage',
  rolloutState: 'rollout',
};

function happening(field: string, after: string) {
  const [kind = '', id = ''] = field.split(/\/(.*)/s);
  // ECS begins its messages with the name of the service, which the title shows, and the rows of tasks have short ids.
  if (kind === 'event') {
    const message = after.replace(/^\(service [^)]*\) /, '').replace(/\b([0-9a-f]{8})[0-9a-f]{24}\b/g, '$1');
    return [span(harmless(message))];
  }
  const what = kind === 'task' || kind === 'failedTask' ? ` ${id.slice(0, 8)}` : '';
  return [span(harmless(`${WORDS[kind] ?? kind}${what}: ${after}`), TONES[kind])];
}
