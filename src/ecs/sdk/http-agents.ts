import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { realTimers } from '../core/timers.ts';

/** What a connection's time limit needs of it. */
export type Connecting = Pick<Socket, 'connecting' | 'destroy' | 'once'>;

export interface Waiting {
  readonly schedule: (delayMs: number, callback: () => void) => () => void;
  /** Calls back when the event loop has looked at its sockets. */
  readonly afterSockets: (callback: () => void) => void;
}

/** Sockets for either kind of endpoint, kept open between calls, each with a time limit for its connection. */
export function createAgents(connectTimeoutMs: number, options: AgentOptions) {
  const waiting: Waiting = { schedule: realTimers().schedule, afterSockets: setImmediate };
  return {
    httpAgent: new (limited(HttpAgent, connectTimeoutMs, waiting))(options),
    httpsAgent: new (limited(HttpsAgent, connectTimeoutMs, waiting))(options),
  };
}

/**
 * Ends a socket that has not connected in time. The SDK's own limit also counts the time in the queue for a socket, and takes a
 * timer that a busy process got round to late for a connection that is late: the sockets are looked at once more before.
 */
export function limitConnecting(socket: Connecting, timeoutMs: number, { schedule, afterSockets }: Waiting): void {
  const give = schedule(timeoutMs, () =>
    afterSockets(() => {
      if (!socket.connecting) return;
      const late = new Error(`no connection within ${timeoutMs} ms`);
      socket.destroy(Object.assign(late, { code: 'ETIMEDOUT', syscall: 'connect' }));
    }),
  );
  socket.once('connect', give);
  socket.once('close', give);
}

function limited<Base extends typeof HttpAgent>(Agent: Base, timeoutMs: number, waiting: Waiting): Base {
  return class extends (Agent as typeof HttpAgent) {
    override createConnection(...args: Parameters<HttpAgent['createConnection']>) {
      const connection = super.createConnection(...args);
      if (connection && 'connecting' in connection) limitConnecting(connection as Socket, timeoutMs, waiting);
      return connection;
    }
  } as unknown as Base;
}
