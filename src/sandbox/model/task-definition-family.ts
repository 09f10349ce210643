import type { TaskDefinitionRecord } from './task-definition-record.ts';

export interface FamilyRecord {
  readonly name: string;
  lastRevision: number;
  readonly revisions: Map<number, TaskDefinitionRecord>;
}
