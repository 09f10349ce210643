/** The use of one GPU by the containers of one or several tasks. Memory in MiB. */
export interface GpuShare {
  readonly memory: number;
  readonly containers: number;
}

/** The resources that a task takes from a container instance: CPU in units, memory in MiB. */
export interface Demand {
  readonly cpu: number;
  readonly memory: number;
  readonly gpu: number;
  /** Of containers that share a GPU, which is the same for all of a task; undefined for tasks without such. */
  readonly gpuShare: GpuShare | undefined;
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
  readonly enis: number;
}

/** The resources of a container instance. */
export interface Resources {
  readonly cpu: number;
  readonly memory: number;
  readonly gpuIds: readonly string[];
  readonly reservedTcpPorts: readonly number[];
  readonly reservedUdpPorts: readonly number[];
}

/** The resources that tasks use, beside CPU and memory. */
export interface Used {
  /** GPUs of which one container has exclusive use. */
  readonly gpuIds: ReadonlySet<string>;
  /** GPUs that containers share, with the share that is taken of each. */
  readonly gpuShares: ReadonlyMap<string, GpuShare>;
  readonly enis: number;
  readonly tcpPorts: ReadonlySet<number>;
  readonly udpPorts: ReadonlySet<number>;
}
