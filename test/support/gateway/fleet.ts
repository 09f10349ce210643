import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphQLSchema } from 'graphql';
import type { Overrides } from '../../../src/app.ts';
import type { SandboxOptions } from '../../../src/sandbox/index.ts';
import { createSchema } from '../../../src/schema/index.ts';
import { createWorld, type World } from './world.ts';

/** An account of a test: its id is its access key, by which the sandbox knows it. */
export interface TestAccount {
  readonly alias: string;
  readonly account: string;
  readonly regions: readonly string[];
}

export const SHOP: TestAccount = { alias: 'shop', account: '111111111111', regions: ['eu-west-1', 'us-east-1'] };
export const BANK: TestAccount = { alias: 'bank', account: '222222222222', regions: ['eu-west-1', 'us-east-1'] };

let schema: GraphQLSchema | undefined;

/** A schema for gateways of several accounts, made once: what was executed with that of the other tests is not routed. */
function fleetSchema(): GraphQLSchema {
  schema ??= createSchema();
  return schema;
}

/** A gateway of several accounts and regions over one sandbox. The first account's first region is the default. */
export type Fleet = World;

export async function createFleet(
  accounts: readonly (TestAccount | (TestAccount & Readonly<Record<string, unknown>>))[] = [SHOP, BANK],
  options: SandboxOptions = {},
  settings: Readonly<Record<string, string>> = {},
  overrides: Overrides = {},
  sources: Readonly<Record<string, object>> = {},
): Promise<Fleet> {
  const folder = await mkdtemp(join(tmpdir(), 'scopes-'));
  const file = join(folder, 'scopes.json');
  const scopes = accounts.map((account) => ({
    credentials: { accessKeyId: account.account, secretAccessKey: 'test' },
    ...account,
  }));
  await writeFile(file, JSON.stringify({ scopes, sources }));
  const world = await createWorld(options, { SCOPES: file, ...settings }, { schema: fleetSchema(), ...overrides });
  return {
    ...world,
    async dispose() {
      await world.dispose();
      await rm(folder, { recursive: true });
    },
  };
}
