import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

interface Lock {
  packages: Record<string, { version?: string; optionalDependencies?: Record<string, string>; resolved?: string }>;
}

/**
 * `npm ci` refuses a lock that leaves out what an owner names as optional, as one written on a machine whose registry has
 * only its own platform's packages does.
 */
it('the lock lists the packages of every platform, and no registry', async () => {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as Lock;
  const missing = Object.entries(packages).flatMap(([owner, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${owner}/node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
  expect(Object.values(packages).filter(({ resolved }) => resolved?.startsWith('http'))).toEqual([]);
});
