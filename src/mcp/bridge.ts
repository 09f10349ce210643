import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

export interface BridgeOptions {
  /** The MCP endpoint of a gateway. */
  readonly url: string;
  readonly token: string | undefined;
  /** Absent: over the network. */
  readonly fetch?: ((url: string | URL, init?: RequestInit) => Promise<Response>) | undefined;
  /** Called when the agent has closed its end. */
  readonly onEnd: () => void;
}

/**
 * Passes messages between an agent that started this process and the MCP endpoint of a gateway.
 * @returns closes both ends
 */
export async function startBridge({ url, token, fetch, onEnd }: BridgeOptions): Promise<() => Promise<void>> {
  const agent = new StdioServerTransport();
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const gateway = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    ...(fetch && { fetch }),
  });

  agent.onmessage = (message) => {
    gateway.send(message).catch((error: Error) => {
      // A request that the gateway refuses must not leave the agent waiting.
      if (!('id' in message && 'method' in message)) return;
      const problem = fetch === undefined ? `${url}: ${error.message}` : error.message;
      void agent.send(failureOf(message.id, problem));
    });
  };
  gateway.onmessage = (message) => {
    const version = 'result' in message ? message.result.protocolVersion : undefined;
    if (typeof version === 'string') gateway.setProtocolVersion(version);
    void agent.send(message);
  };
  process.stdin.once('end', onEnd);
  process.stdin.once('close', onEnd);
  await gateway.start();
  await agent.start();
  return async () => {
    await gateway.close();
    await agent.close();
  };
}

function failureOf(id: string | number, problem: string): JSONRPCMessage {
  return { jsonrpc: '2.0', id, error: { code: -32_000, message: problem.slice(0, 500) } };
}
