import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { CedarPolicies } from '../../../src/policy/cedar/policy-set.ts';
import { loadCedar } from '../../../src/policy/cedar/wasm.ts';
import { ACTIONS, type ActionName } from '../../../src/policy/model/actions.ts';
import { anyOf, type Resource, regionResource, toResource } from '../../../src/policy/model/resource.ts';
import { READY_MADE } from '../../../src/policy/ready-made.ts';

const place = { partition: 'aws', account: '111122223333', region: 'eu-west-1' };
const ARN = 'arn:aws:ecs:eu-west-1:111122223333';
const set = (text: string, errors?: string[]) =>
  new CedarPolicies([{ name: 'test.cedar', text }], (policy) => errors?.push(policy));
const who = (...roles: string[]) => ({ name: 'ann', roles });
function resource(type: Resource['type'], name: string, known = {}): Resource {
  const made = toResource(place, type, name, known);
  if (made === undefined) throw new Error('no resource');
  return made;
}

/** Policies that look at everything that they may look at. */
const MIXED = `${READY_MADE}
permit(principal in Ecs::Role::"a", action in Ecs::Action::"read", resource in Ecs::Cluster::"${ARN}:cluster/web");
permit(principal in Ecs::Role::"a", action in [Ecs::Action::"operate", Ecs::Action::"deploy"], resource) when { resource.hasTag("team") && resource.getTag("team") like "w*" };
permit(principal in Ecs::Role::"b", action, resource in Ecs::Service::"${ARN}:service/web/api");
permit(principal in Ecs::Role::"b", action, resource) when { resource in Ecs::Family::"${ARN}:task-definition/api" };
permit(principal == Ecs::User::"ann", action == Ecs::Action::"StopTask", resource) unless { resource.hasTag("keep") };
@id("frozen") forbid(principal, action in Ecs::Action::"deploy", resource) when { resource.hasTag("frozen") } unless { principal in Ecs::Role::"admin" };
forbid(principal, action in Ecs::Action::"exec", resource is Ecs::Task in Ecs::Cluster::"${ARN}:cluster/prod");
permit(principal in Ecs::Role::"c", action == Ecs::Action::"UpdateService", resource) when { ["desiredCount"].containsAll(context.fields) };`;

describe('decisions that are remembered', () => {
  const tags = [undefined, {}, { team: 'web' }, { team: 'ops', frozen: '1' }, { team: 'w', keep: '', other: 'x' }];
  const resources = tags.flatMap((tag) =>
    ['web', 'prod'].flatMap((cluster) => [
      resource('Cluster', cluster, { tags: tag }),
      ...['api', 'job'].flatMap((service) => [
        resource('Service', service, { cluster, tags: tag }),
        resource('Task', `${service}1`, { cluster, service, tags: tag }),
        resource('Task', `${service}2`, { cluster, tags: tag }),
        resource('TaskDefinition', `${service}:3`, { tags: tag }),
      ]),
    ]),
  );
  const actions: ActionName[] = [
    'DescribeTasks',
    'StopTask',
    'UpdateService',
    'DeleteService',
    'ExecuteCommand',
    'ReadSecrets',
  ];
  const principals = [who(), who('a'), who('b'), who('c'), who('admin'), who('a', 'b'), { name: 'bob', roles: ['a'] }];

  /** The decision of Cedar itself, with nothing remembered. */
  function asked(
    principal: { name: string; roles: string[] },
    action: ActionName,
    of: Resource,
    fields: string[],
  ): boolean {
    const uid = (type: string, id: string) => ({ type: `Ecs::${type}`, id });
    const above = of.parents.map((parent) => uid(parent.type, parent.id));
    const answer = loadCedar().isAuthorized({
      principal: uid('User', principal.name),
      action: uid('Action', action),
      resource: uid(of.type, of.id),
      context: { fields },
      policies: { staticPolicies: MIXED },
      entities: [
        { uid: uid('User', principal.name), attrs: {}, parents: principal.roles.map((role) => uid('Role', role)) },
        { uid: uid('Action', action), attrs: {}, parents: [uid('Action', ACTIONS[action].group)] },
        { uid: uid(of.type, of.id), attrs: {}, parents: above, tags: { ...of.tags } },
      ],
    });
    return (
      answer.type === 'success' &&
      answer.response.decision === 'allow' &&
      answer.response.diagnostics.errors.length === 0
    );
  }

  it('are those of Cedar, and early denials are never wrong', () => {
    const policies = set(MIXED);
    let early = 0;
    let random = 7;
    for (const principal of principals) {
      for (const action of actions) {
        for (const of of resources) {
          // An eighth of all, always the same: Cedar parses the policies anew each time.
          random = (random * 48_271) % 2_147_483_647;
          if (random % 8 !== 0) continue;
          const fields = random % 2 === 0 ? ['desiredCount'] : [];
          const isAllowed = asked(principal, action, of, fields);
          const at = [principal, action, of, fields];
          expect([at, policies.decide(principal, action, of, fields).isAllowed]).toEqual([at, isAllowed]);
          const bare = {
            ...of,
            tags: undefined,
            parents: of.parents.filter(({ type }) => of.type !== 'Task' || type !== 'Service'),
          };
          if (!policies.mayAllow(principal, action, bare, fields)) {
            early += 1;
            expect([at, isAllowed]).toEqual([at, false]);
          }
          const cluster = of.parents.find(({ type }) => type === 'Cluster')?.id;
          if (!policies.mayAllow(principal, action, anyOf(place, of.type, cluster)))
            expect([at, isAllowed]).toEqual([at, false]);
        }
      }
    }
    expect(early).toBeGreaterThan(60);
  });

  it('are made once for a class of resources', () => {
    const policies = set(MIXED);
    const tasks = Array.from({ length: 1_000 }, (_, index) =>
      resource('Task', `t${index}`, {
        cluster: 'web',
        service: `s${index}`,
        tags: { team: index % 2 === 0 ? 'web' : 'ops', own: `${index}` },
      }),
    );
    for (const task of tasks) policies.decide(who('a'), 'DescribeTasks', task);
    expect(policies.evaluations).toBe(1);
    for (const task of tasks) policies.decide(who('a'), 'StopTask', task);
    expect(policies.evaluations).toBe(3);
    for (const task of tasks) policies.decide(who('viewer'), 'DescribeTasks', task);
    expect(policies.evaluations).toBe(3);
  });

  it('need no more read than the policies look at', () => {
    const policies = set(MIXED);
    expect(policies.needs(who('viewer'), 'DescribeTasks')).toEqual({ tags: false, service: false });
    expect(policies.needs(who('a'), 'DescribeTasks')).toEqual({ tags: false, service: false });
    expect(policies.needs(who('a'), 'DeleteService')).toEqual({ tags: true, service: false });
    expect(policies.needs(who('b'), 'DescribeTasks')).toEqual({ tags: false, service: true });
  });

  it('are in the Region for what has no parent', () => {
    expect(set(READY_MADE).decide(who('admin'), 'CreateCluster', regionResource(place)).isAllowed).toBe(true);
    const foreign = toResource(place, 'Cluster', 'arn:aws:ecs:eu-west-1:999999999999:cluster/web');
    const policies = set('permit(principal, action, resource in Ecs::Account::"111122223333");');
    expect(foreign && policies.decide(who(), 'DeleteCluster', foreign).isAllowed).toBe(false);
    expect(policies.decide(who(), 'DeleteCluster', resource('Cluster', 'web')).isAllowed).toBe(true);
  });
});

describe('policies that are wrong', () => {
  it.each([
    ['permit(', 'test.cedar: unexpected end of input'],
    ['permit(principal, action == Ecs::Action::"StopTusk", resource);', 'did you mean'],
    ['permit(principal == Ecs::Role::"x", action, resource);', 'try replacing `==` with `in`'],
    [
      'permit(principal, action, resource) when { resource.getTag("x") == "y" };',
      'unable to guarantee safety of access to tag',
    ],
    ['permit(principal == ?principal, action, resource);', 'has templates'],
    [
      '@id("a") permit(principal, action, resource); @id("a") forbid(principal, action, resource);',
      'two policies are named "a"',
    ],
    [
      'permit(principal, action == Ecs::Action::"StopTask", resource is Ecs::Cluster);',
      'unable to find an applicable action',
    ],
  ])('are refused: %s', (text, problem) => expect(() => set(text)).toThrow(problem));

  it('name few problems, each once', () => {
    try {
      set('permit(principal, action, resource) when { resource.getTag("x") == "y" };');
    } catch (error) {
      expect((error as Error).message.split('\n').length).toBeLessThanOrEqual(11);
    }
  });
});

it('the policies in the documents are valid', async () => {
  const text = await readFile('docs/security.md', 'utf8');
  const blocks = [...text.matchAll(/```cedar\n(.*?)```/gs)].map(([, block = '']) => block);
  expect(blocks.length).toBeGreaterThan(0);
  for (const block of blocks) expect(() => set(block)).not.toThrow();
});
