import { createRequire } from 'node:module';
import { resolve } from 'node:path';

/**
 * A folder with npm packages that only these tests need; `.ci/run` creates it and names it here. They pull in hundreds
 * of packages that contributors should not have to install.
 */
const folder = process.env.ECS_TOOLS ?? '';
const require = createRequire(resolve(folder, 'package.json'));

export const LACK = 'ECS_TOOLS names no folder with it; .ci/run makes one';

/** A package of the folder, or undefined where that is not there. */
export function loadPackage<T>(name: string): T | undefined {
  if (folder === '') return undefined;
  try {
    return require(name) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
