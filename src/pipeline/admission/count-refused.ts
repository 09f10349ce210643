import type { OperationObserver } from '../core/operation-record.ts';
import type { Prepared } from './prepare-document.ts';

/** Counts the documents that are refused before anything is known of their operations. */
export function countRefused(prepare: (query: string) => Prepared, observer: OperationObserver | undefined) {
  return (query: string): Prepared => {
    const prepared = prepare(query);
    const [error] = prepared.errors;
    if (error) observer?.operation('unknown', String(error.extensions.code), 0);
    return prepared;
  };
}
