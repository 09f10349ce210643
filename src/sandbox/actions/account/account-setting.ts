import type {
  DeleteAccountSettingRequest,
  DeleteAccountSettingResponse,
  ListAccountSettingsRequest,
  ListAccountSettingsResponse,
  PutAccountSettingDefaultRequest,
  PutAccountSettingDefaultResponse,
  PutAccountSettingRequest,
  PutAccountSettingResponse,
  Setting,
  SettingName,
} from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../checks/ecs-errors.ts';
import { paginate } from '../../checks/paging.ts';
import type { AccountSettingsRecord } from '../../model/account-settings-record.ts';
import type { World } from '../../model/world.ts';
import {
  ACCOUNT_WIDE,
  effectiveSetting,
  ownSetting,
  SETTING_DEFAULTS,
  setSetting,
} from '../../store/account-settings.ts';
import { iamArn } from '../../store/arns.ts';
import { seen } from '../../store/eventual-consistency.ts';
import type { Caller, Wire } from '../../util/wire-types.ts';
import type { Action } from '../action.ts';

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  containerInsights: ['enabled', 'disabled', 'enhanced'],
  defaultLogDriverMode: ['blocking', 'non-blocking'],
  fargateTaskRetirementWaitPeriod: ['0', '7', '14'],
  tagResourceAuthorization: ['on', 'off'],
};
const SWITCH = ['enabled', 'disabled'];

function checkSetting(name: string, value: string): void {
  if (!(ALLOWED[name] ?? SWITCH).includes(value)) throw invalidParameter(`Invalid setting value: ${value}`);
}

function toSetting(name: string, value: string, principalArn: string): Wire<Setting> {
  return { name: name as SettingName, value, principalArn, type: name === READ_ONLY ? 'aws_managed' : 'user' };
}

function rootOf(world: World): string {
  return iamArn(world, 'root');
}

/** The principal that a call is about. The root user stands for all principals without a setting of their own. */
function keyOf(world: World, principalArn: string | undefined, caller: Caller): string {
  if (principalArn === undefined) return caller.principalArn;
  return principalArn === rootOf(world) ? ACCOUNT_WIDE : principalArn;
}

/** AWS sets guardDutyActivate itself, following GuardDuty. */
const READ_ONLY = 'guardDutyActivate';

function put(world: World, principal: string, name: string, value: string): void {
  if (name === READ_ONLY) throw invalidParameter(`The setting ${name} is read-only.`);
  checkSetting(name, value);
  setSetting(world, principal, name, value);
}

export const putAccountSetting: Action<PutAccountSettingRequest, PutAccountSettingResponse> = (
  world,
  input,
  caller,
) => {
  put(world, keyOf(world, input.principalArn, caller), input.name, input.value);
  return { setting: toSetting(input.name, input.value, input.principalArn ?? caller.principalArn) };
};

export const putAccountSettingDefault: Action<PutAccountSettingDefaultRequest, PutAccountSettingDefaultResponse> = (
  world,
  input,
) => {
  put(world, ACCOUNT_WIDE, input.name, input.value);
  return { setting: toSetting(input.name, input.value, rootOf(world)) };
};

/** Deleting returns only the name: the value is again the account's or AWS's default. */
export const deleteAccountSetting: Action<DeleteAccountSettingRequest, DeleteAccountSettingResponse> = (
  world,
  input,
  caller,
) => {
  const key = keyOf(world, input.principalArn, caller);
  if (world.accountSettings.has(key)) setSetting(world, key, input.name, undefined);
  return { setting: { name: input.name, principalArn: input.principalArn ?? caller.principalArn } };
};

export const listAccountSettings: Action<ListAccountSettingsRequest, ListAccountSettingsResponse> = (
  world,
  input,
  caller,
) => {
  const principal = input.principalArn ?? caller.principalArn;
  if (input.value !== undefined && input.name === undefined) {
    throw invalidParameter('To filter by a value, name the setting too.');
  }
  const view = (record: AccountSettingsRecord) => seen(world, record);
  const values = Object.keys(SETTING_DEFAULTS)
    .filter((name) => input.name === undefined || input.name === name)
    .map((name) => ({
      name,
      value: input.effectiveSettings
        ? effectiveSetting(world, { principalArn: principal }, name, view)
        : ownSetting(world, keyOf(world, input.principalArn, caller), name, view),
    }))
    .filter((setting) => setting.value !== undefined && (input.value === undefined || setting.value === input.value));
  const page = paginate(
    'ListAccountSettings',
    input,
    // AWS allows pages of 10; more settings than that exist.
    { fallback: 10, max: 10 },
    values,
    (setting) => setting.name,
    (setting, key) => setting.name > key,
  );
  const { items, ...next } = page;
  return { settings: items.map(({ name, value = '' }) => toSetting(name, value, principal)), ...next };
};
