import type { ContainerOverride, HealthStatus, ManagedAgent, NetworkBinding } from '@aws-sdk/client-ecs';
import type { Wire } from '../../util/wire-types.ts';
import type { ContainerRecipe } from './container-recipe.ts';

/** 128 + SIGKILL: the exit code of a killed container. */
const KILLED = 137;

/**
 * The state of a container that differs from others of its recipe. `render/container.ts` computes what is unique to
 * each task.
 */
export interface ContainerState {
  readonly recipe: ContainerRecipe;
  readonly override: Wire<ContainerOverride> | undefined;
  /** Whether the simulated agent has pulled its image. */
  readonly isPulled: boolean;
  readonly lastStatus: string;
  /**
   * Only for containers that start one after the other: whether it is about to start, and since when it runs this time.
   */
  readonly isStarting: boolean;
  readonly startedAt: number | undefined;
  readonly healthStatus: HealthStatus;
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
  /** Reported by the client that plays the agent. */
  readonly runtimeId: string | undefined;
  readonly imageDigest: string | undefined;
  readonly networkBindings: Wire<NetworkBinding>[] | undefined;
  readonly managedAgents: Wire<ManagedAgent>[] | undefined;
}

export type ContainerPatch = Partial<Omit<ContainerState, 'recipe' | 'override' | 'isPulled'>>;

/** The exit code of a container that is stopped. */
function exitCodeOf({ fate }: ContainerRecipe): number {
  return fate.ignoresSigterm ? KILLED : 0;
}

function isOver(state: ContainerState): boolean {
  return state.lastStatus === 'STOPPED';
}

/**
 * The containers of a task. They are immutable: a change gives the task others. Tasks that were started together share
 * theirs, and the usual transitions of all containers are computed once, until something happens to a single one.
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

  /** For empty containers that are then read from a file. */
  set state(all: readonly ContainerState[]) {
    Object.assign(this, { all });
  }

  find(name: string): ContainerState | undefined {
    return this.all.find((state) => state.recipe.name === name);
  }

  /** Whether no container runs any more. */
  get areStopped(): boolean {
    return this.all.every(isOver);
  }

  get pulled(): Containers {
    this.#pulled ??= this.#each((state) => ({ ...state, isPulled: true }));
    return this.#pulled;
  }

  /** RUNNING, except containers that have already ended. */
  get running(): Containers {
    this.#running ??= this.#each((state) =>
      state.exitCode === undefined ? { ...state, lastStatus: 'RUNNING' } : state,
    );
    return this.#running;
  }

  /** Stopped: containers that ran have exited, or were killed if they ignore SIGTERM. */
  get exited(): Containers {
    this.#exited ??= this.#each((state) => {
      if (state.lastStatus !== 'RUNNING') return { ...state, lastStatus: 'STOPPED' };
      return { ...state, lastStatus: 'STOPPED', exitCode: exitCodeOf(state.recipe) };
    });
    return this.#exited;
  }

  /** The same for one container. */
  exitedOf(name: string): Containers {
    const recipe = this.find(name)?.recipe;
    return recipe === undefined ? this : this.with(name, { lastStatus: 'STOPPED', exitCode: exitCodeOf(recipe) });
  }

  /** Gone without an exit code. */
  get stopped(): Containers {
    if (this.areStopped) return this;
    this.#stopped ??= this.#each((state) => ({ ...state, lastStatus: 'STOPPED' }));
    return this.#stopped;
  }

  /** With a changed container. */
  with(name: string, patch: ContainerPatch): Containers {
    return this.#each((state) => (state.recipe.name === name ? { ...state, ...patch } : state));
  }

  #each(change: (state: ContainerState) => ContainerState): Containers {
    return new Containers(this.all.map(change));
  }
}
