import type { RegisterDaemonTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import type { Input } from '../util/wire-types.ts';
import type { Rule } from './rule.ts';

type Registration = Omit<Input<RegisterDaemonTaskDefinitionRequest>, 'tags'>;

const SOURCE = 'API DaemonVolume, LogDriverVolumeConfiguration; choice of text';

/** Refusals of RegisterDaemonTaskDefinition beside the rules of ordinary task definitions. */
export const DAEMON_RULES: readonly Rule<Registration>[] = [
  {
    name: 'daemon-volume-one-kind',
    code: 'ClientException',
    source: SOURCE,
    fault: ({ volumes = [] }) =>
      volumes.some(({ host, logDriverVolumeConfiguration: log }) => host !== undefined && log !== undefined)
        ? 'A volume can have either host or logDriverVolumeConfiguration, but not both.'
        : undefined,
  },
  {
    name: 'daemon-volume-driver',
    code: 'ClientException',
    source: SOURCE,
    fault: ({ volumes = [] }) => {
      const wrong = volumes.find(
        ({ logDriverVolumeConfiguration: log }) => log !== undefined && log.driver !== 'json-file',
      );
      return (
        wrong &&
        `${wrong.logDriverVolumeConfiguration?.driver} is not a valid log driver of a volume. Must be json-file.`
      );
    },
  },
];
