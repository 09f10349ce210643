import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withSandbox } from '../sandbox/support/start-sandbox.ts';
import { awsEnvironment, isThere, runTool, titleOf } from './support/tools.ts';

/** Debian's own Python, in which its packages are. */
const PYTHON = '/usr/bin/python3';
const PLAYBOOK = 'ansible-playbook';
const hasAnsible =
  isThere(PLAYBOOK, '--version') &&
  isThere(PYTHON, '-c', 'import boto3, ansible_collections.community.aws.plugins.modules.ecs_service');

/**
 * The ECS modules of community.aws as its own integration playbook uses them: each step is done, and done again without a change. The
 * second service would fail if an empty client token counted as one.
 */
const STEPS = `
- hosts: localhost
  connection: local
  gather_facts: false
  vars:
    subnets: &network {subnets: [subnet-0a1b2c3d], security_groups: [sg-0a1b2c3d], assign_public_ip: false}
    definition: &definition
      family: web
      state: present
      launch_type: FARGATE
      network_mode: awsvpc
      cpu: "256"
      memory: "512"
      containers: [{name: app, image: "web:1", essential: true, portMappings: [{containerPort: 80, hostPort: 80}]}]
    service: &service
      state: present
      cluster: main
      task_definition: "web:1"
      desired_count: 2
      launch_type: FARGATE
      network_configuration: *network
  tasks:
    - community.aws.ecs_cluster: {name: main, state: present}
      register: cluster
    - community.aws.ecs_cluster: {name: main, state: present}
      register: cluster_again
    - community.aws.ecs_taskdefinition: *definition
      register: first
    - community.aws.ecs_taskdefinition: *definition
      register: first_again
    - community.aws.ecs_service:
        <<: *service
        name: one
      register: one
    - community.aws.ecs_service:
        <<: *service
        name: two
      register: two
    - community.aws.ecs_service:
        <<: *service
        name: one
      register: one_again
    - community.aws.ecs_service:
        <<: *service
        name: one
        desired_count: 1
        force_new_deployment: true
      register: scaled
    - community.aws.ecs_service_info: {cluster: main, service: [one], details: true, events: false}
      register: info
    - community.aws.ecs_task:
        operation: run
        cluster: main
        task_definition: web
        launch_type: FARGATE
        network_configuration: *network
        count: 1
        started_by: ansible
      register: ran
    - community.aws.ecs_task:
        operation: stop
        cluster: main
        task_definition: web
        task: "{{ ran.task[0].taskArn }}"
      register: stopped
    - community.aws.ecs_service: {state: absent, cluster: main, name: one, force_deletion: true}
      register: deleted
    - community.aws.ecs_service: {state: absent, cluster: main, name: two, force_deletion: true}
    # The modules' own waiters look every 15 seconds only.
    - ansible.builtin.pause: {seconds: 1}
    - community.aws.ecs_cluster: {name: main, state: absent}
      register: gone
    - ansible.builtin.debug:
        msg: >-
          RESULT {{ {
            'changed': [cluster.changed, cluster_again.changed, first.changed, first_again.changed, one.changed, two.changed,
              one_again.changed, scaled.changed, deleted.changed, gone.changed],
            'desired': info.services[0].desiredCount, 'status': info.services[0].status,
            'revision': first_again.taskdefinition.revision, 'stopped': stopped.task.stoppedReason
          } | to_json }} END
`;

describe.skipIf(!hasAnsible)(
  titleOf(
    'Ansible’s ECS modules',
    hasAnsible,
    'no ansible with community.aws and boto3 (Debian: ansible, python3-boto3)',
  ),
  () => {
    it('do each step once', { timeout: 180_000 }, async () => {
      await using s = await withSandbox();
      s.sandbox.clock.resume(160);
      const folder = await mkdtemp(join(tmpdir(), 'ansible-'));
      try {
        await writeFile(join(folder, 'steps.yaml'), STEPS);
        const env = {
          ...awsEnvironment(s.sandbox.url),
          AWS_ENDPOINT_URL: undefined,
          AWS_URL: s.sandbox.url,
          AWS_REGION: 'eu-west-1',
          // Modules go to Python by its standard input, without a shell for each file and each right.
          ANSIBLE_PIPELINING: 'true',
          ANSIBLE_LOCALHOST_WARNING: 'false',
          ANSIBLE_NOCOLOR: '1',
          ANSIBLE_PYTHON_INTERPRETER: PYTHON,
          ANSIBLE_LOCAL_TEMP: join(folder, 'local'),
          ANSIBLE_REMOTE_TEMP: join(folder, 'remote'),
        };
        const { code, stdout } = await runTool(PLAYBOOK, ['-i', 'localhost,', 'steps.yaml'], { env, cwd: folder });
        expect([code, code === 0 ? '' : stdout]).toEqual([0, '']);
        const result = /RESULT (.*) END/.exec(stdout)?.[1] ?? '{}';
        expect(JSON.parse(result.replaceAll('\\"', '"'))).toEqual({
          changed: [true, false, true, false, true, true, false, true, true, true],
          desired: 1,
          status: 'ACTIVE',
          revision: 1,
          stopped: 'Task stopped by user',
        });
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  },
);
