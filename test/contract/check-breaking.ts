// `npm run check:breaking [-- ref]`: what clients would notice of this schema.graphql, against the last release (or the ref).
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mayBreak, schemaChanges } from './schema-changes.ts';

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1e8 }).trim();
  } catch {
    return undefined;
  }
}

/** The last release before this commit; where there is none, what this branch began from. */
function findBase(): string | undefined {
  return git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*') ?? git('merge-base', 'HEAD', 'origin/HEAD');
}

const base = process.argv[2] ?? findBase() ?? 'HEAD';
const committed = git('show', `${base}:schema.graphql`);
const say = (line: string) => process.stdout.write(`${line}\n`);
if (committed === undefined) {
  say(`check:breaking: no schema.graphql in ${base}; nothing to compare with.`);
} else {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const { breaking, dangerous } = schemaChanges(committed, readFileSync('schema.graphql', 'utf8'));
  for (const change of dangerous) say(`dangerous: ${change}`);
  for (const change of breaking) say(`BREAKING: ${change}`);
  const released = /^v\d/.test(base);
  const allowed = !released || mayBreak(base, version);
  const verdict = released
    ? `${version} ${allowed ? 'may' : 'must not'} break it`
    : 'not a release: nothing is promised';
  say(`check:breaking: ${breaking.length} breaking, ${dangerous.length} dangerous since ${base} (${verdict}).`);
  if (breaking.length > 0 && !allowed) process.exitCode = 1;
}
