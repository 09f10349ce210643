import { stripVTControlCharacters } from 'node:util';
import { type Line, paintLine, widthOf } from './paint.ts';
import type { Terminal } from './terminal.ts';

const TO_LINE_START = '\r';
const ERASE_BELOW = '\u001b[J';

/** Lines that scroll away, with a block below them that is drawn anew. */
export interface Screen {
  /** Prints lines above the block, and draws the block. */
  draw(log: readonly Line[], block: readonly Line[]): void;
  /** Takes the block away, so that something else can be printed. */
  clear(): void;
  /** Draws the block for the last time and leaves it. */
  finish(block: readonly Line[]): void;
}

export function createScreen(terminal: Terminal, out: (text: string) => void): Screen {
  let drawn: readonly string[] = [];

  /** A terminal wraps lines that are too long after it was made narrower. */
  function erase(): string {
    if (drawn.length === 0) return '';
    const { columns } = terminal.size();
    const rows = drawn.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / columns)),
      0,
    );
    return `${rows > 1 ? `\u001b[${rows - 1}A` : ''}${TO_LINE_START}${ERASE_BELOW}`;
  }

  function paint(lines: readonly Line[], columns: number): string[] {
    return lines.map((line) => paintLine(line, columns, terminal.hasColors));
  }

  /** The lines that fit. A block that is higher than the terminal could not be erased. */
  function fitting(block: readonly Line[]): string[] {
    const { columns, rows } = terminal.size();
    const most = Math.max(1, rows - 1);
    const over = block.length - most;
    const shown =
      over > 0
        ? [...block.slice(0, most - 1), [{ text: `  ... ${over + 1} more lines`, tone: 'dim' } as const]]
        : block;
    // The last column stays free: some terminals wrap as soon as it is written.
    return paint(shown, columns - 1);
  }

  return {
    draw(log, block) {
      const next = fitting(block);
      if (log.length === 0 && next.join('\n') === drawn.join('\n')) return;
      const above = paint(log, Number.POSITIVE_INFINITY).map((line) => `${line}\n`);
      out(`${erase()}${above.join('')}${next.join('\n')}`);
      drawn = next;
    },
    clear() {
      if (drawn.length > 0) out(erase());
      drawn = [];
    },
    finish(block) {
      out(`${erase()}${fitting(block).join('\n')}\n`);
      drawn = [];
    },
  };
}
