import { createScript, SERVER_TIME } from './script.ts';

// A key is a hash: s state, o owner, f fingerprint, l end of the lease in ms, a time of sending, i input, r result.
// States: C claimed, S may have been sent, U outcome unknown, R result.

/**
 * Claims a key. KEYS: the key, the epoch. ARGV: owner, fingerprint, lease in ms, life in ms, the epoch that the owner knows: in another
 * one the key may be missing. The lease of an owner that has disappeared runs out. A key that its owner claims again belongs to a
 * claim that was given up.
 */
export const CLAIM = createScript(
  'claim-key',
  `if redis.call('HGET',KEYS[2],'id')~=ARGV[5] then return {'lost'} end
${SERVER_TIME}
local h=redis.call('HMGET',KEYS[1],'s','o','f','l','a','i','r')
local s,o,f,l=h[1],h[2],h[3],tonumber(h[4])
local function mine(state)
redis.call('HSET',KEYS[1],'s',state,'o',ARGV[1],'f',ARGV[2],'l',string.format('%.0f',now+tonumber(ARGV[3])))
redis.call('PEXPIRE',KEYS[1],tonumber(ARGV[3])+tonumber(ARGV[4]))
end
if not s then mine('C') return {'mine'} end
if f~=ARGV[2] then return {'conflict'} end
if s=='R' then return {'done',h[7]} end
if s~='U' and o~=ARGV[1] and l and l>now then return {'busy'} end
if s=='C' then mine('C') return {'mine'} end
mine('S') return {'sent',h[5] or '',h[6] or ''}`,
);

/** Notes that a write is about to be sent. ARGV: owner, lease in ms, time, input. Returns 1, or 0 if the claim is lost. */
export const SENDING = createScript(
  'send-key',
  `local h=redis.call('HMGET',KEYS[1],'s','o')
if h[1]~='C' or h[2]~=ARGV[1] then return 0 end
${SERVER_TIME}
redis.call('HSET',KEYS[1],'s','S','a',ARGV[3],'i',ARGV[4],'l',string.format('%.0f',now+tonumber(ARGV[2])))
return 1`,
);

/**
 * Stores the end of a write, unless another owner has taken over. ARGV: owner, fingerprint, state, life in ms, time,
 * input, result.
 */
export const KEEP = createScript(
  'keep-key',
  `local o=redis.call('HGET',KEYS[1],'o')
if o and o~=ARGV[1] then return 0 end
redis.call('DEL',KEYS[1])
redis.call('HSET',KEYS[1],'o',ARGV[1],'f',ARGV[2],'s',ARGV[3],'a',ARGV[5],'i',ARGV[6],'r',ARGV[7])
redis.call('PEXPIRE',KEYS[1],ARGV[4])
return 1`,
);

/** Forgets a claim of a write that was not done. ARGV: owner, letters of the states in which it may be. */
export const RELEASE = createScript(
  'release-key',
  `local h=redis.call('HMGET',KEYS[1],'s','o')
if h[1] and h[2]==ARGV[1] and string.find(ARGV[2],h[1],1,true) then return redis.call('DEL',KEYS[1]) end return 0`,
);

/** Stores what a server has lost. ARGV: owner, fingerprint, state, lease, life, time, input, result. */
export const RESTORE = createScript(
  'restore-key',
  `if redis.call('EXISTS',KEYS[1])==1 then return 0 end
${SERVER_TIME}
redis.call('HSET',KEYS[1],'o',ARGV[1],'f',ARGV[2],'s',ARGV[3],'l',string.format('%.0f',now+tonumber(ARGV[4])),'a',ARGV[6],'i',ARGV[7],'r',ARGV[8])
redis.call('PEXPIRE',KEYS[1],ARGV[5])
return 1`,
);
