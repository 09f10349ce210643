import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleOf, median, type RemoteStub, round, table } from '../harness/measure.ts';
import { type Counts, profileShare } from '../harness/profile-share.ts';
import { type Run, startPeer, startStub, UNPACED } from './tree.ts';

const ROUNDS = 7;
const WARM_UPS = 2;

/** Policies under which the whole tree may be read, by what they look at. */
const POLICIES: Readonly<Record<string, string | undefined>> = {
  'nothing: no policies': undefined,
  'one role, no condition': 'permit(principal, action in Ecs::Action::"read", resource);',
  'tags of each thing':
    'permit(principal, action in Ecs::Action::"read", resource) unless { resource.hasTag("secret") && resource.getTag("secret") == "yes" };',
  'tags, and one cluster by name': `permit(principal, action in Ecs::Action::"read", resource);
    forbid(principal, action in Ecs::Action::"read", resource in Ecs::Cluster::"arn:aws:ecs:eu-west-1:123456789012:cluster/none") when { resource.hasTag("secret") };`,
};

/** Work that authorises: what `access` and Cedar do, and the guards around resolvers, without the resolvers themselves. */
const AUTHORISES: Counts = (files) =>
  files[0]?.startsWith('src/schema/guard/') === true ||
  files.some((file) => file === 'wasm' || file.startsWith('src/schema/access/') || file.startsWith('src/policy/'));

/** The share of authorising in the CPU of the full tree, by a profile of a process of its own. */
async function authorisingShare(stub: RemoteStub, folder: string, policies: string): Promise<number> {
  const profiles = await mkdtemp(join(folder, 'profile-'));
  const options = ['--cpu-prof', `--cpu-prof-dir=${profiles}`, '--cpu-prof-interval=250'];
  const peer = await startPeer(stub, 'ours', { ...UNPACED, POLICIES: policies }, options);
  for (let at = -WARM_UPS; at < ROUNDS; at += 1) await peer.run();
  await peer.end();
  return profileShare(profiles, bundleOf(new URL('./tree-process.ts', import.meta.url)), AUTHORISES);
}

/**
 * The full tree with and without policies, in turns; the ratio of a second process without policies shows what the
 * machine alone makes of it.
 */
export async function policiesTable(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'policies-'));
  const stub = await startStub();
  const without = await startPeer(stub, 'ours', UNPACED);
  const rows: (string | number)[][] = [];
  try {
    for (const [name, text] of Object.entries(POLICIES)) {
      const file = join(folder, `${rows.length}.cedar`);
      if (text !== undefined) await writeFile(file, text);
      const peer = await startPeer(stub, 'ours', { ...UNPACED, ...(text !== undefined && { POLICIES: file }) });
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
        text === undefined ? '' : `${round(100 * (await authorisingShare(stub, folder, file)), 1)} %`,
      ]);
    }
  } finally {
    without.stop();
    stub.close();
    await rm(folder, { recursive: true });
  }
  const head = ['tasks', 'calls', 'CPU ms without', 'CPU ms', 'CPU', 'authorising, of its CPU'];
  return table(['Full tree under policies that look at', ...head], rows);
}
