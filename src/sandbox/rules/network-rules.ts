import type { PortMapping } from '@aws-sdk/client-ecs';
import type { Input } from '../util/wire-types.ts';
import { type Draft, eachContainer, isAwsvpc, isPresent, repeated, rule } from './registration.ts';
import type { Rule } from './rule.ts';

type Mapping = Input<PortMapping>;

const RANGE = /^(\d+)-(\d+)$/;
const SOURCE = 'klothoplatform/klotho#892, pulumi/pulumi-awsx#935';

function mappingsOf({ containers }: Draft): readonly Mapping[] {
  return containers.flatMap(({ portMappings = [] }) => portMappings);
}

function rangeOf({ containerPortRange }: Mapping): readonly [first: number, last: number] | undefined {
  const [, first, last] = RANGE.exec(containerPortRange ?? '') ?? [];
  return first === undefined ? undefined : [Number(first), Number(last)];
}

function overlap(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] <= b[1] && b[0] <= a[1];
}

/** With these modes the host has no separate ports: a container's port is the host's. */
function sharesPorts({ registration }: Draft): boolean {
  return registration.networkMode === 'awsvpc' || registration.networkMode === 'host';
}

/** A port with its protocol: a TCP and a UDP port may have the same number. */
function taken(port: number | undefined, { protocol = 'tcp' }: Mapping): string {
  return `${port}/${protocol}`;
}

/** Settings that awsvpc leaves to the ENI, in AWS's words. */
const NOT_WITH_AWSVPC = [
  ['links', 'aws-observability/aws-otel-collector#1359', 'Links are not supported'],
  [
    'dnsServers',
    'amazon-ecs-cli docs; cdk-preflight pf-ecs-fargate-dns-servers',
    'DNS servers are not supported on container',
  ],
  [
    'dnsSearchDomains',
    'task_definition_parameters.md; text after dnsServers',
    'DNS search domains are not supported on container',
  ],
  ['extraHosts', 'cdk-preflight pf-ecs-awsvpc-extra-hosts', 'Extra hosts are not supported on container'],
] as const;

/** Ports, and settings that depend on the network mode. */
export const NETWORK_RULES: readonly Rule<Draft>[] = [
  rule('host-ports', SOURCE, (draft) => {
    const isOff = ({ hostPort, containerPort }: Mapping) => hostPort !== undefined && hostPort !== containerPort;
    return sharesPorts(draft) && mappingsOf(draft).some(isOff)
      ? `When networkMode=${draft.registration.networkMode}, the host ports and container ports in port mappings must match.`
      : undefined;
  }),
  rule('ports-twice', 'cdk-preflight pf-ecs-port-range-overlap', (draft) => {
    const ports = sharesPorts(draft)
      ? mappingsOf(draft).flatMap((item) => (item.containerPort === undefined ? [] : [taken(item.containerPort, item)]))
      : [];
    const ranges = mappingsOf(draft).flatMap((item) => rangeOf(item) ?? []);
    const pairs = ranges.flatMap((from, at): [number, number][] => (at % 2 === 0 ? [[from, ranges[at + 1] ?? 0]] : []));
    const clash = pairs.some((pair, at) => pairs.slice(at + 1).some((other) => overlap(pair, other)));
    return clash || repeated(ports) !== undefined ? 'container port is used multiple times in task.' : undefined;
  }),
  rule('host-ports-twice', 'API PortMapping.hostPort; choice of text', (draft) => {
    const fixed = sharesPorts(draft) ? [] : mappingsOf(draft).filter(({ hostPort }) => (hostPort ?? 0) > 0);
    return repeated(fixed.map((item) => taken(item.hostPort, item))) === undefined
      ? undefined
      : 'host port is used multiple times in task.';
  }),
  rule('port-names', 'cdk-preflight pf-ecs-port-mapping-duplicate-name', (draft) => {
    const names = mappingsOf(draft).flatMap(({ name }) => name ?? []);
    return repeated(names) === undefined ? undefined : 'port mapping name is already used.';
  }),
  rule('port-range-form', 'cdk-preflight pf-ecs-port-range-reversed', (draft) => {
    const isWrong = (item: Mapping) => {
      const [first, last] = rangeOf(item) ?? [1, 0];
      return item.containerPortRange !== undefined && first >= last;
    };
    return mappingsOf(draft).some(isWrong) ? "Invalid 'containerPortRange' setting." : undefined;
  }),
  rule('port-or-range', 'cdk-preflight pf-ecs-port-range-with-host-port', (draft) =>
    mappingsOf(draft).some(
      ({ containerPortRange, containerPort, hostPort }) =>
        containerPortRange !== undefined && (containerPort !== undefined || hostPort !== undefined),
    )
      ? 'cannot specify both single port and port range.'
      : undefined,
  ),
  ...NOT_WITH_AWSVPC.map(([member, source, what]) =>
    eachContainer(`awsvpc-${member}`, source, (container, draft) =>
      isAwsvpc(draft) && isPresent(container[member]) ? `${what} when networkMode=awsvpc.` : undefined,
    ),
  ),
  eachContainer('awsvpc-hostname', 'cdk-preflight pf-ecs-awsvpc-hostname', ({ hostname }, draft) =>
    isAwsvpc(draft) && hostname !== undefined
      ? 'hostname is not supported on container when networkMode=awsvpc.'
      : undefined,
  ),
  eachContainer(
    'awsvpc-networking',
    'cdk-preflight pf-ecs-fargate-disable-networking',
    ({ disableNetworking }, draft) =>
      isAwsvpc(draft) && disableNetworking === true
        ? 'Disable Networking is not supported on container when networkMode=awsvpc.'
        : undefined,
  ),
  rule('none-ports', 'API TaskDefinition.networkMode; choice of text', (draft) =>
    draft.registration.networkMode === 'none' && mappingsOf(draft).length > 0
      ? 'Port mappings are not supported when networkMode=none.'
      : undefined,
  ),
  rule('proxy-network', 'cdk-preflight pf-ecs-proxy-configuration-awsvpc-required', (draft) =>
    draft.registration.proxyConfiguration !== undefined && !isAwsvpc(draft)
      ? 'APPMESH proxy configuration is only supported in networkMode=awsvpc.'
      : undefined,
  ),
  rule(
    'proxy-container',
    'cdk-preflight pf-ecs-proxy-configuration-container-missing',
    ({ registration, containers }) => {
      const name = registration.proxyConfiguration?.containerName;
      return name !== undefined && !containers.some((container) => container.name === name)
        ? `Proxy container [${name}] does not exist.`
        : undefined;
    },
  ),
  rule('external-network', 'ecs-anywhere.md; choice of text', (draft) =>
    isAwsvpc(draft) && draft.registration.requiresCompatibilities?.includes('EXTERNAL')
      ? 'Tasks using the EXTERNAL launch type do not support networkMode=awsvpc.'
      : undefined,
  ),
];
