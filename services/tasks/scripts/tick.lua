-- The heartbeat of a node. ARGV: node, lease in ms, how many leases, then id and token of each.
-- Gives: now, next due time or -1, how many may run, places of lost leases, places of tasks to be
-- cancelled.
local node, lease, held = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local lost, cancelled = {}, {}
even_if_full()
call('ZADD', P .. 'nodes', now, node)
for first = 1, held, 500 do
  local ids, renewed = {}, {}
  for i = first, math.min(first + 499, held) do ids[#ids + 1] = ARGV[2 * i + 2] end
  local scores = call('ZMSCORE', L, unpack(ids))
  local wishes = call('HMGET', K, unpack(ids))
  for i, id in ipairs(ids) do
    local place = first + i - 1
    local token = tonumber(ARGV[2 * place + 3])
    if not scores[i] or scores[i] % TOKENS ~= token then
      lost[#lost + 1] = place
    else
      renewed[#renewed + 1] = (now + lease) * TOKENS + token
      renewed[#renewed + 1] = id
      if wishes[i] then cancelled[#cancelled + 1] = place end
    end
  end
  if renewed[1] then call('ZADD', L, 'XX', unpack(renewed)) end
end

-- One node in half a second looks for what others have left behind.
if call('SET', P .. 'sweep', node, 'NX', 'PX', 400) then
  local over = call('ZRANGEBYSCORE', L, '-inf', now * TOKENS, 'LIMIT', 0, 200)
  for _, id in ipairs(over) do
    call('ZREM', L, id)
    local rec = call('HGET', T, id)
    leave(rec)
    local wanted = call('HGET', K, id)
    call('HDEL', K, id)
    call('HDEL', G, id)
    if not sound(rec) then
      bury(id, rec, '-{"type":"CorruptTask","text":"the record of this task cannot be read","traceback":""}')
    elseif wanted then
      conclude(id, '-{"type":"Cancelled","text":"the task was cancelled","traceback":""}', keep_of(rec), rec)
      forget(id)
    else
      local claims, given, limit = struct.unpack('<HHH', rec, 3)
      local attempt = (claims + 1 - given) % 65536
      if attempt >= limit then
        bury(id, bumped(rec, 0), '-{"type":"WorkerLost","text":"its worker ended or hung in attempt ' ..
          attempt .. ' of ' .. limit .. '","traceback":""}')
      else
        -- The first time at once; then later and later, so that a task that kills its worker does not
        -- take the same neighbours along each time.
        local pause = attempt < 2 and 0 or math.min(1000 * 2 ^ (attempt - 2), 60000)
        call('HSET', T, id, bumped(rec, 0))
        push(id, band_of(rec), now + math.floor(pause))
        count('lost', 1)
      end
    end
  end
  local surplus = call('ZCARD', X) - 10000
  if surplus > 0 then
    for _, id in ipairs(call('ZRANGE', X, 0, math.min(surplus, 500) - 1)) do
      call('ZREM', X, id)
      call('HDEL', E, id)
      forget(id)
    end
  end
  call('ZREMRANGEBYSCORE', P .. 'nodes', '-inf', now - 60000)
end
promote()
local ready = ready_count()
if ready > 0 and call('HEXISTS', O, 'paused') == 0 then arm(0) end
return {now, next_due(), ready, lost, cancelled}
