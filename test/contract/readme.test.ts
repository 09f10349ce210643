import { readFile } from 'node:fs/promises';
import { parse, validate } from 'graphql';
import { expect, it } from 'vitest';
import { sharedSchema } from '../support/gateway/shared-schema.ts';
import { createWorld } from '../support/gateway/world.ts';

/** The code blocks of a language in the README, in their order. */
async function blocks(language: string): Promise<string[]> {
  const readme = await readFile('README.md', 'utf8');
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code = '']) => code);
}

it('the README’s first query gives the answer that the README shows', async () => {
  const world = await createWorld({ seed: 'demo' });
  try {
    const [query = ''] = await blocks('graphql');
    const [shown = ''] = await blocks('json');
    expect(await world.query(query)).toEqual(JSON.parse(shown));
  } finally {
    await world.dispose();
  }
});

it('the README’s operations fit the schema', async () => {
  const schema = sharedSchema();
  const written = await blocks('graphql');
  expect(written.length).toBeGreaterThan(2);
  for (const document of written) expect(validate(schema, parse(document))).toEqual([]);
});

it('the README’s mutation runs as it is', async () => {
  const world = await createWorld({ seed: 'demo' });
  try {
    const [, mutation = ''] = await blocks('graphql');
    const { data, errors } = await world.query(mutation);
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ updateService: { service: { serviceName: 'cart', desiredCount: 5 } } });
  } finally {
    await world.dispose();
  }
});

it('the README’s two commands are the gate’s', async () => {
  const [start = '', , test = ''] = await blocks('sh');
  expect(start.trim()).toBe('npm ci && npm start');
  expect(test.trim()).toBe('npm ci && npm test');
  expect(await readFile('.ci/run', 'utf8')).toMatch(/^npm ci\nnpm test$/m);
});
