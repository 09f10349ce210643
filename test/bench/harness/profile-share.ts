import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Which part of a sample's stack counts: the file of each frame, from the innermost one outwards. */
export type Counts = (files: readonly string[]) => boolean;

/**
 * The share of the CPU time of a bundled process that some code took, by the profile that `--cpu-prof` wrote. Other
 * work on the machine makes all parts slower alike, so that the share hardly depends on it.
 */
export async function profileShare(folder: string, bundle: string, counts: Counts): Promise<number> {
  const [name] = await readdir(folder);
  const profile = JSON.parse(await readFile(join(folder, name ?? ''), 'utf8')) as Profile;
  const fileAt = await filesOfLines(bundle);
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const stackOf = (id: number | undefined): string[] => {
    const files: string[] = [];
    for (let at = id; at !== undefined; at = parents.get(at)) {
      const { url = '', lineNumber = 0 } = nodes.get(at)?.callFrame ?? {};
      if (url.startsWith('wasm')) files.push('wasm');
      else if (url.endsWith(bundle)) files.push(fileAt[lineNumber] ?? '');
    }
    return files;
  };
  const isCounted = new Map(profile.nodes.map(({ id }) => [id, counts(stackOf(id))]));
  let all = 0;
  let counted = 0;
  for (const [at, id] of profile.samples.entries()) {
    if (NO_WORK.has(nodes.get(id)?.callFrame.functionName ?? '')) continue;
    const took = profile.timeDeltas[at] ?? 0;
    all += took;
    if (isCounted.get(id)) counted += took;
  }
  return counted / all;
}

const NO_WORK: ReadonlySet<string> = new Set(['(idle)', '(program)']);

/** esbuild names each file in a comment above its lines. */
async function filesOfLines(bundle: string): Promise<readonly string[]> {
  let file = '';
  return (await readFile(bundle, 'utf8')).split('\n').map((line) => {
    file = /^\/\/ (\S+\.[cm]?[jt]s)$/.exec(line)?.[1] ?? file;
    return file;
  });
}
