import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { StalledPeers } from '../../src/http/stalled-peers.ts';

const MUCH = Buffer.alloc(8_000_000);

describe('peers that take nothing', () => {
  const open: { destroy(): unknown }[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) each.destroy();
  });

  async function pair(): Promise<{ ours: Socket; peer: Socket }> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const peer = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
    const [ours] = (await once(server, 'connection')) as [Socket];
    ours.on('error', () => undefined);
    peer.on('error', () => undefined);
    server.close();
    open.push(ours, peer);
    return { ours, peer };
  }

  it('are cut off after the time limit, whatever they send meanwhile', async () => {
    let now = 0;
    const stalled = new StalledPeers(1_000, () => now);
    const { ours, peer } = await pair();
    stalled.add(ours);
    ours.resume();
    ours.write(MUCH);
    // The private member of Node from which progress is read.
    expect((ours as unknown as { _handle: object })._handle).toMatchObject({
      writeQueueSize: expect.any(Number),
      bytesWritten: MUCH.length,
    });
    // Bytes in the network are taken first.
    for (let round = 0; round < 3; round += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      stalled.look();
    }
    now = 999;
    peer.write('I am here');
    stalled.look();
    expect(ours.destroyed).toBe(false);
    now = 1_000;
    stalled.look();
    expect(ours.destroyed).toBe(true);
  });

  it('are let be while they take something, however slowly, and when there is nothing to take', () => {
    let now = 0;
    const stalled = new StalledPeers(1_000, () => now);
    const handle = { bytesWritten: 1_000_000, writeQueueSize: 1_000_000 };
    const socket = {
      bytesWritten: 1_000_000,
      writableLength: 1_000_000,
      _handle: handle,
      destroyed: false,
      on: () => {},
    };
    const destroy = () => {
      socket.destroyed = true;
    };
    stalled.add({ ...socket, destroy } as unknown as Socket);
    for (let round = 0; round < 5; round += 1) {
      now += 900;
      handle.writeQueueSize -= 1;
      stalled.look();
      expect(socket.destroyed).toBe(false);
    }
    now += 1_000;
    stalled.look();
    expect(socket.destroyed).toBe(true);

    const idle = { ...socket, destroyed: false, writableLength: 0, destroy: () => expect.unreachable() };
    stalled.add(idle as unknown as Socket);
    now += 10_000;
    stalled.look();
  });
});
