import { rows, SIMULATED } from './setting.ts';
import { choice, factor, integer, json, list, optional, toggle, word } from './types.ts';
import { endpointUrl } from './urls.ts';

/** `initial` for a file that is not given. */
const noFile: string | undefined = undefined;
/** `initial` for faults that are not given. */
const noFaults: object | undefined = undefined;
const simulated = rows('Sandbox', SIMULATED);

/** Start settings of the simulated ECS. */
export const SANDBOX_SETTINGS = {
  speed: simulated(
    'ECS_SPEED',
    factor,
    10,
    "How many times faster than real time the sandbox's clock runs; 0 stops the clock until a control call moves it.",
  ),
  start: simulated(
    'ECS_START',
    word(
      'time',
      /^(past|now|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))$/,
      'must be past, now or a time such as 2026-03-01T12:00:00Z',
    ),
    'past',
    "Where the sandbox's time starts. `past` is early enough to stay behind real time for 10 hours at `ECS_SPEED`.",
  ),
  seed: simulated(
    'ECS_SEED',
    choice('empty', 'demo', 'fleet', 'organization'),
    'demo',
    'The world that the sandbox starts with.',
  ),
  randomSeed: simulated(
    'ECS_RANDOM_SEED',
    integer(0, 4_294_967_295),
    1,
    'The same number, start and calls give the same ids and durations.',
  ),
  importWorld: simulated(
    'ECS_IMPORT_WORLD',
    optional(word('file')),
    noFile,
    'Start with the world in this file, which `--export-world` or `GET /_sandbox/world` wrote, instead of a seed.',
  ),
  exportWorld: simulated(
    'ECS_EXPORT_WORLD',
    optional(word('file')),
    noFile,
    'Write the world to this file when the process is stopped.',
  ),
  defaultCluster: simulated(
    'ECS_DEFAULT_CLUSTER',
    toggle,
    false,
    'Start each Region with a cluster called `default`, as some emulators do. AWS has none until it is created.',
  ),
  anyCapacity: simulated(
    'ECS_ANY_CAPACITY',
    toggle,
    false,
    'Run tasks for EC2 also in clusters without container instances, as some emulators do. AWS refuses or keeps them waiting.',
  ),
  faults: simulated(
    'ECS_FAULTS',
    optional(json),
    noFaults,
    'Faults from the start, as `POST /_sandbox/faults` takes them, such as `{"eventDelivery":{"duplicates":0.1}}`.',
  ),
  eventEndpoints: simulated(
    'ECS_EVENT_ENDPOINTS',
    list(endpointUrl),
    [],
    "Origins beyond this machine to which the sandbox's EventBridge may send events.",
  ),
  instant: simulated(
    'ECS_INSTANT',
    toggle,
    false,
    'Let each write move time on until everything has come to rest, so that its answer shows tasks RUNNING or STOPPED. AWS answers at once.',
  ),
};
