import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const text = readFileSync('docs/security.md', 'utf8');
const promises = text.slice(text.indexOf('## How each promise is tested'));

describe('docs/security.md', () => {
  it('names tests that exist for each promise', () => {
    const rows = promises.split('\n').filter((line) => /^\| (?!Promise|---)/.test(line));
    expect(rows.length).toBeGreaterThan(15);
    for (const row of rows) {
      const paths = [...row.matchAll(/`((?:test\/)?[\w/-]+(?:\.test\.ts)?)`/g)].map(([, path = '']) => path);
      const tests = paths.filter((path) => path.includes('test'));
      const folder = tests[0]?.replace(/\/[^/]+$/, '') ?? '';
      expect([row, tests.length > 0]).toEqual([row, true]);
      const missing = tests.filter((path) => !existsSync(path) && !existsSync(`${folder}/${path}`));
      expect([row, missing]).toEqual([row, []]);
    }
  });

  it('names every test of this folder', () => {
    const files = readdirSync('test/security').filter((name) => name.endsWith('.test.ts'));
    expect(files.filter((name) => !promises.includes(`test/security/${name}`))).toEqual([]);
  });
});
