import { blockOf, endOf, type Moment } from './block.ts';
import { logLines } from './log-lines.ts';
import type { WatchEvent } from './queries.ts';
import type { SceneOf } from './scene-types.ts';
import { createScreen } from './screen.ts';
import type { Terminal } from './terminal.ts';

/** Often enough for a clock and a spinner, seldom enough for a slow connection. */
const REDRAW_MS = 250;

/** The life of one followed resource on a terminal. */
export interface LiveView {
  show(event: WatchEvent): void;
  /** The gateway is away, with the reason. */
  away(reason: string): void;
  /** Leaves the last state on the screen. A resource that has not ended has no success. */
  end(isSuccess: boolean | undefined): void;
}

interface ViewOptions {
  readonly name: string;
  readonly sceneOf: SceneOf;
  readonly terminal: Terminal;
  readonly out: (text: string) => void;
  /** Milliseconds of a monotonic clock. */
  readonly monotonic: () => number;
}

export function createLiveView({ name, sceneOf, terminal, out, monotonic }: ViewOptions): LiveView {
  const screen = createScreen(terminal, out);
  const startedAt = monotonic();
  let moment: Omit<Moment, 'elapsedMs'> = {
    name,
    frame: 0,
    waitingFor: undefined,
    event: undefined,
    scene: undefined,
    isUnicode: terminal.isUnicode,
  };
  const now = (): Moment => ({ ...moment, elapsedMs: monotonic() - startedAt });
  const redraw = () => screen.draw([], blockOf(now()));
  const stopTimer = terminal.every(REDRAW_MS, () => {
    moment = { ...moment, frame: moment.frame + 1 };
    redraw();
  });
  const stopResize = terminal.onResize(redraw);
  redraw();
  return {
    show(event) {
      const seen = sceneOf.toScene(event.progress);
      const highest = seen.isRollingBack ? 0 : (moment.scene?.percent ?? 0);
      const percent = seen.percent === null ? null : Math.min(99, Math.max(seen.percent, highest));
      moment = { ...moment, event, waitingFor: undefined, scene: { ...seen, percent } };
      // The last state is drawn by end().
      screen.draw(logLines(event), blockOf(now()));
    },
    away(reason) {
      moment = { ...moment, waitingFor: reason };
      redraw();
    },
    end(isSuccess) {
      stopTimer();
      stopResize();
      screen.finish(isSuccess === undefined ? blockOf(now()) : endOf(now(), isSuccess));
    },
  };
}
