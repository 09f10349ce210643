import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sources } from './support/imports.ts';

/** A folder holds few enough files to be read as a list. */
const MOST_FILES = 16;

/** The files below test, but for generated ones and pictures. */
const files = readdirSync('test', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith('.png'))
  .map((entry) => join(entry.parentPath, entry.name).slice('test/'.length))
  .filter((file) => !dirname(file).split('/').includes('generated'));
const tests = files.filter((file) => file.endsWith('.test.ts'));
const withTests = new Set(tests.map((file) => dirname(file)));
const roomsOfSrc = new Set(sources().flatMap((file) => withParents(dirname(file))));

/** A folder and those that it lies in, without the root. */
function withParents(folder: string): string[] {
  return folder === '.' ? [] : [folder, ...withParents(dirname(folder))];
}

/** Rooms of test without a room of src: what they hold concerns the whole. */
const ofTheWhole = [...new Set(files.map((file) => file.split('/')[0] ?? ''))].filter((room) => !roomsOfSrc.has(room));

/** The sources that a test imports itself, from src. */
function sourcesOf(test: string): string[] {
  const text = readFileSync(join('test', test), 'utf8');
  return [...text.matchAll(/from '(\.[^']+)'/g)]
    .map(([, path = '']) => normalize(join('test', dirname(test), path)))
    .filter((path) => path.startsWith('src/'))
    .map((path) => path.slice('src/'.length));
}

describe('the rooms of test', () => {
  it('are read at all', () => {
    expect(tests.length).toBeGreaterThan(250);
    expect(roomsOfSrc.size).toBeGreaterThan(100);
    expect(withParents('a/b/c')).toEqual(['a/b/c', 'a/b', 'a']);
    expect(sourcesOf('ecs/core/arn.test.ts')).toEqual(['ecs/core/arn.ts']);
  });

  it('hold at most 16 files each', () => {
    const sizes = new Map<string, number>();
    for (const file of files) sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1);
    expect([...sizes].filter(([, size]) => size > MOST_FILES)).toEqual([]);
  });

  it('mirror src: each folder with sources is tested in the folder of the same path, or in the one above', () => {
    const folders = new Set(sources().map((file) => dirname(file)));
    const untested = [...folders].filter(
      (folder) => folder !== '.' && !withTests.has(folder) && !withTests.has(dirname(folder)),
    );
    expect(untested).toEqual([]);
  });

  it('are rooms of src, or have a row in CONTRIBUTING.md', () => {
    const text = readFileSync('CONTRIBUTING.md', 'utf8');
    const listed = [...text.matchAll(/^\| `test\/([\w-]+)` \|/gm)].map(([, room]) => room);
    expect(listed).toEqual([...ofTheWhole].sort());
    const unknown = [...withTests].filter(
      (folder) => !ofTheWhole.includes(folder.split('/')[0] ?? '') && !roomsOfSrc.has(folder),
    );
    expect(unknown).toEqual([]);
  });

  it('have a test with the name of a source that it imports where that source lies', () => {
    const misplaced = tests.filter((test) => {
      const room = test.split('/')[0] ?? '';
      if (ofTheWhole.includes(room)) return false;
      const name = basename(test).replace(/(?:\.e2e)?\.test\.ts$/, '.ts');
      const named = sourcesOf(test).filter((source) => basename(source) === name);
      return named.length > 0 && !named.some((source) => dirname(source) === dirname(test));
    });
    expect(misplaced).toEqual([]);
  });
});
