/** The terminal that `watch` draws on. */
export interface Terminal {
  /** Its current size in characters. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  readonly hasColors: boolean;
  /** Whether it shows characters beyond ASCII. */
  readonly isUnicode: boolean;
  /** Calls the listener when the size changes. The returned function removes the listener. */
  readonly onResize: (listener: () => void) => () => void;
  /** Calls the listener again and again. The returned function ends that. */
  readonly every: (ms: number, listener: () => void) => () => void;
}

/** The terminal behind a stream; undefined if the output is a file or a pipe, or the terminal cannot move its cursor. */
export function terminalOf(
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows' | 'on' | 'off'> & {
    hasColors?: (env: object) => boolean;
  },
  env: Readonly<Record<string, string | undefined>>,
): Terminal | undefined {
  if (!stream.isTTY || env.TERM === 'dumb') return undefined;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return {
    // A pty without a size has 0 columns.
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    // Node reads NO_COLOR, FORCE_COLOR and TERM.
    hasColors: stream.hasColors?.({ ...env }) ?? false,
    isUnicode: /utf-?8/i.test(locale) || env.WT_SESSION !== undefined,
    onResize(listener) {
      stream.on('resize', listener);
      return () => stream.off('resize', listener);
    },
    every(ms, listener) {
      const timer = setInterval(listener, ms);
      return () => clearInterval(timer);
    },
  };
}
