import type { BaseRecord } from './base-record.ts';

/** The settings of one principal, or of the account. */
export interface AccountSettingsRecord extends BaseRecord {
  readonly kind: 'accountSettings';
  values: ReadonlyMap<string, string>;
}
