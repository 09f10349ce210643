import { EPOCH_KEY, hashedKey } from '../keys.ts';
import { ALIVE_KEY, ALIVE_MS } from '../redis/heartbeat.ts';
import { createScript, SERVER_TIME } from '../script.ts';

/** Counts that no replica reports any more are forgotten after this time. */
const LIFE_MS = 30_000;
/** A replica that lacks places says so again within this time. */
const WANTED_MS = 3_000;

/**
 * Both scripts keep one hash for each principal and kind of place. Its fields are replicas, its values "places, version, when the
 * replica last lacked some". Versions of a replica grow with each command, so a command that arrives late changes nothing.
 *
 * KEYS: the hash, the replicas that are alive, the epoch. ARGV: replica, version, places to keep, places to have, places that are needed,
 * the limit, the epoch that the replica knows: in another one the counts are not complete. A replica that is not alive has no places.
 * Returns the places that the replica has now, 1 if another one lacks some, and 1 if all together have more than the limit; nothing in
 * another epoch.
 */
const TAKE = createScript(
  'take-places',
  `if redis.call('HGET',KEYS[3],'id')~=ARGV[7] then return {} end
${SERVER_TIME}
local keep,want,need,most=tonumber(ARGV[3]),tonumber(ARGV[4]),tonumber(ARGV[5]),tonumber(ARGV[6])
local others,wanted=0,0
local all=redis.call('HGETALL',KEYS[1])
for i=1,#all,2 do
local places,version,lacked=string.match(all[i+1],'^(%d+) (%d+) (%d+)$')
if all[i]==ARGV[1] then
if tonumber(version)>tonumber(ARGV[2]) then return {tonumber(places),0,0} end
else
local seen=redis.call('ZSCORE',KEYS[2],all[i])
if seen and tonumber(seen)>now-${ALIVE_MS} then
others=others+tonumber(places)
if tonumber(lacked)>now-${WANTED_MS} then wanted=1 end
else redis.call('HDEL',KEYS[1],all[i]) end
end
end
local got=math.max(keep,math.min(want,most-others))
local lacked=0 if got<need then lacked=now end
redis.call('HSET',KEYS[1],ARGV[1],string.format('%d %s %.0f',got,ARGV[2],lacked))
redis.call('PEXPIRE',KEYS[1],${LIFE_MS})
return {got,wanted,others+got>most and 1 or 0}`,
);

/**
 * Reports the places of a replica. KEYS: the replicas that are alive, the hashes. ARGV: replica, version, the places and the limit of each.
 * Returns for each 1 if another replica lacks places, and 1 if all together have more than the limit.
 */
const REPORT = createScript(
  'report-places',
  `${SERVER_TIME}
local answer={}
for i=2,#KEYS do
local key,own,most=KEYS[i],tonumber(ARGV[2*i-1]),tonumber(ARGV[2*i])
local sum,wanted,lackedOwn,isLate=own,0,0,false
local all=redis.call('HGETALL',key)
for j=1,#all,2 do
local places,version,lacked=string.match(all[j+1],'^(%d+) (%d+) (%d+)$')
if all[j]==ARGV[1] then lackedOwn=lacked isLate=tonumber(version)>tonumber(ARGV[2])
else
if tonumber(lacked)>now-${WANTED_MS} then wanted=1 end
local seen=redis.call('ZSCORE',KEYS[1],all[j])
if seen and tonumber(seen)>now-${ALIVE_MS} then sum=sum+tonumber(places) end
end
end
if not isLate then redis.call('HSET',key,ARGV[1],string.format('%d %s %s',own,ARGV[2],lackedOwn)) end
redis.call('PEXPIRE',key,${LIFE_MS})
answer[#answer+1]=wanted
answer[#answer+1]=sum>most and 1 or 0
end
return answer`,
);

/** Key of the places of one kind that a principal has. */
export function placesKey(kind: string, principal: string): string {
  return hashedKey(['places', kind], principal);
}

export interface TakeRequest {
  readonly replica: string;
  readonly version: number;
  /** Places that the replica has and does not give back. */
  readonly keep: number;
  /** Places that it would like to have. */
  readonly want: number;
  /** Places without which callers wait or are refused. */
  readonly need: number;
  readonly most: number;
  readonly epoch: string;
}

export const takeOf = (key: string, { replica, version, keep, want, need, most, epoch }: TakeRequest) =>
  [TAKE, [key, ALIVE_KEY, EPOCH_KEY], [replica, version, keep, want, need, most, epoch]] as const;

export interface ReportedPlaces {
  readonly key: string;
  readonly places: number;
  readonly most: number;
}

export const reportOf = (replica: string, version: number, reported: readonly ReportedPlaces[]) =>
  [
    REPORT,
    [ALIVE_KEY, ...reported.map(({ key }) => key)],
    [replica, version, ...reported.flatMap(({ places, most }) => [places, most])],
  ] as const;
