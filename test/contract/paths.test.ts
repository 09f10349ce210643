import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const files = ['src', 'test', 'docs', 'findings', '.github']
  .flatMap((folder) => list(folder).map((file) => `${folder}/${file}`))
  .concat(list('.', false));

function list(folder: string, recursive = true): string[] {
  try {
    return readdirSync(folder, { recursive, encoding: 'utf8' });
  } catch {
    return [];
  }
}

/** `docs/clients.md` names files of the reader's own project. */
const documents = files.filter((file) => /^(docs\/)?[\w-]+\.md$/.test(file) && file !== 'docs/clients.md');

/** Paths of source files in a document, from the root, from src or from a room. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/(?<![\w/.-])[\w.-]+(?:\/[\w.-]+)+\.(?:ts|mjs)\b/g)].map(([path]) =>
    path.replace(/^(\.\.?\/)+/, ''),
  );
}

it('finds the paths in a document', () => {
  expect(pathsIn('See `src/ecs/sdk/client.ts`, [b](../a/b.mjs) and c.ts.')).toEqual([
    'src/ecs/sdk/client.ts',
    'a/b.mjs',
  ]);
  expect(documents).toContain('docs/architecture.md');
});

it.each(documents)('%s names only source files that exist', (document) => {
  const unknown = pathsIn(readFileSync(document, 'utf8')).filter(
    (path) => !files.some((file) => file === path || file.endsWith(`/${path}`)),
  );
  expect(unknown).toEqual([]);
});
