/** How the writing of a long text shares the event loop. */
export interface Pauses {
  readonly now: () => number;
  readonly nextTurn: () => Promise<void>;
}

/** So long may be written without a pause. */
const SLICE_MS = 10;
/** So many pieces are put together at once, while they are young; then the clock is looked at. */
const PIECES_A_LOOK = 64;

const REAL: Pauses = {
  now: () => performance.now(),
  nextTurn: () => new Promise((resolve) => void setImmediate(resolve)),
};

/** An array or object that is being written, and how far. */
interface Open {
  readonly value: Container;
  /** Of an object. */
  readonly keys: readonly string[] | undefined;
  at: number;
  isEmpty: boolean;
}

type Container = Readonly<Record<string | number, unknown>> | readonly unknown[];

/**
 * As JSON.stringify, of data that holds no cycles: but what takes long (a fleet's answer is megabytes) is written in slices,
 * between which others have their turn.
 * @returns the text in parts: whoever writes more around it copies it once
 */
export async function jsonInTurns(data: unknown, { now, nextTurn }: Pauses = REAL): Promise<readonly string[]> {
  const parts: string[] = [];
  let pieces: string[] = [];
  const open: Open[] = [];
  let since = now();

  function write(prefix: string, value: unknown): void {
    if (!isContainer(value) || isFlat(value)) {
      pieces.push(prefix + (JSON.stringify(value) ?? 'null'));
      return;
    }
    const keys = Array.isArray(value) ? undefined : Object.keys(value);
    open.push({ value, keys, at: 0, isEmpty: true });
    pieces.push(prefix + (keys === undefined ? '[' : '{'));
  }

  write('', data);
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    writeNext(top);
    if (pieces.length < PIECES_A_LOOK) continue;
    parts.push(pieces.join(''));
    pieces = [];
    if (now() - since < SLICE_MS) continue;
    await nextTurn();
    since = now();
  }
  parts.push(pieces.join(''));
  return parts;

  function writeNext(top: Open): void {
    const { value, keys, at } = top;
    if (at >= (keys ?? (value as readonly unknown[])).length) {
      open.pop();
      pieces.push(keys === undefined ? ']' : '}');
      return;
    }
    top.at += 1;
    const key = keys?.[at];
    const item = (value as Readonly<Record<string | number, unknown>>)[key ?? at];
    if (key !== undefined && item === undefined) return;
    const comma = top.isEmpty ? '' : ',';
    top.isEmpty = false;
    write(key === undefined ? comma : `${comma}${JSON.stringify(key)}:`, item);
  }
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null && !('toJSON' in value);
}

/** Whether nothing in it holds anything: JSON.stringify writes it fastest. */
function isFlat(value: Container): boolean {
  for (const name in value) {
    const item = (value as Readonly<Record<string, unknown>>)[name];
    if (typeof item === 'object' && item !== null) return false;
  }
  return true;
}
