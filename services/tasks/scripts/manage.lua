-- ARGV: verb and its arguments. Gives a number or a list.
local verb, what = ARGV[1], ARGV[2]

local function revive(id)
  local rec = call('HGET', T, id)
  if not sound(rec) then return 0 end
  call('ZREM', X, id)
  call('HDEL', E, id)
  call('DEL', P .. 'R:' .. id)
  local claims = struct.unpack('<H', rec, 3)
  call('HSET', T, id, string.sub(rec, 1, 4) .. struct.pack('<H', claims) .. string.sub(rec, 7))
  local has = extras(rec)
  if has.u then call('HSETNX', U, has.u, id) end
  push(id, band_of(rec), now)
  count('replayed', 1)
  return 1
end

local function drop(key, many)
  local gone = 0
  for _, id in ipairs(call('ZRANGE', key, 0, many - 1)) do
    local rec = call('HGET', T, id)
    call('ZREM', key, id)
    call('HDEL', E, id)
    call('HDEL', T, id)
    if key ~= X then
      conclude(id, '-{"type":"Cancelled","text":"the queue was purged","traceback":""}', keep_of(rec), rec)
    end
    gone = gone + 1
  end
  return gone
end

-- What was cancelled is in the list still, and does not count.
local function drop_ready(many)
  repeat
    local listed, found = call('LPOP', A, many) or {}, 0
    for _, each in ipairs(listed) do
      local id = string.sub(each, 1, 16)
      if call('HEXISTS', T, id) == 1 then
        call('ZADD', R, USUAL * B, id)
        found = found + 1
      else
        one_gone(-1)
      end
    end
  until found > 0 or not listed[1]
  return drop(R, many)
end

if verb == 'stats' then
  local out = {}
  local names = {'ready', 'scheduled', 'running', 'dead', 'stored', 'waited for', 'nodes'}
  local ready = ready_count() - tonumber(call('HGET', O, 'gone') or 0)
  local sizes = {ready, call('ZCARD', S), call('ZCARD', L), call('ZCARD', X),
    call('HLEN', T), call('HLEN', W), call('ZCOUNT', P .. 'nodes', now - 5000, '+inf')}
  for i, name in ipairs(names) do out[2 * i - 1], out[2 * i] = name, sizes[i] end
  local parked = 0
  for _, k in ipairs(call('SMEMBERS', P .. 'pk')) do parked = parked + call('ZCARD', P .. 'p:' .. k) end
  out[#out + 1] = 'parked'
  out[#out + 1] = parked
  out[#out + 1] = 'paused'
  out[#out + 1] = call('HEXISTS', O, 'paused')
  for _, each in ipairs(call('HGETALL', N)) do out[#out + 1] = tonumber(each) or ('total ' .. each) end
  return out
elseif verb == 'pause' then
  call('HSET', O, 'paused', 1)
  return 1
elseif verb == 'resume' then
  call('HDEL', O, 'paused')
  arm(0)
  return 1
elseif verb == 'limit' then
  -- running at once, times, per ms; 0 is no limit
  call('HDEL', O, 'running', 'times', 'per')
  call('HDEL', Q, '')
  if ARGV[2] ~= '0' then call('HSET', O, 'running', ARGV[2]) end
  if ARGV[3] ~= '0' then call('HSET', O, 'times', ARGV[3], 'per', ARGV[4]) end
  arm(0)
  return 1
elseif verb == 'replay' then
  if what ~= 'all' then return call('ZSCORE', X, what) and revive(what) or 0 end
  local back = 0
  for _, id in ipairs(call('ZRANGE', X, 0, 499)) do back = back + revive(id) end
  return back
elseif verb == 'retry' then
  if call('ZSCORE', X, what) then return revive(what) end
  if call('ZREM', S, what) == 0 then return 0 end
  push(what, band_of(call('HGET', T, what)), now)
  return 1
elseif verb == 'purge' then
  return what == 'ready' and drop_ready(500) or drop(({scheduled = S, dead = X})[what], 500)
elseif verb == 'cron' then
  -- name, time of the occurrence, id, record: once for all nodes
  if tonumber(call('HGET', P .. 'cron', what) or 0) >= tonumber(ARGV[3]) then return 0 end
  call('HSET', P .. 'cron', what, ARGV[3])
  call('HSET', T, ARGV[4], ARGV[5])
  push(ARGV[4], band_of(ARGV[5]), tonumber(ARGV[3]))
  count('added', 1)
  return 1
end
return redis.error_reply('no such verb: ' .. verb)
