import type { ClusterRecord } from '../model/cluster-record.ts';
import type { Demand } from '../model/instances/instance-capacity.ts';
import type { InstanceRecord } from '../model/instances/instance-record.ts';
import type { ServiceRecord } from '../model/services/service-record.ts';
import { shortage } from '../store/instance-resources.ts';
import { fixedTests, refusal, type Test } from './instance-requirements.ts';

interface Reservation {
  readonly service: ServiceRecord;
  readonly demand: Demand;
  readonly tests: readonly Test[];
}

function reservationOf(service: ServiceRecord): Reservation[] {
  const { taskDefinition } = service.deployments[0]?.spec ?? service.spec;
  if (service.status !== 'ACTIVE' || taskDefinition === undefined) return [];
  const constraints = service.spec.placementConstraints;
  return [{ service, demand: taskDefinition.demand, tests: fixedTests({ taskDefinition, constraints }) }];
}

function plusShare(a: Demand['gpuShare'], b: Demand['gpuShare']): Demand['gpuShare'] {
  if (a === undefined || b === undefined) return a ?? b;
  return { memory: a.memory + b.memory, containers: a.containers + b.containers };
}

function plus(a: Demand, b: Demand): Demand {
  return {
    cpu: a.cpu + b.cpu,
    memory: a.memory + b.memory,
    gpu: a.gpu + b.gpu,
    gpuShare: plusShare(a.gpuShare, b.gpuShare),
    tcpPorts: [...a.tcpPorts, ...b.tcpPorts],
    udpPorts: [...a.udpPorts, ...b.udpPorts],
    enis: a.enis + b.enis,
  };
}

/**
 * AWS reserves room for the tasks of DAEMON services: other tasks only get what remains beside the daemons that an
 * instance still lacks.
 */
export class DaemonReservations {
  readonly #all: readonly Reservation[];

  constructor({ daemonServices }: ClusterRecord) {
    this.#all = [...daemonServices].flatMap(reservationOf);
  }

  /** The resources that an instance needs to take a task. */
  beside(instance: InstanceRecord, demand: Demand): Demand {
    let total = demand;
    for (const { service, demand: own, tests } of this.#all) {
      const isThere = [...instance.tasks].some((task) => task.service === service);
      // A daemon that does not fit itself reserves nothing.
      const isMissing = !isThere && refusal(tests, instance) === undefined && shortage(instance, own) === undefined;
      if (isMissing) total = plus(total, own);
    }
    return total;
  }
}
