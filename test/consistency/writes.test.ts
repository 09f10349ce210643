import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS, type OperationName } from '../../src/ecs/core/operations.ts';
import { checkRead } from './check-read.ts';
import { CLUSTER_WRITES } from './cluster-writes.ts';
import { createLateWorld, type LateWorld, leavesOf } from './late-world.ts';
import { OTHER_WRITES } from './other-writes.ts';
import { SERVICE_WRITES } from './service-writes.ts';
import { TASK_WRITES } from './task-writes.ts';
import type { Names, WriteCase } from './write-cases.ts';

const CASES = [...CLUSTER_WRITES, ...SERVICE_WRITES, ...TASK_WRITES, ...OTHER_WRITES];

describe.each([
  ['while ECS is 4 s late', false],
  ['while ECS and its events are late', true],
] as const)('a write, read again %s', (_when, isHeld) => {
  let late: LateWorld;

  beforeAll(async () => {
    late = await createLateWorld({}, isHeld);
  });
  afterAll(() => late.world.dispose());

  const withReads = CASES.filter(({ shows }) => Object.keys(shows).length > 0);
  it.each(withReads.map((each) => [each.operation, each] as const))('%s is shown at once', async (operation, each) => {
    const { past, through, world } = late;
    const prepared = await late.prepare(() => each.prepare?.(past, `for-${operation}`));
    const before = await each.before?.(through(), prepared ?? {});
    const known: Names = { ...prepared, ...before };
    const payload = await through(each.payload)(operation, each.input(known));
    const names = { ...known, ...leavesOf(payload) };
    for (const [what, read] of Object.entries(each.shows)) {
      const [query, expected] = read(names);
      checkRead(await world.data(query), expected, what);
    }
  });

  it('is read from the inventory, if there is one', () => {
    expect(late.answered() > 10).toBe(isHeld);
  });
});

describe('every write', () => {
  it('is in the table, all 48 of them', () => {
    const writes = Object.entries(OPERATIONS).flatMap(([name, { kind }]) => (kind === 'write' ? name : []));
    const covered = CASES.map(({ operation }) => operation).filter((name) => OPERATIONS[name].kind === 'write');
    expect(covered.toSorted()).toEqual(writes.toSorted());
    expect(covered).toHaveLength(48);
    const silent = CASES.filter(({ shows, note }) => Object.keys(shows).length === 0 && note === undefined);
    expect(silent).toEqual([]);
  });

  it('is in docs/consistency.md', async () => {
    const page = await readFile('docs/consistency.md', 'utf8');
    const [head, rest] = page.split(BEGIN);
    const tail = rest?.split(END)[1];
    expect(tail, 'docs/consistency.md needs the markers of the table').toBeDefined();
    await expect(`${head}${BEGIN}${table(CASES)}${END}${tail}`).toMatchFileSnapshot('../../docs/consistency.md');
  });
});

const BEGIN = '<!-- writes: written by `npx vitest run test/consistency -u` -->\n';
const END = '\n<!-- /writes -->';

function table(cases: readonly WriteCase[]): string {
  const rows = cases.toSorted((one, other) => (one.operation < other.operation ? -1 : 1)).map(row);
  return ['| Write | Reads that show it at once | Beside that |', '| --- | --- | --- |', ...rows].join('\n');
}

function row({ operation, shows, note = '' }: WriteCase): string {
  const reads = Object.keys(shows).map((what) =>
    what.replace(/^[a-z][A-Za-z]*(\(.*\))?( \{.*\})?/, (field) =>
      /^(the|tags of)/.test(what) ? field : `\`${field}\``,
    ),
  );
  const name: OperationName = operation;
  return `| ${name.charAt(0).toLowerCase()}${name.slice(1)} | ${reads.join('; ')} | ${note} |`;
}
