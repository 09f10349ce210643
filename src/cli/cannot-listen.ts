/** Error codes of the system for an address that this machine does not have, and for a name that does not resolve. */
const NOT_HERE: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EAI_AGAIN', 'EINVAL', 'ENOTFOUND']);

/** Why a server cannot listen, for people; any other error is thrown again. */
export function cannotListen(error: unknown, host: string, port: number, setting: string): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `Port ${port} on ${host} is in use; choose another with ${setting}.\n`;
  if (code === 'EACCES') return `Port ${port} on ${host} needs privileges; choose another with ${setting}.\n`;
  if (code !== undefined && NOT_HERE.has(code)) return `${host} is no address of this machine; see --host (HOST).\n`;
  throw error;
}
