import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createSchema } from '../schema/index.ts';
import { emit } from './emit.ts';
import { printErrors } from './errors.ts';
import { printOperations } from './operations.ts';
import { readApi } from './sdk.ts';

const VALUES = fileURLToPath(new URL('../schema/generated/', import.meta.url));
/** Files that are printed from the schema and its tables. */
const FROM_SCHEMA = {
  'docs/errors.md': printErrors,
  'docs/operations.md': printOperations,
} as const;

/** Files of `src/schema/generated` that differ from the output for the installed SDK. */
export function staleFiles(wanted: ReadonlyMap<string, string>, folder = VALUES): string[] {
  const present = readdirSync(folder);
  const extra = present.filter((file) => !wanted.has(file));
  const changed = [...wanted.keys()].filter(
    (file) => !present.includes(file) || readFileSync(folder + file, 'utf8') !== wanted.get(file),
  );
  return [...extra, ...changed].sort();
}

function fromRoot(file: string): string {
  return fileURLToPath(new URL(`../../${file}`, import.meta.url));
}

function main(check: boolean): number {
  const wanted = emit(readApi());
  mkdirSync(VALUES, { recursive: true });
  const stale = staleFiles(wanted);
  if (check) {
    for (const file of stale)
      process.stderr.write(`src/schema/generated/${file} is not what the SDK gives: npm run generate\n`);
    const printed = Object.entries(FROM_SCHEMA).filter(([file, print]) => {
      return readFileSync(fromRoot(file), 'utf8') !== print(createSchema());
    });
    for (const [file] of printed) process.stderr.write(`${file} is not what the schema says: npm run generate\n`);
    return stale.length > 0 || printed.length > 0 ? 1 : 0;
  }
  for (const file of stale) {
    const text = wanted.get(file);
    if (text === undefined) rmSync(VALUES + file);
    else writeFileSync(VALUES + file, text);
  }
  for (const [file, print] of Object.entries(FROM_SCHEMA)) writeFileSync(fromRoot(file), print(createSchema()));
  process.stdout.write(`${wanted.size} files, ${stale.length} changed\n`);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = main(process.argv.includes('--check'));
}
