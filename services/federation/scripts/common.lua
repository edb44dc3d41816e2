-- What all scripts share; it stands before each of them. KEYS[1] is the cluster's prefix with its
-- hash tag, so that every key lies in one slot. A life of a node is named "EPOCH:NODE", the epoch in
-- 16 hexadecimal digits. All times are the server's, in milliseconds.
local call = redis.call
local P = KEYS[1]
local M = P .. 'm'  -- hash: life -> what it tells of itself
local D = P .. 'd'  -- hash: node -> its life
local L = P .. 'l'  -- zset: life -> when its lease ends
local V = P .. 'v'  -- how often the members have changed
local N = P .. 'n'  -- hash: name of an actor -> "TOKEN LIFE"
local T = P .. 't'  -- the last token
local K = P .. 'k'  -- hash: kind -> how its actors live
local O = P .. 'o'  -- set: lives that are over and may have left names
local X = P .. 'x'  -- set: lives whose inboxes take answers only, since they are about to end
local Z = P .. 'z'  -- zset: {actor, reminder} -> when it is due
-- P .. 'q:' .. name: hash of an actor's reminders; P .. 'i:' .. life: its inbox; 'a:' .. life: names it has; 'h:' .. kind: zset life -> load;
-- 'c:' .. life: kinds it keeps; 's:' .. name: what the actor saved.
local KEEPER = '~reminders'  -- the name that the life has which calls reminders
local UNWELL = 1e9          -- more than any load: who is unwell is the last to get actors
local time

local function now()
  if not time then
    local t = call('TIME')
    time = t[1] * 1000 + math.floor(t[2] / 1000)
  end
  return time
end

local function alive(life)
  local ends = call('ZSCORE', L, life)
  return ends and tonumber(ends) > now()
end

local function node_of(life)
  return string.sub(life, 18)
end

-- Who has a name, and by which token, whether it lives or not.
local function owner_of(name)
  local has = call('HGET', N, name)
  if not has then return nil end
  local gap = string.find(has, ' ', 1, true)
  return string.sub(has, gap + 1), string.sub(has, 1, gap - 1)
end

local function give(name, life)
  local token = call('INCR', T)
  call('HSET', N, name, string.format('%d %s', token, life))
  call('SADD', P .. 'a:' .. life, name)
  return token
end

local function retire(life, kind)
  call('ZREM', P .. 'h:' .. kind, life)
  call('SREM', P .. 'c:' .. life, kind)
end

local function bury(life)
  for _, kind in ipairs(call('SMEMBERS', P .. 'c:' .. life)) do retire(life, kind) end
  call('ZREM', L, life)
  call('HDEL', M, life)
  call('DEL', P .. 'i:' .. life)
  call('SREM', X, life)
  if call('HGET', D, node_of(life)) == life then call('HDEL', D, node_of(life)) end
  if call('EXISTS', P .. 'a:' .. life) == 1 then call('SADD', O, life) end
end

-- Tells every member that the members are others now.
local function changed()
  local version = call('INCR', V)
  for _, life in ipairs(call('ZRANGE', L, 0, -1)) do
    call('XADD', P .. 'i:' .. life, 'NOMKSTREAM', '*', 'v', version)
  end
  return version
end

-- Forgets some of the names that the dead have left.
local function sweep(most)
  local life = call('SRANDMEMBER', O)
  if not life then return end
  local left = call('SPOP', P .. 'a:' .. life, most)
  for _, name in ipairs(left) do
    if owner_of(name) == life then call('HDEL', N, name) end
  end
  if #left < most then call('SREM', O, life) end
end

-- The members of a kind that live, the least loaded first.
local function keepers(kind)
  local out = {}
  for _, life in ipairs(call('ZRANGE', P .. 'h:' .. kind, 0, 31)) do
    if alive(life) then out[#out + 1] = life end
  end
  return out
end
