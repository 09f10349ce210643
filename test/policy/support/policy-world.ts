import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GraphQLSchema } from 'graphql';
import { createToken } from '../../../src/auth/token-file.ts';
import { guardSchema } from '../../../src/schema/guard/guard-schema.ts';
import { createSchema } from '../../../src/schema/index.ts';
import { type Answer, createWorld, type World } from '../../support/gateway/world.ts';

let schema: GraphQLSchema | undefined;

/** A schema under policies, made once: that of the other tests stays as it is. */
export function guardedSchema(): GraphQLSchema {
  schema ??= guardSchema(createSchema());
  return schema;
}

export interface PolicedWorld extends AsyncDisposable {
  readonly world: World;
  /** Runs an operation as the holder of a role, with the calls that it took. */
  as<Data = Record<string, never>>(
    role: string,
    query: string,
    variables?: object,
  ): Promise<Answer<Data> & { readonly calls: Readonly<Record<string, number>> }>;
  authorization(role: string): string;
  /** Puts another version of the policies in force. */
  change(policies: string): Promise<boolean>;
}

const ROLES = ['viewer', 'operator', 'deployer', 'admin', 'one', 'two', 'nobody'];

/** A gateway over the demo world with policies, and a token for each of some roles. */
export async function createPolicedWorld(
  policies: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<PolicedWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'policies-'));
  const file = join(folder, 'policies.cedar');
  const tokens = ROLES.map((role) => createToken(role, [role], undefined));
  await writeFile(file, policies);
  await writeFile(join(folder, 'tokens.json'), JSON.stringify({ tokens: tokens.map(({ entry }) => entry) }));
  const world = await createWorld(
    {},
    { POLICIES: `roles,${file}`, TOKENS_FILE: join(folder, 'tokens.json'), ...settings },
    { schema: guardedSchema() },
  );
  const authorization = (role: string) => `Bearer ${tokens[ROLES.indexOf(role)]?.token}`;
  const policed: PolicedWorld = {
    world,
    authorization,
    async as(role, query, variables = {}) {
      const request = new Request('http://127.0.0.1/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: authorization(role) },
        body: JSON.stringify({ query, variables }),
      });
      world.sandbox.resetCalls();
      const answer = (await (await world.app.fetch(request)).json()) as object;
      return { ...answer, calls: { ...world.sandbox.calls() } } as never;
    },
    async change(text) {
      await writeFile(file, text);
      return (await world.app.reload?.()) ?? false;
    },
    async [Symbol.asyncDispose]() {
      await world.dispose();
      await rm(folder, { recursive: true });
    },
  };
  // From the first operation on it is known whose ECS this is.
  await policed.as('admin', '{ __typename }');
  return policed;
}

export const ARN = 'arn:aws:ecs:eu-west-1:123456789012';

/** Role `one` reads one cluster. Role `two` reads every cluster, and reads and operates everything with the tag team=web. */
export const POLICIES = `
@id("one-cluster") permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource in Ecs::Cluster::"${ARN}:cluster/storefront");
@id("two-clusters") permit(principal in Ecs::Role::"two", action in Ecs::Action::"read", resource is Ecs::Cluster);
@id("two-team") permit(principal in Ecs::Role::"two", action in [Ecs::Action::"read", Ecs::Action::"operate", Ecs::Action::"deploy"], resource)
when { resource.hasTag("team") && resource.getTag("team") == "web" };
@id("no-gpu") forbid(principal, action in Ecs::Action::"deploy", resource) when { resource.hasTag("team") && resource.getTag("team") == "gpu" };
`;

export interface Nodes<Node> {
  readonly nodes: readonly Node[];
}
