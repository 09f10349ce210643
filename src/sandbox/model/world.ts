import type { EventDelivery } from '../checks/fault-settings.ts';
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
import type { CapacityProviderRecord } from './instances/capacity-provider-record.ts';
import type { Fleet } from './instances/fleet-record.ts';
import type { Messaging } from './messaging/messaging.ts';
import type { Polls } from './messaging/polls.ts';
import type { Neighbours } from './neighbour-records.ts';
import type { ExpressRecord } from './services/express-records.ts';
import type { LaunchRates } from './services/launch-rates.ts';
import type { ServiceRecord } from './services/service-record.ts';
import type { FamilyRecord } from './task-definition-family.ts';
import type { TaskRecord } from './tasks/task-record.ts';
import type { Retention } from './tasks/task-retention.ts';
import type { Snapshot, WorldObserver, WorldRecord } from './world-record.ts';

/**
 * The world of one Region: plain records that refer to each other. Times are virtual milliseconds. Nested values are
 * replaced, never changed in place, so that a shallow copy of a record stays valid.
 */
export interface World {
  /** `aws`, or the partition of China, GovCloud, ...; it follows from the Region. */
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** Its own clock while a seed builds its past, then the sandbox's. */
  clock: Clock;
  readonly random: Random;
  readonly timings: Timings;
  /** The parts of AWS outside ECS: alarms, functions. */
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
  /** The resources of services that CreateExpressGatewayService created. */
  readonly expressServices: Map<ServiceRecord, ExpressRecord>;
  /** The rates at which tasks launch. */
  readonly launchRates: LaunchRates;
  /** Sessions of ExecuteCommand. */
  readonly sessions: Sessions;
  /** Whether a call is within a separate limit, beside the limits of operations. */
  readonly admits: (limit: string) => boolean;
  /** PROVISIONING tasks without an instance that wait for their capacity provider to grow. */
  readonly waiting: Set<TaskRecord>;
  /** Stopped tasks that can still be described. */
  readonly stopped: Retention;
  /** State of managed scaling for each capacity provider in each cluster. */
  readonly fleets: Map<string, Fleet>;
  /** Fargate tasks whose host AWS is about to retire. */
  readonly retiring: Set<TaskRecord>;
  /** The zones of subnets, of a copy of a real cluster; they follow from the ids of all others. */
  readonly subnetZones: Map<string, string>;
  /** Availability Zones that an accident has taken away. */
  readonly lostZones: Set<string>;
  /** Tasks for EC2 run in clusters without instances too; AWS has nothing of the kind. */
  anyCapacity: boolean;
  /** Whether AWS has blocked the account, so that it launches nothing on Fargate. */
  isBlocked: boolean;
  /** The simulated services beside ECS: CodeDeploy, Application Auto Scaling. */
  readonly neighbours: Neighbours;
  /** SQS and EventBridge: queues, rules and the targets of events. */
  readonly messaging: Messaging;
  /** Calls that wait for messages, of all Regions. */
  readonly polls: Polls;
  /** How events travel to the targets of rules. */
  readonly eventDelivery: () => EventDelivery;
  /** The origins beyond this machine to which API destinations may send events. */
  readonly endpoints: ReadonlySet<string>;
  /** Another Region or account, if it exists already. */
  readonly elsewhere: (account: string, region: string) => World | undefined;
  /** Events that EventBridge would have received. */
  readonly events: EventLog;
  /** Settings of each principal; the account's are under `default`. */
  readonly accountSettings: Map<string, AccountSettingsRecord>;
  /** Answers by client token, so that a repeated call is not executed again. */
  readonly idempotency: Map<string, { readonly fingerprint: string; readonly answer: unknown; readonly until: number }>;
  /** Called after each change of a record, and for new records. */
  readonly observers: WorldObserver[];
  /** Earlier states, kept while reads lag behind writes; see eventual-consistency.ts. */
  readonly past: WeakMap<WorldRecord, Snapshot[]>;
  // Functions of higher layers that lower layers call are passed in with the world: see backend/create-world.ts.
  /** Runs the service scheduler for a service that was woken. */
  readonly reconcile: (service: ServiceRecord) => void;
  /** Runs the daemon scheduler for a daemon that was woken. */
  readonly reconcileDaemon: (daemon: DaemonRecord) => void;
  lagMs: number;
  sequence: number;
}
