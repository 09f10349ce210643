import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, round, table } from './measure.ts';
import { type Run, startPeer, startStub, UNPACED } from './tree.ts';

const ROUNDS = 7;
const WARM_UPS = 2;

/** Policies under which the whole tree may be read, by what they look at. */
const POLICIES = {
  'one role, no condition': 'permit(principal, action in Ecs::Action::"read", resource);',
  'tags of each thing':
    'permit(principal, action in Ecs::Action::"read", resource) unless { resource.hasTag("secret") && resource.getTag("secret") == "yes" };',
  'tags, and one cluster by name': `permit(principal, action in Ecs::Action::"read", resource);
    forbid(principal, action in Ecs::Action::"read", resource in Ecs::Cluster::"arn:aws:ecs:eu-west-1:123456789012:cluster/none") when { resource.hasTag("secret") };`,
};

/** The full tree with and without policies, in turns. */
export async function policiesTable(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'policies-'));
  const stub = await startStub();
  const without = await startPeer(stub, 'ours', UNPACED);
  const rows: (string | number)[][] = [];
  try {
    for (const [name, text] of Object.entries(POLICIES)) {
      const file = join(folder, `${rows.length}.cedar`);
      await writeFile(file, text);
      const peer = await startPeer(stub, 'ours', { ...UNPACED, POLICIES: file });
      const runs: Run[] = [];
      const base: Run[] = [];
      for (let at = -WARM_UPS; at < ROUNDS; at += 1) {
        const [one, other] = [await without.run(), await peer.run()];
        if (at < 0) continue;
        base.push(one);
        runs.push(other);
      }
      peer.stop();
      const cpu = median(runs.map(({ cpuMs }, at) => cpuMs / (base[at]?.cpuMs ?? cpuMs)));
      const middle = (of: readonly Run[], name: 'cpuMs' | 'tasks' | 'calls') => median(of.map((run) => run[name]));
      rows.push([
        name,
        middle(runs, 'tasks'),
        middle(runs, 'calls'),
        round(middle(base, 'cpuMs')),
        round(middle(runs, 'cpuMs')),
        `${round(cpu, 2)}x`,
      ]);
    }
  } finally {
    without.stop();
    stub.close();
    await rm(folder, { recursive: true });
  }
  return table(['Full tree under policies that look at', 'tasks', 'calls', 'CPU ms without', 'CPU ms', 'CPU'], rows);
}
