import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { AuditLog } from '../../src/policy/audit-log.ts';
import { auditedInput } from '../../src/schema/core/secrets.ts';
import { createWorld } from '../support/gateway/world.ts';
import { until } from '../support/time/until.ts';
import { createPolicedWorld } from './support/policy-world.ts';

const log = pino({ level: 'silent' });

async function inFolder<T>(use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'));
  try {
    return await use(join(folder, 'audit.log'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const linesOf = async (file: string): Promise<Record<string, unknown>[]> =>
  (await readFile(file, 'utf8')).split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));

const SCALE =
  'mutation { updateService(idempotencyKey: "k1", input: { cluster: "storefront", service: "cart", desiredCount: 2 }) { service { desiredCount } } }';

describe('the audit log', () => {
  it('has a line for each write and each refusal, and none for what lists leave out', async () => {
    await inFolder(async (file) => {
      await using policed = await createPolicedWorld(
        'permit(principal in Ecs::Role::"one", action in Ecs::Action::"read", resource in Ecs::Cluster::"arn:aws:ecs:eu-west-1:123456789012:cluster/storefront");',
        { AUDIT_LOG: file },
      );
      await policed.as('one', '{ clusters { nodes { clusterName } } }');
      await policed.as('operator', SCALE);
      await policed.as('one', SCALE);
      await policed.as('one', '{ cluster(cluster: "platform") { status } }');
      const arn = 'arn:aws:ecs:eu-west-1:123456789012:service/storefront/cart';
      expect(await linesOf(file)).toEqual([
        {
          time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
          principal: 'operator',
          roles: ['operator'],
          requestId: expect.any(String),
          action: 'UpdateService',
          targets: [arn],
          decision: 'ALLOW',
          policies: ['operator-restarts-and-scales'],
          input: { cluster: 'storefront', service: 'cart', desiredCount: 2 },
          outcome: 'DONE',
          ecsRequestId: expect.any(String),
          idempotencyKey: 'k1',
          durationMs: expect.any(Number),
        },
        expect.objectContaining({
          principal: 'one',
          action: 'UpdateService',
          targets: [arn],
          decision: 'DENY',
          policies: [],
        }),
        expect.objectContaining({
          principal: 'one',
          action: 'DescribeClusters',
          decision: 'DENY',
          input: { path: 'cluster' },
        }),
      ]);
    });
  });

  it('says how writes failed, without policies too', async () => {
    await inFolder(async (file) => {
      const world = await createWorld({}, { AUDIT_LOG: file });
      await world.query('mutation { deleteCluster(input: { cluster: "no-such-cluster" }) { cluster { status } } }');
      await world.dispose();
      expect(await linesOf(file)).toMatchObject([
        { principal: 'anonymous', action: 'DeleteCluster', targets: ['no-such-cluster'], outcome: 'NOT_FOUND' },
      ]);
    });
  });

  it('holds lines that cannot be written, in order, and then refuses writes', async () => {
    await inFolder(async (file) => {
      const audit = new AuditLog(file, log);
      const entry = (action: string) =>
        audit.record({
          requestId: 'r',
          principal: { name: 'x' },
          action,
          targets: [],
          decision: 'ALLOW',
          policies: [],
        });
      audit.reopen();
      await rm(file);
      // A folder in its place cannot be opened as a file.
      const { mkdir, rmdir } = await import('node:fs/promises');
      await mkdir(file);
      for (let i = 0; i < 1_000; i += 1) entry(`a${i}`);
      await until(() => audit.isFailing);
      expect(audit.isFull).toBe(true);
      await rmdir(file);
      await audit.close();
      expect(audit.isFailing).toBe(false);
      expect((await linesOf(file)).map(({ action }) => action)).toEqual(
        Array.from({ length: 1_000 }, (_, i) => `a${i}`),
      );
    });
  });

  it('makes the gateway not ready, and refuses writes, while it is full', async () => {
    await inFolder(async (file) => {
      const world = await createWorld({}, { AUDIT_LOG: file });
      const ready = async () => (await world.app.fetch(new Request('http://localhost/readyz'))).status;
      expect(await ready()).toBe(200);
      const { mkdir, rmdir } = await import('node:fs/promises');
      await world.app.reload?.();
      await rm(file);
      await mkdir(file);
      expect((await world.query(SCALE)).errors).toBeUndefined();
      expect(await ready()).toBe(503);
      await rmdir(file);
      await world.dispose();
      expect(await linesOf(file)).toMatchObject([{ action: 'UpdateService', outcome: 'DONE' }]);
    });
  });

  it('shows no secret of an input', () => {
    const input = {
      family: 'web',
      containerDefinitions: [
        {
          name: 'app',
          image: 'nginx',
          command: ['run', 'CANARY'],
          environment: [{ name: 'TOKEN', value: 'CANARY' }],
          dockerLabels: { key: 'CANARY' },
          logConfiguration: { logDriver: 'splunk', options: { 'splunk-token': 'CANARY' } },
          healthCheck: { command: ['CMD', 'CANARY'] },
        },
      ],
    };
    const run = {
      taskDefinition: 'web',
      overrides: {
        containerOverrides: [{ name: 'app', command: ['CANARY'], environment: [{ name: 'A', value: 'CANARY' }] }],
      },
    };
    const shown = JSON.stringify([auditedInput('RegisterTaskDefinition', input), auditedInput('RunTask', run)]);
    expect(shown).not.toContain('CANARY');
    for (const kept of ['web', 'nginx', 'TOKEN', 'splunk-token', '***']) expect(shown).toContain(kept);
  });
});

it('values of secrets are shown to those whom a policy lets read them', async () => {
  await using policed = await createPolicedWorld('');
  const read = async (role: string) => {
    const { data } = await policed.as<{
      taskDefinitions: { nodes: { containerDefinitions: { environment: { value: string | null }[] }[] }[] };
    }>(role, '{ taskDefinitions(first: 50) { nodes { containerDefinitions { environment { value } } } } }');
    return data?.taskDefinitions.nodes.flatMap(({ containerDefinitions }) =>
      containerDefinitions.flatMap(({ environment }) => (environment ?? []).map(({ value }) => value)),
    );
  };
  expect(new Set(await read('viewer'))).toEqual(new Set([null]));
  expect((await read('admin'))?.some((value) => value !== null)).toBe(true);
});
