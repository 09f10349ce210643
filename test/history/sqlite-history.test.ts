import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HistoryEntry, HistoryStore } from '../../src/history/history.ts';
import { openSqliteHistory } from '../../src/history/sqlite-history.ts';

let folder: string;
let path: string;
let store: HistoryStore | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
  path = join(folder, 'history.db');
});
afterEach(async () => {
  await store?.close();
  store = undefined;
  rmSync(folder, { recursive: true });
});

function open(maxBytes = 100_000_000): HistoryStore {
  store = openSqliteHistory(path, maxBytes);
  return store;
}

const entry = (at: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  key: `task-${at}`,
  kind: 'TASK_STOPPED',
  at,
  cluster: 'shop',
  serviceArn: 'web',
  body: '{}',
  ...more,
});
const keys = (entries: readonly HistoryEntry[]) => entries.map(({ key }) => key);

it('reads what was written, newest first, also after it was opened again', async () => {
  const first = open();
  await first.record([entry(2), entry(1), entry(3)]);
  await first.close();
  expect(await open().read({}, 10)).toEqual([entry(3), entry(2), entry(1)]);
});

it('narrows by kind, service, cluster and time, and counts the same', async () => {
  const history = open();
  const event = entry(4, { key: 'event', kind: 'SERVICE_EVENT', serviceArn: 'api', cluster: 'other' });
  await history.record([entry(1), entry(2), entry(3), event]);
  for (const [query, expected] of [
    [{ kinds: ['SERVICE_EVENT'] }, ['event']],
    [{ kinds: [] }, []],
    [{ serviceArn: 'web' }, ['task-3', 'task-2', 'task-1']],
    [{ clusters: ['other'] }, ['event']],
    [{ since: 2, until: 4 }, ['task-3', 'task-2']],
  ] as const) {
    expect(keys(await history.read(query, 10))).toEqual(expected);
    expect(await history.count(query)).toBe(expected.length);
  }
});

it('continues behind an entry, entries of one moment included', async () => {
  const history = open();
  await history.record(['a', 'b', 'c'].map((key) => entry(1, { key })));
  const seen: string[] = [];
  for (let after: HistoryEntry | undefined; ; ) {
    const [next] = await history.read({ after }, 1);
    if (next === undefined) break;
    seen.push(next.key);
    after = next;
  }
  expect(seen).toEqual(['c', 'b', 'a']);
});

it('keeps the more complete of two readings', async () => {
  const history = open();
  await history.record([entry(1, { body: '{"a":1}' })]);
  await history.record([entry(1, { body: '{}' })]);
  expect((await history.read({}, 1))[0]?.body).toBe('{"a":1}');
  await history.record([entry(1, { body: '{"a":1,"b":2}' })]);
  expect((await history.read({}, 1))[0]?.body).toBe('{"a":1,"b":2}');
});

it('deletes what is too old, and the oldest of what is too much', async () => {
  const history = open(1_000_000);
  const body = 'x'.repeat(10_000);
  await history.record(Array.from({ length: 300 }, (_, at) => entry(at, { body })));
  await history.prune(100);
  const left = await history.read({}, 1_000);
  expect(left[0]?.at).toBe(299);
  expect(left.length).toBeLessThan(100);
  expect(left.length).toBeGreaterThan(50);
  expect(left.map(({ at }) => at)).toEqual(left.map((_, index) => 299 - index));
});

it('refuses a file of a newer version, and keeps nothing of entries that fail together', async () => {
  const history = open();
  expect(() => history.record([entry(1), { ...entry(2), key: null as never }])).toThrow();
  expect(await history.read({}, 10)).toEqual([]);
  await history.close();
  store = undefined;
  const raw = new Database(path);
  raw.exec('PRAGMA user_version = 99');
  raw.close();
  expect(() => openSqliteHistory(path, 1_000_000)).toThrow('newer version');
});

it('holds every acknowledged entry after the process was killed', async () => {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'support', 'endless-writer.ts'), path],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let acknowledged = -1;
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    acknowledged = Number(text.trim().split('\n').at(-1));
    if (acknowledged >= 20) break;
  }
  child.kill('SIGKILL');
  await once(child, 'exit');
  const left = await open().read({}, 100_000);
  const numbers = new Set(left.map(({ at }) => at));
  expect(acknowledged).toBeGreaterThanOrEqual(20);
  for (let at = 0; at <= acknowledged; at += 1) expect(numbers.has(at)).toBe(true);
  await store?.close();
  store = undefined;
  const raw = new Database(path);
  expect(raw.prepare('PRAGMA integrity_check').get()).toMatchObject({ integrity_check: 'ok' });
  raw.close();
});
