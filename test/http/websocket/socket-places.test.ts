import { describe, expect, it } from 'vitest';
import { type Placed, SocketPlaces } from '../../../src/http/websocket/socket-places.ts';

function create(settings: Partial<Record<'wsMaxSockets' | 'wsMaxCallerSockets' | 'wsMaxPending', number>> = {}) {
  const places = new SocketPlaces({ wsMaxSockets: 3, wsMaxCallerSockets: 2, wsMaxPending: 3, ...settings });
  const ended: string[] = [];
  const socket = (name: string): Placed => ({ terminate: () => ended.push(name) });
  return { places, ended, socket };
}

describe('places for sockets', () => {
  it('without authentication go to the latest, and the address that has most gives one up', () => {
    const { places, ended, socket } = create();
    for (const name of ['a1', 'b1', 'b2', 'b3', 'b4']) places.add(socket(name), name.slice(0, 1));
    expect(ended).toEqual(['b1', 'b2']);
    places.add(socket('b5'), 'b');
    expect(ended).toEqual(['b1', 'b2', 'b3']);
  });

  it('of callers are limited for each and in all', () => {
    const { places, socket } = create();
    const sockets = ['x', 'x', 'x', 'y', 'z'].map((caller) => ({ caller, socket: socket(caller) }));
    const accepted = sockets.map(({ caller, socket: each }) => places.accept(each, 'a', { caller, principal: caller }));
    expect(accepted).toEqual([true, true, false, true, false]);
    expect(places.isFull).toBe(true);
    if (sockets[0]) places.remove(sockets[0].socket, 'a');
    expect(places.isFull).toBe(false);
    expect(places.accept(socket('again'), 'a', { caller: 'x', principal: 'x' })).toBe(true);
  });

  it('are free again when a socket is accepted or closes', () => {
    const { places, ended, socket } = create({ wsMaxPending: 1 });
    const [first, second] = [socket('first'), socket('second')];
    places.add(first, 'a');
    places.accept(first, 'a', { caller: 'x', principal: 'x' });
    places.add(second, 'a');
    places.remove(second, 'a');
    places.remove(second, 'a');
    places.add(socket('third'), 'a');
    expect(ended).toEqual([]);
  });
});
