import type { World } from './state.ts';
import type { Caller } from './types.ts';

/** Settings that a caller may set, with what holds when nobody did. ARNs and ids are long since 2021. */
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

/** The key under which `World.accountSettings` keeps what holds for all principals that set nothing themselves. */
export const ACCOUNT_WIDE = 'default';

/** What holds for a caller: its own setting, else the account's, else AWS's default. */
export function effectiveSetting(world: World, caller: Caller, name: string): string {
  return (
    world.accountSettings.get(caller.principalArn)?.get(name) ??
    world.accountSettings.get(ACCOUNT_WIDE)?.get(name) ??
    SETTING_DEFAULTS[name] ??
    'disabled'
  );
}
