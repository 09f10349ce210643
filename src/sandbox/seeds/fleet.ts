import type { Seed } from './seed.ts';
import { fargateService, HOUR, instance, register } from './seed-parts.ts';

const CLUSTERS = 20;
const SERVICES = 50;
const TASKS = 10;
/** Instances of an EC2 cluster run its services; those of a Fargate cluster are free for standalone tasks. */
const INSTANCES = { ec2: 24, fargate: 3 };
const ZONES = ['a', 'b', 'c'];

function pad(number: number): string {
  return String(number).padStart(2, '0');
}

/**
 * 20 clusters of 50 services of 10 tasks, all steady: odd clusters on EC2, even ones on Fargate with a few instances.
 */
export const seedFleet: Seed = {
  span: HOUR,
  plant(gardener) {
    const { call, region } = gardener;
    const small = { cpu: 128, memory: 256, team: 'fleet', version: '1.0.0' };
    register(gardener, { ...small, family: 'unit' });
    register(gardener, { ...small, family: 'unit-fargate', fargate: true, cpu: 256, memory: 512 });
    for (let at = 1; at <= CLUSTERS; at += 1) {
      const cluster = `fleet-${pad(at)}`;
      const isEc2 = at % 2 === 1;
      call('CreateCluster', { clusterName: cluster });
      for (let index = 0; index < (isEc2 ? INSTANCES.ec2 : INSTANCES.fargate); index += 1) {
        const id = `i-${pad(at)}${String(index).padStart(15, '0')}`;
        const zone = `${region}${ZONES[index % ZONES.length]}`;
        call(
          'RegisterContainerInstance',
          instance(cluster, id, zone, { cpu: 8192, memory: 16384, type: 'm6i.2xlarge' }),
        );
      }
      for (let index = 1; index <= SERVICES; index += 1) {
        const service = { cluster, serviceName: `service-${pad(index)}`, desiredCount: TASKS };
        if (isEc2) call('CreateService', { ...service, taskDefinition: 'unit' });
        else call('CreateService', fargateService({ ...service, taskDefinition: 'unit-fargate' }));
      }
    }
  },
};
