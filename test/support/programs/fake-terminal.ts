import headless from '@xterm/headless';
import type { Terminal } from '../../../src/watch/terminal.ts';

/** A terminal whose screen can be read, and whose time passes only on request. */
export interface FakeTerminal extends Terminal {
  readonly write: (text: string) => void;
  /** Everything that was written, with control sequences. */
  readonly written: () => string;
  /** The lines that a person sees and can scroll back to, without empty ones at the end. */
  readonly lines: () => Promise<string[]>;
  readonly resize: (columns: number, rows: number) => void;
  /** Lets each timer run this many times. */
  readonly tick: (times?: number) => void;
  /** Timers and listeners that have not been removed. */
  readonly held: () => number;
}

export function createFakeTerminal(
  columns = 100,
  rows = 30,
  { hasColors = false, isUnicode = false }: Partial<Pick<Terminal, 'hasColors' | 'isUnicode'>> = {},
): FakeTerminal {
  const screen = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const timers = new Set<() => void>();
  const resizes = new Set<() => void>();
  let text = '';
  const held = (set: Set<() => void>, listener: () => void) => {
    set.add(listener);
    return () => void set.delete(listener);
  };
  return {
    hasColors,
    isUnicode,
    size: () => ({ columns: screen.cols, rows: screen.rows }),
    onResize: (listener) => held(resizes, listener),
    every: (_ms, listener) => held(timers, listener),
    write(part) {
      text += part;
      screen.write(part);
    },
    written: () => text,
    async lines() {
      await new Promise<void>((resolve) => screen.write('', resolve));
      const { buffer } = screen;
      const all = Array.from({ length: buffer.active.length }, (_, index) => buffer.active.getLine(index));
      const joined: string[] = [];
      for (const line of all) {
        const shown = line?.translateToString(true) ?? '';
        if (line?.isWrapped) joined.push(`${joined.pop() ?? ''}${shown}`);
        else joined.push(shown);
      }
      while (joined.at(-1) === '') joined.pop();
      return joined;
    },
    resize(columns, rows) {
      screen.resize(columns, rows);
      for (const listener of resizes) listener();
    },
    tick(times = 1) {
      for (let time = 0; time < times; time += 1) for (const listener of [...timers]) listener();
    },
    held: () => timers.size + resizes.size,
  };
}
