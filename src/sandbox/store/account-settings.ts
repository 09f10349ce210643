import type { AccountSettingsRecord } from '../model/account-settings-record.ts';
import type { World } from '../model/world.ts';
import type { Caller } from '../util/wire-types.ts';
import { change } from './eventual-consistency.ts';
import { newRecord } from './new-record.ts';

/** Settings that a caller may set, with their defaults. ARNs and ids have been long since 2021. */
export const SETTING_DEFAULTS: Readonly<Record<string, string>> = {
  awsvpcTrunking: 'disabled',
  containerInsights: 'disabled',
  containerInstanceLongArnFormat: 'enabled',
  defaultLogDriverMode: 'non-blocking',
  fargateEventWindows: 'disabled',
  fargateFIPSMode: 'disabled',
  fargateTaskRetirementWaitPeriod: '7',
  guardDutyActivate: 'off',
  serviceLongArnFormat: 'enabled',
  tagResourceAuthorization: 'off',
  taskLongArnFormat: 'enabled',
};

/** The key in `World.accountSettings` for all principals without a setting of their own. */
export const ACCOUNT_WIDE = 'default';

/** Sets a value, or removes it. */
export function setSetting(world: World, principal: string, name: string, value: string | undefined): void {
  const present = world.accountSettings.get(principal);
  const record = present ?? { kind: 'accountSettings', ...newRecord(world), arn: principal, values: new Map() };
  const values = new Map(record.values);
  if (value === undefined) values.delete(name);
  else values.set(name, value);
  world.accountSettings.set(principal, record);
  change(world, record, { values });
}

/** How a record is read: as it is, or as a stale read sees it. */
type View = (record: AccountSettingsRecord) => AccountSettingsRecord | undefined;

/** A principal's own setting. */
export function ownSetting(world: World, principal: string, name: string, view: View): string | undefined {
  const record = world.accountSettings.get(principal);
  return record === undefined ? undefined : view(record)?.values.get(name);
}

/** The effective setting of a caller: its own, else the account's, else AWS's default. */
export function effectiveSetting(world: World, caller: Caller, name: string, view: View = (record) => record): string {
  return (
    ownSetting(world, caller.principalArn, name, view) ??
    ownSetting(world, ACCOUNT_WIDE, name, view) ??
    SETTING_DEFAULTS[name] ??
    'disabled'
  );
}
