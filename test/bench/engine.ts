import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createSchema } from '../../src/schema/index.ts';
import type { EngineTimes } from './engine-process.ts';
import { measure, median, round, table } from './measure.ts';

/** Executing the full tree in memory, no ECS: by itself, and through what the gateway has around it. */
export async function engineTable(): Promise<string> {
  // graphql-js checks more where this is not said, and would look slower than it is.
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = fork(new URL('./engine-process.ts', import.meta.url), { env });
  const [times] = (await once(child, 'message')) as [EngineTimes];
  return table(
    ['Executing 10,000 tasks x 15 fields', 'engine', 'CPU ms', 'to graphql-js', 'JSON.stringify ms'],
    times.flatMap(({ tree, engines }) =>
      Object.entries(engines).map(([name, { cpuMs, stringifyMs }]) => [
        tree,
        name,
        round(cpuMs, 1),
        `${round(cpuMs / (engines['graphql-js']?.cpuMs ?? Number.NaN), 2)}x`,
        round(stringifyMs, 1),
      ]),
    ),
  );
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
