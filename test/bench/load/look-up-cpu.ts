import { readFileSync } from 'node:fs';
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';

/** The address from which the bench's look-ups come. All other load comes from other ones. */
const BYSTANDER = '127.0.0.1';

/**
 * Milliseconds for which the main thread was on a core; undefined where the system does not report it. Other work on
 * the machine does not count in it.
 */
function mainThreadMs(): number | undefined {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return undefined;
  }
}

/** Measures what this process computes from the arrival of each look-up to its answer. The returned function empties the list. */
export function watchLookUps(): () => readonly number[] {
  let spent: number[] = [];
  const emit = Server.prototype.emit as (this: Server, name: string | symbol, ...rest: unknown[]) => boolean;
  Server.prototype.emit = function (this: Server, name: string | symbol, ...rest: unknown[]): boolean {
    const [request, response] = rest as [IncomingMessage, ServerResponse];
    if (name === 'request' && request.socket.remoteAddress === BYSTANDER) {
      const before = mainThreadMs();
      response.once('finish', () => {
        const after = mainThreadMs();
        if (before !== undefined && after !== undefined) spent.push(after - before);
      });
    }
    return emit.call(this, name, ...rest);
  } as typeof Server.prototype.emit;
  return () => {
    const all = spent;
    spent = [];
    return all;
  };
}
