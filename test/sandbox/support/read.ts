import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  type ListTasksCommandInput,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import type { SandboxUnderTest } from './start-sandbox.ts';

/** One service of the cluster `main`. */
export async function readService(s: SandboxUnderTest, name = 'web'): Promise<Service> {
  const { services } = await s.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: [name] }));
  const [service] = services ?? [];
  if (service === undefined) throw new Error(`no service ${name}`);
  return service;
}

/** The tasks of the cluster `main` that ListTasks gives. */
export async function readTasks(s: SandboxUnderTest, filter: Partial<ListTasksCommandInput> = {}): Promise<Task[]> {
  const { taskArns = [] } = await s.ecs.send(new ListTasksCommand({ cluster: 'main', ...filter }));
  if (taskArns.length === 0) return [];
  const { tasks } = await s.ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: taskArns }));
  return tasks ?? [];
}

/** The events of a service, oldest first. */
export function messagesOf(service: Service): string[] {
  return (service.events ?? []).map((event) => event.message ?? '').reverse();
}
