import { readFile } from 'node:fs/promises';
import { introspects, onlyIntrospects } from './admission/introspection-limits.ts';
import { IS_SCHEMA } from './core/answer-text.ts';
import type { Operations } from './run-operation.ts';

/**
 * Runs work once, before the first introspection is answered, so that a server without introspection never pays for it.
 */
export function beforeIntrospection(operations: Operations, prepare: () => Promise<void>): Operations {
  let prepared: Promise<void> | undefined;
  return {
    ...operations,
    async execute(operation, caller) {
      if (introspects(operation.document)) {
        prepared ??= prepare();
        await prepared;
      }
      const result = await operations.execute(operation, caller);
      return onlyIntrospects(operation.document) ? { ...result, [IS_SCHEMA]: true } : result;
    },
  };
}

/**
 * The descriptions that the build took from the SDK's declarations. The file is beside the bundle; it is absent when
 * the sources run.
 */
export async function readSdkDocs(
  file = new URL('./sdk-docs.json', import.meta.url),
): Promise<Readonly<Record<string, string>> | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
