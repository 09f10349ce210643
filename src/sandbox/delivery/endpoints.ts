const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/**
 * Why API destinations may not have this endpoint. The sandbox opens connections only to its own machine and to the
 * origins that its user has named, or every client of the sandbox could reach the network through it.
 */
export function endpointProblem(endpoint: string, origins: ReadonlySet<string>): string | undefined {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '') return 'InvocationEndpoint is not a URL.';
  const isHere = LOOPBACK.test(url.hostname);
  if (url.protocol !== 'https:' && !(isHere && url.protocol === 'http:')) return 'InvocationEndpoint must be HTTPS.';
  if (isHere || origins.has(url.origin)) return undefined;
  return `The sandbox sends events to this machine only. Start it with --event-endpoints ${url.origin} to allow this endpoint.`;
}
