import { createScript, SERVER_TIME } from '../shared/script.ts';

/*
 * One life of a topic has three keys with one prefix:
 *
 *   :h    hash: k the topic, o owner of the lease, c its connection, e epoch of the lease, u until when it holds, q latest sequence,
 *         n entries in the log, r time of the last reading, m notes about the state, s the state, a set while a replica waits for a
 *         poll, x set after the end, p:REPLICA its connection, and the stalls
 *         that its followers want to know of
 *   :who  sorted set: the replicas with followers, and until when they count
 *   :log  stream: entries EPOCH-NUMBER; k kind, b replica, q sequence, t text
 *
 * Time is the server's, in milliseconds. An epoch is greater than every one before, even if everything was lost: it is a time.
 */

/**
 * Only the next poll, or the first event of a stream, waits for these commands. On a busy machine a late answer is better than a topic
 * that goes on by itself; a server that answers nothing is given up long before.
 */
const LIMIT_MS = 6_000;

const NOW = `${SERVER_TIME}
local function text(x) return string.format('%.0f',x) end
`;

/**
 * Renews the lease, or takes it if it is free; a new holder stands in the log. Needs h, who, log, replica, client, ttl, dead, may.
 * Sets mine, o, c, e.
 */
const LEASE = `local l=redis.call('HMGET',h,'o','c','e','u','n','q') local o,c,e,mine=l[1],l[2] or '',tonumber(l[3]),0
if o==replica then mine=1
elseif may=='1' and (not o or tonumber(l[4])<now or (dead~='' and c==dead)) then
if o then redis.call('ZREM',who,o) end
mine,e=1,math.max(now,e+1) end
if mine==1 then
if o~=replica or c~=client then
redis.call('XADD',log,text(e)..'-'..text(l[5]+1),'k','held','b',replica,'q',l[6],'t',client) redis.call('HINCRBY',h,'n',1)
end
o,c=replica,client redis.call('HSET',h,'o',o,'c',c,'e',text(e),'u',text(now+ttl))
end
redis.call('ZADD',who,text(now+ttl),replica) redis.call('ZREMRANGEBYSCORE',who,'-inf','('..text(now))
local there=redis.call('ZRANGE',who,0,-1) local spans={}
for i,r in ipairs(there) do spans[i]=redis.call('HGET',h,'p:'..r) or '' end
`;

/**
 * Finds the life of a topic, or begins one, and joins it.
 *
 * KEYS: the topic's current life. ARGV: prefix of lives, topic, replica, client, id for a new life, wanted life, ttl, keep, age in ms up to which a life
 * without followers is joined, least sequence.
 */
export const OPEN = createScript(
  'live open',
  `${NOW}local prefix,topic,replica,client,ttl,keep=ARGV[1],ARGV[2],ARGV[3],ARGV[4],tonumber(ARGV[7]),ARGV[8]
local dead,may='','1'
local function known(id) return id and id~='' and redis.call('HGET',prefix..id..':h','k')==topic end
local life=ARGV[6]
if not known(life) then
life=redis.call('GET',KEYS[1])
if known(life) then
local base=prefix..life
redis.call('ZREMRANGEBYSCORE',base..':who','-inf','('..text(now))
local g=redis.call('HMGET',base..':h','x','r')
if g[1] or (redis.call('ZCARD',base..':who')==0 and tonumber(g[2] or '0')<now-ARGV[9]) then life=nil end
else life=nil end
if not life then
life=ARGV[5]
redis.call('HSET',prefix..life..':h','k',topic,'q','0','n','0','e','0')
redis.call('SET',KEYS[1],life)
end
end
local h,who,log=prefix..life..':h',prefix..life..':who',prefix..life..':log'
local g=redis.call('HMGET',h,'q','n','m','s','x')
local q=math.max(tonumber(g[1]),tonumber(ARGV[10]))
if g[5] then return {life,text(now),0,redis.call('HGET',h,'e'),'','',text(q),g[2],g[3] or '',g[4] or '','x',{},{}} end
redis.call('HSET',h,'q',text(q))
if not redis.call('HGET',h,'p:'..replica) then redis.call('HSET',h,'p:'..replica,client..'|') end
${LEASE}for _,key in ipairs({h,who,log,KEYS[1]}) do redis.call('PEXPIRE',key,keep) end
return {life,text(now),mine,text(e),o or '',c,text(q),redis.call('HGET',h,'n'),g[3] or '',g[4] or '','',there,spans}`,
  LIMIT_MS,
);

/**
 * Shows that followers are still here, and renews the lease or takes a free one.
 *
 * KEYS: h, who, log, the topic's current life. ARGV: replica, client, ttl, keep, a connection that is gone, whether the lease may be taken, spans.
 */
export const TEND = createScript(
  'live tend',
  `${NOW}local h,who,log,replica,client,ttl,dead,may=KEYS[1],KEYS[2],KEYS[3],ARGV[1],ARGV[2],tonumber(ARGV[3]),ARGV[5],ARGV[6]
if redis.call('EXISTS',h)==0 then return {text(now),-1} end
redis.call('HSET',h,'p:'..replica,client..'|'..ARGV[7])
${LEASE}for _,key in ipairs(KEYS) do redis.call('PEXPIRE',key,ARGV[4]) end
return {text(now),mine,text(e),o or '',c,there,spans}`,
  LIMIT_MS,
);

/**
 * Adds the results of a poll, if the lease is still held.
 *
 * KEYS: h, who, log. ARGV: replica, epoch, sequence before, time of the reading, 1 after the end, notes, state, ttl, keep, most entries, numbers to leave out, then kind
 * and text of each entry.
 */
export const PUBLISH = createScript(
  'live publish',
  `${NOW}local h,log=KEYS[1],KEYS[3]
local g=redis.call('HMGET',h,'o','e','q','n','a','s')
if not g[2] then return {'LOST'} end
if g[1]~=ARGV[1] or g[2]~=ARGV[2] then return {'FENCED'} end
local before=math.max(tonumber(g[3]),tonumber(ARGV[3]))+ARGV[11]
local q,n=before,tonumber(g[4])
local function add(kind,content)
n=n+1
redis.call('XADD',log,'MAXLEN','~',ARGV[10],g[2]..'-'..text(n),'k',kind,'b',ARGV[1],'q',text(q),'t',content)
end
for i=12,#ARGV,2 do
if ARGV[i]=='event' then q=q+1 end
add(ARGV[i],ARGV[i+1])
end
if ARGV[7]~='' then
if g[5] or not g[6] then add('read','') redis.call('HDEL',h,'a') end
redis.call('HSET',h,'r',ARGV[4],'m',ARGV[6],'s',ARGV[7])
end
redis.call('HSET',h,'q',text(q),'n',text(n),'u',text(now+ARGV[8]))
if ARGV[5]=='1' then redis.call('HSET',h,'x','1') end
for _,key in ipairs(KEYS) do redis.call('PEXPIRE',key,ARGV[9]) end
return {'OK',text(before),text(now)}`,
  LIMIT_MS,
);

/** Adds an entry beside polls. Needs e, n, kind, content. */
const NOTE = `local function note(e,n,kind,content)
redis.call('XADD',KEYS[2],e..'-'..n,'k',kind,'b',ARGV[1],'q',redis.call('HGET',KEYS[1],'q'),'t',content)
redis.call('HSET',KEYS[1],'n',n)
end
`;

/** Asks for a poll. KEYS: h, log. ARGV: replica, marks. Returns the number of the last entry that it must know. */
export const ASK = createScript(
  'live ask',
  `${NOW}${NOTE}local g=redis.call('HMGET',KEYS[1],'e','n','a')
if not g[1] then return '-1' end
if g[3] and ARGV[2]=='[]' then return g[2] end
local n=text(g[2]+1)
redis.call('HSET',KEYS[1],'a','1')
note(g[1],n,'ask',ARGV[2])
return n`,
  LIMIT_MS,
);

/** A replica has no followers of the life any more. KEYS: h, log, who. ARGV: replica. */
export const LEAVE = createScript(
  'live leave',
  `${NOW}${NOTE}redis.call('ZREM',KEYS[3],ARGV[1]) redis.call('HDEL',KEYS[1],'p:'..ARGV[1])
local g=redis.call('HMGET',KEYS[1],'o','e','n')
if g[1]==ARGV[1] then
redis.call('HDEL',KEYS[1],'o','c','u')
note(g[2],text(g[3]+1),'free','')
end`,
  LIMIT_MS,
);

/** Gives the lease to another replica that still follows the life. KEYS: h, log, who. ARGV: replica, epoch, the other, ttl. */
export const HAND_OVER = createScript(
  'live hand over',
  `${NOW}${NOTE}local g=redis.call('HMGET',KEYS[1],'o','e','n')
if g[1]~=ARGV[1] or g[2]~=ARGV[2] or not redis.call('ZSCORE',KEYS[3],ARGV[3]) then return 0 end
local e=text(math.max(now,g[2]+1))
local c=string.match(redis.call('HGET',KEYS[1],'p:'..ARGV[3]) or '','^%d*')
redis.call('HSET',KEYS[1],'o',ARGV[3],'c',c,'e',e,'u',text(now+ARGV[4]))
note(e,text(g[3]+1),'lead',ARGV[3]..' '..c)
return 1`,
  LIMIT_MS,
);

/** The state, and the log after an id. KEYS: h, log. ARGV: id. */
export const SYNC = createScript(
  'live sync',
  `local g=redis.call('HMGET',KEYS[1],'e','q','m','s')
if not g[1] then return {} end
return {g[2],g[3] or '',g[4] or '',redis.call('XRANGE',KEYS[2],'('..ARGV[1],'+')}`,
  LIMIT_MS,
);

/** A page of the log, newest first. KEYS: log. ARGV: the id of the newest entry, most entries. */
export const HISTORY = createScript(
  'live history',
  "return redis.call('XREVRANGE',KEYS[1],ARGV[1],'-','COUNT',ARGV[2])",
  LIMIT_MS,
);
