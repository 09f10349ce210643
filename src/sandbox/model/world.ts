import type { Sessions } from '../sessions/sessions.ts';
import type { Clock } from '../time/clock.ts';
import type { Timings } from '../time/timings.ts';
import type { Random } from '../util/random.ts';
import type { AccountSettingsRecord } from './account-settings-record.ts';
import type { ClusterRecord } from './cluster-record.ts';
import type { DaemonFamilyRecord, DaemonRecord } from './daemon-records.ts';
import type { EventLog } from './event-log.ts';
import type { Surroundings } from './external-services.ts';
import type { GatewayRecord } from './gateway-records.ts';
import type { CapacityProviderRecord } from './instances/capacity-provider-record';
import type { Fleet } from './instances/fleet-record';
import type { Neighbours } from './neighbour-records.ts';
import type { ExpressRecord } from './services/express-records.ts';
import type { LaunchRates } from './services/launch-rates.ts';
import type { ServiceRecord } from './services/service-record.ts';
import type { FamilyRecord } from './task-definition-family.ts';
import type { TaskRecord } from './tasks/task-record.ts';
import type { Retention } from './tasks/task-retention.ts';
import type { Before, Snapshot, WorldRecord } from './world-record.ts';

/**
 * The world: one for each Region, plain records that point at each other. Times are virtual milliseconds. Nested values
 * are replaced, never changed in place, so that a shallow copy of a record stays what it was.
 */
export interface World {
  /** `aws`, or that of China, GovCloud, ...: it follows from the Region. */
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** Its own while its past is built, the sandbox's ever after. */
  clock: Clock;
  readonly random: Random;
  readonly timings: Timings;
  /** What of AWS lies outside ECS: alarms, functions. */
  readonly surroundings: Surroundings;
  /** By name; a deleted cluster stays, INACTIVE, for a while. */
  readonly clusters: Map<string, ClusterRecord>;
  readonly families: Map<string, FamilyRecord>;
  readonly capacityProviders: Map<string, CapacityProviderRecord>;
  /** By ARN. */
  readonly daemons: Map<string, DaemonRecord>;
  readonly daemonFamilies: Map<string, DaemonFamilyRecord>;
  /** By name. */
  readonly gateways: Map<string, GatewayRecord>;
  /** What lies around the services that CreateExpressGatewayService made. */
  readonly expressServices: Map<ServiceRecord, ExpressRecord>;
  /** How fast tasks are launched. */
  readonly launchRates: LaunchRates;
  /** What ExecuteCommand has opened. */
  readonly sessions: Sessions;
  /** Whether a call is inside a limit of its own, beside those by operation. */
  readonly admits: (limit: string) => boolean;
  /** Tasks that wait for their capacity provider to grow; PROVISIONING, on no instance yet. */
  readonly waiting: Set<TaskRecord>;
  /** Tasks that are not forgotten yet. */
  readonly stopped: Retention;
  /** What managed scaling knows of the instances of a capacity provider in a cluster. */
  readonly fleets: Map<string, Fleet>;
  /** Tasks on Fargate whose host AWS is about to retire. */
  readonly retiring: Set<TaskRecord>;
  /** Availability Zones that an accident has taken away. */
  readonly lostZones: Set<string>;
  /** Tasks for EC2 run in clusters without instances too; AWS has nothing of the kind. */
  anyCapacity: boolean;
  /** AWS has blocked the account: it launches nothing on Fargate. */
  isBlocked: boolean;
  /** The services beside ECS: CodeDeploy, Application Auto Scaling. */
  readonly neighbours: Neighbours;
  /** What EventBridge would have been told. */
  readonly events: EventLog;
  /** What each principal set for itself, and under `default` what was set for the account. */
  readonly accountSettings: Map<string, AccountSettingsRecord>;
  /** Answers by client token, so that a repeated call is no second call. */
  readonly idempotency: Map<string, { readonly fingerprint: string; readonly answer: unknown; readonly until: number }>;
  /** Told of each change to a record, after it, and of new records. */
  readonly observers: ((record: WorldRecord, before: Before | undefined) => void)[];
  /** Remembers former states while reads lag behind writes; see consistency.ts. */
  readonly past: WeakMap<WorldRecord, Snapshot[]>;
  // What lower layers call in higher ones is passed in with the world: see backend/create-world.ts.
  /** Runs the service scheduler for a service that was woken. */
  readonly reconcile: (service: ServiceRecord) => void;
  /** Runs the daemon scheduler for a daemon that was woken. */
  readonly reconcileDaemon: (daemon: DaemonRecord) => void;
  lagMs: number;
  sequence: number;
}
