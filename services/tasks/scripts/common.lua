-- What all scripts share; it stands before each of them. KEYS[1] is the queue's prefix with its hash
-- tag, so that every key lies in one slot. All times are the server's, in milliseconds.
local call = redis.call
local P = KEYS[1]
local T = P .. 't'  -- hash: id -> record
local A = P .. 'a'  -- list: what may run since it was added, of the usual priority: id and time
local R = P .. 'r'  -- zset: what else may run, by priority band and due time
local S = P .. 's'  -- zset: what is due later, by due time and band
local L = P .. 'l'  -- zset: what runs, by the lease's end and its token
local M = P .. 'm'  -- zset: the marker that wakes an idle node
local W = P .. 'w'  -- hash: id -> channels of the nodes that wait for its result
local U = P .. 'u'  -- hash: unique key -> id
local C = P .. 'c'  -- hash: limit key -> running
local Q = P .. 'q'  -- hash: limit key -> when its next slot of the rate begins
local K = P .. 'k'  -- hash: running ids that are to be cancelled
local G = P .. 'g'  -- hash: running ids -> progress
local F = P .. 'f'  -- hash: ids of steps that come later -> ''
local X = P .. 'x'  -- zset: dead letters by time of death
local E = P .. 'e'  -- hash: dead letters -> error
local N = P .. 'n'  -- hash: counters
local O = P .. 'o'  -- hash: pause and limits of the queue; how many of A were cancelled
local B = 17592186044416  -- 2^44, the width of a priority band
local USUAL = 100  -- the band of what names no priority
local TOKENS = 2048
local HEAD = 22
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local woken, waiting = false, nil

local function count(name, by)
  call('HINCRBY', N, name, by)
end

local function sound(rec)
  if not rec or #rec < HEAD or string.byte(rec, 1) ~= 1 then return false end
  local f, e = struct.unpack('<HH', rec, 19)
  return #rec >= HEAD + f + e
end

local function special(rec)
  return sound(rec) and string.byte(rec, 2) % 2 == 1
end

local function band_of(rec)
  return sound(rec) and string.byte(rec, 9) or USUAL
end

local function keep_of(rec)
  if not sound(rec) then return 300000 end
  return (struct.unpack('<I4', rec, 15))
end

-- The tagged values between a record's function and its parameter.
local function extras(rec)
  local out = {}
  if not special(rec) then return out end
  local f, e = struct.unpack('<HH', rec, 19)
  local at, stop = HEAD + 1 + f, HEAD + f + e
  while at + 4 <= stop do
    local tag, size = struct.unpack('<c1I4', rec, at)
    out[tag] = string.sub(rec, at + 5, at + 4 + size)
    at = at + 5 + size
  end
  return out
end

-- When the client made the id: its place among others of its band.
local function made_at(id)
  local a, b, c, d, e, f = string.byte(id, 1, 6)
  if not f then return now end
  return ((((a * 256 + b) * 256 + c) * 256 + d) * 256 + e) * 256 + f
end

-- The record after one more claim, of which `back` do not count as attempts.
local function bumped(rec, back)
  local claims, given = struct.unpack('<HH', rec, 3)
  return string.sub(rec, 1, 2) .. struct.pack('<HH', (claims + 1) % 65536, (given + back) % 65536) ..
    string.sub(rec, 7)
end

-- Wakes one idle node, now (0) or in time for `due`.
local function arm(due)
  call('ZADD', M, 'LT', due, 'm')
end

-- Redis lets a script go on at its memory limit once it has written: what ends tasks must run then,
-- or a full queue would never get empty.
local function even_if_full()
  call('DEL', P .. '-')
end

local function ready_count()
  return call('LLEN', A) + call('ZCARD', R)
end

-- How many of the first `want` that may run come from the list, and how many from the set; ids and
-- times in order. What was added goes by its time among the others of its band.
local function first_ready(want)
  local listed, set = call('LRANGE', A, 0, want - 1), {}
  if call('EXISTS', R) == 1 then set = call('ZRANGE', R, 0, want - 1, 'WITHSCORES') end
  local ids, times, l, s = {}, {}, 1, 1
  local score, at = tonumber(set[2]), nil
  while #ids < want and (listed[l] or score) do
    at = listed[l] and struct.unpack('>I6', listed[l], 17)
    if not at or (score and score <= USUAL * B + at) then
      ids[#ids + 1], times[#times + 1] = set[s], score % B
      s = s + 2
      score = tonumber(set[s + 1])
    else
      ids[#ids + 1], times[#times + 1] = string.sub(listed[l], 1, 16), at
      l = l + 1
    end
  end
  return ids, times, l - 1, (s - 1) / 2
end

-- Those of the list that were cancelled are in it still.
local function one_gone(by)
  if call('LLEN', A) == 0 then
    call('HDEL', O, 'gone')
  else
    call('HINCRBY', O, 'gone', by)
  end
end

local function push(id, band, due)
  if due <= now then
    call('ZADD', R, band * B + due, id)
    if not woken then
      woken = true
      arm(0)
    end
  else
    local first = call('ZRANGE', S, 0, 0, 'WITHSCORES')
    call('ZADD', S, due * 256 + band, id)
    if not first[2] or tonumber(first[2]) > due * 256 then arm(due) end
  end
end

local function promote()
  local due = call('ZRANGEBYSCORE', S, '-inf', now * 256 + 255, 'WITHSCORES', 'LIMIT', 0, 500)
  if not due[1] then return end
  local add, gone = {}, {}
  for i = 1, #due, 2 do
    local score = tonumber(due[i + 1])
    local band = score % 256
    add[i], add[i + 1] = band * B + (score - band) / 256, due[i]
    gone[#gone + 1] = due[i]
  end
  call('ZADD', R, unpack(add))
  call('ZREM', S, unpack(gone))
end

local function next_due()
  local first = call('ZRANGE', S, 0, 0, 'WITHSCORES')
  return first[2] and math.floor(tonumber(first[2]) / 256) or -1
end

-- Tells the nodes that wait; a long result they fetch themselves.
local function tell(id, data)
  if waiting == nil then waiting = call('HLEN', W) > 0 end
  if not waiting then return end
  local who = call('HGET', W, id)
  if not who then return end
  call('HDEL', W, id)
  local words = #data <= 65536 and id .. data or id
  for channel in string.gmatch(who, '%S+') do call('PUBLISH', channel, words) end
end

local conclude

-- The next step of a chain: runs with the result, or fails as the step before it.
local function follow(step, data)
  local id, prefix = string.sub(step, 1, 16), string.sub(step, 17)
  call('HDEL', F, id)
  if string.sub(data, 1, 1) == '+' then
    call('HSET', T, id, prefix .. string.sub(data, 2))
    push(id, band_of(prefix), now)
  else
    conclude(id, data, keep_of(prefix), prefix)
  end
end

-- A member of a group has ended; the last one makes the group's result.
local function arrive(member, data)
  local id, place = string.sub(member, 1, 16), string.sub(member, 17)
  local key = P .. 'G:' .. id
  if call('HSETNX', key, place, data) == 0 or call('HINCRBY', key, 'left', -1) > 0 then return end
  local total = tonumber(call('HGET', key, 'n'))
  if not total then return end
  local parts, outcome = {}, nil
  for i = 0, total - 1 do
    local one = call('HGET', key, tostring(i)) or '-{}'
    if string.sub(one, 1, 1) ~= '+' then outcome = outcome or one end
    parts[i + 1] = string.sub(one, 2)
  end
  outcome = outcome or ('+[' .. table.concat(parts, ',') .. ']')
  local keep, step = tonumber(call('HGET', key, 'keep')), call('HGET', key, 'next')
  call('DEL', key)
  call('HDEL', F, id)
  conclude(id, outcome, keep, nil)
  if step then follow(step, outcome) end
end

-- The end of a task: its result ('+' and JSON, or '-' and the error as JSON) is kept and told.
conclude = function(id, data, keep, rec)
  if keep > 0 then call('SET', P .. 'R:' .. id, data, 'PX', keep) end
  tell(id, data)
  local has = extras(rec)
  if has.u and call('HGET', U, has.u) == id then call('HDEL', U, has.u) end
  if has.n then follow(has.n, data) end
  if has.g then arrive(has.g, data) end
end

-- A task no longer runs: the next one of its limit key may.
local function leave(rec)
  local has = extras(rec)
  if not has.k or not has.c then return end
  if call('HINCRBY', C, has.k, -1) <= 0 then call('HDEL', C, has.k) end
  local parked = P .. 'p:' .. has.k
  local first = call('ZPOPMIN', parked)
  if first[1] then
    call('ZADD', R, first[2], first[1])
    arm(0)
  else
    call('SREM', P .. 'pk', has.k)
  end
end

local function bury(id, rec, error)
  if not rec then rec = '' end
  call('HSET', T, id, rec)
  call('ZADD', X, now, id)
  call('HSET', E, id, error)
  count('dead', 1)
  conclude(id, error, keep_of(rec), rec)
end

local function forget(id)
  call('HDEL', T, id)
  call('HDEL', K, id)
  call('HDEL', G, id)
end
