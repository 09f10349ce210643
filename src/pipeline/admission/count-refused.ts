import type { OperationObserver } from '../core/operation-record.ts';
import type { Prepared } from './prepare-document.ts';

/** Counts documents that are refused before their operations are known. */
export function countRefused(prepare: (query: string) => Prepared, observer: OperationObserver | undefined) {
  return (query: string): Prepared => {
    const prepared = prepare(query);
    const [error] = prepared.errors;
    if (error) observer?.operation('unknown', String(error.extensions.code), 0);
    return prepared;
  };
}
