import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { printErrors } from '../../src/codegen/errors.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { ERROR_CODES } from '../../src/schema/core/error-codes.ts';

it('docs/errors.md is the table of codes: npm run generate', async () => {
  expect(await readFile('docs/errors.md', 'utf8')).toBe(printErrors());
});

it('the codes name settings that there are', () => {
  const settings = Object.values(SETTINGS).map(({ env }) => env);
  const named = Object.values(ERROR_CODES).flatMap(({ description }) => description.match(/`[A-Z][A-Z_]+`/g) ?? []);
  expect(named.length).toBeGreaterThan(15);
  for (const name of named) expect(settings).toContain(name.slice(1, -1));
});
