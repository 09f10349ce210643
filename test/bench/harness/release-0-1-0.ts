import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

/** The commit of version 0.1.0, the base of comparisons. */
export const COMMIT = 'c7baaad';

/** Unpacks paths of version 0.1.0 from the repository's history into a folder. False without that history. */
export function unpackRelease(root: string, folder: string, paths: readonly string[]): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync('git', ['-C', root, 'archive', '-o', `${folder}.tar`, COMMIT, ...paths], { stdio: 'ignore' });
    execFileSync('tar', ['-xf', `${folder}.tar`, '-C', folder]);
    return true;
  } catch {
    return false;
  }
}
