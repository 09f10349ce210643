import type { WatchEvent } from './queries.ts';

const BAR_WIDTH = 24;
const CLEAR_LINE = '\r\u001b[2K';

/** The progress from 0 to 100. */
function percentOf({ progress }: WatchEvent): number {
  if (progress.percent !== undefined) return progress.percent;
  const total = progress.tasks?.length ?? 0;
  return total === 0 ? 0 : Math.floor((100 * (progress.stoppedTaskCount ?? 0)) / total);
}

/** `[########----------------]  33 %`. */
export function progressBar(percent: number): string {
  const full = Math.round((BAR_WIDTH * Math.min(100, Math.max(0, percent))) / 100);
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_WIDTH - full)}] ${String(percent).padStart(3)} %`;
}

/** Changes that get a line of their own: failures, service events, blockers. The bar shows counts. */
const SHOWN = /^(event|failedTask|blockedBy|hook|task)\/|^(status|lifecycleStage|rolloutState)$/;

/** The text for one event on a terminal: lines about what happened, and the progress bar below them. */
export function toTerminal(event: WatchEvent, columns: number): string {
  const time = event.observedAt.slice(11, 19);
  const lines = event.changes
    .filter(({ field, after }) => after !== null && SHOWN.test(field))
    .map(({ field, after }) => `${time}  ${field.replace(/^event\/.*/, 'event')}: ${after}`);
  if (event.degraded !== null)
    lines.push(`${time}  ECS cannot be read: ${event.degraded.message} (${event.degraded.code})`);
  if (event.type === 'STALLED' && event.stalledSince !== null)
    lines.push(`${time}  stalled: no progress since ${event.stalledSince.slice(11, 19)}`);
  const bar = `${progressBar(percentOf(event))}  ${event.summary}`;
  const last = event.outcome === null ? bar.slice(0, Math.max(20, columns - 1)) : `${bar}\n`;
  return `${CLEAR_LINE}${lines.map((line) => `${line}\n`).join('')}${last}`;
}

/** One line of JSON. */
export function toJsonLine(event: WatchEvent): string {
  return `${JSON.stringify(event)}\n`;
}
