import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose files wait for a browser, for processes or for Redis, and leave the processor to others meanwhile. */
const WAITING = /\/test\/(e2e|tools|clients|shared|shared-topics|watch)\//;

/** Spreads what waits evenly over all else, beginning with the first of it. The order within each stays. */
export function spread<T>(files: readonly T[], waits: (file: T) => boolean): T[] {
  const waiting = files.filter(waits);
  const others = files.filter((file) => !waits(file));
  const ordered: T[] = [];
  for (const [index, file] of waiting.entries()) {
    const [from, to] = [index, index + 1].map((part) => Math.round((part * others.length) / waiting.length));
    ordered.push(file, ...others.slice(from, to));
  }
  return waiting.length === 0 ? others : ordered;
}

/** The order of the test files: the slowest of the last run first, or the largest, and those that wait among the others. */
export class FileOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return spread(await super.sort(files), ({ moduleId }) => WAITING.test(moduleId));
  }
}
