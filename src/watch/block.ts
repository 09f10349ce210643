import { inWords, parseDuration } from '../live/core/duration.ts';
import { harmless, type Line, type Span, span } from './paint.ts';
import type { WatchEvent } from './queries.ts';
import type { Scene, TaskRow, Tone } from './scene-types.ts';

const BAR_WIDTH = 24;

/** The state of the block at one moment. */
export interface Moment {
  /** The followed resource, as on the command line. */
  readonly name: string;
  readonly elapsedMs: number;
  /** Counts up while the block is drawn anew. */
  readonly frame: number;
  /** Why the gateway is not followed now; undefined if it is. */
  readonly waitingFor: string | undefined;
  readonly event: WatchEvent | undefined;
  readonly scene: Scene | undefined;
  readonly isUnicode: boolean;
}

const SPINNERS = { ascii: ['|', '/', '-', '\\'], unicode: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧'] };
const BARS = { ascii: ['#', '-'], unicode: ['█', '░'] } as const;
const MARKS: Readonly<Record<'ascii' | 'unicode', Readonly<Record<Tone, string>>>> = {
  ascii: { good: '+', busy: '~', bad: 'x', dim: '-', plain: '-' },
  unicode: { good: '●', busy: '◐', bad: '✖', dim: '○', plain: '○' },
};
const ENDS = { ascii: ['OK', 'FAILED'], unicode: ['✔', '✖'] } as const;

/** The block while the resource is followed: title and clock, bar and counts, blockers, one line for each task. */
export function blockOf(moment: Moment): Line[] {
  const { scene, event, isUnicode, waitingFor } = moment;
  const set = isUnicode ? 'unicode' : 'ascii';
  const spinner = SPINNERS[set][moment.frame % SPINNERS[set].length] ?? '';
  const title = [span(`${spinner} `, 'busy'), ...titleOf(moment)];
  if (scene === undefined || event === undefined) return [title, [span(`  ${waitingFor ?? 'connecting'}`, 'dim')]];
  const left = scene.remaining === null ? '' : `about ${inWords(parseDuration(scene.remaining))} left`;
  return [
    title,
    [
      ...bar(scene.percent, event.isStalled ? 'bad' : 'busy', set),
      span(`  ${scene.counts.join(', ')}`),
      gap(left),
      span(left, 'dim'),
    ],
    ...(waitingFor === undefined ? [] : [[span(`  ! ${harmless(waitingFor)}`, 'bad')]]),
    ...troubles(event, scene).map((text) => [span(`  ! ${harmless(text)}`, 'bad')]),
    ...rowsOf(scene.rows, set),
  ];
}

/** The block that stays when the resource has ended. A failure's reason follows on stderr. */
export function endOf(moment: Moment, isSuccess: boolean): Line[] {
  const { scene, event, isUnicode } = moment;
  const set = isUnicode ? 'unicode' : 'ascii';
  const tone = isSuccess ? 'good' : 'bad';
  const mark = ENDS[set][isSuccess ? 0 : 1];
  const outcome = (event?.outcome ?? '').toLowerCase().replaceAll('_', ' ');
  const summary = isSuccess ? [[span(`  ${harmless(event?.summary ?? '')}`)]] : [];
  return [
    [span(`${mark} `, tone), ...titleOf(moment), gap(outcome), span(outcome, tone)],
    [...bar(isSuccess ? 100 : (scene?.percent ?? null), tone, set), span(`  ${scene?.counts.join(', ') ?? ''}`)],
    ...summary,
    ...(isSuccess ? [] : rowsOf(scene?.rows.filter((row) => row.tone === 'bad') ?? [], set)),
  ];
}

function titleOf({ name, scene, elapsedMs }: Moment): Span[] {
  const subject = scene?.subject ?? '';
  return [
    span(harmless(name), 'bold'),
    gap(subject),
    span(harmless(subject)),
    span('  '),
    span(clock(elapsedMs), 'dim'),
  ];
}

function gap(text: string): Span {
  return span(text === '' ? '' : '  ');
}

/** `0:42`, `1:02:03`. */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const two = (value: number) => String(value % 60).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

function bar(percent: number | null, tone: Tone, set: keyof typeof BARS): Span[] {
  const [full, empty] = BARS[set];
  const cells = Math.round((BAR_WIDTH * Math.min(100, Math.max(0, percent ?? 0))) / 100);
  return [
    span(full.repeat(cells), tone),
    span(empty.repeat(BAR_WIDTH - cells), 'dim'),
    ...(percent === null ? [] : [span(` ${String(percent).padStart(3)} %`, 'bold')]),
  ];
}

function troubles({ isStalled, stalledSince, degraded }: WatchEvent, { blockers }: Scene): string[] {
  const since = stalledSince === null ? '' : ` since ${stalledSince.slice(11, 19)}`;
  return [
    ...(degraded === null ? [] : [`ECS cannot be read: ${degraded.message} (${degraded.code})`]),
    ...(isStalled ? [`stalled: no progress${since}`] : []),
    ...blockers,
  ];
}

const MOST_ROWS = 20;

function rowsOf(rows: readonly TaskRow[], set: keyof typeof MARKS): Line[] {
  const states = Math.max(0, ...rows.map(({ state }) => state.length));
  const shown = rows
    .slice(0, MOST_ROWS)
    .map(({ id, state, detail, tone }) => [
      span(`  ${MARKS[set][tone]} `, tone),
      span(`${harmless(id)}  `),
      span(state.padEnd(states), tone),
      span(`  ${harmless(detail)}`, 'dim'),
    ]);
  const over = rows.length - MOST_ROWS;
  return over > 0 ? [...shown, [span(`  ... and ${over} more tasks`, 'dim')]] : shown;
}
