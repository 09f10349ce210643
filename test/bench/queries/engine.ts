import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createSchema } from '../../../src/schema/index.ts';
import { measure, median, round, table } from '../harness/measure.ts';
import type { EngineRequest, EngineResult } from './engine-process.ts';

const ENGINES = ['graphql-js', 'graphql-jit', 'ours'];
const TREES = { plain: 'plain objects, the engine alone', graph: 'the graph, through the gateway' } as const;
const ROUNDS = 9;

/**
 * Executes the full tree in memory without ECS: plain, and through the gateway's layers. Each engine has its own
 * process, so that no engine pays for another's garbage, and they alternate.
 */
export async function engineTable(): Promise<string> {
  const rows: (string | number)[][] = [];
  for (const tree of ['plain', 'graph'] as const) {
    const children = await Promise.all(ENGINES.map((engine) => forkEngine({ tree, engine })));
    const results = children.map((): EngineResult[] => []);
    for (let count = 0; count < ROUNDS; count += 1) {
      for (const [index, child] of children.entries()) {
        child.send('run');
        const [result] = (await once(child, 'message')) as [EngineResult];
        results[index]?.push(result);
      }
    }
    for (const child of children) child.disconnect();
    if (new Set(results.flat().map(({ answer }) => answer)).size !== 1) throw new Error('engines that differ');
    const middles = results.map((all) => median(all.map(({ cpuMs }) => cpuMs)));
    for (const [index, engine] of ENGINES.entries()) {
      const cpuMs = middles[index] ?? Number.NaN;
      const stringifyMs = median(results[index]?.map((result) => result.stringifyMs) ?? []);
      const ratio = `${round(cpuMs / (middles[0] ?? Number.NaN), 2)}x`;
      rows.push([TREES[tree], engine, round(cpuMs, 1), ratio, round(stringifyMs, 1)]);
    }
  }
  return table(['Executing 10,000 tasks x 15 fields', 'engine', 'CPU ms', 'to graphql-js', 'JSON.stringify ms'], rows);
}

async function forkEngine(request: EngineRequest): Promise<ChildProcess> {
  // graphql-js checks more where this is not said, and would look slower than it is.
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = fork(new URL('./engine-process.ts', import.meta.url), [JSON.stringify(request)], { env });
  await once(child, 'message');
  return child;
}

/** How long the schema takes to build, and how large it is. */
export async function schemaTable(): Promise<string> {
  const times: number[] = [];
  let schema = createSchema();
  for (let index = 0; index < 5; index += 1) {
    const { wallMs } = await measure(async () => {
      schema = createSchema();
    });
    times.push(wallMs);
  }
  const types = Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith('__')).length;
  const fieldsOf = (name: 'getQueryType' | 'getMutationType' | 'getSubscriptionType') =>
    Object.keys(schema[name]()?.getFields() ?? {}).length;
  return table(
    ['Schema', 'types', 'queries', 'mutations', 'subscriptions', 'build ms (warm)'],
    [
      [
        '',
        types,
        fieldsOf('getQueryType'),
        fieldsOf('getMutationType'),
        fieldsOf('getSubscriptionType'),
        round(median(times)),
      ],
    ],
  );
}
