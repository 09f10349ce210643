import type { ContainerOverride, HealthStatus, ManagedAgent, NetworkBinding } from '@aws-sdk/client-ecs';
import type { Wire } from '../../util/wire-types.ts';
import type { ContainerRecipe } from './container-recipe.ts';

/** 128 + SIGKILL: how a container ends that does not end by itself. */
const KILLED = 137;

/** A container, as far as it differs from others of its recipe. What every task has of its own is told by `render/container.ts`. */
export interface ContainerState {
  readonly recipe: ContainerRecipe;
  readonly override: Wire<ContainerOverride> | undefined;
  /** The sandbox's own agent has pulled its image. */
  readonly isPulled: boolean;
  readonly lastStatus: string;
  /** Only of containers that start one after the other: that it is about to, and since when it runs this time. */
  readonly isStarting: boolean;
  readonly startedAt: number | undefined;
  readonly healthStatus: HealthStatus;
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
  /** What somebody reported who plays the agent. */
  readonly runtimeId: string | undefined;
  readonly imageDigest: string | undefined;
  readonly networkBindings: Wire<NetworkBinding>[] | undefined;
  readonly managedAgents: Wire<ManagedAgent>[] | undefined;
}

export type ContainerPatch = Partial<Omit<ContainerState, 'recipe' | 'override' | 'isPulled'>>;

/** How a container ends that is told to stop. */
function exitCodeOf({ fate }: ContainerRecipe): number {
  return fate.ignoresSigterm ? KILLED : 0;
}

function isOver(state: ContainerState): boolean {
  return state.lastStatus === 'STOPPED';
}

/**
 * The containers of a task. They never change: what happens to a task gives it others. So tasks that were started
 * together share theirs, and what usually happens to all of them is worked out once, until something befalls one.
 */
export class Containers {
  readonly all: readonly ContainerState[];
  #pulled: Containers | undefined;
  #running: Containers | undefined;
  #exited: Containers | undefined;
  #stopped: Containers | undefined;

  private constructor(all: readonly ContainerState[]) {
    this.all = all;
  }

  static from(recipes: readonly ContainerRecipe[], overrides: readonly Wire<ContainerOverride>[] = []): Containers {
    return new Containers(
      recipes.map((recipe) => ({
        recipe,
        override: overrides.find((override) => override.name === recipe.name),
        isPulled: false,
        lastStatus: 'PENDING',
        isStarting: false,
        startedAt: undefined,
        healthStatus: 'UNKNOWN',
        exitCode: undefined,
        reason: undefined,
        runtimeId: undefined,
        imageDigest: undefined,
        networkBindings: undefined,
        managedAgents: undefined,
      })),
    );
  }

  get state(): readonly ContainerState[] {
    return this.all;
  }

  /** For containers that were made empty, to be read from a file. */
  set state(all: readonly ContainerState[]) {
    Object.assign(this, { all });
  }

  find(name: string): ContainerState | undefined {
    return this.all.find((state) => state.recipe.name === name);
  }

  /** Whether nothing of it runs any more. */
  get areStopped(): boolean {
    return this.all.every(isOver);
  }

  get pulled(): Containers {
    this.#pulled ??= this.#each((state) => ({ ...state, isPulled: true }));
    return this.#pulled;
  }

  /** RUNNING, but for those that have ended already. */
  get running(): Containers {
    this.#running ??= this.#each((state) =>
      state.exitCode === undefined ? { ...state, lastStatus: 'RUNNING' } : state,
    );
    return this.#running;
  }

  /** Told to stop: those that ran have exited, or were killed where they ignore SIGTERM. */
  get exited(): Containers {
    this.#exited ??= this.#each((state) => {
      if (state.lastStatus !== 'RUNNING') return { ...state, lastStatus: 'STOPPED' };
      return { ...state, lastStatus: 'STOPPED', exitCode: exitCodeOf(state.recipe) };
    });
    return this.#exited;
  }

  /** The same of one of them. */
  exitedOf(name: string): Containers {
    const recipe = this.find(name)?.recipe;
    return recipe === undefined ? this : this.with(name, { lastStatus: 'STOPPED', exitCode: exitCodeOf(recipe) });
  }

  /** Gone, without a word of how. */
  get stopped(): Containers {
    if (this.areStopped) return this;
    this.#stopped ??= this.#each((state) => ({ ...state, lastStatus: 'STOPPED' }));
    return this.#stopped;
  }

  /** With news of one of them. */
  with(name: string, patch: ContainerPatch): Containers {
    return this.#each((state) => (state.recipe.name === name ? { ...state, ...patch } : state));
  }

  #each(change: (state: ContainerState) => ContainerState): Containers {
    return new Containers(this.all.map(change));
  }
}
