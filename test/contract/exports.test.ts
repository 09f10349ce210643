import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const EXPORT = /^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm;

it('everything that is exported is used', () => {
  const files = ['src', 'test'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  const texts = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  const uses = new Map<string, number>();
  for (const { text } of texts) {
    for (const [word] of text.matchAll(/\w+/g)) uses.set(word, (uses.get(word) ?? 0) + 1);
  }
  const unused = texts
    .filter(({ file }) => file.startsWith('src/') && !file.startsWith('src/schema/generated/'))
    .flatMap(({ file, text }) => [...text.matchAll(EXPORT)].map(([, name = '']) => ({ file, name })))
    .filter(({ name }) => uses.get(name) === 1);
  expect(unused).toEqual([]);
});
