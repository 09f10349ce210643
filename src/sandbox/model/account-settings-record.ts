import type { BaseRecord } from './base-record.ts';

/** What one principal has set for itself, or was set for all. */
export interface AccountSettingsRecord extends BaseRecord {
  readonly kind: 'accountSettings';
  values: ReadonlyMap<string, string>;
}
