// `npm run check:breaking [-- ref]`: what clients would notice of this schema.graphql, against the last release (or the ref).
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mayBreak, mayRemove, schemaChanges } from './schema-changes.ts';

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1e8 }).trim();
  } catch {
    return undefined;
  }
}

/** The last release before this commit. Without a release, the commit that this branch began from. */
function findBase(): string | undefined {
  return git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*') ?? git('merge-base', 'HEAD', 'origin/HEAD');
}

const base = process.argv[2] ?? findBase() ?? 'HEAD';
const committed = git('show', `${base}:schema.graphql`);
const print = (line: string) => process.stdout.write(`${line}\n`);
if (committed === undefined) {
  print(`check:breaking: no schema.graphql in ${base}; nothing to compare with.`);
} else {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const release = { version, today: new Date().toISOString().slice(0, 10) };
  const changes = await schemaChanges(committed, readFileSync('schema.graphql', 'utf8'), release);
  for (const change of changes.dangerous) print(`dangerous: ${change}`);
  for (const coordinate of changes.due) print(`removed as announced: ${coordinate}`);
  for (const change of changes.breaking) print(`BREAKING: ${change}`);
  for (const coordinate of changes.hasty) print(`TOO SHORT A NOTICE: ${coordinate}; see docs/versioning.md`);
  const isRelease = /^v\d/.test(base);
  const may = { break: !isRelease || mayBreak(base, version), remove: !isRelease || mayRemove(base, version) };
  const verdict = isRelease
    ? `${version} ${may.break ? 'may' : 'must not'} break it, and ${may.remove ? 'may' : 'must not'} remove what was not announced`
    : 'not a release: nothing is promised';
  const { breaking, dangerous, removals, hasty } = changes;
  print(`check:breaking: ${breaking.length} breaking, ${dangerous.length} dangerous since ${base} (${verdict}).`);
  const isRefused = (breaking.length > 0 && !may.break) || (removals.length > 0 && !may.remove);
  if (isRefused || (isRelease && hasty.length > 0)) process.exitCode = 1;
}
