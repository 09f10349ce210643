/** What one task takes from a container instance. CPU in units, memory in MiB. */
export interface Demand {
  readonly cpu: number;
  readonly memory: number;
  readonly gpu: number;
  readonly tcpPorts: readonly number[];
  readonly udpPorts: readonly number[];
  readonly enis: number;
}

/** What a container instance has to give. */
export interface Resources {
  readonly cpu: number;
  readonly memory: number;
  readonly gpuIds: readonly string[];
  readonly reservedTcpPorts: readonly number[];
  readonly reservedUdpPorts: readonly number[];
}

/** What tasks hold of it, beside CPU and memory. */
export interface Used {
  readonly gpuIds: ReadonlySet<string>;
  readonly enis: number;
  readonly tcpPorts: ReadonlySet<number>;
  readonly udpPorts: ReadonlySet<number>;
}
