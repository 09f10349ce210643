import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuditLog } from '../../src/policy/audit-log.ts';
import type { AuditSink } from '../../src/policy/audit-sink.ts';
import { RefusedCallers } from '../../src/policy/refused-callers.ts';
import { startTestApp } from '../support/gateway/test-app.ts';
import { createWorld } from '../support/gateway/world.ts';
import { openWs } from '../support/gateway/ws-client.ts';
import { FakeTimers } from '../support/time/fake-timers.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
  file = join(folder, 'audit.log');
});
afterEach(() => rm(folder, { recursive: true }));

const silent = pino({ level: 'silent' });
const entry = (action: string) =>
  ({ principal: { name: 'x' }, action, targets: [], decision: 'ALLOW', policies: [] }) as const;
const parsed = (text: string): Record<string, unknown>[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
const linesOf = async () => parsed(await readFile(file, 'utf8'));
const actions = (text: string) => parsed(text).map(({ action }) => action);

/** A disk that takes bytes when the test says so. */
class StubDisk implements AuditSink {
  text = '';
  readonly asked: {
    readonly bytes: Buffer;
    readonly take: (count: number) => void;
    readonly fail: (error: Error) => void;
  }[] = [];

  write(bytes: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      const take = (count: number) => {
        this.text += bytes.subarray(0, count).toString();
        resolve(count);
      };
      this.asked.push({ bytes, take, fail: reject });
    });
  }

  reopen(): void {}

  /** Writes all bytes of the oldest open request. */
  take(): void {
    const asked = this.asked.shift();
    asked?.take(asked.bytes.length);
  }
}

describe('the audit log on a slow disk', () => {
  it('is failing after a second, holds answers for two, and loses no line', async () => {
    const [disk, timers] = [new StubDisk(), new FakeTimers()];
    const audit = new AuditLog('file', silent, disk, timers);
    audit.record(entry('a'));
    let isSettled = false;
    void audit.settled()?.then(() => {
      isSettled = true;
    });
    await timers.pass(999);
    expect([audit.isFailing, isSettled]).toEqual([false, false]);
    await timers.pass(1);
    expect([audit.isFailing, isSettled]).toEqual([true, false]);
    audit.record(entry('b'));
    await timers.pass(1_000);
    expect([audit.isFailing, isSettled]).toEqual([true, true]);
    disk.take();
    await timers.pass(0);
    expect([audit.isFailing, actions(disk.text)]).toEqual([true, ['a']]);
    disk.take();
    await timers.pass(0);
    expect([audit.isFailing, audit.settled(), timers.pending]).toEqual([false, undefined, 0]);
    expect(actions(disk.text)).toEqual(['a', 'b']);
  });

  it('holds an answer for its own lines only', async () => {
    const [disk, timers] = [new StubDisk(), new FakeTimers()];
    const audit = new AuditLog('file', silent, disk, timers);
    audit.record(entry('a'));
    const settled = audit.settled();
    audit.record(entry('b'));
    disk.take();
    await settled;
    expect(actions(disk.text)).toEqual(['a']);
    disk.take();
    await audit.close();
    expect(actions(disk.text)).toEqual(['a', 'b']);
  });

  it('writes the rest of a line that was taken in part, after errors too', async () => {
    const [disk, timers] = [new StubDisk(), new FakeTimers()];
    const audit = new AuditLog('file', silent, disk, timers);
    for (const action of ['a', 'b', 'c']) audit.record(entry(action));
    disk.asked.shift()?.take(10);
    await timers.pass(0);
    disk.asked.shift()?.fail(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    await timers.pass(0);
    expect(audit.isFailing).toBe(true);
    await timers.pass(1_000);
    disk.asked.shift()?.take(disk.text.length + 100);
    await timers.pass(0);
    disk.take();
    await timers.pass(0);
    expect([audit.isFailing, actions(disk.text)]).toEqual([false, ['a', 'b', 'c']]);
  });

  it('puts what a dead disk never took into the log, at the end', async () => {
    const logged: string[] = [];
    const log = pino({}, { write: (line) => logged.push(line) });
    const [disk, timers] = [new StubDisk(), new FakeTimers()];
    const audit = new AuditLog('file', log, disk, timers);
    audit.record(entry('a'));
    const closed = audit.close();
    await timers.pass(5_000);
    await closed;
    expect(JSON.parse(JSON.parse(logged.at(-1) ?? '').line)).toMatchObject({ action: 'a' });
  });
});

const SCALE = (count: number, key: string) =>
  `mutation { updateService(idempotencyKey: "${key}", input: { cluster: "storefront", service: "cart", desiredCount: ${count} }) { service { desiredCount } } }`;

describe('a gateway whose audit log', () => {
  /** Lets time pass until something has ended. */
  async function whileTimePasses<T>(timers: FakeTimers, work: Promise<T>): Promise<T> {
    let hasEnded = false;
    const end = () => {
      hasEnded = true;
    };
    work.then(end, end);
    while (!hasEnded) await timers.pass(100);
    return work;
  }

  it('is a FIFO that is not read: not ready, then every line in order, to the end of the process', async () => {
    execFileSync('mkfifo', [file]);
    // Open for both, so that neither side waits for the other.
    const reader = await open(file, constants.O_RDWR | constants.O_NONBLOCK);
    const timers = new FakeTimers();
    const world = await createWorld({}, { AUDIT_LOG: file }, { timers });
    const ready = async () => (await world.app.fetch(new Request('http://localhost/readyz'))).status;
    // Fills the pipe.
    const filler = Buffer.alloc(4_096, '\n');
    const fill = async (): Promise<void> => {
      await reader.write(filler);
      return fill();
    };
    await fill().catch(({ code }) => expect(code).toBe('EAGAIN'));
    for (const count of [1, 2]) {
      expect((await whileTimePasses(timers, world.query(SCALE(count, `k${count}`)))).errors).toBeUndefined();
    }
    expect(await ready()).toBe(503);
    let text = '';
    const drain = async (): Promise<void> => {
      const { bytesRead, buffer } = await reader.read(Buffer.alloc(65_536), 0, 65_536, null);
      text += buffer.subarray(0, bytesRead).toString();
      return drain();
    };
    const disposed = world.dispose();
    await drain().catch(({ code }) => expect(code).toBe('EAGAIN'));
    await whileTimePasses(timers, disposed);
    await drain().catch(({ code }) => expect(code).toBe('EAGAIN'));
    expect(parsed(text).map(({ input }) => (input as { desiredCount: number }).desiredCount)).toEqual([1, 2]);
    await reader.close();
  });

  it('is on a full disk: writes are answered, and the gateway is not ready', async () => {
    const timers = new FakeTimers();
    const world = await createWorld({}, { AUDIT_LOG: '/dev/full' }, { timers });
    const ready = async () => (await world.app.fetch(new Request('http://localhost/readyz'))).status;
    expect(await ready()).toBe(200);
    const { data } = await whileTimePasses(timers, world.query(SCALE(1, 'k')));
    expect(data).toEqual({ updateService: { service: { desiredCount: 1 } } });
    expect(await ready()).toBe(503);
    await whileTimePasses(timers, world.dispose());
  });

  it('is a FIFO without a reader, at the start: refused', async () => {
    execFileSync('mkfifo', [file]);
    await expect(startTestApp({ auditLog: file })).rejects.toThrow('AUDIT_LOG');
  });
});

describe('a mutation that is sent again with its key', () => {
  it('has an audit line with the input of the first attempt', async () => {
    const world = await createWorld({}, { AUDIT_LOG: file });
    await world.query(SCALE(2, 'k1'));
    await world.query(SCALE(2, 'k1'));
    const drain =
      'mutation($i: [ID!]!) { drainContainerInstances(idempotencyKey: "d", input: { cluster: "platform", containerInstances: $i }) { failedInstanceCount } }';
    const { containerInstances } = await world.data<{ containerInstances: { nodes: { id: string }[] } }>(
      '{ containerInstances(clusters: ["platform"], first: 1) { nodes { id } } }',
    );
    const i = containerInstances.nodes.map(({ id }) => id);
    for (const _ of [1, 2]) expect((await world.query(drain, { i })).errors).toBeUndefined();
    await world.dispose();
    const lines = await linesOf();
    expect(lines.map(({ action, replayed = false, outcome }) => [action, replayed, outcome])).toEqual([
      ['UpdateService', false, 'DONE'],
      ['UpdateService', true, 'DONE'],
      ['UpdateContainerInstancesState', false, 'DONE'],
      ['UpdateContainerInstancesState', true, 'DONE'],
    ]);
    const { requestId, time, ecsRequestId, durationMs, ...first } = lines[0] ?? {};
    expect([requestId, time, ecsRequestId, durationMs].every((value) => value !== undefined)).toBe(true);
    expect(lines[1]).toEqual({
      ...first,
      replayed: true,
      time: expect.any(String),
      requestId: expect.not.stringMatching(String(requestId)),
    });
  });
});

describe('callers without a valid token', () => {
  it('have a line for the first and one a minute for all others', async () => {
    const timers = new FakeTimers();
    const lines: { readonly count?: number; readonly addresses?: object; readonly otherAddresses?: number }[] = [];
    const refused = new RefusedCallers((line) => lines.push(line), timers);
    for (let second = 0; second < 180; second += 1) {
      for (let i = 0; i < 100; i += 1) refused.add(`10.0.${i % 30}.1`, 'r');
      await timers.pass(1_000);
    }
    expect(lines.map(({ count }) => count)).toEqual([1, 5_999, 6_000, 6_000]);
    expect(Object.keys(lines[2]?.addresses ?? {})).toHaveLength(20);
    const named = Object.values(lines[2]?.addresses ?? {}).reduce((sum: number, count) => sum + Number(count), 0);
    expect(named + (lines[2]?.otherAddresses ?? 0)).toBe(6_000);
    // A quiet minute ends it, and leaves no timer.
    await timers.pass(120_000);
    expect([lines.length, timers.pending]).toEqual([4, 0]);
    refused.add('10.0.0.1', 'again');
    expect(lines.at(-1)).toMatchObject({ count: 1, requestId: 'again', addresses: { '10.0.0.1': 1 } });
  });

  it('are counted over HTTP and WebSocket, until the process ends', async () => {
    const server = await startTestApp({ token: 'correct-horse-battery-staple', auditLog: file });
    const url = `${await server.listen()}/graphql`;
    for (let i = 0; i < 3; i += 1) expect((await fetch(url, { method: 'POST' })).status).toBe(401);
    const peer = await openWs(url);
    peer.send({ type: 'connection_init', payload: { authorization: 'Bearer wrong-horse-battery' } });
    expect((await peer.closed).code).toBe(4401);
    await server.app.dispose();
    const common = {
      principal: 'unauthenticated',
      action: 'Authenticate',
      decision: 'DENY',
      outcome: 'UNAUTHENTICATED',
    };
    expect(await linesOf()).toEqual([
      expect.objectContaining({ ...common, requestId: expect.any(String), count: 1 }),
      expect.objectContaining({ ...common, since: expect.any(String), count: 3, addresses: { '127.0.0.1': 3 } }),
    ]);
    expect(await readFile(file, 'utf8')).not.toContain('horse');
  });
});
