/** Descriptions of the fields of an ECS daemon task definition. */
export const DAEMON_TASK_DEFINITION_WORDS = {
  daemonTaskDefinitionArn: 'The ARN of this revision. Never null.',
  family: 'The name that all its revisions share.',
  revision: 'The number of this revision in its family.',
  taskRoleArn: 'The IAM role of the containers. Null if not set.',
  executionRoleArn: 'The IAM role with which ECS pulls images, reads secrets and writes logs. Null if not set.',
  containerDefinitions: 'The containers of the task.',
  volumes: 'Volumes that the containers can mount.',
  cpu: 'CPU units of the whole task as text: 1024 are one vCPU. Null when only containers set them.',
  memory: 'Memory of the whole task as text, in MiB. Null when only containers set it.',
  status: 'ACTIVE; DELETE_IN_PROGRESS while a daemon still uses a deleted one; DELETED.',
  registeredAt: 'When it was registered.',
  deleteRequestedAt: 'When its deletion was asked for. Null when it was not.',
  registeredBy: 'The ARN of the principal that registered it.',
  pidMode: 'Whether the containers share their process namespace.',
  ipcMode: 'Whether the containers share their IPC namespace.',
} as const;
