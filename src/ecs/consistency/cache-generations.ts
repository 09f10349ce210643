import { clusterNameOf, parseArn } from '../core/arn.ts';
import type { OperationName } from '../core/operations.ts';

/** Cache invalidation scope: one cluster, all task definitions, or everything else. */
export type Topic = string;

export const TASK_DEFINITIONS: Topic = 'task definitions';
const ELSEWHERE: Topic = '';
/** Above this number of topics, all are forgotten together. */
const MOST_TOPICS = 1_000;

/**
 * Generation numbers that rise with every write. They are part of the keys of cached answers and of calls in flight, so
 * that a write hides every reading that was made or started before it.
 */
export class Generations {
  readonly #topics = new Map<string, number>();
  #all = 0;

  /** The current generation of a topic, for use in keys. */
  of(scope: string, topic: Topic): string {
    return `${this.#all}.${this.#topics.get(`${scope} ${topic}`) ?? 0}`;
  }

  /**
   * A write has ended. Readings without a cluster (clusters themselves, deployments, lists) may show the effect of any
   * write.
   */
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
 * The topic of a read. For a resource in a cluster, it is the cluster's name.
 * @param home a cluster's name or ARN, or `cluster/service` for a task set
 */
export function topicRead(home: string | undefined): Topic {
  return home === undefined ? ELSEWHERE : `cluster ${clusterNameOf(home).split('/')[0]}`;
}

/** The cluster that an input names, if any. Many inputs mean `default` when they name no cluster. */
export function clusterIn(input: object): string | undefined {
  return 'cluster' in input && typeof input.cluster === 'string' ? input.cluster : undefined;
}

/** The only topic with a cluster that a write can have changed; undefined if it may be any. */
function topicWritten(operation: OperationName, input: object): Topic | undefined {
  if (operation.endsWith('TaskDefinition') || operation.endsWith('TaskDefinitions')) return TASK_DEFINITIONS;
  const cluster = clusterIn(input);
  if (cluster !== undefined) return topicRead(cluster);
  const arn = 'resourceArn' in input ? parseArn(String(input.resourceArn)) : undefined;
  if (arn?.type === 'task-definition') return TASK_DEFINITIONS;
  return arn?.cluster === undefined ? undefined : topicRead(arn.cluster);
}
