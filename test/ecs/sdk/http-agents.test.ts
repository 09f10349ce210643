import { EventEmitter } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Connecting, createAgents, limitConnecting } from '../../../src/ecs/sdk/http-agents.ts';
import { FakeTimers } from '../../support/time/fake-timers.ts';

/** A socket that connects when the test says so, under a limit of a second. */
function start() {
  const timers = new FakeTimers();
  const checks: (() => void)[] = [];
  const socket = Object.assign(new EventEmitter(), {
    connecting: true,
    ended: undefined as Error | undefined,
    destroy(error: Error) {
      socket.ended = error;
    },
  });
  limitConnecting(socket as unknown as Connecting, 1_000, {
    schedule: (delayMs, callback) => timers.schedule(delayMs, callback),
    afterSockets: (callback) => checks.push(callback),
  });
  const connect = () => {
    socket.connecting = false;
    socket.emit('connect');
  };
  return { timers, socket, connect, lookAtSockets: () => checks.splice(0).forEach((check) => void check()) };
}

describe('the time limit of a connection', () => {
  it('ends one that is late', async () => {
    const { timers, socket, lookAtSockets } = start();
    await timers.pass(999);
    lookAtSockets();
    expect(socket.ended).toBeUndefined();
    await timers.pass(1);
    lookAtSockets();
    expect(socket.ended).toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('ends no socket that had connected but was handled late by a busy process', async () => {
    const { timers, socket, connect, lookAtSockets } = start();
    await timers.pass(5_000);
    connect();
    lookAtSockets();
    expect(socket.ended).toBeUndefined();
  });

  it.each(['connect', 'close'])('is over with its %s', async (event) => {
    const { timers, socket, lookAtSockets } = start();
    socket.emit(event);
    await timers.pass(5_000);
    lookAtSockets();
    expect(socket.ended).toBeUndefined();
  });

  it('lets agents connect and keep the connection for the next request', async () => {
    const server = createServer((_request, response) => void response.end('ok'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { httpAgent: agent } = createAgents(1_000, { keepAlive: true, maxSockets: 1 });
    const { port } = server.address() as AddressInfo;
    let connections = 0;
    server.on('connection', () => {
      connections += 1;
    });
    const get = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const sent = request({ host: '127.0.0.1', port, agent }, (response) => {
          response.resume().once('end', () => resolve(response.statusCode));
        });
        sent.once('error', reject).end();
      });
    expect(await Promise.all([get(), get()])).toEqual([200, 200]);
    expect(connections).toBe(1);
    agent.destroy();
    server.close();
  });
});
