import { EPOCH_KEY, fleetKey } from '../keys.ts';
import type { Packing } from '../packing.ts';
import { createScript, SERVER_TIME } from '../script.ts';
import { OTHER_KEY } from './limited-commands.ts';

export const ALIVE_KEY = fleetKey('replicas', 'alive');
/** A replica whose last sign of life is older than this is not counted. */
export const ALIVE_MS = 10_000;
/** A hash: for each replica the epoch in which it has stored all that it knows, `-` before that. */
const STORED_KEY = fleetKey('replicas', 'stored');
/** Nothing but the next heartbeat waits for one. */
const LIMIT_MS = 2_000;
/** Stands for the current epoch: a replica that knows nothing has nothing to store. */
export const ANY_EPOCH = '*';

/** Between the id of a replica and the mark of the form in which it writes. */
const MARK = '.';

/** Name of a replica among the others. */
export const nameOf = (id: string, { mark }: Packing) => (mark === '' ? id : `${id}${MARK}${mark}`);

/**
 * A replica's sign of life, by the server's time. It writes, so it also shows whether the server takes writes. It begins a
 * new epoch if the server has lost the last one, was restarted, is another server, or has evicted keys. A user without
 * permission for INFO learns only of the first. A replica is not let in beside one whose texts it could not read.
 *
 * KEYS: the set of those that are alive, the epoch (a hash: its id, the server's run_id and evicted_keys), the marks. ARGV: replica, life
 * in ms, id for a new epoch, the epoch in which the replica has stored all that it knows, marks of the forms that it can read. Returns the epoch, the replicas that
 * are alive, and the mark of each.
 */
export const HEARTBEAT = createScript(
  'heartbeat',
  `${SERVER_TIME}
redis.call('ZREMRANGEBYSCORE',KEYS[1],'-inf',string.format('(%.0f',now-ARGV[2]))
local readable={} for i=5,#ARGV do readable[ARGV[i]]=true end
for _,name in ipairs(redis.call('ZRANGE',KEYS[1],0,-1)) do
local mark=string.match(name,'%${MARK}(.*)$') or ''
if name~=ARGV[1] and not readable[mark] then return redis.error_reply('${OTHER_KEY} another replica encrypts with another key') end end
local info,run,evicted=redis.pcall('INFO','server','stats'),'',''
if type(info)=='string' then
run,evicted=string.match(info,'run_id:(%w+)') or '',string.match(info,'evicted_keys:(%d+)') or ''
end
local last=redis.call('HMGET',KEYS[2],'id','run','evicted')
local id=last[1]
if not id or (run~='' and (last[2]~=run or last[3]~=evicted)) then
id=ARGV[3]
redis.call('HSET',KEYS[2],'id',id,'run',run,'evicted',evicted)
end
redis.call('HSET',KEYS[3],ARGV[1],(ARGV[4]==id or ARGV[4]=='${ANY_EPOCH}') and id or '-')
redis.call('ZADD',KEYS[1],string.format('%.0f',now),ARGV[1])
redis.call('PEXPIRE',KEYS[1],ARGV[2]) redis.call('PEXPIRE',KEYS[3],ARGV[2])
for _,name in ipairs(redis.call('HKEYS',KEYS[3])) do
if not redis.call('ZSCORE',KEYS[1],name) then redis.call('HDEL',KEYS[3],name) end
end
local alive,marks=redis.call('ZRANGE',KEYS[1],0,-1),{}
for i,name in ipairs(alive) do marks[i]=redis.call('HGET',KEYS[3],name) or '' end
return {id,alive,marks}`,
  LIMIT_MS,
);

/** The answer of a heartbeat. */
export interface Beat {
  readonly epoch: string;
  /** The replicas that are alive, this one included. */
  readonly alive: readonly string[];
  /** The replicas among them that have not yet stored in this epoch what they know. */
  readonly storing: readonly string[];
}

export const heartbeatOf = (
  replica: string,
  { readable }: Packing,
  { newEpoch, stored }: { readonly newEpoch: string; readonly stored: string },
) =>
  ({
    keys: [ALIVE_KEY, EPOCH_KEY, STORED_KEY],
    args: [replica, ALIVE_MS, newEpoch, stored, ...readable],
  }) as const;

export function toBeat(answer: unknown): Beat {
  const [epoch, alive, marks] = answer as readonly [string, readonly string[], readonly string[]];
  // A replica of a version without marks has none.
  const storing = alive.filter((_, index) => marks[index] !== '' && marks[index] !== epoch);
  return { epoch, alive, storing };
}

/** The command that takes a replica off the set when it ends. */
export const goodbyeOf = (replica: string) => ['ZREM', ALIVE_KEY, replica] as const;
