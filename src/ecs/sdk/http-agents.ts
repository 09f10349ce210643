import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import { realTimers } from '../core/timers.ts';

/** The parts of a socket that its connection timeout uses. */
export type Connecting = Pick<Socket, 'connecting' | 'destroy' | 'once'>;

export interface Waiting {
  readonly schedule: (delayMs: number, callback: () => void) => () => void;
  /** Calls back after the event loop has handled its sockets. */
  readonly afterSockets: (callback: () => void) => void;
}

/** Keep-alive agents for both kinds of endpoint, with a timeout for each connection. */
export function createAgents(connectTimeoutMs: number, options: AgentOptions) {
  const waiting: Waiting = { schedule: realTimers().schedule, afterSockets: setImmediate };
  return {
    httpAgent: new (limited(HttpAgent, connectTimeoutMs, waiting))(options),
    httpsAgent: new (limited(HttpsAgent, connectTimeoutMs, waiting))(options),
  };
}

/**
 * Destroys a socket that has not connected in time. The SDK's own timeout also counts the time in the queue for a
 * socket, and a busy process may run the timer late, so sockets are handled once more before the decision.
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
