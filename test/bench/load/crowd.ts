import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { forkBundled } from '../harness/measure.ts';
import type { CrowdRequest, CrowdTask } from './crowd-process.ts';

/** Callers in a process of their own, which yields to what is measured. */
export class Crowd {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(): Promise<Crowd> {
    return new Crowd(await forkBundled(new URL('./crowd-process.ts', import.meta.url), {}));
  }

  begin(task: CrowdTask): void {
    this.#order(task);
  }

  /** @returns the code of each answer, or `ok` */
  async end(how: 'end' | 'leave' = 'end'): Promise<readonly string[]> {
    this.#order(how);
    const [codes] = (await once(this.#child, 'message')) as [readonly string[]];
    return codes;
  }

  close(): void {
    this.#child.disconnect();
  }

  #order(request: CrowdRequest): void {
    this.#child.send(request);
  }
}
