import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../support/programs/run-cli.ts';

const check = (...argv: string[]) => runCommand(['documents', ...argv]);

let folder: string;
let good: string;
let bad: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
  good = join(folder, 'good.json');
  bad = join(folder, 'bad');
  const operation = (id: string, body: string) => ({ id, name: id, type: 'query', body });
  await writeFile(
    good,
    JSON.stringify({
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [
        operation('a', 'query Names($n: Int = 2) { clusters(first: $n) { nodes { clusterName status } } }'),
        operation('b', 'subscription Follow { clusterEvents(cluster: "shop") { type } }'),
      ],
    }),
  );
  await writeFile(
    bad,
    JSON.stringify({
      c: 'query Names { clustrs { nodes { clusterName } } }',
      d: 'query Huge { clusters(first: 100) { nodes { services(first: 100) { nodes { tasks(first: 100) { nodes { taskArn } } } } } } }',
      e: 'fragment Alone on Cluster { status }',
    }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

it('prints the cost of each operation of a manifest, and that all can run', async () => {
  const { code, out } = await check('check', good);
  expect([code, out.split('\n')]).toEqual([
    0,
    [
      `${good} (Apollo)`,
      expect.stringMatching(/^ {2}Names {3}query {9}2 ECS calls, 3 objects$/),
      expect.stringMatching(/^ {2}Follow {2}subscription {2}\d+ ECS calls, 1 object$/),
      '2 operations: all can run',
      '',
    ],
  ]);
  const costs = async (...more: string[]) => {
    const answer = JSON.parse((await check('check', '--json', good, ...more)).out);
    return answer.manifests[0].operations.map(({ cost }: { cost: { objects: number } }) => cost.objects);
  };
  const [few] = await costs();
  const [many] = await costs('--variables', '{"n": 100}');
  expect([few, many]).toEqual([3, 101]);
});

it('says why operations cannot run, with near misses', async () => {
  const { code, out } = await check('check', good, bad);
  expect(code).toBe(1);
  expect(out).toContain('Cannot query field "clustrs" on type "Query". Did you mean "clusters"');
  expect(out).toMatch(/Huge .*\n {6}The operation could .*\(MAX_(COST|OBJECTS)\)/);
  expect(out).toMatch(/\n {2}e .*cannot run\n {6}/);
  expect(out).toContain('5 operations: 3 cannot run');
  const json = JSON.parse((await check('check', bad, '--json')).out);
  expect(json).toMatchObject({ valid: false, manifests: [{ manifest: bad, format: 'ids and texts' }] });
  expect(json.manifests[0].operations[0]).toEqual({ id: 'c', name: 'Names', problems: [expect.any(String)] });
});

it('judges by the settings of the gateway', async () => {
  expect((await check('check', good, '--max-objects', '2')).code).toBe(1);
  expect((await check('check', '--schema', 'core', good)).code).toBe(0);
});

it.each([
  [[], 'say "documents check <manifest>"'],
  [['chek', 'x'], 'did you mean "check"?'],
  [['check'], 'name a manifest'],
  [['check', 'no-such-file'], 'no-such-file: cannot be read (ENOENT)'],
  [['check', 'package.json'], 'package.json: "engines" has to be the text of an operation'],
  [['check', '--variables', '[1]', 'x'], '--variables must be a JSON object'],
  [['check', '--max-objcts', '3', 'x'], 'did you mean --max-objects?'],
])('explains wrong usage: %s', async (argv, problem) => {
  const answer = await check(...argv);
  expect(answer.code).toBe(2);
  expect(answer.err).toContain(problem);
});
