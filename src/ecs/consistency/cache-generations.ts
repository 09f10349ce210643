import { clusterNameOf, parseArn } from '../core/arn.ts';
import type { OperationName } from '../core/operations.ts';

/** What reads and writes are about, as far as forgetting goes: one cluster, the task definitions, or all that is in neither. */
export type Topic = string;

export const TASK_DEFINITIONS: Topic = 'task definitions';
const ELSEWHERE: Topic = '';
/** More topics than this are forgotten together. */
const MOST_TOPICS = 1_000;

/**
 * Numbers that rise with every write. They are part of the keys under which answers are kept and calls under way are joined, so
 * that a write makes all that was read before it, or began to be, unfindable at once.
 */
export class Generations {
  readonly #topics = new Map<string, number>();
  #all = 0;

  /** The present generation of a topic, for use in keys. */
  of(scope: string, topic: Topic): string {
    return `${this.#all}.${this.#topics.get(`${scope} ${topic}`) ?? 0}`;
  }

  /** A write has ended. What is in no cluster (clusters themselves, deployments, lists) may show the effect of any. */
  wrote(scope: string, operation: OperationName, input: object): void {
    const topic = topicWritten(operation, input);
    if (topic === undefined || this.#topics.size >= MOST_TOPICS) {
      this.#topics.clear();
      this.#all += 1;
      return;
    }
    for (const name of new Set([topic, ELSEWHERE])) {
      const key = `${scope} ${name}`;
      this.#topics.set(key, (this.#topics.get(key) ?? 0) + 1);
    }
  }
}

/**
 * The topic of a read: of what is in a cluster, the cluster's name.
 * @param home a cluster's name or ARN, or of a task set `cluster/service`
 */
export function topicRead(home: string | undefined): Topic {
  return home === undefined ? ELSEWHERE : `cluster ${clusterNameOf(home).split('/')[0]}`;
}

/** The cluster that an input names, if it does; many take `default` where none is named. */
export function clusterIn(input: object): string | undefined {
  return 'cluster' in input && typeof input.cluster === 'string' ? input.cluster : undefined;
}

/** The only topic, beside what is in no cluster, that a write can have changed; undefined where it may be any. */
function topicWritten(operation: OperationName, input: object): Topic | undefined {
  if (operation.endsWith('TaskDefinition') || operation.endsWith('TaskDefinitions')) return TASK_DEFINITIONS;
  const cluster = clusterIn(input);
  if (cluster !== undefined) return topicRead(cluster);
  const arn = 'resourceArn' in input ? parseArn(String(input.resourceArn)) : undefined;
  if (arn?.type === 'task-definition') return TASK_DEFINITIONS;
  return arn?.cluster === undefined ? undefined : topicRead(arn.cluster);
}
