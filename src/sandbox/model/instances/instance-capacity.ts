/** The resources that a task takes from a container instance: CPU in units, memory in MiB. */
export interface Demand {
  readonly cpu: number;
  readonly memory: number;
  readonly gpu: number;
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
  readonly gpuIds: ReadonlySet<string>;
  readonly enis: number;
  readonly tcpPorts: ReadonlySet<number>;
  readonly udpPorts: ReadonlySet<number>;
}
