import { describe, expect, it } from 'vitest';
import { withSandbox } from '../sandbox/support/start-sandbox.ts';
import { awsEnvironment, isThere, runTool, titleOf } from './support/tools.ts';

/** Debian's own Python, in which its packages are. */
const PYTHON = '/usr/bin/python3';
const hasBotocore = isThere(PYTHON, '-c', 'import botocore');

/** A service's life with waiters and typed errors. Time runs so fast that the waiters are content with few looks. */
const SCRIPT = `
import sys, time, botocore.session, botocore.waiter
ecs = botocore.session.get_session().create_client('ecs', endpoint_url=sys.argv[1])
quick = {'Delay': 1, 'MaxAttempts': 60}
net = {'awsvpcConfiguration': {'subnets': ['subnet-1']}}
ecs.create_cluster(clusterName='main')
ecs.register_task_definition(family='web', networkMode='awsvpc', requiresCompatibilities=['FARGATE'], cpu='256', memory='512',
    containerDefinitions=[{'name': 'app', 'image': 'web:1'}])
ecs.create_service(cluster='main', serviceName='web', taskDefinition='web', desiredCount=2, launchType='FARGATE', networkConfiguration=net)
ecs.get_waiter('services_stable').wait(cluster='main', services=['web'], WaiterConfig=quick)
task = ecs.run_task(cluster='main', taskDefinition='web', launchType='FARGATE', networkConfiguration=net)['tasks'][0]['taskArn']
ecs.get_waiter('tasks_running').wait(cluster='main', tasks=[task], WaiterConfig=quick)
ecs.stop_task(cluster='main', task=task)
ecs.get_waiter('tasks_stopped').wait(cluster='main', tasks=[task], WaiterConfig=quick)
try:
    ecs.list_tasks(cluster='none')
except ecs.exceptions.ClusterNotFoundException as error:
    print(error.response['Error']['Message'])
try:
    ecs.get_waiter('services_stable').wait(cluster='main', services=['none'], WaiterConfig=quick)
except botocore.exceptions.WaiterError as error:
    print(error)
ecs.delete_service(cluster='main', service='web', force=True)
ecs.get_waiter('services_inactive').wait(cluster='main', services=['web'], WaiterConfig=quick)
# INACTIVE says that the tasks are stopping, not that they have stopped.
while True:
    try:
        print(ecs.delete_cluster(cluster='main')['cluster']['status'])
        break
    except ecs.exceptions.ClusterContainsTasksException:
        time.sleep(0.2)
`;

describe.skipIf(!hasBotocore)(titleOf('Debian’s botocore', hasBotocore, `no botocore in ${PYTHON}`), () => {
  it('lives the life of a service', { timeout: 120_000 }, async () => {
    await using s = await withSandbox();
    s.sandbox.clock.resume(100);
    const { code, stdout, stderr } = await runTool(PYTHON, ['-c', SCRIPT, s.sandbox.url], {
      env: { ...awsEnvironment(s.sandbox.url), AWS_ENDPOINT_URL: undefined },
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trim().split('\n')).toEqual([
      'Cluster not found.',
      expect.stringMatching(/^Waiter ServicesStable failed: .*MISSING/),
      'INACTIVE',
    ]);
  });
});
