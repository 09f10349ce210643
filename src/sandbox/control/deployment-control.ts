import type { Backend } from '../backend/backend.ts';
import { alarmChanged } from '../deployments/deployment-alarms.ts';
import { functionName } from '../model/external-services.ts';
import type { HookResult } from '../model/hook-result.ts';
import { oneOf, type Parameters, seconds, text } from './parameters.ts';

export function listAlarms({ surroundings }: Backend): unknown {
  return { inAlarm: [...surroundings.alarms].sort() };
}

/** Sets a CloudWatch alarm to ALARM or OK. */
export function setAlarm(backend: Backend, parameters: Parameters): unknown {
  const name = text(parameters, 'name');
  const { alarms } = backend.surroundings;
  if (oneOf(parameters, 'state', ['ALARM', 'OK']) === 'ALARM') alarms.add(name);
  else alarms.delete(name);
  backend.clock.settle();
  for (const world of backend.worlds()) alarmChanged(world, name);
  return listAlarms(backend);
}

export function listFunctions({ surroundings }: Backend): unknown {
  return { functions: Object.fromEntries(surroundings.functions) };
}

/** Sets the result of a Lambda function for lifecycle hooks. */
export function setFunction(backend: Backend, parameters: Parameters): unknown {
  const result: HookResult = {
    status: oneOf(parameters, 'status', ['SUCCEEDED', 'FAILED', 'IN_PROGRESS']),
    seconds: seconds(parameters, 'seconds'),
    callBackDelay: seconds(parameters, 'callBackDelay'),
  };
  backend.surroundings.functions.set(functionName(text(parameters, 'function')), result);
  return listFunctions(backend);
}
