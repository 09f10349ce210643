import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createSchema } from '../schema/index.ts';
import { emit } from './emit.ts';
import { printOperations } from './operations.ts';
import { readApi } from './sdk.ts';

const VALUES = fileURLToPath(new URL('../schema/values/', import.meta.url));
const OPERATIONS_PAGE = fileURLToPath(new URL('../../docs/operations.md', import.meta.url));

/** What differs between `src/schema/values` and what the installed SDK gives. */
export function staleFiles(wanted: ReadonlyMap<string, string>, folder = VALUES): string[] {
  const present = readdirSync(folder);
  const extra = present.filter((file) => !wanted.has(file));
  const changed = [...wanted.keys()].filter(
    (file) => !present.includes(file) || readFileSync(folder + file, 'utf8') !== wanted.get(file),
  );
  return [...extra, ...changed].sort();
}

function main(check: boolean): number {
  const wanted = emit(readApi());
  mkdirSync(VALUES, { recursive: true });
  const stale = staleFiles(wanted);
  if (check) {
    for (const file of stale)
      process.stderr.write(`src/schema/values/${file} is not what the SDK gives: npm run generate\n`);
    const isPageStale = readFileSync(OPERATIONS_PAGE, 'utf8') !== printOperations(createSchema());
    if (isPageStale) process.stderr.write('docs/operations.md is not what the schema says: npm run generate\n');
    return stale.length > 0 || isPageStale ? 1 : 0;
  }
  for (const file of stale) {
    const text = wanted.get(file);
    if (text === undefined) rmSync(VALUES + file);
    else writeFileSync(VALUES + file, text);
  }
  writeFileSync(OPERATIONS_PAGE, printOperations(createSchema()));
  process.stdout.write(`${wanted.size} files, ${stale.length} changed\n`);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = main(process.argv.includes('--check'));
}
